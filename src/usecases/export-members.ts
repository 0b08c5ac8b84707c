import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import { type ExportRecord, findExport } from '../db/export.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  type ExportFormat,
  type ExportTarget,
  type Fitted,
  isFileTarget,
  LIVE_TARGETS,
  type Misfit,
} from '../domain/exporting/outgoing-member.ts';
import type { ExportId, MemberId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { type Deps, type LibraryContext, newId, type Scope } from './context.ts';
import { EXPORT_BATCH, type Outgoing, type PlaceNames, readOutgoing } from './outgoing-members.ts';

export type ExportRefusal =
  | 'not-allowed'
  /** INLISLite 3.3: nobody has said that the row "Tidak dicatat" is in its lists. */
  | 'filler-not-ready'
  /** Koha: its code of this library is not in the settings. */
  | 'branch-missing';

/** Koha's codes as the settings hold them. */
export function kohaCodesOf({ library }: Scope): {
  readonly branch: string;
  readonly categories: Readonly<Record<string, string>>;
} {
  const { kohaBranch, kohaCategories } = library.settings.lendingSystem;
  return {
    branch: kohaBranch,
    categories: Object.fromEntries(
      kohaCategories.map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    ),
  };
}

/** Why nothing may go to a target now. */
export function exportRefusal(scope: Scope, target: ExportTarget): ExportRefusal | null {
  const { actor, library } = scope;
  if (actor.kind !== 'system' && (actor.kind !== 'officer' || !may(actor.roles, 'export.run')))
    return 'not-allowed';
  return unsettled(library, target);
}

/** What must be settled before anything goes to a target. */
export function unsettled(
  { settings }: LibraryContext,
  target: ExportTarget,
): Exclude<ExportRefusal, 'not-allowed'> | null {
  const { fillerReady, kohaBranch } = settings.lendingSystem;
  if (target === 'inlislite-3.3' && !fillerReady) return 'filler-not-ready';
  if ((target === 'koha' || target === 'koha-rest') && kohaBranch === '') return 'branch-missing';
  return null;
}

/** Whether members go by themselves. */
export function isFeed({ actor }: Scope): boolean {
  return actor.kind === 'system' && actor.feed === true;
}

/** The record of an export that begins now. */
export async function beginExport(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly target: ExportTarget; readonly changedOnly: boolean },
): Promise<
  { readonly ok: true; readonly exportId: ExportId } | { readonly ok: false; readonly reason: ExportRefusal }
> {
  const reason = exportRefusal(scope, input.target);
  if (reason !== null) return { ok: false, reason };
  const { library, actor, at } = scope;
  const { lendingSystem, publicNumberIsNik } = library.settings;
  const id = newId<ExportId>(deps, at);
  await inLibrary(db, library.id, async (tx) => {
    await tx
      .insertInto('export')
      .values({
        library_id: library.id,
        id,
        target: input.target,
        changed_only: input.changedOnly,
        state: 'running',
        identity_numbers: lendingSystem.identityNumbers || publicNumberIsNik,
        started_at: at,
        started_by: actor.kind === 'officer' ? actor.id : null,
        feed: isFeed(scope),
      })
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'export.begin',
      subjectKind: 'export',
      subjectId: id,
      fields: fieldsOf(lendingSystem.identityNumbers || publicNumberIsNik),
      purpose: input.target,
    });
  });
  return { ok: true, exportId: id };
}

/**
 * The rows of a file, its header first, read while they are taken: a thousand members are in memory, and each batch
 * is in the record before it is in the file. The export counts only once the last row was taken; whoever leaves
 * earlier leaves one that failed.
 * @param options.again see `nextOutgoing`
 * @param options.delivered the caller says with `finishExport` when the file has left; the last row alone is not enough
 */
