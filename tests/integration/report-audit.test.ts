import pg from 'pg';
import readXlsxFile from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDemo } from '../../src/cli/demo/fill.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { periodAround, readPeriod } from '../../src/domain/report-period.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { reportCases } from '../../src/usecases/report-cases.ts';
import { reportMembers } from '../../src/usecases/report-members.ts';
import { readMonth } from '../../src/usecases/report-month.ts';
import { reportSteps } from '../../src/usecases/report-steps.ts';
import { reportVisitSummary, reportVisits } from '../../src/usecases/report-visits.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/**
 * The reports of a made-up year as an auditor checks them: against the plain rows, counted by statements that share
 * nothing with those of the program and run as a superuser; and each way out of the program against the page.
 */
let database: TestDatabase;
let site: TestApp;
let admin: pg.Client;
const now = new Date('2026-03-02T05:10:00Z');
const slugs = ['jateng', 'banyuwangi'] as const;
const libraries = new Map<string, LibraryContext>();
const MONTHS = ['2025-11', '2026-01', '2026-02'];

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { start: now });
  await fillDemo(database.db, site.deps, slugs, { scale: 0.12 });
  for (const slug of slugs) {
    const library = await loadLibrary(database.db, slug, now);
    if (library) libraries.set(slug, library);
  }
  admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  // Days and instants as the auditor writes them: on the wall clock of both libraries.
  await admin.query(`set timezone to 'Asia/Jakarta'`);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

function scopeOf(slug: string): Scope {
  const library = libraries.get(slug);
  const point = library?.servicePoints[0];
  if (!library || !point) throw new Error(slug);
  const id = '01890000-0000-7000-8000-000000000001' as never;
  return {
    library,
    actor: { kind: 'officer', id, roles: ['sub_koordinator'], servicePointId: point.id },
    at: now,
    requestId: 'test',
  };
}

function requestFor(month: string) {
  const period = readPeriod(month);
  if (!period) throw new Error(month);
  return { period, servicePointId: null };
}

/** One number of the auditor's own: `$1` is the library, `$2` the month's first day, `$3` the next month's. */
async function count(slug: string, month: string, statement: string): Promise<number> {
  const first = `${month}-01`;
  const { rows } = await admin.query<{ n: string | number | null }>(
    `with asked (library, first, after) as (select $1::int, $2::date, ($2::date + interval '1 month')::date) ${statement}`,
    [scopeOf(slug).library.id, first],
  );
  return Number(rows[0]?.n ?? 0);
}

const each = slugs.flatMap((slug) => MONTHS.map((month) => [slug, month] as const));

