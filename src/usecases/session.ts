import { hash, verify } from '@node-rs/argon2';
import { CompiledQuery } from 'kysely';
import { type Db, PREPARED, type Tx } from '../db/connection.ts';
import type { SessionWay } from '../db/schema.ts';
import { providerOnly } from '../db/sign-on.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../domain/ids.ts';
import { type PasswordProblem, passwordProblem } from '../domain/password-rules.ts';
import type { Role } from '../domain/permissions.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import { commonPasswords } from './common-passwords.ts';
import type { Deps, LibraryContext, RequestOrigin, Scope } from './context.ts';
import { PASSWORD_HASHING } from './create-library.ts';
import { endOtherSessions } from './end-other-sessions.ts';
import { checkPasskey } from './passkey.ts';
import { looksLikeRecoveryCode } from './recovery-codes.ts';
import { beginFactorDuty, hasFactor, useAnyCode } from './second-factor.ts';
import type { PasskeyAnswer } from './webauthn.ts';

/** A working day: a desk left alone overnight asks for the password again. */
const LIFETIME_MS = 12 * 3_600_000;
const IDLE_MS = 2 * 3_600_000;
/** `last_seen_at` is written at most this often, so that reading a page is not a write. */
const SEEN_EVERY_MS = 60_000;
/** Between the password and the code of the second factor. */
const TICKET_MS = 5 * 60_000;

