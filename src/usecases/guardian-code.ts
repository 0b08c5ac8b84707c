import { type ApplicationRow, findApplicationByTicket } from '../db/application.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { readShortCode, shortCodeOf } from '../domain/short-code.ts';
import { isTicketCode, normaliseTicketCode } from '../domain/ticket-code.ts';
import type { Deps, Scope } from './context.ts';

/**
 * What the child reads out and the guardian types together with the ticket number, where no QR can be scanned. Made
 * from the case by the vault: nothing is stored, and another case's code is of no use.
 */
export function guardianCodeOf(
  deps: Pick<Deps, 'vault'>,
  scope: Pick<Scope, 'library'>,
  row: Pick<ApplicationRow, 'id' | 'access_generation'>,
): string {
  return shortCodeOf(
    deps.vault.hash(scope.library.id, 'short_code', `guardian ${row.id} ${row.access_generation}`),
  );
}

/**
 * The secret of the status address behind a ticket number and its guardian code, while a guardian is waited for; the
 * caller limits the attempts.
 */
export async function findByGuardianCode(
  db: Db,
  deps: Deps,
  scope: Scope,
  typed: { readonly ticket: string; readonly code: string },
): Promise<
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly reason: 'not-found' }
> {
  const ticket = normaliseTicketCode(typed.ticket);
  const code = readShortCode(typed.code);
  const row =
    code !== undefined && isTicketCode(ticket)
      ? await inLibrary(db, scope.library.id, (tx) => findApplicationByTicket(tx, ticket))
      : undefined;
  if (!row || row.guardian_consented_at !== null || guardianCodeOf(deps, scope, row) !== code)
    return { ok: false, reason: 'not-found' };
  return { ok: true, token: deps.vault.token(scope.library.id, 'status', row.id, row.access_generation) };
}
