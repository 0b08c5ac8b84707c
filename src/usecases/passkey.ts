import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId, OfficerId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { endOtherSessions } from './end-other-sessions.ts';
import { endFactorDuty, factorsChanged } from './second-factor.ts';

/**
 * Passkeys (WebAuthn Level 3). One that checked who holds it (PIN, finger, face) opens the door alone; after a
 * password its presence is enough. They are bound to the host name they were made for and to one account of one
 * library: the user handle names both, so that the door need not ask for the library.
 */

/** Between a page with a challenge and its answer. */
const CHALLENGE_MS = 10 * 60_000;
const MOST_PASSKEYS = 20;
export const PASSKEY_LABEL_MAX = 60;
/** Challenges of the door belong to no library yet. */
const SITE = 0 as LibraryId;

/** What a challenge was made for: none opens another door. */
type Purpose = 'make' | 'sign-in' | 'second-factor' | 'confirm';

/** For the browser: the options as JSON, and what comes back with the answer. */
export interface PasskeyTask {
  readonly ticket: string;
  readonly options: string;
}

export interface PasskeyAnswer {
  readonly ticket: string;
  /** JSON as the browser's part of the package writes it. */
  readonly answer: string;
  /** Origin that the browser shows. */
  readonly origin: string;
}

export interface ListedPasskey {
  /** base64url of the credential's id. */
  readonly id: string;
  readonly label: string;
  readonly synced: boolean;
  readonly rpId: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(20_000);
const identity = { id: base64url.max(2_000), rawId: base64url.max(2_000), type: z.literal('public-key') };
const madeSchema = z.object({
  ...identity,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
  clientExtensionResults: z.object({}).default({}),
});
const usedSchema = z.object({
  ...identity,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
  clientExtensionResults: z.object({}).default({}),
});

/** A passkey works for a name, not for a number, and only where the browser trusts the connection. */
export function passkeysPossible(origin: string): boolean {
  const { hostname, protocol } = new URL(origin);
  if (/^[\d.]+$|^\[/.test(hostname)) return false;
  return protocol === 'https:' || hostname === 'localhost';
}

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
  const answer = parseAnswer(madeSchema, input.answer);
  if (challenge === undefined || answer === undefined) return { ok: false, reason: 'refused' };
  const rpId = hostOf(input.origin);
  const made = await verifyRegistrationResponse({
    response: answer as RegistrationResponseJSON,
    expectedChallenge: challenge.toString('base64url'),
    expectedOrigin: input.origin,
    expectedRPID: rpId,
    requireUserVerification: false,
  }).catch(() => undefined);
  if (!made?.verified) return { ok: false, reason: 'refused' };
  const { credential, credentialBackedUp } = made.registrationInfo;
  return inLibrary(db, library.id, async (tx) => {
    if (!(await spend(tx, deps, scope, challenge))) return { ok: false, reason: 'refused' };
    const known = await rowsOf(tx, actor.id);
    if (known.length >= MOST_PASSKEYS) return { ok: false, reason: 'too-many' };
    const written = await tx
      .insertInto('passkey')
      .values({
        library_id: library.id,
        id: Buffer.from(credential.id, 'base64url'),
        officer_id: actor.id,
        label,
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: [...(credential.transports ?? [])],
        rp_id: rpId,
        synced: credentialBackedUp,
        created_at: at,
        last_used_at: null,
      })
      .onConflict((conflict) => conflict.columns(['library_id', 'id']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!written) return { ok: false, reason: 'refused' };
    await endFactorDuty(tx, actor.id);
    await endOtherSessions(tx, deps, scope, actor.id, input.token);
    await audit(tx, deps, scope, actor.id, 'add_passkey');
    return { ok: true, first: known.length === 0 };
  });
}

/** The officer's own passkeys, oldest first. */
export function listPasskeys(db: Db, scope: Scope): Promise<readonly ListedPasskey[]> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer') return Promise.resolve([]);
  return inLibrary(db, library.id, async (tx) =>
    (await rowsOf(tx, actor.id)).map((row) => ({
      id: row.id.toString('base64url'),
      label: row.label,
      synced: row.synced,
      rpId: row.rp_id,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
    })),
  );
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
    readonly purpose: Exclude<Purpose, 'make'>;
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
  const used = await verifyAuthenticationResponse({
    response: answer as AuthenticationResponseJSON,
    expectedChallenge: challenge.toString('base64url'),
    expectedOrigin: input.origin,
    expectedRPID: rpId,
    credential: {
      id: answer.id,
      publicKey: Uint8Array.from(row.public_key),
      counter: Number(row.counter),
    },
    requireUserVerification: input.purpose !== 'second-factor',
  }).catch(() => undefined);
  if (!used?.verified) return undefined;
  return inLibrary(db, library.id, async (tx) => {
    if (!(await spend(tx, deps, scope, challenge))) return undefined;
    await tx
      .updateTable('passkey')
      .set({
        counter: used.authenticationInfo.newCounter,
        synced: used.authenticationInfo.credentialBackedUp,
        last_used_at: at,
      })
      .where('id', '=', id)
      .execute();
    return officerId;
  });
}

/** Marks a challenge as answered; false where it was before. What is too old anyhow is forgotten with it. */
export async function spend(tx: Tx, deps: Deps, scope: Scope, challenge: Buffer): Promise<boolean> {
  const { library, at } = scope;
  await tx.deleteFrom('passkey_answer').where('ends_at', '<', at).execute();
  const row = await tx
    .insertInto('passkey_answer')
    .values({
      library_id: library.id,
      challenge_hash: deps.vault.hash(library.id, 'passkey', challenge.toString('hex')),
      ends_at: new Date(at.getTime() + 2 * CHALLENGE_MS),
    })
    .onConflict((conflict) => conflict.columns(['library_id', 'challenge_hash']).doNothing())
    .returning(sql<number>`1`.as('one'))
    .executeTakeFirst();
  return row !== undefined;
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

function credentialOf(row: { readonly id: Buffer; readonly transports: readonly string[] }) {
  return { id: row.id.toString('base64url'), transports: [...row.transports] };
}

function hostOf(origin: string): string {
  return new URL(origin).hostname;
}

function newChallenge(deps: Deps): Buffer {
  return Buffer.from(deps.randomBytes(32));
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

function sealTicket(
  deps: Deps,
  at: Date,
  purpose: Purpose,
  challenge: Buffer,
  officerId: OfficerId | null,
): string {
  const content = JSON.stringify([
    purpose,
    challenge.toString('hex'),
    at.getTime() + CHALLENGE_MS,
    officerId,
  ]);
  return deps.vault.seal(SITE, 'passkey', content).toString('base64url');
}

/** The challenge of a ticket of this purpose and officer; undefined where it is another's, or too old. */
function openTicket(
  deps: Deps,
  at: Date,
  purpose: Purpose,
  ticket: string,
  officerId: OfficerId | null,
): Buffer | undefined {
  try {
    const text = deps.vault.openText(SITE, 'passkey', Buffer.from(ticket, 'base64url'));
    const [made, challenge, ends, whose] = JSON.parse(text) as [Purpose, string, number, OfficerId | null];
    if (made !== purpose || whose !== officerId || ends <= at.getTime()) return undefined;
    return Buffer.from(challenge, 'hex');
  } catch {
    // Not sealed here, or cut off: the same as too old.
    return undefined;
  }
}

function parseAnswer<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function audit(tx: Tx, deps: Deps, scope: Scope, officerId: OfficerId, verb: string): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `officer.${verb}`,
    subjectKind: 'officer',
    subjectId: officerId,
  });
}
