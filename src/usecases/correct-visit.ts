import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { insertVisit, type MemberKey } from '../db/visit.ts';
import { coverIdentityNumbers } from '../domain/identity-in-text.ts';
import type { ServicePointId, VisitId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { checkVisit, repeatWindow, type VisitInput, type VisitProblem, visitRow } from './record-visit.ts';

/** Why an entry of the guest book was wrong. */
export const VISIT_REASONS = ['double', 'wrong_entry', 'trial', 'other'] as const;
export type VisitReason = (typeof VISIT_REASONS)[number];

export interface ReasonGiven {
  readonly reason: VisitReason;
  /** The officer's own words; required with `other`. */
  readonly note: string;
}

/** Takes an entry out of all figures; the row stays, with who did it and why. */
export async function voidVisit(
  db: Db,
  deps: Deps,
  scope: Scope,
  visitId: VisitId,
  given: ReasonGiven,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' | 'reason-missing' }> {
  if (reasonText(given) === undefined) return { ok: false, reason: 'reason-missing' };
  const done = await inLibrary(db, scope.library.id, (tx) =>
    markVoid(tx, deps, scope, visitId, given, 'visit.void'),
  );
  if (!done) return { ok: false, reason: 'not-found' };
  deps.wake({ libraryId: scope.library.id, topic: 'visit', subjectId: visitId });
  return { ok: true };
}

export interface Correction extends VisitInput {
  readonly servicePointId: ServicePointId;
  readonly given: ReasonGiven;
}

/**
 * Corrects an entry: the old row is voided and a new one takes its place with the same time, so that what stood there
 * before can still be read. A member's entry keeps its member unless another one is named.
 */
export async function correctVisit(
  db: Db,
  deps: Deps,
  scope: Scope,
  visitId: VisitId,
  input: Correction,
): Promise<
  | { readonly ok: true; readonly visitId: VisitId }
  | {
      readonly ok: false;
      readonly reason: 'not-found' | 'reason-missing' | 'unknown-service-point' | 'unknown-member';
    }
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly VisitProblem[] }
> {
  const { library, actor } = scope;
  if (actor.kind !== 'officer') throw new Error('only an officer corrects the guest book');
  if (reasonText(input.given) === undefined) return { ok: false, reason: 'reason-missing' };
  if (!library.servicePoints.some((point) => point.id === input.servicePointId))
    return { ok: false, reason: 'unknown-service-point' };
  const checked = checkVisit(library, input);
  if (!checked.ok) return checked;
  const member: MemberKey | null = input.visitor.kind === 'member' ? input.visitor.member : null;
  // A refusal must take the voiding back with it.
  const refusal = new Error('refused');
  let reason: 'not-found' | 'unknown-member' = 'not-found';
  try {
    const id = await inLibrary(db, library.id, async (tx) => {
      const old = await tx
        .selectFrom('visit')
        .select(['at', 'day'])
        .where('id', '=', visitId)
        .executeTakeFirst();
      if (!old || !(await markVoid(tx, deps, scope, visitId, input.given, 'visit.correct'))) throw refusal;
      const row = visitRow(deps, library, old.at, input, checked.texts);
      const submitKey = deps.vault.hash(library.id, 'submit_key', input.submitKey);
      const written = await insertVisit(
        tx,
        library.id,
        { by: 'officer', officerId: actor.id, servicePointId: input.servicePointId },
        member,
        { ...row, day: old.day, submitKey, replaces: visitId },
        repeatWindow(library, old.at),
      );
      if (member !== null && written.memberId === null) {
        reason = 'unknown-member';
        throw refusal;
      }
      if (!written.written) throw refusal;
      return row.id;
    });
    deps.wake({ libraryId: library.id, topic: 'visit', subjectId: id });
    return { ok: true, visitId: id };
  } catch (error) {
    if (error === refusal) return { ok: false, reason };
    throw error;
  }
}

async function markVoid(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  visitId: VisitId,
  given: ReasonGiven,
  action: 'visit.void' | 'visit.correct',
): Promise<boolean> {
  const { actor, at } = scope;
  if (actor.kind !== 'officer') throw new Error('only an officer voids an entry of the guest book');
  // The words stay with the visit, which can be emptied; the audit log holds the code.
  const reason = reasonText(given) ?? null;
  const row = await tx
    .updateTable('visit')
    .set({ voided_at: at, voided_by: actor.id, void_reason: reason })
    .where('id', '=', visitId)
    .where('voided_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!row) return false;
  await writeAudit(tx, deps, scope, {
    action,
    subjectKind: 'visit',
    subjectId: visitId,
    purpose: given.reason,
  });
  return true;
}

/** The code, with the officer's words where they are needed. */
function reasonText(given: ReasonGiven): string | undefined {
  const note = coverIdentityNumbers(given.note.trim()).slice(0, 200);
  if (given.reason === 'other') return note === '' ? undefined : `other: ${note}`;
  return note === '' ? given.reason : `${given.reason}: ${note}`;
}
