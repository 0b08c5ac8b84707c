import { expect, it } from 'vitest';
import { leaderOf, type Member, membersOf, newestOf, whatIsMissing } from './members.ts';
import { etcdApi, type Machine, whyNot } from './requirements.ts';
import { fill, readEnvironment } from './template.ts';

const MACHINE: Machine = {
  platform: 'linux',
  root: true,
  missing: [],
  apt: true,
  noNamespaces: undefined,
};

it('a computer that cannot hold the cluster is refused in a sentence, and one that lacks packages gets them', () => {
  expect(whyNot(MACHINE)).toBeUndefined();
  expect(whyNot({ ...MACHINE, missing: ['haproxy'] })).toBeUndefined();
  expect(whyNot({ ...MACHINE, noNamespaces: 'Operation not permitted' })).toBeUndefined();
  expect(whyNot({ ...MACHINE, platform: 'darwin' })).toContain('needs Linux');
  expect(whyNot({ ...MACHINE, root: false })).toContain('needs root');
  expect(whyNot({ ...MACHINE, missing: ['patroni', 'haproxy'], apt: false })).toContain('patroni haproxy');
});

it('Patroni before 3.0.3 speaks to etcd by the API that never overwrites another member’s lead', () => {
  for (const old of ['2.1.4', '3.0.0', '3.0.2', '']) expect(etcdApi(old).etcd_api).toBe('etcd');
  for (const mended of ['3.0.3', '3.1.0', '3.3.2', '4.0.5']) expect(etcdApi(mended).etcd_api).toBe('etcd3');
});

const member = (name: string, role: string, timeline = 2, more: Partial<Member> = {}): Member => ({
  name,
  role,
  state: role === 'leader' ? 'running' : 'streaming',
  timeline,
  ...(role === 'leader' ? {} : { lag: 0 }),
  ...more,
});
const WHOLE = [member('db1', 'leader'), member('db2', 'sync_standby'), member('db3', 'replica')];

it('the cluster is whole when one leads, one confirms and all follow, and says what is missing otherwise', () => {
  const [leader, standby, replica] = WHOLE as [Member, Member, Member];
  expect(whatIsMissing(WHOLE, 3)).toBeUndefined();
  expect(whatIsMissing([], 3)).toBe('no leader');
  expect(whatIsMissing([leader, standby], 3)).toBe('1 of 3 members');
  expect(whatIsMissing([leader, replica, { ...replica, name: 'db2' }], 3)).toBe('no synchronous standby');
  expect(whatIsMissing([leader, standby, { ...replica, timeline: 1 }], 3)).toBe('db3 is on another timeline');
  expect(whatIsMissing([leader, standby, { ...replica, lag: 'unknown' }], 3)).toBe('db3 is behind');
  expect(whatIsMissing([leader, standby, { ...replica, state: 'starting' }], 3)).toBe('db3 is starting');
  expect(whatIsMissing([{ ...leader, state: 'starting' }, standby, replica], 3)).toBe('no leader');
});

it('of what several members say, the one that was cut off is not believed', () => {
  const before = [member('db1', 'leader', 2)];
  const now = [member('db2', 'leader', 3)];
  expect(leaderOf(newestOf([before, now, []]))?.name).toBe('db2');
  expect(newestOf([[], []])).toEqual([]);
  expect(membersOf({ members: [...before, { name: 'db9' }, null] })).toEqual(before);
  for (const nonsense of [undefined, null, 'x', {}, { members: 1 }]) expect(membersOf(nonsense)).toEqual([]);
});

it('a file of the guide is filled in whole or not at all', () => {
  expect(fill('{{a}}:{{b}} $' + '{{a}}', { a: 'x', b: 1 })).toBe('x:1 $x');
  expect(() => fill('{{missing}}', {})).toThrow('{{missing}}');
  expect(readEnvironment('# note\nA=1\n\nB=x=y\n')).toEqual({ A: '1', B: 'x=y' });
});
