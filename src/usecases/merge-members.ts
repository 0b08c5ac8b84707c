import type { Updateable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { dropRecordsOf } from '../db/oidc-record.ts';
import type { MemberEventKind, MemberTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CardId, MemberId, OfficerId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import { MERGE_REASONS, type MergeField, type MergeReason } from '../domain/member-merge.ts';
import { may } from '../domain/permissions.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import type { MemberRow } from './change-member.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { coveredPerson } from './cover-person.ts';
import { matchColumns } from './match-columns.ts';
import { columnsOf, differingFields, type MergeColumns, PRINTED, writeColumns } from './merge-fields.ts';
import { outdateCards } from './outdate-cards.ts';
import { writePersonRevision } from './revise-person.ts';
import { areToldApart } from './told-apart.ts';
import { writeMemberEvent } from './write-member-event.ts';

/** Reason of the events that a merge and its undoing write; figures and history tell them from a real end by it. */
export const MERGED = 'merged';
export const MERGE_UNDONE = 'merge_undone';

/** What a merge keeps so that it can be undone; sealed under the winner's key, and gone with it. */
export interface MergeContent {
  readonly fields: Partial<
    Record<MergeField, { readonly before: MergeColumns; readonly after: MergeColumns }>
  >;
  readonly former: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** Cards of the winner that show something else now. */
  readonly cards: readonly KeptCard[];
  /** The winner's, as the merge left it. */
  readonly validUntil: PlainDate | null;
}

interface KeptCard {
  readonly id: CardId;
  readonly printed_at: Date | null;
  readonly valid_until: PlainDate | null;
}

export type MergeRefusal = {
  readonly ok: false;
  readonly reason:
    | 'not-allowed'
    | 'not-found'
    | 'same-member'
    /** One of them was merged into somebody else meanwhile. */
    | 'already-merged'
    /** The data of one of them are gone. */
    | 'erased'
    /** An officer said that they are two people: that has to be taken back first. */
    | 'told-apart'
    | 'no-reason'
    | 'changed-meanwhile';
};

/**
 * Makes two memberships one. The winner keeps the own number and takes over the chosen fields; the loser ends from
 * now on and points to the winner. No visit, card, case or consent is moved: whoever reads those of a member reads
 * the whole family (`familyOf`), so that undoing gives back to each what is theirs (docs/decisions/013).
 * Pressed twice it is done once.
 * @param input.take the fields in which the loser's value replaces the winner's; those that do not differ are ignored
 * @param input.versions as the page showed them
 */
export function mergeMembers(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly winnerId: MemberId;
    readonly loserId: MemberId;
    readonly take: readonly MergeField[];
    readonly reason: string;
    readonly versions?: { readonly winner: number; readonly loser: number } | undefined;
  },
): Promise<{ readonly ok: true; readonly reprint: boolean; readonly repeated: boolean } | MergeRefusal> {
  const { winnerId, loserId, versions } = input;
  return inLibrary(
    db,
    scope.library.id,
    async (
      tx,
    ): Promise<
      { readonly ok: true; readonly reprint: boolean; readonly repeated: boolean } | MergeRefusal
    > => {
      const { actor } = scope;
      if (actor.kind !== 'officer' || !mayMerge(scope)) return { ok: false, reason: 'not-allowed' };
      const reason = MERGE_REASONS.find((one) => one === input.reason);
      if (winnerId === loserId) return { ok: false, reason: 'same-member' };
      const locked = await lockMembers(tx, [winnerId, loserId]);
      const winner = locked.get(winnerId);
      const loser = locked.get(loserId);
      if (!winner || !loser) return { ok: false, reason: 'not-found' };
      if (loser.merged_into === winner.id && winner.merged_into === null)
        return { ok: true, reprint: false, repeated: true };
      if (winner.merged_into !== null || loser.merged_into !== null)
        return { ok: false, reason: 'already-merged' };
      if (winner.name === '' || loser.name === '') return { ok: false, reason: 'erased' };
      if (versions && (versions.winner !== winner.version || versions.loser !== loser.version))
        return { ok: false, reason: 'changed-meanwhile' };
      if (await areToldApart(tx, winner.id, loser.id)) return { ok: false, reason: 'told-apart' };
      if (!reason) return { ok: false, reason: 'no-reason' };
      const differing = differingFields(winner, loser);
      const take = input.take.filter((field) => differing.includes(field));
      const reprint = await writeMerge(tx, deps, scope, winner, loser, { take, reason, by: actor.id });
      return { ok: true, reprint, repeated: false };
    },
  );
}

export function mayMerge(scope: Scope): boolean {
  return scope.actor.kind === 'officer' && may(scope.actor.roles, 'member.merge');
}

/** Locks members by rising id, so that two merges of the same people wait for each other and never for ever. */
export async function lockMembers(
  tx: Tx,
  ids: readonly MemberId[],
): Promise<ReadonlyMap<MemberId, MemberRow>> {
  const rows = new Map<MemberId, MemberRow>();
  for (const id of [...ids].sort()) {
    const row = await tx.selectFrom('member').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (row) rows.set(id, row);
  }
  return rows;
}

async function writeMerge(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  winner: MemberRow,
  loser: MemberRow,
  chosen: { readonly take: readonly MergeField[]; readonly reason: MergeReason; readonly by: OfficerId },
): Promise<boolean> {
  const { at, library } = scope;
  const { take, reason } = chosen;
  const taken = Object.fromEntries(
    take.map((field) => {
      const columns = columnsOf(field, loser);
      // A text of before the rule on identity numbers may not have been covered yet.
      const after = { ...columns, ...coveredPerson(columns).patch };
      // A state that is taken over holds for the winner from now on.
      return [field, field === 'state' ? { ...after, state_effective_at: at } : after];
    }),
  ) as Partial<Record<MergeField, MergeColumns>>;
  // The winner's own name stays findable, as after a correction.
  const names =
    taken.name && winner.name_key !== loser.name_key && !winner.former_name_keys.includes(winner.name_key)
      ? [...winner.former_name_keys.filter((key) => key !== loser.name_key), winner.name_key]
      : winner.former_name_keys;
  const former = coveredPerson({ former_name_keys: names }).patch.former_name_keys ?? names;
  const patch: Updateable<MemberTable> = Object.assign({ former_name_keys: former }, ...Object.values(taken));
  const after = { ...winner, ...patch } as MemberRow;
  const isPrinted = take.some((field) => PRINTED.has(field));
  const cards = isPrinted ? await cardsInUse(tx, winner.id) : [];
  const reprint = isPrinted && (await outdateCards(tx, winner.id, after.valid_until));
  const content: MergeContent = {
    fields: Object.fromEntries(
      take.map((field) => [field, { before: columnsOf(field, winner), after: taken[field] }]),
    ),
    former: { before: winner.former_name_keys, after: former },
    cards,
    validUntil: after.valid_until,
  };
  await tx
    .insertInto('member_merge')
    .values({
      library_id: library.id,
      id: newId(deps, at),
      winner_id: winner.id,
      loser_id: loser.id,
      fields: [...take],
      content: deps.vault.sealFor(library.id, winner.person_key, writeColumns(content)),
      loser_state: loser.state,
      loser_state_reason: loser.state_reason,
      loser_state_effective_at: loser.state_effective_at,
      reason,
      merged_at: at,
      merged_by: chosen.by,
    })
    .execute();
  await writePersonRevision(tx, deps, scope, winner, after, MERGED);
  await putMember(tx, deps, scope, winner, patch);
  await writeStates(tx, deps, scope, winner, after, MERGED);
  await writeMemberEvent(tx, deps, scope, after, {
    kind: 'corrected',
    reason: MERGED,
    oldValidUntil: winner.valid_until,
    validUntil: after.valid_until,
  });
  // Signed in to services under an account that is no more; the next sign-in is the winner's.
  await dropRecordsOf(tx, loser.id, null);
  await putMember(tx, deps, scope, loser, {
    state: 'ended',
    state_reason: MERGED,
    state_effective_at: at,
    merged_into: winner.id,
  });
  // Whoever was merged into the loser before is the winner's now: one step leads to who stands for them.
  await tx
    .updateTable('member')
    .set({ merged_into: winner.id })
    .where('merged_into', '=', loser.id)
    .execute();
  await writeStates(tx, deps, scope, loser, { ...loser, state: 'ended' }, MERGED);
  for (const [action, id] of [
    ['member.merge', winner.id],
    ['member.merged', loser.id],
  ] as const)
    await writeAudit(tx, deps, scope, {
      action,
      subjectKind: 'member',
      subjectId: id,
      fields: action === 'member.merge' ? take : [],
      purpose: reason,
    });
  return reprint;
}

function cardsInUse(tx: Tx, id: MemberId): Promise<readonly KeptCard[]> {
  return tx
    .selectFrom('card')
    .select(['id', 'printed_at', 'valid_until'])
    .where('member_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}

/**
 * Writes a row as a change of its own version.
 * @param keys by which cross-check and search find it: they follow what it holds now
 */
export async function putMember(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  row: MemberRow,
  patch: Updateable<MemberTable>,
  keys = matchColumns(deps.vault, scope.library.id, { ...row, ...patch } as MemberRow),
): Promise<void> {
  await tx
    .updateTable('member')
    .set({ ...patch, ...keys, version: row.version + 1, updated_at: scope.at })
    .where('id', '=', row.id)
    .execute();
}

/** The events that lead from one state to another, in the words of the history: what ended begins again first. */
export function eventsBetween(from: MemberState, to: MemberState): readonly MemberEventKind[] {
  if (from === to) return [];
  const back: readonly MemberEventKind[] = from === 'ended' ? ['reactivated'] : [];
  switch (to) {
    case 'active':
      return back.length > 0 ? back : ['resumed'];
    case 'suspended':
      return [...back, 'suspended'];
    case 'cleared':
      return [...back, 'cleared'];
    case 'ended':
      return ['ended'];
  }
}

/** Records the way from the state before to the state after, from now on: no closed month changes by it. */
export async function writeStates(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  before: MemberRow,
  after: MemberRow,
  reason: string,
): Promise<void> {
  for (const kind of eventsBetween(before.state, after.state))
    await writeMemberEvent(tx, deps, scope, after, {
      kind,
      reason,
      oldValidUntil: before.valid_until,
      validUntil: after.valid_until,
    });
}
