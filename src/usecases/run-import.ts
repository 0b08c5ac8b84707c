import type { Db, Tx } from '../db/connection.ts';
import {
  aloneAt,
  countToApply,
  findImport,
  gatherMemberKeys,
  type ImportRecord,
  linkTwins,
  lockImport,
  refreshStatistics,
} from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId } from '../domain/ids.ts';
import type { ImportState } from '../domain/importing/import-state.ts';
import type { IncomingMember } from '../domain/importing/incoming-member.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { applyRows } from './import-apply.ts';
import { compareRows } from './import-compare.ts';
import { forgetErased } from './import-erased.ts';
import { type ImportCrew, type ImportWorker, openWorker } from './import-worker.ts';

/** Where members are read from; opened anew whenever a reading begins or goes on. */
export interface MemberSource {
  members(): AsyncIterable<IncomingMember>;
  /** How far the reading is, in the units of the import's size. */
  progress(): number;
}

export interface ImportPorts {
  /** Null where everything has been read. */
  readonly source: MemberSource | null;
  /** Asked after every batch. */
  readonly stopped?: () => boolean;
  /** Told after every batch. */
  readonly onProgress?: (record: ImportRecord) => void;
}

/**
 * Works at an import until its next rest: a report to be looked at, the end, a stop. Where it stood is read from the
 * rows, so that it goes on after whatever ended the last run.
 * @param scope of whoever asked for it; times are of each batch
 * @returns `busy` where another process, or another call, works at it: nothing is done
 */
export async function runImport(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  ports: ImportPorts,
): Promise<ImportState | 'stopped' | 'busy'> {
  return (await aloneAt(db, importId, () => work(db, deps, scope, importId, ports))) ?? 'busy';
}

async function work(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  ports: ImportPorts,
): Promise<ImportState | 'stopped'> {
  const stopped = ports.stopped ?? (() => false);
  const read = () => inLibrary(db, scope.library.id, (tx) => findImport(tx, importId));
  const tell = async (): Promise<void> => {
    if (!ports.onProgress) return;
    const record = await read();
    if (record) ports.onProgress(record);
  };
  const hands = openHands(db, deps, scope, importId);
  const statistics = openStatistics(db);
  let gathers = false;
  try {
    for (;;) {
      const record = await read();
      if (!record) return 'stopped';
      if (record.paused || stopped()) return 'stopped';
      ports.onProgress?.(record);
      switch (record.state) {
        case 'reading':
          if (ports.source === null) return 'stopped';
          if (
            (await readAll(db, deps, scope, record, ports, ports.source, hands, statistics, tell)) ===
            'stopped'
          )
            return 'stopped';
          break;
        case 'comparing': {
          const workers = hands.for(record.last_row);
          await statistics.begin();
          if ((await compareRows(db, deps, scope, importId, workers, stopped)) === 'stopped')
            return 'stopped';
          break;
        }
        case 'applying': {
          const workers = hands.for(record.size);
          await statistics.begin();
          gathers ||= record.size >= WORTH_A_CREW;
          if (gathers) await gatherMemberKeys(db, true);
          const made = async (members: number): Promise<void> => {
            statistics.wrote(members);
            await tell();
          };
          if ((await applyRows(db, deps, scope, importId, workers, stopped, made)) === 'stopped')
            return 'stopped';
          break;
        }
        default:
          return record.state;
      }
    }
  } finally {
    await statistics.ended();
    await hands.close();
    // Where the database cannot be reached any more, the next start ends it.
    if (gathers) await gatherMemberKeys(db, false).catch(() => undefined);
  }
}

/** Rows that came before statistics are made for the first time; again after four times as many. */
const FIRST_STATISTICS = 2_000;

/** Keeps the database's statistics near what an import has written, beside the work. */
function openStatistics(db: Db) {
  let next = FIRST_STATISTICS;
  let written = 0;
  let running: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    running ??= refreshStatistics(db)
      // Only slower without.
      .catch(() => undefined)
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return {
    /** At the beginning of a phase, which writes other tables than the one before. */
    begin(): Promise<void> {
      next = FIRST_STATISTICS;
      written = 0;
      return refresh();
    },
    wrote(rows: number): void {
      written += rows;
      if (written < next) return;
      next *= 4;
      void refresh();
    },
    ended: async () => running,
  };
}

