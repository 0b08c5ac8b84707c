import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDemo } from '../../src/cli/demo/fill.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { isServiceDay } from '../../src/domain/opening-hours.ts';
import { addDays, type PlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import type { ReportPeriod } from '../../src/domain/report-period.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { listCasesOfFigure, reportCases } from '../../src/usecases/report-cases.ts';
import { listStepsOfFigure, reportSteps } from '../../src/usecases/report-steps.ts';
import { listVisitsOfFigure, reportVisits } from '../../src/usecases/report-visits.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Figures of a made-up year against the same figures counted row by row. */
let database: TestDatabase;
let service: TestApp;
let library: LibraryContext;
const now = new Date('2026-03-02T05:10:00Z');
const zone = 'Asia/Jakarta';
const january: ReportPeriod = { kind: 'month', year: 2026, month: 1 };
const all = { offset: 0, limit: 100_000 };

beforeAll(async () => {
  database = await createTestDatabase();
  service = createTestApp(database, { start: now });
  await fillDemo(database.db, service.deps, ['banyuwangi'], { scale: 0.15 });
  const found = await loadLibrary(database.db, 'banyuwangi', now);
  if (!found) throw new Error('not seeded');
  library = found;
});
afterAll(() => database.drop());

function scopeOf(role: 'petugas' | 'sub_koordinator' | 'kepala_bidang' = 'petugas'): Scope {
  const servicePointId = library.servicePoints[0]?.id;
  if (servicePointId === undefined) throw new Error('no service point');
  return {
    library,
    actor: {
      kind: 'officer',
      id: '01890000-0000-7000-8000-000000000001' as never,
      roles: [role],
      servicePointId,
    },
    at: now,
    requestId: 'test',
  };
}
const request = (period: ReportPeriod) => ({ period, servicePointId: null });
const dayOf = (at: Date) => plainDateIn(zone, at);
const isJanuary = (at: Date) => dayOf(at).startsWith('2026-01');

describe('applications in the reports', () => {
  it('are those whose events took effect in the month, and open into exactly these', async () => {
    const report = await reportCases(database.db, scopeOf(), request(january));
    const events = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('application_event').selectAll().execute(),
    );
    const those = events.filter((event) => isJanuary(event.effective_at));
    const count = (is: (event: (typeof events)[number]) => boolean) => those.filter(is).length;
    expect(report.totals).toEqual({
      new: count((event) => event.kind === 'submitted'),
      approved: count((event) => event.to_state === 'approved'),
      already_member: count((event) => event.to_state === 'already_member'),
      rejected: count((event) => event.to_state === 'rejected'),
      cancelled: count((event) => event.to_state === 'cancelled'),
      lapsed: count((event) => event.to_state === 'lapsed'),
      correction: count((event) => event.kind === 'correction_requested'),
      revised: count((event) => event.kind === 'act' && event.act === 'revise'),
      escalated: count((event) => event.kind === 'escalated'),
      no_document: count((event) => event.act === 'see_identity' && event.reason === 'exception'),
    });
    expect(report.totals.approved).toBeGreaterThan(5);
    for (const measure of ['new', 'approved', 'correction'] as const) {
      const rows = await listCasesOfFigure(
        database.db,
        service.deps,
        scopeOf(),
        request(january),
        measure,
        {},
        all,
      );
      expect(rows).toMatchObject({ ok: true, total: report.totals[measure] });
    }
  });

  it('that wait: opening + new − decided = closing, month after month up to today', async () => {
    let before: number | undefined;
    for (const month of [10, 11, 12, 13, 14, 15]) {
      const period: ReportPeriod =
        month > 12 ? { kind: 'month', year: 2026, month: month - 12 } : { kind: 'month', year: 2025, month };
      const { totals, waiting } = await reportCases(database.db, scopeOf(), request(period));
      const decided =
        totals.approved + totals.already_member + totals.rejected + totals.cancelled + totals.lapsed;
      expect(waiting.opening + totals.new - decided).toBe(waiting.closing);
      if (before !== undefined) expect(waiting.opening).toBe(before);
      before = waiting.closing;
    }
    const open = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('application')
        .select('id')
        .where('state', 'in', ['waiting_guardian', 'submitted', 'in_review', 'needs_correction'])
        .execute(),
    );
    expect(before).toBe(open.length);
  });
});

