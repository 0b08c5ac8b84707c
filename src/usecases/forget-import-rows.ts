import { sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import { addCounts, lockImport } from '../db/import.ts';
import type { ImportId } from '../domain/ids.ts';
import type { ImportCounts } from '../domain/importing/import-state.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import { blockKeys, rarestKeys, storedKey } from '../domain/matching/block-keys.ts';
import { compare, isOneNumber } from '../domain/matching/compare.ts';
import type { Deps, Scope } from './context.ts';
import type { Erased } from './erase-person.ts';
import { soughtOf } from './find-candidates.ts';
import { comparedRow } from './import-person.ts';
import { openRow } from './import-read.ts';
import type { Sought } from './match-people.ts';
import { populationFor } from './population.ts';

/** People whose keys are looked for are expected under as few rows as when members are looked for. */
const BUDGET = 200;

interface OpenRow {
  readonly import_id: ImportId;
  readonly n: number;
  readonly outcome: RowOutcome;
  readonly decision: 'same' | 'different' | null;
  readonly content: Buffer;
  readonly nik_slots: Buffer | null;
  /** Keys of the erased that the row has; null where its keys are to be made anew. */
  readonly shared: readonly number[] | null;
}

/**
 * Empties rows of old lists that nobody has become yet and that are, or may be, one of these people: with the next taking
 * over the erased would be on file again. Such a row counts as refused. Called while the people's data still stand.
 */
export async function forgetImportRows(tx: Tx, deps: Deps, scope: Scope, erased: Erased): Promise<void> {
  // Read by very few erasures: an import that waits for somebody's look is rare.
  const { rows: imports } = await sql<{ id: ImportId }>`
    select id from import where coalesce((counts -> 'outcomes' ->> 'new')::int, 0)
      + coalesce((counts -> 'outcomes' ->> 'look')::int, 0) > coalesce((counts ->> 'applied')::int, 0)`.execute(
    tx,
  );
  if (imports.length === 0) return;
  const people = await peopleOf(tx, deps, scope, erased);
  const found = await openRowsLike(
    tx,
    imports.map(({ id }) => id),
    people,
  );
  const population = await populationFor(tx, deps, scope);
  const { crossCheck } = scope.library.settings;
  const alike = found.filter((row) => {
    const read = openRow(deps, scope, row.content);
    const person = comparedRow(deps.vault, scope.library.id, read, row.nik_slots);
    return people.some((sought) => {
      if (row.shared !== null && !row.shared.some((key) => sought.keys.has(key))) return false;
      const match = compare(person, sought.person, population, crossCheck);
      // Whoever else it is, it holds the number of the erased.
      return match.verdict !== 'different' || isOneNumber(match);
    });
  });
  for (const id of new Set(alike.map((row) => row.import_id)))
    await emptyRows(
      tx,
      id,
      alike.filter((row) => row.import_id === id),
    );
}

type Looked = Sought & { readonly keys: ReadonlySet<number> };

async function peopleOf(tx: Tx, deps: Deps, scope: Scope, { members, cases }: Erased): Promise<Looked[]> {
  const rows = [
    ...(members.length === 0
      ? []
      : await tx
          .selectFrom('member')
          .selectAll()
          .where('id', 'in', [...members])
          .execute()),
    ...(cases.length === 0
      ? []
      : await tx
          .selectFrom('application')
          .selectAll()
          .where('id', 'in', [...cases])
          .execute()),
  ];
  const population = await populationFor(tx, deps, scope);
  return rows.map((row) => {
    const sought = soughtOf(deps, scope, row);
    const chosen = rarestKeys(blockKeys(sought.person, population), population.people, BUDGET);
    const keys = [...chosen.map((key) => storedKey(scope.library.id, key.text)), ...sought.nikKeys];
    return { ...sought, keys: new Set(keys) };
  });
}

/** Rows that share a key with one of them, or whose keys are not there to tell. */
async function openRowsLike(
  tx: Tx,
  imports: readonly ImportId[],
  people: readonly Looked[],
): Promise<OpenRow[]> {
  const keys = [...new Set(people.flatMap((one) => [...one.keys]))];
  const { rows } = await sql<OpenRow>`
    select import_id, n, outcome, decision, content, nik_slots, shared.keys as shared
    from import_row cross join lateral (
      select case when match_keys is null then null else
        (select coalesce(array_agg(key), '{}') from unnest(match_keys) as key where key = any(${keys}::int[])) end as keys
    ) as shared
    where import_id = any(${[...imports]}::uuid[]) and content is not null and member_id is null
      and outcome in ('new', 'look') and (shared.keys is null or shared.keys <> '{}')
    order by import_id, n for update of import_row`.execute(tx);
  return rows;
}

/** With those that say the same once more further down; the sums of the report follow. */
async function emptyRows(tx: Tx, id: ImportId, rows: readonly OpenRow[]): Promise<void> {
  const ns = rows.map(({ n }) => n);
  const { rows: twins } = await sql<{ n: number; outcome: RowOutcome }>`
    select n, outcome from import_row
    where import_id = ${id} and outcome = 'same' and member_id is null and content is not null
      and candidates -> 0 ->> 'kind' = 'row' and (candidates -> 0 ->> 'id')::int = any(${ns}::int[])`.execute(
    tx,
  );
  const all = [...ns, ...twins.map(({ n }) => n)];
  await sql`
    update import_row set content = null, keys = null, match_keys = null, nik_slots = null, number_hash = null,
      row_hash = decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), candidates = '[]', outcome = 'refused',
      reasons = array['person_erased'], decision = null
    where import_id = ${id} and n = any(${all}::int[])`.execute(tx);
  const outcomes: Partial<Record<RowOutcome, number>> = { refused: all.length };
  for (const { outcome, decision } of rows) {
    // Decided to be somebody of their own: counted with the new ones since then.
    const counted = outcome === 'look' && decision === 'different' ? 'new' : outcome;
    outcomes[counted] = (outcomes[counted] ?? 0) - 1;
  }
  if (twins.length > 0) outcomes.same = (outcomes.same ?? 0) - twins.length;
  const record = await lockImport(tx, id);
  await tx
    .updateTable('import')
    .set({
      counts: JSON.stringify(
        addCounts(record.counts as ImportCounts, { outcomes, reasons: { person_erased: all.length } }),
      ),
    })
    .where('id', '=', id)
    .execute();
}
