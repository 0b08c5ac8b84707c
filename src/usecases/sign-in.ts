import { hash, verify } from '@node-rs/argon2';
import type { Db, Tx } from '../db/connection.ts';
import type { SessionWay } from '../db/schema.ts';
import { providerOnly } from '../db/sign-on.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, RequestOrigin, Scope } from './context.ts';
import { PASSWORD_HASHING } from './create-library.ts';
import { checkPasskey } from './passkey.ts';
import { looksLikeRecoveryCode } from './recovery-codes.ts';
import { beginFactorDuty, type CodeRefusal, hasFactor, useAnyCode } from './second-factor.ts';
import { openSession, type Proven, systemScope } from './session.ts';
import type { PasskeyAnswer } from './webauthn.ts';

/** Between the password and the code of the second factor. */
const TICKET_MS = 5 * 60_000;

/** The password or passkey is right, and the library wants this officer to come in through the provider of this name. */
type ProviderOnly = { readonly ok: false; readonly reason: 'provider-only'; readonly provider: string };

export type Opened = {
  readonly ok: true;
  readonly token: string;
  readonly officerId: OfficerId;
  readonly username: string;
};

/** A hash of nothing, checked where the name is unknown, so that the time tells nobody which names exist. */
let unknownUserHash: Promise<string> | undefined;

/**
 * Checks a name and password and opens a session.
 * @returns the session's secret for the cookie; the same refusal for a wrong name, a wrong password and a closed account
 */
export async function signIn(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  input: { readonly username: string; readonly password: string } & RequestOrigin,
): Promise<
  | Opened
  | { ok: false; reason: 'wrong-credentials' }
  /** The password is right; `ticket` and a code from the officer's app open the session, see `finishSignIn`. */
  | { ok: false; reason: 'second-factor'; ticket: string }
  | ProviderOnly
> {
  const at = deps.now();
  const officer = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('officer')
      .select(['id', 'username', 'password_hash', 'active', 'roles', 'totp_secret', 'factor_due_at'])
      .where('username', '=', input.username.trim().toLowerCase())
      .executeTakeFirst(),
  );
  unknownUserHash ??= hash('nobody', PASSWORD_HASHING);
  const right = await verify(officer?.password_hash ?? (await unknownUserHash), input.password);
  if (!officer || !right || !officer.active) {
    await inLibrary(db, library.id, (tx) =>
      writeAudit(tx, deps, systemScope(library, at, input), {
        action: 'session.refuse',
        subjectKind: 'session',
        subjectId: officer?.id ?? null,
        purpose: 'password',
      }),
    );
    return { ok: false, reason: 'wrong-credentials' };
  }
  return inLibrary(db, library.id, async (tx) => {
    const only = await refuseOwnDoor(tx, deps, systemScope(library, at, input), officer);
    if (only) return only;
    if (await hasFactor(tx, officer))
      return { ok: false, reason: 'second-factor', ticket: newTicket(deps, library, officer.id, at, false) };
    await beginFactorDuty(tx, library, officer, at);
    const proven = { password: at, factor: null };
    const opening = { at, from: input, way: 'password', byProvider: false, proven } as const;
    const token = await openSession(tx, deps, library, { ...opening, officerId: officer.id });
    return { ok: true, token, officerId: officer.id, username: officer.username };
  });
}

/**
 * The second step of signing in: a code of the officer's app or a recovery code, each good for one sign-in, or one of
 * the officer's passkeys.
 * @param input.ticket as `signIn` gave it, good for five minutes
 */
export async function finishSignIn(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  input: {
    readonly ticket: string;
    readonly proof: { readonly code: string } | PasskeyAnswer;
  } & RequestOrigin,
): Promise<Opened | { ok: false; reason: CodeRefusal } | { ok: false; reason: 'expired' } | ProviderOnly> {
  const at = deps.now();
  const { proof } = input;
  const held = readTicket(deps, library, input.ticket, at);
  if (held === undefined) return { ok: false, reason: 'expired' };
  const { officerId, byProvider } = held;
  const scope = systemScope(library, at, input);
  const byPasskey =
    'code' in proof
      ? undefined
      : await checkPasskey(db, deps, scope, { ...proof, purpose: 'second-factor', officerId });
  return inLibrary(db, library.id, async (tx) => {
    const used =
      'code' in proof
        ? await useAnyCode(tx, deps, library.id, officerId, proof.code, at)
        : byPasskey === officerId
          ? 'right'
          : 'wrong-code';
    const factor =
      'code' in proof ? (looksLikeRecoveryCode(proof.code) ? 'recovery_code' : 'code') : 'passkey';
    // When the person was at the provider the ticket does not say.
    const proven = { password: byProvider ? null : at, factor: at };
    return openFor(tx, deps, library, { officerId, used, at, from: input, factor, byProvider, proven });
  });
}

