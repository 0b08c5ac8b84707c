import { columnsOf, type ForeignDatabase } from './connect.ts';

/** A visit as the guest book of another system has it. */
export interface ForeignVisit {
  /** Table and key there: the same visit never comes twice. */
  readonly key: string;
  /** `YYYY-MM-DD hh:mm:ss` on the wall clock of the library. */
  readonly at: string;
  readonly number: string | null;
  readonly name: string | null;
  readonly sex: 'L' | 'P' | null;
  readonly institution: string | null;
  /** These three in the words of the source. */
  readonly purpose: string | null;
  readonly education: string | null;
  readonly occupation: string | null;
  /** Null for single visitors. */
  readonly group: ForeignGroup | null;
  /** Columns with something in them that has no place here, as `table.column`. */
  readonly leftOver: readonly string[];
}

export interface ForeignGroup {
  readonly persons: number;
  readonly men: number;
  readonly women: number;
  /** Of the leader. */
  readonly phone: string | null;
  /** How many, by the word for it; what nobody counted is absent. */
  readonly byEducation: Readonly<Record<string, number>>;
  readonly byOccupation: Readonly<Record<string, number>>;
}

const AT_ONCE = 1_000;

/** The guest book of INLISLite: single visitors, then groups. */
export async function* inlisliteVisits(database: ForeignDatabase): AsyncGenerator<ForeignVisit> {
  const purposes = await wordsOf(database, 'tujuan_kunjungan', 'tujuankunjungan');
  const educations = await wordsOf(database, 'master_pendidikan', 'nama');
  const occupations = await wordsOf(database, 'master_pekerjaan', 'pekerjaan');
  for await (const row of pages(database, 'memberguesses')) {
    if (!row.createdate) continue;
    yield {
      key: `memberguesses ${row.id}`,
      at: row.createdate,
      number: row.noanggota || null,
      name: row.nama || null,
      sex: row.jeniskelamin_id === '1' ? 'L' : row.jeniskelamin_id === '2' ? 'P' : null,
      institution: null,
      purpose: purposes.get(row.tujuankunjungan_id ?? '') ?? null,
      education: educations.get(row.pendidikanterakhir_id ?? '') ?? null,
      occupation: occupations.get(row.profesi_id ?? '') ?? null,
      group: null,
      leftOver: leftOverOf('memberguesses', row, READ.memberguesses),
    };
  }
  for await (const row of pages(database, 'groupguesses')) {
    if (!row.createdate) continue;
    const [men, women] = [Number(row.countlaki ?? 0) || 0, Number(row.countperempuan ?? 0) || 0];
    yield {
      key: `groupguesses ${row.id}`,
      at: row.createdate,
      number: null,
      name: row.namaketua || null,
      sex: null,
      institution: row.asalinstansi || null,
      purpose: purposes.get(row.tujuankunjungan_id ?? '') ?? null,
      education: null,
      occupation: null,
      group: {
        persons: Number(row.countpersonel ?? 0) || men + women || 1,
        men,
        women,
        phone: row.nomertelponketua || null,
        byEducation: countsOf(row, GROUP_EDUCATIONS),
        byOccupation: countsOf(row, GROUP_OCCUPATIONS),
      },
      leftOver: leftOverOf('groupguesses', row, READ.groupguesses),
    };
  }
}

/** The visitors of SLiMS. */
export async function* slimsVisits(database: ForeignDatabase): AsyncGenerator<ForeignVisit> {
  for await (const row of pages(database, 'visitor_count', 'visitor_id')) {
    if (!row.checkin_date) continue;
    yield {
      key: `visitor_count ${row.visitor_id}`,
      at: row.checkin_date,
      number: row.member_id || null,
      name: row.member_name || null,
      sex: null,
      institution: row.institution || null,
      purpose: null,
      education: null,
      occupation: null,
      group: null,
      leftOver: leftOverOf('visitor_count', row, READ.visitor_count),
    };
  }
}

