import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId, OfficerId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { endOtherSessions } from './end-other-sessions.ts';
import { factorAdded, factorsChanged } from './second-factor.ts';
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
 * Passkeys (WebAuthn Level 3). One that checked who holds it (PIN, finger, face) opens the door alone; after a
 * password its presence is enough. They are bound to the host name they were made for and to one account of one
 * library: the user handle names both, so that the door need not ask for the library.
 */

/** Begins a new passkey for the officer who acts; nothing is stored before the authenticator has answered. */
export async function beginPasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  who: { readonly username: string; readonly name: string; readonly origin: string },
): Promise<PasskeyTask> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer') throw new Error('only an officer has passkeys');
  const known = await inLibrary(db, library.id, (tx) => rowsOf(tx, actor.id));
  const challenge = newChallenge(deps);
  const options = await generateRegistrationOptions({
    rpName: library.settings.profile.shortName,
    rpID: hostOf(who.origin),
    userName: who.username,
    userDisplayName: who.name,
    userID: userHandle(library.id, actor.id),
    challenge: Uint8Array.from(challenge),
    timeout: CHALLENGE_MS,
    excludeCredentials: known.map((row) => credentialOf(row)),
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
  });
  return {
    ticket: sealTicket(deps, scope.at, 'make', challenge, actor.id),
    options: JSON.stringify(options),
  };
}

/**
 * Keeps a new passkey, once its answer has shown that the authenticator holds the key. All other sessions end.
 * @param input.token of the session that does it
 */
export async function addPasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: PasskeyAnswer & { readonly label: string; readonly token: string },
): Promise<
  | { readonly ok: true; readonly first: boolean }
  | { readonly ok: false; readonly reason: 'refused' | 'too-many' | 'label-missing' }
> {
  const { actor, library, at } = scope;
  const label = input.label.trim();
  if (label === '' || label.length > PASSKEY_LABEL_MAX) return { ok: false, reason: 'label-missing' };
  if (actor.kind !== 'officer') return { ok: false, reason: 'refused' };
  const challenge = openTicket(deps, at, 'make', input.ticket, actor.id);
  const made = challenge && (await verifyMade(input, challenge, false));
  if (challenge === undefined || made === undefined) return { ok: false, reason: 'refused' };
  return inLibrary(db, library.id, async (tx) => {
    if (!(await spend(tx, deps, scope, challenge))) return { ok: false, reason: 'refused' };
    const known = await rowsOf(tx, actor.id);
    if (known.length >= MOST_PASSKEYS) return { ok: false, reason: 'too-many' };
    const written = await tx
      .insertInto('passkey')
      .values({
        ...made,
        library_id: library.id,
        officer_id: actor.id,
        label,
        created_at: at,
        last_used_at: null,
      })
      .onConflict((conflict) => conflict.columns(['library_id', 'id']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!written) return { ok: false, reason: 'refused' };
    await factorAdded(tx, deps, scope, actor.id, input.token);
    await endOtherSessions(tx, deps, scope, actor.id, input.token);
    await audit(tx, deps, scope, actor.id, 'add_passkey');
    return { ok: true, first: known.length === 0 };
  });
}

/** The officer's own passkeys, oldest first. */
export function listPasskeys(db: Db, scope: Scope): Promise<readonly ListedPasskey[]> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer') return Promise.resolve([]);
  return inLibrary(db, library.id, async (tx) => (await rowsOf(tx, actor.id)).map(listedPasskey));
}

/** @param id as `listPasskeys` gave it */
export function renamePasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly id: string; readonly label: string },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' | 'label-missing' }> {
  const { actor, library } = scope;
  const label = input.label.trim();
  if (label === '' || label.length > PASSKEY_LABEL_MAX)
    return Promise.resolve({ ok: false, reason: 'label-missing' });
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer') return { ok: false, reason: 'not-found' };
    const row = await tx
      .updateTable('passkey')
      .set({ label })
      .where('id', '=', Buffer.from(input.id, 'base64url'))
      .where('officer_id', '=', actor.id)
      .returning('id')
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    await audit(tx, deps, scope, actor.id, 'rename_passkey');
    return { ok: true };
  });
}

/** Takes one of the officer's own passkeys away; what no longer opens anything is not kept. All other sessions end. */
export function removePasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: string,
  token: string,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' }> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer') return { ok: false, reason: 'not-found' };
    const row = await tx
      .deleteFrom('passkey')
      .where('id', '=', Buffer.from(id, 'base64url'))
      .where('officer_id', '=', actor.id)
      .returning('id')
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    await factorsChanged(tx, scope, actor.id);
    await endOtherSessions(tx, deps, scope, actor.id, token);
    await audit(tx, deps, scope, actor.id, 'remove_passkey');
    return { ok: true };
  });
}

