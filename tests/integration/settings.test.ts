import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { LibrarySettings } from '../../src/domain/library-settings.ts';
import { changeSettings, readSettingsVersion } from '../../src/usecases/change-setting.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { SETTING_SCHEMAS } from '../../src/usecases/setting-schemas.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let admin: SessionCookie;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  admin = await site.signIn('banyuwangi', 'admin');
});
afterAll(() => database.drop());

const load = async (): Promise<LibraryContext> => {
  const library = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!library) throw new Error('not seeded');
  return library;
};
const adminScope = async (): Promise<Scope> => scopeOfRole(await load(), site.deps, ['admin']);
const change = async (changes: object) =>
  changeSettings(database.db, site.deps, await adminScope(), { changes, version: null });

describe('the settings of a library', () => {
  it('as the presets bring them pass the checks that changes pass', async () => {
    for (const slug of ['jateng', 'banyuwangi']) {
      const library = await loadLibrary(database.db, slug, new Date());
      for (const [name, schema] of Object.entries(SETTING_SCHEMAS)) {
        const value = library?.settings[name as keyof LibrarySettings];
        expect(schema.safeParse(value), `${slug} ${name}`).toMatchObject({ success: true });
      }
    }
  });

  it('show on every page as forms that can be sent back unchanged, which changes nothing', async () => {
    const before = (await load()).settings;
    const index = await (
      await site.request('/banyuwangi/pengaturan', { headers: { cookie: admin.header } })
    ).text();
    const pages = [...index.matchAll(/href="(\/banyuwangi\/pengaturan\/[a-z-]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    const sections = pages.filter(
      (path) =>
        !/petugas|perangkat|prosedur|impor|ekspor|kartu-desain|kunci|sambungan|pengaturan\/peminjaman|cadangan|penyedia|retensi\/|pelanggaran|webhook|masuk-layanan/.test(
          path,
        ),
    );
    expect(sections.length).toBeGreaterThan(18);
    for (const path of sections) {
      const html = await (await site.request(path, { headers: { cookie: admin.header } })).text();
      const answer = await site.post(path, fieldsOf(html), admin.header);
      expect(answer.status, path).toBe(303);
      expect(answer.headers.get('location'), path).toBe(`${path}?tersimpan=0`);
    }
    const after = (await load()).settings;
    expect({ ...after, toConfirm: before.toConfirm }).toEqual(before);
    // Somebody has looked at all of them and saved.
    expect(after.toConfirm).toEqual([]);
  }, 60_000);

  it('are seen by the next request, and audited by name without any value', async () => {
    const path = '/banyuwangi/pengaturan/tampilan';
    const html = await (await site.request(path, { headers: { cookie: admin.header } })).text();
    const answer = await site.post(
      path,
      { ...fieldsOf(html), 'look.greeting': 'Sugeng rawuh' },
      admin.header,
    );
    expect(answer.headers.get('location')).toBe(`${path}?tersimpan=1`);
    expect(await (await site.request(path, { headers: { cookie: admin.header } })).text()).toContain(
      'Sugeng rawuh',
    );
    const rows = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', '=', 'setting.change').execute(),
    );
    expect(rows).toMatchObject([{ subject_id: 'look', fields: ['greeting'] }]);
    expect(JSON.stringify(rows)).not.toContain('rawuh');
  });

  it('opened by two admins and saved by both: the second is told, and keeps what was typed', async () => {
    const path = '/banyuwangi/pengaturan/profil';
    const html = await (await site.request(path, { headers: { cookie: admin.header } })).text();
    const fields = fieldsOf(html);
    expect((await site.post(path, { ...fields, 'profile.phone': '0333-1' }, admin.header)).status).toBe(303);
    const second = await site.post(path, { ...fields, 'profile.phone': '0333-2' }, admin.header);
    expect(second.status).toBe(409);
    const kept = await second.text();
    expect(kept).toContain('0333-2');
    expect(kept).toContain('bila Anda menyimpan lagi, isian Anda menggantikannya');
    expect((await load()).settings.profile.phone).toBe('0333-1');
    // Told so, the second admin decides: what is sent from that page replaces the other's.
    expect((await site.post(path, fieldsOf(kept), admin.header)).status).toBe(303);
    expect((await load()).settings.profile.phone).toBe('0333-2');
  });

  it.each([
    ['retensi', 'retention.draftDays', 'dua minggu', 'Isi dengan angka bulat.'],
    ['retensi', 'retention.draftDays', '900', 'Paling banyak 365.'],
    ['retensi', 'retention.scanAfterDecision', 'besok', 'Tulis jumlah hari dengan angka'],
    ['jenis-anggota', 'memberTypes.0.validity', 'setahun', 'Tulis jumlah bulan'],
    ['jenis-anggota', 'memberTypes.0.validity', '900', 'Paling banyak 600.'],
    ['jenis-anggota', 'memberTypes.0.minAge', 'tua', 'Tulis umurnya dengan angka'],
    ['pemeriksaan-silang', 'crossCheck.wrongSame', 'mahal', 'Tulis angka antara 2 dan 1000'],
    ['pemeriksaan-silang', 'crossCheck.wrongSame', '1', 'Paling sedikit 2.'],
    ['pemeriksaan-silang', 'crossCheck.missed', '101', 'Paling banyak 100.'],
    ['profil', 'profile.postalCode', '12', 'Tulis lima angka'],
    ['profil', 'profile.website', 'perpus', 'Tulis alamat lengkap'],
    ['profil', 'profile.email', 'perpus', 'Tulis alamat surel lengkap'],
    ['profil', 'profile.city', 'x'.repeat(81), 'Paling banyak 80 karakter.'],
    ['tampilan', 'look.colour', 'biru', 'Tulis tanda pagar'],
    ['hari-libur', 'holidays.0.date', 'lebaran', 'Tulis tanggalnya'],
    ['jam-buka', 'openingHours.monday.0.from', 'pagi', 'Tulis jamnya'],
    ['pejabat', 'officials.0.from', 'dulu', 'Tulis tanggalnya'],
  ])(
    'of %s: %s typed as "%s" says what to do, and stands there again',
    async (section, field, typed, said) => {
      const path = `/banyuwangi/pengaturan/${section}`;
      const html = await (await site.request(path, { headers: { cookie: admin.header } })).text();
      const answer = await site.post(path, { ...fieldsOf(html), [field]: typed }, admin.header);
      expect(answer.status).toBe(422);
      const page = await answer.text();
      expect(page).toContain(said);
      expect(page).toContain(`href="#${field}"`);
      expect(page).toContain(`value="${typed}"`);
    },
  );

  it('of the cross-check say what each error costs, and show the thresholds that follow', async () => {
    const path = '/banyuwangi/pengaturan/pemeriksaan-silang';
    const html = await (await site.request(path, { headers: { cookie: admin.header } })).text();
    expect(html).toMatch(/Kemiripan di atas 96\s%/);
    expect(html).toMatch(/Kemiripan di bawah 28,6\s%/);
    const looked = await site.post(
      path,
      { ...fieldsOf(html), 'crossCheck.wrongSame': '50', 'crossCheck.missed': '5', aksi: 'lihat' },
      admin.header,
    );
    expect(await looked.text()).toMatch(/Kemiripan 20\s% sampai 98\s%/);
    // Dear enough neither way: nobody would ever look.
    const refused = await site.post(
      path,
      { ...fieldsOf(html), 'crossCheck.wrongSame': '2', 'crossCheck.missed': '1,5' },
      admin.header,
    );
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('menyisakan ruang untuk melihat');
    const saved = await site.post(path, { ...fieldsOf(html), 'crossCheck.missed': '4,5' }, admin.header);
    expect(saved.headers.get('location')).toBe(`${path}?tersimpan=1`);
    expect((await load()).settings.crossCheck).toEqual({ wrongSame: 25, missed: 4.5, limit: 8 });
  });

  it('refuse what cannot be, at its field, and keep what was typed', async () => {
    const path = '/banyuwangi/pengaturan/nomor-anggota';
    const html = await (await site.request(path, { headers: { cookie: admin.header } })).text();
    const answer = await site.post(
      path,
      { ...fieldsOf(html), 'numberFormat.pattern': 'YYYYMM' },
      admin.header,
    );
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain('tepat satu angka urut');
    expect(page).toContain('value="YYYYMM"');
    expect((await load()).settings.numberFormat.pattern).not.toBe('YYYYMM');
  });

  it('rows are added, moved and taken out without a script, and saved only by the save button', async () => {
    const path = '/banyuwangi/pengaturan/layanan';
    const before = (await load()).settings.services;
    const html = await (await site.request(path, { headers: { cookie: admin.header } })).text();
    const added = await (
      await site.post(path, { ...fieldsOf(html), aksi: 'tambah:services' }, admin.header)
    ).text();
    const index = before.length;
    expect(added).toContain(`name="services.${index}.name.id"`);
    expect((await load()).settings.services).toEqual(before);
    const filled = {
      ...fieldsOf(added),
      [`services.${index}.name.id`]: 'Klub Buku Anak',
      [`services.${index}.name.en`]: 'Children’s book club',
    };
    const moved = await (
      await site.post(path, { ...filled, aksi: `naik:services:${index}` }, admin.header)
    ).text();
    await site.post(path, fieldsOf(moved), admin.header);
    const after = (await load()).settings.services;
    expect(after).toHaveLength(before.length + 1);
    expect(after[index - 1]).toMatchObject({ code: 'KLUB_BUKU_ANAK', name: { id: 'Klub Buku Anak' } });
  });
});

