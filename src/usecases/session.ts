import { CompiledQuery } from 'kysely';
import { type Db, PREPARED, type Tx } from '../db/connection.ts';
import type { SessionWay } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../domain/ids.ts';
import type { Role } from '../domain/permissions.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, RequestOrigin, Scope } from './context.ts';
import { notingSeen } from './note-seen.ts';

/** A working day: a desk left alone overnight asks for the password again. */
const LIFETIME_MS = 12 * 3_600_000;
const IDLE_MS = 2 * 3_600_000;
/** `last_seen_at` is written at most this often, so that reading a page is not a write. */
const SEEN_EVERY_MS = 60_000;

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

/** When the two halves of a sign-in were shown: password or identity provider, and whatever is asked beside it. */
export interface Proven {
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
  if (begins) await see(db, { libraryId: library.id, key: tokenHash, at });
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

const see = notingSeen<Buffer>('session');

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

/** 192 random bits. */
export function newToken(deps: Deps): string {
  return Buffer.from(deps.randomBytes(24)).toString('base64url');
}

/** For what is written down of somebody who has yet to show, or has just shown, who they are. */
export function systemScope(library: LibraryContext, at: Date, { requestId, network }: RequestOrigin): Scope {
  return { library, actor: { kind: 'system' }, at, requestId, ...(network === undefined ? {} : { network }) };
}
