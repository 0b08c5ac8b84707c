import type { Phone } from '../../domain/ids.ts';
import { waNumber } from '../../domain/phone.ts';
import { formatDate } from '../../i18n/format.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { ShownKey } from '../components/key-hint.tsx';
import { Tag } from '../components/tag.tsx';
import { CardPanel } from './card-panel.tsx';
import type { CasePanelProps } from './panel-props.ts';
import { codedText } from './words.ts';

/**
 * What was asked, and how it reaches the applicant: e-mail leaves through the outbox; a prefilled WhatsApp message only
 * where the library has switched that on and this person agreed to it. It goes abroad, so it holds neither the officer's
 * words nor the secret address.
 */
export function SendMessage({ view, texts, library, base }: CasePanelProps) {
  const { correction } = texts.desk;
  const open = view.history.corrections.findLast((one) => one.answeredAt === null);
  if (open === undefined || view.masked) return null;
  const contact = view.row.phone ?? view.row.guardian_phone;
  const number = contact === null || !view.mayWhatsApp ? null : waNumber(contact as Phone);
  const text = correction.whatsappText(library.settings.profile.shortName);
  const otherwise = view.mayWhatsApp ? correction.noContact : correction.inPerson;
  return (
    <div class="dp-stack" data-gap="s" data-base={base}>
      <p>
        <strong>{correction.round(open.round)}:</strong>{' '}
        {open.fields
          .filter((field) => field !== 'address_rt' && field !== 'address_rw')
          .map((field) => correction.labels[field] ?? texts.form.fields[field])
          .join(', ')}
      </p>
      {number === null ? (
        <p class="dp-small dp-muted">{view.mayMessage ? otherwise : correction.noConsent}</p>
      ) : (
        <>
          <a
            class="ds-button"
            data-variant="secondary"
            data-fullwidth=""
            href={`https://wa.me/${number}?text=${encodeURIComponent(text)}`}
            target="_blank"
            rel="noopener noreferrer"
            aria-keyshortcuts="S"
          >
            {correction.whatsapp} <ShownKey name="S" />
          </a>
          <p class="dp-small dp-muted">{correction.whatsappAbout}</p>
        </>
      )}
    </div>
  );
}

/** "Sudah anggota": the old number, whether it still holds, and what can be done on this screen. */
export function AlreadyMember(props: CasePanelProps) {
  const { view, texts, lang, library, base } = props;
  const { already, crossCheck } = texts.desk;
  const { member } = view;
  return (
    <section class="dp-panel dp-now" aria-labelledby="sudah" id="panel-sudah" data-live="">
      <h2 id="sudah">{already.title}</h2>
      <p class="dp-small dp-muted">{already.about}</p>
      {member !== null && (
        <>
          <p>
            {already.number} <span class="dp-big">{member.number}</span>
          </p>
          <p>
            <Tag tone={member.lapsed ? 'warning' : 'success'}>
              {member.lapsed ? crossCheck.lapsed : crossCheck.memberStates[member.state]}
            </Tag>{' '}
            {member.validUntil === null
              ? crossCheck.lifetime
              : crossCheck.validUntil(formatDate(lang, member.validUntil))}
          </p>
          {member.lapsed && view.mayRenew ? (
            <form method="post" action={`${base}/perpanjang`} class="dp-stack" data-gap="s">
              <Button fullWidth shortcut="Enter">
                {already.extend}
              </Button>
              <p class="dp-small dp-muted">{already.extendAbout}</p>
            </form>
          ) : (
            <CardPanel {...props} state="current" />
          )}
          {!view.masked && (
            <LinkButton
              href={`/${library.slug}/anggota/${member.id}`}
              variant="secondary"
              fullWidth
              shortcut="O"
            >
              {already.open}
            </LinkButton>
          )}
        </>
      )}
    </section>
  );
}

export function Closed({ view, texts, lang, library }: CasePanelProps) {
  const { desk } = texts;
  const { row } = view;
  const reason =
    row.state === 'rejected' && row.decision_reason !== null
      ? codedText(lang, library.settings.rejectionReasons, row.decision_reason)
      : null;
  return (
    <section class="dp-panel dp-now" aria-labelledby="tutup" id="panel-tutup" data-live="">
      <h2 id="tutup">{desk.case.closedTitle[row.state] ?? texts.common.state[row.state]}</h2>
      {reason !== null && <p>{reason}</p>}
      {view.decisionNote !== null && (
        <p>
          <span class="dp-muted">{desk.case.note}:</span> {view.decisionNote}
        </p>
      )}
    </section>
  );
}
