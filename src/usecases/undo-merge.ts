import type { Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { dropRecordsOf } from '../db/oidc-record.ts';
import type { MemberMergeTable, MemberTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { isCovered } from '../domain/identity-in-text.ts';
import type { MemberId } from '../domain/ids.ts';
import { type MergeField, UNDO_REASONS } from '../domain/member-merge.ts';
import { writeAudit } from './audit.ts';
import type { MemberRow } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { coveredPerson } from './cover-person.ts';
import { findCandidates } from './find-candidates.ts';
import { holdsSame, type MergeColumns, PRINTED, readColumns } from './merge-fields.ts';
import {
  lockMembers,
  MERGE_UNDONE,
  type MergeContent,
  mayMerge,
  putMember,
  writeStates,
} from './merge-members.ts';
import { writePersonRevision } from './revise-person.ts';
import { rememberDifferent } from './told-apart.ts';
import { writeMemberEvent } from './write-member-event.ts';

export type UndoRefusal = {
  readonly ok: false;
  readonly reason:
    | 'not-allowed'
    | 'not-found'
    | 'no-reason'
    | 'erased'
    /** A later merge stands on this one and has to be undone before. */
    | 'later-first';
};

/**
 * Takes a merge back: two memberships again, each as it was, with what happened since. What came through the loser's
 * number or card is the loser's already. A field that the merge set goes back, unless it was changed after the merge:
 * then the later word stands with the winner (docs/decisions/013). Pressed twice it is done once.
 * @returns `kept`: fields that the merge had set and somebody changed since
 */
export function undoMerge(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly mergeId: string; readonly reason: string },
): Promise<
  | {
      readonly ok: true;
      readonly winnerId: MemberId;
      readonly loserId: MemberId;
      readonly kept: readonly MergeField[];
    }
  | UndoRefusal
> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!mayMerge(scope)) return { ok: false, reason: 'not-allowed' } as const;
    const reason = UNDO_REASONS.find((one) => one === input.reason);
    const find = () =>
      tx.selectFrom('member_merge').selectAll().where('id', '=', input.mergeId).executeTakeFirst();
    const known = await find();
    if (!known) return { ok: false, reason: 'not-found' } as const;
    const { winner_id: winnerId, loser_id: loserId } = known;
    const locked = await lockMembers(tx, [winnerId, loserId]);
    const winner = locked.get(winnerId);
    const loser = locked.get(loserId);
    // Read again under the lock: two officers may have pressed at once.
    const merge = await find();
    if (!winner || !loser || !merge) return { ok: false, reason: 'not-found' } as const;
    if (merge.undone_at !== null) return { ok: true, winnerId, loserId, kept: [] } as const;
    if (winner.name === '' || loser.name === '') return { ok: false, reason: 'erased' } as const;
    if (winner.merged_into !== null || (await hasLaterMerge(tx, merge)))
      return { ok: false, reason: 'later-first' } as const;
    if (!reason) return { ok: false, reason: 'no-reason' } as const;
    const kept = await writeUndo(tx, deps, scope, merge, winner, loser);
    await tx
      .updateTable('member_merge')
      .set({
        undone_at: scope.at,
        undone_by: scope.actor.kind === 'officer' ? scope.actor.id : null,
        undo_reason: reason,
      })
      .where('id', '=', merge.id)
      .execute();
    if (reason === 'different_people') {
      const after = (await lockMembers(tx, [winnerId])).get(winnerId) ?? winner;
      const alike = await findCandidates(tx, deps, scope, after);
      const score = alike.find(({ id }) => id === loserId)?.score ?? 0;
      await rememberDifferent(tx, deps, scope, winnerId, [{ id: loserId, score }], 'other_person');
    }
    for (const [action, id] of [
      ['member.unmerge', winnerId],
      ['member.unmerged', loserId],
    ] as const)
      await writeAudit(tx, deps, scope, { action, subjectKind: 'member', subjectId: id, purpose: reason });
    return { ok: true, winnerId, loserId, kept } as const;
  });
}

/** Merges into one member are undone from the last back: an earlier one would give back what a later one replaced. */
async function hasLaterMerge(tx: Tx, merge: Selectable<MemberMergeTable>): Promise<boolean> {
  const later = await tx
    .selectFrom('member_merge')
    .select('id')
    .where('winner_id', '=', merge.winner_id)
    .where('undone_at', 'is', null)
    .where('id', '>', merge.id)
    .executeTakeFirst();
  return later !== undefined;
}

