import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import type { Db, Tx } from '../db/connection.ts';
import { familyOf, findStanding } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import { coverIdentityNumbers } from '../domain/identity-in-text.ts';
import type { LibraryId, MemberId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import {
  CHALLENGE_MS,
  credentialOf,
  hostOf,
  type ListedPasskey,
  listedPasskey,
  MOST_PASSKEYS,
  newChallenge,
  openTicket,
  PASSKEY_LABEL_MAX,
  type PasskeyAnswer,
  type PasskeyTask,
  parseAnswer,
  sealTicket,
  spend,
  usedSchema,
  verifyMade,
  verifyUsed,
} from './webauthn.ts';

/**
 * Passkeys of members, for the door of other services (decision 035). Each checks who holds it (PIN, finger, face), as it
 * opens the door alone. The user handle is one byte longer than an officer's, so that neither opens the other's door.
 */

const MEMBER = 0x4d;

/** Begins a new passkey of a member who has just shown who they are. @param input.number what the device calls the account */
export async function beginMemberPasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly memberId: MemberId; readonly number: string; readonly origin: string },
): Promise<PasskeyTask> {
  const { library } = scope;
  const { memberId } = input;
  const known = await inLibrary(db, library.id, (tx) => rowsOf(tx, memberId));
  const challenge = newChallenge(deps);
  const options = await generateRegistrationOptions({
    rpName: library.settings.profile.shortName,
    rpID: hostOf(input.origin),
    userName: input.number,
    userDisplayName: `${input.number} – ${library.settings.profile.shortName}`,
    userID: handleOf(library.id, memberId),
    challenge: Uint8Array.from(challenge),
    timeout: CHALLENGE_MS,
    excludeCredentials: known.map((row) => credentialOf(row)),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return {
    ticket: sealTicket(deps, scope.at, 'member-make', challenge, memberId),
    options: JSON.stringify(options),
  };
}

/** Keeps a member's new passkey, once its answer has shown that the authenticator holds the key. */
export async function addMemberPasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: PasskeyAnswer & { readonly memberId: MemberId; readonly label: string },
): Promise<
  { readonly ok: true } | { readonly ok: false; readonly reason: 'refused' | 'too-many' | 'label-missing' }
> {
  const { library, at } = scope;
  const { memberId } = input;
  const label = coverIdentityNumbers(input.label.trim());
  if (label === '' || label.length > PASSKEY_LABEL_MAX) return { ok: false, reason: 'label-missing' };
  const challenge = openTicket(deps, at, 'member-make', input.ticket, memberId);
  const made = challenge && (await verifyMade(input, challenge, true));
  if (challenge === undefined || made === undefined) return { ok: false, reason: 'refused' };
  return inLibrary(db, library.id, async (tx) => {
    if (!(await spend(tx, deps, scope, challenge))) return { ok: false, reason: 'refused' };
    if ((await rowsOf(tx, memberId)).length >= MOST_PASSKEYS) return { ok: false, reason: 'too-many' };
    const written = await tx
      .insertInto('member_passkey')
      .values({
        ...made,
        library_id: library.id,
        member_id: memberId,
        label,
        created_at: at,
        last_used_at: null,
      })
      .onConflict((conflict) => conflict.columns(['library_id', 'id']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!written) return { ok: false, reason: 'refused' };
    await audit(tx, deps, scope, memberId, 'add_passkey');
    return { ok: true };
  });
}

/** A challenge for whoever stands at the door of a service. @param uid of this one sign-in: the answer is good for no other */
export async function askForMemberPasskey(
  deps: Deps,
  scope: Scope,
  input: { readonly uid: string; readonly origin: string },
): Promise<PasskeyTask> {
  const challenge = newChallenge(deps);
  const options = await generateAuthenticationOptions({
    rpID: hostOf(input.origin),
    challenge: Uint8Array.from(challenge),
    timeout: CHALLENGE_MS,
    userVerification: 'required',
  });
  return {
    ticket: sealTicket(deps, scope.at, 'member-sign-in', challenge, `${scope.library.id} ${input.uid}`),
    options: JSON.stringify(options),
  };
}

/** Checks an answer and spends its challenge. @returns who stands for the member whose passkey it is */
export async function checkMemberPasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: PasskeyAnswer & { readonly uid: string },
): Promise<MemberId | undefined> {
  const { library, at } = scope;
  const challenge = openTicket(deps, at, 'member-sign-in', input.ticket, `${library.id} ${input.uid}`);
  const answer = parseAnswer(usedSchema, input.answer);
  const handle = answer?.response.userHandle;
  if (challenge === undefined || answer === undefined || !handle) return undefined;
  const named = readHandle(handle);
  if (named?.libraryId !== library.id) return undefined;
  const rpId = hostOf(input.origin);
  const id = Buffer.from(answer.id, 'base64url');
  const row = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('member_passkey')
      .selectAll()
      .where('id', '=', id)
      .where('member_id', '=', named.memberId)
      .where('rp_id', '=', rpId)
      .executeTakeFirst(),
  );
  if (!row) return undefined;
  const used = await verifyUsed(answer, challenge, input.origin, row, true);
  if (used === undefined) return undefined;
  return inLibrary(db, library.id, async (tx) => {
    if (!(await spend(tx, deps, scope, challenge))) return undefined;
    const kept = await tx
      .updateTable('member_passkey')
      .set({ ...used, last_used_at: at })
      .where('id', '=', id)
      .returning('member_id')
      .executeTakeFirst();
    // Taken away meanwhile: it opens nothing any more.
    return kept && (await findStanding(tx, kept.member_id));
  });
}

