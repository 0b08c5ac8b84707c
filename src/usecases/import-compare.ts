import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { addCounts, changeOutcomes, lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId } from '../domain/ids.ts';
import { type ImportCandidate, type ImportCounts, judge } from '../domain/importing/import-state.ts';
import type { ReasonCode, RowOutcome } from '../domain/importing/row-outcome.ts';
import { type Comparable, compareNear } from '../domain/matching/compare.ts';
import type { Deps, Scope } from './context.ts';
import { comparedInFile } from './import-person.ts';
import { candidateOf } from './import-prepare.ts';
import { openRow } from './import-read.ts';
import type { ImportWorker } from './import-worker.ts';
import { populationFor } from './population.ts';

/** More under one key say nothing: what so many share is no sign of one person. */
const LARGEST_BLOCK = 30;
/** Rows that one is compared with, those first who share most keys: a long file must not take longer for each row. */
const MOST_COMPARED = 12;
const PAIRS_AT_ONCE = 1_000;
/** Rows judged anew by one transaction. */
const CHANGED_AT_ONCE = 2_000;

/** Two rows of a file, by their numbers. */
export interface Pair {
  readonly earlier: number;
  readonly later: number;
}

/** A row that is, or may be, somebody who stands further up. */
export interface FoundTwin {
  readonly n: number;
  readonly outcome: RowOutcome;
  readonly reason: ReasonCode;
  readonly candidate: ImportCandidate;
}

/**
 * Finds people who are in the file twice, once all of it has been read: rows that share rare keys are compared as the
 * counter compares. The later row follows the earlier one. What is found is written as it comes, so that memory does not
 * grow with it; done again from the start where it was stopped, it finds the same.
 */
export async function compareRows(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  workers: readonly ImportWorker[],
  stopped: () => boolean,
): Promise<'compared' | 'stopped'> {
  const outcome = await inLibrary(db, scope.library.id, async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    // For the sorting of all keys, by this one connection only.
    await sql`set local work_mem = '64MB'`.execute(tx);
    const counted = await sql<{ n: number }>`
      select count(*)::int as n from import_row where import_id = ${importId}`.execute(tx);
    const people = counted.rows[0]?.n ?? 0;
    // Two writings of one person share several keys, two people who share one are many and nothing comes of it.
    // One pass over all keys, on the disk where they do not fit in memory; then a few rows at a time. Rows that this pass
    // judged before it was stopped have their keys still.
    await sql`
      declare pairs no scroll cursor for
      with blocks as (
        select array_agg(n order by n) as rows from import_row, unnest(keys) as key
        where import_id = ${importId} and keys is not null
        group by key having count(*) between 2 and ${LARGEST_BLOCK}
      )
      select later, earlier from (
        select later, earlier, row_number() over (partition by later order by count(*) desc, earlier) as place
        from blocks, unnest(rows) as earlier, unnest(rows) as later
        where earlier < later group by later, earlier having count(*) > 1) as shared
      where place <= ${MOST_COMPARED} order by later, earlier`.execute(tx);
    let open: FoundTwin[] = [];
    for (;;) {
      const pages: (readonly Pair[])[] = [];
      for (const _ of workers) {
        const { rows } = await sql<Pair>`fetch ${sql.lit(PAIRS_AT_ONCE)} from pairs`.execute(tx);
        if (rows.length > 0) pages.push(rows);
      }
      if (stopped()) return 'stopped';
      const found = await Promise.all(pages.map((page, at) => workers[at]?.compare(page, people) ?? []));
      open = likeliest([...open, ...found.flat()]);
      const ended = pages.length < workers.length;
      if (!ended && open.length < CHANGED_AT_ONCE) continue;
      // Of the last row more pairs may follow.
      const last = open.at(-1);
      const ready = ended || !last ? open : open.filter((twin) => twin.n < last.n);
      for (let from = 0; from < ready.length; from += CHANGED_AT_ONCE)
        if (!(await change(db, deps, scope, importId, ready.slice(from, from + CHANGED_AT_ONCE))))
          return 'stopped';
      if (ended) return 'compared';
      open = last ? open.filter((twin) => twin.n === last.n) : [];
    }
  });
  if (outcome === 'stopped') return 'stopped';
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'comparing' || record.paused) return 'stopped';
    await tx
      .updateTable('import')
      .set({ state: 'checked', beat_at: deps.now() })
      .where('id', '=', importId)
      .execute();
    return 'compared';
  });
}