/**
 * Signs in with a passkey alone: it has checked who holds it, so that it stands for password and second factor.
 * @param input the answer to a challenge of `askForAnyPasskey`
 */
export async function signInWithPasskey(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  input: PasskeyAnswer & RequestOrigin,
): Promise<Opened | { ok: false; reason: CodeRefusal } | ProviderOnly> {
  const at = deps.now();
  const scope = systemScope(library, at, input);
  const officerId = await checkPasskey(db, deps, scope, { ...input, purpose: 'sign-in', officerId: null });
  return inLibrary(db, library.id, (tx) =>
    officerId === undefined
      ? refuse(tx, deps, scope, null, 'passkey', 'wrong-code')
      : openFor(tx, deps, library, {
          officerId,
          used: 'right',
          at,
          from: input,
          factor: 'passkey',
          byProvider: false,
          proven: { password: at, factor: at },
        }),
  );
}

async function openFor(
  tx: Tx,
  deps: Deps,
  library: LibraryContext,
  input: {
    readonly officerId: OfficerId;
    /** What came of the proof. */
    readonly used: 'right' | CodeRefusal;
    readonly at: Date;
    readonly from: RequestOrigin;
    readonly factor: SessionWay;
    readonly byProvider: boolean;
    readonly proven: Proven;
  },
): Promise<Opened | { ok: false; reason: CodeRefusal } | ProviderOnly> {
  const { officerId, used, at, from, factor, byProvider, proven } = input;
  const officer = await tx
    .selectFrom('officer')
    .select(['id', 'active', 'username', 'roles'])
    .where('id', '=', officerId)
    .executeTakeFirst();
  if (!officer?.active || used !== 'right') {
    const reason = used === 'right' ? 'wrong-code' : used;
    return refuse(tx, deps, systemScope(library, at, from), officerId, factor, reason);
  }
  const only = byProvider
    ? undefined
    : await refuseOwnDoor(tx, deps, systemScope(library, at, from), officer);
  if (only) return only;
  const opening = { officerId, at, from, way: factor, byProvider, proven };
  const token = await openSession(tx, deps, library, opening);
  return { ok: true, token, officerId, username: officer.username };
}

/** Where the library lets this officer in through its provider only: says so, to whoever has shown to be the officer. */
async function refuseOwnDoor(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  officer: { readonly id: OfficerId },
): Promise<ProviderOnly | undefined> {
  const provider = await providerOnly(tx, officer.id);
  if (provider === undefined) return undefined;
  await writeAudit(tx, deps, scope, {
    action: 'session.refuse',
    subjectKind: 'session',
    subjectId: officer.id,
    purpose: 'sign_on_only',
  });
  return { ok: false, reason: 'provider-only', provider };
}

async function refuse(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  officerId: OfficerId | null,
  factor: SessionWay,
  reason: CodeRefusal,
): Promise<{ ok: false; reason: CodeRefusal }> {
  await writeAudit(tx, deps, scope, {
    action: 'session.refuse',
    subjectKind: 'session',
    subjectId: officerId,
    purpose: factor,
  });
  return { ok: false, reason };
}

/**
 * For the step between what has been shown and the officer's own second factor; good for five minutes.
 * @param byProvider whether the identity provider showed it, or the password
 */
export function newTicket(
  deps: Pick<Deps, 'vault'>,
  library: LibraryContext,
  officerId: OfficerId,
  at: Date,
  byProvider: boolean,
): string {
  const content = JSON.stringify([officerId, at.getTime() + TICKET_MS, byProvider]);
  return deps.vault.seal(library.id, 'sign_in_ticket', content).toString('base64url');
}

/** Who holds this ticket, for limiting guesses; undefined where it is none, or too old. */
export function officerOfTicket(
  deps: Pick<Deps, 'vault'>,
  library: LibraryContext,
  ticket: string,
  at: Date,
): OfficerId | undefined {
  return readTicket(deps, library, ticket, at)?.officerId;
}

function readTicket(
  deps: Pick<Deps, 'vault'>,
  library: LibraryContext,
  ticket: string,
  at: Date,
): { readonly officerId: OfficerId; readonly byProvider: boolean } | undefined {
  try {
    const text = deps.vault.openText(library.id, 'sign_in_ticket', Buffer.from(ticket, 'base64url'));
    const [officerId, expires, byProvider] = JSON.parse(text) as [OfficerId, number, boolean];
    const inTime = expires > at.getTime() && expires <= at.getTime() + TICKET_MS;
    return inTime ? { officerId, byProvider } : undefined;
  } catch {
    // Not sealed here, or cut off: the same as too old.
    return undefined;
  }
}