/** A person's passkeys, those of merged memberships as well, oldest first. */
export async function memberPasskeysOf(tx: Tx, memberId: MemberId): Promise<readonly ListedPasskey[]> {
  return (await rowsOf(tx, memberId)).map(listedPasskey);
}

/** The same for a page of its own. */
export function listMemberPasskeys(
  db: Db,
  scope: Scope,
  memberId: MemberId,
): Promise<readonly ListedPasskey[]> {
  return inLibrary(db, scope.library.id, (tx) => memberPasskeysOf(tx, memberId));
}

/** @param id as `memberPasskeysOf` gave it @returns false where the member has no such passkey */
export function removeMemberPasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly memberId: MemberId; readonly id: string },
): Promise<boolean> {
  const { memberId } = input;
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .deleteFrom('member_passkey')
      .where('id', '=', Buffer.from(input.id, 'base64url'))
      .where('member_id', 'in', familyOf(memberId))
      .returning('id')
      .executeTakeFirst();
    if (!row) return false;
    await audit(tx, deps, scope, memberId, 'remove_passkey');
    return true;
  });
}

function rowsOf(tx: Tx, memberId: MemberId) {
  return tx
    .selectFrom('member_passkey')
    .selectAll()
    .where('member_id', 'in', familyOf(memberId))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** A mark, four bytes of the library, sixteen of the member: no personal value, as the authenticator keeps it in plain. */
function handleOf(libraryId: LibraryId, memberId: MemberId): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(21);
  bytes[0] = MEMBER;
  new DataView(bytes.buffer).setInt32(1, Number(libraryId));
  bytes.set(Buffer.from(memberId.replaceAll('-', ''), 'hex'), 5);
  return bytes;
}

function readHandle(text: string): { libraryId: LibraryId; memberId: MemberId } | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 21 || bytes[0] !== MEMBER) return undefined;
  const memberId = bytes.toString('hex', 5).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { libraryId: bytes.readInt32BE(1) as LibraryId, memberId: memberId as MemberId };
}

function audit(tx: Tx, deps: Deps, scope: Scope, memberId: MemberId, verb: string): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `member.${verb}`,
    subjectKind: 'member',
    subjectId: memberId,
  });
}