/** Fewer rows are done before threads have started. */
const WORTH_A_CREW = 3_000;

/** This thread, or a crew of threads where there is one and enough to do. */
function openHands(db: Db, deps: Deps, scope: Scope, importId: ImportId) {
  const own = [openWorker(db, deps, scope, importId)];
  let crew: ImportCrew | undefined;
  return {
    for(rows: number): readonly ImportWorker[] {
      if (crew === undefined && rows >= WORTH_A_CREW) crew = deps.importCrew?.(scope, importId);
      return crew?.workers ?? own;
    },
    close: () => crew?.close(),
  };
}

/** Rows of one transaction: each is complete or not there, and what is in memory does not grow with the file. */
const BATCH = 500;
/** Batches under way for each worker: one is made ready while the one before waits for its turn. */
const UNDER_WAY = 2;

async function readAll(
  db: Db,
  deps: Deps,
  scope: Scope,
  record: ImportRecord,
  ports: ImportPorts,
  source: MemberSource,
  hands: ReturnType<typeof openHands>,
  statistics: ReturnType<typeof openStatistics>,
  tell: () => Promise<void>,
): Promise<'read' | 'stopped'> {
  const { id } = record;
  let after = record.last_row;
  let rows: IncomingMember[] = [];
  let batch = 0;
  const turns: Promise<boolean>[] = [];
  /** Batches are made ready side by side and put aside in the order of the file. */
  const put = async (): Promise<boolean> => {
    const workers = hands.for(batch * BATCH);
    const worker = workers[batch % workers.length];
    const before = turns.at(-1);
    const [number, of, behind, progress] = [batch, rows, after, source.progress()];
    if (!worker) return false;
    batch += 1;
    rows = [];
    after = of.at(-1)?.row ?? after;
    const ready = worker.prepare(number, of);
    const turn = (async () => {
      // Waited for even where the one before fails: its own failure would be nobody's.
      const [, free] = await Promise.all([ready, before ?? true]);
      if (!free || ports.stopped?.() === true) return false;
      if ((await worker.stage(number, behind, progress)) === 'stopped') return false;
      statistics.wrote(of.length);
      await tell();
      return true;
    })();
    // Who waits for it comes later: a failure meanwhile must not end the process.
    turn.catch(() => undefined);
    turns.push(turn);
    if (turns.length <= workers.length * UNDER_WAY) return true;
    return (await turns.shift()) ?? false;
  };
  const ended = async (): Promise<boolean> => (await Promise.all(turns)).every(Boolean);
  const iterator = source.members()[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Only what the source throws: a fault of our own database must not be taken for one of the file.
      const next = await iterator.next().catch(() => undefined);
      if (next === undefined) {
        if (rows.length > 0) await put();
        await ended();
        await setState(db, deps, scope, id, 'reading', { state: 'failed', failure: 'unreadable' });
        return 'stopped';
      }
      if (next.done === true) break;
      // What was read before the stop is there already.
      if (next.value.row <= record.last_row) continue;
      rows.push(next.value);
      if (rows.length >= BATCH && !(await put())) return 'stopped';
    }
    if (rows.length > 0 && !(await put())) return 'stopped';
    if (!(await ended())) return 'stopped';
  } finally {
    await iterator.return?.();
    await Promise.allSettled(turns);
  }
  await setState(db, deps, scope, id, 'reading', { state: 'comparing', progress: 0 });
  await dropChunks(db, scope, id);
  return 'read';
}

/** The file is in the rows now; a second copy of everybody's data has no use. */
async function dropChunks(db: Db, scope: Scope, id: ImportId): Promise<void> {
  await inLibrary(db, scope.library.id, (tx) =>
    tx.deleteFrom('import_chunk').where('import_id', '=', id).execute(),
  );
}

async function setState(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: ImportId,
  from: ImportState,
  patch: { readonly state: ImportState; readonly failure?: string; readonly progress?: number },
): Promise<void> {
  await inLibrary(db, scope.library.id, async (tx) => {
    await tx
      .updateTable('import')
      .set({ ...patch, beat_at: deps.now(), phase_began_at: deps.now(), phase_began_with: 0 })
      .where('id', '=', id)
      .where('state', '=', from)
      .execute();
    if (from === 'reading') await forgetErased(tx, id);
  });
}