describe('ten figures of every report, counted from the rows by other statements', () => {
  it.each(each)('members of %s in %s', async (slug, month) => {
    const report = await reportMembers(database.db, scopeOf(slug), requestFor(month));
    const { opening, closing, registered, active } = report.movement;
    const last = (day: string) => `(select distinct on (member_id) e.* from member_event e, asked
      where e.library_id = library and e.effective_at < ${day} order by member_id, effective_at desc, id desc)`;
    const state = (day: string, where: string) =>
      count(slug, month, `select count(*) as n from asked, ${last(day)} l where ${where}`);
    const isEnded = `exists (select from member_event x where x.library_id = l.library_id and x.member_id = l.member_id
      and x.kind = 'ended' and x.effective_at <= l.effective_at)`;
    const happened = (kind: string, column = '*') =>
      count(
        slug,
        month,
        `select count(${column}) as n from asked join member_event on library_id = library and kind = '${kind}'
          and effective_at >= first and effective_at < after`,
      );
    expect(opening.registered).toBe(await state('first', `not ${isEnded}`));
    expect(closing.registered).toBe(await state('after', `not ${isEnded}`));
    expect(closing.ended).toBe(await state('after', isEnded));
    expect(closing.expired).toBe(
      await state(
        'after',
        `l.kind in ('joined', 'renewed', 'card_replaced', 'corrected', 'resumed') and l.valid_until < after - 1`,
      ),
    );
    expect(closing.suspended).toBe(await state('after', `l.kind = 'suspended'`));
    expect(registered.joined).toBe(await happened('joined', 'distinct member_id'));
    expect(registered.ended).toBe(await happened('ended', 'distinct member_id'));
    expect(report.movement.renewals).toBe(await happened('renewed'));
    expect(report.groups.sex.find(({ value }) => value === 'P')?.closing).toBe(
      await state('after', `l.sex = 'P' and not ${isEnded}`),
    );
    const [type] = report.groups.type;
    expect(type?.closing).toBe(await state('after', `l.member_type = '${type?.value}' and not ${isEnded}`));
    const [district] = report.groups.district;
    expect(district?.opening).toBe(
      await state('first', `l.district = '${district?.value}' and not ${isEnded}`),
    );
    const adults = report.groups.age.find(({ value }) => value === 'a25');
    const year = Number(month.slice(0, 4));
    expect(adults?.closing).toBe(
      await state('after', `${year} - l.birth_year between 25 and 44 and not ${isEnded}`),
    );
    expect(active.in.joined).toBe(registered.joined);
  });

  it.each(each)('applications of %s in %s', async (slug, month) => {
    const { totals, waiting, rejections, byChannel } = await reportCases(
      database.db,
      scopeOf(slug),
      requestFor(month),
    );
    const events = (where: string) =>
      count(
        slug,
        month,
        `select count(*) as n from asked join application_event on library_id = library
          where effective_at between first and after - interval '1 microsecond' and (${where})`,
      );
    expect(totals.new).toBe(await events(`kind = 'submitted'`));
    for (const state of ['approved', 'already_member', 'rejected', 'cancelled', 'lapsed'] as const)
      expect(totals[state], state).toBe(await events(`to_state = '${state}'`));
    expect(totals.correction).toBe(await events(`kind = 'correction_requested'`));
    expect(totals.revised).toBe(await events(`act = 'revise'`));
    expect(totals.escalated).toBe(await events(`kind = 'escalated'`));
    expect(totals.no_document).toBe(await events(`act = 'see_identity' and reason = 'exception'`));
    // Waiting is told from each case's own last word before the day, not backwards from today.
    const waits = (day: string) =>
      count(
        slug,
        month,
        `select count(*) as n from asked join application a on a.library_id = library where (
          select to_state from application_event e where e.library_id = a.library_id and e.application_id = a.id
            and e.to_state is not null and e.effective_at < ${day} order by effective_at desc, id desc limit 1
        ) in ('submitted', 'in_review', 'needs_correction', 'waiting_guardian')`,
      );
    expect(waiting.opening).toBe(await waits('first'));
    expect(waiting.closing).toBe(await waits('after'));
    expect(rejections.reduce((sum, each) => sum + each.count, 0)).toBe(totals.rejected);
    const [channel] = byChannel;
    expect(channel?.totals.new).toBe(
      await events(`kind = 'submitted' and application_id in (select id from application a
        where a.library_id = library and a.channel = '${channel?.value}')`),
    );
  });

  it.each(each)('visits of %s in %s', async (slug, month) => {
    const report = await reportVisits(database.db, scopeOf(slug), requestFor(month));
    const visits = (what: string, where = 'counted') =>
      count(
        slug,
        month,
        `select ${what} as n from asked join visit v on v.library_id = library and v.at >= first and v.at < after
          where v.voided_at is null and (${where})`,
      );
    expect(report.persons).toBe(await visits('sum(persons)'));
    const summary = await reportVisitSummary(database.db, scopeOf(slug), requestFor(month));
    expect(summary).toMatchObject({ persons: report.persons, meanPerServiceDay: report.meanPerServiceDay });
    expect(summary.months.get(month)).toBe(report.persons);
    for (const kind of ['member', 'non_member', 'group'] as const)
      expect(report.byKind[kind], kind).toBe(await visits('sum(persons)', `counted and kind = '${kind}'`));
    expect(report.groups).toBe(await visits('count(*)', `kind = 'group'`));
    expect(report.repeated).toBe(await visits('count(*)', 'not counted'));
    expect(report.busiestDay?.persons).toBe(
      await visits('max(sum(persons)) over ()', 'counted) group by v.day order by (1'),
    );
    const [purpose] = report.byPurpose;
    expect(purpose?.persons).toBe(await visits('sum(persons)', `counted and purpose = '${purpose?.value}'`));
    const point = report.byPoint.at(-1);
    expect(point?.persons).toBe(
      await visits('sum(persons)', `counted and service_point_id = '${point?.value}'`),
    );
    expect(report.byMode.find(({ value }) => value === 'daring')?.persons ?? 0).toBe(
      await visits('coalesce(sum(persons), 0)', `counted and mode = 'daring'`),
    );
    expect(report.hours.find(({ hour }) => hour === 10)?.persons).toBe(
      await visits('sum(persons)', 'counted and extract(hour from at) = 10'),
    );
  });

  it.each(each)('service times of %s in %s', async (slug, month) => {
    const report = await reportSteps(database.db, scopeOf(slug), requestFor(month));
    const ended = `ended as (select a.id, a.state from application a, asked where a.library_id = library
      and a.closed_at >= first and a.closed_at < after)`;
    const steps = (what: string, where: string) =>
      count(
        slug,
        month,
        `, ${ended} select ${what} as n from ended join step_time s on s.application_id = ended.id where ${where}`,
      );
    const [procedure] = report.procedures;
    let figures = 0;
    for (const step of procedure?.steps ?? []) {
      const mine = `s.covers = '{${step.covers.join(',')}}'`;
      const done = `${mine} and outcome = 'done' and working_seconds is not null`;
      expect(step.n).toBe(await steps('count(*)', done));
      expect(step.within).toBe(
        await steps('count(*)', `${done} and working_seconds <= ${step.standardSeconds}`),
      );
      expect(step.notNeeded).toBe(await steps('count(*)', `${mine} and outcome = 'not_needed'`));
      expect(step.atHome).toBe(await steps('count(*)', `${mine} and outcome = 'at_home'`));
      figures += 4;
    }
    expect(figures).toBeGreaterThanOrEqual(10);
    const whole = (what: string) =>
      count(
        slug,
        month,
        `, ${ended}, one as (select ended.id, sum(working_seconds) as work from ended
            join step_time s on s.application_id = ended.id where ended.state = 'completed' group by 1)
          select ${what} as n from one where work is not null`,
      );
    expect(report.total?.n ?? 0).toBe(await whole('count(*)'));
    expect(report.total?.median ?? 0).toBeCloseTo(
      await whole('percentile_cont(0.5) within group (order by work)'),
      6,
    );
    expect(report.total?.within ?? 0).toBe(
      await whole(`count(*) filter (where work <= ${procedure?.publishedTotal})`),
    );
  });
});

