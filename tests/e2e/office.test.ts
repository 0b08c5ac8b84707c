import { afterAll, beforeAll, expect } from 'vitest';
import type { MemberId } from '../../src/domain/ids.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let member: MemberId;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!library) throw new Error('not seeded');
  const scope = { ...scopeOfRole(library, site.deps, ['sub_koordinator']), at: new Date() };
  member = await memberNamed(database, site.deps, scope, 'Siti Contoh Rahmawati', {
    address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.1001' as never },
  });
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

/** The photo of a made-up member is no picture. */
const NO_PHOTO = [/\/foto\//];

async function enter(username: string, darkMode = false, javaScript = true) {
  const cookie = await site.signIn('banyuwangi', username);
  const visitor = await browser.visit({
    baseURL: service.url,
    screen: 'desk',
    darkMode,
    javaScript,
    expectedErrors: [...NO_PHOTO, /status of 404/],
  });
  await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
  return visitor;
}

for (const darkMode of [false, true]) {
  journey(
    `every page of the office can be used by everyone, ${darkMode ? 'in the dark' : 'by day'}`,
    async () => {
      const own = `/anggota/${member}`;
      const pages = {
        subkoordinator: [
          '/anggota',
          '/anggota?cari=zzz',
          own,
          ...[
            'ubah',
            'tangguhkan',
            'bebas-pustaka',
            'berhenti',
            'ganti-kartu',
            'kta',
            'nomor',
            'persetujuan',
          ].map((page) => `${own}/${page}`),
        ],
        admin: [
          '/pengaturan',
          ...[
            'profil',
            'tampilan',
            'jam-buka',
            'layanan',
            'jenis-anggota',
            'nomor-anggota',
            'persetujuan',
          ].map((page) => `/pengaturan/${page}`),
          ...['petugas', 'petugas/baru', 'perangkat', 'prosedur', 'prosedur/1'].map(
            (page) => `/pengaturan/${page}`,
          ),
          '/jejak',
          '/sesi',
          '/faktor-kedua',
        ],
        kabid: ['/anggota', own],
      };
      for (const [username, paths] of Object.entries(pages)) {
        const { page } = await enter(username, darkMode);
        for (const path of paths) {
          const answer = await page.goto(`/banyuwangi${path}`);
          expect(answer?.status(), `${username} ${path}`).toBe(200);
          await expectNoAxeViolations(page);
          for (const width of darkMode ? [1440] : [320, 768, 1440]) {
            await page.setViewportSize({ width, height: 900 });
            await expectNoSidewaysScroll(page);
          }
        }
      }
    },
  );
}

journey('a member is found, extended and changed, without script', async () => {
  const { page, shot } = await enter('subkoordinator', false, false);
  await page.goto('/banyuwangi/anggota');
  await page.getByLabel('Cari anggota').fill('rahmawati');
  await page.keyboard.press('Enter');
  await shot('office-members');
  await page.getByRole('link', { name: 'Siti Contoh Rahmawati' }).click();
  await page.getByRole('button', { name: /^Perpanjang hingga/ }).click();
  await page.getByText('Keanggotaan diperpanjang hingga').waitFor();
  await page.getByRole('link', { name: 'Ubah data' }).click();
  await page.getByLabel('Nama lengkap').fill('Siti Contoh Kusuma');
  await page.getByRole('button', { name: 'Simpan' }).click();
  await page.getByText('Tulis dokumen yang membuktikan perubahan ini.').first().waitFor();
  expect(await page.getByLabel('Nama lengkap').inputValue()).toBe('Siti Contoh Kusuma');
  await page.getByLabel('Bukti perubahan').fill('KTP baru');
  await page.getByRole('button', { name: 'Simpan' }).click();
  await page.getByRole('heading', { level: 1, name: 'Siti Contoh Kusuma' }).waitFor();
  await shot('office-member');
  await page.goto('/banyuwangi/anggota?cari=rahmawati');
  await page.getByRole('link', { name: 'Siti Contoh Kusuma' }).waitFor();
});

journey(
  'a step is added to the procedure, moved and described with the keyboard alone, without script',
  async () => {
    const { page, shot } = await enter('admin', false, false);
    await page.goto('/banyuwangi/pengaturan/prosedur');
    await page.getByRole('button', { name: 'Buat konsep dari versi yang berlaku' }).click();
    await page.getByRole('button', { name: 'Sisipkan langkah baru setelah langkah 4' }).press('Enter');
    // The cursor stands in the new step's text at once; what is typed before the page is there would be lost.
    await page.locator('[id^="steps.4."]:focus').waitFor();
    await page.keyboard.type('Menyiapkan ruang foto');
    await page.getByRole('button', { name: 'Turunkan langkah 5' }).press('Enter');
    await page.getByText('Langkah 6, Pelaksana: Pilih paling sedikit satu.').waitFor();
    await page.locator('button:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Langkah 7, Pelaksana: Pilih paling sedikit satu.').waitFor();
    await page.locator('[id="steps.6.actors-petugas"]').check();
    await page.locator('[id="steps.6.standardSeconds"]').fill('1.30');
    await page.getByRole('button', { name: 'Perbarui pratinjau' }).press('Enter');
    await page.getByText('Lengkap: naskah ini dapat dijalankan di loket.').waitFor();
    await expectNoAxeViolations(page);
    await shot('office-procedure-editor');
    await page.getByRole('button', { name: 'Simpan' }).press('Enter');
    await page.getByText('Konsep disimpan.').waitFor();
    await page.getByRole('rowheader', { name: 'Menyiapkan ruang foto' }).waitFor();
    await expectNoAxeViolations(page);
    await shot('office-procedure');
  },
);

journey('an admin gives the library its own colour and a new officer a first password', async () => {
  const { page, shot } = await enter('admin');
  await page.goto('/banyuwangi/pengaturan/tampilan');
  await page.getByRole('textbox', { name: 'Warna' }).fill('#7a1f3d');
  await page.getByRole('button', { name: 'Lihat warna' }).click();
  await shot('office-look');
  await page.getByRole('button', { name: 'Simpan' }).click();
  await page.getByText('Perubahan disimpan.').waitFor();
  await expectNoAxeViolations(page);
  await page.goto('/banyuwangi/pengaturan/petugas/baru');
  await page.getByLabel('Nama pengguna').fill('contoh');
  await page.getByLabel('Nama', { exact: true }).fill('Petugas Contoh');
  await page.getByLabel('Petugas', { exact: true }).check();
  await page.getByRole('button', { name: 'Buat akun' }).click();
  await page.getByText('Ditampilkan sekali ini saja').waitFor();
  await expectNoAxeViolations(page);
  const password = (await page.locator('[data-password]').textContent()) ?? '';
  expect(password).toMatch(/^([a-z2-9]{4}-){6}[a-z2-9]{4}$/);
});
