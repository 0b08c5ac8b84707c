import type { CodeTexts } from '../id/code.ts';

export const code: CodeTexts = {
  lost: {
    link: 'Lost your link?',
    title: 'Lost your link?',
    lead: 'The link to your online card or to your application can be opened again with a code that we send to your e-mail address.',
    number: 'Member number or ticket number',
    numberHint:
      'The member number is on your card. Not a member yet? Use the ticket number of your registration.',
    numberMissing: 'Fill in the member number or the ticket number.',
    birth: 'Date of birth',
    birthWrong: 'Fill in the date of birth: day, month and year, for example 17 8 1995.',
    submit: 'Send code',
    counter:
      'No e-mail address in your data, or another one by now? Come to the counter with an identity document; an officer opens the link for you.',
    off: 'This library cannot send e-mail yet. Come to the counter with an identity document; an officer opens the link for you.',
  },
  type: {
    title: 'Type the code',
    sent: (minutes) =>
      `If these match and there is an e-mail address, a code of six digits is on its way there. It arrives within a minute and works for ${minutes} minutes.`,
    label: 'Six-digit code',
    hint: 'From our e-mail. Look into the spam folder as well. No officer ever asks for this code.',
    submit: 'Open',
    again: 'Ask for a new code',
    wrong: 'That code does not match. Look at the latest e-mail again.',
    overTitle: 'The code works no longer',
    over: 'That code was used, is too old, or was wrong too often. Please ask for a new one.',
    nothing:
      'The code is right, but there is no online card or application to open. Please come to the counter.',
  },
  prove: {
    title: 'Make sure that it is you',
    lead: (mail, minutes) =>
      `Before that is done, type the six-digit code that we have just sent to ${mail}. It arrives within a minute and works for ${minutes} minutes.`,
    ask: (mail) => `Before the download we send a six-digit code to ${mail}.`,
    send: 'Send code',
    kept: 'What you filled in is kept on this page and is sent as soon as the code is right.',
    submit: 'Continue',
    cancel: 'Cancel',
    other: 'You no longer use that address? Come to the counter with an identity document to change it.',
    over: 'That code works no longer. We have just sent another one; type the code of the latest e-mail.',
  },
  mail: {
    subject: 'Your code',
    text: (code, minutes, library) =>
      `Dear reader,\n\nYour code: ${code}\n\nIt works for ${minutes} minutes, once. Give it to nobody; no officer ever asks for it.\n\nYou did not ask for it? Ignore this e-mail; nothing can be opened without the code.\n\n${library}`,
  },
  channels:
    'One-time codes for readers are sent by e-mail only: this service has no SMS gateway. Readers without an e-mail address are served at the counter.',
  channelsOff:
    'E-mail is not set up on this server (SMTP_URL): readers who lost their link are served at the counter, and their own pages ask for no code.',
};