export type ImportOrder = 'apply' | 'stop' | 'resume' | 'discard';
type OrderOutcome =
  | { readonly ok: true; readonly state: ImportState }
  | { readonly ok: false; readonly reason: 'not-found' | 'not-now' };

/**
 * What an officer or a command tells an import to do; it is done by whoever calls `runImport` next.
 * @returns `not-now` where its state does not allow that
 */
export function orderImport(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  order: ImportOrder,
): Promise<OrderOutcome> {
  return inLibrary(db, scope.library.id, (tx) => orderImportIn(tx, deps, scope, importId, order));
}

/** The same in a transaction of the caller's. */
export async function orderImportIn(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  order: ImportOrder,
): Promise<OrderOutcome> {
  if (!(await findImport(tx, importId))) return { ok: false, reason: 'not-found' };
  const record = await lockImport(tx, importId);
  const patch = patchOf(record, order);
  if (patch === null) return { ok: false, reason: 'not-now' };
  const began = { phase_began_at: scope.at, phase_began_with: record.progress, beat_at: scope.at };
  if (order === 'apply')
    Object.assign(began, { progress: 0, phase_began_with: 0, size: await countToApply(tx, importId) });
  await tx
    .updateTable('import')
    .set({
      ...patch,
      ...began,
      ...(order === 'apply' && scope.actor.kind === 'officer' ? { applied_by: scope.actor.id } : {}),
      // Whoever has it done goes on with it after a stop: the service for an officer, a command for itself.
      in_service: scope.actor.kind === 'officer',
    })
    .where('id', '=', importId)
    .execute();
  if (order === 'discard') {
    await tx.deleteFrom('import_row').where('import_id', '=', importId).execute();
    await tx.deleteFrom('import_chunk').where('import_id', '=', importId).execute();
    await forgetErased(tx, importId);
  }
  await writeAudit(tx, deps, scope, {
    action: `import.${order}`,
    subjectKind: 'import',
    subjectId: importId,
  });
  return { ok: true, state: patch.state ?? record.state };
}

/** Why an import ended in which members were made and with which nobody went on. */
const ABANDONED = 'abandoned';

/**
 * Ends an import that nobody goes on with. One that made no member is discarded; of another the report stays, the members
 * too, and what its rows held goes with the rule for rows of old imports, a batch at a time.
 */
export async function abandonImport(tx: Tx, deps: Deps, scope: Scope, importId: ImportId): Promise<void> {
  const discarded = await orderImportIn(tx, deps, scope, importId, 'discard');
  if (discarded.ok || discarded.reason === 'not-found') return;
  // As at the end of an import: which row of a person leads to which is forgotten with what the rows held.
  await linkTwins(tx, importId);
  await tx
    .updateTable('import')
    .set({ state: 'done', paused: false, failure: ABANDONED, finished_at: scope.at })
    .where('id', '=', importId)
    .execute();
  await tx.deleteFrom('import_chunk').where('import_id', '=', importId).execute();
  await forgetErased(tx, importId);
  await writeAudit(tx, deps, scope, {
    action: 'import.abandon',
    subjectKind: 'import',
    subjectId: importId,
  });
}

function patchOf(
  record: ImportRecord,
  order: ImportOrder,
): { readonly state?: ImportState; readonly paused?: boolean } | null {
  const running = record.state === 'reading' || record.state === 'comparing' || record.state === 'applying';
  switch (order) {
    case 'apply':
      return record.state === 'checked' || record.state === 'done'
        ? { state: 'applying', paused: false }
        : null;
    case 'stop':
      return running && !record.paused ? { paused: true } : null;
    case 'resume':
      return running ? { paused: false } : null;
    // Once members have been made, giving up would leave them without a report.
    case 'discard': {
      const applied = (record.counts as { applied?: number }).applied ?? 0;
      return applied === 0 && record.state !== 'applying' && record.state !== 'done'
        ? { state: 'discarded', paused: false }
        : null;
    }
  }
}