describe('a change of a setting', () => {
  it('of a text of the consents gives it a new version by itself, other settings do not', async () => {
    const { consents } = (await load()).settings;
    const changed = {
      ...consents,
      acknowledgement: { ...consents.acknowledgement, id: 'Saya telah membaca dan memahami.' },
    };
    expect(await change({ consents: changed })).toMatchObject({ ok: true });
    const first = (await load()).settings.consents.version;
    expect(first).not.toBe(consents.version);
    expect(await change({ consents: { ...changed, version: 'palsu' } })).toMatchObject({
      ok: true,
      changed: [],
    });
    expect((await load()).settings.consents.version).toBe(first);
  });

  it('of service points keeps their table in step: a new one can be chosen, a closed one no more', async () => {
    const { servicePoints } = (await load()).settings;
    const point = { code: 'PUSLING9', name: 'Pusling 9', kind: 'pusling', locationCode: '9', active: true };
    expect(await change({ servicePoints: [...servicePoints, point] })).toMatchObject({ ok: true });
    expect((await load()).servicePoints.map((one) => one.code)).toContain('PUSLING9');
    await change({ servicePoints: [...servicePoints, { ...point, active: false }] });
    expect((await load()).servicePoints.map((one) => one.code)).not.toContain('PUSLING9');
    expect(await change({ servicePoints })).toMatchObject({
      reason: 'invalid',
      problems: [{ code: 'in_use' }],
    });
    expect(
      await change({ servicePoints: servicePoints.map((one) => ({ ...one, active: false })) }),
    ).toMatchObject({ problems: [{ code: 'needs_one' }] });
  });

  it('cannot take out a member type that members have', async () => {
    const library = await load();
    await memberNamed(database, site.deps, scopeOfRole(library, site.deps, ['petugas']), 'Contoh Jenis');
    const { memberTypes } = library.settings;
    expect(await change({ memberTypes: memberTypes.filter((type) => type.code !== 'UMUM') })).toMatchObject({
      reason: 'invalid',
      problems: [{ path: ['memberTypes'], code: 'in_use' }],
    });
    expect(await change({ memberTypes: memberTypes.filter((type) => type.code !== 'LUAR') })).toMatchObject({
      ok: true,
    });
  });

  it('is for nobody but an admin', async () => {
    const library = await load();
    for (const role of ['petugas', 'sub_koordinator', 'kepala_bidang', 'kepala_skpd'] as const) {
      const scope = scopeOfRole(library, site.deps, [role]);
      const outcome = await changeSettings(database.db, site.deps, scope, {
        changes: { publicNumberIsNik: true },
        version: null,
      });
      expect(outcome, role).toEqual({ ok: false, reason: 'not-allowed' });
    }
  });

  it('saved twice at once by forms of one version is saved once', async () => {
    const scope = await adminScope();
    const version = await readSettingsVersion(database.db, scope, ['visitRules']);
    const outcomes = await Promise.all(
      [10, 20].map((minutes) =>
        changeSettings(database.db, site.deps, scope, {
          changes: { visitRules: { repeat: { rule: 'after_minutes', minutes } } },
          version,
        }),
      ),
    );
    expect(outcomes.filter((one) => one.ok)).toHaveLength(1);
  });
});

