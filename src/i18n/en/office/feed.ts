import type { FeedTexts } from '../../id/office/feed.ts';

export const feeding: FeedTexts = {
  title: 'Automatic feed',
  lead: 'Members who are new or have changed are fetched as a file by another system. Each time is recorded among the exports below.',
  live: 'Direct connection to INLISLite, SLiMS or Koha',
  pull: {
    title: 'Fetched by the other system',
    about:
      "INLISLite, SLiMS and Koha's import read files. The computer on which that system runs fetches its file from here with a token, by cron for instance. Each file holds those new or changed since the last whole one; where there is nobody, there is no file.",
    format: 'File',
    state: 'Token',
    none: 'None yet',
    since: (at) => `Valid since ${at}`,
    lastFile: 'Last file',
    lastLook: 'Last asked for',
    never: 'Never',
    file: (at, sent) => `${at}: ${sent} members`,
    brokenOff: (at) => `${at}: broken off, counts for nobody`,
    actions: 'Actions',
    make: 'Make a token',
    renew: 'Replace',
    revoke: 'Revoke',
    makeOf: (format) => `Make a token: ${format}`,
    renewOf: (format) => `Replace the token: ${format}`,
    revokeOf: (format) => `Revoke the token: ${format}`,
    newToken: (format) => `Token for ${format}`,
    once: 'This token is shown only once. Whoever holds it can fetch the data of members: keep it like a password.',
    cronFor: (format) => `Cron line for ${format}`,
    cron: 'Cron line',
    cronAbout:
      'Put a folder of that computer in the place of /srv/anggota. With ?semua=1 behind the address the file holds all members.',
    cronToken: 'Put the token that was shown when it was made in the place of TOKEN.',
    withdraw:
      'A file that was lost there can be taken back among the exports with "Was not used": its members come again.',
  },
  notices: {
    revoked: 'The token is revoked. That file can be fetched no more.',
    gone: 'That is not there any more.',
  },
  byItself: 'by itself',
};
