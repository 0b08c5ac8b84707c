import type { CodeTexts } from '../id/code.ts';

export const code: CodeTexts = {
  lost: {
    link: 'Lost your link?',
    title: 'Lost your link?',
    lead: {
      email:
        'The link to your online card or to your application can be opened again with a code that we send to your e-mail address.',
      sms: 'The link to your online card or to your application can be opened again with a code that we send to your phone by text message.',
      both: 'The link to your online card or to your application can be opened again with a code that we send to your e-mail address or your phone.',
    },
    number: 'Member number or ticket number',
    numberHint:
      'The member number is on your card. Not a member yet? Use the ticket number of your registration.',
    numberMissing: 'Fill in the member number or the ticket number.',
    birth: 'Date of birth',
    birthWrong: 'Fill in the date of birth: day, month and year, for example 17 8 1995.',
    submit: 'Send code',
    counter: {
      email:
        'No e-mail address in your data, or another one by now? Come to the counter with an identity document; an officer opens the link for you.',
      sms: 'No mobile number in your data, another one by now, or no message has come (there is a limit for each day)? Come to the counter with an identity document; an officer opens the link for you.',
      both: 'Neither e-mail address nor mobile number in your data, others by now, or no code has come (there is a limit of text messages for each day)? Come to the counter with an identity document; an officer opens the link for you.',
    },
    off: 'This library cannot send e-mail or text messages yet. Come to the counter with an identity document; an officer opens the link for you.',
  },
  way: {
    label: 'Send the code by',
    hint: 'If your data do not have what you choose, the code is sent the other way.',
    email: 'E-mail',
    sms: 'Text message to my phone',
    smsAbout: 'Whoever holds that phone or its SIM card can read it.',
  },
  type: {
    title: 'Type the code',
    sent: {
      email: (minutes) =>
        `If these match and there is an e-mail address, a code of six digits is on its way there. It arrives within a minute and works for ${minutes} minutes.`,
      sms: (minutes) =>
        `If these match and there is a mobile number, a code of six digits is on its way there by text message. It arrives within a minute and works for ${minutes} minutes.`,
      both: (minutes) =>
        `If these match and there is an e-mail address or a mobile number, a code of six digits is on its way there. It arrives within a minute and works for ${minutes} minutes.`,
    },
    label: 'Six-digit code',
    hint: {
      email: 'From our e-mail. Look into the spam folder as well. No officer ever asks for this code.',
      sms: 'From our text message. No officer ever asks for this code.',
      both: 'From our e-mail or text message. Look into the spam folder as well. No officer ever asks for this code.',
    },
    submit: 'Open',
    again: 'Ask for a new code',
    wrong: 'That code does not match. Look at the latest message again.',
    overTitle: 'The code works no longer',
    over: 'That code was used, is too old, or was wrong too often. Please ask for a new one.',
    nothing:
      'The code is right, but there is no online card or application to open. Please come to the counter.',
  },
  prove: {
    title: 'Make sure that it is you',
    lead: (to, minutes) =>
      `Before that is done, type the six-digit code that we have just sent to ${to}. It arrives within a minute and works for ${minutes} minutes.`,
    ask: (to) => `Before the download we send a six-digit code to ${to}.`,
    phone: (number) => `the phone ${number} by text message`,
    instead: (to) => `Send it to ${to}`,
    send: 'Send code',
    kept: 'What you filled in is kept on this page and is sent as soon as the code is right.',
    submit: 'Continue',
    cancel: 'Cancel',
    other:
      'You no longer use that address or number? Come to the counter with an identity document to change it.',
    over: 'That code works no longer. We have just sent another one; type the code of the latest message.',
  },
  mail: {
    subject: 'Your code',
    text: (code, minutes, library) =>
      `Dear reader,\n\nYour code: ${code}\n\nIt works for ${minutes} minutes, once. Give it to nobody; no officer ever asks for it.\n\nYou did not ask for it? Ignore this e-mail; nothing can be opened without the code.\n\n${library}`,
  },
  sms: {
    code: (library, code, minutes) =>
      `${library}: your code is ${code}, valid for ${minutes} minutes. Do not give this code to anyone.`,
  },
  channels: {
    email:
      'One-time codes for readers are sent by e-mail only. Readers without an address are served at the counter, unless SMS is switched on (Settings › SMS).',
    sms: 'One-time codes for readers are sent by SMS only, as e-mail is not set up on this server (SMTP_URL). Readers without a mobile number are served at the counter.',
    both: 'One-time codes for readers are sent by e-mail, or by SMS to those who choose it or have no e-mail address. Readers with neither are served at the counter.',
  },
  channelsOff:
    'One-time codes cannot be sent: e-mail is not set up on this server (SMTP_URL), and SMS is not set up (SMS_URL) or not switched on. Readers who lost their link are served at the counter, and their own pages ask for no code.',
};