describe('visits in the reports', () => {
  it('count a group as its persons, a repeated check-in once, and a voided entry not at all', async () => {
    await inLibrary(database.db, library.id, (tx) =>
      tx
        .updateTable('visit')
        .set({ voided_at: now, void_reason: 'test' })
        .where('id', 'in', (visit) =>
          visit
            .selectFrom('visit')
            .select('id')
            .where('day', '=', '2026-01-06' as PlainDate)
            .limit(3),
        )
        .execute(),
    );
    const visits = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('visit').selectAll().execute(),
    );
    const those = visits.filter(
      ({ day, counted, voided_at }) => day.startsWith('2026-01') && counted && voided_at === null,
    );
    const persons = (of: typeof those) => of.reduce((sum, visit) => sum + visit.persons, 0);
    const report = await reportVisits(database.db, scopeOf(), request(january));
    expect(report.persons).toBe(persons(those));
    expect(report.byKind.group).toBe(persons(those.filter(({ kind }) => kind === 'group')));
    expect(report.groups).toBe(those.filter(({ kind }) => kind === 'group').length);
    for (const { value, persons: counted } of report.byPurpose)
      expect(counted, value).toBe(persons(those.filter(({ purpose }) => purpose === value)));
    for (const { value, persons: counted } of report.byPoint)
      expect(counted).toBe(persons(those.filter((visit) => visit.service_point_id === value)));
    for (const { day, persons: counted } of report.days)
      expect(counted, day).toBe(persons(those.filter((visit) => visit.day === day)));
    expect(report.hours.reduce((sum, hour) => sum + hour.persons, 0)).toBe(report.persons);
    const told = report.visitors.filter(({ by, kind }) => by === 'sex' && kind === 'group');
    expect(told.reduce((sum, each) => sum + each.persons, 0)).toBe(report.byKind.group);
    const [busiest] = report.byPurpose;
    const rows = await listVisitsOfFigure(
      database.db,
      service.deps,
      scopeOf(),
      request(january),
      { purpose: busiest?.value },
      all,
    );
    expect(rows).toMatchObject({ ok: true, persons: busiest?.persons });
  });

  it('have their mean over the days of service, holidays and Sundays left out', async () => {
    const report = await reportVisits(database.db, scopeOf(), request(january));
    const { openingHours: hours, holidays } = library.settings;
    let days = 0;
    for (let day = '2026-01-01' as PlainDate; day <= '2026-01-31'; day = addDays(day, 1))
      if (isServiceDay(day, { hours, holidays })) days++;
    expect(report.serviceDays).toBe(days);
    expect(report.meanPerServiceDay).toBeCloseTo(report.persons / days, 10);
    expect(report.weekdays.find(({ weekday }) => weekday === 'sunday')).toMatchObject({
      serviceDays: 0,
      mean: null,
    });
  });
});

describe('step times in the reports', () => {
  const year: ReportPeriod = {
    kind: 'range',
    from: '2025-06-01' as PlainDate,
    to: '2026-02-28' as PlainDate,
  };

  it('give median, nine of ten and the share within the standard of the work in the library only', async () => {
    const report = await reportSteps(database.db, scopeOf(), request(year));
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('step_time')
        .innerJoin('application', (join) =>
          join
            .onRef('application.library_id', '=', 'step_time.library_id')
            .onRef('application.id', '=', 'step_time.application_id'),
        )
        .select([
          'covers',
          'working_seconds',
          'standard_seconds',
          'outcome',
          'closed_at',
          'application.state',
          'step_time.application_id',
        ])
        .execute(),
    );
    const those = rows.filter(
      ({ closed_at: at }) => at !== null && dayOf(at) >= '2025-06-01' && dayOf(at) <= '2026-02-28',
    );
    const [procedure] = report.procedures;
    // What one press did stands together: identity with verification, a walk-in's arrival with the form.
    expect(procedure?.steps.map((step) => step.covers.join('+'))).toEqual(
      expect.arrayContaining(['1', '2+4', '3', '5', '6']),
    );
    expect(procedure?.steps.reduce((sum, step) => sum + step.unmeasured, 0)).toBe(0);
    for (const step of procedure?.steps ?? []) {
      const mine = those.filter((row) => row.covers.join() === step.covers.join());
      const worked = mine
        .flatMap((row) =>
          row.outcome === 'done' && row.working_seconds !== null ? [row.working_seconds] : [],
        )
        .sort((one, other) => one - other);
      expect(step.n).toBe(worked.length);
      expect(step.median).toBeCloseTo(quantile(worked, 0.5), 6);
      expect(step.p90).toBeCloseTo(quantile(worked, 0.9), 6);
      expect(step.within).toBe(worked.filter((seconds) => seconds <= step.standardSeconds).length);
      expect(step.notNeeded).toBe(mine.filter(({ outcome }) => outcome === 'not_needed').length);
      expect(step.atHome).toBe(mine.filter(({ outcome }) => outcome === 'at_home').length);
      const found = await listStepsOfFigure(
        database.db,
        service.deps,
        scopeOf(),
        request(year),
        { procedureVersion: 1, covers: step.covers, figure: 'measured' },
        all,
      );
      expect(found).toMatchObject({ ok: true, total: step.n });
    }
    expect(procedure).toMatchObject({ sumOfStandards: 1140, publishedTotal: 1140 });
    const completed = new Set(
      those.filter(({ state }) => state === 'completed').map(({ application_id: id }) => id),
    );
    expect(report.total?.n).toBe(completed.size);
  });

  it('are told by officer to the Sub Koordinator alone', async () => {
    const forOfficer = await reportSteps(database.db, scopeOf('petugas'), request(year));
    const forHead = await reportSteps(database.db, scopeOf('kepala_bidang'), request(year));
    const forCoordinator = await reportSteps(database.db, scopeOf('sub_koordinator'), request(year));
    expect([forOfficer.officers, forHead.officers]).toEqual([null, null]);
    expect(forCoordinator.officers?.length).toBeGreaterThan(1);
  });
});

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

