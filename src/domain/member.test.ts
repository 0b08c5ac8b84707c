import { describe, expect, it } from 'vitest';
import {
  ACTIONS_OF_MEMBER,
  allowedMemberActions,
  MEMBER_ACTIONS,
  MEMBER_STATES,
  mayReceiveMessages,
  stateAfter,
} from './member.ts';
import { ROLES } from './permissions.ts';

describe('what may be done with a member', () => {
  it('an officer renews and replaces the card; ending and suspending are for the Sub Koordinator', () => {
    expect([...allowedMemberActions('active', ['petugas'])]).toEqual(['renew', 'replace_card', 'print_card']);
    expect([...allowedMemberActions('active', ['sub_koordinator'])]).toEqual(ACTIONS_OF_MEMBER.active);
  });

  it('heads and admins change no member', () => {
    for (const state of MEMBER_STATES)
      for (const role of ['kepala_bidang', 'kepala_skpd', 'admin'] as const)
        expect(allowedMemberActions(state, [role]).size).toBe(0);
  });

  it('nobody gets a card who is suspended, cleared or gone', () => {
    for (const state of ['suspended', 'cleared', 'ended'] as const) {
      const allowed = allowedMemberActions(state, ROLES);
      expect(allowed.has('print_card') || allowed.has('replace_card') || allowed.has('renew')).toBe(false);
    }
  });

  it('every state can be left again, so a mistake can be undone', () => {
    for (const state of MEMBER_STATES)
      expect(MEMBER_ACTIONS.some((action) => (stateAfter(state, action) ?? state) !== state)).toBe(true);
  });
});

describe('the state afterwards', () => {
  it.each([
    ['active', 'suspend', 'suspended'],
    ['suspended', 'resume', 'active'],
    ['active', 'clear', 'cleared'],
    ['active', 'end', 'ended'],
    ['ended', 'resume', 'active'],
    ['active', 'renew', 'active'],
    ['active', 'resume', undefined],
    ['ended', 'renew', undefined],
  ] as const)('%s, %s: %s', (before, action, after) => {
    expect(stateAfter(before, action)).toBe(after);
  });

  it('is defined exactly for the actions of the state', () => {
    for (const state of MEMBER_STATES)
      for (const action of MEMBER_ACTIONS) {
        const listed = (ACTIONS_OF_MEMBER[state] as readonly string[]).includes(action);
        expect(stateAfter(state, action) !== undefined).toBe(listed);
      }
  });
});

it('no message leaves for somebody who did not consent or is gone', () => {
  expect(mayReceiveMessages('active', true)).toBe(true);
  expect(mayReceiveMessages('active', false)).toBe(false);
  expect(mayReceiveMessages('ended', true)).toBe(false);
});
