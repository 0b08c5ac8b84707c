import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countMembers,
  countMovement,
  type MembershipChange,
  type MembershipChangeKind,
  type MembershipMovement,
} from './membership-count.ts';
import { addDays, type PlainDate } from './plain-date.ts';

const zone = 'Asia/Jakarta';
const day = (text: string) => text as PlainDate;
const change = (
  memberId: string,
  date: string,
  kind: MembershipChangeKind,
  validUntil: string | null,
): MembershipChange => ({
  memberId,
  kind,
  effectiveAt: new Date(`${date}T09:00:00+07:00`),
  validUntil: validUntil === null ? null : day(validUntil),
});
const into = ({ active }: MembershipMovement) =>
  Object.values(active.in).reduce((sum, each) => sum + each, 0);
const out = ({ active }: MembershipMovement) =>
  Object.values(active.out).reduce((sum, each) => sum + each, 0);

test('a membership is active on its last day and expired on the next', () => {
  const changes = [change('a', '2024-01-15', 'joined', '2025-01-14')];
  expect(countMembers(changes, day('2024-01-14'), zone).registered).toBe(0);
  expect(countMembers(changes, day('2025-01-14'), zone)).toMatchObject({
    active: 1,
    expired: 0,
    registered: 1,
  });
  expect(countMembers(changes, day('2025-01-15'), zone)).toMatchObject({
    active: 0,
    expired: 1,
    registered: 1,
  });
});

test('the day is the library’s own: joining before seven in Jayapura is not yesterday', () => {
  const changes = [
    { ...change('a', '2025-01-01', 'joined', null), effectiveAt: new Date('2024-12-31T20:00:00Z') },
  ];
  expect(countMembers(changes, day('2024-12-31'), 'Asia/Jayapura').registered).toBe(0);
  expect(countMembers(changes, day('2024-12-31'), 'UTC').registered).toBe(1);
});

test('a month has its new, renewed, expired and ended members, and they add up', () => {
  const changes = [
    change('old', '2024-03-01', 'joined', '2025-02-28'),
    change('lapsed', '2024-02-10', 'joined', '2025-02-09'),
    change('back', '2024-01-01', 'joined', '2024-12-31'),
    change('back', '2025-02-05', 'renewed', '2026-02-04'),
    change('early', '2024-02-20', 'joined', '2025-02-19'),
    change('early', '2025-02-12', 'renewed', '2026-02-19'),
    change('new', '2025-02-03', 'joined', '2026-02-02'),
    change('gone', '2024-05-05', 'joined', null),
    change('gone', '2025-02-20', 'ended', null),
  ];
  const month = countMovement(changes, day('2025-02-01'), day('2025-02-28'), zone);
  expect(month.opening).toMatchObject({ registered: 5, active: 4, expired: 1 });
  expect(month.active).toEqual({
    in: { joined: 1, renewed: 1, resumed: 0, reactivated: 0 },
    out: { expired: 1, suspended: 0, cleared: 0, ended: 1 },
  });
  expect(month.renewals).toBe(2);
  expect(month.registered).toEqual({ joined: 1, reactivated: 0, ended: 1 });
  expect(month.closing).toMatchObject({ registered: 5, active: 4, expired: 1, ended: 1 });
});

test('a suspended member does not expire in the count, but is expired when the suspension ends too late', () => {
  const changes = [
    change('a', '2025-01-01', 'joined', '2025-06-30'),
    change('a', '2025-06-01', 'suspended', '2025-06-30'),
    change('a', '2025-08-01', 'resumed', '2025-06-30'),
  ];
  expect(countMembers(changes, day('2025-07-15'), zone)).toMatchObject({ suspended: 1, expired: 0 });
  expect(countMembers(changes, day('2025-08-01'), zone)).toMatchObject({ suspended: 0, expired: 1 });
});

test('an ended membership stays ended until it is reactivated, whatever is recorded after it', () => {
  const changes = [
    change('a', '2025-01-01', 'joined', null),
    change('a', '2025-02-01', 'ended', null),
    change('a', '2025-03-01', 'resumed', null),
  ];
  expect(countMembers(changes, day('2025-04-01'), zone)).toMatchObject({ ended: 1, registered: 0 });
  const again = [...changes, change('a', '2025-05-01', 'reactivated', null)];
  expect(countMembers(again, day('2025-05-01'), zone)).toMatchObject({ ended: 0, active: 1 });
});

