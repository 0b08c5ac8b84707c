import { may, type Permission, type Role } from './permissions.ts';

/**
 * Recorded states of a member: aktif, ditangguhkan, bebas pustaka, berhenti. Expired (kedaluwarsa) is no
 * state but follows from the date (`memberStatus`).
 */
export const MEMBER_STATES = ['active', 'suspended', 'cleared', 'ended'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

export const MEMBER_ACTIONS = [
  'renew',
  'suspend',
  'resume', // back to active
  'clear', // bebas pustaka: the lending system says that nothing is owed
  'end',
  'correct',
  'replace_card', // the old card and the old KTA address die
  'print_card',
] as const;
export type MemberAction = (typeof MEMBER_ACTIONS)[number];

/** Permintaan, pindah, meninggal, lainnya. */
export const END_REASONS = ['request', 'moved', 'deceased', 'other'] as const;
export type EndReason = (typeof END_REASONS)[number];

/**
 * One row of actions per state; the compiler keeps it complete. Someone who stopped can come back, and an
 * end recorded by mistake (the wrong person marked as deceased) can be undone, so no state is final.
 */
export const ACTIONS_OF_MEMBER = {
  active: ['renew', 'suspend', 'clear', 'end', 'correct', 'replace_card', 'print_card'],
  suspended: ['resume', 'clear', 'end', 'correct'],
  cleared: ['resume', 'end', 'correct'],
  ended: ['resume', 'correct'],
} as const satisfies Record<MemberState, readonly MemberAction[]>;

const NEEDS: Record<MemberAction, Permission> = {
  renew: 'member.renew',
  suspend: 'member.suspend',
  resume: 'member.suspend',
  clear: 'member.end',
  end: 'member.end',
  correct: 'member.correct',
  replace_card: 'card.replace',
  print_card: 'card.print',
};

/** The state that an action leads to; actions that are not named leave it as it is. */
const LEADS_TO: Partial<Record<MemberAction, MemberState>> = {
  suspend: 'suspended',
  resume: 'active',
  clear: 'cleared',
  end: 'ended',
};

/** What these roles may do with a member in this state; buttons and refusals both come from here. */
export function allowedMemberActions(state: MemberState, roles: readonly Role[]): ReadonlySet<MemberAction> {
  return new Set<MemberAction>(ACTIONS_OF_MEMBER[state].filter((action) => may(roles, NEEDS[action])));
}

/** The state after an action that the present state allows; undefined where it does not allow it. */
export function stateAfter(state: MemberState, action: MemberAction): MemberState | undefined {
  const allowed: readonly MemberAction[] = ACTIONS_OF_MEMBER[state];
  return allowed.includes(action) ? (LEADS_TO[action] ?? state) : undefined;
}

/**
 * Whether a message may be sent at all: consented, and never to someone who left. `deceased` stops every
 * message at once, so this is asked again when a message leaves the outbox.
 */
export function mayReceiveMessages(state: MemberState, consented: boolean): boolean {
  return consented && state !== 'ended';
}
