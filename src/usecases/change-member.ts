import type { Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { MemberEventKind, MemberTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { MemberId } from '../domain/ids.ts';
import { allowedMemberActions, type MemberAction, type MemberState, stateAfter } from '../domain/member.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { writeMemberEvent } from './write-member-event.ts';

export type MemberRow = Selectable<MemberTable>;

/** What an action does to a member; the state itself follows from the action. */
export interface MemberChange {
  readonly patch?: Omit<Updateable<MemberTable>, 'state' | 'version' | 'library_id' | 'id' | 'updated_at'>;
  readonly event: {
    readonly kind: MemberEventKind;
    readonly reason?: string | null;
    /** When it took effect, where that is not now. */
    readonly effectiveAt?: Date;
  };
  /** Names of fields that changed, for the audit row; never their values. */
  readonly fields?: readonly string[];
  readonly purpose?: string | null;
}

export type MemberRefusal =
  | { readonly ok: false; readonly reason: 'not-found' }
  /** The state of the membership or the permission of whoever asks does not let this happen. */
  | { readonly ok: false; readonly reason: 'not-allowed'; readonly state: MemberState }
  | { readonly ok: false; readonly reason: 'changed-meanwhile'; readonly version: number };

/** Locks a member until the transaction ends, so that two officers change it one after the other. */
export function lockMember(tx: Tx, id: MemberId): Promise<MemberRow | undefined> {
  return tx.selectFrom('member').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/**
 * The one way a member changes after the card: locked, asked whether the action is allowed, then row, history and
 * audit in one transaction. `decide` may write further rows in the same transaction or refuse with a reason of its own.
 * @param target.expectedVersion the version the screen showed; refused as changed-meanwhile where another came first
 */
export async function changeMember<Result extends object, Refusal extends { readonly ok: false }>(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: {
    readonly memberId: MemberId;
    readonly action: MemberAction;
    readonly expectedVersion?: number | undefined;
  },
  decide: (
    tx: Tx,
    row: MemberRow,
  ) => Promise<
    Refusal | { readonly ok: true; readonly change: MemberChange | null; readonly result: Result }
  >,
): Promise<({ readonly ok: true; readonly version: number } & Result) | Refusal | MemberRefusal> {
  const { library } = scope;
  const outcome = await inLibrary(db, library.id, async (tx) => {
    const row = await lockMember(tx, target.memberId);
    // Whoever was erased is nobody any more: a form that was opened before brings nothing back.
    if (!row || row.person_key.length === 0) return { ok: false, reason: 'not-found' } as const;
    if (target.expectedVersion !== undefined && target.expectedVersion !== row.version)
      return { ok: false, reason: 'changed-meanwhile', version: row.version } as const;
    // Who was merged is changed through the member who stands for both.
    if (row.merged_into !== null) return { ok: false, reason: 'not-allowed', state: row.state } as const;
    const toState = stateAfter(row.state, target.action);
    if (toState === undefined || !mayChange(scope, row.state, target.action))
      return { ok: false, reason: 'not-allowed', state: row.state } as const;
    const decided = await decide(tx, row);
    if (!decided.ok) return decided;
    if (decided.change === null) return { ...decided.result, ok: true, version: row.version } as const;
    const version = await writeChange(tx, deps, scope, target.action, row, toState, decided.change);
    return { ...decided.result, ok: true, version } as const;
  });
  if (outcome.ok) deps.wake({ libraryId: library.id, topic: 'card', subjectId: target.memberId });
  return outcome;
}

function mayChange({ actor }: Scope, state: MemberState, action: MemberAction): boolean {
  // The state has been asked already; a device has no role, but what its account gives it.
  if (actor.kind === 'device') return actor.memberActions?.includes(action) ?? false;
  return allowedMemberActions(state, actor.kind === 'officer' ? actor.roles : []).has(action);
}

async function writeChange(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  action: MemberAction,
  row: MemberRow,
  toState: MemberState,
  change: MemberChange,
): Promise<number> {
  const version = row.version + 1;
  const { reason = null, kind, effectiveAt = scope.at } = change.event;
  const patch = {
    ...change.patch,
    ...(toState === row.state
      ? {}
      : {
          state: toState,
          state_effective_at: effectiveAt,
          state_reason: toState === 'active' ? null : reason,
        }),
  };
  await tx
    .updateTable('member')
    .set({ ...patch, version, updated_at: scope.at })
    .where('id', '=', row.id)
    .execute();
  const after = { ...row, ...patch } as MemberRow;
  await writeMemberEvent(tx, deps, scope, after, {
    kind,
    reason,
    effectiveAt,
    oldValidUntil: row.valid_until,
    validUntil: after.valid_until,
  });
  await writeAudit(tx, deps, scope, {
    action: `member.${action}`,
    subjectKind: 'member',
    subjectId: row.id,
    fields: change.fields ?? [],
    purpose: change.purpose ?? reason,
  });
  return version;
}
