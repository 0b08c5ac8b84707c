import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId, OfficerId, ServicePointId } from '../../src/domain/ids.ts';
import { countMembers, countMovement, type MembershipChange } from '../../src/domain/membership-count.ts';
import { addDays, type PlainDate } from '../../src/domain/plain-date.ts';
import type { ReportPeriod } from '../../src/domain/report-period.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { listMembersOfFigure, type MemberReport, reportMembers } from '../../src/usecases/report-members.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
let library: LibraryContext;
const deps = testDeps(new Date('2026-03-02T02:00:00Z'));
const zone = 'Asia/Jakarta';
const start = '2025-06-01' as PlainDate;

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!found) throw new Error('not seeded');
  library = found;
});
afterAll(() => database.drop());

function scopeOf(roles: readonly ('petugas' | 'kepala_bidang')[] = ['petugas']): Scope {
  const point = library.servicePoints[0]?.id ?? ('' as ServicePointId);
  return {
    library,
    actor: {
      kind: 'officer',
      id: '01890000-0000-7000-8000-000000000001' as OfficerId,
      roles,
      servicePointId: point,
    },
    at: deps.now(),
    requestId: 'test',
  };
}

interface Written extends MembershipChange {
  readonly memberType: string;
  readonly sex: 'L' | 'P' | null;
  readonly birthYear: number | null;
}

/** The history of the library replaced by this one; the table takes new rows only, so its owner empties it. */
async function writeHistory(changes: readonly Written[], oneByOne = false): Promise<void> {
  await inLibrary(database.owner, library.id, (tx) => sql`delete from member_event`.execute(tx));
  if (changes.length === 0) return;
  await inLibrary(database.db, library.id, async (tx) => {
    const rows = changes.map((change) => ({
      library_id: library.id,
      id: deps.uuid(deps.now()),
      member_id: change.memberId as MemberId,
      at: change.effectiveAt,
      effective_at: change.effectiveAt,
      kind: change.kind,
      reason: null,
      old_valid_until: null,
      valid_until: change.validUntil,
      member_type: change.memberType,
      sex: change.sex,
      birth_year: change.birthYear,
      district: null,
      actor_kind: 'system' as const,
      actor_id: null,
      service_point_id: library.servicePoints[0]?.id ?? null,
    }));
    // The latest first, as where an officer records an earlier event afterwards.
    const written = oneByOne ? [...rows].reverse().map((row) => [row]) : [rows];
    for (const some of written) await tx.insertInto('member_event').values(some).execute();
  });
}

const members = [1, 2, 3, 4, 5].map((n) => `01890000-0000-7000-8000-00000000100${n}`);
const anyChange = fc
  .record({
    memberId: fc.constantFrom(...members),
    minute: fc.integer({ min: 0, max: 200 * 1440 }),
    kind: fc.constantFrom(
      'joined' as const,
      'joined' as const,
      'renewed' as const,
      'suspended' as const,
      'resumed' as const,
      'cleared' as const,
      'ended' as const,
      'corrected' as const,
      'card_replaced' as const,
      'reactivated' as const,
    ),
    valid: fc.option(fc.integer({ min: -10, max: 220 }), { nil: null }),
    memberType: fc.constantFrom('UMUM', 'PELAJAR'),
    sex: fc.constantFrom('L' as const, 'P' as const, null),
    birthYear: fc.constantFrom(1960, 2001, 2013, null),
  })
  .map(
    ({ minute, valid, ...rest }): Written => ({
      ...rest,
      effectiveAt: new Date(Date.parse(`${start}T00:00:00+07:00`) + minute * 60_000),
      validUntil: valid === null ? null : addDays(start, valid),
    }),
  );
const anyDay = fc.integer({ min: -10, max: 230 }).map((days) => addDays(start, days));

const range = (from: PlainDate, to: PlainDate): ReportPeriod => ({ kind: 'range', from, to });
const read = (period: ReportPeriod): Promise<MemberReport> =>
  reportMembers(database.db, scopeOf(), { period, servicePointId: null });

