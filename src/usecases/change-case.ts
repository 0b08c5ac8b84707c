import type { Updateable } from 'kysely';
import { type ApplicationRow, lockApplication } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import { getProcedure } from '../db/library.ts';
import type { ApplicationTable, Place } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  type ApplicationAction,
  type ApplicationState,
  allowedActions,
  type CaseFacts,
} from '../domain/application.ts';
import { needsGuardian } from '../domain/child.ts';
import type { ApplicationId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Procedure, StepAct } from '../domain/procedure.ts';
import { writeAudit } from './audit.ts';
import { closingPatch, dropServedScans, followState } from './close-case.ts';
import { actorColumns, type Deps, newId, partyOf, type Scope, servicePointOf, todayOf } from './context.ts';

/** A case as locked for a change. */
export interface LockedCase {
  readonly row: ApplicationRow;
  /** The version the case began with. */
  readonly procedure: Procedure;
  readonly facts: CaseFacts;
}

/** One thing that happened to the case; see `CaseEvent` in domain/step-clock for the kinds. */
export interface NewCaseEvent {
  readonly kind: string;
  readonly act?: StepAct;
  readonly startedAt?: Date | null;
  /** When it took effect, where that is not now. */
  readonly effectiveAt?: Date;
  readonly place?: Place;
  readonly reason?: string | null;
  /** Where it is not the case's present round of correction. */
  readonly round?: number;
}

export interface CaseChange {
  readonly patch?: Omit<
    Updateable<ApplicationTable>,
    'state' | 'done_acts' | 'version' | 'library_id' | 'id'
  >;
  readonly toState?: ApplicationState;
  readonly events: readonly NewCaseEvent[];
  /** Acts that must be done again: the data they looked at have changed. Their events stay. */
  readonly undone?: readonly StepAct[];
  /** Names of fields that changed, for the audit row; never their values. */
  readonly fields?: readonly string[];
  readonly purpose?: string;
}

export type CaseRefusal =
  | { readonly ok: false; readonly reason: 'not-found' }
  | {
      readonly ok: false;
      /** The state, the procedure, the hold or the permission does not let this happen now. */
      readonly reason: 'not-allowed';
      readonly state: ApplicationState;
      readonly heldBy: string | null;
    }
  | { readonly ok: false; readonly reason: 'changed-meanwhile'; readonly version: number };

/** What `allowedActions` asks about a case. */
export function factsOf(row: ApplicationRow, today: PlainDate): CaseFacts {
  return {
    state: row.state,
    done: new Set(row.done_acts),
    heldBy: row.held_by,
    escalated: row.escalated_at !== null,
    escalatedBy: row.escalated_by,
    guardianMissing:
      row.birth_date !== null && needsGuardian(row.birth_date, today) && row.guardian_consented_at === null,
  };
}

/**
 * The one way a case changes: locked, asked whether the action is allowed, then row, events and audit in one
 * transaction. `decide` may write further rows in the same transaction or refuse with a reason of its own.
 * @param expectedVersion the version the screen showed; refused as changed-meanwhile where another came first
 */
