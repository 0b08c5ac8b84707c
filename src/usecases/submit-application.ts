import type { Db } from '../db/connection.ts';
import { insertOnce, type NewRow, type NewRowOfFirst } from '../db/one-statement.ts';
import type { Channel, Place } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicantData } from '../domain/applicant.ts';
import type { ApplicationState } from '../domain/application.ts';
import type { ApplicationId, OfficerId } from '../domain/ids.ts';
import { nameKey } from '../domain/person-name.ts';
import type { StepAct } from '../domain/procedure.ts';
import { newTicketCode } from '../domain/ticket-code.ts';
import { type ArrivalNumber, type ArrivalVisit, arrivalOf } from './arrival.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf } from './context.ts';
import { personColumns } from './person-columns.ts';

export interface NewApplication {
  readonly applicant: ApplicantData;
  readonly channel: Extract<Channel, 'phone' | 'kiosk' | 'desk' | 'api'>;
  /** Random text that the empty form carried, at least 128 bits: the same key is the same case, however often sent. */
  readonly submitKey: string;
  readonly language: 'id' | 'en';
  /** The guest-book entry the form was begun from: its time is the arrival. */
  readonly visit: ArrivalVisit | null;
  /** The number the person was called by; without an entry in the guest book, it tells when the person came. */
  readonly number?: ArrivalNumber | null;
  /** The family member whose address, guardian and contact were copied. */
  readonly familyOf: ApplicationId | null;
  /** When the form was opened; the step "mengisi formulir" at the counter began then. */
  readonly openedAt: Date | null;
}

export interface Submitted {
  readonly ok: true;
  readonly applicationId: ApplicationId;
  /** Secret part of the status page's address. */
  readonly token: string;
  readonly ticketCode: string;
  readonly state: ApplicationState;
  /** The same form had been sent before; this is that case. */
  readonly repeated: boolean;
}

const PLACE: Record<NewApplication['channel'], Place> = {
  phone: 'home',
  kiosk: 'kiosk',
  desk: 'counter',
  api: 'home',
};

/**
 * Makes a case of a filled form: the case, its events, consents and audit row in one durable statement, which under
 * load writes several people's cases (see `db/gather`).
 * A citizen's case waits in the queue; one typed by an officer is held by that officer at once.
 */
export async function submitApplication(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: NewApplication,
): Promise<Submitted> {
  const { library, at } = scope;
  const key = nameKey(input.applicant.name);
  const submitKey = deps.vault.hash(library.id, 'submit_key', sameForm(input, key));
  for (let attempt = 0; ; attempt++) {
    const id = newId<ApplicationId>(deps, at);
    const token = deps.vault.token(library.id, 'status', id, 0);
    const ticketCode = newTicketCode(deps.randomBytes(8));
    const state = firstState(scope, input.applicant);
    const [first, ...others] = rowsOf(deps, scope, input, { id, token, ticketCode, state, submitKey, key });
    try {
      const written = await insertOnce(db, library.id, first, ['library_id', 'submit_key'], others);
      const there = written ? undefined : await findRepeated(db, deps, scope, submitKey);
      // A connection lost after the commit: what stands there may be this very case, written a second time.
      if (there && there.applicationId !== id) return there;
    } catch (error) {
      // Ticket codes are short: two of one library can meet. Another one is drawn; the case is not written yet.
      if (isTicketTaken(error) && attempt < 5) continue;
      throw error;
    }
    deps.wake({ libraryId: library.id, topic: 'queue', subjectId: id });
    return { ok: true, applicationId: id, token, ticketCode, state, repeated: false };
  }
}

/**
 * What makes two sendings the same one: the form's key and whose it is. A restored draft keeps its key, and on one phone
 * the next of the family may type over it: that is another case, never the first one's answer again.
 */
function sameForm({ submitKey, applicant }: NewApplication, key: string): string {
  return `${submitKey}|${key}|${applicant.birthDate}`;
}

function firstState(scope: Scope, applicant: ApplicantData): ApplicationState {
  if (scope.actor.kind === 'officer') return 'in_review';
  return applicant.guardian !== null && !applicant.guardian.consented ? 'waiting_guardian' : 'submitted';
}

interface Identity {
  readonly id: ApplicationId;
  readonly token: string;
  readonly ticketCode: string;
  readonly state: ApplicationState;
  readonly submitKey: Buffer;
  /** The normalised name. */
  readonly key: string;
}