describe('/laporan', () => {
  const parts = ['', '/anggota', '/permohonan', '/kunjungan', '/waktu', '/bulanan'];

  it('shows every part in both languages, for a month, a quarter, a year and free dates', async () => {
    const cookie = await service.signIn('banyuwangi', 'subkoordinator');
    for (const part of parts) {
      for (const query of [
        'periode=2026-01&lang=id',
        'periode=2026-T1&lang=en',
        'periode=2025',
        'dari=2026-01-05&sampai=2026-02-10',
      ]) {
        const answer = await service.request(`/banyuwangi/laporan${part}?${query}`, {
          headers: { cookie: cookie.header },
        });
        expect(answer.status, `${part}?${query}`).toBe(200);
        const html = await answer.text();
        expect(html, `${part}?${query}`).not.toMatch(/undefined|NaN|\[object/);
      }
    }
  });

  it('gives CSV that an Indonesian Excel opens in columns, and XLSX with every table', async () => {
    const cookie = await service.signIn('banyuwangi', 'kabid');
    const get = (path: string) =>
      service.request(`/banyuwangi/laporan/${path}`, { headers: { cookie: cookie.header } });
    const csv = await get('anggota.csv?periode=2026-01&tabel=gerak&lang=id');
    expect(csv.headers.get('content-disposition')).toBe(
      'attachment; filename="banyuwangi-anggota-2026-01-gerak.csv"',
    );
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await csv.arrayBuffer());
    expect(text.startsWith('\uFEFFUraian;Terdaftar;Aktif\r\n')).toBe(true);
    for (const part of ['anggota', 'permohonan', 'kunjungan', 'waktu', 'bulanan']) {
      const xlsx = await get(`${part}.xlsx?periode=2026-01`);
      expect(xlsx.status, part).toBe(200);
      expect(
        Buffer.from(await xlsx.arrayBuffer())
          .subarray(0, 2)
          .toString(),
      ).toBe('PK');
    }
  });

  it('opens figures into rows for officers, and for heads shows figures without a single link to a person', async () => {
    const path = '/banyuwangi/laporan/anggota?periode=2026-01';
    const officer = await service.signIn('banyuwangi', 'petugas');
    const html = await (await service.request(path, { headers: { cookie: officer.header } })).text();
    const link = /href="([^"]*\/baris\/anggota[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const rows = await service.request(link, { headers: { cookie: officer.header } });
    expect(rows.status).toBe(200);
    expect(await rows.text()).toContain('/banyuwangi/anggota/');
    for (const username of ['kabid', 'kepala']) {
      const head = await service.signIn('banyuwangi', username);
      const page = await (await service.request(path, { headers: { cookie: head.header } })).text();
      expect(page).not.toContain('/baris/');
      expect((await service.request(link, { headers: { cookie: head.header } })).status).toBe(404);
    }
    const read = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').select('id').where('action', '=', 'report.rows').execute(),
    );
    expect(read.length).toBeGreaterThan(0);
  });

  it('is closed to the admin, who sees no data of people, and to whoever is not signed in', async () => {
    const admin = await service.signIn('banyuwangi', 'admin');
    expect((await service.request('/banyuwangi/laporan', { headers: { cookie: admin.header } })).status).toBe(
      404,
    );
    expect((await service.request('/banyuwangi/laporan')).status).toBe(303);
  });
});
