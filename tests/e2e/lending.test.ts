import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { openFeedRunner } from '../../src/jobs/feeds.ts';
import { lendingSystems } from '../../src/lending-systems.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fakeKoha, KOHA_USER } from '../support/fake-koha.ts';
import { lendThroughKoha } from '../support/lending.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let dewi: MemberId;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!library) throw new Error('not seeded');
  const scope = { ...scopeOfRole(library, site.deps, ['sub_koordinator']), at: new Date() };
  const address = { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never };
  dewi = await memberNamed(database, site.deps, scope, 'Dewi Contoh Lestari', { address });
  await memberNamed(database, site.deps, scope, 'Hartono Contohwijaya', { address });
  await inLibrary(database.db, library.id, lendThroughKoha);
  site.deps.libraries.forget('banyuwangi');
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

async function enter(username: string, options: { darkMode?: boolean; javaScript?: boolean } = {}) {
  const cookie = await site.signIn('banyuwangi', username);
  const visitor = await browser.visit({
    baseURL: service.url,
    screen: 'desk',
    darkMode: options.darkMode ?? false,
    javaScript: options.javaScript ?? true,
    expectedErrors: [/status of 422/],
  });
  await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
  return visitor;
}

/** The job, once. */
async function runFeeds(): Promise<void> {
  const runner = openFeedRunner(database.db, site.deps, {
    open: lendingSystems([]).open,
    leading: () => true,
    log: () => undefined,
  });
  await runner.look();
  await runner.idle();
}

journey(
  'an admin connects Koha, members go there, and a Sub Koordinator decides who differs, on a phone without script',
  async () => {
    const koha = await fakeKoha();
    const { page, shot } = await enter('admin', { javaScript: false });
    await page.goto('/banyuwangi/pengaturan');
    await page.getByRole('link', { name: 'Sambungan sistem peminjaman' }).click();
    await page.getByText('Atur sambungan').nth(2).click();
    const panel = page.locator('section[aria-labelledby="judul-koha-rest"]');
    await panel.getByRole('button', { name: 'Simpan sambungan' }).click();
    await page.getByText('Ketik alamat lengkap').first().waitFor();
    await expectNoAxeViolations(page);
    await shot('lending-refused');
    await panel.getByLabel('Alamat antarmuka staf Koha').fill(koha.url);
    await panel.getByLabel('Nama pengguna atau ID klien').fill(KOHA_USER.user);
    await panel.getByLabel('Kata sandi atau rahasia klien').fill(KOHA_USER.password);
    await panel.getByRole('button', { name: 'Simpan sambungan' }).click();
    await page.getByText('Sambungan disimpan.').waitFor();
    expect(await page.content()).not.toContain(KOHA_USER.password);
    // Inside the network, and nobody has said that it may be.
    await panel.getByRole('button', { name: 'Coba sambungan' }).click();
    await page.getByText('Alamat itu tidak diizinkan.').waitFor();
    await page.goto('/banyuwangi/pengaturan/peminjaman');
    await panel.getByText('Ubah sambungan').click();
    await panel.getByLabel('Alamat ini di jaringan perpustakaan sendiri').check();
    await panel.getByRole('button', { name: 'Simpan sambungan' }).click();
    await panel.getByRole('button', { name: 'Coba sambungan' }).click();
    await page.getByText('Sambungan berhasil').waitFor();
    expect(koha.patrons.size).toBe(0);
    await page.goto('/banyuwangi/pengaturan/peminjaman');
    await panel.getByRole('button', { name: 'Kirim sekarang' }).click();
    await page.getByText('Menunggu giliran').waitFor();
    await runFeeds();
    expect(koha.patrons.size).toBe(2);
    await page.goto('/banyuwangi/pengaturan/peminjaman');
    await page.getByText('2 terkirim, 0 belum').waitFor();
    await expectNoAxeViolations(page);
    for (const width of [320, 360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      if (width > 320) await shot(`lending-${width}`);
    }

    // Somebody changes Dewi in Koha, somebody here as well.
    const there = [...koha.patrons.values()].find((one) => one.surname === 'Dewi Contoh Lestari');
    if (!there) throw new Error('not sent');
    koha.patrons.set(there.patron_id, { ...there, phone: '081399999999', email: 'sana@contoh.id' });
    await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
      tx
        .updateTable('member')
        .set((eb) => ({ phone: '+6281200000055', version: eb('version', '+', 1) }))
        .where('id', '=', dewi)
        .execute(),
    );
    await page.goto('/banyuwangi/pengaturan/peminjaman');
    await panel.getByRole('button', { name: 'Kirim sekarang' }).click();
    await runFeeds();
    expect(koha.patrons.get(there.patron_id)).toMatchObject({ phone: '081399999999' });

    const sub = await enter('subkoordinator', { javaScript: false });
    await sub.page.setViewportSize({ width: 360, height: 800 });
    await sub.page.goto('/banyuwangi/anggota');
    await sub.page.getByText('1 anggota berbeda di sistem peminjaman').waitFor();
    await sub.page.getByRole('link', { name: 'Buka sambungan' }).click();
    await sub.page.getByRole('link', { name: 'Lihat yang menunggu: Koha (REST)' }).click();
    await sub.page.getByText('diubah juga di sana').waitFor();
    await expectNoAxeViolations(sub.page);
    await expectNoSidewaysScroll(sub.page);
    await sub.shot('lending-waiting-360');
    await sub.page.getByRole('link', { name: 'Putuskan: Dewi Contoh Lestari' }).click();
    await sub.page.getByText('081399999999').waitFor();
    await sub.page.getByRole('button', { name: 'Simpan keputusan' }).click();
    await sub.page.getByText('Pilih untuk setiap isian.').first().waitFor();
    await expectNoAxeViolations(sub.page);
    await sub.page.getByRole('group', { name: 'Telepon' }).getByLabel('Pakai yang di sini').check();
    await sub.page.getByRole('group', { name: 'Surel' }).getByLabel('Pakai yang di sana').check();
    await expectNoSidewaysScroll(sub.page);
    await sub.shot('lending-difference-360');
    await sub.page.getByRole('button', { name: 'Simpan keputusan' }).click();
    await sub.page.getByText('Keputusan disimpan').waitFor();
    await runFeeds();
    expect(koha.patrons.get(there.patron_id)).toMatchObject({
      phone: '081200000055',
      email: 'sana@contoh.id',
    });
    await sub.page.goto('/banyuwangi/pengaturan/peminjaman/koha-rest/tunggu');
    await sub.page.getByText('Tidak ada yang menunggu.').waitFor();
    await koha.close();

    const dark = await enter('admin', { darkMode: true });
    await dark.page.goto('/banyuwangi/pengaturan/peminjaman?lang=en');
    await dark.page.getByRole('button', { name: 'Test the connection: Koha (REST)' }).click();
    await dark.page.getByText('Koha does not answer.').waitFor();
    await expectNoAxeViolations(dark.page);
    await dark.shot('lending-dark');
    await dark.page.getByRole('button', { name: 'Remove the connection: Koha (REST)' }).click();
    await dark.page.getByText('The connection is removed.').waitFor();
  },
);