export interface SignedIn {
  readonly id: OfficerId;
  readonly username: string;
  readonly name: string;
  /** Own roles and those of a delegation in force today (Plh./Plt.). */
  readonly roles: readonly Role[];
  readonly mustChangePassword: boolean;
  /** The library asks for a second factor, and the time to set one up is over. */
  readonly mustSetFactor: boolean;
  /** Until then the account works without the second factor that the library asks for; null where none is asked. */
  readonly factorDueAt: Date | null;
  /** When password, code or passkey were last given in this session. */
  readonly confirmedAt: Date | null;
  /** The government's identity provider had said who it is. */
  readonly byProvider: boolean;
  /** Until the session ends if nobody works, or because it is as long as one may be; rounded up. */
  readonly secondsLeft: number;
  /** Tells this session from others in the browser, also after its secret was changed; no secret itself. */
  readonly mark: string;
  readonly servicePointId: ServicePointId;
}

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
): Promise<Opened | { ok: false; reason: 'wrong-code' } | { ok: false; reason: 'expired' } | ProviderOnly> {
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
    const right =
      'code' in proof
        ? await useAnyCode(tx, deps, library.id, officerId, proof.code, at)
        : byPasskey === officerId;
    const factor =
      'code' in proof ? (looksLikeRecoveryCode(proof.code) ? 'recovery_code' : 'code') : 'passkey';
    // When the person was at the provider the ticket does not say.
    const proven = { password: byProvider ? null : at, factor: at };
    return openFor(tx, deps, library, { officerId, right, at, from: input, factor, byProvider, proven });
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
): Promise<Opened | { ok: false; reason: 'wrong-code' } | ProviderOnly> {
  const at = deps.now();
  const scope = systemScope(library, at, input);
  const officerId = await checkPasskey(db, deps, scope, { ...input, purpose: 'sign-in', officerId: null });
  return inLibrary(db, library.id, (tx) =>
    officerId === undefined
      ? refuse(tx, deps, scope, null, 'passkey')
      : openFor(tx, deps, library, {
          officerId,
          right: true,
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
    readonly right: boolean;
    readonly at: Date;
    readonly from: RequestOrigin;
    readonly factor: SessionWay;
    readonly byProvider: boolean;
    readonly proven: Proven;
  },
): Promise<Opened | { ok: false; reason: 'wrong-code' } | ProviderOnly> {
  const { officerId, at, from, factor, byProvider, proven } = input;
  const officer = await tx
    .selectFrom('officer')
    .select(['id', 'active', 'username', 'roles'])
    .where('id', '=', officerId)
    .executeTakeFirst();
  if (!officer?.active || !input.right)
    return refuse(tx, deps, systemScope(library, at, from), officerId, factor);
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
): Promise<{ ok: false; reason: 'wrong-code' }> {
  await writeAudit(tx, deps, scope, {
    action: 'session.refuse',
    subjectKind: 'session',
    subjectId: officerId,
    purpose: factor,
  });
  return { ok: false, reason: 'wrong-code' };
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

/** When the two halves of a sign-in were shown: password or identity provider, and whatever is asked beside it. */
interface Proven {
  readonly password: Date | null;
  readonly factor: Date | null;
}

/** @returns the session's secret for the cookie; the database keeps its hash */
export async function openSession(
  tx: Tx,
  deps: Deps,
  library: LibraryContext,
  opening: {
    readonly officerId: OfficerId;
    readonly at: Date;
    readonly from: RequestOrigin;
    readonly way: SessionWay;
    readonly byProvider: boolean;
    readonly proven: Proven;
    /** Where it was not just now: at the provider, this morning. */
    readonly confirmedAt?: Date;
  },
): Promise<string> {
  const { officerId, at, way, byProvider } = opening;
  const token = newToken(deps);
  await tx
    .insertInto('session')
    .values({
      library_id: library.id,
      token_hash: deps.vault.hash(library.id, 'token', token),
      officer_id: officerId,
      created_at: at,
      last_seen_at: at,
      expires_at: new Date(at.getTime() + LIFETIME_MS),
      ended_at: null,
      confirmed_at: opening.confirmedAt ?? at,
      password_proven_at: opening.proven.password,
      factor_proven_at: opening.proven.factor,
      way,
      by_provider: byProvider,
    })
    .execute();
  await writeAudit(tx, deps, systemScope(library, at, opening.from), {
    action: 'session.open',
    subjectKind: 'session',
    subjectId: officerId,
    purpose: way,
  });
  return token;
}

/**
 * The officer of a session's secret, or undefined where it ended, lapsed or never was.
 * @param isWork whether a person asks: a page that looks again by itself must not put off the end of the session
 */
export async function findSession(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  token: string,
  isWork = true,
): Promise<SignedIn | undefined> {
  const at = deps.now();
  const tokenHash = deps.vault.hash(library.id, 'token', token);
  const { rows } = await db.executeQuery<SessionRow>(
    CompiledQuery.raw(SESSION_NOW, [
      String(library.id),
      tokenHash,
      at,
      new Date(at.getTime() - IDLE_MS),
      plainDateIn(library.settings.profile.timezone, at),
    ]),
  );
  const [row] = rows;
  if (!row) return undefined;
  const begins = isWork && at.getTime() - row.last_seen_at.getTime() > SEEN_EVERY_MS;
  const seenAt = begins ? at.getTime() : row.last_seen_at.getTime();
  if (begins)
    await inLibrary(db, library.id, (tx) =>
      tx.updateTable('session').set({ last_seen_at: at }).where('token_hash', '=', tokenHash).execute(),
    );
  // A service point that was closed serves nobody: its officers work at the first one until they get another.
  const own = library.servicePoints.find((point) => point.id === row.service_point_id);
  const servicePointId = (own ?? library.servicePoints[0])?.id;
  if (servicePointId === undefined) throw new Error('a library has at least one service point');
  // The provider has asked for a second factor, and the library lets that count.
  const factorDueAt = row.way === 'sign_on_factor' ? null : row.factor_due_at;
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    roles: [...new Set([...row.roles, ...row.delegated])],
    // The first password is changed by whoever comes in with it.
    mustChangePassword: row.must_change_password && !row.by_provider,
    mustSetFactor: factorDueAt !== null && factorDueAt <= at,
    factorDueAt,
    confirmedAt: row.confirmed_at,
    byProvider: row.by_provider,
    secondsLeft: Math.ceil((Math.min(row.expires_at.getTime(), seenAt + IDLE_MS) - at.getTime()) / 1000),
    mark: markOf(deps, library, row),
    servicePointId,
  };
}

/** Of what stays while the session lasts: `confirmSession` gives it a new secret. */
function markOf(deps: Deps, library: LibraryContext, { id, expires_at }: SessionRow): string {
  const hashed = deps.vault.hash(library.id, 'token', `session-mark ${id} ${expires_at.getTime()}`);
  return hashed.toString('hex').slice(0, 16);
}

interface SessionRow {
  readonly id: OfficerId;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly delegated: readonly Role[];
  readonly must_change_password: boolean;
  readonly service_point_id: ServicePointId | null;
  readonly factor_due_at: Date | null;
  readonly last_seen_at: Date;
  readonly confirmed_at: Date | null;
  readonly way: SessionWay | null;
  readonly by_provider: boolean;
  readonly expires_at: Date;
}

/** Asked at every page: one statement, one step of an index each. `limit 1` as in `CARD_NOW`. */
const SESSION_NOW = `${PREPARED} with scope as materialized (
  select set_config('app.library_id', $1::text, true)::int as library_id
)
select officer.*, session.last_seen_at, session.confirmed_at, session.expires_at, session.way, session.by_provider, array(
  select role::text from delegation
  where library_id = scope.library_id and officer_id = officer.id and from_day <= $5::date and until_day >= $5::date
) as delegated
from scope cross join lateral (
  select officer_id, last_seen_at, confirmed_at, expires_at, way, by_provider from session
  where library_id = scope.library_id and token_hash = $2::bytea and ended_at is null
    and expires_at > $3::timestamptz and last_seen_at > $4::timestamptz limit 1
) session
cross join lateral (
  select id, username, name, roles::text[] as roles, must_change_password, service_point_id, factor_due_at from officer
  where library_id = scope.library_id and id = session.officer_id and active limit 1
) officer`;

/** Ends one session; ending it again changes nothing. */
export async function endSession(db: Db, deps: Deps, scope: Scope, token: string): Promise<void> {
  await inLibrary(db, scope.library.id, async (tx) => {
    const ended = await tx
      .updateTable('session')
      .set({ ended_at: scope.at })
      .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
      .where('ended_at', 'is', null)
      .returning('officer_id')
      .executeTakeFirst();
    if (!ended) return;
    await writeAudit(tx, deps, scope, { action: 'session.end', subjectKind: 'session', subjectId: null });
  });
}

/** Sets a password of the officer's own and ends all other sessions. */
export async function changePassword(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly officerId: OfficerId;
    readonly current: string;
    readonly next: string;
    readonly token: string;
  },
): Promise<{ ok: true } | { ok: false; reason: 'wrong-password' | 'unchanged' | PasswordProblem }> {
  if (input.next === input.current) return { ok: false, reason: 'unchanged' };
  const { library } = scope;
  const officer = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('officer')
      .select(['password_hash', 'username', 'name'])
      .where('id', '=', input.officerId)
      .executeTakeFirstOrThrow(),
  );
  const { profile } = library.settings;
  const common = await commonPasswords();
  const problem = passwordProblem(
    input.next,
    [library.slug, profile.name, profile.shortName, profile.city, officer.username, officer.name],
    (word) => common.has(word),
  );
  if (problem !== undefined) return { ok: false, reason: problem };
  if (!(await verify(officer.password_hash, input.current))) return { ok: false, reason: 'wrong-password' };
  const passwordHash = await hash(input.next, PASSWORD_HASHING);
  await inLibrary(db, library.id, async (tx) => {
    await tx
      .updateTable('officer')
      .set({ password_hash: passwordHash, must_change_password: false })
      .where('id', '=', input.officerId)
      .execute();
    await endOtherSessions(tx, deps, scope, input.officerId, input.token);
    await writeAudit(tx, deps, scope, {
      action: 'officer.change_password',
      subjectKind: 'officer',
      subjectId: input.officerId,
    });
  });
  return { ok: true };
}

/** 192 random bits. */
export function newToken(deps: Deps): string {
  return Buffer.from(deps.randomBytes(24)).toString('base64url');
}

function systemScope(library: LibraryContext, at: Date, { requestId, network }: RequestOrigin): Scope {
  return { library, actor: { kind: 'system' }, at, requestId, ...(network === undefined ? {} : { network }) };
}
