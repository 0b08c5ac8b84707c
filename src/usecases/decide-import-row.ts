import type { Db } from '../db/connection.ts';
import { lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId, MemberId } from '../domain/ids.ts';
import type { ImportCandidate } from '../domain/importing/import-state.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

/**
 * An officer's word about a row that resembles somebody. `same`: nothing is added, and the old number leads to that
 * member; `different`: the row becomes a member of its own with the next taking over. Undone as long as that has not
 * happened.
 */
export function decideImportRow(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly importId: ImportId; readonly n: number; readonly decision: 'same' | 'different' | null },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' | 'not-now' }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .selectFrom('import_row')
      .selectAll()
      .where('import_id', '=', input.importId)
      .where('n', '=', input.n)
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    const record = await lockImport(tx, input.importId);
    const resting = record.state === 'checked' || record.state === 'done';
    if (!resting || row.outcome !== 'look' || row.applied_at !== null)
      return { ok: false, reason: 'not-now' };
    const [candidate] = row.candidates as readonly ImportCandidate[];
    const linked =
      input.decision === 'same' && candidate?.kind === 'member' ? (candidate.id as MemberId) : null;
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
    await writeAudit(tx, deps, scope, {
      action: 'import.decide',
      subjectKind: 'import',
      subjectId: input.importId,
      purpose: `${input.n} ${input.decision ?? 'open'}`,
    });
    return { ok: true };
  });
}
