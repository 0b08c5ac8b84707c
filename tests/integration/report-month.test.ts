import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDemo } from '../../src/cli/demo/fill.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import type { Role } from '../../src/domain/permissions.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { delegate } from '../../src/usecases/delegate.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { checkMonth, readMonth, signMonth, withdrawMonth } from '../../src/usecases/report-month.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Each test takes a month of its own: what is checked or signed stays so. */
let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
const officers = new Map<string, OfficerId>();

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { start: new Date('2026-03-02T05:10:00Z') });
  await fillDemo(database.db, site.deps, ['banyuwangi'], { scale: 0.04 });
  // The demonstration's own sheets: here they are made by the use cases.
  await asAdmin(`delete from monthly_report; delete from audit_log where action like 'report.%'`);
  const found = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!found) throw new Error('not seeded');
  library = found;
  const rows = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('officer').select(['id', 'username']).execute(),
  );
  for (const { id, username } of rows) officers.set(username, id);
});
afterAll(() => database.drop());

/** What the program itself may not do. */
async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  await admin.query(statement).finally(() => admin.end());
}

const ROLES: Readonly<Record<string, Role>> = {
  kabid: 'kepala_bidang',
  kepala: 'kepala_skpd',
  subkoordinator: 'sub_koordinator',
  petugas: 'petugas',
};

function scopeOf(username: string, ...more: Role[]): Scope {
  const [id, role, point] = [officers.get(username), ROLES[username], library.servicePoints[0]];
  if (!id || !role || !point) throw new Error(username);
  return {
    library,
    actor: { kind: 'officer', id, roles: [role, ...more], servicePointId: point.id },
    at: site.clock.now,
    requestId: 'test',
  };
}

const read = (month: string, who = 'kabid') => readMonth(database.db, site.deps, scopeOf(who), month, null);

async function check(month: string, scope = scopeOf('kabid')) {
  const { liveDigest } = await read(month);
  return checkMonth(database.db, site.deps, scope, { month, digest: liveDigest });
}

const sign = (month: string, revision = 1, scope = scopeOf('kepala')) =>
  signMonth(database.db, site.deps, scope, { month, revision });

/** A visit that somebody remembers later. */
function addVisit(day: string) {
  return inLibrary(database.db, library.id, (tx) =>
    sql`insert into visit (library_id, id, submit_key, at, day, kind, purpose, service_point_id)
      select library_id, gen_random_uuid(), uuid_send(gen_random_uuid()), ${day}::date + time '10:00', ${day}, kind,
        purpose, service_point_id
      from visit where kind = 'non_member' limit 1`.execute(tx),
  );
}

