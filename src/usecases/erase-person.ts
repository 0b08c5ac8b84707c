import { type RawBuilder, sql, type Updateable } from 'kysely';
import { lockApplication } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import type { DecidedMentions } from '../db/restore-erasures.ts';
import type { ErasureCause, PersonColumns } from '../db/schema.ts';
import { isOpenState } from '../domain/application.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import { procedureOf } from './change-case.ts';
import { lockMember } from './change-member.ts';
import { closingPatch, followState } from './close-case.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf } from './context.ts';
import { forgetDrafts, forgetTraces } from './erase-traces.ts';
import { forgetImportRows } from './forget-import-rows.ts';
import { forgetNamed, type Mention, mentionsOf, type NamedReport } from './forget-named.ts';
import { rememberErased } from './import-erased.ts';
import { NO_MATCH_COLUMNS } from './match-columns.ts';
import { revokeCards } from './replace-card.ts';
import { forgetTextsTo } from './sms-sent.ts';
import { writeMemberEvent } from './write-member-event.ts';

/**
 * What a case or member keeps of a person after erasure: nothing that names them, and what the figures count by.
 * The person's key is destroyed, so that every revision of theirs can never be read again.
 */
export const ERASED_PERSON = {
  name: '',
  name_key: '',
  former_name_keys: [] as string[],
  birth_place: null,
  birth_date: null,
  document_type: null,
  document_number: null,
  document_hash: null,
  nik: null,
  nik_hash: null,
  kk: null,
  kk_hash: null,
  no_document_reason: null,
  address_line: null,
  address_rt: null,
  address_rw: null,
  // The figures count by the district in the events; a village with an age and an occupation may be one person.
  address_village: null,
  present_line: null,
  present_rt: null,
  present_rw: null,
  present_village: null,
  phone: null,
  email: null,
  institution: null,
  guardian_name: null,
  guardian_relation: null,
  guardian_phone: null,
  photo_id: null,
  person_key: Buffer.alloc(0),
} satisfies Partial<Updateable<PersonColumns>>;

/** Written where a card, a membership or a case ended because the person's data went. */
export const ERASED = 'erased';

/** Whose data go: memberships with all their cases and those merged into them, or cases alone. */
export type ErasedSubjects =
  | { readonly members: readonly MemberId[] }
  | { readonly cases: readonly ApplicationId[] };

export interface Erased {
  readonly members: readonly MemberId[];
  readonly cases: readonly ApplicationId[];
}

/**
 * Texts that an officer has to look at before these are erased, see `forget-named.ts`.
 * @param purpose `read` for a page, which locks nobody out
 */
export async function mentionsOfSubjects(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  subjects: ErasedSubjects,
  purpose: 'read' | 'change',
): Promise<readonly Mention[]> {
  return mentionsOf(tx, deps, scope, await livingOf(tx, subjects, purpose), purpose);
}

async function livingOf(tx: Tx, subjects: ErasedSubjects, purpose: 'read' | 'change'): Promise<Erased> {
  const lock = purpose === 'change' ? sql`for update` : sql``;
  const members = 'members' in subjects ? await livingFamilies(tx, subjects.members, lock) : [];
  const cases =
    'members' in subjects ? await casesOf(tx, members, lock) : await livingCases(tx, subjects.cases, lock);
  return { members, cases };
}

/**
 * Erases people (UU 27/2022 Ps. 8, 43): the one way, for retention, a request, and after a restore. What runs is ended
 * first and counted; the rows stay for the figures. Everyone erased stands in `erasure_list`, so that a backup which
 * still holds them is cleaned after a restore. Whoever is erased already is left as they are.
 */
