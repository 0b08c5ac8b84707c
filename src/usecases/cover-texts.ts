import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { outageOf } from '../db/outage.ts';
import { inLibrary } from '../db/tenancy.ts';
import { IDENTITY_RULE } from '../domain/identity-in-text.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import {
  type Covered,
  IDENTITY_COVERED,
  KEYS_APART,
  STORED_TEXTS,
  type StoredTexts,
} from './stored-texts.ts';

/** Rows looked at by one statement, which locks none of them. */
const PAGE = 2_000;

const DIGITS = '0123456789０１２３４５６７８９';
/** What the rule covers has no fewer digits, and no more between two of them than this. */
const FEWEST = 15;
export const MAY_HOLD = `(?:[${DIGITS}][^${DIGITS}]{0,5}){${FEWEST - 1}}[${DIGITS}]`;

/** Of the rows that could not be changed so many are known by their keys; where there are more, all is looked through again. */
const LEFT_AT_MOST = 1_000;

export interface CoverPorts {
  /** Whether this process still is the one that works. */
  readonly goOn: () => boolean;
  /** Lets people go first: waits after each page and each row. @param tookMs how long that took */
  readonly rest: (tookMs: number) => Promise<void>;
  /** Hears of each row that could not be changed. @param error its name: what it says may hold what it is about */
  readonly onLeft: (table: string, error: string) => void;
  /** Rows of a page, and the most that are left by their keys: for tests. */
  readonly page?: number;
  readonly leftAtMost?: number;
}

export type CoverOutcome =
  /** Looked through by this rule before. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'stopped' }
  /** In how many texts something was covered, over all runs of this rule. */
  | { readonly kind: 'ended'; readonly texts: number; readonly unchanged: number }
  /** Only those were tried again that could not be changed before; in how many texts of them something was covered now. */
  | { readonly kind: 'retried'; readonly texts: number; readonly unchanged: number };

/** How far a library is. */
interface Position {
  readonly at_table: string;
  readonly position: string | null;
}

/** A row that could not be changed. */
interface LeftRow {
  readonly table: string;
  readonly key: string;
}

/**
 * Covers identity numbers in texts that were stored before the rule, once for each version of it: table by table, a page at
 * a time, each row that holds one in a transaction of its own. How far it is stands in the database, so that whoever goes
 * on after a stop begins with the next row, and a restored backup is looked through as far as it was not. What could not
 * be changed is tried again at each call.
 */
export async function coverTexts(db: Db, deps: Deps, scope: Scope, ports: CoverPorts): Promise<CoverOutcome> {
  const { goOn, rest, page = PAGE } = ports;
  const begun = await begin(db, scope, ports);
  if (begun === undefined) return { kind: 'nothing' };
  if ('left' in begun) return coverLeft(db, deps, scope, ports, begun.left);
  let at: Position = begun;
  const first = STORED_TEXTS.findIndex(({ table }) => table === begun.at_table);
  for (const texts of STORED_TEXTS.slice(Math.max(first, 0))) {
    if (at.at_table !== texts.table)
      at = await moveTo(db, scope, at, { at_table: texts.table, position: null });
    for (let isLast = false; !isLast; ) {
      if (!goOn()) return { kind: 'stopped' };
      const found = await timed(rest, () => look(db, scope, texts, at.position, page));
      let counted = 0;
      for (const { key, place } of found.rows) {
        if (!goOn()) return { kind: 'stopped' };
        const looked = place - counted;
        at = await timed(rest, () => coverRow(db, deps, scope, ports, texts, at, { key, looked }));
        counted = place;
      }
      if (found.last !== null)
        at = await moveTo(db, scope, at, { ...at, position: found.last }, { looked: found.looked - counted });
      isLast = found.looked < page;
    }
  }
  return end(db, deps, scope);
}

async function timed<Value>(rest: CoverPorts['rest'], work: () => Promise<Value>): Promise<Value> {
  const started = performance.now();
  const value = await work();
  await rest(performance.now() - started);
  return value;
}

function begin(
  db: Db,
  { library, at }: Scope,
  { leftAtMost = LEFT_AT_MOST }: CoverPorts,
): Promise<Position | { readonly left: readonly LeftRow[] } | undefined> {
  return inLibrary(db, library.id, async (tx) => {
    const newest = await tx
      .selectFrom('text_cover')
      .select(['rule', 'at_table', 'position', 'ended_at', 'unchanged', 'left_rows'])
      .orderBy('rule', 'desc')
      .executeTakeFirst();
    const start = { at_table: STORED_TEXTS[0]?.table ?? '', position: null };
    if (newest && newest.rule >= IDENTITY_RULE) {
      if (newest.rule > IDENTITY_RULE) return undefined;
      if (newest.ended_at === null) return newest;
      if (newest.unchanged === 0) return undefined;
      if (newest.unchanged <= leftAtMost) return { left: newest.left_rows };
      // More than are known by their keys.
      await sql`
        update text_cover set at_table = ${start.at_table}, position = null, looked = 0, unchanged = 0, left_rows = '[]',
          ended_at = null where rule = ${IDENTITY_RULE}`.execute(tx);
      return start;
    }
    await tx
      .insertInto('text_cover')
      .values({ library_id: library.id, rule: IDENTITY_RULE, started_at: at, counts: '{}', ...start })
      .execute();
    return start;
  });
}

