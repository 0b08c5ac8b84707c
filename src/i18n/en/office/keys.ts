import type { OfficeTexts } from '../../id/office.ts';

export const keys: OfficeTexts['keys'] = {
  title: 'Card keys',
  lead: 'A key signs the codes of cards and of cards online, so that forged ones are recognised anywhere.',
  key: 'Key',
  state: 'State',
  states: { active: 'Signing', retired: 'Still recognised', revoked: 'Withdrawn' },
  former: 'The common key from before each library had its own',
  made: 'Made',
  ended: 'Replaced or withdrawn',
  actions: 'Actions',
  empty: 'No keys yet.',
  published: 'Public keys for others who check',
  publishedAbout:
    'Other systems can check cards without asking this service. The secret half of a key is kept encrypted and never leaves.',
  rotate: {
    title: 'Replace the key',
    about:
      'From now on codes are signed with a new key. Cards already printed stay valid. Once a year is enough, or when those who run the server change.',
    button: 'Make a new key',
  },
  revoke: {
    link: 'Withdraw…',
    linkOf: (key) => `Withdraw key ${key}`,
    title: (key) => `Withdraw key ${key}`,
    lead: 'Only where others may have this key, for instance after a backup was lost together with its data key.',
    effect:
      'All cards, pictures and cards on phones signed with this key are refused at once, with that reason. The cards have to be printed again. This cannot be undone.',
    effectActive: 'This key is in use: a new one is made at the same time to take its place.',
    button: 'Withdraw the key',
  },
  changedMeanwhile: 'Somebody else has replaced the key meanwhile. Look at how it stands now.',
  done: {
    ganti: 'The new key is in use. Old cards stay valid.',
    cabut: 'The key is withdrawn. The codes it signed are refused now.',
  },
};