/** One for each row: the first that is the same, else the first that may be. */
function likeliest(found: readonly FoundTwin[]): FoundTwin[] {
  const kept = new Map<number, FoundTwin>();
  for (const twin of found) {
    const before = kept.get(twin.n);
    if (!before || (twin.outcome === 'same' && before.outcome !== 'same')) kept.set(twin.n, twin);
  }
  return [...kept.values()];
}

/** The rows and the sums of the report together, so that a kill leaves both or none. */
function change(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  twins: readonly FoundTwin[],
): Promise<boolean> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'comparing' || record.paused) return false;
    await changeOutcomes(
      tx,
      importId,
      twins.map((twin) => ({ ...twin, memberId: null })),
    );
    const outcomes: Partial<Record<RowOutcome, number>> = { new: -twins.length };
    const reasons: Record<string, number> = {};
    for (const { outcome, reason } of twins) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    const counts = addCounts(record.counts as ImportCounts, { outcomes, reasons });
    await tx
      .updateTable('import')
      .set({ counts: JSON.stringify(counts), beat_at: deps.now() })
      .where('id', '=', importId)
      .execute();
    return true;
  });
}

/** Rows at hand, by number: the earlier ones of one page of pairs are often those of the next. */
export type People = Map<number, { readonly outcome: RowOutcome; readonly person: Comparable }>;
/** At two or three kilobytes each. */
const MOST_KEPT = 4_000;

export function openPeople(): People {
  return new Map();
}

/**
 * The part of the comparison that takes a processor's time.
 * @param people rows of the file: by them a chance agreement is likelier
 */
export async function comparePairs(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  kept: People,
  pairs: readonly Pair[],
  people: number,
): Promise<readonly FoundTwin[]> {
  if (kept.size > MOST_KEPT) kept.clear();
  const wanted = [...new Set(pairs.flatMap(({ earlier, later }) => [earlier, later]))].filter(
    (n) => !kept.has(n),
  );
  const { rows, population } = await inLibrary(db, scope.library.id, async (tx) => ({
    population: await populationFor(tx, deps, scope),
    rows: await tx
      .selectFrom('import_row')
      .select(['n', 'outcome', 'content', 'nik_slots'])
      .where('import_id', '=', importId)
      .where('n', '=', sql<number>`any(${wanted}::int[])`)
      .execute(),
  }));
  for (const { n, outcome, content, nik_slots } of rows) {
    if (content === null) continue;
    const staged = openRow(deps, scope, content);
    kept.set(n, { outcome, person: comparedInFile(deps.vault, scope.library.id, staged, nik_slots) });
  }
  const crowd = { ...population, people: population.people + people };
  const costs = scope.library.settings.crossCheck;
  const found: FoundTwin[] = [];
  const same = new Set<number>();
  for (const { earlier, later } of pairs) {
    const [one, other] = [kept.get(earlier), kept.get(later)];
    if (!one || !other || other.outcome !== 'new' || same.has(later)) continue;
    const match = compareNear(other.person, one.person, crowd, costs);
    if (match === undefined) continue;
    const candidate = candidateOf('row', String(earlier), match);
    const judged = judge([candidate], null);
    if (judged.outcome === 'new' || judged.reason === null) continue;
    if (judged.outcome === 'same') same.add(later);
    found.push({ n: later, outcome: judged.outcome, reason: judged.reason, candidate });
  }
  return found;
}
