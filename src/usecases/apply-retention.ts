import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { ACTIONS_OF_STATE, APPLICATION_STATES } from '../domain/application.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { CERTIFICATE_DAYS } from '../domain/moving-code.ts';
import { addMonths, plainDateIn } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import { DECIDED } from './close-case.ts';
import { type Deps, type LibraryContext, type Scope, todayOf } from './context.ts';
import { ERASED_PERSON } from './erase-person.ts';
import { NO_MATCH_COLUMNS } from './match-columns.ts';
import { forgetToldApart } from './told-apart.ts';

const DAY_MS = 86_400_000;

/** States from which nobody came back: whatever the table of actions lets lapse. */
/** A report of an import can be read this long, and rows to be looked at be decided. */
const IMPORT_DAYS = 90;
const LAPSING = APPLICATION_STATES.filter((state) =>
  (ACTIONS_OF_STATE[state] as readonly string[]).includes('lapse'),
);

/** What one run did, for the log. */
export interface RetentionOutcome {
  readonly lapsed: number;
  readonly erased: number;
}

/**
 * Does what the library's retention settings say (UU 27/2022: no longer than needed): lets cases lapse, deletes
 * unfinished forms, ended sessions and scans, and erases people of cases that came to nothing. Repeating it is harmless.
 */
export async function applyRetention(db: Db, deps: Deps, library: LibraryContext): Promise<RetentionOutcome> {
  const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'retention' };
  const lapsed = await lapseCases(db, deps, scope);
  await inLibrary(db, library.id, (tx) => deleteLeftovers(tx, scope));
  const erased = await inLibrary(db, library.id, (tx) => erasePeople(tx, deps, scope));
  return { lapsed, erased };
}

async function lapseCases(db: Db, deps: Deps, scope: Scope): Promise<number> {
  const before = new Date(scope.at.getTime() - scope.library.settings.retention.lapseDays * DAY_MS);
  const due = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('application')
      .select('id')
      .where('state', 'in', LAPSING)
      .where('state_effective_at', '<', before)
      .where('held_by', 'is', null)
      .limit(1_000)
      .execute(),
  );
  let lapsed = 0;
  for (const { id } of due) {
    const outcome = await changeCase<object, CaseRefusal>(
      db,
      deps,
      scope,
      { applicationId: id, action: 'lapse' },
      async () => ({
        ok: true,
        change: { toState: 'lapsed', events: [{ kind: 'state', reason: 'lapsed' }] },
        result: {},
      }),
    );
    if (outcome.ok) lapsed++;
  }
  return lapsed;
}

async function deleteLeftovers(tx: Tx, scope: Scope): Promise<void> {
  const { at, library } = scope;
  const { retention } = library.settings;
  // "Lansia, disabilitas, ibu hamil" belongs to a ticket of one day. The ticket stays with its case for the clock, and
  // would say it of the person for ever.
  await tx
    .updateTable('queue_ticket')
    .set({ priority: null })
    .where('day', '<', todayOf(scope))
    .where('priority', 'is not', null)
    .execute();
  // Whoever was to be looked at has been, and the members are what remains of the rows of an old list.
  await sql`
    update import_row set content = null, candidates = '[]' from import
    where import.library_id = import_row.library_id and import.id = import_row.import_id
      and import.state in ('done', 'discarded', 'failed') and import.created_at < ${new Date(at.getTime() - IMPORT_DAYS * DAY_MS)}
      and import_row.content is not null`.execute(tx);
  await tx.deleteFrom('draft').where('expires_at', '<', at).execute();
  await tx
    .deleteFrom('photo_link')
    .where('expires_at', '<', new Date(at.getTime() - DAY_MS))
    .execute();
  await tx
    .deleteFrom('session')
    .where('expires_at', '<', new Date(at.getTime() - 30 * DAY_MS))
    .execute();
  // As long as it counts for how many phones a card may have; see `card-phones.ts`.
  const phonesBefore = new Date(at.getTime() - CERTIFICATE_DAYS * DAY_MS);
  await tx.deleteFrom('kta_phone').where('ends_at', '<', at).where('since', '<', phonesBefore).execute();
  // Also where scans go with the decision: those that were kept under an earlier setting. A guardian's sheet is the
  // proof of consent and stays as long as the person's data.
  const scanDays = retention.scanAfterDecision === 'delete' ? 0 : retention.scanAfterDecision.days;
  const before = new Date(at.getTime() - scanDays * DAY_MS);
  await sql`
    update file set bytes = null, deleted_at = ${at} from application
    where file.kind = 'scan' and file.deleted_at is null
      and application.library_id = file.library_id and application.id = file.application_id
      and application.state = any(${[...DECIDED]}::text[])
      and coalesce(application.closed_at, application.state_effective_at) <= ${before}`.execute(tx);
  const visitsBefore = monthsAgo(scope, retention.visitorMonths);
  await tx
    .updateTable('visit')
    .set({ name: null, group_phone: null })
    .where('day', '<', visitsBefore)
    .where(({ eb, or }) => or([eb('name', 'is not', null), eb('group_phone', 'is not', null)]))
    .execute();
}

