import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { AuditActorKind, Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { type MemberNumber, type OfficerId, uuidV7 } from '../domain/ids.ts';
import { instantOf } from '../domain/opening-hours.ts';
import { may } from '../domain/permissions.ts';
import { addDays, type PlainDate } from '../domain/plain-date.ts';
import { normaliseTicketCode } from '../domain/ticket-code.ts';
import { coverDigits, OWN_WORDS } from './audit.ts';
import { readAuditWords } from './audit-words.ts';
import type { Deps, Scope } from './context.ts';

export const AUDIT_ROWS_PER_PAGE = 50;
/** A download is for a spreadsheet; beyond this it is asked by period. */
export const MOST_AUDIT_ROWS = 20_000;

export interface AuditFilter {
  /** Both days included. */
  readonly from: PlainDate | null;
  readonly until: PlainDate | null;
  readonly actorId: OfficerId | null;
  /** `member`, or `member.renew`. */
  readonly action: string | null;
  /** An id, whole: of a case, a member, a setting; or a member's number or a ticket's code, for all about that person. */
  readonly subjectId: string | null;
}

/**
 * Ids, names of fields and purposes: the log never holds a value. Officers' own words are read from beside it, digits
 * covered; `OWN_WORDS` stands for those that went with the person's data.
 */
export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actorKind: AuditActorKind;
  readonly actorName: string | null;
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string | null;
  readonly fields: readonly string[];
  readonly purpose: string | null;
  /** Of a session: eight signs that are the same for the same network, and tell nothing else of it. */
  readonly network: string | null;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  readonly next: string | null;
  readonly officers: readonly { readonly id: OfficerId; readonly name: string }[];
}

/** Reads the audit log, newest first. */
export function searchAudit(
  db: Db,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  input: { readonly filter: AuditFilter; readonly after: string | null; readonly limit?: number },
): Promise<
  { readonly ok: true; readonly page: AuditPage } | { readonly ok: false; readonly reason: 'not-allowed' }
> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'audit.search'))
      return { ok: false, reason: 'not-allowed' };
    const limit = input.limit ?? AUDIT_ROWS_PER_PAGE;
    const zone = library.settings.profile.timezone;
    const { from, until, actorId, action, subjectId } = input.filter;
    let query = tx.selectFrom('audit_log').selectAll();
    if (input.after !== null) query = query.where('id', '<', input.after);
    if (from !== null) {
      const start = instantOf(from, 0, zone);
      query = query.where('at', '>=', new Date(start)).where('id', '>=', idAt(start - ID_SLACK_MS));
    }
    if (until !== null) {
      const end = instantOf(addDays(until, 1), 0, zone);
      query = query.where('at', '<', new Date(end)).where('id', '<', idAt(end + ID_SLACK_MS));
    }
    if (actorId !== null) query = query.where('actor_id', '=', actorId);
    if (subjectId !== null) query = query.where('subject_id', 'in', await subjectsOf(tx, subjectId));
    if (action !== null)
      query = action.includes('.')
        ? query.where('action', '=', action)
        : query.where(sql<boolean>`starts_with(action, ${`${action}.`})`);
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const officers = await tx.selectFrom('officer').select(['id', 'name']).orderBy('name').execute();
    const clients = await tx.selectFrom('client').select(['id', 'name']).execute();
    const names = new Map<string, string>([...officers, ...clients].map(({ id, name }) => [id, name]));
    const shown = rows.slice(0, limit);
    const purposes = await purposesOf(tx, deps, scope, shown);
    return {
      ok: true,
      page: {
        rows: shown.map((row) => ({
          id: row.id,
          at: row.at,
          actorKind: row.actor_kind,
          actorName: row.actor_id === null ? null : (names.get(row.actor_id) ?? null),
          action: row.action,
          subjectKind: row.subject_kind,
          subjectId: row.subject_id,
          fields: row.fields,
          purpose: purposes(row),
          network: row.action.startsWith('session.')
            ? (row.digest?.toString('hex').slice(0, 8) ?? null)
            : null,
        })),
        next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
        officers,
      },
    };
  });
}

/** Words of before step 23 stand in the sealed log itself; of somebody whose data are gone they are shown no more. */
async function purposesOf(
  tx: Tx,
  { vault }: Pick<Deps, 'vault'>,
  { library }: Scope,
  rows: readonly Logged[],
): Promise<(row: Logged) => string | null> {
  const codes = new Set(library.settings.revealReasons.map(({ code }) => code));
  const isOld = ({ action, purpose, subject_id }: Logged) =>
    action === 'identity.reveal' && purpose !== null && subject_id !== null && !codes.has(purpose);
  const old = [...new Set(rows.filter(isOld).flatMap((row) => row.subject_id ?? []))];
  const erased = await sql<{ subject: string }>`
    select subject::text from erasure_list where subject::text = any(${old}::text[])`.execute(tx);
  const gone = new Set(erased.rows.map(({ subject }) => subject));
  const own = rows.filter(({ purpose }) => purpose === OWN_WORDS).map(({ id }) => id);
  const words = await readAuditWords(tx, vault, library.id, own);
  return (row) => {
    if (row.purpose === null) return null;
    if (isOld(row) && gone.has(row.subject_id ?? '')) return OWN_WORDS;
    return coverDigits(words.get(row.id) ?? row.purpose);
  };
}

type Logged = Pick<Selectable<Database['audit_log']>, 'id' | 'action' | 'purpose' | 'subject_id'>;

/** A number that a person can read out leads to the ids that the log knows the person by: the case and the membership. */
async function subjectsOf(tx: Tx, typed: string): Promise<string[]> {
  const members = await tx
    .selectFrom('member')
    .select(['id', 'application_id as other'])
    .where('number', '=', typed.toUpperCase() as MemberNumber)
    .execute();
  const cases = await tx
    .selectFrom('application')
    .select(['id', 'member_id as other'])
    .where('ticket_code', '=', normaliseTicketCode(typed))
    .execute();
  const known = [...members, ...cases].flatMap(({ id, other }) => (other === null ? [id] : [id, other]));
  const family = await sql<{ id: string }>`select member_id as id from unnest(${known}::uuid[]) as known (id),
    member_family(known.id)`.execute(tx);
  return [typed, ...new Set<string>([...known, ...family.rows.map(({ id }) => id)])];
}

/** Identifiers rise with the time: their key finds a period without an index of its own, which every registration would pay. */
const ID_SLACK_MS = 60_000;

function idAt(milliseconds: number): string {
  return uuidV7(new Date(milliseconds), new Uint8Array(10));
}
