import type { MessagesTexts } from '../id/messages.ts';

export const messages: MessagesTexts = {
  subject: {
    submitted: (ticket) => `We have received registration ${ticket}`,
    correction_requested: (ticket) => `Registration ${ticket} needs a correction`,
    approved: (ticket) => `Registration ${ticket} is approved`,
    rejected: (ticket) => `Decision on registration ${ticket}`,
    guardian_asked: (ticket) => `Registration ${ticket} waits for a parent or guardian`,
  },
  body: {
    submitted: 'We have received your application. Please bring an identity document to the counter.',
    correction_requested: 'Some entries need a correction. The page below shows which.',
    approved: 'Your application is approved. Your member card (KTA) is on the page below.',
    rejected: 'We could not grant your application. The reason and how to apply again are on the page below.',
    guardian_asked: 'A parent or guardian needs to agree to this registration on the page below.',
  },
  ownConsent: {
    subject: 'Your own consent as a library member',
    text: (address, library) =>
      `Dear member,\n\nYou are 18 now. A parent or guardian once consented to how your data are used; the decision is yours from now on. Until you answer, their consent stands and your membership does not change.\n\n${
        address === null
          ? 'Please tell an officer at the counter of the library.'
          : `Answer on this page, or tell an officer at the counter:\n\n${address}\n\nThis address is secret; please do not pass it on.`
      }\n\n${library}`,
  },
  frame: (body, address, library) =>
    `Dear applicant,\n\n${body}\n\n${address}\n\nThis address is secret; please do not pass it on.\n\n${library}`,
};
