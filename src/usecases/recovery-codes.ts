import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId, OfficerId } from '../domain/ids.ts';
import { normaliseTicketCode } from '../domain/ticket-code.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

const CODES = 10;
/** Crockford's base 32, as ticket codes are written: 50 bits, guarded by the same limits as the codes of an app. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

/**
 * Ten new codes for whoever loses phone and passkeys, each good for one sign-in; those of before end. They are
 * returned here and never again: the database keeps keyed hashes.
 */
export function makeRecoveryCodes(db: Db, deps: Deps, scope: Scope): Promise<readonly string[]> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return Promise.resolve([]);
  const codes = Array.from({ length: CODES }, () =>
    Array.from(deps.randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % 32)).join(''),
  );
  return inLibrary(db, library.id, async (tx) => {
    await tx.deleteFrom('recovery_code').where('officer_id', '=', actor.id).execute();
    await tx
      .insertInto('recovery_code')
      .values(
        codes.map((code) => ({
          library_id: library.id,
          officer_id: actor.id,
          code_hash: hashOf(deps, library.id, actor.id, code),
          made_at: at,
          used_at: null,
        })),
      )
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'officer.make_recovery_codes',
      subjectKind: 'officer',
      subjectId: actor.id,
    });
    return codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
  });
}

/** Whether the text has the shape of a code at all. */
export function looksLikeRecoveryCode(typed: string): boolean {
  return normaliseTicketCode(typed).length === LENGTH;
}

/** Uses a code up; false where it is none of this officer's, or was used. */
export async function useRecoveryCode(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  libraryId: LibraryId,
  officerId: OfficerId,
  typed: string,
  at: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('recovery_code')
    .set({ used_at: at })
    .where('officer_id', '=', officerId)
    .where('code_hash', '=', hashOf(deps, libraryId, officerId, normaliseTicketCode(typed)))
    .where('used_at', 'is', null)
    .returning('used_at')
    .executeTakeFirst();
  return row !== undefined;
}

function hashOf(deps: Pick<Deps, 'vault'>, libraryId: LibraryId, officerId: OfficerId, code: string): Buffer {
  return deps.vault.hash(libraryId, 'recovery_code', `${officerId}|${code}`);
}
