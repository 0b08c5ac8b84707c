import type { OutageTexts } from '../id/outage.ts';

export const outage: OutageTexts = {
  titles: {
    unreachable: 'The service is reconnecting',
    full: 'The service cannot save anything new yet',
    busy: 'The service is very busy',
    crowded: 'The service is very busy',
  },
  causes: {
    unreachable:
      'The library’s data store cannot be reached right now. It usually recovers by itself within a minute.',
    full: 'The library’s data store is full. Please tell the staff: it needs more free space. What was saved before is safe.',
    crowded: 'Many people are using this service at the same time. Please wait a little.',
    busy: 'More is being asked than can be served at this moment. Please wait a little.',
  },
  again: 'Try again',
  againByItself: (seconds) => `This page tries again by itself every ${seconds} seconds.`,
  starting: {
    title: 'The service is starting',
    text: 'Please wait a moment. If you have just sent a form, go back to it and send it once more: it will not be recorded twice.',
  },
  sent: {
    title: 'It is not certain yet that what you sent was saved',
    notSent: 'What you typed has not been sent yet',
    byItselfNotSent: {
      before: 'What you typed has not been sent yet and is tried again in',
      after: 'seconds, while this page is open.',
    },
    byItself: { before: 'It is tried again in', after: 'seconds, while this page is open.' },
    kept: 'What you filled in is still on this page. Do not close it; wait a moment, then choose “Try sending again”.',
    once: 'Should the first one have been saved after all, sending it again does not record it twice.',
    seeAfter: 'Should the first one have been saved after all, the next page shows how things stand.',
    resend: 'Try sending again',
    file: 'Choose the file again',
    fileAbout: 'A file cannot be kept on this page, so it has to be chosen once more.',
    secret:
      'For safety, passwords and codes are not kept on this page. Open the page again and fill it in once more.',
    unread: 'What you filled in cannot be shown here. Open the page again and fill it in once more.',
    open: 'Open the page again',
  },
};
