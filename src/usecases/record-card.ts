import type { Db, Tx } from '../db/connection.ts';
import type { ApplicationId, CardId, MemberId } from '../domain/ids.ts';
import { allowedMemberActions } from '../domain/member.ts';
import { isFinished, type Procedure, type StepAct } from '../domain/procedure.ts';
import { type CaseChange, type CaseRefusal, changeCase, type LockedCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';
import { writeCardEvent } from './issue-card.ts';

type Refusal = CaseRefusal | { readonly ok: false; readonly reason: 'no-card' };
/** The same press arrived before: its answer was lost on the way, or the key was pressed twice. */
type PrintRefusal = Refusal | { readonly ok: false; readonly reason: 'already-told' };

/**
 * The card of a case came out of the printer, or did not. A failed print changes nothing else: the member is valid
 * and the card is "belum tercetak" again, although the page that sent it to the printer had called it printed.
 * @param input.shown when the card was last printed, as the page with the key said; nothing is recorded where that has
 *   changed since, so that a press sent twice is one print
 */
export function recordPrint(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly applicationId: ApplicationId;
    readonly outcome: 'printed' | 'print_failed';
    readonly shown?: Date | null | undefined;
  },
): Promise<{ readonly ok: true; readonly version: number } | PrintRefusal> {
  const { applicationId, outcome, shown } = input;
  const target = { applicationId, action: 'print_card' } as const;
  return changeCard<'already-told'>(db, deps, scope, target, async (tx, current, cardId) => {
    if (!(await mayHaveCard(tx, scope, current))) return undefined;
    const { printed_at } = await tx
      .selectFrom('card')
      .select('printed_at')
      .where('id', '=', cardId)
      .executeTakeFirstOrThrow();
    if (shown !== undefined && shown?.getTime() !== printed_at?.getTime()) return 'already-told';
    // With its holder before the counter, a card is printed once more because it came out wrong.
    const again = outcome === 'printed' && printed_at !== null ? 'misprint' : null;
    await writeCardEvent(tx, deps, scope, cardId, outcome, again);
    if (outcome === 'print_failed') {
      await tx.updateTable('card').set({ printed_at: null }).where('id', '=', cardId).execute();
      return { events: [{ kind: 'print_failed' }], undone: ['print_card'] };
    }
    await tx.updateTable('card').set({ printed_at: scope.at }).where('id', '=', cardId).execute();
    return actChange(current, 'print_card');
  });
}

/** The act of printing of a case whose card came out with others; the card itself has been told of. */
export function recordPrintedCard(
  db: Db,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<{ readonly ok: true; readonly version: number } | Refusal> {
  return changeCard<never>(db, deps, scope, { applicationId, action: 'print_card' }, async (_tx, current) =>
    actChange(current, 'print_card'),
  );
}

/** Told by the officer's turning to the next person, not by a press of its own. */
export const BY_NEXT_PERSON = 'next_person';

/**
 * The card, or the address of the KTA online, was given to its holder: the last act of both procedures. Done by an
 * officer, or by the holder who opens the KTA online.
 * @param input.how what was given, for the card's history
 * @param input.byNextPerson the officer took the next case with this one still in hand
 */
export async function handOverCard(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly applicationId: ApplicationId;
    readonly how: 'card' | 'kta_online';
    readonly byNextPerson?: boolean;
  },
): Promise<{ readonly ok: true; readonly version: number } | Refusal> {
  const { applicationId, how, byNextPerson = false } = input;
  const target = { applicationId, action: 'hand_over' } as const;
  let version = 0;
  const outcome = await changeCard<'already-told'>(db, deps, scope, target, async (tx, current, cardId) => {
    ({ version } = current.row);
    const { handed_over_at } = await tx
      .selectFrom('card')
      .select('handed_over_at')
      .where('id', '=', cardId)
      .executeTakeFirstOrThrow();
    // Told a second time, as its answer was lost or the next person was called meanwhile: a card is given once.
    if (handed_over_at !== null && current.row.done_acts.includes('hand_over')) return 'already-told';
    await writeCardEvent(tx, deps, scope, cardId, 'handed_over', how);
    await tx.updateTable('card').set({ handed_over_at: scope.at }).where('id', '=', cardId).execute();
    // Opened on the own phone while the officer still holds the case: the holder stands at the counter.
    const atCounter = scope.actor.kind === 'officer' || current.row.held_by !== null;
    return actChange(current, 'hand_over', byNextPerson ? BY_NEXT_PERSON : how, atCounter);
  });
  return !outcome.ok && outcome.reason === 'already-told' ? { ok: true, version } : outcome;
}

/** What happens to the card in use of a case; `decide` answers undefined where there must be none, or why not. */
function changeCard<Reason extends string>(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: { readonly applicationId: ApplicationId; readonly action: 'print_card' | 'hand_over' },
  decide: (tx: Tx, current: LockedCase, cardId: CardId) => Promise<CaseChange | Reason | undefined>,
): Promise<
  { readonly ok: true; readonly version: number } | Refusal | { readonly ok: false; readonly reason: Reason }
> {
  return changeCase<object, Refusal | { readonly ok: false; readonly reason: Reason }>(
    db,
    deps,
    scope,
    target,
    async (tx, current) => {
      const { member_id: memberId } = current.row;
      const cardId = memberId === null ? undefined : await findCurrentCard(tx, memberId);
      const change = cardId && (await decide(tx, current, cardId));
      if (typeof change === 'string') return { ok: false, reason: change };
      return change ? { ok: true, change, result: {} } : { ok: false, reason: 'no-card' };
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

/** The card of a member that is not revoked; the newest, should there be several. */
export async function findCurrentCard(tx: Tx, memberId: MemberId): Promise<CardId | undefined> {
  const card = await tx
    .selectFrom('card')
    .select('id')
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
  return card?.id;
}
