import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import { ACTIONS_OF_STATE, APPLICATION_STATES } from '../domain/application.ts';
import type { ApplicationId, ImportId, MemberId } from '../domain/ids.ts';
import { CERTIFICATE_DAYS } from '../domain/moving-code.ts';
import { addMonths } from '../domain/plain-date.ts';
import { WEBHOOK_DAYS } from '../domain/webhook.ts';
import { type AuditEntry, writeAudit } from './audit.ts';
import { DECIDED } from './close-case.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { erasePeople } from './erase-person.ts';
import { abandonImport } from './run-import.ts';

const DAY_MS = 86_400_000;
/** A report of an import can be read this long, and rows to be looked at be decided. */
const IMPORT_DAYS = 90;
/** A session that ended says for so long from where somebody had signed in. */
const SESSION_DAYS = 30;

/** States from which nobody came back: whatever the table of actions lets lapse. */
const LAPSING = APPLICATION_STATES.filter((state) =>
  (ACTIONS_OF_STATE[state] as readonly string[]).includes('lapse'),
);

/** What the library keeps no longer, by kind; in the order in which it goes. */
export const RETENTION_KINDS = [
  'lapsed_cases',
  'drafts',
  'scans',
  'visit_names',
  'priorities',
  'imports',
  'import_rows',
  'photo_links',
  'sessions',
  'phones',
  'webhooks',
  'erased_cases',
  'erased_members',
] as const;
export type RetentionKind = (typeof RETENTION_KINDS)[number];
export type RetentionCounts = Readonly<Record<RetentionKind, number>>;

interface Due {
  readonly id: string;
  /** Whose it is, where the audit row names that instead. */
  readonly subject: string;
}

/** One kind: what is due, and how one batch of it goes. The preview counts by the very words that delete. */
export interface RetentionRule {
  readonly kind: RetentionKind;
  /** `select id, subject`; null where the library's setting keeps these for good. */
  due(scope: Scope): RawBuilder<Due> | null;
  /** Empties a batch; undefined where each goes through a use case of its own. */
  readonly empty?: (tx: Tx, deps: Deps, scope: Scope, batch: readonly Due[]) => Promise<void>;
}

const ago = (scope: Scope, days: number) => new Date(scope.at.getTime() - days * DAY_MS);
const monthsAgo = (scope: Scope, months: number) => addMonths(todayOf(scope), -months);
const startOf = (day: string) => new Date(`${day}T00:00:00Z`);
const idsOf = (batch: readonly Due[]) => batch.map(({ id }) => id);

/** Emptied things leave a row each: which, when and why, never what. */
async function auditAll(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  batch: readonly Due[],
  entry: Pick<AuditEntry, 'action' | 'subjectKind'>,
): Promise<void> {
  const subjects = new Set(batch.map(({ subject }) => subject));
  for (const subjectId of subjects)
    await writeAudit(tx, deps, scope, { ...entry, subjectId, purpose: 'retention' });
}

/**
 * Who was told that it is held stays until somebody decides anew, however long ago the day was on which the request came
 * back to the office's list: retention does not answer for people.
 */
const HELD_CASES = sql`
  select application_id from rights_request where state = 'held' and application_id is not null`;

/** Those who stand for a held membership: asked as a member, merged since or not, or by any case of the family. */
const HELD_MEMBERS = sql`
  select coalesce(held.merged_into, held.id) from member held
    join rights_request on rights_request.member_id = held.id where rights_request.state = 'held'
  union select coalesce(held.merged_into, held.id) from member held
    where held.application_id in (${HELD_CASES})
  union select coalesce(held.merged_into, held.id) from member held
    join application own on own.member_id = held.id where own.id in (${HELD_CASES})`;

