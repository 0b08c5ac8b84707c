import type {
  IncomingField,
  IncomingMember,
  IncomingRenewal,
} from '../../domain/importing/incoming-member.ts';
import { columnsOf, type ForeignDatabase, type ForeignRow, stateOf } from './connect.ts';

/** Members of `members` by our names; lookups are joined below. Passwords (`membersonline`) are never asked for. */
const FIELDS: Readonly<Record<string, IncomingField>> = {
  memberno: 'number',
  fullname: 'name',
  placeofbirth: 'birth_place',
  dateofbirth: 'birth_date',
  address: 'address_line',
  kecamatan: 'address_district',
  kelurahan: 'address_village',
  rt: 'address_rt',
  rw: 'address_rw',
  province: 'address_province',
  city: 'address_regency',
  addressnow: 'present_line',
  kecamatannow: 'present_district',
  kelurahannow: 'present_village',
  rtnow: 'present_rt',
  rwnow: 'present_rw',
  provincenow: 'present_province',
  citynow: 'present_regency',
  nohp: 'phone',
  phone: 'phone_other',
  identityno: 'identity_number',
  email: 'email',
  registerdate: 'member_since',
  enddate: 'valid_until',
  institutionname: 'institution',
  photourl: 'photo',
  namadarurat: 'guardian_name',
  telpdarurat: 'guardian_phone',
  statushubungandarurat: 'guardian_relation',
};

interface Lookup {
  readonly key: string;
  readonly field: IncomingField;
  /** Tables and their column of words, as INLISLite 3.1 to 3.3 name them; the first that is there. */
  readonly tables: readonly (readonly [table: string, words: string])[];
}

const LOOKUPS: readonly Lookup[] = [
  { key: 'identitytype_id', field: 'identity_type', tables: [['master_jenis_identitas', 'nama']] },
  { key: 'educationlevel_id', field: 'education', tables: [['master_pendidikan', 'nama']] },
  { key: 'job_id', field: 'occupation', tables: [['master_pekerjaan', 'pekerjaan']] },
  { key: 'jenisanggota_id', field: 'member_type', tables: [['jenis_anggota', 'jenisanggota']] },
];

/** StatusAnggota_id; 1 is a new one from the web, whom nobody has looked at. */
const STATUS: Readonly<Record<string, string>> = {
  '1': 'Baru',
  '3': 'Aktif',
  '5': 'Suspend',
  '6': 'Bebas Pustaka',
};
/** Of each table; no member's own. */
const SILENT = /^(?:id|.*_id|create(?:by|date|terminal)|update(?:by|date|terminal))$/;
/** Lookups that say something of the person, and have no place here. */
const WORTH_TELLING = /^(?:agama|maritalstatus|fakultas|jurusan|programstudi|kelas|unitkerja)_id$/;
const AT_ONCE = 500;

/** How many there are to read. */
export async function countInlislite(database: ForeignDatabase): Promise<number> {
  return Number((await database.rows('select count(*) as n from members'))[0]?.n ?? 0);
}

/** Another one whenever a member came, went or was changed: what was read before then stands at other places. */
export function stateOfInlislite(database: ForeignDatabase): Promise<string> {
  return stateOf(database, 'members', 'id', ['updatedate', 'createdate']);
}

/** All members with their renewals, in the order of their key, some hundred at a time. */
export async function* inlisliteMembers(database: ForeignDatabase): AsyncGenerator<IncomingMember> {
  const columns = await columnsOf(database, 'members');
  const id = columns.get('id') ?? 'ID';
  const words = new Map<
    string,
    { readonly field: IncomingField; readonly by: ReadonlyMap<string, string> }
  >();
  for (const lookup of LOOKUPS)
    words.set(lookup.key, { field: lookup.field, by: await readLookup(database, lookup) });
  const hasRenewals = (await columnsOf(database, 'member_perpanjangan')).size > 0;
  let row = 0;
  let after = '-1';
  for (;;) {
    const members = await database.rows(
      `select * from members where \`${id}\` > ? order by \`${id}\` limit ${AT_ONCE}`,
      [after],
    );
    if (members.length === 0) return;
    after = members.at(-1)?.[id] ?? after;
    const ids = members.map((member) => member[id] ?? '');
    const renewals = hasRenewals ? await readRenewals(database, ids) : new Map<string, IncomingRenewal[]>();
    for (const member of members) {
      row += 1;
      yield memberOf(member, row, columns, words, renewals.get(member[id] ?? '') ?? []);
    }
  }
}

function memberOf(
  member: ForeignRow,
  row: number,
  columns: ReadonlyMap<string, string>,
  words: ReadonlyMap<string, { readonly field: IncomingField; readonly by: ReadonlyMap<string, string> }>,
  renewals: readonly IncomingRenewal[],
): IncomingMember {
  const facts: Partial<Record<IncomingField, string>> = {};
  const leftOver: string[] = [];
  for (const [key, column] of columns) {
    const value = (member[column] ?? '').trim();
    if (value === '' || value.startsWith('0000-00-00')) continue;
    const field = FIELDS[key];
    const lookup = words.get(key);
    if (field !== undefined) facts[field] = value;
    else if (lookup) facts[lookup.field] = lookup.by.get(value) ?? value;
    else if (key === 'sex_id') facts.sex = { '1': 'L', '2': 'P' }[value] ?? value;
    else if (key === 'statusanggota_id') facts.status = STATUS[value] ?? value;
    else if (WORTH_TELLING.test(key) || (!SILENT.test(key) && value !== '0')) leftOver.push(column);
  }
  return { row, facts, leftOver, renewals, problems: [] };
}

async function readLookup(database: ForeignDatabase, lookup: Lookup): Promise<ReadonlyMap<string, string>> {
  for (const [table, wanted] of lookup.tables) {
    const columns = await columnsOf(database, table);
    const id = columns.get('id');
    const word = columns.get(wanted) ?? [...columns].find(([key]) => /^(?:nama|name|jenis)/.test(key))?.[1];
    if (id === undefined || word === undefined) continue;
    const rows = await database.rows(`select \`${id}\` as id, \`${word}\` as word from \`${table}\``);
    return new Map(rows.flatMap(({ id: key, word: text }) => (key && text ? [[key, text] as const] : [])));
  }
  return new Map();
}

async function readRenewals(
  database: ForeignDatabase,
  ids: readonly string[],
): Promise<ReadonlyMap<string, IncomingRenewal[]>> {
  const rows = await database.rows(
    `select Member_id as member, Tanggal as until, CreateDate as made from member_perpanjangan
     where Member_id in (${ids.map(() => '?').join(', ')}) order by CreateDate`,
    ids,
  );
  const renewals = new Map<string, IncomingRenewal[]>();
  for (const { member, until, made } of rows) {
    if (!member || !until) continue;
    const renewal = { on: made ?? until, until };
    const known = renewals.get(member);
    if (known) known.push(renewal);
    else renewals.set(member, [renewal]);
  }
  return renewals;
}
