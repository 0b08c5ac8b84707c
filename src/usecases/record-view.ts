import { sql } from 'kysely';
import { type Db, PREPARED } from '../db/connection.ts';
import { gathering } from '../db/gather.ts';
import { jsonRow } from '../db/json-row.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import { type Deps, newId, type Scope } from './context.ts';

/** What an officer, or a device for its own user, looked at. A scan is logged by whoever opens it (`attach-scan`), each time. */
export interface View {
  readonly action: 'application.view' | 'member.view' | 'photo.view' | 'member.tell_device';
  readonly subjectKind: 'application' | 'member';
  readonly subjectId: string;
  /** A code of `office.audit.purposes`; without it the case, or that it is a member, tells. */
  readonly purpose?: 'cross_check' | 'request';
}

/** Looking again within this time is the same look. */
const SAME_LOOK_MS = 10 * 60_000;
/** Looks remembered by a process; the oldest leave first, and the statement finds those as well. */
const MOST_REMEMBERED = 20_000;

/** When somebody last looked at something, by database handle. */
const remembered = new WeakMap<Db, Map<string, number>>();

interface Row {
  readonly libraryId: LibraryId;
  readonly row: Record<string, unknown>;
}

/**
 * The purpose, where the page does not say it, is told by the case itself: whoever has it in hand works at it, everybody else looks it up. Another
 * process may have logged the same look a moment ago; `offset 0` keeps that a question of each row, by an index, in the plan that stays.
 */
const write = gathering<Row, true>(async (db, items) => {
  const [any] = items;
  if (any === undefined) return [];
  await inLibrary(db, any.libraryId, (tx) =>
    sql`${sql.raw(PREPARED)}insert into audit_log (library_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, purpose, request_id)
      select r.library_id, r.id, r.at, r.actor_kind, r.actor_id, r.action, r.subject_kind, r.subject_id,
        case when r.purpose is not null then r.purpose when r.subject_kind = 'member' then 'view_member'
          when exists (select from application a where a.library_id = r.library_id
            and a.id = r.subject_id::uuid and a.held_by = r.actor_id) then 'view_held' else 'view_case' end,
        r.request_id
      from json_populate_recordset(null::audit_log, ${JSON.stringify(items.map((item) => item.row))}::json) r
      where not exists (select from audit_log known where known.library_id = r.library_id
        and known.subject_id = r.subject_id and known.actor_id = r.actor_id and known.action = r.action
        -- Shown beside another person and opened by choice are two looks: only the second counts among many (unusual-looks).
        and (known.purpose is not distinct from 'cross_check') = (r.purpose is not distinct from 'cross_check')
        and known.at > r.at - make_interval(secs => ${SAME_LOOK_MS / 1000}) and known.at <= r.at offset 0)`.execute(
      tx,
    ),
  );
  return items.map(() => true);
});

/**
 * Logs that an officer looked at a person's data: once for each officer, subject and ten minutes. Called after the page
 * was made and waited for by nobody; several looks share a statement.
 * @returns when it is kept; rejects where it could not be kept, and the next look is then logged instead
 */
export async function recordView(db: Db, deps: Deps, scope: Scope, view: View): Promise<void> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer' && actor.kind !== 'device') return;
  const looks = remembered.get(db) ?? new Map<string, number>();
  remembered.set(db, looks);
  const key = keyOf(library.id, actor.id, view);
  const last = looks.get(key);
  // A clock that was set back makes a new look, never none.
  if (last !== undefined && at.getTime() >= last && at.getTime() - last < SAME_LOOK_MS) return;
  looks.delete(key);
  looks.set(key, at.getTime());
  for (const oldest of looks.keys()) {
    if (looks.size <= MOST_REMEMBERED) break;
    looks.delete(oldest);
  }
  const row = jsonRow({
    library_id: library.id,
    id: newId<string>(deps, at),
    at,
    actor_kind: actor.kind,
    actor_id: actor.id,
    action: view.action,
    subject_kind: view.subjectKind,
    subject_id: view.subjectId,
    purpose: view.purpose ?? null,
    request_id: scope.requestId,
  });
  try {
    await write(db, String(library.id), { libraryId: library.id, row });
  } catch (error) {
    looks.delete(key);
    throw error;
  }
}

function keyOf(libraryId: LibraryId, actorId: string, view: View): string {
  return `${libraryId} ${actorId} ${view.action} ${view.subjectId} ${view.purpose ?? ''}`;
}