describe('the equations of the reports', () => {
  it('hold for each month of the year and each breakdown: opening + in − out = closing', async () => {
    for (const slug of slugs) {
      let before: { registered: number; active: number; waiting: number } | undefined;
      for (let month = 4; month <= 14; month++) {
        const name =
          month > 12
            ? `2026-${String(month - 12).padStart(2, '0')}`
            : `2025-${String(month).padStart(2, '0')}`;
        const members = await reportMembers(database.db, scopeOf(slug), requestFor(name));
        const { totals, waiting } = await reportCases(database.db, scopeOf(slug), requestFor(name));
        const { opening, closing, registered, active } = members.movement;
        const sum = (record: object) =>
          Object.values(record).reduce((all: number, one: number) => all + one, 0);
        expect(opening.registered + registered.joined + registered.reactivated - registered.ended, name).toBe(
          closing.registered,
        );
        expect(opening.active + sum(active.in) - sum(active.out), name).toBe(closing.active);
        const decided =
          totals.approved + totals.already_member + totals.rejected + totals.cancelled + totals.lapsed;
        expect(waiting.opening + totals.new - decided, name).toBe(waiting.closing);
        for (const [by, groups] of Object.entries(members.groups)) {
          for (const group of groups)
            expect(
              group.opening + group.joined + group.reactivated - group.ended + group.moved,
              `${name} ${by} ${group.value}`,
            ).toBe(group.closing);
          expect(
            groups.reduce((all, group) => all + group.closing, 0),
            by,
          ).toBe(closing.registered);
          expect(
            groups.reduce((all, group) => all + group.moved, 0),
            by,
          ).toBe(0);
        }
        if (before)
          expect({
            registered: opening.registered,
            active: opening.active,
            waiting: waiting.opening,
          }).toEqual(before);
        before = { registered: closing.registered, active: closing.active, waiting: waiting.closing };
      }
    }
  });
});