describe('the sheet of a closed month', () => {
  it('is checked by one and signed by the other, and keeps its figures when those of today change', async () => {
    expect(await check('2025-12')).toEqual({ ok: true });
    const checked = await read('2025-12', 'kepala');
    expect(checked.standing).toMatchObject({ revision: 1, signed: null, intact: true });
    expect(checked.standing?.figures).toEqual(checked.live);
    expect(checked.standing?.figures.visits.persons).toBeGreaterThan(0);
    expect([...checked.allowed].sort()).toEqual(['return', 'sign']);
    expect(await sign('2025-12')).toEqual({ ok: true });
    const before = await read('2025-12');
    expect(before.changed).toBe(false);
    await addVisit('2025-12-10');
    const after = await read('2025-12');
    expect(after.changed).toBe(true);
    expect(after.standing?.figures).toEqual(before.standing?.figures);
    expect(after.live.visits.persons).toBe(before.live.visits.persons + 1);
    expect(after.standing?.signed?.name).not.toBe(after.standing?.checked.name);
  });

  it('is not checked before the month is over on the library’s calendar', async () => {
    const early = scopeOf('kabid');
    // 17.00 UTC is midnight in Western Indonesia.
    const evening = { ...early, at: new Date('2026-02-28T16:59:00Z') };
    const { liveDigest } = await readMonth(database.db, site.deps, evening, '2026-02', null);
    expect(
      await checkMonth(database.db, site.deps, evening, { month: '2026-02', digest: liveDigest }),
    ).toEqual({ ok: false, reason: 'not-allowed' });
    const midnight = { ...early, at: new Date('2026-02-28T17:00:00Z') };
    const closed = await readMonth(database.db, site.deps, midnight, '2026-02', null);
    expect(
      await checkMonth(database.db, site.deps, midnight, { month: '2026-02', digest: closed.liveDigest }),
    ).toEqual({ ok: true });
  });

  it('is never checked and signed by one person, not even by an acting Kepala SKPD', async () => {
    await check('2025-11');
    const both = scopeOf('kabid', 'kepala_skpd');
    expect(await sign('2025-11', 1, both)).toEqual({ ok: false, reason: 'not-allowed' });
    // The database itself refuses it as well.
    await expect(
      inLibrary(database.db, library.id, (tx) =>
        tx
          .updateTable('monthly_report')
          .set({ signed_at: site.clock.now, signed_by: officers.get('kabid') ?? null, signed_name: 'x' })
          .where('month', '=', '2025-11')
          .execute(),
      ),
    ).rejects.toThrow(/check constraint/);
  });

  it('names an acting official as one, for the days of the delegation', async () => {
    const admin = officers.get('admin');
    const actingId = officers.get('subkoordinator');
    if (!admin || !actingId) throw new Error('no officers');
    const given = await delegate(
      database.db,
      site.deps,
      { ...scopeOf('petugas', 'admin') },
      {
        officerId: actingId,
        role: 'kepala_bidang',
        kind: 'plh',
        from: '2026-03-02' as PlainDate,
        until: '2026-03-04' as PlainDate,
      },
    );
    expect(given.ok).toBe(true);
    expect(await check('2025-10', scopeOf('subkoordinator', 'kepala_bidang'))).toEqual({ ok: true });
    expect((await read('2025-10')).standing?.checked.acting).toBe('plh');
    // Roles that no office and no delegation stands behind are not believed.
    expect(await check('2025-09', scopeOf('petugas', 'kepala_bidang'))).toEqual({
      ok: false,
      reason: 'not-allowed',
    });
  });

  it('goes back with a reason and is checked anew; what was withdrawn stays on file', async () => {
    await check('2025-08');
    await sign('2025-08');
    const withdraw = (reason: string, who = 'kepala') =>
      withdrawMonth(database.db, site.deps, scopeOf(who), { month: '2025-08', revision: 1, reason });
    expect(await withdraw('Rombongan belum dicatat', 'kabid')).toEqual({ ok: false, reason: 'not-allowed' });
    expect(await withdraw('   ')).toEqual({ ok: false, reason: 'reason-missing' });
    expect(await withdraw('Rombongan belum dicatat, 0812 3456 7890')).toEqual({ ok: true });
    expect((await read('2025-08')).standing).toBeNull();
    expect(await check('2025-08')).toEqual({ ok: true });
    const again = await read('2025-08');
    expect(again.standing?.revision).toBe(2);
    expect(again.withdrawn).toHaveLength(1);
    expect(again.withdrawn[0]?.withdrawn?.reason).toBe('Rombongan belum dicatat, •••');
    // A page that still shows the first sheet signs nothing.
    expect(await sign('2025-08', 1)).toEqual({ ok: false, reason: 'changed-meanwhile' });
    const trail = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'subject_id'])
        .where('subject_kind', '=', 'report')
        .where('subject_id', 'like', '2025-08%')
        .orderBy('id')
        .execute(),
    );
    expect(trail).toEqual([
      { action: 'report.check', subject_id: '2025-08.1' },
      { action: 'report.sign', subject_id: '2025-08.1' },
      { action: 'report.reopen', subject_id: '2025-08.1' },
      { action: 'report.check', subject_id: '2025-08.2' },
    ]);
  });

  it('is not checked unseen, nor signed with figures that changed since the check', async () => {
    const stale = (await read('2025-07')).liveDigest;
    await addVisit('2025-07-08');
    expect(
      await checkMonth(database.db, site.deps, scopeOf('kabid'), { month: '2025-07', digest: stale }),
    ).toEqual({ ok: false, reason: 'changed-meanwhile' });
    await check('2025-07');
    await addVisit('2025-07-09');
    expect(await sign('2025-07')).toEqual({ ok: false, reason: 'figures-changed' });
  });

  it('is checked once, however many press the button together', async () => {
    const { liveDigest: digest } = await read('2025-06');
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => checkMonth(database.db, site.deps, scopeOf('kabid'), { month: '2025-06', digest })),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('says so when its stored figures were changed past the program', async () => {
    await check('2025-05');
    await asAdmin(
      `update monthly_report set figures = jsonb_set(figures, '{visits,persons}', '9999') where month = '2025-05'`,
    );
    expect((await read('2025-05')).standing?.intact).toBe(false);
  });
});

