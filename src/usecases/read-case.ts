import type { ApplicationEventRow } from '../db/application.ts';
import { type ApplicationRow, findApplication, listApplicationEvents } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { isStandingFor } from '../db/member-family.ts';
import { officerNames } from '../db/officer.ts';
import { describeRegions } from '../db/region.ts';
import { inLibrary } from '../db/tenancy.ts';
import { type ApplicationAction, allowedActions } from '../domain/application.ts';
import { checkForm } from '../domain/check-form.ts';
import { needsGuardian } from '../domain/child.ts';
import { CHECKED, type FormValues } from '../domain/form-fields.ts';
import type { FormWarning } from '../domain/form-outcome.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { shortenName } from '../domain/person-name.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Procedure } from '../domain/procedure.ts';
import type { CaseClock } from '../domain/step-clock.ts';
import { acceptingStored } from './answer-correction.ts';
import { guardianStands, isOwnDue } from './ask-own-consent.ts';
import { clockOf } from './case-clock.ts';
import { type CaseHistory, type CaseTicket, readRecords, type ScanEntry } from './case-history.ts';
import { factsOf, procedureOf } from './change-case.ts';
import { scansServed } from './close-case.ts';
import { type Deps, partyOf, type Scope, todayOf } from './context.ts';
import { type EscalationKind, readEscalation } from './escalate.ts';
import { type Candidate, findCandidates } from './find-candidates.ts';
import { formContextFor } from './form-context.ts';
import { findOpenPhotoLink, type PhotoLink } from './open-photo-link.ts';
import { findPresentCard, type PresentCard } from './read-card.ts';
import { agreedToMessages, namesWhatsApp } from './read-consents.ts';
import { decisionNoteOf } from './reject-application.ts';
import { isIdentityStep, numbersInIdentityStep } from './reveal-number.ts';
import { formValuesOf } from './revise-person.ts';
import { maskMemberNumber } from './search-members.ts';

/** Everything the desk shows of one case, for the officer who looks. */
export interface CaseView {
  readonly row: ApplicationRow;
  /** What the officer said beside the reason of a refusal; not for a role that sees masked data. */
  readonly decisionNote: string | null;
  readonly procedure: Procedure;
  /** The only source of buttons. */
  readonly allowed: ReadonlySet<ApplicationAction>;
  /** The role sees no personal data beyond what its approval needs. */
  readonly masked: boolean;
  /** May extend a membership on the same screen. */
  readonly mayRenew: boolean;
  /** As the form would hold them; numbers in full only while `identityStep`. */
  readonly values: FormValues;
  /** Numbers show because this officer looks at the document now; logged by itself. */
  readonly identityStep: boolean;
  readonly warnings: readonly FormWarning[];
  readonly regions: Readonly<Record<string, string>>;
  readonly isChild: boolean;
  readonly guardianMissing: boolean;
  readonly heldByMe: boolean;
  /** Whether a scan of a document would still be looked at by somebody. */
  readonly takesScans: boolean;
  readonly officers: ReadonlyMap<string, string>;
  readonly escalation: { readonly kind: EscalationKind; readonly code: string } | null;
  readonly ticket: CaseTicket | null;
  readonly candidates: readonly ShownCandidate[];
  readonly scans: readonly ScanEntry[];
  readonly clock: CaseClock;
  readonly events: readonly ApplicationEventRow[];
  readonly history: CaseHistory;
  /** The membership that the case made or found. */
  readonly member: KnownMembership | null;
  /** The member's present card; null before the approval, without a card, and for a role that sees masked data. */
  readonly card: PresentCard | null;
  /** The address open for a photo from the applicant's phone. */
  readonly photoLink: PhotoLink | null;
  /** The applicant, or a child's guardian, agreed to messages; else nothing is sent, by hand neither. */
  readonly mayMessage: boolean;
  /** By WhatsApp too: the library has switched it on, and the text that was agreed to names it. */
  readonly mayWhatsApp: boolean;
  /** Secret part of the applicant's status page, for the slip and the message. */
  readonly statusToken: string;
}

/** Somebody alike as the screen shows them: the number of another person stays masked, whatever the step. */
export type ShownCandidate = Candidate & { readonly maskedNumber: string | null };

export interface KnownMembership {
  readonly id: MemberId;
  /** Only its end for a role that sees masked data. */
  readonly number: string;
  readonly state: 'active' | 'suspended' | 'cleared' | 'ended';
  readonly validUntil: PlainDate | null;
  readonly lapsed: boolean;
  /** Of age under a guardian's consent: the officer asks for the member's own. */
  readonly ownConsentDue: boolean;
}

