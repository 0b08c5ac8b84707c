import { sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import type { ImportId, MemberId, OfficerId } from '../domain/ids.ts';
import type { ImportCandidate } from '../domain/importing/import-state.ts';
import { type Deps, type Scope, servicePointOf } from './context.ts';
import { rememberDifferent } from './told-apart.ts';

/** Why the pair is told apart, beside the reasons that officers choose at the counter. */
const REASON = 'import';

/** A decided row that is a member now. */
interface DecidedRow {
  readonly n: number;
  readonly member_id: MemberId | null;
  readonly candidates: unknown;
  readonly decision: 'same' | 'different' | null;
  readonly decided_at: Date | null;
  readonly decided_by: OfficerId | null;
}

/**
 * Remembers, in the name of who decided it, that these members are not the people their rows resembled: no check asks
 * again. A row whose other side becomes a member only now is remembered now.
 * @param made rows of the import that have just become members
 */
export async function tellRowsApart(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  made: readonly DecidedRow[],
): Promise<void> {
  const decided = made.filter((row) => row.decision === 'different');
  if (decided.length === 0) return;
  // Rows decided against one of these earlier; the earlier row waited for a decision itself, so these are few.
  const { rows: waiting } = await sql<DecidedRow>`
    select n, member_id, candidates, decision, decided_at, decided_by from import_row
    where import_id = ${importId} and outcome = 'look' and decision = 'different' and member_id is not null
      and candidates -> 0 ->> 'kind' = 'row'
      and (candidates -> 0 ->> 'id')::int = any(${decided.map((row) => row.n)}::int[])`.execute(tx);
  const pairs = [...decided, ...waiting].flatMap((row) => {
    const [candidate] = row.candidates as readonly ImportCandidate[];
    return candidate && row.member_id !== null ? [{ row, id: row.member_id, candidate }] : [];
  });
  const others = new Map<number, MemberId | null>();
  const wanted = pairs.flatMap(({ candidate }) => (candidate.kind === 'row' ? [Number(candidate.id)] : []));
  if (wanted.length > 0)
    for (const row of await tx
      .selectFrom('import_row')
      .select(['n', 'member_id'])
      .where('import_id', '=', importId)
      .where('n', 'in', wanted)
      .execute())
      others.set(row.n, row.member_id);
  for (const { row, id, candidate } of pairs) {
    const other = candidate.kind === 'member' ? (candidate.id as MemberId) : others.get(Number(candidate.id));
    // Of a row that waits itself: remembered once that one is taken over.
    if (!other || other === id) continue;
    const decider: Scope = {
      ...scope,
      at: row.decided_at ?? scope.at,
      actor:
        row.decided_by === null
          ? { kind: 'system' }
          : { kind: 'officer', id: row.decided_by, roles: [], servicePointId: servicePointOf(scope) },
    };
    await rememberDifferent(tx, deps, decider, id, [{ id: other, score: candidate.score }], REASON);
  }
}