/** A challenge for whoever stands at the door: which passkey, and so whose, the authenticator says. */
export async function askForAnyPasskey(deps: Deps, origin: string): Promise<PasskeyTask> {
  const challenge = newChallenge(deps);
  const options = await generateAuthenticationOptions({
    rpID: hostOf(origin),
    challenge: Uint8Array.from(challenge),
    timeout: CHALLENGE_MS,
    userVerification: 'required',
  });
  return {
    ticket: sealTicket(deps, deps.now(), 'sign-in', challenge, null),
    options: JSON.stringify(options),
  };
}

/** A challenge for one officer's own passkeys; undefined where there are none of this host. */
export async function askForOwnPasskey(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  input: {
    readonly officerId: OfficerId;
    readonly purpose: 'second-factor' | 'confirm';
    readonly origin: string;
  },
): Promise<PasskeyTask | undefined> {
  const rpId = hostOf(input.origin);
  const rows = (await inLibrary(db, library.id, (tx) => rowsOf(tx, input.officerId))).filter(
    (row) => row.rp_id === rpId,
  );
  if (rows.length === 0) return undefined;
  const challenge = newChallenge(deps);
  const options = await generateAuthenticationOptions({
    rpID: rpId,
    challenge: Uint8Array.from(challenge),
    timeout: CHALLENGE_MS,
    allowCredentials: rows.map((row) => credentialOf(row)),
    userVerification: input.purpose === 'confirm' ? 'required' : 'preferred',
  });
  return {
    ticket: sealTicket(deps, deps.now(), input.purpose, challenge, input.officerId),
    options: JSON.stringify(options),
  };
}

/** The library whose account an answer at the door names; undefined where it names none. */
export function libraryOfAnswer(answer: string): LibraryId | undefined {
  const handle = parseAnswer(usedSchema, answer)?.response.userHandle;
  return handle === null || handle === undefined ? undefined : readHandle(handle)?.libraryId;
}

/**
 * Checks an answer and spends its challenge.
 * @param input.officerId whose passkey it must be; at the door, where it is null, the answer says whose
 * @returns the officer whose passkey it is
 */
export async function checkPasskey(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: PasskeyAnswer & {
    readonly purpose: 'sign-in' | 'second-factor' | 'confirm';
    readonly officerId: OfficerId | null;
  },
): Promise<OfficerId | undefined> {
  const { library, at } = scope;
  const challenge = openTicket(deps, at, input.purpose, input.ticket, input.officerId);
  const answer = parseAnswer(usedSchema, input.answer);
  if (challenge === undefined || answer === undefined) return undefined;
  const handle = answer.response.userHandle;
  const named = handle ? readHandle(handle) : undefined;
  if (handle && (named === undefined || named.libraryId !== library.id)) return undefined;
  const officerId = input.officerId ?? named?.officerId;
  if (officerId === undefined || (named !== undefined && named.officerId !== officerId)) return undefined;
  const rpId = hostOf(input.origin);
  const id = Buffer.from(answer.id, 'base64url');
  const row = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('passkey')
      .selectAll()
      .where('id', '=', id)
      .where('officer_id', '=', officerId)
      .where('rp_id', '=', rpId)
      .executeTakeFirst(),
  );
  if (!row) return undefined;
  const used = await verifyUsed(answer, challenge, input.origin, row, input.purpose !== 'second-factor');
  if (used === undefined) return undefined;
  return inLibrary(db, library.id, async (tx) => {
    if (!(await spend(tx, deps, scope, challenge))) return undefined;
    await tx
      .updateTable('passkey')
      .set({ ...used, last_used_at: at })
      .where('id', '=', id)
      .execute();
    return officerId;
  });
}

function rowsOf(tx: Tx, officerId: OfficerId) {
  return tx
    .selectFrom('passkey')
    .selectAll()
    .where('officer_id', '=', officerId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Four bytes of the library, sixteen of the officer: no personal value, as the authenticator keeps it in plain. */
function userHandle(libraryId: LibraryId, officerId: OfficerId): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setInt32(0, Number(libraryId));
  bytes.set(Buffer.from(officerId.replaceAll('-', ''), 'hex'), 4);
  return bytes;
}

function readHandle(text: string): { libraryId: LibraryId; officerId: OfficerId } | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 20) return undefined;
  const officerId = bytes.toString('hex', 4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { libraryId: bytes.readInt32BE(0) as LibraryId, officerId: officerId as OfficerId };
}

function audit(tx: Tx, deps: Deps, scope: Scope, officerId: OfficerId, verb: string): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `officer.${verb}`,
    subjectKind: 'officer',
    subjectId: officerId,
  });
}
