import { sql } from 'kysely';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import { addCounts, changeOutcomes, findImport, linkTwins, lockImport, markApplied } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import type { ImportCounts, ImportMapping } from '../domain/importing/import-state.ts';
import { actorColumns, type Deps, newId, type Scope } from './context.ts';
import { heldNumbers, type PlannedMember, planBatch } from './import-plan.ts';

/**
 * Makes members of all rows that are new. What is done stands in the rows, so that whoever goes on after a stop begins
 * with the next one; rows that had to be left on the way come in the next round.
 */
export async function applyRows(
  db: Db,
  deps: Deps,
  now: () => Scope,
  importId: ImportId,
  stopped: () => boolean,
  told: () => Promise<void>,
): Promise<'finished' | 'stopped'> {
  const { library } = now();
  const record = await inLibrary(db, library.id, (tx) => findImport(tx, importId));
  if (!record) return 'stopped';
  const { types } = record.mapping as ImportMapping;
  const plan = (after: number) => planBatch(db, deps, now(), importId, types, after);
  let after = 0;
  let batch = await plan(after);
  for (;;) {
    if (stopped()) return 'stopped';
    if (batch.length === 0 && after === 0) return finish(db, deps, now(), importId);
    const writing = batch.length === 0 ? 'written' : writeBatch(db, deps, now(), importId, batch);
    after = batch.at(-1)?.row.n ?? 0;
    const [written, next] = await Promise.all([writing, after === 0 ? [] : plan(after)]);
    if (written === 'stopped') return 'stopped';
    batch = after === 0 ? await plan(0) : next;
    await told();
  }
}

/** One transaction: all of these members with their history and the audit rows, or none. */
function writeBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  batch: readonly PlannedMember[],
): Promise<'written' | 'stopped'> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record.state !== 'applying' || record.paused) return 'stopped';
    const waiting = await stillWaiting(tx, importId, batch);
    const held = await heldNumbers(
      tx,
      batch.map(({ number }) => number),
    );
    const rows = batch.filter(({ row, number }) => waiting.has(row.n) && !held.has(number));
    const newcomers = await sinceArrived(tx, deps, scope, rows);
    await changeOutcomes(tx, importId, newcomers);
    const late = new Set(newcomers.map((each) => each.n));
    const made = rows.filter(({ row }) => !late.has(row.n));
    await insertRows(
      tx,
      'member',
      made.map(({ member }) => member),
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
    await markApplied(
      tx,
      importId,
      deps.now(),
      made.map(({ row, id, notes }) => ({ n: row.n, memberId: id, reasons: notes })),
    );
    const counts: ImportCounts = {
      applied: made.length,
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
    return 'written';
  });
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

/** Those that nobody else has taken over since the batch was planned. */
async function stillWaiting(
  tx: Tx,
  importId: ImportId,
  batch: readonly PlannedMember[],
): Promise<ReadonlySet<number>> {
  const rows = await tx
    .selectFrom('import_row')
    .select('n')
    .where('import_id', '=', importId)
    .where('n', '=', sql<number>`any(${batch.map(({ row }) => row.n)}::int[])`)
    .where('member_id', 'is', null)
    .where('applied_at', 'is', null)
    .execute();
  return new Set(rows.map((row) => row.n));
}

/** Members who came, with the same NIK, between the dry run and now: an officer looks again. */
async function sinceArrived(tx: Tx, { vault }: Deps, scope: Scope, rows: readonly PlannedMember[]) {
  const { id } = scope.library;
  const hashes = new Map(
    rows.flatMap(({ row, staged }): [string, number][] =>
      staged.identity.nik === null || row.decision === 'different'
        ? []
        : [[vault.hash(id, 'nik', staged.identity.nik).toString('hex'), row.n]],
    ),
  );
  if (hashes.size === 0) return [];
  const held = await tx
    .selectFrom('member')
    .select(['id', 'nik_hash'])
    .where(
      'nik_hash',
      '=',
      sql<Buffer>`any(${[...hashes.keys()].map((hash) => Buffer.from(hash, 'hex'))}::bytea[])`,
    )
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