export const RETENTION_RULES: readonly RetentionRule[] = [
  {
    kind: 'lapsed_cases',
    due: (scope) => sql`
      select id::text, id::text as subject from application
      where state = any(${LAPSING}::text[]) and held_by is null
        and state_effective_at < ${ago(scope, scope.library.settings.retention.lapseDays)}`,
  },
  {
    kind: 'drafts',
    due: (scope) => sql`select id::text, id::text as subject from draft where expires_at < ${scope.at}`,
    async empty(tx, deps, scope, batch) {
      await tx.deleteFrom('draft').where('id', 'in', idsOf(batch)).execute();
      await auditAll(tx, deps, scope, batch, { action: 'draft.erase', subjectKind: 'application' });
    },
  },
  {
    // Scans go by themselves once they have served; this is the grace that the library gives, and what an earlier setting
    // kept. A guardian's sheet is the proof of consent and stays as long as the person's data.
    kind: 'scans',
    due(scope) {
      const { scanUntil, scanAfterDecision } = scope.library.settings.retention;
      const asVerified = scanUntil === 'verified';
      const before = ago(scope, asVerified || scanAfterDecision === 'delete' ? 0 : scanAfterDecision.days);
      return sql`
        select file.id::text, file.application_id::text as subject from file
        join application on application.library_id = file.library_id and application.id = file.application_id
        where file.kind = 'scan' and file.deleted_at is null
          and ((application.state = any(${[...DECIDED]}::text[])
              and coalesce(application.closed_at, application.state_effective_at) <= ${before})
            -- As scansServed says it.
            or (${asVerified} and application.escalated_at is null and 'see_identity' = any(application.done_acts)
              and ('verify' = any(application.done_acts) or not exists (select from procedure_version
                where procedure_version.library_id = application.library_id
                  and procedure_version.version = application.procedure_version
                  and jsonb_path_exists(definition, '$.steps[*].acts[*] ? (@ == "verify")')))))`;
    },
    async empty(tx, deps, scope, batch) {
      await sql`update file set bytes = null, deleted_at = ${scope.at} where id = any(${idsOf(batch)}::uuid[])`.execute(
        tx,
      );
      await auditAll(tx, deps, scope, batch, { action: 'scan.erase', subjectKind: 'application' });
    },
  },
  {
    // Words of a correction may name somebody; its code stays.
    kind: 'visit_names',
    due: (scope) => sql`
      select id::text, id::text as subject from visit
      where day < ${monthsAgo(scope, scope.library.settings.retention.visitorMonths)}
        and (name is not null or group_phone is not null or void_reason like '%: %')`,
    async empty(tx, deps, scope, batch) {
      await sql`update visit set name = null, group_phone = null, void_reason = split_part(void_reason, ': ', 1)
        where id = any(${idsOf(batch)}::uuid[])`.execute(tx);
      await auditAll(tx, deps, scope, batch, { action: 'visit.erase', subjectKind: 'visit' });
    },
  },
  {
    // "Lansia, disabilitas, ibu hamil" belongs to a ticket of one day. The ticket stays with its case for the clock, and
    // would say it of the person for ever.
    kind: 'priorities',
    due: (scope) => sql`
      select id::text, id::text as subject from queue_ticket
      where day < ${todayOf(scope)} and priority is not null`,
    async empty(tx, deps, scope, batch) {
      await sql`update queue_ticket set priority = null where id = any(${idsOf(batch)}::uuid[])`.execute(tx);
      await auditAll(tx, deps, scope, batch, { action: 'queue.erase', subjectKind: 'queue' });
    },
  },
  {
    // A list that was only tried, or left half-way, also while members were made of it: nobody goes on with it, and it is
    // full of people who are no members.
    kind: 'imports',
    due: (scope) => sql`
      select id::text, id::text as subject from import
      where state in ('uploading', 'mapping', 'reading', 'comparing', 'checked', 'applying')
        and greatest(created_at, beat_at) < ${ago(scope, IMPORT_DAYS)}`,
    async empty(tx, deps, scope, batch) {
      for (const id of idsOf(batch)) await abandonImport(tx, deps, scope, id as ImportId);
    },
  },
  {
    // Whoever was to be looked at has been, and the members are what remains of the rows of an old list.
    kind: 'import_rows',
    due: (scope) => sql`
      select import_row.import_id || ':' || import_row.n as id, import_row.import_id::text as subject
      from import_row join import on import.library_id = import_row.library_id and import.id = import_row.import_id
      where import.state in ('done', 'discarded', 'failed') and import.created_at < ${ago(scope, IMPORT_DAYS)}
        and import_row.content is not null`,
    async empty(tx, deps, scope, batch) {
      await sql`
        update import_row set content = null, candidates = '[]' from unnest(${idsOf(batch)}::text[]) as gone (id)
        where import_id = split_part(gone.id, ':', 1)::uuid and n = split_part(gone.id, ':', 2)::int`.execute(
        tx,
      );
      await auditAll(tx, deps, scope, batch, { action: 'import.erase', subjectKind: 'import' });
    },
  },
  {
    kind: 'photo_links',
    due: (scope) => sql`
      select encode(token_hash, 'hex') as id, application_id::text as subject from photo_link
      where expires_at < ${ago(scope, 1)}`,
    async empty(tx, _deps, _scope, batch) {
      await sql`
        delete from photo_link where token_hash in (
          select decode(id, 'hex') from unnest(${idsOf(batch)}::text[]) as gone (id))`.execute(tx);
    },
  },
  {
    kind: 'sessions',
    due: (scope) => sql`
      select encode(token_hash, 'hex') as id, officer_id::text as subject from session
      where expires_at < ${ago(scope, SESSION_DAYS)}`,
    async empty(tx, _deps, _scope, batch) {
      await sql`
        delete from session where token_hash in (
          select decode(id, 'hex') from unnest(${idsOf(batch)}::text[]) as gone (id))`.execute(tx);
    },
  },
  {
    // As long as it counts for how many phones a card may have; see `card-phones.ts`.
    kind: 'phones',
    due: (scope) => sql`
      select card_id || ':' || encode(key_hash, 'hex') || ':' || kept as id, card_id::text as subject from kta_phone
      where ends_at < ${scope.at} and since < ${ago(scope, CERTIFICATE_DAYS)}`,
    async empty(tx, _deps, scope, batch) {
      await sql`
        delete from kta_phone using unnest(${idsOf(batch)}::text[]) as gone (id)
        where card_id = split_part(gone.id, ':', 1)::uuid and key_hash = decode(split_part(gone.id, ':', 2), 'hex')
          and kept = split_part(gone.id, ':', 3)::boolean and ends_at < ${scope.at}`.execute(tx);
    },
  },
  {
    kind: 'webhooks',
    due: (scope) => sql`
      select id::text, webhook_id::text as subject from webhook_message where at < ${ago(scope, WEBHOOK_DAYS)}`,
    async empty(tx, _deps, _scope, batch) {
      const ids = idsOf(batch);
      await sql`delete from webhook_attempt where message_id = any(${ids}::uuid[])`.execute(tx);
      await sql`delete from webhook_message where id = any(${ids}::uuid[])`.execute(tx);
    },
  },
  {
    kind: 'erased_cases',
    due: (scope) => sql`
      select id::text, id::text as subject from application
      where state in ('rejected', 'cancelled', 'lapsed', 'already_member') and person_key <> ''
        and closed_at < ${startOf(monthsAgo(scope, scope.library.settings.retention.rejectedMonths))}
        and id not in (${HELD_CASES})
        and not exists (select from member where member.id = application.member_id
          and coalesce(member.merged_into, member.id) in (${HELD_MEMBERS}))`,
    async empty(tx, deps, scope, batch) {
      await erasePeople(tx, deps, scope, { cases: idsOf(batch) as ApplicationId[] }, 'retention');
    },
  },
  {
    kind: 'erased_members',
    due(scope) {
      const { endedMemberMonths } = scope.library.settings.retention;
      return endedMemberMonths === null ? null : endedBefore(scope, endedMemberMonths);
    },
    async empty(tx, deps, scope, batch) {
      await erasePeople(tx, deps, scope, { members: idsOf(batch) as MemberId[] }, 'retention');
    },
  },
];

