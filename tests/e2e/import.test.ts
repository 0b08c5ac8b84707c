import { afterAll, beforeAll, expect } from 'vitest';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { rowOf } from '../support/imports.ts';
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
  await memberNamed(database, site.deps, scope, 'Hartono Contohwijaya', {
    birthDate: '1980-02-03' as never,
    address: { line: 'Jl. Contoh 9', rt: null, rw: null, village: '99.01.01.2001' as never },
  });
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

async function enter(username: string, options: { darkMode?: boolean; javaScript?: boolean; screen?: 'desk' | 'phone' } = {}) {
  const cookie = await site.signIn('banyuwangi', username);
  const visitor = await browser.visit({
    baseURL: service.url,
    screen: options.screen ?? 'desk',
    darkMode: options.darkMode ?? false,
    javaScript: options.javaScript ?? true,
    expectedErrors: [/status of 422/],
  });
  await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
  return visitor;
}

const HEADER =
  'No Anggota;Nama;Tempat Lahir;Tgl Lahir;Jenis Kelamin;NIK;Alamat;Desa;Kecamatan;Kabupaten;No HP;Keanggotaan;Tanggal Daftar;Berlaku Hingga;Agama';
const table = (from: number, ...more: readonly string[]) => ({
  name: 'anggota-lama.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(
    [
      HEADER,
      ...Array.from({ length: 40 }, (_, n) => rowOf(from + n).replaceAll(',', ';')),
      ...more,
    ].join('\n'),
  ),
});

journey('a table of old members is uploaded, explained, checked, judged and taken over', async () => {
  const { page, shot } = await enter('subkoordinator');
  await page.goto('/banyuwangi/pengaturan');
  await page.getByRole('link', { name: 'Impor anggota lama' }).click();
  await page.getByRole('button', { name: 'Unggah dan periksa' }).click();
  await page.getByText('Pilih berkas lebih dahulu.').first().waitFor();
  await expectNoAxeViolations(page);
  await page.getByLabel('Berkas XLSX atau CSV').setInputFiles(
    table(
      1,
      'B-1;Hartono Contohwijaya;Contohrejo;3-2-1980;L;;Jl. Contoh 9;Sukacontoh;Contoh Utara;Kab. Contoh;;Umum;2020-01-02;2030-01-02;Islam',
      'B-2;Ratmi Anggraeni;Contohrejo;31-02-1990;P;;Jl. A;Desa Antah;;;abc;Relawan;;;Islam',
      'B-3;;;;;;;;;;;;;;',
      'B-2;Zulkifli Lubis;Medan;1-1-1970;L;;Jl. D;;;;;Umum;2019-05-06;2029-05-06;',
    ),
  );
  await shot('import-upload');
  await page.getByRole('button', { name: 'Unggah dan periksa' }).click();
  await page.getByRole('heading', { name: 'Apa arti setiap kolom?' }).waitFor();
  expect(await page.getByLabel('Tgl Lahir').inputValue()).toBe('birth_date');
  await page.getByLabel('Keanggotaan').selectOption('member_type');
  await expectNoAxeViolations(page);
  await shot('import-mapping');
  await page.getByRole('button', { name: 'Periksa semua baris' }).click();
  await page.getByText('Laporan siap, belum diambil').waitFor();
  await page.getByRole('link', { name: 'Perlu dilihat' }).click();
  await page.getByRole('button', { name: 'Orang lain: Zulkifli Lubis' }).click();
  await page.getByText('Keputusan disimpan.').waitFor();
  await expectNoAxeViolations(page);
  await shot('import-report');
  for (const width of [320, 360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await shot('import-report-360');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByLabel(/^Relawan/).selectOption('UMUM');
  await page.getByRole('button', { name: 'Simpan jenis' }).click();
  await page.getByText('Jenis anggota disimpan.').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Unduh laporan (CSV)' }).click(),
  ]);
  const text = await (await download.createReadStream()).toArray();
  const csv = Buffer.concat(text).toString('utf8');
  expect(csv).toContain('tanggal tidak dapat dibaca (Tanggal lahir: 31-02-1990)');
  expect(csv).toContain('tidak diambil: Agama');
  await page.getByRole('button', { name: /^Ambil 4\d anggota baru$/ }).click();
  await page.getByText('Selesai', { exact: true }).waitFor();
  await expectNoAxeViolations(page);
  await shot('import-done');
  await page.goto('/banyuwangi/anggota?cari=A000007');
  await page.getByText('A000007').first().waitFor();
});

journey('the same file adds nothing again, in the dark and without script', async () => {
  const { page, shot } = await enter('subkoordinator', { darkMode: true, javaScript: false });
  await page.goto('/banyuwangi/pengaturan/impor');
  await page.getByLabel('Berkas XLSX atau CSV').setInputFiles(table(1));
  await page.getByRole('button', { name: 'Unggah dan periksa' }).click();
  await page.getByRole('heading', { name: 'Apa arti setiap kolom?' }).waitFor();
  await page.getByLabel('Keanggotaan').selectOption('member_type');
  await page.getByRole('button', { name: 'Periksa semua baris' }).click();
  // Without script the page renews itself.
  await page.getByText('Laporan siap, belum diambil').waitFor({ timeout: 30_000 });
  await page.getByRole('link', { name: 'Sudah terdaftar' }).click();
  await page.getByText('baris yang sama sudah pernah diambil atau diputuskan').first().waitFor();
  expect(await page.getByRole('button', { name: /^Ambil/ }).count()).toBe(0);
  await shot('import-same-dark');
  await page.getByRole('button', { name: 'Batalkan impor' }).click();
  await page.getByText('Impor dibatalkan; berkas dan barisnya dihapus.').waitFor();
});

journey('an admin imports without seeing who is in the rows', async () => {
  const { page, shot } = await enter('admin', { screen: 'desk' });
  await page.goto('/banyuwangi/pengaturan/impor');
  await page.getByRole('link', { name: 'anggota-lama.csv' }).first().click();
  await page.getByText('hanya terlihat oleh yang berwenang').waitFor();
  expect(await page.getByText('Zulkifli').count()).toBe(0);
  await expectNoAxeViolations(page);
  await shot('import-admin');
});
