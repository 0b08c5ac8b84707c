import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDemo } from '../../src/cli/demo/fill.ts';
import { setDemoPasswords } from '../../src/cli/demo/staff.ts';
import { listApplicationEvents } from '../../src/db/application.ts';
import type { Tx } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { APPLICATION_STATES } from '../../src/domain/application.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { countMovement, type MembershipChange } from '../../src/domain/membership-count.ts';
import { addDays, type PlainDate } from '../../src/domain/plain-date.ts';
import { stepTimeRows } from '../../src/usecases/case-clock.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { reportMembers } from '../../src/usecases/report-members.ts';
import { readMonth } from '../../src/usecases/report-month.ts';
import { signIn } from '../../src/usecases/sign-in.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
const deps = testDeps(new Date('2026-03-02T05:10:00Z'));
const libraries: LibraryContext[] = [];
const today = '2026-03-02' as PlainDate;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillDemo(database.db, deps, ['jateng', 'banyuwangi'], { scale: 0.12 });
  for (const slug of ['jateng', 'banyuwangi']) {
    const library = await loadLibrary(database.db, slug, deps.now());
    if (library) libraries.push(library);
  }
});
afterAll(() => database.drop());

function each<T>(work: (tx: Tx, library: LibraryContext) => Promise<T>): Promise<T[]> {
  return Promise.all(
    libraries.map((library) => inLibrary(database.db, library.id, (tx) => work(tx, library))),
  );
}

const scopeOf = (library: LibraryContext): Scope => ({
  library,
  actor: { kind: 'system' },
  at: deps.now(),
  requestId: 'test',
});

