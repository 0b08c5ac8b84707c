import { hash, verify } from '@node-rs/argon2';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../domain/ids.ts';
import type { Role } from '../domain/permissions.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { PASSWORD_HASHING } from './create-library.ts';
import { useCode } from './second-factor.ts';

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
  readonly servicePointId: ServicePointId;
}

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
  input: { readonly username: string; readonly password: string; readonly requestId: string },
): Promise<
  | { ok: true; token: string; officerId: OfficerId }
  | { ok: false; reason: 'wrong-credentials' }
  /** The password is right; `ticket` and a code from the officer's app open the session, see `finishSignIn`. */
  | { ok: false; reason: 'second-factor'; ticket: string }
> {
  const at = deps.now();
  const officer = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('officer')
      .select(['id', 'password_hash', 'active', 'roles', 'totp_secret'])
      .where('username', '=', input.username.trim().toLowerCase())
      .executeTakeFirst(),
  );
  unknownUserHash ??= hash('nobody', PASSWORD_HASHING);
  const right = await verify(officer?.password_hash ?? (await unknownUserHash), input.password);
  if (!officer || !right || !officer.active) {
    await inLibrary(db, library.id, (tx) =>
      writeAudit(tx, deps, systemScope(library, at, input.requestId), {
        action: 'session.refuse',
        subjectKind: 'session',
        subjectId: officer?.id ?? null,
      }),
    );
    return { ok: false, reason: 'wrong-credentials' };
  }
  if (officer.totp_secret !== null) {
    const content = JSON.stringify([officer.id, at.getTime() + TICKET_MS]);
    const ticket = deps.vault.seal(library.id, 'totp', content).toString('base64url');
    return { ok: false, reason: 'second-factor', ticket };
  }
  const token = await inLibrary(db, library.id, (tx) =>
    openSession(tx, deps, library, officer.id, at, input.requestId),
  );
  return { ok: true, token, officerId: officer.id };
}

/**
 * The second step of signing in: a code from the officer's authenticator app, each good for one sign-in.
 * @param input.ticket as `signIn` gave it, good for five minutes
 */
export function finishSignIn(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  input: { readonly ticket: string; readonly code: string; readonly requestId: string },
): Promise<
  { ok: true; token: string; officerId: OfficerId } | { ok: false; reason: 'wrong-code' | 'expired' }
> {
  const at = deps.now();
  const officerId = officerOfTicket(deps, library, input.ticket, at);
  if (officerId === undefined) return Promise.resolve({ ok: false, reason: 'expired' });
  return inLibrary(db, library.id, async (tx) => {
    const officer = await tx
      .selectFrom('officer')
      .select('active')
      .where('id', '=', officerId)
      .executeTakeFirst();
    if (!officer?.active || !(await useCode(tx, deps, library.id, officerId, input.code, at))) {
      await writeAudit(tx, deps, systemScope(library, at, input.requestId), {
        action: 'session.refuse',
        subjectKind: 'session',
        subjectId: officerId,
      });
      return { ok: false, reason: 'wrong-code' };
    }
    const token = await openSession(tx, deps, library, officerId, at, input.requestId);
    return { ok: true, token, officerId };
  });
}

/** Who holds this ticket, for limiting guesses; undefined where it is none, or too old. */
export function officerOfTicket(
  deps: Pick<Deps, 'vault'>,
  library: LibraryContext,
  ticket: string,
  at: Date,
): OfficerId | undefined {
  try {
    const text = deps.vault.openText(library.id, 'totp', Buffer.from(ticket, 'base64url'));
    const [id, expires] = JSON.parse(text) as [OfficerId, number];
    return expires > at.getTime() && expires <= at.getTime() + TICKET_MS ? id : undefined;
  } catch {
    // Not sealed here, or cut off: the same as too old.
    return undefined;
  }
}

/** @returns the session's secret for the cookie; the database keeps its hash */
async function openSession(
  tx: Tx,
  deps: Deps,
  library: LibraryContext,
  officerId: OfficerId,
  at: Date,
  requestId: string,
): Promise<string> {
  const token = Buffer.from(deps.randomBytes(24)).toString('base64url');
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
    })
    .execute();
  await writeAudit(tx, deps, systemScope(library, at, requestId), {
    action: 'session.open',
    subjectKind: 'session',
    subjectId: officerId,
  });
  return token;
}

