import { type ApplicationRow, findApplicationByTicket, findApplicationByToken } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, OfficerId } from '../domain/ids.ts';
import { scanKind } from '../domain/scan-kind.ts';
import { type ArrivalNumber, arrivalOf, findCalledNumber } from './arrival.ts';
import { type CaseRefusal, changeCase, type LockedCase, type NewCaseEvent } from './change-case.ts';
import { finishTicket } from './close-case.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { checkAgain } from './cross-check.ts';
import { handOverHeldCases } from './hand-over-held.ts';
import { attachTicket, numberForCase } from './queue-ticket.ts';

/** Why an officer takes a case out of another's hands. */
export const TAKE_OVER_REASONS = ['absent', 'shift', 'asked', 'coordinator'] as const;
export type TakeOverReason = (typeof TAKE_OVER_REASONS)[number];

export interface TakeInput {
  readonly applicationId: ApplicationId;
  readonly expectedVersion?: number | undefined;
}
type Taken = { readonly ok: true; readonly version: number };

/** Locks a case to this officer, visibly for all others. Of two officers at once one takes it, the other is told who. */
export async function takeCase(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: TakeInput,
): Promise<Taken | CaseRefusal> {
  const taken = await changeCase<object, CaseRefusal>(
    db,
    deps,
    scope,
    { ...input, action: 'take' },
    async (tx, current) => ({
      ok: true,
      change: await holding(tx, deps, scope, current, [{ kind: 'taken' }]),
      result: {},
    }),
  );
  if (taken.ok) await handOverHeldCases(db, deps, scope, input.applicationId);
  return taken;
}

/** Takes a case out of another officer's hands, with a reason that the audit log keeps. */
export async function takeOverCase(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: TakeInput & { readonly reason: TakeOverReason },
): Promise<Taken | CaseRefusal> {
  const { reason, ...target } = input;
  const taken = await changeCase<object, CaseRefusal>(
    db,
    deps,
    scope,
    { ...target, action: 'take_over' },
    async (tx, current) => ({
      ok: true,
      change: {
        ...(await holding(tx, deps, scope, current, [{ kind: 'taken_over', reason }])),
        purpose: reason,
      },
      result: {},
    }),
  );
  if (taken.ok) await handOverHeldCases(db, deps, scope, input.applicationId);
  return taken;
}

/** Puts a case back into the queue. A child's case without consent goes back to waiting for the guardian. */
export function releaseCase(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: TakeInput,
): Promise<Taken | CaseRefusal> {
  return changeCase<object, CaseRefusal>(
    db,
    deps,
    scope,
    { ...input, action: 'release' },
    async (tx, { row, facts }) => {
      const waits = row.state === 'in_review' && facts.guardianMissing && !facts.escalated;
      if (waits) await finishTicket(tx, scope, row);
      else await queueAgain(tx, scope, row);
      return {
        ok: true,
        change: {
          patch: { held_by: null, held_at: null },
          ...(waits ? { toState: 'waiting_guardian' as const } : {}),
          events: [{ kind: 'released' }],
        },
        result: {},
      };
    },
  );
}

export type ScanOutcome =
  | {
      readonly ok: true;
      readonly applicationId: ApplicationId;
      /** Whether it is in this officer's hands now; else the page shows who holds it, or how it ended. */
      readonly taken: boolean;
    }
  | { readonly ok: false; readonly reason: 'unreadable' | 'unknown' };

/**
 * A ticket is scanned (its code, or the address of the status page) or typed: the person stands here. Records the arrival where there is none yet, gives
 * the day's number and takes the case if nobody holds it; a case that is over is opened as it is.
 * @param calledTicket the queue number this officer called, where the person who came with it shows a ticket: it is
 *   the case's number, and where no arrival is known yet, that was when the number was given
 */
