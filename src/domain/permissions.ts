/** Roles of `journeys.md`; their names on screen are settings. `device` is an enrolled kiosk or gate. */
export const ROLES = ['petugas', 'sub_koordinator', 'kepala_bidang', 'kepala_skpd', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'visit.record',
  'visit.view',
  'application.view', // the queue and the case
  'application.process', // take, identity, verify, cross-check, correct, photo
  'application.approve', // a clean case
  'application.endorse', // where a procedure asks for an approval before the card
  'application.except', // no document, duplicates that a person must judge
  'application.reject',
  'identity.reveal', // a full number with a stated purpose
  'member.view',
  'member.view_masked',
  'member.correct',
  'member.renew',
  'member.suspend',
  'member.end',
  'member.merge',
  'card.print',
  'card.replace',
  'report.view', // figures
  'report.rows', // the people behind a figure
  'report.officer_times',
  'report.check', // the sheet of a month, before it is signed
  'report.sign',
  'procedure.draft',
  'procedure.coordinate', // the first of the three hands that a draft passes
  'procedure.check',
  'procedure.sign',
  'setting.change',
  'officer.manage',
  'device.manage',
  'audit.search',
  'export.run', // members to the lending system: everybody's data, so not for those who see no member
  'lending.connect', // where members go by themselves, and as whom
  'rights.decide', // what people ask of their own data (UU 27/2022)
  'breach.record', // a failure of the protection of personal data
  'import.run', // letting old members in; who is in the rows is seen by those who decide duplicates
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const petugas = [
  'visit.record',
  'visit.view',
  'application.view',
  'application.process',
  'application.approve',
  'identity.reveal',
  'member.view',
  'member.renew',
  'card.print',
  'card.replace',
  'report.view',
  'report.rows',
] as const satisfies readonly Permission[];

/** Who may do what: the one table that screens and refusals read (`journeys.md`). */
export const PERMISSIONS_OF = {
  petugas,
  sub_koordinator: [
    ...petugas,
    'application.except',
    'application.reject',
    'member.correct',
    'member.suspend',
    'member.end',
    'member.merge',
    'import.run',
    'export.run',
    'report.officer_times',
    'procedure.draft',
    'procedure.coordinate',
    'rights.decide',
    'breach.record',
  ],
  kepala_bidang: [
    'application.view',
    'application.endorse',
    'member.view_masked',
    'report.view',
    'report.check',
    'procedure.check',
  ],
  kepala_skpd: ['report.view', 'report.sign', 'procedure.sign'],
  admin: [
    'setting.change',
    'officer.manage',
    'device.manage',
    'audit.search',
    'lending.connect',
    'procedure.draft',
    'import.run',
    'breach.record',
  ],
} as const satisfies Record<Role, readonly Permission[]>;

/** Whether any of these roles carries the permission. */
export function may(roles: readonly Role[], permission: Permission): boolean {
  return roles.some((role) => (PERMISSIONS_OF[role] as readonly Permission[]).includes(permission));
}
