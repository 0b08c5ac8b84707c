import type { ApplicationEventRow } from '../../db/application.ts';
import type { ActorKind, Channel, Place } from '../../db/schema.ts';
import type { ApplicationState } from '../../domain/application.ts';
import type {
  ApplicationId,
  FileId,
  MemberId,
  OfficerId,
  ServicePointId,
  VisitId,
} from '../../domain/ids.ts';
import type { StepAct } from '../../domain/procedure.ts';
import { newTicketCode } from '../../domain/ticket-code.ts';
import { stepTimeRows } from '../../usecases/case-clock.ts';
import { personColumns } from '../../usecases/person-columns.ts';
import type { SamplePerson } from './people.ts';
import { applicantScope, type DemoPlace, libraryIdOf } from './place.ts';
import type { Row } from './rows.ts';

/** Who does something in a story. */
export type Doer =
  | { readonly kind: 'applicant' }
  | { readonly kind: 'officer'; readonly id: OfficerId }
  | { readonly kind: 'device'; readonly id: string }
  | { readonly kind: 'system' };

interface Happening {
  readonly kind: string;
  readonly act?: StepAct;
  readonly effectiveAt?: Date;
  readonly startedAt?: Date;
  readonly place?: Place;
  readonly reason?: string;
}

/**
 * One case of the past, told as the use cases would have written it: every happening gives the events of a change,
 * its audit row and the new state. What is known at the end becomes the row of the case.
 */
export interface Story {
  readonly id: ApplicationId;
  readonly person: SamplePerson;
  readonly pointId: ServicePointId;
  readonly state: ApplicationState;
  happen(
    at: Date,
    doer: Doer,
    action: string,
    events: readonly Happening[],
    toState?: ApplicationState,
  ): void;
  set(patch: Partial<Row<'application'>>): void;
  sawDocument(at: Date, officerId: OfficerId, exception?: string): void;
  comparedAs(at: Date, officerId: OfficerId, outcome: 'new' | 'already_member', memberId?: MemberId): void;
  correction(
    at: Date,
    officerId: OfficerId,
    round: number,
    fields: readonly string[],
    answeredAt: Date,
  ): void;
  /** All rows of the case. */
  end(): StoryRows;
}

export interface StoryRows {
  readonly application: Row<'application'>;
  readonly events: readonly Row<'application_event'>[];
  readonly stepTimes: readonly Row<'step_time'>[];
  readonly consents: readonly Row<'consent'>[];
  readonly identityChecks: readonly Row<'identity_check'>[];
  readonly crossChecks: readonly Row<'cross_check'>[];
  readonly corrections: readonly Row<'correction'>[];
  readonly audit: readonly Row<'audit_log'>[];
}

const CLOSED: ReadonlySet<ApplicationState> = new Set([
  'already_member',
  'rejected',
  'cancelled',
  'lapsed',
  'completed',
]);

