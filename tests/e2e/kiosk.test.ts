import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { qrCode } from '../../src/documents/qr.ts';
import { encodeCardToken } from '../../src/domain/card-token.ts';
import type { CardId, OfficerId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { signerOf } from '../../src/usecases/library-keys.ts';
import { createPairing } from '../../src/usecases/pair-device.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  expectNoAxeViolations,
  expectNoSidewaysScroll,
  journey,
  useBrowser,
  type Visitor,
  type VisitorOptions,
} from '../support/browser.ts';
import { createTestDatabase, type TestDatabase, testVault } from '../support/database.ts';
import { scan } from './people.ts';

const folder = mkdtempSync(join(tmpdir(), 'kiosk-'));
const film = join(folder, 'card.y4m');
let database: TestDatabase;
let site: TestApp;
let service: { url: string; close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  service = await site.listen();
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!library) throw new Error('no library');
  const card = '01890000-0000-7000-8000-000000000077' as CardId;
  const token = encodeCardToken(
    { library: library.id, card, issued: '2026-01-05' as PlainDate, validUntil: null },
    signerOf({ vault: testVault }, library),
  );
  writeFileSync(film, filmOf(`https://contoh.test/k/${token}`));
});
// After the film is made: the browser opens it when it starts.
const browser = useBrowser({ videoFile: film });
afterAll(async () => {
  await service.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** One still picture of a QR code, as the fake camera reads it. */
function filmOf(text: string): Buffer {
  const [width, height, quiet] = [640, 480, 4];
  const code = qrCode(text);
  const scale = Math.floor(height / (code.size + 2 * quiet));
  const luma = Buffer.alloc(width * height, 235);
  const left = Math.floor((width - code.size * scale) / 2);
  const top = Math.floor((height - code.size * scale) / 2);
  for (const run of code.runs)
    for (let y = 0; y < scale; y++)
      luma.fill(
        16,
        (top + run.y * scale + y) * width + left + run.x * scale,
        (top + run.y * scale + y) * width + left + (run.x + run.length) * scale,
      );
  const chroma = Buffer.alloc((width * height) / 2, 128);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`),
    luma,
    chroma,
  ]);
}

/** A kiosk whose officer has typed the pairing code. */
async function kiosk(options: Partial<VisitorOptions> = {}): Promise<Visitor> {
  const visitor = await browser.visit({ baseURL: service.url, screen: 'kiosk', ...options });
  await visitor.page.goto('/banyuwangi/buku-tamu');
  await visitor.page.getByLabel('Kode pemasangan').fill(await pairingCode());
  await visitor.page.getByRole('button', { name: 'Pasang perangkat' }).click();
  await tile(visitor.page, 'Non Anggota').waitFor();
  return visitor;
}

async function pairingCode(): Promise<string> {
  const library = await site.deps.libraries.find('banyuwangi');
  const point = library?.servicePoints[0]?.id;
  if (!library || point === undefined) throw new Error('not seeded');
  const id = '01890000-0000-7000-8000-000000000001' as OfficerId;
  const made = await createPairing(
    database.db,
    site.deps,
    {
      library,
      actor: { kind: 'officer', id, roles: ['admin'], servicePointId: point },
      at: site.deps.now(),
      requestId: 'test',
    },
    { name: 'Kios lobi', kind: 'kiosk', servicePointId: point },
  );
  if (!made.ok) throw new Error(made.reason);
  return made.code;
}

const lastVisit = () =>
  inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('visit').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow(),
  );

/** Readable and usable on every screen that a library may stand there. */
async function look(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  await expectNoAxeViolations(page);
  for (const [width, height] of [
    [320, 640],
    [360, 740],
    [768, 1024],
    [1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expectNoSidewaysScroll(page);
    if (width !== 320) await visitor.shot(`kiosk/${name}-${width}`);
  }
}

const tile = (page: Page, name: string) => page.getByRole('link', { name: new RegExp(`^${name}`) });

journey('a device nobody enrolled shows nothing but the field for its code', async () => {
  const visitor = await browser.visit({ baseURL: service.url, screen: 'kiosk' });
  await visitor.page.goto('/banyuwangi/buku-tamu');
  expect(await visitor.page.getByRole('textbox').count()).toBe(1);
  await look(visitor, 'enrol');
});

journey(
  'a visitor who is no member is in the guest book after two taps, and goes on to register',
  async () => {
    const visitor = await kiosk();
    const { page } = visitor;
    await look(visitor, 'start');
    await tile(page, 'Non Anggota').click();
    await look(visitor, 'purpose');
    await page.getByRole('button', { name: 'DIRECT', exact: false }).first().click();
    await page.waitForURL('**/selesai');
    expect(await lastVisit()).toMatchObject({ kind: 'non_member', purpose: 'DIRECT', name: null });
    await page.getByLabel('Perempuan').check({ force: true });
    await page.getByLabel('SMA/SMK/MA').check({ force: true });
    await page.getByLabel('Nama').fill('Contoh Tamu');
    await look(visitor, 'guest-end');
    await page.getByRole('button', { name: 'Daftar di ponsel saya' }).click();
    await page.waitForURL('**/ponsel');
    await look(visitor, 'phone');
    expect(await lastVisit()).toMatchObject({ name: 'Contoh Tamu', sex: 'P', education: 'sma' });

    const phone = await browser.visit({ baseURL: service.url });
    await phone.page.goto('/banyuwangi/lanjut');
    await phone.page.getByLabel('Kode').fill((await page.locator('.kp-code').textContent()) ?? '');
    await phone.page.getByRole('button', { name: 'Lanjutkan' }).click();
    expect(await phone.page.getByLabel('Nama lengkap').inputValue()).toBe('Contoh Tamu');

    await page.getByRole('link', { name: 'Sudah, selesai' }).click();
    await page.goBack();
    await page.waitForURL('**/buku-tamu');
    expect(await page.content()).not.toContain('Contoh Tamu');
  },
);

journey('a member types the number on the screen, and the kiosk returns to the start by itself', async () => {
  const visitor = await kiosk();
  const { page } = visitor;
  // A kiosk whose camera was not permitted for good: it waits for its button.
  await page.addInitScript(() => {
    navigator.permissions.query = () => Promise.reject(new Error('not asked'));
  });
  await tile(page, 'Anggota').click();
  await look(visitor, 'member');
  await page.getByRole('button', { name: '2', exact: true }).click();
  await page.getByRole('button', { name: '7', exact: true }).click();
  await page.getByRole('button', { name: 'Hapus satu' }).click();
  await page.getByRole('button', { name: '6', exact: true }).click();
  expect(await page.getByLabel('Nomor anggota').inputValue()).toBe('26');
  await page.getByRole('button', { name: 'Lanjutkan' }).click();
  await page.getByRole('button', { name: 'Baca di tempat' }).click();
  await page.waitForURL('**/selesai');
  await look(visitor, 'thanks');
  await page.waitForURL('**/buku-tamu?lang=id', { timeout: 20_000 });
  expect(await lastVisit()).toMatchObject({ kind: 'member', member_id: null });
});

journey('a scanner that types is heard on the start page', async () => {
  const { page } = await kiosk();
  await scan(page, '2601050001');
  await page.getByRole('button', { name: 'Baca di tempat' }).click();
  await page.waitForURL('**/selesai');
  expect((await lastVisit()).kind).toBe('member');
});

journey('the camera reads the code of a card', async () => {
  const visitor = await kiosk();
  const { page } = visitor;
  await tile(page, 'Anggota').click();
  await page.getByRole('button', { name: 'Baca di tempat' }).waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Baca di tempat' }).click();
  await page.waitForURL('**/selesai');
  expect((await lastVisit()).kind).toBe('member');
});

journey('a group sees its sums while it counts, and is told which part is wrong', async () => {
  const visitor = await kiosk();
  const { page } = visitor;
  await tile(page, 'Rombongan').click();
  await page.getByLabel('Nama pemimpin rombongan').fill('Ibu Guru Contoh');
  await page.getByLabel('Sekolah, instansi, atau kelompok').fill('SD Contoh 1');
  await page.getByLabel('Jumlah seluruhnya').fill('30');
  await page.getByLabel('Laki-laki').fill('12');
  await page.getByLabel('Perempuan').fill('17');
  expect(await page.locator('#jk-bagian-jumlah').textContent()).toBe('29 dari 30');
  await page.getByLabel('SD/MI').fill('30');
  await page.getByLabel('Baca di tempat').check({ force: true });
  await page.getByRole('button', { name: 'Catat rombongan' }).click();
  expect(await page.locator('#ralat').textContent()).toContain('adalah 29, seharusnya 30');
  await look(visitor, 'group');
  await page.getByLabel('Perempuan').fill('18');
  expect(await page.locator('#jk-bagian-jumlah').textContent()).toContain('Jumlahnya pas.');
  await page.getByRole('button', { name: 'Catat rombongan' }).click();
  await page.waitForURL('**/selesai');
  expect(await lastVisit()).toMatchObject({ kind: 'group', persons: 30, institution: 'SD Contoh 1' });
});

journey('everything works without scripts, the return to the start as well', async () => {
  const { page } = await kiosk({ javaScript: false });
  await tile(page, 'Non Anggota').click();
  await page.getByRole('button', { name: 'Baca di tempat' }).click();
  await page.waitForURL('**/selesai');
  await page.getByRole('button', { name: 'Daftar di sini' }).click();
  await page.waitForURL('**/buku-tamu/daftar');
  await page.goto('/banyuwangi/buku-tamu/antrean');
  await page.getByRole('button', { name: 'Lansia' }).click();
  await page.waitForURL('**/nomor');
  expect(await page.locator('.kp-number').textContent()).toMatch(/^\d{3}$/);
});

journey('a queue number is large, and gone with the next visitor', async () => {
  const visitor = await kiosk();
  const { page } = visitor;
  await page.getByRole('link', { name: 'Ambil nomor antrean' }).click();
  await look(visitor, 'queue');
  await page.getByRole('button', { name: 'Antrean biasa' }).click();
  await page.waitForURL('**/nomor');
  await look(visitor, 'number');
  await page.getByRole('link', { name: 'Selesai' }).click();
  await page.goto('/banyuwangi/buku-tamu/nomor');
  expect(new URL(page.url()).pathname).toBe('/banyuwangi/buku-tamu');
});

journey('the form at the kiosk carries the visit, keeps no draft, and ends with a ticket', async () => {
  const visitor = await kiosk();
  const { page } = visitor;
  await tile(page, 'Non Anggota').click();
  await page.getByRole('button', { name: 'Pendaftaran anggota' }).click();
  await page.waitForURL('**/selesai');
  await page.getByLabel('Nama').fill('Contoh Kios');
  await page.getByLabel('Laki-laki').check({ force: true });
  await page.getByRole('button', { name: 'Daftar di sini' }).click();
  await page.waitForURL('**/buku-tamu/daftar');
  expect(await page.getByLabel('Nama lengkap').inputValue()).toBe('Contoh Kios');
  expect(await page.getByRole('radio', { name: 'Laki-laki' }).isChecked()).toBe(true);
  await look(visitor, 'register');
  await page.getByLabel('Tempat lahir').fill('Contoh');
  expect(await page.evaluate(() => Object.keys(localStorage).length)).toBe(0);
});

journey('an officer watches the day fill, writes a visit and corrects it', async () => {
  const { name, value } = await site.signIn('banyuwangi', 'petugas');
  for (const darkMode of [false, true]) {
    const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', darkMode });
    const { page } = visitor;
    await visitor.context.addCookies([{ name, value, url: service.url }]);
    await page.goto('/banyuwangi/kunjungan/catat?jenis=non_member');
    await page.getByLabel('Tujuan kunjungan').selectOption('BACA');
    await page.getByRole('button', { name: 'Catat', exact: true }).click();
    await page.getByText('Kunjungan tercatat.').waitFor();
    await look(visitor, `book-day${darkMode ? '-dark' : ''}`);
    await page.goto('/banyuwangi/kunjungan/catat?jenis=group');
    await look(visitor, `book-group${darkMode ? '-dark' : ''}`);
    await page.goto('/banyuwangi/kunjungan');
    const before = await page.locator('#kunjungan-daftar tbody tr').count();
    const guest = await kiosk();
    await tile(guest.page, 'Non Anggota').click();
    await guest.page.getByRole('button', { name: 'Baca di tempat' }).click();
    await guest.page.waitForURL('**/selesai');
    // No reload: the page hears of it.
    await page.locator('#kunjungan-daftar tbody tr').nth(before).waitFor();
    await page.locator('#kunjungan-daftar tbody a').first().click();
    await page.getByText('Batalkan kunjungan').first().click();
    await look(visitor, `book-visit${darkMode ? '-dark' : ''}`);
    await page.locator('#batal-alasan').selectOption('trial');
    await page.getByRole('button', { name: 'Batalkan kunjungan' }).click();
    await page.getByText('Percobaan').first().waitFor();
  }
});
