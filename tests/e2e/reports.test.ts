import { afterAll, beforeAll, describe, expect } from 'vitest';
import { fillDemo } from '../../src/cli/demo/fill.ts';
import { addMonths, type PlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** The reports as a head of a library reads them: at the desk, on a phone, in the dark, without scripts. */
const { visit } = useBrowser();
let database: TestDatabase;
let service: TestApp;
let listening: { readonly url: string; close(): Promise<void> };
/** Long pages: a few a journey, so that a busy machine finishes each. */
const parts = [
  ['', '/anggota'],
  ['/permohonan', '/kunjungan'],
  ['/waktu', '/bulanan'],
] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  service = createTestApp(database, { time: 'real' });
  await fillDemo(database.db, service.deps, ['jateng'], { scale: 0.1 });
  listening = await service.listen();
}, 180_000);
afterAll(async () => {
  await listening.close();
  await database.drop();
});

const cookieFor = ({ name, value }: SessionCookie) => [{ name, value, url: listening.url }];

describe('reports in the browser', () => {
  for (const some of parts) {
    journey(`/laporan${some.join(', /laporan')}: readable at the desk, by screen reader too`, async () => {
      const cookie = await service.signIn('jateng', 'subkoordinator');
      const { page, context, shot } = await visit({ baseURL: listening.url, screen: 'desk' });
      await context.addCookies(cookieFor(cookie));
      for (const part of some) {
        await page.goto(`/jateng/laporan${part}`);
        await expectNoAxeViolations(page);
        await expectNoSidewaysScroll(page);
        await shot(`reports${part.replace('/', '-')}`);
      }
    });
  }

  journey(
    'on a phone in the dark, without scripts: another month, then the people behind a figure',
    async () => {
      const cookie = await service.signIn('jateng', 'petugas');
      const { page, context, shot } = await visit({
        baseURL: listening.url,
        screen: 'phone',
        darkMode: true,
        javaScript: false,
      });
      await context.addCookies(cookieFor(cookie));
      await page.goto('/jateng/laporan/anggota');
      const now = await page.locator('.dp-period__now strong').textContent();
      await page.locator('.dp-period__now [rel=prev]').click();
      expect(await page.locator('.dp-period__now strong').textContent()).not.toBe(now);
      await expectNoSidewaysScroll(page);
      await expectNoAxeViolations(page);
      await page.locator('#gerak tfoot a').first().click();
      await page.waitForURL(/\/laporan\/baris\/anggota/);
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(10);
      await expectNoSidewaysScroll(page);
      await expectNoAxeViolations(page);
      await shot('reports-rows-phone-dark');
    },
  );

  journey('the head of the office sees figures and takes them along, but no person', async () => {
    const cookie = await service.signIn('jateng', 'kepala');
    const { page, context } = await visit({ baseURL: listening.url, screen: 'desk' });
    await context.addCookies(cookieFor(cookie));
    await page.goto('/jateng/laporan/anggota');
    expect(await page.locator('a[href*="/baris/"]').count()).toBe(0);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /Excel/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^jateng-anggota-\d{4}-\d{2}\.xlsx$/);
  });

  journey(
    'a signed sheet is opened again with a reason, checked by the one head and signed by the other',
    async () => {
      const today = plainDateIn('Asia/Jakarta', new Date());
      const month = addMonths(`${today.slice(0, 7)}-01` as PlainDate, -3).slice(0, 7);
      const as = async (username: string, look: { screen: 'phone' | 'desk'; darkMode?: boolean }) => {
        const cookie = await service.signIn('jateng', username);
        const opened = await visit({ baseURL: listening.url, javaScript: false, ...look });
        await opened.context.addCookies(cookieFor(cookie));
        await opened.page.goto(`/jateng/laporan/bulanan?periode=${month}`);
        return opened;
      };
      const chief = await as('kepala', { screen: 'phone', darkMode: true });
      await chief.page.getByText('Buka kembali lembar ini').first().click();
      await chief.page.getByRole('button', { name: 'Buka kembali lembar ini' }).click();
      await expectNoAxeViolations(chief.page);
      await chief.page.getByRole('textbox', { name: 'Alasan' }).fill('Rombongan tanggal 12 belum dicatat.');
      await chief.page.getByRole('button', { name: 'Buka kembali lembar ini' }).click();
      await chief.page.getByText('Lembar ditarik; alasannya tercatat.').waitFor();
      const head = await as('kabid', { screen: 'desk' });
      await head.page.getByText('Rombongan tanggal 12 belum dicatat.').waitFor();
      await head.page.getByRole('button', { name: 'Periksa lembar ini' }).click();
      await head.page.getByText('Lembar telah diperiksa dan angkanya disimpan.').waitFor();
      await expectNoAxeViolations(head.page);
      await expectNoSidewaysScroll(head.page);
      await head.shot('reports-month-checked');
      await chief.page.reload();
      await chief.page.goto('/jateng/laporan');
      await chief.page
        .getByRole('link', { name: /menunggu pengesahan Anda/ })
        .last()
        .click();
      await chief.page.getByRole('button', { name: 'Sahkan lembar ini' }).click();
      await chief.page.getByText('Lembar telah disahkan.').waitFor();
      expect(await chief.page.locator('.dp-sheet__done').allTextContents()).toEqual([
        expect.stringMatching(/^Disahkan dalam Daftar Pustaka, /),
        expect.stringMatching(/^Diperiksa dalam Daftar Pustaka, /),
      ]);
      await expectNoAxeViolations(chief.page);
      await expectNoSidewaysScroll(chief.page);
      await chief.shot('reports-month-signed-phone-dark');
    },
  );
});
