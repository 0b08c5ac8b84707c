import { afterAll, beforeAll, describe, expect } from 'vitest';
import { fillDemo } from '../../src/cli/demo/fill.ts';
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
});
