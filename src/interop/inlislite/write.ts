import {
  type ExportFormat,
  type Fitted,
  FOR_LIFE,
  localPhone,
  type Misfit,
  type OutgoingMember,
} from '../../domain/exporting/outgoing-member.ts';
import {
  EDUCATION_OUT,
  IDENTITY_OUT,
  NOT_RECORDED,
  OCCUPATION_OUT,
  RELATION_OUT,
  SEX_OUT,
  STATE_OUT,
} from '../../domain/exporting/outgoing-words.ts';
import type { IncomingField } from '../../domain/importing/incoming-member.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import type { ForeignColumn } from '../column-list.ts';
import { INLISLITE_32, INLISLITE_33 } from './columns.ts';

/** A sheet of XLSX has 1,048,576 rows, the header is one. */
export const MOST_SHEET_ROWS = 1_048_575;
/** Widths of its `members` table (`interop.md`): what is longer would be cut there. */
const LONGEST = { number: 50, name: 255, identity: 100 };
/** MySQL's latin1 is windows-1252. */
const OUTSIDE_LATIN1 = /[^\t\n\r -~\u00A0-\u00FF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/u;

/** Columns that 3.3 looks up in a list: an empty cell would silently become the list's first row. */
const LOOKUPS = new Set([
  'jenis identitas',
  'jenis kelamin',
  'agama',
  'pekerjaan',
  'jenis anggota',
  'pendidikan terakhir',
  'status perkawinan',
  'jenis permohonan',
  'status anggota',
  'unit kerja',
  'tahun ajaran',
  'fakultas',
  'program studi',
  'kelas',
]);

/** The sheet that INLISLite 3.2 imports: 49 columns. */
export const inlislite32: ExportFormat = formatOf(INLISLITE_32, () => '');

/** The sheet of 3.3: every lookup cell is filled, by `Tidak dicatat` where nothing is known. */
export const inlislite33: ExportFormat = formatOf(INLISLITE_33, (title) =>
  LOOKUPS.has(title) ? NOT_RECORDED : '',
);

function formatOf(columns: readonly ForeignColumn[], filler: (title: string) => string): ExportFormat {
  return {
    header: columns.map(({ title }) => title),
    mostRows: MOST_SHEET_ROWS,
    row: (member) => fitted(member, columns, filler),
  };
}

function fitted(
  member: OutgoingMember,
  columns: readonly ForeignColumn[],
  filler: (title: string) => string,
): Fitted<readonly string[]> {
  const facts = factsOf(member);
  const cells = columns.map(({ title, field }) => {
    // Every member of ours applied once: the other kind is an extension.
    const text = field === null ? (title.toLowerCase() === 'jenis permohonan' ? 'Baru' : '') : facts[field];
    return text === undefined || text === '' ? filler(title) : text;
  });
  const misfits: Misfit[] = [
    ...(member.number.length > LONGEST.number ? (['number_too_long'] as const) : []),
    ...(member.name.length > LONGEST.name ? (['name_too_long'] as const) : []),
    ...((member.identity?.number.length ?? 0) > LONGEST.identity ? (['identity_too_long'] as const) : []),
  ];
  if (misfits.length > 0) return { ok: false, misfits };
  const notes: readonly Misfit[] = cells.some((cell) => OUTSIDE_LATIN1.test(cell)) ? ['letters_lost'] : [];
  return { ok: true, value: cells, notes };
}

function factsOf(member: OutgoingMember): Readonly<Partial<Record<IncomingField, string>>> {
  const { address, identity, guardian } = member;
  // Its form asks for the present address apart, and has no "the same".
  const present = member.present ?? address;
  return {
    number: member.number,
    name: member.name,
    birth_place: member.birthPlace ?? '',
    birth_date: member.birthDate === null ? '' : dayFirst(member.birthDate),
    sex: member.sex === null ? '' : SEX_OUT[member.sex],
    identity_type: identity === null ? '' : IDENTITY_OUT[identity.type],
    identity_number: identity?.number ?? '',
    address_line: address.line,
    address_rt: address.rt ?? '',
    address_rw: address.rw ?? '',
    address_village: address.village,
    address_district: address.district,
    address_regency: address.regency,
    address_province: address.province,
    present_line: present.line,
    present_rt: present.rt ?? '',
    present_rw: present.rw ?? '',
    present_village: present.village,
    present_district: present.district,
    present_regency: present.regency,
    present_province: present.province,
    phone: localPhone(member.phone),
    email: member.email ?? '',
    occupation: member.occupation === null ? '' : OCCUPATION_OUT[member.occupation],
    education: member.education === null ? '' : EDUCATION_OUT[member.education],
    institution: member.institution ?? '',
    member_type: member.memberType.name,
    member_since: dayFirst(member.memberSince),
    valid_until: dayFirst(member.validUntil ?? FOR_LIFE),
    status: STATE_OUT[member.state],
    guardian_name: guardian?.name ?? '',
    guardian_relation: guardian === null ? '' : RELATION_OUT[guardian.relation],
    guardian_phone: localPhone(guardian?.phone ?? null),
  };
}

/** `dd-mm-yyyy` */
function dayFirst(date: PlainDate): string {
  return date.split('-').reverse().join('-');
}
