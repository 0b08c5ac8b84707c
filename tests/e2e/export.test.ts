import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!library) throw new Error('not seeded');
  const scope = { ...scopeOfRole(library, site.deps, ['sub_koordinator']), at: new Date() };
  for (const name of ['Dewi Contoh Lestari', 'Hartono Contohwijaya'])
    await memberNamed(database, site.deps, scope, name);
  const odd = await memberNamed(database, site.deps, scope, 'Rumi Contoh Miring');
  await inLibrary(database.db, library.id, (tx) =>
    tx.updateTable('member').set({ address_line: 'Jl. Contoh RT 02\\05' }).where('id', '=', odd).execute(),
  );
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

journey('members leave in a file, and who did not fit is named with what to do', async () => {
  const { page, shot } = await enter('subkoordinator');
  await page.goto('/banyuwangi/pengaturan');
  await page.getByRole('link', { name: 'Ekspor ke sistem peminjaman' }).click();
  await page.getByRole('heading', { name: 'Ekspor sebelumnya' }).waitFor();
  await page.getByRole('button', { name: 'Unduh berkas' }).click();
  await page.getByText('Pilih tujuannya.').first().waitFor();
  await page.getByRole('radio', { name: 'INLISLite 3.3 (XLSX)' }).check();
  await page.getByRole('button', { name: 'Unduh berkas' }).click();
  await page
    .getByText(/Buat dahulu baris "Tidak dicatat"/)
    .first()
    .waitFor();
  await expectNoAxeViolations(page);
  await shot('export-refused');
  await page.getByRole('radio', { name: 'SLiMS 9 (CSV)' }).check();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Unduh berkas' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^banyuwangi-slims-\d{4}-\d{2}-\d{2}\.csv$/);
  const csv = Buffer.concat(await (await download.createReadStream()).toArray()).toString('utf8');
  expect(csv.split('\r\n').filter((line) => line !== '')).toHaveLength(3);
  await expect
    .poll(async () => {
      await page.getByRole('link', { name: 'Muat ulang' }).click();
      return page.getByText('Selesai', { exact: true }).count();
    })
    .toBe(1);
  const [list] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('link', { name: /^Unduh daftar yang tidak muat/ })
      .first()
      .click(),
  ]);
  const told = Buffer.concat(await (await list.createReadStream()).toArray()).toString('utf8');
  expect(told).toMatch(/Rumi Contoh Miring;tidak terkirim;"ada garis miring terbalik/);
  await expectNoAxeViolations(page);
  await shot('export-1440');
  for (const width of [320, 360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await shot('export-360');
  await page
    .getByRole('button', { name: /^Berkas tidak jadi dipakai/ })
    .first()
    .click();
  await page.getByText('Tidak dipakai', { exact: true }).first().waitFor();
});

journey('an admin says what goes along, and sees what went but nobody’s data', async () => {
  const { page, shot } = await enter('admin', { darkMode: true, javaScript: false });
  await page.goto('/banyuwangi/pengaturan/ekspor');
  await page.getByText('Berkas dibuat oleh Sub Koordinator').waitFor();
  expect(await page.getByRole('button', { name: 'Unduh berkas' }).count()).toBe(0);
  await shot('export-admin-dark');
  await page.getByRole('link', { name: 'Atur di Sistem peminjaman' }).click();
  await page.getByLabel(/Baris "Tidak dicatat" sudah dibuat/).check();
  await page.getByLabel('Kode perpustakaan di Koha').fill('TERLALU-PANJANG');
  await page.getByLabel('Kategori Koha').fill('UMUM=PT\nPELAJAR=ST');
  await page.getByRole('button', { name: 'Simpan' }).first().click();
  await page
    .getByText(/paling banyak 10 huruf/i)
    .first()
    .waitFor();
  await page.getByLabel('Kode perpustakaan di Koha').fill('UTAMA');
  await shot('export-settings-dark');
  await page.getByRole('button', { name: 'Simpan' }).first().click();
  await page.getByText('Perubahan disimpan.').waitFor();
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  expect(library?.settings.lendingSystem).toEqual({
    identityNumbers: false,
    fillerReady: true,
    kohaBranch: 'UTAMA',
    kohaCategories: ['UMUM=PT', 'PELAJAR=ST'],
  });
});

journey('a file is fetched with a token that is shown once', async () => {
  const { page, shot } = await enter('subkoordinator', { javaScript: false });
  await page.goto('/banyuwangi/pengaturan/ekspor');
  await page.getByRole('button', { name: 'Buat token: SLiMS 9 (CSV)' }).click();
  const made = page.getByRole('status').filter({ hasText: 'hanya ditampilkan sekali' });
  const token = (await made.locator('pre').first().innerText()).trim();
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(await made.locator('pre').last().innerText()).toContain(
    `curl -fsS -H "Authorization: Bearer ${token}" -o slims.part ${service.url}/banyuwangi/umpan/slims`,
  );
  await expectNoAxeViolations(page);
  for (const width of [320, 360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
    if (width > 320) await shot(`feed-${width}`);
  }
  const answer = await fetch(`${service.url}/banyuwangi/umpan/slims`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  await page.goto('/banyuwangi/pengaturan/ekspor');
  expect(await page.content()).not.toContain(token);
  await page.getByText('Baris cron untuk SLiMS 9 (CSV)').waitFor();
  await page.getByRole('button', { name: 'Cabut token: SLiMS 9 (CSV)' }).click();
  await page.getByText('Token dicabut.').waitFor();
});
