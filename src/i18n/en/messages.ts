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
  frame: (body, address, library) =>
    `Dear applicant,\n\n${body}\n\n${address}\n\nThis address is secret; please do not pass it on.\n\n${library}`,
};