/** The officer of a session's secret, or undefined where it ended, lapsed or never was. */
export async function findSession(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  token: string,
): Promise<SignedIn | undefined> {
  const at = deps.now();
  const tokenHash = deps.vault.hash(library.id, 'token', token);
  return inLibrary(db, library.id, async (tx) => {
    const row = await tx
      .selectFrom('session')
      .innerJoin('officer', (join) =>
        join
          .onRef('officer.library_id', '=', 'session.library_id')
          .onRef('officer.id', '=', 'session.officer_id'),
      )
      .select([
        'officer.id',
        'officer.username',
        'officer.name',
        'officer.roles',
        'officer.must_change_password',
        'officer.service_point_id',
        'session.last_seen_at',
      ])
      .where('session.token_hash', '=', tokenHash)
      .where('session.ended_at', 'is', null)
      .where('session.expires_at', '>', at)
      .where('session.last_seen_at', '>', new Date(at.getTime() - IDLE_MS))
      .where('officer.active', '=', true)
      .executeTakeFirst();
    if (!row) return undefined;
    if (at.getTime() - row.last_seen_at.getTime() > SEEN_EVERY_MS) {
      await tx.updateTable('session').set({ last_seen_at: at }).where('token_hash', '=', tokenHash).execute();
    }
    const today = plainDateIn(library.settings.profile.timezone, at);
    const delegated = await tx
      .selectFrom('delegation')
      .select('role')
      .where('officer_id', '=', row.id)
      .where('from_day', '<=', today)
      .where('until_day', '>=', today)
      .execute();
    // A service point that was closed serves nobody: its officers work at the first one until they get another.
    const own = library.servicePoints.find((point) => point.id === row.service_point_id);
    const servicePointId = (own ?? library.servicePoints[0])?.id;
    if (servicePointId === undefined) throw new Error('a library has at least one service point');
    return {
      id: row.id,
      username: row.username,
      name: row.name,
      roles: [...new Set([...row.roles, ...delegated.map((delegation) => delegation.role)])],
      mustChangePassword: row.must_change_password,
      servicePointId,
    };
  });
}

/** Ends one session; ending it again changes nothing. */
export async function endSession(db: Db, deps: Deps, scope: Scope, token: string): Promise<void> {
  await inLibrary(db, scope.library.id, async (tx) => {
    await tx
      .updateTable('session')
      .set({ ended_at: scope.at })
      .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
      .where('ended_at', 'is', null)
      .execute();
    await writeAudit(tx, deps, scope, { action: 'session.end', subjectKind: 'session', subjectId: null });
  });
}

/** NIST SP 800-63B: length counts, composition rules do not. */
export const PASSWORD_LENGTH = { min: 12, max: 200 } as const;

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
): Promise<{ ok: true } | { ok: false; reason: 'wrong-password' | 'too-short' | 'too-long' | 'unchanged' }> {
  if (input.next.length < PASSWORD_LENGTH.min) return { ok: false, reason: 'too-short' };
  if (input.next.length > PASSWORD_LENGTH.max) return { ok: false, reason: 'too-long' };
  if (input.next === input.current) return { ok: false, reason: 'unchanged' };
  const { library, at } = scope;
  const officer = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('officer')
      .select('password_hash')
      .where('id', '=', input.officerId)
      .executeTakeFirstOrThrow(),
  );
  if (!(await verify(officer.password_hash, input.current))) return { ok: false, reason: 'wrong-password' };
  const passwordHash = await hash(input.next, PASSWORD_HASHING);
  await inLibrary(db, library.id, async (tx) => {
    await tx
      .updateTable('officer')
      .set({ password_hash: passwordHash, must_change_password: false })
      .where('id', '=', input.officerId)
      .execute();
    await tx
      .updateTable('session')
      .set({ ended_at: at })
      .where('officer_id', '=', input.officerId)
      .where('token_hash', '<>', deps.vault.hash(library.id, 'token', input.token))
      .where('ended_at', 'is', null)
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'officer.change_password',
      subjectKind: 'officer',
      subjectId: input.officerId,
    });
  });
  return { ok: true };
}

/** Whether this is the password of the officer who acts: asked again where a screen left open must not be enough. */
export async function isOwnPassword(db: Db, scope: Scope, password: string): Promise<boolean> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || password === '') return false;
  const officer = await inLibrary(db, library.id, (tx) =>
    tx.selectFrom('officer').select('password_hash').where('id', '=', actor.id).executeTakeFirst(),
  );
  return officer !== undefined && (await verify(officer.password_hash, password));
}

function systemScope(library: LibraryContext, at: Date, requestId: string): Scope {
  return { library, actor: { kind: 'system' }, at, requestId };
}
