import type { OfficeTexts } from '../../id/office.ts';

export const signIn: OfficeTexts['signIn'] = {
  over: {
    title: 'Your session has ended',
    lead: 'What you typed is not saved yet, but still on this page. Sign in on a new tab, come back here, and send it again.',
    signIn: 'Sign in on a new tab',
    again: 'Send again',
  },
  title: 'Staff sign-in',
  lead: 'This page is for library staff. Visitors do not need to sign in.',
  library: 'Library',
  username: 'User name',
  password: 'Password',
  submit: 'Sign in',
  wrong: 'The user name or password is not right. Check both and try again.',
  unknownLibrary: 'Choose your library.',
  tooMany: (minutes) => `Too many attempts. Please wait ${minutes} minutes and try again.`,
  forgot: 'Forgot your password? Ask the library’s admin for a new one.',
};

export const password: OfficeTexts['password'] = {
  title: 'Change password',
  first: 'The first password works only once. Make one of your own before you start.',
  current: 'Current password',
  next: 'New password',
  nextAbout: (length) => `At least ${length} characters. A few words you remember easily will do.`,
  repeat: 'Repeat the new password',
  submit: 'Save password',
  wrong: 'The current password is not right.',
  tooShort: (length) => `The new password needs at least ${length} characters.`,
  tooLong: (length) => `The new password can have at most ${length} characters.`,
  unchanged: 'The new password must differ from the current one.',
  differs: 'The two new passwords differ. Type them again.',
};

export const sessions: OfficeTexts['sessions'] = {
  title: 'Sessions',
  lead: 'Where you are signed in. End what you do not know, then change your password.',
  officer: 'Officer',
  current: 'this session',
  created: 'Signed in since',
  lastSeen: 'Last used',
  end: 'End',
  endOf: (name) => `End the session of ${name}`,
  ended: 'Session ended.',
  notEnded: 'Nothing was ended: that session is over already, or is not yours.',
  empty: 'No open sessions.',
};

export const factor: OfficeTexts['factor'] = {
  title: 'Second factor',
  lead: 'Besides the password, a six-digit code from an authenticator app on your phone.',
  on: 'The second factor is on.',
  off: 'Not in use.',
  scan: 'Scan with an authenticator app',
  typed: 'Or type this key',
  code: 'Six-digit code',
  codeHint: 'From the authenticator app; it changes every 30 seconds.',
  enable: 'Turn on',
  disable: 'Turn the second factor off',
  wrong: 'The code is not right. Check the clock of your phone and type the code shown now.',
  clockDiffers:
    'That code has changed already, or the clock of your phone differs from that of the service. Wait for the next code, then type that one.',
  expired: 'Time is up. Sign in with your password again.',
  enabled: 'The second factor is on. From now on you are asked for a code.',
  disabled: 'The second factor is off.',
  signIn: 'Second factor',
  signInLead: 'The password is right. Now a passkey, or the six-digit code from the authenticator app.',
  submit: 'Sign in',
  lost: 'Phone lost? Ask the library’s admin to remove the second factor.',
};
