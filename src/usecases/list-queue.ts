import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { getProcedure } from '../db/library.ts';
import type { Channel } from '../db/schema.ts';
import { sharing } from '../db/share.ts';
import { inLibrary } from '../db/tenancy.ts';
import { type ApplicationState, OPEN_STATES } from '../domain/application.ts';
import { needsGuardian } from '../domain/child.ts';
import type { ApplicationId, OfficerId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { nameKey, shortenName } from '../domain/person-name.ts';
import { type PlainDate, plainDateIn } from '../domain/plain-date.ts';
import { availableActs, type Procedure, type StepAct } from '../domain/procedure.ts';
import { isTicketCode, normaliseTicketCode } from '../domain/ticket-code.ts';
import { type Scope, servicePointOf, todayOf } from './context.ts';
import type { QueuePriority } from './queue-ticket.ts';

/**
 * Where a case stands for the counter:
 * `mine` in this officer's hands · `here` the person waits · `walk_in` a number without a case yet · `coordinator`
 * and `endorse` wait for another role · `others` in a colleague's hands · `card` to be handed over · `earlier` begun on
 * another day · `home` submitted, the person has not come yet · `guardian` and `correction` wait for the applicant.
 */
export const QUEUE_SECTIONS = [
  'mine',
  'here',
  'coordinator',
  'endorse',
  'others',
  'card',
  'earlier',
  'home',
  'guardian',
  'correction',
] as const;
export type QueueSection = (typeof QUEUE_SECTIONS)[number];

export interface QueueRow {
  readonly section: QueueSection;
  /** Null: a walk-in with a number, no case yet. */
  readonly applicationId: ApplicationId | null;
  readonly ticketId: string | null;
  readonly queueNumber: number | null;
  readonly priority: QueuePriority | null;
  readonly called: boolean;
  /** Shortened for a role that sees masked data. */
  readonly name: string | null;
  readonly ticketCode: string | null;
  readonly state: ApplicationState | null;
  readonly memberType: string | null;
  readonly channel: Channel | null;
  readonly isChild: boolean;
  readonly hasPhoto: boolean;
  readonly heldBy: { readonly id: OfficerId; readonly name: string } | null;
  /** Since when it waits, or since when it is held. */
  readonly since: Date;
}

export interface QueueFilter {
  readonly section?: QueueSection | undefined;
  readonly priorityOnly?: boolean | undefined;
  /** Part of a name or a ticket code. */
  readonly search?: string | undefined;
}

export interface Queue {
  readonly rows: readonly QueueRow[];
  readonly counts: Readonly<Record<QueueSection, number>>;
  /** The number that this officer called last and has not finished; what `callNext` is told was shown. */
  readonly inHand: string | null;
  /** Numbers at this service point that nobody has called yet. */
  readonly waitingNumbers: number;
  /** More open cases than are shown. */
  readonly truncated: boolean;
}

/** The counter hands the card over as well. In the text of the statement: with parameters no plan that serves all could use the index. */
const OPEN = sql.join([...OPEN_STATES, 'approved'].map((state) => sql.lit(state)));
const SHOWN = 400;

/** What all officers of a library see of its queue on a day. */
interface OpenWork {
  readonly cases: Awaited<ReturnType<typeof readCases>>;
  readonly tickets: Awaited<ReturnType<typeof readTickets>>;
  readonly procedures: ReadonlyMap<number, Procedure>;
}

const share = sharing<OpenWork>();

/** The open cases of a library as the counter works through them, priority and waiting time first. */
export async function listQueue(db: Db, scope: Scope, filter: QueueFilter): Promise<Queue> {
  const { library } = scope;
  const today = todayOf(scope);
  const read = () =>
    inLibrary(db, library.id, async (tx): Promise<OpenWork> => {
      const [cases, tickets] = await Promise.all([readCases(tx), readTickets(tx, today)]);
      return { cases, tickets, procedures: await proceduresOf(tx, scope, cases) };
    });
  const work = await share(db, `${library.id}|${library.procedureVersion}|${today}`, read);
  const { rows: all, inHand, truncated } = rowsFor(scope, today, work);
  const counts = Object.fromEntries(
    QUEUE_SECTIONS.map((section) => [section, all.filter((row) => row.section === section).length]),
  ) as Record<QueueSection, number>;
  const rows = all.filter(matching(filter)).sort(inOrder);
  const waitingNumbers = all.filter((row) => row.queueNumber !== null && !row.called).length;
  return { rows, counts, inHand, waitingNumbers, truncated };
}

function readCases(tx: Tx) {
  return (
    tx
      .selectFrom('application')
      .leftJoin('officer', (join) =>
        join
          .onRef('officer.library_id', '=', 'application.library_id')
          .onRef('officer.id', '=', 'application.held_by'),
      )
      .select([
        'application.id',
        'application.state',
        'application.state_effective_at',
        'application.procedure_version',
        'application.name',
        'application.birth_date',
        'application.ticket_code',
        'application.member_type',
        'application.channel',
        'application.photo_id',
        'application.arrived_at',
        'application.submitted_at',
        'application.created_at',
        'application.held_by',
        'application.held_at',
        'application.done_acts',
        'application.escalated_at',
        'officer.name as officer_name',
      ])
      .where(sql<boolean>`application.state in (${OPEN})`)
      .orderBy('application.created_at', 'desc')
      // In the text, as the states: how many of them there are is no reason for a plan of its own each time.
      .limit(sql.lit(SHOWN + 1))
      .execute()
  );
}

/** Numbers of the day that are not done, of all service points. */
function readTickets(tx: Tx, today: PlainDate) {
  return tx
    .selectFrom('queue_ticket')
    .select([
      'id',
      'number',
      'priority',
      'application_id',
      'service_point_id',
      'called_at',
      'called_by',
      'issued_at',
    ])
    .where('day', '=', today)
    .where('done_at', 'is', null)
    .execute();
}

function rowsFor(
  scope: Scope,
  today: PlainDate,
  { cases, tickets: open, procedures }: OpenWork,
): { rows: QueueRow[]; inHand: string | null; truncated: boolean } {
  const { actor } = scope;
  const mine = actor.kind === 'officer' ? actor.id : null;
  const masked = actor.kind === 'officer' && !may(actor.roles, 'application.process');
  const point = servicePointOf(scope);
  const tickets = open.filter(
    (ticket) =>
      ticket.application_id !== null ||
      ticket.service_point_id === point ||
      // Called at another service point, by an officer who has moved since.
      (mine !== null && ticket.called_by === mine),
  );
  const ticketOf = new Map(tickets.map((ticket) => [ticket.application_id, ticket]));

  const rows = cases.slice(0, SHOWN).map((row): QueueRow => {
    const ticket = ticketOf.get(row.id);
    const heldHere = actor.kind === 'officer' && row.held_by === actor.id;
    const procedure = procedures.get(row.procedure_version);
    const awaitsEndorsement = (): boolean => {
      const done = new Set<StepAct>(row.done_acts);
      return procedure !== undefined && !done.has('endorse') && availableActs(procedure, done).has('endorse');
    };
    const arrivedToday = (): boolean =>
      row.arrived_at !== null &&
      plainDateIn(scope.library.settings.profile.timezone, row.arrived_at) === today;
    const section = ((): QueueSection => {
      if (heldHere) return 'mine';
      if (row.held_by !== null) return 'others';
      if (row.escalated_at !== null) return 'coordinator';
      if (row.state === 'waiting_guardian') return 'guardian';
      if (row.state === 'needs_correction') return 'correction';
      if (row.state === 'approved') return 'card';
      if (row.state === 'in_review' && awaitsEndorsement()) return 'endorse';
      if (ticket !== undefined || arrivedToday()) return 'here';
      return row.state === 'in_review' || row.arrived_at !== null ? 'earlier' : 'home';
    })();
    return {
      section,
      applicationId: row.id,
      ticketId: ticket?.id ?? null,
      queueNumber: ticket?.number ?? null,
      priority: ticket?.priority ?? null,
      called: ticket !== undefined && ticket.called_at !== null,
      name: masked ? shortenName(row.name) : row.name,
      ticketCode: row.ticket_code,
      state: row.state,
      memberType: row.member_type,
      channel: row.channel,
      isChild: row.birth_date !== null && needsGuardian(row.birth_date, today),
      hasPhoto: row.photo_id !== null,
      heldBy: row.held_by === null ? null : { id: row.held_by, name: row.officer_name ?? '' },
      since: sinceOf(section, row),
    };
  });
  const walkIns = tickets
    .filter((ticket) => ticket.application_id === null)
    .map((ticket): QueueRow => {
      const mine = actor.kind === 'officer' && ticket.called_by === actor.id;
      return {
        section: ticket.called_at === null ? 'here' : mine ? 'mine' : 'others',
        applicationId: null,
        ticketId: ticket.id,
        queueNumber: ticket.number,
        priority: ticket.priority,
        called: ticket.called_at !== null,
        name: null,
        ticketCode: null,
        state: null,
        memberType: null,
        channel: null,
        isChild: false,
        hasPhoto: false,
        heldBy: null,
        since: ticket.called_at ?? ticket.issued_at,
      };
    });
  const inHand = tickets
    .filter((ticket) => mine !== null && ticket.called_by === mine)
    .sort((one, other) => whenCalled(one) - whenCalled(other) || (one.id < other.id ? -1 : 1))
    .at(-1)?.id;
  return { rows: [...rows, ...walkIns], inHand: inHand ?? null, truncated: cases.length > SHOWN };
}

function whenCalled(ticket: { readonly called_at: Date | null }): number {
  return ticket.called_at?.getTime() ?? 0;
}

function sinceOf(
  section: QueueSection,
  row: {
    readonly arrived_at: Date | null;
    readonly held_at: Date | null;
    readonly escalated_at: Date | null;
    readonly submitted_at: Date | null;
    readonly created_at: Date;
    readonly state_effective_at: Date;
  },
): Date {
  switch (section) {
    case 'mine':
    case 'others':
      return row.held_at ?? row.state_effective_at;
    case 'coordinator':
      return row.escalated_at ?? row.state_effective_at;
    case 'here':
    case 'earlier':
      return row.arrived_at ?? row.state_effective_at;
    case 'home':
      return row.submitted_at ?? row.created_at;
    default:
      return row.state_effective_at;
  }
}

async function proceduresOf(
  tx: Tx,
  scope: Scope,
  cases: readonly { readonly procedure_version: number }[],
): Promise<ReadonlyMap<number, Procedure>> {
  const procedures = new Map([[scope.library.procedureVersion, scope.library.procedure]]);
  for (const { procedure_version: version } of cases)
    if (!procedures.has(version)) procedures.set(version, await getProcedure(tx, version));
  return procedures;
}

function matching(filter: QueueFilter): (row: QueueRow) => boolean {
  const search = filter.search?.trim() ?? '';
  const code = normaliseTicketCode(search);
  const key = search === '' ? '' : nameKey(search);
  return (row) =>
    (filter.section === undefined || row.section === filter.section) &&
    (filter.priorityOnly !== true || row.priority !== null) &&
    (search === '' ||
      (isTicketCode(code) && row.ticketCode === code) ||
      (/^\d{1,4}$/.test(search) && row.queueNumber === Number(search)) ||
      (row.name !== null &&
        (row.name.toLowerCase().includes(search.toLowerCase()) ||
          (key !== '' && nameKey(row.name).includes(key)))));
}

/** The order of the sections, then priority, then the numbers as `callNext` calls them, then who has waited longest. */
function inOrder(one: QueueRow, other: QueueRow): number {
  return (
    QUEUE_SECTIONS.indexOf(one.section) - QUEUE_SECTIONS.indexOf(other.section) ||
    Number(other.priority !== null) - Number(one.priority !== null) ||
    numberToCall(one) - numberToCall(other) ||
    one.since.getTime() - other.since.getTime()
  );
}

/** Behind all numbers: who has none, or was called already. */
function numberToCall({ section, queueNumber, called }: QueueRow): number {
  return section === 'here' && queueNumber !== null && !called ? queueNumber : Number.MAX_SAFE_INTEGER;
}
