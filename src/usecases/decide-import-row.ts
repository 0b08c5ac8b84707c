import type { Db, Tx } from '../db/connection.ts';
import { addCounts, lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import type { ImportCandidate, ImportCounts } from '../domain/importing/import-state.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

type Decision = 'same' | 'different' | null;

/**
 * An officer's word about a row that resembles somebody. `same`: nothing is added, and the old number leads to that
 * member; `different`: the row becomes a member of its own with the next taking over, and the two are told apart then.
 * Undone as long as that has not happened. The sums of the report follow.
 */
export function decideImportRow(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly importId: ImportId; readonly n: number; readonly decision: Decision },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' | 'not-now' }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!(await findRow(tx, input.importId, input.n))) return { ok: false, reason: 'not-found' };
    const record = await lockImport(tx, input.importId);
    // Read once nobody else can decide it: the sums are changed by what it was.
    const row = await findRow(tx, input.importId, input.n);
    if (!row) return { ok: false, reason: 'not-found' };
    const resting = record.state === 'checked' || record.state === 'done';
    if (!resting || row.outcome !== 'look' || row.applied_at !== null)
      return { ok: false, reason: 'not-now' };
    const [candidate] = row.candidates as readonly ImportCandidate[];
    const linked =
      input.decision === 'same' && candidate ? await memberOf(tx, input.importId, candidate) : null;
    await tx
      .updateTable('import_row')
      .set({
        decision: input.decision,
        decided_at: input.decision === null ? null : scope.at,
        decided_by: input.decision !== null && scope.actor.kind === 'officer' ? scope.actor.id : null,
        member_id: linked,
      })
      .where('import_id', '=', input.importId)
      .where('n', '=', input.n)
      .execute();
    await tx
      .updateTable('import')
      .set({
        // A list that is still decided about is not one that nobody goes on with.
        beat_at: scope.at,
        counts: JSON.stringify(
          addCounts(record.counts as ImportCounts, {
            outcomes: movedOutcome(row.decision, input.decision),
          }),
        ),
      })
      .where('id', '=', input.importId)
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'import.decide',
      subjectKind: 'import',
      subjectId: input.importId,
      purpose: `${input.n} ${input.decision ?? 'open'}`,
    });
    return { ok: true };
  });
}

function findRow(tx: Tx, importId: ImportId, n: number) {
  return tx
    .selectFrom('import_row')
    .select(['outcome', 'decision', 'applied_at', 'candidates'])
    .where('import_id', '=', importId)
    .where('n', '=', n)
    .executeTakeFirst();
}

/** The member of a candidate; of another row, the one it became, null where it has not become one yet. */
async function memberOf(tx: Tx, importId: ImportId, candidate: ImportCandidate): Promise<MemberId | null> {
  if (candidate.kind === 'member') return candidate.id as MemberId;
  const row = await tx
    .selectFrom('import_row')
    .select('member_id')
    .where('import_id', '=', importId)
    .where('n', '=', Number(candidate.id))
    .executeTakeFirst();
  return row?.member_id ?? null;
}

/** A row that was decided counts with what it will become, no longer with those that somebody has to look at. */
function movedOutcome(before: Decision, after: Decision): Partial<Record<RowOutcome, number>> {
  const of = (decision: Decision): RowOutcome =>
    decision === null ? 'look' : decision === 'same' ? 'same' : 'new';
  const [from, to] = [of(before), of(after)];
  return from === to ? {} : { [from]: -1, [to]: 1 };
}