async function writeUndo(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  merge: Selectable<MemberMergeTable>,
  winner: MemberRow,
  loser: MemberRow,
): Promise<readonly MergeField[]> {
  const { vault } = deps;
  await endSignIns(tx, scope, merge);
  const content = coveredContent(
    readColumns(vault.openFor(scope.library.id, winner.person_key, merge.content)) as MergeContent,
  );
  const now: MemberRow = { ...winner, ...coveredPerson(winner).patch };
  const fields = Object.entries(content.fields) as [
    MergeField,
    { before: MergeColumns; after: MergeColumns },
  ][];
  const untouched = fields.filter(([field, { after }]) => holdsSame(field, now, after));
  const patch: Updateable<MemberTable> = Object.assign({}, ...untouched.map(([, { before }]) => before));
  const restored = { ...winner, ...patch } as MemberRow;
  patch.former_name_keys = formerNames(content, untouched, now, {
    ...loser,
    ...coveredPerson(loser).patch,
  });
  await writePersonRevision(tx, deps, scope, winner, restored, MERGE_UNDONE);
  await putMember(tx, deps, scope, winner, patch);
  await writeStates(tx, deps, scope, winner, restored, MERGE_UNDONE);
  await writeMemberEvent(tx, deps, scope, restored, {
    kind: 'corrected',
    reason: MERGE_UNDONE,
    oldValidUntil: winner.valid_until,
    validUntil: restored.valid_until,
  });
  const printedStands = fields.every((one) => !PRINTED.has(one[0]) || untouched.includes(one));
  // A card of before the rule shows the number that is covered in the name now.
  if (printedStands && !isCovered(restored.name) && winner.valid_until === content.validUntil)
    await restoreCards(tx, content);

  const back = {
    state: merge.loser_state,
    state_reason: merge.loser_state_reason,
    state_effective_at: merge.loser_state_effective_at,
  };
  await putMember(tx, deps, scope, loser, { ...back, merged_into: null });
  await writeStates(tx, deps, scope, loser, { ...loser, ...back }, MERGE_UNDONE);
  // Whoever had been merged into the loser before goes back with it.
  await sql`
    with recursive own as (
      select loser_id from member_merge where winner_id = ${loser.id} and undone_at is null
      union
      select next.loser_id from member_merge next join own on next.winner_id = own.loser_id where next.undone_at is null
    )
    update member set merged_into = ${loser.id} from own where member.id = own.loser_id`.execute(tx);
  return fields.filter((one) => !untouched.includes(one)).map(([field]) => field);
}

/** Texts of before the rule on identity numbers: what was covered since was no change, and none comes back with a number. */
function coveredContent(content: MergeContent): MergeContent {
  const covered = (columns: MergeColumns): MergeColumns => ({ ...columns, ...coveredPerson(columns).patch });
  const keys = (former: readonly string[]) =>
    coveredPerson({ former_name_keys: [...former] }).patch.former_name_keys ?? former;
  return {
    ...content,
    fields: Object.fromEntries(
      Object.entries(content.fields).map(([field, { before, after }]) => [
        field,
        { before: covered(before), after: covered(after) },
      ]),
    ),
    former: { before: keys(content.former.before), after: keys(content.former.after) },
  };
}

/**
 * While both were one, the loser's number and passkeys signed in as the winner: nobody can tell which of the two a sign-in,
 * a consent or a passkey of that time is from. None stands; whoever it was signs in again, as themselves. Before the two
 * part, so that it is of both.
 */
async function endSignIns(tx: Tx, scope: Scope, merge: Selectable<MemberMergeTable>): Promise<void> {
  const { winner_id: winnerId, loser_id: loserId, merged_at: since } = merge;
  await dropRecordsOf(tx, winnerId, null);
  await tx
    .updateTable('one_time_code')
    .set({ used_at: scope.at })
    .where('member_id', 'in', [winnerId, loserId])
    .where('made_at', '>=', since)
    .where('used_at', 'is', null)
    .execute();
  await tx
    .updateTable('service_consent')
    .set({ ended_at: scope.at })
    .where('member_id', '=', winnerId)
    .where('given_at', '>=', since)
    .where('ended_at', 'is', null)
    .execute();
  await tx
    .deleteFrom('member_passkey')
    .where('member_id', '=', winnerId)
    .where('created_at', '>=', since)
    .execute();
}

/** The names that the winner had before, as far as nobody changed the name since. */
function formerNames(
  { fields, former }: MergeContent,
  untouched: readonly (readonly [MergeField, unknown])[],
  winner: MemberRow,
  loser: MemberRow,
): string[] {
  const now = winner.former_name_keys;
  if (fields.name === undefined) return now;
  // Corrected since: that name stands, and the loser's, which it replaced, was never the winner's.
  if (!untouched.some(([field]) => field === 'name'))
    return now.filter((key) => key !== loser.name_key || former.before.includes(key));
  const asMerged = now.length === former.after.length && now.every((key, at) => key === former.after[at]);
  if (asMerged) return [...former.before];
  const since = now.filter((key) => !former.after.includes(key) && !former.before.includes(key));
  return [...former.before, ...since];
}

/** Cards that were printed before and show the truth again need no new print; those printed or replaced since stay. */
async function restoreCards(tx: Tx, content: MergeContent): Promise<void> {
  for (const card of content.cards)
    await tx
      .updateTable('card')
      .set({ printed_at: card.printed_at, valid_until: card.valid_until })
      .where('id', '=', card.id)
      .where('revoked_at', 'is', null)
      .where('printed_at', 'is', null)
      .execute();
}