/** The next rows that hold something to cover, of those after a key. */
async function look(
  db: Db,
  { library }: Scope,
  { table, key, type, columns, holds }: StoredTexts,
  after: string | null,
  page: number,
): Promise<{
  /** With their places in the page, from 1. */
  readonly rows: readonly { readonly key: string; readonly place: number }[];
  readonly last: string | null;
  readonly looked: number;
}> {
  const [keyed, typed] = [sql.raw(key), sql.raw(type)];
  const texts = columns.map(textOf);
  const { rows } = await inLibrary(db, library.id, async (tx) => {
    // By its key, also where nobody knows yet how many rows a table has, as after a restore: else each page sorts it all.
    await sql`select set_config(name, 'off', true)
      from unnest(array['enable_sort', 'enable_bitmapscan', 'enable_seqscan']) as name`.execute(tx);
    return sql<{
      found: readonly (readonly [string, number, readonly (string | null)[]])[] | null;
      last: string | null;
      looked: number;
    }>`
      with page as materialized (
        select ${keyed} as key, row_number() over (order by ${keyed}) as place, ${sql.join(texts.map(mayHold), sql` or `)} as may, array[${sql.join(texts)}] as texts
        from ${sql.table(table)} where library_id = ${library.id}
          ${after === null ? sql`` : sql`and ${keyed} > ${after}::text::${typed}`}
        order by ${keyed} limit ${page})
      select (select json_agg(json_build_array(page.key::text, place, texts) order by page.key) from page where may) as found,
        (select page.key::text from page order by page.key desc limit 1) as last,
        (select count(*)::int from page) as looked`.execute(tx);
  });
  const { found, last = null, looked = 0 } = rows[0] ?? {};
  const held = (found ?? []).flatMap(([at, place, written]) => (holds(written) ? [{ key: at, place }] : []));
  return { rows: held, last, looked };
}

function textOf(column: string): RawBuilder<string | null> {
  const named = sql.ref(column);
  return column === 'former_name_keys' ? sql`array_to_string(${named}, ${KEYS_APART})` : sql`${named}::text`;
}

/** The pattern takes a hundred times as long as counting, and few texts have that many digits. */
function mayHold(text: RawBuilder<string | null>): RawBuilder<boolean> {
  return sql<boolean>`case when length(${text}) - length(translate(${text}, ${DIGITS}, '')) >= ${FEWEST}::int
    then ${text} ~ ${MAY_HOLD} else false end`;
}

/** Covers one row, counts it and moves on behind it: all of that, or nothing. */
async function coverRow(
  db: Db,
  deps: Deps,
  scope: Scope,
  { onLeft, leftAtMost = LEFT_AT_MOST }: CoverPorts,
  texts: StoredTexts,
  at: Position,
  { key, looked }: { readonly key: string; readonly looked: number },
): Promise<Position> {
  const { library } = scope;
  const next = { ...at, position: key };
  const now = { ...scope, at: deps.now() };
  try {
    const { columns, subject } = await inLibrary(db, library.id, async (tx) => {
      const covered = await coverOne(tx, deps, now, texts, key);
      await move(tx, at, next, { looked, covered: namesOf(texts, covered) });
      return covered;
    });
    if (columns.length > 0) wake(deps, scope, subject);
    return next;
  } catch (error) {
    if (error instanceof Overtaken || outageOf(error) !== undefined) throw error;
    // Such as a person's key of a data key that is not here: the others do not wait for it.
    const left = { table: texts.table, key, error: errorName(error) };
    const moved = await moveTo(db, scope, at, next, { looked, left, leftAtMost });
    onLeft(left.table, left.error);
    return moved;
  }
}

/** Tries those again that could not be changed; each that can be now is one less. */
async function coverLeft(
  db: Db,
  deps: Deps,
  scope: Scope,
  { goOn, rest, onLeft }: CoverPorts,
  rows: readonly LeftRow[],
): Promise<CoverOutcome> {
  const sum = { texts: 0, unchanged: 0 };
  for (const row of rows) {
    if (!goOn()) return { kind: 'stopped' };
    const texts = STORED_TEXTS.find(({ table }) => table === row.table);
    if (texts === undefined) continue;
    try {
      sum.texts += await timed(rest, () => coverAgain(db, deps, scope, texts, row));
    } catch (error) {
      if (error instanceof Overtaken || outageOf(error) !== undefined) throw error;
      sum.unchanged += 1;
      onLeft(row.table, errorName(error));
    }
  }
  return { kind: 'retried', ...sum };
}

