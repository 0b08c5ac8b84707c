import { sql } from 'kysely';
import { binaryArray } from '../db/binary-array.ts';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import {
  addCounts,
  type Becoming,
  changeOutcomes,
  findImport,
  linkTwins,
  lockImport,
  lockWaiting,
  markApplied,
  nextBecoming,
} from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import type { ImportCounts, ImportMapping } from '../domain/importing/import-state.ts';
import { actorColumns, type Deps, newId, type Scope } from './context.ts';
import { heldNumbers, type PlannedMember, planBatch } from './import-plan.ts';
import type { ImportWorker } from './import-worker.ts';
import { tellRowsApart } from './tell-rows-apart.ts';

/** Rows of one transaction. More would plan the statements no less often to speak of. */
const AT_ONCE = 500;
/** Batches under way for each worker: one is planned while the other is written. */
const UNDER_WAY = 2;

/** What became of a batch; `left` had to wait, as somebody took their number meanwhile. */
export type Applied = { readonly made: number; readonly left: number } | 'stopped';

/**
 * Makes members of all rows that are new, and then of those that an officer said are people of their own: those may ask
 * for a number that a new one has. What is done stands in the rows, so that whoever goes on after a stop begins with the
 * next one; rows that had to be left on the way come in the next round.
 */
export async function applyRows(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  workers: readonly ImportWorker[],
  stopped: () => boolean,
  told: (made: number) => Promise<void>,
): Promise<'finished' | 'stopped'> {
  for (;;) {
    const some = await applyKind(db, scope, importId, 'new', workers, stopped, told);
    if (some === 'stopped') return 'stopped';
    const more = await applyKind(db, scope, importId, 'decided', workers.slice(0, 1), stopped, told);
    if (more === 'stopped') return 'stopped';
    // A round that makes nobody would be followed by others like it.
    if (some.left + more.left === 0 || some.made + more.made === 0) return finish(db, deps, scope, importId);
  }
}

async function applyKind(
  db: Db,
  scope: Scope,
  importId: ImportId,
  kind: Becoming,
  workers: readonly ImportWorker[],
  stopped: () => boolean,
  told: (made: number) => Promise<void>,
): Promise<Applied> {
  const sum = { made: 0, left: 0 };
  const place = { after: 0, ended: false };
  let batch: Promise<readonly number[]> = Promise.resolve([]);
  const take = (): Promise<readonly number[]> => {
    // One after the other: each begins behind the one before.
    batch = batch.then(async () => {
      if (place.ended || stopped()) return [];
      const rows = await inLibrary(db, scope.library.id, (tx) =>
        nextBecoming(tx, importId, kind, place.after, AT_ONCE),
      );
      place.after = rows.at(-1) ?? place.after;
      place.ended ||= rows.length === 0;
      return rows;
    });
    return batch;
  };
  const work = async (worker: ImportWorker): Promise<'done' | 'stopped'> => {
    for (let rows = await take(); rows.length > 0; rows = await take()) {
      const applied = await worker.apply(rows);
      if (applied === 'stopped') return 'stopped';
      sum.made += applied.made;
      sum.left += applied.left;
      await told(applied.made);
    }
    return stopped() ? 'stopped' : 'done';
  };
  // Decided rows go one batch at a time, so that each sees the numbers of those before.
  const hands = workers.length === 1 && kind === 'decided' ? 1 : UNDER_WAY;
  const all = workers.flatMap((worker) => Array.from({ length: hands }, () => work(worker)));
  // All of them, also where one fails: nobody may be left writing behind the back of whoever goes on.
  const results = await Promise.allSettled(all);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.some((result) => result.status === 'fulfilled' && result.value === 'stopped')
    ? 'stopped'
    : sum;
}

/** One transaction: all of these members with their history and the audit rows, or none. */
export async function applyBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  ns: readonly number[],
): Promise<Applied> {
  const record = await inLibrary(db, scope.library.id, (tx) => findImport(tx, importId));
  if (record?.state !== 'applying' || record.paused) return 'stopped';
  const batch = await planBatch(db, deps, scope, importId, (record.mapping as ImportMapping).types, ns);
  return batch.length === 0 ? { made: 0, left: 0 } : writeBatch(db, deps, scope, importId, batch);
}

/**
 * Others write their batches at the same time: the import's own row is locked last and for a moment, and what keeps two
 * processes from taking one row over twice is the row itself.
 */
function writeBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  batch: readonly PlannedMember[],
): Promise<Applied> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const held = await heldNumbers(
      tx,
      batch.map(({ number }) => number),
    );
    // Rows of people who were erased since they were read are empty now.
    const full = await lockWaiting(
      tx,
      importId,
      batch.map(({ row }) => row.n),
    );
    const planned = batch.filter(({ row }) => full.has(row.n));
    const rows = planned.filter(({ number }) => !held.has(number));
    const newcomers = await sinceArrived(tx, rows);
    await changeOutcomes(tx, importId, newcomers);
    const late = new Set(newcomers.map((each) => each.n));
    const made = rows.filter(({ row }) => !late.has(row.n));
    await insertRows(
      tx,
      'member',
      made.map(({ member }) => member),
      {
        table: sql`import_row as kept`,
        on: sql`kept.import_id = ${importId} and kept.n = r.key`,
        columns: { match_keys: sql`kept.match_keys`, nik_slots: sql`kept.nik_slots` },
        keys: made.map(({ row }) => row.n),
      },
    );
    await insertRows(
      tx,
      'member_event',
      made.flatMap(({ events }) => events),
    );
    await insertRows(
      tx,
      'audit_log',
      made.map(({ id }) => auditRow(deps, scope, id, importId)),
    );
    const applied = made.map(({ row, id, notes }) => ({ n: row.n, memberId: id, notes }));
    if ((await markApplied(tx, importId, deps.now(), applied)) < made.length)
      throw new Error('another process took over rows of this import');
    await tellRowsApart(
      tx,
      deps,
      scope,
      importId,
      made.map(({ row, id }) => ({ ...row, member_id: id })),
    );
    const record = await lockImport(tx, importId);
    const counts: ImportCounts = {
      applied: made.length,
      reasons: reasonsOf(made, newcomers.length),
      outcomes: late.size > 0 ? { new: -late.size, look: late.size } : {},
    };
    await tx
      .updateTable('import')
      .set({
        progress: record.progress + made.length,
        counts: JSON.stringify(addCounts(record.counts as ImportCounts, counts)),
        beat_at: deps.now(),
      })
      .where('id', '=', importId)
      .execute();
    return { made: made.length, left: planned.length - rows.length };
  });
}

/** What the report has to say that it did not before. */
function reasonsOf(made: readonly PlannedMember[], newcomers: number): Readonly<Record<string, number>> {
  const sums: Record<string, number> = newcomers > 0 ? { alike_on_file: newcomers } : {};
  for (const note of made.flatMap(({ notes }) => notes)) sums[note] = (sums[note] ?? 0) + 1;
  return sums;
}

function finish(db: Db, deps: Deps, scope: Scope, importId: ImportId): Promise<'finished' | 'stopped'> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'applying' || record.paused) return 'stopped';
    await linkTwins(tx, importId);
    await tx
      .updateTable('import')
      .set({ state: 'done', finished_at: deps.now(), beat_at: deps.now() })
      .where('id', '=', importId)
      .execute();
    return 'finished';
  });
}

/** Members who came, with the same NIK, between the dry run and now: an officer looks again. */
async function sinceArrived(tx: Tx, rows: readonly PlannedMember[]) {
  const hashes = new Map(
    rows.flatMap(({ row, member }): [string, number][] =>
      member.nik_hash === null || row.decision === 'different'
        ? []
        : [[member.nik_hash.toString('hex'), row.n]],
    ),
  );
  if (hashes.size === 0) return [];
  const asked = [...hashes.keys()].map((hash) => Buffer.from(hash, 'hex'));
  const held = await tx
    .selectFrom('member')
    .select(['id', 'nik_hash'])
    .where('nik_hash', '=', sql<Buffer>`any(${binaryArray('bytea', asked)}::bytea[])`)
    .execute();
  return held.flatMap((member) => {
    const n = hashes.get(member.nik_hash?.toString('hex') ?? '');
    if (n === undefined) return [];
    const candidate = {
      kind: 'member',
      id: member.id,
      score: 1,
      verdict: 'look',
      reasons: ['nik_same'],
    } as const;
    return [{ n, outcome: 'look', reason: 'alike_on_file', candidate, memberId: null } as const];
  });
}

function auditRow(deps: Deps, scope: Scope, id: MemberId, importId: ImportId) {
  return {
    library_id: scope.library.id,
    id: newId(deps, scope.at),
    at: scope.at,
    ...actorColumns(scope.actor),
    action: 'member.import',
    subject_kind: 'member',
    subject_id: id,
    fields: [],
    purpose: importId,
    digest: null,
    request_id: scope.requestId,
  };
}
