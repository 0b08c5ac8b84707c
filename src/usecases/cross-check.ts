import type { ApplicationRow } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import type { CrossCheckCandidate } from '../db/schema.ts';
import type { FieldName } from '../domain/form-fields.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { DifferentReason } from '../domain/member-merge.ts';
import { actsInOrder, availableActs, type StepAct } from '../domain/procedure.ts';
import { type CaseRefusal, changeCase, type LockedCase, type NewCaseEvent } from './change-case.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { type Candidate, findCandidates } from './find-candidates.ts';
import { rememberDifferent } from './told-apart.ts';

/** Data the check looks at: when one of these changes, it has to look again. */
export const CHECKED_FIELDS: ReadonlySet<FieldName> = new Set<FieldName>([
  'document_type',
  'document_number',
  'nik',
  'name',
  'birth_date',
  'sex',
  'phone',
]);

interface Outcome {
  readonly outcome: 'new' | 'already_member' | 'escalated';
  readonly reason: string | null;
  readonly memberId?: MemberId;
  /** As found just now; looked up where the caller has not. */
  readonly candidates?: readonly Candidate[];
}

/** Nobody had to be judged: written by the check itself, refused where somebody has to be. */
export const NOBODY_ALIKE = 'nobody_alike';

type NewPersonRefusal =
  | CaseRefusal
  /** Somebody alike, who was not on the officer's screen, has to be judged first. */
  | { readonly ok: false; readonly reason: 'somebody-alike' };

/**
 * The officer has judged those shown, or there was nobody to judge: this is a new person. That the two are different
 * people is remembered for everybody shown, so that nobody asks again.
 */
export function crossCheckAsNew(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly applicationId: ApplicationId;
    readonly reason: DifferentReason | typeof NOBODY_ALIKE;
    /** Ids of those on the officer's screen: who came after was not judged. Left out: all. */
    readonly shown?: readonly string[];
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ readonly ok: true; readonly version: number } | NewPersonRefusal> {
  const { applicationId, expectedVersion, reason, shown } = input;
  return changeCase<object, NewPersonRefusal>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'cross_check' },
    async (tx, { row }) => {
      const candidates = await findCandidates(tx, deps, scope, row);
      const judged = reason === NOBODY_ALIKE ? [] : (shown ?? candidates.map(({ id }) => id as string));
      if (candidates.some(({ id, mustJudge }) => mustJudge && !judged.includes(id)))
        return { ok: false, reason: 'somebody-alike' };
      await writeCrossCheck(tx, deps, scope, row, { outcome: 'new', reason, candidates });
      return {
        ok: true,
        change: {
          events: [{ kind: 'act', act: 'cross_check', reason }],
          purpose: reason,
        },
        result: {},
      };
    },
  );
}

/**
 * Closes the check by itself where it is next and nobody resembles the person enough to be judged: the officer of a
 * clean case never sees it. What was found below that is kept with the decision.
 * @param done acts done so far, those of the change in hand included
 */
export async function closeCrossCheck(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  current: LockedCase,
  done: ReadonlySet<StepAct>,
): Promise<NewCaseEvent[]> {
  const { procedure, row } = current;
  const isNext =
    !actsInOrder(procedure).includes('cross_check') || availableActs(procedure, done).has('cross_check');
  if (done.has('cross_check') || !isNext || row.escalated_at !== null) return [];
  const candidates = await findCandidates(tx, deps, scope, row);
  if (candidates.some((candidate) => candidate.mustJudge)) return [];
  await writeCrossCheck(tx, deps, scope, row, { outcome: 'new', reason: NOBODY_ALIKE, candidates });
  return [{ kind: 'act', act: 'cross_check', reason: NOBODY_ALIKE }];
}

/**
 * At taking a case: data that changed since the last check (an answer of the applicant) are checked again, and
 * compared with the document again.
 */
export async function checkAgain(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  current: LockedCase,
): Promise<{ readonly events: readonly NewCaseEvent[]; readonly undone: readonly StepAct[] }> {
  const { row, facts } = current;
  const undone = await staleActs(tx, row, facts.done);
  const done = new Set([...facts.done].filter((act) => !undone.includes(act)));
  const closed = await closeCrossCheck(tx, deps, scope, current, done);
  // Closed for the first time with the taking itself: it began with nothing before.
  const events = facts.done.has('cross_check')
    ? closed
    : closed.map((event) => ({ ...event, startedAt: scope.at }));
  return { events, undone };
}

async function staleActs(
  tx: Tx,
  row: ApplicationRow,
  done: ReadonlySet<StepAct>,
): Promise<readonly StepAct[]> {
  if (!done.has('cross_check') && !done.has('verify')) return [];
  const looked = await tx
    .selectFrom('application_event')
    .select(['act', ({ fn }) => fn.max('at').as('at')])
    .where('application_id', '=', row.id)
    .where('act', 'in', ['cross_check', 'verify'])
    .groupBy('act')
    .execute();
  const revisions = await tx
    .selectFrom('revision')
    .select(['at', 'fields', 'actor_kind'])
    .where('application_id', '=', row.id)
    .where('actor_kind', '=', 'applicant')
    .execute();
  const isStale = (act: StepAct, matters: (fields: readonly string[]) => boolean) => {
    const at = looked.find((each) => each.act === act)?.at;
    return (
      done.has(act) && at !== undefined && revisions.some((each) => each.at > at && matters(each.fields))
    );
  };
  return [
    ...(isStale('verify', () => true) ? (['verify'] as const) : []),
    ...(isStale('cross_check', (fields) => fields.some((field) => CHECKED_FIELDS.has(field as FieldName)))
      ? (['cross_check'] as const)
      : []),
  ];
}

/** Keeps how the check ended and what it had found; ids, scores and codes only. */
export async function writeCrossCheck(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  outcome: Outcome,
): Promise<void> {
  const candidates = outcome.candidates ?? (await findCandidates(tx, deps, scope, row));
  const kept: readonly CrossCheckCandidate[] = candidates.map(({ kind, id, score, verdict, reasons }) => ({
    kind,
    id,
    score,
    verdict,
    reasons: reasons.map((reason) => reason.code),
  }));
  await later(
    tx,
    tx.insertInto('cross_check').values({
      library_id: scope.library.id,
      id: newId(deps, scope.at),
      application_id: row.id,
      outcome: outcome.outcome,
      reason: outcome.reason,
      candidates: JSON.stringify(kept),
      member_id: outcome.memberId ?? null,
      at: scope.at,
      officer_id: scope.actor.kind === 'officer' ? scope.actor.id : null,
    }),
  );
  // Judged by a person, at the counter or by the Sub Koordinator: it is not asked again.
  if (outcome.outcome === 'new' && outcome.reason !== null && outcome.reason !== NOBODY_ALIKE)
    await rememberDifferent(tx, deps, scope, row.id, candidates, outcome.reason);
}