export async function erasePeople(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  subjects: ErasedSubjects,
  cause: ErasureCause,
  decided?: DecidedMentions,
): Promise<Erased & { readonly named: NamedReport | null }> {
  const { members, cases } = await livingOf(tx, subjects, 'change');
  if (members.length + cases.length === 0) return { members, cases, named: null };
  for (const id of cases) await endCase(tx, deps, scope, id);
  for (const id of members) await endMembership(tx, deps, scope, id);
  if (cause !== 'retention') await forgetDrafts(tx, deps, scope, { members, cases });
  await rememberErased(tx, deps, scope, { members, cases });
  await forgetImportRows(tx, deps, scope, { members, cases });
  await forgetTextsTo(tx, deps, scope, { members, cases });
  const named = await forgetNamed(tx, deps, scope, { members, cases }, decided);
  const people = [
    ...members.map((subject) => ({ subject, subject_kind: 'member' as const })),
    ...cases.map((subject) => ({ subject, subject_kind: 'application' as const })),
  ];
  const mentions = decided && decided.taken.length + decided.left.length > 0 ? JSON.stringify(decided) : null;
  await tx
    .insertInto('erasure_list')
    .values(people.map((row) => ({ library_id: scope.library.id, at: scope.at, cause, mentions, ...row })))
    .onConflict((conflict) => conflict.columns(['library_id', 'subject']).doNothing())
    .execute();
  if (members.length > 0)
    await tx
      .updateTable('member')
      .set({
        ...ERASED_PERSON,
        ...NO_MATCH_COLUMNS,
        // An old number names the person wherever it is written, and may be the NIK itself.
        number: sql<string>`'dihapus-' || right(id::text, 12)`,
      })
      .where('id', 'in', members)
      .execute();
  if (cases.length > 0)
    await tx
      .updateTable('application')
      .set({ ...ERASED_PERSON, decision_note: null, decision_note_plain: null, escalation_reason: null })
      .where('id', 'in', cases)
      .execute();
  await forgetTraces(tx, scope.at, { members, cases });
  for (const { subject, subject_kind } of people)
    await writeAudit(tx, deps, scope, {
      action: `${subject_kind}.erase`,
      subjectKind: subject_kind,
      subjectId: subject,
      purpose: cause,
      fields: tablesChanged(named),
    });
  return { members, cases, named };
}

/** Where a name was taken out of records about other things; how often is in the answer alone. */
function tablesChanged(named: NamedReport): string[] {
  return Object.entries(named).flatMap(([table, { changed }]) => (changed > 0 ? [table] : []));
}

/** With those merged into them, or who stands for them. */
async function livingFamilies(
  tx: Tx,
  ids: readonly MemberId[],
  lock: RawBuilder<unknown>,
): Promise<MemberId[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: MemberId }>`
    select id from member where person_key <> '' and id in (
      select family.member_id from unnest(${[...ids]}::uuid[]) as given (id), member_family(given.id) as family
    ) order by id ${lock}`.execute(tx);
  return rows.map(({ id }) => id);
}

/** The one it came from and every later one that was found to be theirs. */
async function casesOf(
  tx: Tx,
  members: readonly MemberId[],
  lock: RawBuilder<unknown>,
): Promise<ApplicationId[]> {
  if (members.length === 0) return [];
  const { rows } = await sql<{ id: ApplicationId }>`
    select id from application where person_key <> '' and (
      member_id = any(${[...members]}::uuid[])
      or id in (select application_id from member where id = any(${[...members]}::uuid[]))
    ) order by id ${lock}`.execute(tx);
  return rows.map(({ id }) => id);
}

async function livingCases(
  tx: Tx,
  ids: readonly ApplicationId[],
  lock: RawBuilder<unknown>,
): Promise<ApplicationId[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: ApplicationId }>`
    select id from application where person_key <> '' and id = any(${[...ids]}::uuid[]) order by id ${lock}`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

/** A case that still runs ends: as approved where it was, else as taken back. */
async function endCase(tx: Tx, deps: Deps, scope: Scope, id: ApplicationId): Promise<void> {
  const row = await lockApplication(tx, id);
  if (!row || !(isOpenState(row.state) || row.state === 'approved')) return;
  const toState = row.state === 'approved' ? 'completed' : 'cancelled';
  await tx
    .updateTable('application')
    .set({
      state: toState,
      state_effective_at: scope.at,
      version: row.version + 1,
      ...(toState === 'cancelled' ? { decision_reason: ERASED } : {}),
      ...closingPatch(scope, toState),
    })
    .where('id', '=', id)
    .execute();
  await tx
    .insertInto('application_event')
    .values({
      library_id: scope.library.id,
      id: newId(deps, scope.at),
      application_id: id,
      at: scope.at,
      effective_at: scope.at,
      kind: 'state',
      act: null,
      from_state: row.state,
      to_state: toState,
      started_at: null,
      place: 'none',
      round: row.correction_round,
      ...actorColumns(scope.actor),
      service_point_id: servicePointOf(scope),
      reason: ERASED,
    })
    .execute();
  await followState(tx, scope, row, await procedureOf(tx, scope, row), toState);
}

/** Ends what runs, counted with the data that the figures need and that go next. */
async function endMembership(tx: Tx, deps: Deps, scope: Scope, id: MemberId): Promise<void> {
  await revokeCards(tx, deps, scope, id, ERASED);
  const row = await lockMember(tx, id);
  if (!row || row.state === 'ended') return;
  await tx
    .updateTable('member')
    .set({
      state: 'ended',
      state_reason: 'request',
      state_effective_at: scope.at,
      version: row.version + 1,
      updated_at: scope.at,
    })
    .where('id', '=', id)
    .execute();
  await writeMemberEvent(tx, deps, scope, row, {
    kind: 'ended',
    reason: 'request',
    oldValidUntil: row.valid_until,
    validUntil: row.valid_until,
  });
}
