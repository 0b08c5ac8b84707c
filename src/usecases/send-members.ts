import type { Db } from '../db/connection.ts';
import { type ExportRecord, findExport, nextOutgoing } from '../db/export.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ExportTarget, Misfit, OutgoingMember } from '../domain/exporting/outgoing-member.ts';
import type { ExportId, MemberId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { finishExport, keepRows, outcomeOf, type RowOutcome } from './export-members.ts';
import { EXPORT_BATCH, type PlaceNames, readOutgoing } from './outgoing-members.ts';

/** What a server made of one member. */
export type Sent =
  | { readonly kind: 'sent'; readonly notes: readonly Misfit[] }
  | { readonly kind: 'refused'; readonly misfits: readonly Misfit[] }
  | { readonly kind: 'stop'; readonly reason: string };

export interface SendPorts {
  readonly send: (member: OutgoingMember) => Promise<Sent>;
  /** False: whom the server refused is left alone until something about them changes. Default: tried again. */
  readonly again?: boolean;
  /** Asked after every member. */
  readonly stopped?: () => boolean | Promise<boolean>;
}

/**
 * Whether anybody has changed since the last run; a feed that asks every few minutes leaves no empty records.
 * @param again see `nextOutgoing`
 */
export function anyChanged(db: Db, scope: Scope, target: ExportTarget, again = false): Promise<boolean> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await nextOutgoing(tx, { target, after: null, changedOnly: true, again, limit: 1 });
    return rows.length > 0;
  });
}

/** So many answers are kept with one statement; a crash repeats at most these, which does no harm. */
const KEPT_TOGETHER = 50;

/**
 * Sends members to a server that answers for each, outside of any transaction. At least once: what was answered is in
 * the record soon after, and what was not is sent again by the next run, which finds it there and brings it up to date.
 */
export async function sendMembers(
  db: Db,
  deps: Deps,
  scope: Scope,
  exportId: ExportId,
  ports: SendPorts,
): Promise<ExportRecord | undefined> {
  const { library } = scope;
  const places: PlaceNames = new Map();
  const read = () => inLibrary(db, library.id, (tx) => findExport(tx, exportId));
  const record = await read();
  if (record?.state !== 'running') return record;
  let failure: string | null = 'interrupted';
  let after: MemberId | null = null;
  let kept: RowOutcome[] = [];
  const keep = async (): Promise<void> => {
    const outcomes = kept;
    kept = [];
    await inLibrary(db, library.id, (tx) => keepRows(tx, record, outcomes));
  };
  try {
    for (;;) {
      const from: MemberId | null = after;
      const batch: Awaited<ReturnType<typeof readOutgoing>> = await inLibrary(db, library.id, (tx) =>
        readOutgoing(tx, deps, scope, record, from, places, ports.again ?? true),
      );
      for (const one of batch) {
        const answer: Sent =
          one.member === null ? { kind: 'refused', misfits: ['ended'] } : await ports.send(one.member);
        if (answer.kind === 'stop') {
          // A request that the end of the service cut short says nothing of the server.
          failure = (await ports.stopped?.()) === true ? 'interrupted' : answer.reason;
          return await ended();
        }
        kept.push(
          outcomeOf(
            one,
            answer.kind === 'sent'
              ? { ok: true, value: null, notes: answer.notes }
              : { ok: false, misfits: answer.misfits },
          ),
        );
        if (kept.length >= KEPT_TOGETHER) await keep();
        if ((await ports.stopped?.()) === true) return await ended();
      }
      after = batch.at(-1)?.id ?? null;
      if (after === null || batch.length < EXPORT_BATCH) break;
    }
    failure = null;
    return await ended();
  } catch (error) {
    await finishExport(db, deps, scope, exportId, 'failed', 'interrupted');
    throw error;
  }

  async function ended(): Promise<ExportRecord | undefined> {
    await keep();
    await finishExport(db, deps, scope, exportId, failure === null ? 'done' : 'failed', failure);
    return read();
  }
}
