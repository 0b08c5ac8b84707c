import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { CardId } from '../../src/domain/ids.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { portrait, toTheCard, toThePhoto } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { findProgram } from '../support/programs.ts';

import { stubPrinting } from './people.ts';

const browser = useBrowser();
let database: TestDatabase;
let app: TestApp;
let officer: SessionCookie;
let service: { url: string; close(): Promise<void> };
const SLUG = 'jateng';

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database, { time: 'real' });
  officer = await app.signIn(SLUG, 'petugas');
  service = await app.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

async function atDesk(path: string, options: { darkMode?: boolean; expectedErrors?: RegExp[] } = {}) {
  const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', ...options });
  await visitor.context.addCookies([{ name: officer.name, value: officer.value, url: service.url }]);
  await visitor.page.goto(path);
  return visitor;
}

/** What a scanner reads from the screen. */
async function scanned(page: Page): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'layar-'));
  try {
    const file = join(folder, 'page.png');
    writeFileSync(file, await page.screenshot({ fullPage: true, animations: 'disabled' }));
    const read = execFileSync('zbarimg', ['--quiet', file], { stdio: ['ignore', 'pipe', 'ignore'] });
    return read.toString('utf8').trim().split('\n').sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

journey(
  'a scanner reads both codes of the KTA from any screen, in light and in the dark',
  async (context) => {
    context.skip(findProgram('zbarimg') === undefined, 'not installed: zbarimg');
    const { member } = await toTheCard(app, SLUG, 'Contoh Sri Wahyuningsih Prabandari', officer.header);
    for (const darkMode of [false, true]) {
      for (const width of [320, 360, 768, 1440]) {
        const { page, shot } = await browser.visit({ baseURL: service.url, darkMode });
        await page.setViewportSize({ width, height: 800 });
        await page.goto(`/${SLUG}/kta/${member.token}`);
        await page.locator('.kta__photo').evaluate((image: HTMLImageElement) => image.decode());
        await page.locator('kta-code[data-live]').waitFor();
        const [bars = '', qr = ''] = await scanned(page);
        expect(bars, `${width}`).toBe(`CODE-128:${member.number}`);
        expect(qr, `${width}`).toMatch(/^QR-Code:HTTP.*\/K\/[A-Z2-7]{300,}$/);
        await expectNoSidewaysScroll(page);
        if (width === 360) {
          await page.goto(qr.replace('QR-Code:', '').replace(/^https?:\/\/[^/]+/i, ''));
          expect(await page.locator('h1').textContent()).toBe('Kartu berlaku');
          await expectNoAxeViolations(page);
          await shot(`kartu-diperiksa${darkMode ? '-dark' : ''}`);
        }
        await page.context().close();
      }
    }
  },
);

journey('a scanner reads both codes from a real phone, whose points have three pixels', async (context) => {
  context.skip(findProgram('zbarimg') === undefined, 'not installed: zbarimg');
  const { member } = await toTheCard(app, SLUG, 'Contoh Tiga Piksel', officer.header);
  const { context: device } = await browser.visit({ baseURL: service.url });
  const engine = device.browser();
  if (engine === null) throw new Error('the page has lost its browser');
  const phone = await engine.newContext({
    baseURL: service.url,
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 3,
    isMobile: true,
  });
  const page = await phone.newPage();
  await page.goto(`/${SLUG}/kta/${member.token}`);
  await page.locator('kta-code[data-live]').waitFor();
  const [bars, qr] = await scanned(page);
  await page.screenshot({ path: 'artefacts/screenshots/kta-ponsel.png' });
  await phone.close();
  expect([bars, qr?.startsWith('QR-Code:HTTP')]).toEqual([`CODE-128:${member.number}`, true]);
});

journey('the photo sent from the applicant’s phone is on the officer’s screen within a second', async () => {
  const { base } = await toThePhoto(app, SLUG, 'Contoh Ponsel Pemohon', officer.header);
  const desk = await atDesk(base);
  // The second way to the photo: the phone.
  await desk.page.keyboard.press('1');
  await desk.page.locator('.dp-shortcode').waitFor();
  await expectNoAxeViolations(desk.page);
  await desk.shot('foto-kode-ponsel');
  const code = (await desk.page.locator('.dp-shortcode').textContent()) ?? '';

  const phone = await browser.visit({ baseURL: service.url });
  await phone.page.goto(`/${SLUG}/foto`);
  await expectNoAxeViolations(phone.page);
  await phone.page.getByLabel('Kode').fill(code.toLowerCase());
  await phone.page.keyboard.press('Enter');
  await phone.page.getByRole('button', { name: 'Ambil atau pilih foto' }).waitFor();
  await expectNoAxeViolations(phone.page);
  await phone.shot('foto-ponsel');
  await phone.page.setInputFiles(
    'input[type="file"]',
    await fileOf(await portrait({ width: 3000, height: 4000 })),
  );
  const use = phone.page.getByRole('button', { name: 'Kirim foto ini' });
  await use.waitFor();
  await phone.shot('foto-ponsel-potong');
  const posted = phone.page.waitForRequest((request) => request.method() === 'POST');
  await use.click();
  const request = await posted;
  expect(Number((await request.allHeaders())['content-length']), 'shrunk on the phone').toBeLessThan(700_000);
  await phone.page.getByText('Foto terkirim').first().waitFor();
  const arrived = performance.now();
  await desk.page.locator('#langkah-photo[data-state="done"] .dp-photo').waitFor();
  expect(performance.now() - arrived).toBeLessThan(1_000);
  await desk.shot('foto-tiba');
  await phone.shot('foto-terkirim');
});

journey('without script a phone sends its photo as well, and reads why one is refused', async () => {
  const { base } = await toThePhoto(app, SLUG, 'Contoh Tanpa Skrip', officer.header);
  await app.post(`${base}/foto/ponsel`, {}, officer.header);
  const shown = await (await app.request(base, { headers: { cookie: officer.header } })).text();
  const code = /dp-shortcode">([^<]+)/.exec(shown)?.[1] ?? '';
  const { page, shot } = await browser.visit({ baseURL: service.url, javaScript: false });
  await page.goto(`/${SLUG}/foto`);
  await page.getByLabel('Kode').fill('AAAA-AAAA');
  await page.keyboard.press('Enter');
  await page.getByText('tidak dikenal').first().waitFor();
  await page.getByLabel('Kode').fill(code);
  await page.keyboard.press('Enter');
  await page.setInputFiles('input[type="file"]', {
    name: 'x.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from('x'),
  });
  await page.getByRole('button', { name: 'Kirim foto' }).click();
  await page.getByText('bukan gambar').first().waitFor();
  await expectNoAxeViolations(page);
  await shot('foto-ponsel-ditolak');
  await page.setInputFiles('input[type="file"]', await fileOf(await portrait()));
  await page.getByRole('button', { name: 'Kirim foto' }).click();
  await page.getByText('Foto terkirim').first().waitFor();
  await expectNoAxeViolations(page);
});

journey(
  'over plain http the page says why there is no camera, and a file is cut and sent all the same',
  async () => {
    const { base } = await toThePhoto(app, SLUG, 'Contoh Tanpa Kamera', officer.header);
    const { page, shot } = await atDesk(base);
    await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
    await page.reload();
    await page.getByText('hanya bekerja lewat https').waitFor();
    expect(await page.getByRole('button', { name: 'Kamera loket' }).isVisible()).toBe(false);
    await expectNoAxeViolations(page);
    await shot('foto-tanpa-kamera');
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('2');
    await (await chooser).setFiles(await fileOf(await portrait({ width: 1200, height: 900 })));
    await page.getByRole('button', { name: 'Pakai foto ini' }).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.press('Enter');
    await page.locator('#langkah-photo[data-state="done"] .dp-photo').waitFor();
    await shot('foto-diputar');
  },
);

journey('the counter’s camera, approval with print and hand-over go by keys alone', async () => {
  const { base } = await toThePhoto(app, SLUG, 'Contoh Kamera Loket', officer.header);
  const { page, shot } = await atDesk(base);
  await stubPrinting(page);
  await page.getByRole('button', { name: 'Kamera loket' }).waitFor();
  await shot('foto-pilihan');
  await page.keyboard.press('Enter');
  await page.locator('.dp-studio video').evaluate(
    (video: HTMLVideoElement) =>
      new Promise<void>((resolve) => {
        if (video.videoWidth > 0) resolve();
        else video.addEventListener('loadeddata', () => resolve(), { once: true });
      }),
  );
  await expectNoAxeViolations(page);
  await shot('foto-kamera');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Pakai foto ini' }).waitFor();
  for (const key of ['+', '+', 'ArrowUp', 'ArrowLeft']) await page.keyboard.press(key);
  await expectNoAxeViolations(page);
  await shot('foto-potong');
  await page.keyboard.press('Enter');
  await page.locator('#langkah-photo[data-state="done"]').waitFor();
  await page.locator('#langkah-card[data-state="current"]').waitFor();
  await shot('kartu-setujui');
  const pdf = page.waitForResponse((answer) => answer.url().endsWith('/kartu.pdf'));
  await page.keyboard.press('Enter');
  expect((await pdf).status()).toBe(200);
  await page.locator('.dp-shortcode').waitFor();
  expect(new URL(page.url()).search).toBe('');
  await page.waitForFunction(() => Object.hasOwn(window, 'printed'));
  await expectNoAxeViolations(page);
  await shot('kartu-terbit');
  await page.keyboard.press('x');
  await page.locator('.dp-printfailed').waitFor();
  await expectNoAxeViolations(page);
  await shot('kartu-gagal-cetak');
  await page.keyboard.press('s');
  await page.locator('#langkah-card[data-state="done"]').waitFor();
});

journey(
  'the holder opens the KTA on the phone: it is handed over, kept for the basement, and dies when replaced',
  async () => {
    const { base, member } = await toTheCard(app, SLUG, 'Contoh Bagus Prakoso', officer.header);
    const desk = await atDesk(base);
    const phone = await browser.visit({
      baseURL: service.url,
      expectedErrors: [/ERR_INTERNET_DISCONNECTED|Failed to load resource/],
    });
    await phone.page.goto(`/${SLUG}/kta/${member.token}`);
    await desk.page.locator('#langkah-card[data-state="done"]').waitFor();
    await phone.page.getByRole('button', { name: 'Simpan untuk dibuka' }).click();
    await phone.page.getByText('Tersimpan di ponsel ini').waitFor();
    await phone.page.waitForFunction(async () => {
      const names = await caches.keys();
      const cache = await caches.open(names[0] ?? '');
      return (await cache.keys()).length >= 4;
    });
    await phone.context.setOffline(true);
    await phone.page.reload();
    expect(await phone.page.locator('.kta__name').textContent()).toBe('Contoh Bagus Prakoso');
    expect(
      await phone.page.locator('.kta__photo').evaluate((image: HTMLImageElement) => image.naturalWidth),
    ).toBe(480);
    await phone.page.getByText('Tanpa internet: kartu').waitFor();
    await phone.shot('kta-tanpa-internet');
    await phone.context.setOffline(false);
    await endCard(member.cardId);
    await phone.page.reload();
    expect(await phone.page.locator('h1').textContent()).toBe('Kartu ini sudah tidak berlaku');
    await expectNoAxeViolations(phone.page);
    await phone.shot('kta-mati');
    expect(await phone.page.evaluate(() => caches.keys())).toEqual([]);
  },
);

async function endCard(cardId: CardId): Promise<void> {
  await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
    tx
      .updateTable('card')
      .set({ revoked_at: new Date(), revoked_reason: 'lost' })
      .where('id', '=', cardId)
      .execute(),
  );
}

async function fileOf(file: File) {
  return { name: file.name, mimeType: file.type, buffer: Buffer.from(await file.arrayBuffer()) };
}