describe('the demonstration year', () => {
  it('has cases in every state that a case can be found in', async () => {
    const states = await each(async (tx) =>
      (await tx.selectFrom('application').select('state').distinct().execute()).map(({ state }) => state),
    );
    for (const found of states)
      expect(new Set(found)).toEqual(new Set(APPLICATION_STATES.filter((state) => state !== 'draft')));
  });

  it('shows people who plainly do not exist: numbers of region 99, and a name that says so', async () => {
    await each(async (tx, library) => {
      const people = [
        ...(await tx.selectFrom('member').select(['name', 'nik', 'phone']).execute()),
        ...(await tx.selectFrom('application').select(['name', 'nik', 'phone']).execute()),
      ];
      for (const { name, nik, phone } of people) {
        expect(name).toMatch(/cont|misal|umpama|andai|sampel|rekaan|fikti|ilustrasi/i);
        if (nik) expect(deps.vault.openText(library.id, 'nik', nik)).toMatch(/^99\d{14}$/);
        if (phone) expect(phone).toMatch(/^\+62810/);
      }
    });
  });

  it('keeps step times that are what the clock says of the events', async () => {
    await each(async (tx, library) => {
      const cases = await tx
        .selectFrom('application')
        .select(['id', 'procedure_version', 'service_point_id'])
        .where('closed_at', 'is not', null)
        .orderBy(sql`md5(id::text)`)
        .limit(40)
        .execute();
      for (const row of cases) {
        const events = await listApplicationEvents(tx, row.id as ApplicationId);
        const kept = await tx
          .selectFrom('step_time')
          .selectAll()
          .where('application_id', '=', row.id)
          .orderBy('first_step')
          .execute();
        const told = stepTimeRows(scopeOf(library), row, library.procedure, events);
        expect(kept.map(({ round: _, ...rest }) => rest)).toEqual(
          [...told].sort((a, b) => a.first_step - b.first_step),
        );
      }
    });
  });

  it('has members whose records agree with their histories', async () => {
    await each(async (tx, library) => {
      const rows = await tx
        .selectFrom('member_event')
        .select(['member_id', 'effective_at', 'kind', 'valid_until'])
        .orderBy('effective_at')
        .orderBy('id')
        .execute();
      const changes: MembershipChange[] = rows.map((row) => ({
        memberId: row.member_id,
        effectiveAt: row.effective_at,
        kind: row.kind,
        validUntil: row.valid_until,
      }));
      const movement = countMovement(changes, addDays(today, -364), today, library.settings.profile.timezone);
      const report = await reportMembers(database.db, scopeOf(library), {
        period: { kind: 'range', from: addDays(today, -364), to: today },
        servicePointId: null,
      });
      expect(report.movement).toEqual(movement);
      expect(movement.registered.joined).toBeGreaterThan(50);
      const { active } = await tx
        .selectFrom('member')
        .select(({ fn }) => fn.countAll<number>().as('active'))
        .where('state', '=', 'active')
        .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>=', today)]))
        .executeTakeFirstOrThrow();
      expect(active).toBe(movement.closing.active);
      for (const status of ['expired', 'suspended', 'ended'] as const)
        expect(movement.closing[status], status).toBeGreaterThan(0);
    });
  });

  it('leaves every case, member and card tied to the others', async () => {
    await each(async (tx) => {
      const { rows } = await sql<{ what: string; count: number }>`
        select 'completed without member' as what, count(*) as count from application a
          where state in ('completed', 'approved') and not exists (select from member m where m.id = a.member_id)
        union all select 'member without card', count(*) from member m
          where not exists (select from card c where c.member_id = m.id)
        union all select 'member without joining', count(*) from member m
          where not exists (select from member_event e where e.member_id = m.id and e.kind = 'joined')
        union all select 'visit of nobody', count(*) from visit v where kind = 'member'
          and not exists (select from member m where m.id = v.member_id)
        union all select 'photo of nobody', count(*) from member m
          where not exists (select from file f where f.id = m.photo_id and f.bytes is not null)
        union all select 'later than now', count(*) from application_event where effective_at > ${deps.now()}
        union all select 'case without audit', count(*) from application a
          where not exists (select from audit_log l where l.subject_id = a.id::text)
        union all select 'group that does not add up', count(*) from visit where kind = 'group'
          and persons <> (select sum(value::int) from jsonb_each_text(group_counts -> 'bySex'))`.execute(tx);
      for (const { what, count } of rows) expect(count, what).toBe(0);
    });
  });

  it('lets nobody act who is real: the officials of the source stand in the SOP alone', async () => {
    await each(async (tx, library) => {
      const officers = await tx.selectFrom('officer').select('name').execute();
      const named = [...officers, ...library.settings.officials].map(({ name }) => name);
      expect(named).toHaveLength(10);
      for (const name of named) expect(name).toMatch(/Contoh/);
      for (const { nip } of library.settings.officials) expect(nip).toMatch(/^[0 ]+$/);
      const { ratifiedBy } = library.procedure.identity;
      expect(ratifiedBy?.name).toBeTruthy();
      expect(ratifiedBy?.name).not.toMatch(/Contoh/);
    });
  });

  it('has the sheets of its closed months checked and signed, the last one waiting for its signature', async () => {
    const before: Scope['at'] = deps.now();
    await each(async (tx, library) => {
      const sheets = await tx.selectFrom('monthly_report').selectAll().orderBy('month').execute();
      expect(sheets.map(({ month }) => month).slice(0, 11)).toEqual(
        Array.from({ length: 11 }, (_, n) => (n < 10 ? `2025-${String(n + 3).padStart(2, '0')}` : '2026-01')),
      );
      for (const sheet of sheets) {
        expect(sheet.checked_at < before && (sheet.signed_at ?? sheet.checked_at) < before).toBe(true);
        expect(sheet.signed_at === null, sheet.month).toBe(sheet.month === '2026-02');
      }
      const report = await readMonth(database.db, deps, scopeOf(library), '2026-01', null);
      expect(report).toMatchObject({ changed: false, standing: { intact: true } });
    });
  });

  it('signs in with the printed passwords, the same at every start, without changing them first', async () => {
    const first = await setDemoPasswords(database.db, deps, ['jateng', 'banyuwangi']);
    expect(await setDemoPasswords(database.db, deps, ['jateng', 'banyuwangi'])).toEqual(first);
    expect(first).toHaveLength(14);
    const [library] = libraries;
    const officer = first.find(({ slug, username }) => slug === library?.slug && username === 'kabid');
    if (!library || !officer) throw new Error('no sign-in');
    const outcome = await signIn(database.db, deps, library, { ...officer, requestId: 'test' });
    expect(outcome.ok).toBe(true);
  });

  it('never touches a library that has people of its own', async () => {
    const own = await createTestDatabase();
    try {
      expect(await setDemoPasswords(own.db, deps, ['jateng', 'banyuwangi'])).toEqual([]);
    } finally {
      await own.drop();
    }
    const again = await fillDemo(database.db, deps, ['jateng', 'banyuwangi'], { scale: 0.01 });
    expect(again).toEqual({ rows: 0, skipped: ['jateng', 'banyuwangi'] });
  });
});
