import type { Db, Tx } from '../db/connection.ts';
import type { ApplicationId, CardId } from '../domain/ids.ts';
import { allowedMemberActions } from '../domain/member.ts';
import { isFinished, type Procedure, type StepAct } from '../domain/procedure.ts';
import { type CaseChange, type CaseRefusal, changeCase, type LockedCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';
import { writeCardEvent } from './issue-card.ts';

type Refusal = CaseRefusal | { readonly ok: false; readonly reason: 'no-card' };

/**
 * The card of a case came out of the printer, or did not. A failed print changes nothing else: the member is valid
 * and the card is "belum tercetak" again, although the page that sent it to the printer had called it printed.
 */
export function recordPrint(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly applicationId: ApplicationId; readonly outcome: 'printed' | 'print_failed' },
): Promise<{ readonly ok: true; readonly version: number } | Refusal> {
  return changeCase<object, Refusal>(
    db,
    deps,
    scope,
    { applicationId: input.applicationId, action: 'print_card' },
    async (tx, current) => {
      const cardId = await findCurrentCard(tx, current);
      if (!cardId || !(await mayHaveCard(tx, scope, current))) return { ok: false, reason: 'no-card' };
      await writeCardEvent(tx, deps, scope, cardId, input.outcome);
      if (input.outcome === 'print_failed') {
        await tx.updateTable('card').set({ printed_at: null }).where('id', '=', cardId).execute();
        return {
          ok: true,
          change: { events: [{ kind: 'print_failed' }], undone: ['print_card'] },
          result: {},
        };
      }
      await tx.updateTable('card').set({ printed_at: scope.at }).where('id', '=', cardId).execute();
      return { ok: true, change: actChange(current, 'print_card'), result: {} };
    },
  );
}

/**
 * The card, or the address of the KTA online, was given to its holder: the last act of both procedures. Done by an
 * officer, or by the holder who opens the KTA online.
 * @param input.how what was given, for the card's history
 */
export function handOverCard(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly applicationId: ApplicationId; readonly how: 'card' | 'kta_online' },
): Promise<{ readonly ok: true; readonly version: number } | Refusal> {
  return changeCase<object, Refusal>(
    db,
    deps,
    scope,
    { applicationId: input.applicationId, action: 'hand_over' },
    async (tx, current) => {
      const cardId = await findCurrentCard(tx, current);
      if (!cardId) return { ok: false, reason: 'no-card' };
      await writeCardEvent(tx, deps, scope, cardId, 'handed_over', input.how);
      await tx.updateTable('card').set({ handed_over_at: scope.at }).where('id', '=', cardId).execute();
      // Opened on the own phone while the officer still holds the case: the holder stands at the counter.
      const atCounter = scope.actor.kind === 'officer' || current.row.held_by !== null;
      return { ok: true, change: actChange(current, 'hand_over', input.how, atCounter), result: {} };
    },
  );
}

/** An act after the approval; the case is complete once the procedure asks for nothing more. */
function actChange(
  current: LockedCase,
  act: StepAct,
  reason: string | null = null,
  atCounter = true,
): CaseChange {
  const { row, procedure } = current;
  const done = new Set<StepAct>([...row.done_acts, act]);
  const completes = row.state === 'approved' && isFinishedAfter(procedure, done);
  const place = atCounter ? 'counter' : 'home';
  return { events: [{ kind: 'act', act, reason, place }], ...(completes ? { toState: 'completed' } : {}) };
}

/** A procedure that ends with the card itself has no hand-over of its own: giving the card completes it as well. */
function isFinishedAfter(procedure: Procedure, done: ReadonlySet<StepAct>): boolean {
  return isFinished(procedure, done) && (done.has('hand_over') || done.has('print_card'));
}

/** A case stays open for a reprint for ever, a membership does not: its state has the last word. */
async function mayHaveCard(tx: Tx, scope: Scope, { row }: LockedCase): Promise<boolean> {
  if (row.member_id === null || scope.actor.kind !== 'officer') return false;
  const member = await tx
    .selectFrom('member')
    .select('state')
    .where('id', '=', row.member_id)
    .executeTakeFirst();
  return member !== undefined && allowedMemberActions(member.state, scope.actor.roles).has('print_card');
}

async function findCurrentCard(tx: Tx, { row }: LockedCase): Promise<CardId | undefined> {
  if (row.member_id === null) return undefined;
  const card = await tx
    .selectFrom('card')
    .select('id')
    .where('member_id', '=', row.member_id)
    .where('revoked_at', 'is', null)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
  return card?.id;
}