export async function changeCase<Result extends object, Refusal extends { readonly ok: false }>(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: { applicationId: ApplicationId; action: ApplicationAction; expectedVersion?: number | undefined },
  decide: (
    tx: Tx,
    current: LockedCase,
  ) => Promise<Refusal | { readonly ok: true; readonly change: CaseChange; readonly result: Result }>,
): Promise<({ readonly ok: true; readonly version: number } & Result) | Refusal | CaseRefusal> {
  const outcome = await inLibrary(db, scope.library.id, async (tx) => {
    const row = await lockApplication(tx, target.applicationId);
    // Whoever was erased is nobody any more: a form that was opened before brings nothing back.
    if (!row || row.person_key.length === 0) return { ok: false, reason: 'not-found' } as const;
    if (target.expectedVersion !== undefined && target.expectedVersion !== row.version)
      return { ok: false, reason: 'changed-meanwhile', version: row.version } as const;
    const procedure = await procedureOf(tx, scope, row);
    const facts = factsOf(row, todayOf(scope));
    if (!allowedActions(procedure, facts, partyOf(scope.actor)).has(target.action))
      return { ok: false, reason: 'not-allowed', state: row.state, heldBy: row.held_by } as const;
    const decided = await decide(tx, { row, procedure, facts });
    if (!decided.ok) return decided;
    const done = actsAfter(row, decided.change);
    const version = await writeChange(tx, deps, scope, target.action, row, decided.change, done);
    const { toState, patch } = decided.change;
    const escalatedAt = patch?.escalated_at === undefined ? row.escalated_at : patch.escalated_at;
    await dropServedScans(tx, scope, row, procedure, {
      before: facts,
      after: { done: new Set(done), escalated: escalatedAt !== null },
    });
    if (toState !== undefined && toState !== row.state) await followState(tx, scope, row, procedure, toState);
    return { ...decided.result, ok: true, version } as const;
  });
  if (outcome.ok) {
    deps.wake({ libraryId: scope.library.id, topic: 'case', subjectId: target.applicationId });
  }
  return outcome;
}

/** The procedure a case runs by: the version it began with, though the library's may be newer. */
export function procedureOf(tx: Tx, scope: Scope, row: ApplicationRow): Promise<Procedure> {
  return row.procedure_version === scope.library.procedureVersion
    ? Promise.resolve(scope.library.procedure)
    : getProcedure(tx, row.procedure_version);
}

/** What is done of a case once this change is. */
function actsAfter(row: ApplicationRow, change: CaseChange): readonly StepAct[] {
  const acts = change.events.flatMap((event) => (event.act ? [event.act] : []));
  return [...new Set([...row.done_acts.filter((act) => !change.undone?.includes(act)), ...acts])];
}

async function writeChange(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  action: ApplicationAction,
  row: ApplicationRow,
  change: CaseChange,
  done: readonly StepAct[],
): Promise<number> {
  const { at } = scope;
  const toState = change.toState ?? row.state;
  const version = row.version + 1;
  // Together, in this order: none needs the answer of another.
  await Promise.all([
    later(
      tx,
      tx
        .updateTable('application')
        .set({
          ...change.patch,
          done_acts: [...done],
          version,
          ...(toState === row.state
            ? {}
            : { state: toState, state_effective_at: at, ...closingPatch(scope, toState) }),
        })
        .where('id', '=', row.id),
    ),
    writeCaseEvents(tx, deps, scope, row, change.events, toState),
    writeAudit(tx, deps, scope, {
      action: `application.${action}`,
      subjectKind: 'application',
      subjectId: row.id,
      fields: change.fields ?? [],
      purpose: change.purpose ?? null,
    }),
  ]);
  return version;
}

/** The state changes with the last event of a change; the earlier ones lead up to it. */
async function writeCaseEvents(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  events: readonly NewCaseEvent[],
  toState: ApplicationState,
): Promise<void> {
  if (events.length === 0) return;
  const place: Place =
    scope.actor.kind === 'officer'
      ? 'counter'
      : scope.actor.kind === 'device'
        ? 'kiosk'
        : scope.actor.kind === 'system'
          ? 'none'
          : 'home';
  await later(
    tx,
    tx.insertInto('application_event').values(
      events.map((event, index) => ({
        library_id: scope.library.id,
        id: newId(deps, scope.at),
        application_id: row.id,
        at: scope.at,
        effective_at: event.effectiveAt ?? scope.at,
        kind: event.kind,
        act: event.act ?? null,
        started_at: event.startedAt ?? null,
        place: event.place ?? place,
        round: event.round ?? row.correction_round,
        ...actorColumns(scope.actor),
        service_point_id: servicePointOf(scope),
        reason: event.reason ?? null,
        ...(index === events.length - 1 && toState !== row.state
          ? { from_state: row.state, to_state: toState }
          : {}),
      })),
    ),
  );
}
