import { type ApplicationRow, findApplicationByTicket } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { isOpenState } from '../domain/application.ts';
import type { ApplicationId, LibraryId, Phone } from '../domain/ids.ts';
import { smsNumber } from '../domain/phone.ts';
import { formatShortCode, readShortCode, shortCodeOf } from '../domain/short-code.ts';
import { isTicketCode, normaliseTicketCode } from '../domain/ticket-code.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';

/**
 * What the child reads out and the guardian types together with the ticket number, where no QR can be scanned. Made
 * from the case by the vault: nothing is stored, and another case's code is of no use.
 */
export function guardianCodeOf(
  deps: Pick<Deps, 'vault'>,
  scope: { readonly library: { readonly id: LibraryId } },
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

/**
 * The same code as a text message to the guardian's number on the form, for a parent who is somewhere else. The child asks
 * for it, and chooses neither the number nor a word. The caller limits how often; the message leaves by itself.
 * @returns false where no guardian is waited for, or the form has no mobile number of one
 */
export function askGuardianText(
  db: Db,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<boolean> {
  const { library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if ((await guardianText(tx, deps, library.id, applicationId)) === undefined) return false;
    await tx
      .insertInto('outbox')
      .values({
        library_id: library.id,
        id: newId(deps, at),
        kind: 'guardian_code',
        application_id: applicationId,
        way: 'sms',
        created_at: at,
        sent_at: null,
        next_attempt_at: at,
        last_error_code: null,
      })
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'code.ask',
      subjectKind: 'application',
      subjectId: applicationId,
      purpose: 'guardian',
    });
    return true;
  });
}

/** What that message is made from, as the case stands now; undefined where there is nothing to send any more. */
export async function guardianText(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  libraryId: LibraryId,
  applicationId: ApplicationId,
): Promise<
  | {
      readonly to: Phone;
      readonly facts: {
        readonly language: 'id' | 'en';
        readonly librarySlug: string;
        readonly ticketCode: string;
        readonly code: string;
      };
    }
  | undefined
> {
  const row = await tx
    .selectFrom('application')
    .selectAll()
    .where('id', '=', applicationId)
    .executeTakeFirst();
  const to = smsNumber(row?.guardian_phone ?? null);
  if (!row || to === null || row.guardian_consented_at !== null || !isOpenState(row.state)) return undefined;
  const { slug } = await tx
    .selectFrom('library')
    .select('slug')
    .where('id', '=', libraryId)
    .executeTakeFirstOrThrow();
  const code = formatShortCode(guardianCodeOf(deps, { library: { id: libraryId } }, row));
  return { to, facts: { language: row.language, librarySlug: slug, ticketCode: row.ticket_code, code } };
}