/** @returns in how many texts of the row something was covered */
async function coverAgain(
  db: Db,
  deps: Deps,
  scope: Scope,
  texts: StoredTexts,
  { table, key }: LeftRow,
): Promise<number> {
  const { columns, subject } = await inLibrary(db, scope.library.id, async (tx) => {
    const covered = await coverOne(tx, deps, { ...scope, at: deps.now() }, texts, key);
    const { numAffectedRows } = await sql`
      update text_cover set unchanged = unchanged - 1, counts = ${countsWith(namesOf(texts, covered))},
        left_rows = (select coalesce(jsonb_agg(one order by place), '[]')
          from jsonb_array_elements(left_rows) with ordinality as list(one, place)
          where one ->> 'table' <> ${table} or one ->> 'key' <> ${key})
      where rule = ${IDENTITY_RULE} and ended_at is not null
        and left_rows @> ${JSON.stringify([{ table, key }])}::jsonb`.execute(tx);
    if (numAffectedRows !== 1n) throw new Overtaken();
    return covered;
  });
  if (columns.length > 0) wake(deps, scope, subject);
  return columns.length;
}

/** Covers one row and says so in the log. */
async function coverOne(tx: Tx, deps: Deps, scope: Scope, texts: StoredTexts, key: string): Promise<Covered> {
  const covered = await texts.cover(tx, deps, scope, key);
  if (covered.columns.length > 0)
    await writeAudit(tx, deps, scope, {
      action: 'text.cover',
      ...covered.subject,
      fields: covered.columns,
      purpose: IDENTITY_COVERED,
    });
  return covered;
}

function namesOf({ table }: StoredTexts, { columns }: Covered): readonly string[] {
  return columns.map((column) => `${table}.${column}`);
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

function wake(deps: Deps, { library }: Scope, { subjectKind, subjectId }: Covered['subject']): void {
  const topic = { application: 'case', member: 'card', visit: 'visit' } as const;
  if (subjectKind === 'application' || subjectKind === 'member' || subjectKind === 'visit')
    deps.wake({ libraryId: library.id, topic: topic[subjectKind], subjectId });
}

/** Another process has gone on meanwhile, which believes that it is the one that works. */
class Overtaken extends Error {
  constructor() {
    super('another process covers these texts');
    this.name = 'Overtaken';
  }
}

interface Sums {
  readonly looked?: number;
  readonly covered?: readonly string[];
  /** A row that could not be changed, and how many such are kept. */
  readonly left?: LeftRow & { readonly error: string };
  readonly leftAtMost?: number;
}

function moveTo(
  db: Db,
  { library }: Scope,
  from: Position,
  to: Position,
  sums: Sums = {},
): Promise<Position> {
  return inLibrary(db, library.id, async (tx) => {
    await move(tx, from, to, sums);
    return to;
  });
}

async function move(tx: Tx, from: Position, to: Position, sums: Sums): Promise<void> {
  const { looked = 0, covered = [], left, leftAtMost = LEFT_AT_MOST } = sums;
  const kept = left
    ? sql`, unchanged = unchanged + 1, left_rows = case when jsonb_array_length(left_rows) < ${leftAtMost}::int
        then left_rows || ${JSON.stringify([left])}::jsonb else left_rows end`
    : sql``;
  const { numAffectedRows } = await sql`
    update text_cover set at_table = ${to.at_table}, position = ${to.position}, looked = looked + ${looked}::int,
      counts = ${countsWith(covered)}${kept}
    where rule = ${IDENTITY_RULE} and ended_at is null and at_table = ${from.at_table}
      and position is not distinct from ${from.position}`.execute(tx);
  if (numAffectedRows !== 1n) throw new Overtaken();
}

/** The sums with one more for each of these columns. */
function countsWith(covered: readonly string[]): RawBuilder<unknown> {
  return sql`counts || coalesce((
    select jsonb_object_agg(name, coalesce((counts ->> name)::int, 0) + 1)
    from unnest(${[...covered]}::text[]) as name), '{}')`;
}

function end(db: Db, deps: Deps, scope: Scope): Promise<CoverOutcome> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const { counts, unchanged } = await tx
      .updateTable('text_cover')
      .set({ ended_at: deps.now() })
      .where('rule', '=', IDENTITY_RULE)
      .returning(['counts', 'unchanged'])
      .executeTakeFirstOrThrow();
    const texts = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (texts > 0)
      await writeAudit(
        tx,
        deps,
        { ...scope, at: deps.now() },
        {
          action: 'text.cover_end',
          subjectKind: 'setting',
          subjectId: `identity-rule-${IDENTITY_RULE}`,
          fields: Object.entries(counts).map(([column, count]) => `${column}: ${count}`),
          purpose: IDENTITY_COVERED,
        },
      );
    return { kind: 'ended', texts, unchanged };
  });
}
