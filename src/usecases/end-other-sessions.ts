import type { Tx } from '../db/connection.ts';
import type { OfficerId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';

/**
 * After a changed password or factor: whoever sits at another session may be the reason for the change.
 * @param keep the token of the session in which it was changed
 */
export async function endOtherSessions(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  officerId: OfficerId,
  keep: string,
): Promise<void> {
  await tx
    .updateTable('session')
    .set({ ended_at: scope.at })
    .where('officer_id', '=', officerId)
    .where('token_hash', '<>', deps.vault.hash(scope.library.id, 'token', keep))
    .where('ended_at', 'is', null)
    .execute();
}