/** Columns of `groupguesses`, by the word for whom they count. */
const GROUP_EDUCATIONS: Readonly<Record<string, string>> = {
  countsd: 'SD',
  countsmp: 'SMP',
  countsma: 'SMA',
  countd1: 'D1',
  countd2: 'D2',
  countd3: 'D3',
  counts1: 'S1',
  counts2: 'S2',
  counts3: 'S3',
};
const GROUP_OCCUPATIONS: Readonly<Record<string, string>> = {
  countpns: 'PNS',
  countpswasta: 'Pegawai Swasta',
  countpeneliti: 'Peneliti',
  countguru: 'Guru',
  countdosen: 'Dosen',
  countpensiunan: 'Pensiunan',
  counttni: 'TNI',
  countwiraswasta: 'Wiraswasta',
  countpelajar: 'Pelajar',
  countmahasiswa: 'Mahasiswa',
  countlainnya: 'Lainnya',
};

/** What is read of each guest book. */
const READ = {
  memberguesses: new Set(
    'id createdate noanggota nama jeniskelamin_id tujuankunjungan_id pendidikanterakhir_id profesi_id'.split(
      ' ',
    ),
  ),
  groupguesses: new Set([
    ...'id createdate namaketua asalinstansi tujuankunjungan_id countlaki countperempuan countpersonel'.split(
      ' ',
    ),
    'nomertelponketua',
    ...Object.keys(GROUP_EDUCATIONS),
    ...Object.keys(GROUP_OCCUPATIONS),
  ]),
  visitor_count: new Set('visitor_id checkin_date member_id member_name institution'.split(' ')),
} as const;
/** Of the table, not of the visit; of a member these stand in the membership. */
const SILENT =
  /^(?:create(?:by|date|terminal)|update(?:by|date|terminal)|(?!location).*_id|input_date|last_update)$/;

function leftOverOf(
  table: string,
  row: Readonly<Record<string, string | null>>,
  read: ReadonlySet<string>,
): readonly string[] {
  return Object.entries(row).flatMap(([column, written]) => {
    const value = (written ?? '').trim();
    const says = value !== '' && value !== '0' && !value.startsWith('0000-00-00');
    return says && !read.has(column) && !SILENT.test(column) ? [`${table}.${column}`] : [];
  });
}

function countsOf(
  row: Readonly<Record<string, string | null>>,
  columns: Readonly<Record<string, string>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([column, word]) => {
      const count = Number(row[column] ?? 0);
      return Number.isSafeInteger(count) && count > 0 ? [[word, count]] : [];
    }),
  );
}

/** The words of a table that visits point to; nothing where this version has none. */
async function wordsOf(
  database: ForeignDatabase,
  table: string,
  column: string,
): Promise<ReadonlyMap<string, string>> {
  const columns = await columnsOf(database, table);
  const [id, words] = [columns.get('id'), columns.get(column)];
  if (id === undefined || words === undefined) return new Map();
  const rows = await database.rows(`select \`${id}\` as id, \`${words}\` as words from \`${table}\``);
  return new Map(rows.flatMap(({ id: key, words: text }) => (key && text ? [[key, text]] : [])));
}

/** A table row by row with its columns in small letters: `id` and `ID` are mixed as written. */
async function* pages(
  database: ForeignDatabase,
  table: string,
  key = 'id',
): AsyncGenerator<Readonly<Record<string, string | null>>> {
  const columns = await columnsOf(database, table);
  const id = columns.get(key);
  if (id === undefined) return;
  let after = '-1';
  for (;;) {
    const rows = await database.rows(
      `select * from \`${table}\` where \`${id}\` > ? order by \`${id}\` limit ${AT_ONCE}`,
      [after],
    );
    if (rows.length === 0) return;
    after = rows.at(-1)?.[id] ?? after;
    for (const row of rows)
      yield Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
  }
}