function rowsOf(
  deps: Deps,
  scope: Scope,
  input: NewApplication,
  made: Identity,
): [Extract<NewRow, { table: 'application' }>, ...NewRowOfFirst[]] {
  const { library, at } = scope;
  const { applicant } = input;
  const officer: OfficerId | null = scope.actor.kind === 'officer' ? scope.actor.id : null;
  const place = PLACE[input.channel];
  // At the counter the person stands there: arrival is now at the latest. From home there is none yet.
  const openedAt = officer === null ? null : input.openedAt;
  const arrival = arrivalOf(input.visit, input.number);
  const arrivedAt = arrival?.at ?? (officer === null ? null : (openedAt ?? at));
  const doneActs: StepAct[] = arrivedAt === null ? ['fill_form'] : ['arrive', 'fill_form'];
  const consented = applicant.guardian?.consented === true;
  const servicePointId = servicePointOf(scope);
  const actor = actorColumns(scope.actor);
  const event = { application_id: made.id, place, service_point_id: servicePointId, ...actor };

  const rows: NewRowOfFirst[] = [];
  if (arrivedAt !== null) {
    rows.push({
      table: 'application_event',
      of: 'application_id',
      row: {
        ...event,
        id: newId(deps, at),
        at,
        effective_at: arrivedAt,
        kind: 'arrived',
        act: 'arrive',
        started_at: arrival?.startedAt ?? null,
      },
    });
  }
  rows.push({
    table: 'application_event',
    of: 'application_id',
    row: {
      ...event,
      id: newId(deps, at),
      at,
      effective_at: at,
      kind: 'submitted',
      act: 'fill_form',
      started_at: input.openedAt,
      from_state: 'draft',
      to_state: made.state,
    },
  });
  for (const [purpose, given] of [
    ['acknowledgement', true],
    ['photo_on_card', applicant.consents.photo_on_card],
    ['messages', applicant.consents.messages],
    ...(consented ? ([['guardian', true]] as const) : []),
  ] as const) {
    rows.push({
      table: 'consent',
      of: 'application_id',
      row: {
        id: newId(deps, at),
        application_id: made.id,
        purpose,
        given,
        by_guardian: consented,
        text_version: applicant.consentVersion,
        text_lang: input.language,
        channel: input.channel,
        recorded_at: at,
        recorded_by: officer,
      },
    });
  }
  rows.push({
    table: 'audit_log',
    of: 'subject_id',
    row: {
      id: newId(deps, at),
      at,
      ...actor,
      action: 'application.submit',
      subject_kind: 'application',
      subject_id: made.id,
      request_id: scope.requestId,
    },
  });
  return [
    {
      table: 'application',
      row: {
        id: made.id,
        state: made.state,
        state_effective_at: at,
        procedure_version: library.procedureVersion,
        service_point_id: servicePointId,
        channel: input.channel,
        submit_key: made.submitKey,
        token_hash: deps.vault.hash(library.id, 'token', made.token),
        ticket_code: made.ticketCode,
        visit_id: input.visit?.id ?? input.number?.visit?.id ?? null,
        family_of: input.familyOf,
        language: input.language,
        created_at: at,
        submitted_at: at,
        arrived_at: arrivedAt,
        held_by: officer,
        held_at: officer === null ? null : at,
        done_acts: doneActs,
        guardian_consented_at: consented ? at : null,
        person_key: deps.vault.newPersonKey(library.id),
        ...personColumns(deps.vault, library.id, applicant, made.key),
      },
    },
    ...rows,
  ];
}

async function findRepeated(db: Db, deps: Deps, scope: Scope, submitKey: Buffer): Promise<Submitted> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('application')
      .select(['id', 'ticket_code', 'state', 'access_generation'])
      .where('submit_key', '=', submitKey)
      .executeTakeFirstOrThrow(),
  );
  return {
    ok: true,
    applicationId: row.id,
    token: deps.vault.token(scope.library.id, 'status', row.id, row.access_generation),
    ticketCode: row.ticket_code,
    state: row.state,
    repeated: true,
  };
}

function isTicketTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    'constraint' in error &&
    'code' in error &&
    error.code === '23505' &&
    error.constraint === 'application_ticket'
  );
}
