import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

/**
 * Full numbers that one officer may ask for within an hour, besides those of the people who stand there with their
 * document: more than anybody needs at a counter, and few for whoever collects them (ASVS 2.4.1).
 */
export const NUMBERS_AN_HOUR = 60;
/** People whose data one officer opened within a day, from which on the admin is told: a busy counter serves some 150. */
export const PEOPLE_A_DAY = 300;

const HOUR_MS = 3_600_000;

/**
 * Whether the officer may see one more full number; the first refusal of an hour is written down. One request of an
 * officer after the other: sent at once they count as well.
 */
export async function mayReveal(tx: Tx, deps: Deps, scope: Scope, officerId: OfficerId): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`reveal ${officerId}`}, ${scope.library.id}))`.execute(
    tx,
  );
  const { rows } = await sql<{ shown: number; told: number }>`
    select count(*) filter (where action = 'identity.reveal' and purpose <> 'identity_step')::int as shown,
      count(*) filter (where action = 'identity.limit')::int as told
    from audit_log where actor_id = ${officerId} and at > ${new Date(scope.at.getTime() - HOUR_MS)}
      and action in ('identity.reveal', 'identity.limit')`.execute(tx);
  const { shown = 0, told = 0 } = rows[0] ?? {};
  if (shown < NUMBERS_AN_HOUR) return true;
  if (told === 0)
    await writeAudit(tx, deps, scope, {
      action: 'identity.limit',
      subjectKind: 'officer',
      subjectId: officerId,
    });
  return false;
}

/** What one officer opened within the last day; whom the cross-check put beside somebody, the officer did not choose. */
export interface UnusualLooks {
  readonly officerId: OfficerId;
  readonly name: string;
  /** Different people. */
  readonly people: number;
  readonly numbers: number;
}

/** Officers who looked at more people or numbers within the last day than a counter needs, for whoever reads the log. */
export function unusualLooks(db: Db, scope: Scope): Promise<readonly UnusualLooks[]> {
  const { actor } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'audit.search')) return Promise.resolve([]);
  return inLibrary(db, scope.library.id, async (tx) => {
    const { rows } = await sql<UnusualLooks>`
      select officer.id as "officerId", officer.name, found.people, found.numbers
      from officer cross join lateral (
        select (count(distinct subject_id) filter (where purpose is distinct from 'cross_check'))::int as people,
          count(*) filter (where action = 'identity.reveal' and purpose <> 'identity_step')::int as numbers,
          count(*) filter (where action = 'identity.limit')::int as limits
        from audit_log where audit_log.library_id = officer.library_id and audit_log.actor_id = officer.id
          and at > ${new Date(scope.at.getTime() - 24 * HOUR_MS)}
          and (action like '%.view' or action in ('identity.reveal', 'identity.limit'))
      ) as found
      where found.people >= ${PEOPLE_A_DAY} or found.limits > 0
      order by found.people desc, officer.id`.execute(tx);
    return rows;
  });
}