describe('the number of members', () => {
  it('agrees with counting by hand, for any history and any period', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyChange, { maxLength: 40 }),
        anyDay,
        anyDay,
        fc.boolean(),
        async (changes, one, other, oneByOne) => {
          const [from, to] = one < other ? [one, other] : [other, one];
          await writeHistory(changes, oneByOne);
          const report = await read(range(from, to));
          expect(report.movement).toEqual(countMovement(changes, from, to, zone));
          for (const month of report.months) {
            const last = [addDays(`${month.month}-28` as PlainDate, 31).slice(0, 7), '01'].join(
              '-',
            ) as PlainDate;
            const [day = to] = [addDays(last, -1), to].sort();
            expect(month.closing, month.month).toEqual(countMembers(changes, day, zone));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('adds up in every group: opening + new + back − ended + moved = closing, and the groups make the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyChange, { maxLength: 40 }),
        anyDay,
        anyDay,
        async (changes, one, other) => {
          const [from, to] = one < other ? [one, other] : [other, one];
          await writeHistory(changes);
          const { groups, movement } = await read(range(from, to));
          for (const dimension of Object.values(groups)) {
            const sum = (of: (group: (typeof dimension)[number]) => number) =>
              dimension.reduce((total, group) => total + of(group), 0);
            expect(sum((group) => group.opening)).toBe(movement.opening.registered);
            expect(sum((group) => group.closing)).toBe(movement.closing.registered);
            expect(sum((group) => group.joined)).toBe(movement.registered.joined);
            expect(sum((group) => group.ended)).toBe(movement.registered.ended);
            expect(sum((group) => group.moved)).toBe(0);
            expect(sum((group) => group.status.active)).toBe(movement.closing.active);
            expect(sum((group) => group.status.expired)).toBe(movement.closing.expired);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('opens every figure into exactly its members', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyChange, { maxLength: 40 }),
        anyDay,
        anyDay,
        async (changes, one, other) => {
          const [from, to] = one < other ? [one, other] : [other, one];
          await writeHistory(changes);
          const request = { period: range(from, to), servicePointId: null };
          const { movement, groups } = await reportMembers(database.db, scopeOf(), request);
          const rows = async (
            ...[measure, group]: [
              Parameters<typeof listMembersOfFigure>[4],
              Parameters<typeof listMembersOfFigure>[5],
            ]
          ) => {
            const found = await listMembersOfFigure(database.db, deps, scopeOf(), request, measure, group, {
              offset: 0,
              limit: 500,
            });
            return found.ok ? found.total : -1;
          };
          expect(await rows({ kind: 'standing', at: 'opening', status: 'registered' }, null)).toBe(
            movement.opening.registered,
          );
          expect(await rows({ kind: 'standing', at: 'closing', status: 'expired' }, null)).toBe(
            movement.closing.expired,
          );
          expect(await rows({ kind: 'flow', flow: 'joined' }, null)).toBe(movement.registered.joined);
          expect(await rows({ kind: 'flow', flow: 'reactivated' }, null)).toBe(
            movement.registered.reactivated,
          );
          expect(await rows({ kind: 'flow', flow: 'ended' }, null)).toBe(movement.registered.ended);
          expect(await rows({ kind: 'flow', flow: 'renewed' }, null)).toBe(movement.renewals);
          for (const [cause, count] of Object.entries(movement.active.in))
            expect(await rows({ kind: 'active', way: 'in', cause }, null)).toBe(count);
          for (const [cause, count] of Object.entries(movement.active.out))
            expect(await rows({ kind: 'active', way: 'out', cause }, null)).toBe(count);
          for (const group of groups.age)
            expect(
              await rows(
                { kind: 'standing', at: 'closing', status: 'registered' },
                { dimension: 'age', value: group.value },
              ),
            ).toBe(group.closing);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('of a closed month is the same after a correction, a merge or an erasure', async () => {
    const joined = (memberId: string): Written => ({
      memberId,
      effectiveAt: new Date('2025-06-10T03:00:00Z'),
      kind: 'joined',
      validUntil: '2026-06-10' as PlainDate,
      memberType: 'PELAJAR',
      sex: 'P',
      birthYear: 2010,
    });
    const [first = '', second = '', third = ''] = members;
    const history = [joined(first), joined(second), joined(third)];
    await writeHistory(history);
    const june: ReportPeriod = { kind: 'month', year: 2025, month: 6 };
    const before = await read(june);
    await writeHistory([
      ...history,
      {
        ...joined(first),
        kind: 'corrected',
        memberType: 'UMUM',
        sex: 'L',
        birthYear: 1980,
        effectiveAt: new Date('2025-08-01T03:00:00Z'),
      },
      { ...joined(second), kind: 'ended', effectiveAt: new Date('2025-08-02T03:00:00Z') },
      {
        ...joined(third),
        kind: 'ended',
        sex: null,
        birthYear: null,
        effectiveAt: new Date('2025-08-03T03:00:00Z'),
      },
    ]);
    const after = await read(june);
    expect({ ...after, months: [] }).toEqual({ ...before, months: [] });
    const august = await read({ kind: 'month', year: 2025, month: 8 });
    expect(august.groups.type).toEqual([
      expect.objectContaining({ value: 'UMUM', opening: 0, moved: 1, closing: 1 }),
      expect.objectContaining({ value: 'PELAJAR', opening: 3, ended: 2, moved: -1, closing: 0 }),
    ]);
  });

  it('lies on the days of another zone once the library’s zone is corrected', async () => {
    await writeHistory([
      {
        memberId: members[0] ?? '',
        // Half past midnight on 1 July in Western Indonesia is still June in Greenwich.
        effectiveAt: new Date('2025-06-30T17:30:00Z'),
        kind: 'joined',
        validUntil: null,
        memberType: 'UMUM',
        sex: 'L',
        birthYear: 1990,
      },
    ]);
    const june: ReportPeriod = { kind: 'month', year: 2025, month: 6 };
    const moveTo = (timezone: string) =>
      inLibrary(database.db, library.id, (tx) =>
        tx.updateTable('library').set({ timezone }).where('id', '=', library.id).execute(),
      );
    expect((await read(june)).movement.registered.joined).toBe(0);
    await moveTo('UTC');
    expect((await read(june)).movement.registered.joined).toBe(1);
    await moveTo(zone);
    expect((await read(june)).movement.registered.joined).toBe(0);
  });

  it('shows no person to those who see figures only', async () => {
    const request = { period: range(start, addDays(start, 10)), servicePointId: null };
    const refused = await listMembersOfFigure(
      database.db,
      deps,
      scopeOf(['kepala_bidang']),
      request,
      { kind: 'flow', flow: 'joined' },
      null,
      { offset: 0, limit: 10 },
    );
    expect(refused).toEqual({ ok: false, reason: 'not-allowed' });
  });

  it('is never another library’s', async () => {
    await writeHistory([
      {
        memberId: members[0] ?? '',
        effectiveAt: new Date('2025-06-10T03:00:00Z'),
        kind: 'joined',
        validUntil: null,
        memberType: 'UMUM',
        sex: 'L',
        birthYear: 1990,
      },
    ]);
    const other = await loadLibrary(database.db, 'jateng', new Date());
    if (!other) throw new Error('not seeded');
    const report = await reportMembers(
      database.db,
      { ...scopeOf(), library: other },
      { period: { kind: 'year', year: 2025 }, servicePointId: null },
    );
    expect(report.movement.closing.registered).toBe(0);
  });
});
