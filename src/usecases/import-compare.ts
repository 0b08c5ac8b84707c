import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { changeOutcomes, type ImportRecord, lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId } from '../domain/ids.ts';
import { type ImportCandidate, type ImportCounts, judge } from '../domain/importing/import-state.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import { type Comparable, compare } from '../domain/matching/compare.ts';
import type { Deps, Scope } from './context.ts';
import { soughtOf } from './import-person.ts';
import { candidateOf, openRow } from './import-read.ts';
import { populationFor } from './population.ts';

/** More under one key say nothing: what so many share is no sign of one person. */
const LARGEST_BLOCK = 30;
const PAIRS_AT_ONCE = 1_000;

interface Pair {
  readonly earlier: number;
  readonly later: number;
}

/**
 * Finds people who stand in the file twice, once all of it has been read: rows that share a rare key are compared as
 * the counter compares. The later row follows the earlier one. Done again from the start where it was stopped.
 */
export async function compareRows(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  stopped: () => boolean,
): Promise<'compared' | 'stopped'> {
  const kept: People = new Map();
  const found = new Map<number, { outcome: RowOutcome; reason: string; candidate: ImportCandidate }>();
  const outcome = await inLibrary(db, scope.library.id, async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    const population = await populationFor(tx, deps, scope);
    const counted = await sql<{ n: number }>`select count(*)::int as n from import_row where import_id = ${importId}`.execute(tx);
    const crowd = { ...population, people: population.people + (counted.rows[0]?.n ?? 0) };
    // One pass over all keys, on the disk where they do not fit in memory; then a few rows at a time.
    await sql`
      declare pairs no scroll cursor for
      with blocks as (
        select array_agg(n order by n) as rows from import_row, unnest(keys) as key
        where import_id = ${importId} and outcome in ('new', 'look')
        group by key having count(*) between 2 and ${LARGEST_BLOCK}
      )
      select distinct later, earlier from blocks, unnest(rows) as earlier, unnest(rows) as later
      where earlier < later order by later, earlier`.execute(tx);
    for (;;) {
      const { rows: pairs } = await sql<Pair>`fetch ${sql.lit(PAIRS_AT_ONCE)} from pairs`.execute(tx);
      if (pairs.length === 0) return 'compared';
      if (stopped()) return 'stopped';
      const people = await loadPeople(tx, deps, scope, importId, pairs, kept);
      for (const { earlier, later } of pairs) {
        const [one, other] = [people.get(earlier), people.get(later)];
        if (!one || !other || other.outcome !== 'new' || found.get(later)?.outcome === 'same') continue;
        const candidate = candidateOf('row', String(earlier), compare(other.person, one.person, crowd));
        const judged = judge([candidate], null);
        if (judged.outcome === 'new' || judged.reason === null) continue;
        if (!found.has(later) || judged.outcome === 'same')
          found.set(later, { outcome: judged.outcome, reason: judged.reason, candidate });
      }
    }
  });
  if (outcome === 'stopped') return 'stopped';
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'comparing' || record.paused) return 'stopped';
    const changed = [...found].map(([n, each]) => ({ n, ...each, memberId: null }));
    for (let from = 0; from < changed.length; from += 5_000)
      await changeOutcomes(tx, importId, changed.slice(from, from + 5_000));
    await tx
      .updateTable('import')
      .set({ state: 'checked', counts: JSON.stringify(recounted(record, changed)), beat_at: deps.now() })
      .where('id', '=', importId)
      .execute();
    return 'compared';
  });
}

type People = Map<number, { readonly outcome: RowOutcome; readonly person: Comparable }>;
/** The earlier rows of one page are often those of the next. */
const MOST_KEPT = 20_000;

/** Adds the people of these pairs to those at hand. */
async function loadPeople(
  tx: Tx,
  { vault }: Deps,
  scope: Scope,
  importId: ImportId,
  pairs: readonly Pair[],
  kept: People,
): Promise<People> {
  if (kept.size > MOST_KEPT) kept.clear();
  const wanted = [...new Set(pairs.flatMap(({ earlier, later }) => [earlier, later]))].filter((n) => !kept.has(n));
  const rows = await tx
    .selectFrom('import_row')
    .select(['n', 'outcome', 'content'])
    .where('import_id', '=', importId)
    .where('n', '=', sql<number>`any(${wanted}::int[])`)
    .execute();
  for (const { n, outcome, content } of rows) {
    if (content === null) continue;
    const staged = openRow({ vault }, scope, content);
    kept.set(n, { outcome, person: soughtOf(vault, scope.library.id, staged).person });
  }
  return kept;
}

function recounted(
  record: ImportRecord,
  changed: readonly { readonly outcome: RowOutcome; readonly reason: string }[],
): ImportCounts {
  const counts = record.counts as ImportCounts;
  const outcomes: Partial<Record<RowOutcome, number>> = { ...counts.outcomes };
  const reasons: Record<string, number> = { ...counts.reasons };
  for (const { outcome, reason } of changed) {
    outcomes.new = (outcomes.new ?? 0) - 1;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  return { ...counts, outcomes, reasons };
}