/** Who is merged goes with the member who stands for both. */
function endedBefore(scope: Scope, months: number): RawBuilder<Due> {
  return sql`
    select id::text, id::text as subject from member
    where state = 'ended' and merged_into is null and person_key <> ''
      and state_effective_at < ${startOf(monthsAgo(scope, months))}
      and id not in (${HELD_MEMBERS})`;
}

/**
 * Proposed where the library has set nothing: two years after the end, as lending records are closed and questions of
 * what was owed are settled by then. What binds is the archive's own schedule (jadwal retensi arsip).
 */
export const PROPOSED_MEMBER_MONTHS = 24;

export async function countDue(tx: Tx, scope: Scope, rule: RetentionRule): Promise<number> {
  const due = rule.due(scope);
  return due === null ? 0 : countOf(tx, due);
}

/** How many members the proposal would erase today. */
export function countProposed(tx: Tx, scope: Scope): Promise<number> {
  return countOf(tx, endedBefore(scope, PROPOSED_MEMBER_MONTHS));
}

async function countOf(tx: Tx, due: RawBuilder<Due>): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) as count from (${due}) as due`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

export async function nextDue(tx: Tx, due: RawBuilder<Due>, limit: number): Promise<readonly Due[]> {
  const { rows } = await sql<Due>`select id, subject from (${due}) as due order by id limit ${limit}`.execute(
    tx,
  );
  return rows;
}
