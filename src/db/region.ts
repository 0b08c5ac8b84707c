import { sql } from 'kysely';
import type { RegionCode } from '../domain/ids.ts';
import { regionWords } from '../domain/region.ts';
import type { Db, Tx } from './connection.ts';

/** A district or village offered while somebody types. */
export interface RegionHit {
  readonly code: RegionCode;
  readonly name: string;
  readonly level: number;
  /** "Desa X, Kec. Y, Kab. Z, Provinsi" */
  readonly path: string;
}

export interface Region extends RegionHit {
  readonly parentCode: RegionCode | null;
}

/** Fewer letters than this would match thousands of places. */
const LEAST_LETTERS = 2;

/**
 * Villages and districts for what somebody has typed so far. Every word must begin a word of the place's own
 * name or of the names above it ("sumber genteng"); places whose own name begins with the text come first,
 * those near the library before all others. Where nothing fits, the most similar spelling is offered.
 * Regions are no library's: the one table without row-level security that pages may read.
 * @param options.limit at most so many; default 8
 * @param options.near code of the library's own regency or province
 */
export async function searchRegions(
  db: Db | Tx,
  text: string,
  options: { readonly limit?: number; readonly near?: string | null } = {},
): Promise<readonly RegionHit[]> {
  const { limit = 8, near = null } = options;
  const words = regionWords(text);
  if (words.join('').length < LEAST_LETTERS) return [];
  const byName = await beginning(db, words, limit, near);
  if (byName.length >= limit) return byName;
  const anywhere = await containing(db, words, limit, near);
  const known = new Set(byName.map((hit) => hit.code));
  const hits = [...byName, ...anywhere.filter((hit) => !known.has(hit.code))].slice(0, limit);
  return hits.length > 0 ? hits : similar(db, words, limit, near);
}

/** Dotted, of any level: `33`, `33.74`, `33.74.01`, `33.74.01.1001`. What a form sent may be anything. */
function isRegionCode(text: string): boolean {
  return /^\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?$/.test(text);
}

/** The region of a code of any level. */
export async function findRegion(db: Db | Tx, code: string): Promise<Region | undefined> {
  if (!isRegionCode(code)) return undefined;
  const row = await db
    .selectFrom('region')
    .select(['code', 'name', 'level', 'path', 'parent_code'])
    .where('code', '=', code)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    code: row.code as RegionCode,
    name: row.name,
    level: row.level,
    path: row.path,
    parentCode: row.parent_code as RegionCode | null,
  };
}

/** Whether codes are in the list, by code. A list that is loaded at a start and never changes while it runs. */
const known = new WeakMap<Db, Map<string, boolean>>();
/** The villages a library sees in a year, and what somebody invents; all 84 thousand would not be worth their room. */
const MOST_KNOWN = 10_000;

/** Those of the codes that are in the list of regions. Asked at every form, so that answers are remembered. */
export async function knownRegions(db: Db, codes: readonly string[]): Promise<ReadonlySet<string>> {
  const answers = known.get(db) ?? new Map<string, boolean>();
  known.set(db, answers);
  const unasked = [...new Set(codes.filter((code) => isRegionCode(code) && !answers.has(code)))];
  const rows =
    unasked.length === 0
      ? []
      : await db.selectFrom('region').select('code').where('code', 'in', unasked).execute();
  const found = new Set(rows.map((row) => row.code));
  const asked = new Set(codes.filter((code) => answers.get(code) ?? found.has(code)));
  for (const code of unasked) remember(answers, code, found.has(code));
  return asked;
}

/** A region as it stands in an address, the code itself where the list does not have it. */
export async function describeRegion(db: Db | Tx, code: string): Promise<string> {
  return (await findRegion(db, code))?.path ?? code;
}

/** Paths that were asked for, by code. */
const paths = new WeakMap<Db, Map<string, string>>();

/** Many at once: path by code, codes that are not in the list left out. */
export async function describeRegions(
  db: Db,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const remembered = paths.get(db) ?? new Map<string, string>();
  paths.set(db, remembered);
  const asked = [...new Set(codes)];
  const described = new Map<string, string>();
  for (const code of asked) {
    const path = remembered.get(code);
    if (path !== undefined) described.set(code, path);
  }
  const unasked = asked.filter((code) => !described.has(code));
  if (unasked.length === 0) return described;
  const rows = await db.selectFrom('region').select(['code', 'path']).where('code', 'in', unasked).execute();
  for (const { code, path } of rows) {
    described.set(code, path);
    remember(remembered, code, path);
  }
  return described;
}

/** The oldest leaves where there are too many. */
function remember<T>(answers: Map<string, T>, code: string, answer: T): void {
  const oldest = answers.keys().next();
  if (answers.size >= MOST_KNOWN && !oldest.done) answers.delete(oldest.value);
  answers.set(code, answer);
}

/** Own name begins with the first word: read off the ordered index. Words are letters, digits only: no escape. */
function beginning(db: Db | Tx, words: readonly string[], limit: number, near: string | null) {
  const whole = words.join(' ');
  const [first = '', ...rest] = words;
  return hits(
    db,
    sql`search_key like ${`${first}%`} and ${all(rest.map((word) => sql`search_key like ${`% ${word}%`}`))}`,
    sql`${nearness(near)}, not starts_with(search_key, ${`${whole} `}), not starts_with(search_key, ${whole}), search_key`,
    limit,
    null,
  );
}

/** Every word begins some word of the path: the trigram index finds them, in whatever order they were typed. */
function containing(db: Db | Tx, words: readonly string[], limit: number, near: string | null) {
  return hits(
    db,
    all(words.map((word) => sql`(search_key like ${`% ${word}%`} or search_key like ${`${word}%`})`)),
    sql`${nearness(near)}, level, search_key`,
    limit,
    MOST_SORTED,
  );
}

/** A search that fits more places than this is too vague to be worth sorting all of them: `jawa tengah` fits 9,000. */
const MOST_SORTED = 500;

/** "Sumberrejo" for "Sumber Rejo", a letter missed: only asked where nothing else was found. */
function similar(db: Db | Tx, words: readonly string[], limit: number, near: string | null) {
  const whole = words.join(' ');
  return hits(
    db,
    sql`${whole} <% search_key`,
    sql`${nearness(near)}, word_similarity(${whole}, search_key) desc, search_key`,
    limit,
    MOST_SORTED,
  );
}

function nearness(near: string | null) {
  const regency = near ?? '';
  return sql`case when ${near}::text is null then 0
    when starts_with(code, ${regency}) then 0
    when starts_with(code, ${regency.slice(0, 2)}) then 1 else 2 end`;
}

function all(conditions: readonly ReturnType<typeof sql<boolean>>[]) {
  return conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `);
}

async function hits(
  db: Db | Tx,
  condition: ReturnType<typeof sql>,
  order: ReturnType<typeof sql>,
  limit: number,
  most: number | null,
): Promise<readonly RegionHit[]> {
  const { rows } = await sql<RegionHit>`
    select code, name, level, path
    from (select * from region where level >= 3 and ${condition} limit ${most}) as region
    order by ${order} limit ${limit}
  `.execute(db);
  return rows;
}
