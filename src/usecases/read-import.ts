import type { Db } from '../db/connection.ts';
import { countToApply, findImport, listImports } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId, OfficerId } from '../domain/ids.ts';
import {
  type ImportCandidate,
  type ImportCounts,
  type ImportFileFacts,
  type ImportMapping,
  type ImportState,
  isRunning,
} from '../domain/importing/import-state.ts';
import type { SourceFormat } from '../domain/importing/incoming-member.ts';
import type { ImportNote, RowOutcome } from '../domain/importing/row-outcome.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Deps, Scope } from './context.ts';
import { openRow } from './import-read.ts';

export interface ImportView {
  readonly id: ImportId;
  readonly format: SourceFormat;
  readonly fileName: string;
  readonly state: ImportState;
  /** It should work, but nobody has heard of it for a while: the service was stopped, or an officer stopped it. */
  readonly resting: boolean;
  readonly failure: string | null;
  /** From 0 to 1; null where it cannot be told. */
  readonly share: number | null;
  readonly secondsLeft: number | null;
  readonly lastRow: number;
  readonly counts: ImportCounts;
  readonly facts: ImportFileFacts;
  readonly mapping: ImportMapping;
  readonly createdAt: Date;
  readonly createdBy: OfficerId | null;
  readonly finishedAt: Date | null;
  /** Rows that would become members now. */
  readonly toApply: number;
}

/** Longer than any batch takes. */
const SILENCE_MS = 30_000;

export function viewImport(db: Db, scope: Scope, id: ImportId): Promise<ImportView | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const record = await findImport(tx, id);
    if (!record || record.state === 'discarded') return undefined;
    const resting = record.state === 'checked' || record.state === 'done';
    return viewOf(record, scope.at, resting ? await countToApply(tx, id) : 0);
  });
}

export function viewImports(db: Db, scope: Scope): Promise<readonly ImportView[]> {
  return inLibrary(db, scope.library.id, async (tx) =>
    (await listImports(tx, 50)).map((record) => viewOf(record, scope.at, 0)),
  );
}

export function viewOf(
  record: NonNullable<Awaited<ReturnType<typeof findImport>>>,
  at: Date,
  toApply: number,
): ImportView {
  const running = isRunning(record.state);
  const share =
    running && record.state !== 'comparing' && record.size > 0
      ? Math.min(1, record.progress / record.size)
      : null;
  const done = record.progress - record.phase_began_with;
  const seconds =
    record.phase_began_at === null
      ? 0
      : ((record.beat_at ?? record.phase_began_at).getTime() - record.phase_began_at.getTime()) / 1000;
  return {
    id: record.id,
    format: record.format,
    fileName: record.file_name,
    state: record.state,
    resting:
      running &&
      (record.paused || record.beat_at === null || at.getTime() - record.beat_at.getTime() > SILENCE_MS),
    failure: record.failure,
    share,
    secondsLeft:
      share !== null && done > 0 && seconds > 1 ? ((record.size - record.progress) * seconds) / done : null,
    lastRow: record.last_row,
    counts: record.counts as ImportCounts,
    facts: record.file_facts as ImportFileFacts,
    mapping: record.mapping as ImportMapping,
    createdAt: record.created_at,
    createdBy: record.created_by,
    finishedAt: record.finished_at,
    toApply,
  };
}

/** A row of the report, opened for whoever may import. */
export interface ImportRowView {
  readonly n: number;
  readonly outcome: RowOutcome;
  readonly reasons: readonly string[];
  readonly notes: readonly ImportNote[];
  readonly leftOver: readonly string[];
  readonly decision: 'same' | 'different' | null;
  readonly applied: boolean;
  readonly memberId: MemberId | null;
  readonly name: string;
  readonly oldNumber: string | null;
  readonly birthDate: PlainDate | null;
  readonly candidate:
    | (ImportCandidate & {
        readonly name: string;
        readonly number: string;
        readonly birthDate: PlainDate | null;
      })
    | null;
}

/** Rows after `after`, of one outcome or all, in the order of the file. */
export function viewRows(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  id: ImportId,
  wanted: {
    readonly outcome: RowOutcome | null;
    readonly after: number;
    readonly limit: number;
    readonly open?: boolean;
  },
): Promise<readonly ImportRowView[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    let query = tx
      .selectFrom('import_row')
      .selectAll()
      .where('import_id', '=', id)
      .where('n', '>', wanted.after)
      .orderBy('n')
      .limit(wanted.limit);
    if (wanted.outcome !== null) query = query.where('outcome', '=', wanted.outcome);
    if (wanted.open === true) query = query.where('decision', 'is', null);
    const rows = await query.execute();
    const first = rows.map((row) => (row.candidates as readonly ImportCandidate[])[0] ?? null);
    const memberIds = first.flatMap((one) => (one?.kind === 'member' ? [one.id as MemberId] : []));
    const rowIds = first.flatMap((one) => (one?.kind === 'row' ? [Number(one.id)] : []));
    const members =
      memberIds.length === 0
        ? []
        : await tx
            .selectFrom('member')
            .select(['id', 'name', 'number', 'birth_date'])
            .where('id', 'in', memberIds)
            .execute();
    const others =
      rowIds.length === 0
        ? []
        : await tx
            .selectFrom('import_row')
            .select(['n', 'content'])
            .where('import_id', '=', id)
            .where('n', 'in', rowIds)
            .execute();
    const byMember = new Map(members.map((member) => [member.id as string, member]));
    const byRow = new Map(
      others.map((row) => [String(row.n), row.content === null ? null : openRow(deps, scope, row.content)]),
    );
    return rows.map((row, at): ImportRowView => {
      const staged = row.content === null ? null : openRow(deps, scope, row.content);
      const one = first[at] ?? null;
      const member = one?.kind === 'member' ? byMember.get(one.id) : undefined;
      const other = one?.kind === 'row' ? byRow.get(one.id) : undefined;
      return {
        n: row.n,
        outcome: row.outcome,
        reasons: row.reasons,
        notes: staged?.notes ?? [],
        leftOver: staged?.leftOver ?? [],
        decision: row.decision,
        applied: row.applied_at !== null,
        memberId: row.member_id,
        name: staged?.name ?? '',
        oldNumber: staged?.oldNumber ?? null,
        birthDate: staged?.birthDate ?? null,
        candidate:
          one === null
            ? null
            : {
                ...one,
                name: member?.name ?? other?.name ?? '',
                number: member?.number ?? other?.oldNumber ?? '',
                birthDate: member?.birth_date ?? other?.birthDate ?? null,
              },
      };
    });
  });
}

/** All rows for a download, a page at a time: a million are never in memory together. */
export async function* everyRow(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  id: ImportId,
): AsyncGenerator<ImportRowView> {
  let after = 0;
  for (;;) {
    const rows = await viewRows(db, deps, scope, id, { outcome: null, after, limit: 500 });
    if (rows.length === 0) return;
    yield* rows;
    after = rows.at(-1)?.n ?? after;
  }
}
