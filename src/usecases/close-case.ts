import type { ApplicationRow } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import type { ApplicationState } from '../domain/application.ts';
import { identityVerified, type Procedure, type StepAct } from '../domain/procedure.ts';
import { writeStepTimes } from './case-clock.ts';
import type { Scope } from './context.ts';

/** States in which the case has been decided: scans of documents have served their purpose. */
export const DECIDED: ReadonlySet<ApplicationState> = new Set([
  'approved',
  'already_member',
  'rejected',
  'cancelled',
  'lapsed',
  'completed',
]);
const CLOSED: ReadonlySet<ApplicationState> = new Set([
  'already_member',
  'rejected',
  'cancelled',
  'lapsed',
  'completed',
]);

/** Columns that a case takes on by ending: nobody holds it any more. */
export function closingPatch(scope: Scope, toState: ApplicationState) {
  return CLOSED.has(toState) ? { closed_at: scope.at, held_by: null, held_at: null } : {};
}

/**
 * What follows from a new state, whoever brought it about, in the same transaction and after its events: scans are
 * emptied with the decision (where the library does not keep them some days longer), an ended case gives back its
 * queue number and leaves its step times to the reports.
 */
export async function followState(
  tx: Tx,
  scope: Scope,
  row: ApplicationRow,
  procedure: Procedure,
  toState: ApplicationState,
): Promise<void> {
  const { scanUntil, scanAfterDecision } = scope.library.settings.retention;
  if (DECIDED.has(toState) && (scanUntil === 'verified' || scanAfterDecision === 'delete'))
    await deleteScans(tx, scope, row);
  if (!CLOSED.has(toState)) return;
  await finishTicket(tx, scope, row);
  await writeStepTimes(tx, scope, row, procedure);
}

/** How far a case is, as its scans go by it. */
interface ScanFacts {
  readonly done: ReadonlySet<StepAct>;
  readonly escalated: boolean;
}

/**
 * Whether nobody has to look at a case's scans any more: the entries were compared with the document, and no Sub
 * Koordinator has to judge an exception by it. Always false where the library keeps scans until the decision.
 */
export function scansServed(scope: Scope, procedure: Procedure, { done, escalated }: ScanFacts): boolean {
  return (
    scope.library.settings.retention.scanUntil === 'verified' &&
    !escalated &&
    identityVerified(procedure, done)
  );
}

/** Scans go in the transaction in which they have served, whichever act or decision that is. */
export async function dropServedScans(
  tx: Tx,
  scope: Scope,
  row: Pick<ApplicationRow, 'id'>,
  procedure: Procedure,
  change: { readonly before: ScanFacts; readonly after: ScanFacts },
): Promise<void> {
  if (scansServed(scope, procedure, change.after) && !scansServed(scope, procedure, change.before))
    await deleteScans(tx, scope, row);
}

/** The day's number of a case that leaves the counter is finished. */
export async function finishTicket(tx: Tx, scope: Scope, row: Pick<ApplicationRow, 'id'>): Promise<void> {
  await later(
    tx,
    tx
      .updateTable('queue_ticket')
      .set({ done_at: scope.at })
      .where('application_id', '=', row.id)
      .where('done_at', 'is', null),
  );
}

/** Empties the scans of identity documents; the rows stay as the trace that there were some. */
async function deleteScans(tx: Tx, scope: Scope, row: Pick<ApplicationRow, 'id'>): Promise<void> {
  await later(
    tx,
    tx
      .updateTable('file')
      .set({ bytes: null, deleted_at: scope.at })
      .where('application_id', '=', row.id)
      .where('kind', '=', 'scan')
      .where('deleted_at', 'is', null),
  );
}
