import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, ClientId, MemberId, OfficerId } from '../domain/ids.ts';
import type { Role } from '../domain/permissions.ts';
import { readServiceSettings } from '../domain/service.ts';
import { OWN_WORDS } from './audit.ts';
import { readAuditWords } from './audit-words.ts';
import type { Deps, Scope } from './context.ts';

/** Whose data: a case leads to its membership and the other way round, and both to merged numbers. */
export type ViewSubject =
  | { readonly kind: 'application'; readonly id: ApplicationId }
  | { readonly kind: 'member'; readonly id: MemberId };

const VIEW_ACTIONS = [
  'application.view',
  'member.view',
  'photo.view',
  'scan.view',
  'identity.reveal',
  'member.find_by_number',
  'member.tell_device',
  'member.tell_service',
] as const;
export type ViewAction = (typeof VIEW_ACTIONS)[number];

/** One look at a person's data. Whose name it was stays in the office: the person reads the role. */
export interface ReadView {
  readonly at: Date;
  readonly action: ViewAction;
  /** The officer's roles today; empty where no officer is known. Their names are the setting `roleNames`. */
  readonly roles: readonly Role[];
  /** The service that was told; null where somebody of the library looked. */
  readonly service: string | null;
  /**
   * A code of `office.audit.purposes` or of the setting `revealReasons`, or the officer's own words, digits covered;
   * null where none was asked.
   */
  readonly purpose: string | null;
  /** Names of the numbers that were shown in full; empty for a masked view. */
  readonly fields: readonly string[];
}

/** So many on a page, newest first; a download asks for all. */
const PAGE_OF_VIEWS = 100;

export interface ViewsPage {
  readonly views: readonly ReadView[];
  /** Opaque; asks for those before the last of these. Null where there are none. */
  readonly next: string | null;
}

/**
 * Who read a person's data, when and why, newest first. Asks for no permission: the caller has made sure that the
 * person, or an officer on the person's behalf, reads it.
 */
export async function readViewsOf(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  subject: ViewSubject,
): Promise<readonly ReadView[]> {
  const all = await readViewsPage(db, deps, scope, subject, { size: Number.MAX_SAFE_INTEGER - 1 });
  return all.views;
}

/**
 * The same by pages.
 * @param from `next` of the page before; one that is none of this person's gives an empty page
 */
export function readViewsPage(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  subject: ViewSubject,
  { from = null, size = PAGE_OF_VIEWS }: { readonly from?: string | null; readonly size?: number } = {},
): Promise<ViewsPage> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const ids = await idsOf(tx, subject);
    const found = await tx
      .selectFrom('audit_log')
      .select(['id', 'at', 'action', 'actor_id', 'purpose', 'fields'])
      .where('subject_id', 'in', ids)
      .where('action', 'in', [...VIEW_ACTIONS])
      // A device that was told more than stands on the card.
      .where('actor_kind', 'in', ['officer', 'device'])
      // By the stored moment, which has more digits than ours.
      .$if(from !== null, (query) =>
        query.where(
          sql<boolean>`(at, id) < (select before.at, before.id from audit_log before
            where before.id = ${from}::uuid and before.subject_id::text = any(${ids}::text[]))`,
        ),
      )
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(size + 1)
      .execute();
    const rows = found.slice(0, size);
    const actors = [...new Set(rows.flatMap(({ actor_id }) => (actor_id === null ? [] : [actor_id])))];
    const officers =
      actors.length === 0
        ? []
        : await tx
            .selectFrom('officer')
            .select(['id', 'roles'])
            .where('id', 'in', actors as OfficerId[])
            .execute();
    const services =
      actors.length === 0
        ? []
        : await tx
            .selectFrom('client')
            .select(['id', 'settings'])
            .where('kind', '=', 'oidc')
            .where('id', 'in', actors as ClientId[])
            .execute();
    const titles = new Map<string, string>(
      services.map(({ id, settings }) => [id, readServiceSettings(settings).title]),
    );
    const own = rows.filter(({ purpose }) => purpose === OWN_WORDS).map(({ id }) => id);
    const words = await readAuditWords(tx, deps.vault, scope.library.id, own);
    const roles = new Map<string, readonly Role[]>(officers.map((officer) => [officer.id, officer.roles]));
    const views = rows.map((row) => ({
      at: row.at,
      action: row.action as ViewAction,
      roles: roles.get(row.actor_id ?? '') ?? [],
      service: titles.get(row.actor_id ?? '') ?? null,
      purpose: words.get(row.id) ?? row.purpose,
      fields: row.fields,
    }));
    return { views, next: found.length > size ? (rows.at(-1)?.id ?? null) : null };
  });
}

/** All ids that the log may know the person by. */
async function idsOf(tx: Tx, { kind, id }: ViewSubject): Promise<string[]> {
  const found = await sql<{ id: string }>`
    with person as (
      select ${kind === 'member' ? id : null}::uuid as id
      union select member_id from application where id = ${kind === 'application' ? id : null}::uuid
    ), family as (
      select f.member_id as id from person, member_family(person.id) f where person.id is not null
    )
    select id::text from family
    union select a.id::text from application a join family on a.member_id = family.id
    union select m.application_id::text from member m join family on m.id = family.id
      where m.application_id is not null`.execute(tx);
  return [...new Set<string>([id, ...found.rows.map((row) => row.id)])];
}
