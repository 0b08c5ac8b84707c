import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { MemberId } from '../domain/ids.ts';
import { scanKind } from '../domain/scan-kind.ts';
import type { Deps, Scope } from './context.ts';
import { findScannedMember } from './find-scanned-member.ts';
import { resumeMember, suspendMember } from './suspend-member.ts';

export type BlockRefusal = {
  readonly ok: false;
  readonly reason: 'not-found' | 'not-allowed' | 'changed-meanwhile';
};

/**
 * A device asks to block somebody (a forgotten card that it kept, a rule it enforces): the membership is suspended
 * until somebody lifts it. Needs `suspend` in the scope's device.
 * @param input.reason a code of the library's `suspensionReasons`; one that is not in the list any more is replaced
 */
export async function blockPatron(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly code: string; readonly reason: string | null },
): Promise<{ readonly ok: true } | BlockRefusal> {
  const memberId = await findScannedMember(db, deps, scope, scanKind(input.code));
  const reasons = scope.library.settings.suspensionReasons;
  const reason = (reasons.find(({ code }) => code === input.reason) ?? reasons[0])?.code;
  if (memberId === undefined || reason === undefined) return { ok: false, reason: 'not-found' };
  return shortened(await suspendMember(db, deps, scope, { memberId, reason, effectiveOn: null }));
}

/**
 * A device lifts a block. Only one that a device has put: what an officer decided, an officer takes back. Needs
 * `resume` in the scope's device.
 */
export async function enablePatron(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly code: string },
): Promise<{ readonly ok: true } | BlockRefusal> {
  const memberId = await findScannedMember(db, deps, scope, scanKind(input.code));
  if (memberId === undefined) return { ok: false, reason: 'not-found' };
  const blocked = await readBlock(db, scope, memberId);
  if (blocked === undefined) return { ok: false, reason: 'not-allowed' };
  // The version of that look: whoever changes the membership meanwhile comes first.
  return shortened(
    await resumeMember(db, deps, scope, { memberId, effectiveOn: null, expectedVersion: blocked }),
  );
}

/** The version of a membership that stands suspended by a device; undefined for any other. */
function readBlock(db: Db, scope: Scope, memberId: MemberId): Promise<number | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const member = await tx
      .selectFrom('member')
      .select(['state', 'version'])
      .where('id', '=', memberId)
      .executeTakeFirst();
    if (member?.state !== 'suspended') return undefined;
    const last = await tx
      .selectFrom('member_event')
      .select('actor_kind')
      .where('member_id', '=', memberId)
      .where('kind', '=', 'suspended')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    return last?.actor_kind === 'device' ? member.version : undefined;
  });
}

function shortened(
  outcome: { readonly ok: true } | { readonly ok: false; readonly reason: string },
): { readonly ok: true } | BlockRefusal {
  if (outcome.ok) return { ok: true };
  const { reason } = outcome;
  return {
    ok: false,
    reason: reason === 'not-found' || reason === 'changed-meanwhile' ? reason : 'not-allowed',
  };
}