async function erasePeople(tx: Tx, deps: Deps, scope: Scope): Promise<number> {
  const { at, library } = scope;
  const { retention } = library.settings;
  const cases = await tx
    .updateTable('application')
    .set(ERASED_PERSON)
    .where('state', 'in', ['rejected', 'cancelled', 'lapsed', 'already_member'])
    .where('closed_at', '<', startOf(monthsAgo(scope, retention.rejectedMonths)))
    .where('name', '<>', '')
    .returning('id')
    .execute();
  const members =
    retention.endedMemberMonths === null
      ? []
      : await tx
          .updateTable('member')
          .set({ ...ERASED_PERSON, ...NO_MATCH_COLUMNS })
          .where('state', '=', 'ended')
          // Goes with the member who stands for it.
          .where('merged_into', 'is', null)
          .where('state_effective_at', '<', startOf(monthsAgo(scope, retention.endedMemberMonths)))
          .where('name', '<>', '')
          .returning(['id', 'application_id'])
          .execute();
  const erased = members.map((member) => member.id);
  if (erased.length > 0)
    members.push(
      ...(await tx
        .updateTable('member')
        .set({ ...ERASED_PERSON, ...NO_MATCH_COLUMNS })
        .where('merged_into', 'in', erased)
        .where('name', '<>', '')
        .returning(['id', 'application_id'])
        .execute()),
    );
  const memberCases = members.flatMap((member) =>
    member.application_id === null ? [] : [member.application_id],
  );
  if (memberCases.length > 0) {
    await tx.updateTable('application').set(ERASED_PERSON).where('id', 'in', memberCases).execute();
  }
  const caseIds = [...cases.map((one) => one.id), ...memberCases];
  const memberIds = members.map((member) => member.id);
  if (caseIds.length > 0) {
    await emptyFiles(tx, at, 'application_id', caseIds);
    await emptyWords(tx, caseIds);
  }
  if (memberIds.length > 0) {
    await emptyFiles(tx, at, 'member_id', memberIds);
    await tx.updateTable('import_row').set({ content: null }).where('member_id', 'in', memberIds).execute();
  }
  await forgetToldApart(tx, [...caseIds, ...memberIds]);
  for (const [subjectKind, ids] of [
    ['application', caseIds],
    ['member', memberIds],
  ] as const) {
    for (const subjectId of ids)
      await writeAudit(tx, deps, scope, {
        action: `${subjectKind}.erase`,
        subjectKind,
        subjectId,
        purpose: 'retention',
      });
  }
  return caseIds.length + memberIds.length;
}

/** What officers wrote to or about the person in their own words: the codes of the reasons stay for the figures. */
async function emptyWords(tx: Tx, caseIds: readonly ApplicationId[]): Promise<void> {
  await tx.updateTable('application').set({ decision_note: null }).where('id', 'in', caseIds).execute();
  await tx.updateTable('correction').set({ message: null }).where('application_id', 'in', caseIds).execute();
}

async function emptyFiles(
  tx: Tx,
  at: Date,
  owner: 'application_id' | 'member_id',
  ids: readonly string[],
): Promise<void> {
  await tx
    .updateTable('file')
    .set({ bytes: null, deleted_at: at })
    .where(owner, 'in', ids as never)
    .where('deleted_at', 'is', null)
    .execute();
}

function monthsAgo(scope: Scope, months: number) {
  return addMonths(plainDateIn(scope.library.settings.profile.timezone, scope.at), -months);
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}
