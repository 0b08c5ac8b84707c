import { texts } from '../i18n/index.ts';
import type { ComposeMail } from '../usecases/deliver-messages.ts';

/** Makes the words of a mail in the language of the form. @param url of the service, without a closing slash */
export function mailComposer(url: string): ComposeMail {
  return (facts) => {
    const { messages } = texts(facts.language);
    const address = `${url}/${facts.librarySlug}/permohonan/${facts.statusToken}`;
    return {
      subject: messages.subject[facts.kind](facts.ticketCode),
      text: messages.frame(messages.body[facts.kind], address, facts.libraryName),
    };
  };
}