export async function* exportRows(
  db: Db,
  deps: Deps,
  scope: Scope,
  exportId: ExportId,
  format: ExportFormat,
  options: { readonly again?: boolean; readonly delivered?: 'told-by-caller' } = {},
): AsyncGenerator<readonly string[]> {
  const places: PlaceNames = new Map();
  const record = await inLibrary(db, scope.library.id, (tx) => findExport(tx, exportId));
  if (record?.state !== 'running' || !isFileTarget(record.target)) return;
  let after: MemberId | null = null;
  let written = 0;
  let ended: 'done' | 'failed' = 'failed';
  try {
    yield format.header;
    for (;;) {
      const from: MemberId | null = after;
      const { rows, last, count }: FileBatch = await inLibrary(db, scope.library.id, async (tx) => {
        const outgoing = await readOutgoing(tx, deps, scope, record, from, places, options.again ?? true);
        const fitted = outgoing.map((one) => {
          const row: Fitted<readonly string[]> = one.left
            ? LEFT
            : written >= format.mostRows
              ? FULL
              : format.row(one.member);
          if (row.ok) written++;
          return { one, row };
        });
        await keepRows(
          tx,
          record,
          fitted.map(({ one, row }) => outcomeOf(one, row)),
        );
        return {
          rows: fitted.flatMap(({ row }) => (row.ok ? [row.value] : [])),
          last: outgoing.at(-1)?.id ?? null,
          count: outgoing.length,
        };
      });
      for (const row of rows) yield row;
      if (last === null || count < EXPORT_BATCH) break;
      after = last;
    }
    ended = 'done';
  } finally {
    if (ended === 'failed' || options.delivered === undefined)
      await finishExport(db, deps, scope, exportId, ended, ended === 'failed' ? 'broken-off' : null);
  }
}

interface FileBatch {
  readonly rows: readonly (readonly string[])[];
  readonly last: MemberId | null;
  readonly count: number;
}

const LEFT = { ok: false, misfits: ['ended'] } as const satisfies Fitted<never>;
const FULL = { ok: false, misfits: ['sheet_full'] } as const satisfies Fitted<never>;

export interface RowOutcome {
  readonly id: MemberId;
  readonly version: number;
  readonly sent: boolean;
  readonly reasons: readonly Misfit[];
}

export function outcomeOf({ id, version }: Outgoing, row: Fitted<unknown>): RowOutcome {
  return { id, version, sent: row.ok, reasons: row.ok ? row.notes : row.misfits };
}

/** Keeps what became of these members, and counts them. */
export async function keepRows(tx: Tx, record: ExportRecord, outcomes: readonly RowOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await insertRows(
    tx,
    'export_row',
    outcomes.map(({ id, version, sent, reasons }) => ({
      library_id: record.library_id,
      target: record.target,
      member_id: id,
      export_id: record.id,
      version,
      sent,
      reasons,
    })),
  );
  const sent = outcomes.filter((one) => one.sent).length;
  await tx
    .updateTable('export')
    .set((eb) => ({ sent: eb('sent', '+', sent), misfit: eb('misfit', '+', outcomes.length - sent) }))
    .where('id', '=', record.id)
    .execute();
}

/** Closes the record; how many went stands in the audit log, nobody's values. */
export async function finishExport(
  db: Db,
  deps: Deps,
  scope: Scope,
  exportId: ExportId,
  state: 'done' | 'failed',
  failure: string | null,
): Promise<void> {
  const now = { ...scope, at: deps.now() };
  await inLibrary(db, scope.library.id, async (tx) => {
    const [record] = await tx
      .updateTable('export')
      .set({ state, failure, finished_at: now.at })
      .where('id', '=', exportId)
      .where('state', '=', 'running')
      .returningAll()
      .execute();
    if (!record) return;
    await writeAudit(tx, deps, now, {
      action: state === 'done' ? 'export.finish' : 'export.fail',
      subjectKind: 'export',
      subjectId: exportId,
      fields: fieldsOf(record.identity_numbers),
      purpose: `${record.target} ${record.sent}`,
    });
  });
}

/** A file that was never used: those in it count as not sent, and come again with the next changes. */
export function withdrawExport(
  db: Db,
  deps: Deps,
  scope: Scope,
  exportId: ExportId,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-allowed' | 'not-now' }> {
  const { actor } = scope;
  return inLibrary(db, scope.library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'export.run'))
      return { ok: false, reason: 'not-allowed' };
    const changed = await tx
      .updateTable('export')
      .set({ state: 'withdrawn' })
      .where('id', '=', exportId)
      .where('state', '=', 'done')
      .where('target', 'not in', [...LIVE_TARGETS])
      .returning('target')
      .executeTakeFirst();
    if (!changed) return { ok: false, reason: 'not-now' };
    await writeAudit(tx, deps, scope, {
      action: 'export.withdraw',
      subjectKind: 'export',
      subjectId: exportId,
      purpose: changed.target,
    });
    return { ok: true };
  });
}

function fieldsOf(identityNumbers: boolean): readonly string[] {
  return identityNumbers ? ['document_number'] : [];
}
