import { type ApplicationEventRow, type ApplicationRow, listApplicationEvents } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import type { CaseEvent } from '../domain/case-event.ts';
import type { OfficerId } from '../domain/ids.ts';
import { calendarOf } from '../domain/opening-hours.ts';
import type { Procedure } from '../domain/procedure.ts';
import { type CaseClock, stepClock } from '../domain/step-clock.ts';
import type { Scope } from './context.ts';

/** What the clock calls the kinds that rows name more closely for the history. */
const CLOCK_KINDS: Readonly<Record<string, CaseEvent['kind']>> = {
  created: 'created',
  arrived: 'arrived',
  ticket_scanned: 'ticket_scanned',
  taken: 'taken',
  released: 'released',
  escalated: 'released',
  taken_over: 'taken_over',
  act: 'act',
  submitted: 'submitted',
  correction_requested: 'correction_requested',
  correction_answered: 'correction_answered',
  guardian_consented: 'guardian_consented',
};

/** The rows of a case as the clock reads them; a row that also changed the state gives two facts. */
export function caseEventsOf(rows: readonly ApplicationEventRow[]): readonly CaseEvent[] {
  return rows.flatMap((row): CaseEvent[] => {
    const fact = {
      at: row.at,
      effectiveAt: row.effective_at,
      startedAt: row.started_at,
      actor: { kind: row.actor_kind, ...(row.actor_id === null ? {} : { id: row.actor_id }) },
      place: row.place === 'none' ? ('home' as const) : row.place,
      ...(row.round > 0 ? { round: row.round } : {}),
    };
    const kind = CLOCK_KINDS[row.kind];
    const happened: CaseEvent[] =
      kind === undefined ? [] : [{ ...fact, kind, ...(row.act === null ? {} : { act: row.act }) }];
    // A case that an officer typed is in that officer's hands at once, without having been taken from the queue.
    const typed = row.kind === 'submitted' && row.actor_kind === 'officer' && row.to_state === 'in_review';
    if (typed) happened.push({ ...fact, startedAt: null, kind: 'taken' });
    return row.to_state === null
      ? happened
      : [...happened, { ...fact, startedAt: null, kind: 'state', state: row.to_state }];
  });
}

/** The timeline of a case up to now, by the procedure it began with. */
export function clockOf(scope: Scope, procedure: Procedure, rows: readonly ApplicationEventRow[]): CaseClock {
  return stepClock(procedure, caseEventsOf(rows), calendarOf(scope.library.settings), scope.at);
}

/** The step times of a case as rows for the reports: what is settled, so all of an ended case. */
export function stepTimeRows(
  scope: Scope,
  row: Pick<ApplicationRow, 'id' | 'procedure_version' | 'service_point_id'>,
  procedure: Procedure,
  events: readonly ApplicationEventRow[],
) {
  return clockOf(scope, procedure, events).steps.flatMap((step) => {
    const [firstStep] = step.covers;
    const { outcome, standardSeconds } = step;
    if (firstStep === undefined || standardSeconds === null) return [];
    if (outcome === 'pending' || outcome === 'running') return [];
    return [
      {
        library_id: scope.library.id,
        application_id: row.id,
        first_step: firstStep,
        covers: [...step.covers],
        procedure_version: row.procedure_version,
        standard_seconds: standardSeconds,
        started_at: step.startedAt,
        ended_at: step.endedAt,
        working_seconds: step.workingSeconds,
        waiting_seconds: step.waitingSeconds,
        outcome,
        officer_id:
          step.actor?.kind === 'officer' && step.actor.id !== undefined ? (step.actor.id as OfficerId) : null,
        service_point_id: row.service_point_id,
      },
    ];
  });
}

/** Keeps the step times of a case that has ended: what the reports count. Writing them again replaces them. */
export async function writeStepTimes(
  tx: Tx,
  scope: Scope,
  row: ApplicationRow,
  procedure: Procedure,
): Promise<void> {
  const rows = stepTimeRows(scope, row, procedure, await listApplicationEvents(tx, row.id));
  await later(tx, tx.deleteFrom('step_time').where('application_id', '=', row.id));
  if (rows.length > 0) await later(tx, tx.insertInto('step_time').values(rows));
}