/** Reads a case for the desk, or undefined where the library has none such. */
export async function readCase(
  db: Db,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<CaseView | undefined> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer') throw new Error('only an officer reads a case at the desk');
  const masked = !may(actor.roles, 'application.process');
  const view = await inLibrary(db, library.id, async (tx) => {
    const row = await findApplication(tx, applicationId);
    if (!row) return undefined;
    const procedure = await procedureOf(tx, scope, row);
    const today = todayOf(scope);
    const facts = factsOf(row, today);
    const identityStep = isIdentityStep(scope, row, procedure);
    const looksForDoubles = row.state === 'in_review' && !facts.done.has('cross_check') && !masked;
    const { member_id: memberId } = row;
    // Asked together: they travel together.
    const [events, records, candidates, member, card, photoLink, agreed] = await Promise.all([
      listApplicationEvents(tx, row.id),
      readRecords(tx, deps, scope, row, masked),
      looksForDoubles ? shownCandidates(tx, deps, scope, row) : [],
      memberId === null ? null : findMembership(tx, scope, memberId, today, masked),
      memberId === null || masked ? null : findPresentCard(tx, deps, scope, memberId),
      masked ? null : findOpenPhotoLink(tx, deps, scope, row.id),
      agreedToMessages(tx, today, row),
      identityStep && numbersInIdentityStep(tx, deps, scope, row),
    ]);
    return {
      row,
      decisionNote: masked ? null : decisionNoteOf(deps, scope, row),
      procedure,
      allowed: allowedActions(procedure, facts, partyOf(actor)),
      masked,
      mayRenew: may(actor.roles, 'member.renew'),
      identityStep,
      isChild: row.birth_date !== null && needsGuardian(row.birth_date, today),
      guardianMissing: facts.guardianMissing,
      heldByMe: row.held_by === actor.id,
      takesScans: !scansServed(scope, procedure, facts),
      officers: await officerNames(tx, officersOf(row, events, records)),
      escalation:
        row.escalated_at === null || row.escalation_reason === null
          ? null
          : readEscalation(row.escalation_reason),
      ticket: records.ticket,
      candidates,
      scans: records.scans,
      clock: clockOf(scope, procedure, events),
      events,
      history: records,
      member,
      card,
      photoLink,
      mayMessage: agreed !== null,
      mayWhatsApp: agreed !== null && library.settings.whatsApp.enabled && (await namesWhatsApp(tx, agreed)),
      statusToken: deps.vault.token(library.id, 'status', row.id, row.access_generation),
    };
  });
  if (!view) return undefined;
  const { row } = view;
  const full = formValuesOf(row, deps.vault, library.id, 'full');
  const shown = view.identityStep ? full : formValuesOf(row, deps.vault, library.id, 'masked');
  const villages = [
    row.address_village,
    row.present_village,
    ...view.candidates.map(({ person }) =>
      person.present_same ? person.address_village : person.present_village,
    ),
  ].filter((code) => code !== null);
  const [warnings, regions] = await Promise.all([
    masked ? [] : warningsOf(db, scope, row, full),
    describeRegions(db, villages),
  ]);
  return {
    ...view,
    values: masked ? withoutPersonalData(shown) : shown,
    warnings,
    regions: Object.fromEntries(regions),
  };
}

/** Whoever may be named on the screen. */
function officersOf(
  row: ApplicationRow,
  events: readonly ApplicationEventRow[],
  history: CaseHistory,
): readonly (string | null)[] {
  return [
    row.held_by,
    row.escalated_by,
    ...events.map((event) => event.actor_id),
    ...history.identityChecks.map((check) => check.officerId),
    ...history.crossChecks.map((check) => check.officerId),
    ...history.revisions.map((revision) => revision.actorId),
  ];
}

async function shownCandidates(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
): Promise<readonly ShownCandidate[]> {
  const found = await findCandidates(tx, deps, scope, row);
  return found.map((candidate) => {
    const { document_number: number } = formValuesOf(
      candidate.person,
      deps.vault,
      scope.library.id,
      'masked',
    );
    return { ...candidate, maskedNumber: number ?? null };
  });
}

/** What a role that approves without personal data may see (Kepala Bidang). */
function withoutPersonalData(values: FormValues): FormValues {
  const { name, birth_date, sex, document_type, no_document_reason, member_type } = values;
  const kept: Record<string, string | undefined> = {
    name: name === undefined ? undefined : shortenName(name),
    birth_date: birth_date?.slice(0, 4),
    sex,
    document_type,
    no_document_reason,
    member_type,
  };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

/** What a person should look at again; the same check as when the form was filled. */
async function warningsOf(
  db: Db,
  scope: Scope,
  row: ApplicationRow,
  full: FormValues,
): Promise<readonly FormWarning[]> {
  const context = acceptingStored(await formContextFor(db, scope, 'desk', full), row);
  const outcome = checkForm(
    { ...full, acknowledged: CHECKED, consent_version: context.consentVersion },
    context,
  );
  return outcome.ok ? outcome.warnings : [];
}

async function findMembership(
  tx: Tx,
  scope: Scope,
  memberId: MemberId,
  today: PlainDate,
  masked: boolean,
): Promise<KnownMembership | null> {
  const row = await tx
    .selectFrom('member as own')
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select(['member.id', 'member.number', 'member.state', 'member.valid_until', 'member.birth_date'])
    .select(guardianStands('member').as('guardian_stands'))
    .where('own.id', '=', memberId)
    .executeTakeFirst();
  if (!row) return null;
  return {
    id: row.id,
    number: masked ? maskMemberNumber(row.number) : row.number,
    state: row.state,
    validUntil: row.valid_until,
    lapsed: row.valid_until !== null && row.valid_until < today,
    ownConsentDue: !masked && isOwnDue(scope, row),
  };
}