const kinds: readonly MembershipChangeKind[] = [
  'joined',
  'renewed',
  'suspended',
  'resumed',
  'cleared',
  'ended',
  'corrected',
  'card_replaced',
  'reactivated',
];
const start = day('2025-01-01');
const anyChange = fc
  .record({
    memberId: fc.constantFrom('a', 'b', 'c', 'd'),
    minute: fc.integer({ min: 0, max: 120 * 1440 }),
    kind: fc.constantFrom('joined' as const, ...kinds),
    valid: fc.option(fc.integer({ min: -10, max: 130 }), { nil: null }),
  })
  .map(
    ({ memberId, minute, kind, valid }): MembershipChange => ({
      memberId,
      kind,
      effectiveAt: new Date(Date.parse('2025-01-01T00:00:00+07:00') + minute * 60_000),
      validUntil: valid === null ? null : addDays(start, valid),
    }),
  );
const anyDay = fc.integer({ min: -5, max: 130 }).map((days) => addDays(start, days));

/** Written another way: look at one member on one date, with all that is known of it by then. */
function statusByHand(
  changes: readonly MembershipChange[],
  memberId: string,
  on: PlainDate,
): string | undefined {
  const end = Date.parse(`${addDays(on, 1)}T00:00:00+07:00`);
  const known = changes
    .filter((each) => each.memberId === memberId && each.effectiveAt.getTime() < end)
    .sort((one, other) => one.effectiveAt.getTime() - other.effectiveAt.getTime());
  const joined = known.findIndex((each) => each.kind === 'joined');
  if (joined < 0) return undefined;
  const life = known.slice(joined);
  const ended = life.findLastIndex((each) => each.kind === 'ended');
  const back = life.findLastIndex((each) => each.kind === 'reactivated' || each.kind === 'joined');
  if (ended > back) return 'ended';
  const last = life
    .slice(back)
    .findLast((each) => ['joined', 'reactivated', 'suspended', 'resumed', 'cleared'].includes(each.kind));
  if (last?.kind === 'suspended' || last?.kind === 'cleared') return last.kind;
  const valid = life.at(-1)?.validUntil;
  return valid && valid < on ? 'expired' : 'active';
}

test('the members of any date agree with looking at each of them by hand', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 25 }), anyDay, (changes, on) => {
      const statuses = ['a', 'b', 'c', 'd'].map((member) => statusByHand(changes, member, on));
      const of = (status: string) => statuses.filter((each) => each === status).length;
      expect(countMembers(changes, on, zone)).toEqual({
        registered: statuses.filter((each) => each !== undefined && each !== 'ended').length,
        active: of('active'),
        expired: of('expired'),
        suspended: of('suspended'),
        cleared: of('cleared'),
        ended: of('ended'),
      });
    }),
    { numRuns: 400 },
  );
});

test('opening + in − out = closing, for any period and any history', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 25 }), anyDay, anyDay, (changes, one, other) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      const movement = countMovement(changes, from, to, zone);
      expect(movement.opening.active + into(movement) - out(movement)).toBe(movement.closing.active);
      const { joined, reactivated, ended } = movement.registered;
      expect(movement.opening.registered + joined + reactivated - ended).toBe(movement.closing.registered);
    }),
    { numRuns: 400 },
  );
});

test('two periods that follow each other add up to the whole, so months make a year', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 20 }), anyDay, anyDay, anyDay, (changes, ...days) => {
      const [from, middle, to] = days.sort() as [PlainDate, PlainDate, PlainDate];
      const whole = countMovement(changes, from, to, zone);
      const first = countMovement(changes, from, middle, zone);
      const second = countMovement(changes, addDays(middle, 1), to, zone);
      if (middle === to) return;
      expect(first.closing).toEqual(second.opening);
      expect(into(first) + into(second)).toBe(into(whole));
      expect(out(first) + out(second)).toBe(out(whole));
      expect(first.renewals + second.renewals).toBe(whole.renewals);
    }),
    { numRuns: 200 },
  );
});

test('what happens after a month never changes it', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 20 }), anyDay, (changes, on) => {
      const end = Date.parse(`${addDays(on, 1)}T00:00:00+07:00`);
      const early = changes.filter((each) => each.effectiveAt.getTime() < end);
      expect(countMembers(changes, on, zone)).toEqual(countMembers(early, on, zone));
    }),
    { numRuns: 200 },
  );
});
