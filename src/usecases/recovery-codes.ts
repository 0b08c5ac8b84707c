import { hashRaw } from '@node-rs/argon2';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId, OfficerId } from '../domain/ids.ts';
import { normaliseTicketCode } from '../domain/ticket-code.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { PASSWORD_HASHING } from './create-library.ts';

const CODES = 10;
/** Crockford's base 32, as ticket codes are written: 50 bits, guarded by the same limits as the codes of an app. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;
const SALT_BYTES = 16;
/** Hashed with where an officer has no codes, so that the time tells nobody. */
const NO_SALT = Buffer.alloc(SALT_BYTES);

/**
 * Ten new codes for whoever loses phone and passkeys, each good for one sign-in; those of before end. They are
 * returned here and never again: the database keeps hashes as of passwords.
 */
export async function makeRecoveryCodes(db: Db, deps: Deps, scope: Scope): Promise<readonly string[]> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return [];
  const codes = Array.from({ length: CODES }, () =>
    Array.from(deps.randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % 32)).join(''),
  );
  const salt = Buffer.from(deps.randomBytes(SALT_BYTES));
  const hashes = await Promise.all(
    codes.map((code) => slowHash(keyedHash(deps, library.id, actor.id, code), salt)),
  );
  return inLibrary(db, library.id, async (tx) => {
    // Two at once would each delete what was there before and leave two sets under two salts, of which one is looked at.
    await tx.selectFrom('officer').select('id').where('id', '=', actor.id).forNoKeyUpdate().execute();
    await tx.deleteFrom('recovery_code').where('officer_id', '=', actor.id).execute();
    await tx
      .insertInto('recovery_code')
      .values(
        hashes.map((code_hash) => ({
          library_id: library.id,
          officer_id: actor.id,
          code_hash,
          salt,
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

/**
 * Uses a code up; false where it is none of this officer's, or was used. One hash is made whether or not there is such
 * a code, or any.
 */
export async function useRecoveryCode(
  tx: Tx,
  deps: Pick<Deps, 'vault' | 'randomBytes'>,
  libraryId: LibraryId,
  officerId: OfficerId,
  typed: string,
  at: Date,
): Promise<boolean> {
  const salt = await saltOf(tx, deps, officerId);
  const keyed = keyedHash(deps, libraryId, officerId, normaliseTicketCode(typed));
  const row = await tx
    .updateTable('recovery_code')
    .set({ used_at: at })
    .where('officer_id', '=', officerId)
    .where('code_hash', '=', await slowHash(keyed, salt))
    .where('used_at', 'is', null)
    .returning('used_at')
    .executeTakeFirst();
  return row !== undefined;
}

/** Officers whose codes one run hashes again: each of them is a fifth of a second of work. */
const BATCH = 100;

/**
 * Hashes codes that were made when a keyed hash was all there was, as passwords are; they go on working. What a run leaves
 * goes with the next.
 * @returns of how many officers
 */
export async function strengthenRecoveryCodes(
  db: Db,
  deps: Pick<Deps, 'randomBytes'>,
  libraryId: LibraryId,
): Promise<number> {
  const officers = await inLibrary(db, libraryId, (tx) =>
    tx
      .selectFrom('recovery_code')
      .select('officer_id')
      .distinct()
      .where('library_id', '=', libraryId)
      .where('salt', 'is', null)
      .limit(BATCH)
      .execute(),
  );
  for (const { officer_id } of officers)
    await inLibrary(db, libraryId, async (tx) => void (await saltOf(tx, deps, officer_id)));
  return officers.length;
}

/** The salt of an officer's codes, which are locked; codes of before get one. */
async function saltOf(tx: Tx, deps: Pick<Deps, 'randomBytes'>, officerId: OfficerId): Promise<Buffer> {
  const rows = await tx
    .selectFrom('recovery_code')
    .select(['code_hash', 'salt'])
    .where('officer_id', '=', officerId)
    .orderBy('code_hash')
    .forUpdate()
    .execute();
  const weak = rows.filter((row) => row.salt === null);
  const known = rows.find((row) => row.salt !== null)?.salt ?? null;
  if (weak.length === 0) return known ?? NO_SALT;
  const salt = known ?? Buffer.from(deps.randomBytes(SALT_BYTES));
  for (const { code_hash } of weak)
    await tx
      .updateTable('recovery_code')
      .set({ code_hash: await slowHash(code_hash, salt), salt })
      .where('officer_id', '=', officerId)
      .where('code_hash', '=', code_hash)
      .execute();
  return salt;
}

/** Whoever has the database alone cannot even begin to guess: the key is elsewhere. */
function keyedHash(
  deps: Pick<Deps, 'vault'>,
  libraryId: LibraryId,
  officerId: OfficerId,
  code: string,
): Buffer {
  return deps.vault.hash(libraryId, 'recovery_code', `${officerId}|${code}`);
}

/** And whoever has both guesses as slowly as at passwords (ASVS 6.5.2). */
function slowHash(keyed: Buffer, salt: Buffer): Promise<Buffer> {
  return hashRaw(keyed, { ...PASSWORD_HASHING, salt });
}
