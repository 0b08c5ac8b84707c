import type { Db } from '../db/connection.ts';
import type { SessionWay } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

export interface ListedSession {
  /** Names the session in a form; not the secret in the cookie, which the database does not hold. */
  readonly id: string;
  readonly officerId: OfficerId;
  readonly officerName: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** By what it was opened; null: before that was written down. */
  readonly way: SessionWay | null;
  readonly byProvider: boolean;
  readonly current: boolean;
}

/** Open sessions, newest first: an admin sees all, anybody else their own. */
export function listSessions(
  db: Db,
  deps: Deps,
  scope: Scope,
  ownToken: string | null,
): Promise<readonly ListedSession[]> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return Promise.resolve([]);
  const own = ownToken === null ? null : deps.vault.hash(library.id, 'token', ownToken);
  return inLibrary(db, library.id, async (tx) => {
    let query = tx
      .selectFrom('session')
      .innerJoin('officer', (join) =>
        join
          .onRef('officer.library_id', '=', 'session.library_id')
          .onRef('officer.id', '=', 'session.officer_id'),
      )
      .select([
        'session.token_hash',
        'session.officer_id',
        'session.created_at',
        'session.last_seen_at',
        'session.way',
        'session.by_provider',
        'officer.name',
      ])
      .where('session.ended_at', 'is', null)
      .where('session.expires_at', '>', at);
    if (!may(actor.roles, 'officer.manage')) query = query.where('session.officer_id', '=', actor.id);
    const rows = await query.orderBy('session.last_seen_at', 'desc').limit(500).execute();
    return rows.map((row) => ({
      id: row.token_hash.toString('hex'),
      officerId: row.officer_id,
      officerName: row.name,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      way: row.way,
      byProvider: row.by_provider,
      current: own?.equals(row.token_hash) ?? false,
    }));
  });
}

/** Ends a session of one's own, or anybody's for an admin. Ending one that has ended changes nothing. */
export function endListedSession(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: string,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' }> {
  const { actor, library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !/^[0-9a-f]{32}$/.test(id)) return { ok: false, reason: 'not-found' };
    let query = tx
      .updateTable('session')
      .set({ ended_at: at })
      .where('token_hash', '=', Buffer.from(id, 'hex'))
      .where('ended_at', 'is', null);
    if (!may(actor.roles, 'officer.manage')) query = query.where('officer_id', '=', actor.id);
    const row = await query.returning('officer_id').executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    await writeAudit(tx, deps, scope, {
      action: 'session.end',
      subjectKind: 'session',
      subjectId: row.officer_id,
    });
    return { ok: true };
  });
}
