import type { OfficeTexts } from '../id/office.ts';

export const office: OfficeTexts = {
  nav: {
    desk: 'Counter',
    members: 'Members',
    visits: 'Visits',
    reports: 'Reports',
    settings: 'Settings',
    audit: 'Audit trail',
  },
  signIn: {
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
  },
  password: {
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
  },
};
