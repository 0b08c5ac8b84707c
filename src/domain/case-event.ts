import type { ApplicationState } from './application.ts';
import type { StepAct } from './procedure.ts';

/** Who or what caused an event; `device` is an enrolled kiosk. */
export interface EventActor {
  readonly kind: 'applicant' | 'officer' | 'system' | 'device';
  readonly id?: string;
}

/** Where it happened: on the person's own device outside the library, at the counter, at the kiosk, nowhere. */
export type EventPlace = 'home' | 'counter' | 'kiosk' | 'none';

/**
 * One recorded fact of a case, as the clock reads it.
 * - `created` at the counter or the kiosk is an arrival too (walk-in).
 * - `arrived` is the visit log, `ticket_scanned` the ticket at the counter; both are the act `arrive`.
 * - `act` is an act of the procedure that ended at `effectiveAt`; `submitted` counts as `fill_form` unless
 *   an `act` says so itself.
 * - `state` is a change of state; the clock needs the final ones and `waiting_guardian`.
 */
export interface CaseEvent {
  /** When it was recorded. */
  readonly at: Date;
  /** When it took effect: what the clock runs by. */
  readonly effectiveAt: Date;
  readonly kind:
    | 'created'
    | 'arrived'
    | 'ticket_scanned'
    | 'taken'
    | 'released'
    | 'taken_over'
    | 'act'
    | 'submitted'
    | 'correction_requested'
    | 'correction_answered'
    | 'guardian_consented'
    | 'state';
  readonly act?: StepAct;
  readonly state?: ApplicationState;
  /** When the work on it began, where that was seen (the form's first page, the camera opened). */
  readonly startedAt?: Date | null;
  readonly actor: EventActor;
  readonly place: EventPlace;
  /** Number of the correction round, from 1; 0 before the first. */
  readonly round?: number;
}
