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
  /** In the words of the source. */
  readonly purpose: string | null;
  /** Null for single visitors. */
  readonly group: { readonly persons: number; readonly men: number; readonly women: number } | null;
}

const AT_ONCE = 1_000;

/** The guest book of INLISLite: single visitors, then groups. */
export async function* inlisliteVisits(database: ForeignDatabase): AsyncGenerator<ForeignVisit> {
  const purposes = await purposesOf(database);
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
      group: null,
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
      group: { persons: Number(row.countpersonel ?? 0) || men + women || 1, men, women },
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
      group: null,
    };
  }
}

async function purposesOf(database: ForeignDatabase): Promise<ReadonlyMap<string, string>> {
  const columns = await columnsOf(database, 'tujuan_kunjungan');
  const [id, words] = [columns.get('id'), columns.get('tujuankunjungan')];
  if (id === undefined || words === undefined) return new Map();
  const rows = await database.rows(`select \`${id}\` as id, \`${words}\` as words from tujuan_kunjungan`);
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
