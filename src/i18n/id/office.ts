import { factor, password, sessions, signIn } from './office/account.ts';
import { anchor } from './office/anchor.ts';
import { audit } from './office/audit.ts';
import { backups } from './office/backups.ts';
import { cardDesigns } from './office/card-designs.ts';
import { cardPrint } from './office/card-print.ts';
import { exporting } from './office/export.ts';
import { feeding } from './office/feed.ts';
import { importing } from './office/import.ts';
import { keys } from './office/keys.ts';
import { lending } from './office/lending.ts';
import { devices, officers } from './office/officers.ts';
import { procedures } from './office/procedures.ts';
import { settings } from './office/settings.ts';

/** Texts of the area `office`; the shape is the type that English must satisfy. */
export const office = {
  nav: {
    desk: 'Loket',
    members: 'Anggota',
    visits: 'Kunjungan',
    reports: 'Laporan',
    settings: 'Pengaturan',
    audit: 'Jejak audit',
  },
  signIn,
  password,
  settings,
  officers,
  devices,
  keys,
  backups,
  sessions,
  factor,
  audit,
  anchor,
  cardDesigns,
  procedures,
  importing,
  exporting,
  feeding,
  lending,
  cardPrint,
};

export type OfficeTexts = typeof office;