describe('what is done with a sheet', () => {
  it('is in the audit log under the sheet, and the link there leads to all of it', async () => {
    const month = '2025-05';
    await check(month);
    await sign(month);
    await withdrawMonth(database.db, site.deps, scopeOf('kepala'), {
      month,
      revision: 1,
      reason: 'Kunjungan susulan',
    });
    await check(month);
    await withdrawMonth(database.db, site.deps, scopeOf('kabid'), {
      month,
      revision: 2,
      reason: 'Salah hitung',
    });
    const admin = await site.signIn('banyuwangi', 'admin');
    const get = (path: string) => site.request(path, { headers: { cookie: admin.header } });
    const all = await (await get('/banyuwangi/jejak?tindakan=report&lang=id')).text();
    for (const [sheet, actions] of [
      ['2025-05.1', ['diperiksa', 'disahkan', 'dibuka kembali']],
      ['2025-05.2', ['diperiksa', 'dikembalikan']],
    ] as const) {
      const link = new RegExp(`href="([^"]+)"[^>]*>${sheet}<`).exec(all)?.[1] ?? '';
      const answer = await get(`${link.replaceAll('&amp;', '&')}&lang=id`);
      expect(answer.status).toBe(200);
      const html = await answer.text();
      expect([...html.matchAll(/<th scope="row"[^>]*>/g)]).toHaveLength(actions.length);
      for (const action of actions) expect(html).toContain(`<th scope="row">Lembar bulanan ${action}</th>`);
    }
  });
});

describe('/laporan/bulanan', () => {
  it('leads from the overview through check and signature to a sheet that says who and when', async () => {
    const [head, chief] = [
      await site.signIn('banyuwangi', 'kabid'),
      await site.signIn('banyuwangi', 'kepala'),
    ];
    const get = async (path: string, cookie: string) =>
      (await site.request(`/banyuwangi/laporan${path}`, { headers: { cookie } })).text();
    const sheet = '/bulanan?periode=2026-01&lang=id';
    const page = await get(sheet, head.header);
    const digest = /name="sidik" value="([0-9a-f]+)"/.exec(page)?.[1] ?? '';
    expect(page).toContain('Belum diperiksa');
    const post = (verb: string, fields: Record<string, string>, cookie: string) =>
      site.post(`/banyuwangi/laporan/bulanan/2026-01/${verb}`, fields, cookie);
    const done = await post('periksa', { sidik: digest }, head.header);
    expect(done.headers.get('location')).toBe('/banyuwangi/laporan/bulanan?periode=2026-01&selesai=periksa');
    expect(await get('?lang=id', chief.header)).toContain('Lembar Januari 2026 menunggu pengesahan Anda');
    expect((await post('sahkan', { lembar: '1' }, chief.header)).status).toBe(303);
    const signed = await get(sheet, chief.header);
    for (const words of ['Disahkan dalam Daftar Pustaka, 2 Maret 2026', 'Sidik angka'])
      expect(signed).toContain(words);
    expect(signed).not.toContain('berbeda');
    await addVisit('2026-01-15');
    const changed = await get(sheet, chief.header);
    expect(changed).toContain('Selisih dengan hitungan hari ini');
    expect(changed).toMatch(/id="selisih"[\s\S]*Non Anggota/);
    const refused = await post('kembalikan', { lembar: '1', alasan: '' }, chief.header);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('Tuliskan alasannya');
    const reopened = await post('kembalikan', { lembar: '1', alasan: 'Kunjungan susulan' }, chief.header);
    expect(reopened.status).toBe(303);
    expect(await get(sheet, head.header)).toContain('Kunjungan susulan');
    const english = await get('/bulanan?periode=2026-01&lang=en', head.header);
    expect(english).toContain('Opened again');
  });

  it('checks the library as a whole only', async () => {
    const head = await site.signIn('banyuwangi', 'kabid');
    const point = library.servicePoints[0]?.id;
    const answer = await site.request(`/banyuwangi/laporan/bulanan?periode=2025-06&titik=${point}&lang=id`, {
      headers: { cookie: head.header },
    });
    const page = await answer.text();
    expect(page).toContain('Yang diperiksa dan disahkan adalah lembar seluruh perpustakaan');
    expect(page).not.toContain('name="sidik"');
  });
});