describe('the emblem', () => {
  it('is written anew, served to everybody for a year, and gone once it is replaced or removed', async () => {
    const png = Buffer.from(
      await (await import('sharp'))
        .default({ create: { width: 80, height: 80, channels: 4, background: '#0f5f57' } })
        .png()
        .toBuffer(),
    );
    const form = new FormData();
    form.append('berkas', new File([new Uint8Array(png)], 'lambang.png', { type: 'image/png' }));
    const answer = await site.request('/banyuwangi/pengaturan/tampilan/lambang', {
      method: 'POST',
      body: form,
      headers: { cookie: admin.header, origin: 'http://localhost' },
    });
    expect(answer.status).toBe(303);
    const id = (await load()).settings.look.emblemFileId;
    const served = await site.request(`/banyuwangi/lambang/${id}`);
    expect(served.status).toBe(200);
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(served.headers.get('cache-control')).toContain('immutable');
    expect((await site.request(`/jateng/lambang/${id}`)).status).toBe(404);
    await site.post('/banyuwangi/pengaturan/tampilan/lambang/hapus', {}, admin.header);
    expect((await site.request(`/banyuwangi/lambang/${id}`)).status).toBe(404);
    expect((await load()).settings.look.emblemFileId).toBeNull();
  });
});

/** What a browser would send of the page's own form, without pressing one of the buttons of a row. */
function fieldsOf(html: string): Record<string, string> {
  const form =
    /<form method="post" action="[^"]*pengaturan[^"]*" class="dp-stack"[\s\S]*?<\/form>/.exec(html)?.[0] ??
    '';
  const fields: Record<string, string> = {};
  const decode = (text: string) =>
    text
      .replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&');
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1];
    if (name === undefined) continue;
    const type = /\btype="([^"]*)"/.exec(tag)?.[1];
    if ((type === 'checkbox' || type === 'radio') && !/\bchecked\b/.test(tag)) continue;
    fields[name] = decode(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '');
  }
  for (const [, name = '', inner = ''] of form.matchAll(
    /<textarea\b[^>]*\bname="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g,
  ))
    fields[name] = decode(inner);
  for (const [, name = '', inner = ''] of form.matchAll(
    /<select\b[^>]*\bname="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g,
  ))
    fields[name] = decode(
      /<option value="([^"]*)" selected/.exec(inner)?.[1] ?? /<option value="([^"]*)"/.exec(inner)?.[1] ?? '',
    );
  return fields;
}
