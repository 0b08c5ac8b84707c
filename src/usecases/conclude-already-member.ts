import type { ApplicationRow } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { isStandingFor } from '../db/member-family.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { type CaseChange, type CaseRefusal, changeCase } from './change-case.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { writeCrossCheck } from './cross-check.ts';

/** The membership that was found: what the screen shows and can extend. */
export interface KnownMember {
  readonly memberId: MemberId;
  readonly number: string;
  /** The membership's validity has run out: it can be extended on the same screen. */
  readonly lapsed: boolean;
}

type Refusal = CaseRefusal | { readonly ok: false; readonly reason: 'no-such-member' };

/**
 * The cross-check ends with a member of the library: an end of its own, no rejection. The old number stays; the card
 * is handed out again, and extended where it has lapsed.
 */
export function concludeAlreadyMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly applicationId: ApplicationId;
    readonly memberId: MemberId;
    readonly expectedVersion?: number | undefined;
  },
): Promise<({ readonly ok: true; readonly version: number } & KnownMember) | Refusal> {
  const { applicationId, memberId, expectedVersion } = input;
  return changeCase<KnownMember, Refusal>(
    db,
    deps,
    scope,
    { applicationId, expectedVersion, action: 'conclude_already_member' },
    async (tx, { row }) => {
      const concluded = await concludeAsMember(tx, deps, scope, row, memberId);
      return concluded
        ? { ok: true, change: concluded.change, result: concluded.member }
        : { ok: false, reason: 'no-such-member' };
    },
  );
}

/** The change itself, for the officer and for the Sub Koordinator; undefined where there is no such member. */
export async function concludeAsMember(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  memberId: MemberId,
): Promise<{ readonly change: CaseChange; readonly member: KnownMember } | undefined> {
  const member = await tx
    .selectFrom('member as own')
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select(['member.id', 'member.number', 'member.valid_until'])
    .where('own.id', '=', memberId)
    .executeTakeFirst();
  if (!member) return undefined;
  await writeCrossCheck(tx, deps, scope, row, {
    outcome: 'already_member',
    reason: null,
    memberId: member.id,
  });
  return {
    change: {
      toState: 'already_member',
      patch: { member_id: member.id, decision_reason: 'already_member' },
      events: [{ kind: 'act', act: 'cross_check', reason: 'already_member' }],
    },
    member: {
      memberId: member.id,
      number: member.number,
      lapsed: member.valid_until !== null && member.valid_until < todayOf(scope),
    },
  };
}