export async function scanTicket(
  db: Db,
  deps: Deps,
  scope: Scope,
  typed: string,
  calledTicket: string | null = null,
): Promise<ScanOutcome> {
  const { library } = scope;
  const scanned = scanKind(typed);
  if (scanned.kind !== 'ticket' && scanned.kind !== 'status') return { ok: false, reason: 'unreadable' };
  const found = await inLibrary(db, library.id, (tx) =>
    scanned.kind === 'ticket'
      ? findApplicationByTicket(tx, scanned.code)
      : findApplicationByToken(tx, deps.vault.hash(library.id, 'token', scanned.token)),
  );
  if (!found) return { ok: false, reason: 'unknown' };
  const taken = await changeCase<object, CaseRefusal>(
    db,
    deps,
    scope,
    { applicationId: found.id, action: 'take' },
    async (tx, current) => {
      const { row } = current;
      const number =
        calledTicket === null ? undefined : await attachCalledNumber(tx, scope, calledTicket, row.id);
      const arrived = row.arrived_at === null ? arrivalEvent(scope, number) : null;
      const events = [...(arrived ? [arrived] : []), { kind: 'taken' }];
      const change = await holding(tx, deps, scope, current, events);
      const patch = {
        ...change.patch,
        ...(arrived ? { arrived_at: arrived.effectiveAt ?? scope.at } : {}),
        ...(arrived && number?.visit && row.visit_id === null ? { visit_id: number.visit.id } : {}),
      };
      // Late: whoever gives the next number of the day waits from here to the end.
      await numberForCase(tx, deps, scope, row.id);
      return { ok: true, change: { ...change, patch }, result: {} };
    },
  );
  const mine =
    taken.ok ||
    (taken.reason === 'not-allowed' && scope.actor.kind === 'officer' && taken.heldBy === scope.actor.id);
  if (mine) await handOverHeldCases(db, deps, scope, found.id);
  return { ok: true, applicationId: found.id, taken: mine };
}

/** The number that was called belongs to who came with it, whether or not the arrival is known from elsewhere. */
async function attachCalledNumber(
  tx: Tx,
  scope: Scope,
  ticketId: string,
  applicationId: ApplicationId,
): Promise<ArrivalNumber | undefined> {
  const number = await findCalledNumber(tx, scope, ticketId);
  return number && (await attachTicket(tx, ticketId, applicationId)) ? number : undefined;
}

/** The scan is the whole of an arrival that nothing recorded before: it begins and ends with it. */
function arrivalEvent(scope: Scope, number: ArrivalNumber | undefined): NewCaseEvent {
  const arrival = arrivalOf(null, number);
  if (!arrival) return { kind: 'ticket_scanned', act: 'arrive', startedAt: scope.at };
  const atKiosk = number?.visit !== null || number?.openedAt !== null;
  return {
    kind: 'arrived',
    act: 'arrive',
    effectiveAt: arrival.at,
    startedAt: arrival.startedAt,
    place: atKiosk ? 'kiosk' : 'counter',
  };
}

/** The change that puts a case into this officer's hands; data changed since they were last checked are checked again. */
async function holding(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  current: LockedCase,
  events: readonly NewCaseEvent[],
) {
  const officerId = scope.actor.kind === 'officer' ? (scope.actor.id as OfficerId) : null;
  const begins = current.row.state !== 'approved' && current.row.state !== 'in_review';
  const again =
    current.row.state === 'approved'
      ? { events: [], undone: [] }
      : await checkAgain(tx, deps, scope, current);
  return {
    patch: { held_by: officerId, held_at: scope.at },
    ...(begins ? { toState: 'in_review' as const } : {}),
    events: [...events, ...again.events],
    undone: again.undone,
  };
}

/** Whoever is put back into the queue waits with the same number and is called again. */
async function queueAgain(tx: Tx, scope: Scope, row: ApplicationRow): Promise<void> {
  await tx
    .updateTable('queue_ticket')
    .set({ called_at: null, called_by: null })
    .where('application_id', '=', row.id)
    .where('day', '=', todayOf(scope))
    .where('done_at', 'is', null)
    .execute();
}