/** Tables of a page by their titles: the cells of the body and of the sum, as they read. */
function tablesOn(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const text = (html: string) =>
    html
      .replace(/<[^>]+>/g, '')
      .replace(/&#39;|&apos;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&')
      .trim();
  const tables = new Map<string, string[][]>();
  for (const [, section = ''] of page.matchAll(/<section class="dp-report"[^>]*>([\s\S]*?<\/table>)/g)) {
    const title = text(/<h[23]>([\s\S]*?)<\/h[23]>/.exec(section)?.[1] ?? '');
    const rows = [...section.slice(section.indexOf('<tbody')).matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(
      ([, row = '']) =>
        [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => text(cell)),
    );
    tables.set(title, rows);
  }
  return tables;
}

/** A number as Indonesian writes it: `1.234`, `36,4 %`, `2 menit 10 detik`; else undefined. */
function numberOf(text: string): number | undefined {
  const time = /^(?:(\d+) jam)? ?(?:(\d+) menit)? ?(?:(\d+) detik)?$/.exec(text);
  if (time && text !== '')
    return Number(time[1] ?? 0) * 3600 + Number(time[2] ?? 0) * 60 + Number(time[3] ?? 0);
  if (!/^-?[\d.]+(,\d+)?( %)?$/.test(text)) return undefined;
  const value = Number(text.replace(' %', '').replaceAll('.', '').replace(',', '.'));
  return text.endsWith('%') ? value / 100 : value;
}

const get = async (path: string, as = 'kabid') => {
  const cookie = await site.signIn('banyuwangi', as);
  const answer = await site.request(`/banyuwangi/laporan${path}`, { headers: { cookie: cookie.header } });
  expect(answer.status, path).toBe(200);
  return answer;
};

describe('what leaves the program', () => {
  it.each(['anggota', 'permohonan', 'kunjungan', 'waktu', 'bulanan'])(
    '%s as XLSX, opened by another reader, says what the page says',
    async (part) => {
      const page = tablesOn(await (await get(`/${part}?periode=2025-11&lang=id`)).text());
      const bytes = Buffer.from(await (await get(`/${part}.xlsx?periode=2025-11&lang=id`)).arrayBuffer());
      const sheets = await readXlsxFile(bytes);
      let compared = 0;
      for (const [title, rows] of page) {
        const sheet = sheets.find(({ sheet: name }) => title.startsWith(name.replace(/ \d$/, '')));
        if (!sheet) throw new Error(`no sheet for ${title}`);
        for (const row of rows) {
          if (row.length < 2) continue; // an empty table's sentence
          const label = row[0]?.replace(/^([+−]) /, '($1) ') ?? '';
          const there = sheet.data.find(([first]) => String(first) === label);
          // A long list of districts ends in a sum on the page, a day is a date in the sheet.
          if (!there) {
            expect(label, title).toMatch(/kecamatan lain|\d{4}$|^Jumlah$|^\d+$/);
            continue;
          }
          for (const [index, cell] of row.slice(1).entries()) {
            // In a column of different numbers a share stands as per cent, and says so beside it.
            const percent = there.at(-1) === '%' ? 100 : 1;
            const [shown, written] = [numberOf(cell), there[index + 1]];
            const kept = typeof written === 'number' ? written / percent : written;
            if (shown === undefined) continue;
            if (typeof kept !== 'number') {
              expect(
                kept === null || typeof kept === 'string' || kept instanceof Date,
                `${title} ${label}`,
              ).toBe(true);
              continue;
            }
            const tolerance = cell.endsWith('%')
              ? 0.0006
              : cell.includes('jam')
                ? 60
                : cell.includes(',')
                  ? 0.06
                  : 0.5;
            expect(Math.abs(shown - kept), `${title}, ${label}, ${cell}`).toBeLessThanOrEqual(tolerance);
            compared++;
          }
        }
      }
      expect(compared).toBeGreaterThan(20);
    },
  );

  it('writes decimals with a comma in Indonesian, on the page and in the CSV, with a point in English', async () => {
    const mean = async (lang: string) => await (await get(`/kunjungan?periode=2025-11&lang=${lang}`)).text();
    const figure = (page: string) => /<dd>(\d+[.,]\d)<\/dd>/.exec(page)?.[1] ?? '';
    expect(figure(await mean('id'))).toMatch(/^\d+,\d$/);
    expect(figure(await mean('en'))).toMatch(/^\d+\.\d$/);
    const csv = async (lang: string) =>
      (await get(`/kunjungan.csv?periode=2025-11&tabel=hari&lang=${lang}`)).text();
    expect(await csv('id')).toMatch(/Senin;\d+;\d+(,\d+)?\r\n/);
    expect(await csv('en')).toMatch(/Monday,\d+,\d+(\.\d+)?\r\n/);
  });

  it('holds nothing that a spreadsheet would run, whatever a place or a type is called', async () => {
    await admin.query(
      `update service_point set name = '=HYPERLINK("http://contoh.example";"klik")'
       where library_id = $1 and id = $2`,
      [libraries.get('banyuwangi')?.id, libraries.get('banyuwangi')?.servicePoints[0]?.id],
    );
    site.deps.libraries.forget('banyuwangi');
    for (const [part, table] of [
      ['kunjungan', 'tempat'],
      ['anggota', 'point'],
      ['anggota', 'gerak'],
      ['permohonan', 'titik'],
      ['permohonan', 'hasil'],
    ]) {
      const csv = await (await get(`/${part}.csv?periode=2025-11&tabel=${table}&lang=id`)).text();
      const cells = csv.replace('\uFEFF', '').split(/\r\n|;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
      expect(
        cells.filter((cell) => /^"?[=+@\t\r]/.test(cell)),
        `${part} ${table}`,
      ).toEqual([]);
      // Words of the product itself need no mark against it.
      expect(cells.filter((cell) => cell.startsWith("'") && !cell.includes('HYPERLINK'))).toEqual([]);
    }
    expect(await (await get('/kunjungan.csv?periode=2025-11&tabel=tempat&lang=id')).text()).toContain(
      `"'=HYPERLINK`,
    );
    await admin.query(`update service_point set name = 'Ruang contoh' where name like '=HYPER%'`);
    site.deps.libraries.forget('banyuwangi');
  });
});

describe('a closed month', () => {
  it('reads the same, as a whole and at each service point, after people were erased from it', async () => {
    const slug = 'jateng';
    const before = scopeOf(slug);
    const points = [null, ...before.library.servicePoints.map(({ id }) => id)];
    const read = async (scope: Scope) => {
      const months = [];
      for (const month of ['2025-05', '2025-11'])
        for (const point of points)
          months.push((await readMonth(database.db, site.deps, scope, month, point)).live);
      const request = { period: periodAround('year', '2025-06-01' as PlainDate), servicePointId: null };
      const { byChannel, byPoint, totals } = await reportCases(database.db, scope, request);
      return { months, byChannel, byPoint, totals };
    };
    const figures = await read(before);
    const later = new Date('2031-01-10T05:00:00Z');
    const strict: LibraryContext = {
      ...before.library,
      settings: {
        ...before.library.settings,
        retention: { ...before.library.settings.retention, rejectedMonths: 1, endedMemberMonths: 1 },
      },
    };
    const outcome = await applyRetention(database.db, { ...site.deps, now: () => later }, strict);
    expect(outcome.erased).toBeGreaterThan(10);
    expect(await read({ ...before, at: later })).toEqual(figures);
  });
});
