import { spokenDigest } from '../domain/audit-chain.ts';
import { inOneSegment } from '../domain/sms-text.ts';
import { formatDate, formatNumber } from '../i18n/format.ts';
import { texts } from '../i18n/index.ts';
import type { AnchorFacts, ComposeMail, Mail } from '../usecases/deliver-messages.ts';
import type { ComposeText } from '../usecases/deliver-texts.ts';
import { CODE_MINUTES } from '../usecases/one-time-code.ts';

/** Makes the words of a mail in the language of the form. @param url of the service, without a closing slash */
export function mailComposer(url: string): ComposeMail {
  return (facts) => {
    if (facts.kind === 'audit_anchor') return anchorMail(facts);
    if (facts.kind === 'one_time_code') {
      const { mail } = texts(facts.language).code;
      return { subject: mail.subject, text: mail.text(facts.code, CODE_MINUTES, facts.libraryName) };
    }
    const { messages } = texts(facts.language);
    if (facts.kind === 'own_consent') {
      const { subject, text } = messages.ownConsent;
      const address = facts.path === null ? null : `${url}/${facts.librarySlug}/${facts.path}`;
      return { subject, text: text(address, facts.libraryName) };
    }
    const address = `${url}/${facts.librarySlug}/permohonan/${facts.statusToken}`;
    return {
      subject: messages.subject[facts.kind](facts.ticketCode),
      text: messages.frame(messages.body[facts.kind], address, facts.libraryName),
    };
  };
}

/** The words of a text message, at most one segment; nothing in it says whom it is about. */
export const composeText: ComposeText = ({ language, libraryName, code }) => {
  const { sms } = texts(language).code;
  return inOneSegment(libraryName, (name) => sms.code(name, code, CODE_MINUTES));
};

/** To the office, in its own language; the digest in lines of four groups, as on the printed sheet. */
function anchorMail({ anchor, libraryName }: AnchorFacts): Omit<Mail, 'to'> {
  const { mail } = texts('id').office.anchor;
  const groups = spokenDigest(anchor.digest);
  const lines = [0, 4, 8, 12].map((from) => groups.slice(from, from + 4).join(' '));
  const day = formatDate('id', anchor.day);
  return {
    subject: mail.subject(day, libraryName),
    text: mail.text(
      libraryName,
      day,
      formatNumber('id', anchor.n),
      formatNumber('id', anchor.rows),
      lines.join('\n'),
    ),
  };
}
