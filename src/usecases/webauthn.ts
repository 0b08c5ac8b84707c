/** What passkeys (WebAuthn Level 3) of officers and of members have in common. */
import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  SettingsService,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Tx } from '../db/connection.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';

/**
 * Who made an authenticator is neither asked for nor believed (`attestation: none`). With a root to judge by, the library
 * would fetch lists of revoked certificates from addresses that stand in them: it has none.
 */
for (const identifier of ['android-key', 'android-safetynet', 'apple', 'mds'] as const)
  SettingsService.setRootCertificates({ identifier, certificates: [] });

/** Between a page with a challenge and its answer. */
export const CHALLENGE_MS = 10 * 60_000;
/** Of one person. */
export const MOST_PASSKEYS = 20;
export const PASSKEY_LABEL_MAX = 60;
/** Challenges of the door belong to no library yet. */
const SITE = 0 as LibraryId;

/** What a challenge was made for: none opens another door. */
export type PasskeyPurpose =
  | 'make'
  | 'sign-in'
  | 'second-factor'
  | 'confirm'
  | 'member-make'
  | 'member-sign-in';

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
export const usedSchema = z.object({
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

export function credentialOf(row: { readonly id: Buffer; readonly transports: readonly string[] }) {
  return { id: row.id.toString('base64url'), transports: [...row.transports] };
}

export function hostOf(origin: string): string {
  return new URL(origin).hostname;
}

export function newChallenge(deps: Deps): Buffer {
  return Buffer.from(deps.randomBytes(32));
}

export function sealTicket(
  deps: Deps,
  at: Date,
  purpose: PasskeyPurpose,
  challenge: Buffer,
  whose: string | null,
): string {
  const content = JSON.stringify([purpose, challenge.toString('hex'), at.getTime() + CHALLENGE_MS, whose]);
  return deps.vault.seal(SITE, 'passkey', content).toString('base64url');
}

/** The challenge of a ticket of this purpose and person; undefined where it is another's, or too old. */
export function openTicket(
  deps: Deps,
  at: Date,
  purpose: PasskeyPurpose,
  ticket: string,
  whose: string | null,
): Buffer | undefined {
  try {
    const text = deps.vault.openText(SITE, 'passkey', Buffer.from(ticket, 'base64url'));
    const [made, challenge, ends, owner] = JSON.parse(text) as [
      PasskeyPurpose,
      string,
      number,
      string | null,
    ];
    if (made !== purpose || owner !== whose || ends <= at.getTime()) return undefined;
    return Buffer.from(challenge, 'hex');
  } catch {
    // Not sealed here, or cut off: the same as too old.
    return undefined;
  }
}

export function parseAnswer<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** A kept passkey, whoever holds it. */
interface KeptPasskey {
  readonly id: Buffer;
  readonly label: string;
  readonly synced: boolean;
  readonly rp_id: string;
  readonly public_key: Buffer;
  /** Of members a bigint, which is read as text. */
  readonly counter: number | string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

/**
 * What is kept of a new passkey, whose authenticator has shown that it holds the key; undefined where it has not.
 * @param checksHolder the authenticator must have checked who holds it
 */
export async function verifyMade(
  input: PasskeyAnswer,
  challenge: Buffer,
  checksHolder: boolean,
): Promise<
  | (Pick<KeptPasskey, 'id' | 'public_key' | 'rp_id' | 'synced'> & { counter: number; transports: string[] })
  | undefined
> {
  const answer = parseAnswer(madeSchema, input.answer);
  if (answer === undefined) return undefined;
  const rpId = hostOf(input.origin);
  const made = await verifyRegistrationResponse({
    response: answer as RegistrationResponseJSON,
    expectedChallenge: challenge.toString('base64url'),
    expectedOrigin: input.origin,
    expectedRPID: rpId,
    requireUserVerification: checksHolder,
  }).catch(() => undefined);
  if (!made?.verified) return undefined;
  const { credential, credentialBackedUp } = made.registrationInfo;
  return {
    id: Buffer.from(credential.id, 'base64url'),
    public_key: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: [...(credential.transports ?? [])],
    rp_id: rpId,
    synced: credentialBackedUp,
  };
}

/** What changes of a passkey that was used, where the answer is its own; undefined where it is not. */
export async function verifyUsed(
  answer: z.infer<typeof usedSchema>,
  challenge: Buffer,
  origin: string,
  row: Pick<KeptPasskey, 'public_key' | 'counter' | 'rp_id'>,
  checksHolder: boolean,
): Promise<{ readonly counter: number; readonly synced: boolean } | undefined> {
  const used = await verifyAuthenticationResponse({
    response: answer as AuthenticationResponseJSON,
    expectedChallenge: challenge.toString('base64url'),
    expectedOrigin: origin,
    expectedRPID: row.rp_id,
    credential: { id: answer.id, publicKey: Uint8Array.from(row.public_key), counter: Number(row.counter) },
    requireUserVerification: checksHolder,
  }).catch(() => undefined);
  if (!used?.verified) return undefined;
  const { newCounter, credentialBackedUp } = used.authenticationInfo;
  return { counter: newCounter, synced: credentialBackedUp };
}

export function listedPasskey(row: KeptPasskey): ListedPasskey {
  return {
    id: row.id.toString('base64url'),
    label: row.label,
    synced: row.synced,
    rpId: row.rp_id,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