export function tellStory(
  place: DemoPlace,
  input: {
    readonly person: SamplePerson;
    readonly channel: Extract<Channel, 'phone' | 'kiosk' | 'desk'>;
    readonly pointId: ServicePointId;
    readonly visitId: VisitId | null;
  },
): Story {
  const { chance, vault, library } = place;
  const libraryId = libraryIdOf(place);
  const { person, channel, pointId } = input;
  const id = chance.uuid(place.now) as ApplicationId;
  const events: ApplicationEventRow[] = [];
  const audit: Row<'audit_log'>[] = [];
  const identityChecks: Row<'identity_check'>[] = [];
  const crossChecks: Row<'cross_check'>[] = [];
  const corrections: Row<'correction'>[] = [];
  const done = new Set<StepAct>();
  let state: ApplicationState = 'draft';
  let stateAt = place.now;
  let version = -1;
  let round = 0;
  let patch: Partial<Row<'application'>> = {};

  const columnsOf = (doer: Doer): { actor_kind: ActorKind; actor_id: string | null } => ({
    actor_kind: doer.kind,
    actor_id: 'id' in doer ? doer.id : null,
  });
  const placeOf = (doer: Doer): Place =>
    (({ officer: 'counter', device: 'kiosk', system: 'none', applicant: 'home' }) as const)[doer.kind];

  return {
    id,
    person,
    pointId,
    get state() {
      return state;
    },
    happen(at, doer, action, happenings, toState = state) {
      version++;
      happenings.forEach((each, index) => {
        const last = index === happenings.length - 1 && toState !== state;
        if (each.act) done.add(each.act);
        if (each.kind === 'correction_requested') round++;
        events.push({
          library_id: libraryId,
          id: chance.uuid(at),
          application_id: id,
          at,
          effective_at: each.effectiveAt ?? at,
          kind: each.kind,
          act: each.act ?? null,
          from_state: last ? state : null,
          to_state: last ? toState : null,
          started_at: each.startedAt ?? null,
          place: each.place ?? placeOf(doer),
          round,
          ...columnsOf(doer),
          service_point_id: pointId,
          reason: each.reason ?? null,
        });
      });
      audit.push({
        library_id: libraryId,
        id: chance.uuid(at),
        at,
        ...columnsOf(doer),
        action: `application.${action}`,
        subject_kind: 'application',
        subject_id: id,
        fields: [],
        purpose: happenings.at(-1)?.reason ?? null,
        digest: null,
        request_id: 'demo',
      });
      if (toState !== state) {
        state = toState;
        stateAt = at;
      }
    },
    set(next) {
      patch = { ...patch, ...next };
    },
    sawDocument(at, officerId, exception) {
      const documentType = exception === undefined ? person.applicant.documentType : null;
      const accepted = library.procedure.documents.find(({ type }) => type === documentType);
      identityChecks.push({
        library_id: libraryId,
        id: chance.uuid(at),
        application_id: id,
        document_type: documentType,
        document_form: accepted?.forms[0] ?? null,
        exception_reason: exception ?? null,
        at,
        officer_id: officerId,
      });
    },
    comparedAs(at, officerId, outcome, memberId) {
      crossChecks.push({
        library_id: libraryId,
        id: chance.uuid(at),
        application_id: id,
        outcome,
        reason: outcome === 'new' ? 'nobody_alike' : null,
        candidates: '[]',
        member_id: memberId ?? null,
        at,
        officer_id: officerId,
      });
    },
    correction(at, officerId, number, fields, answeredAt) {
      const text = library.settings.correctionReasons[0]?.id ?? '';
      corrections.push({
        library_id: libraryId,
        id: chance.uuid(at),
        application_id: id,
        round: number,
        fields: [...fields],
        message: vault.seal(libraryId, 'message', text),
        requested_at: at,
        requested_by: officerId,
        answered_at: answeredAt,
      });
    },
    end() {
      const [first] = events;
      if (!first) throw new Error('a story without a beginning');
      const begunAt = first.at;
      const arrived = events.find((event) => event.act === 'arrive');
      const closed = CLOSED.has(state);
      const application: Row<'application'> = {
        library_id: libraryId,
        id,
        state,
        state_effective_at: stateAt,
        procedure_version: library.procedureVersion,
        service_point_id: pointId,
        channel,
        submit_key: vault.hash(libraryId, 'submit_key', `demo ${id}`),
        token_hash: vault.hash(libraryId, 'token', vault.token(libraryId, 'status', id, 0)),
        access_generation: 0,
        ticket_code: newTicketCode(chance.bytes(8)),
        visit_id: input.visitId,
        family_of: null,
        language: 'id',
        created_at: begunAt,
        submitted_at: begunAt,
        arrived_at: arrived?.effective_at ?? null,
        closed_at: closed ? stateAt : null,
        held_by: null,
        held_at: null,
        done_acts: [...done],
        escalated_at: null,
        escalated_by: null,
        escalation_reason: null,
        guardian_consented_at: person.applicant.guardian?.consented ? begunAt : null,
        decision_reason: null,
        decision_note: null,
        correction_round: round,
        member_id: null,
        version: Math.max(0, version),
        photo_id: null as FileId | null,
        person_key: vault.newPersonKey(libraryId),
        former_name_keys: [],
        ...personColumns(vault, libraryId, person.applicant),
        ...patch,
      };
      const scope = applicantScope(place, place.now);
      return {
        application,
        events,
        stepTimes: closed
          ? stepTimeRows(
              scope,
              { id, procedure_version: library.procedureVersion, service_point_id: pointId },
              library.procedure,
              events,
            )
          : [],
        consents: consentsOf(place, id, input, first),
        identityChecks,
        crossChecks,
        corrections,
        audit,
      };
    },
  };
}

function consentsOf(
  { chance, library }: DemoPlace,
  id: ApplicationId,
  { person, channel }: { readonly person: SamplePerson; readonly channel: Channel },
  first: ApplicationEventRow,
): readonly Row<'consent'>[] {
  const { applicant } = person;
  const byGuardian = applicant.guardian?.consented === true;
  const given = [
    ['acknowledgement', true],
    ['photo_on_card', applicant.consents.photo_on_card],
    ['messages', applicant.consents.messages],
    ...(byGuardian ? ([['guardian', true]] as const) : []),
  ] as const;
  return given.map(([purpose, yes]) => ({
    library_id: library.id,
    id: chance.uuid(first.at),
    application_id: id,
    member_id: null,
    purpose,
    given: yes,
    by_guardian: byGuardian,
    text_version: applicant.consentVersion,
    channel,
    recorded_at: first.at,
    recorded_by: first.actor_kind === 'officer' ? (first.actor_id as OfficerId | null) : null,
    withdrawn_at: null,
  }));
}
