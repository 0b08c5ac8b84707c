import { Hono } from 'hono';
import { afterAll, beforeAll, expect } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/db/connection.ts';
import { createApp } from '../../src/web/app.ts';
import type { SiteEnv } from '../../src/web/env.ts';
import { backPressure } from '../../src/web/middleware/back-pressure.ts';
import { readRequest } from '../../src/web/middleware/request.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { ADULT, fillForm, useStage } from './people.ts';

const stage = useStage();
const WIDTHS = [360, 768, 1440] as const;
/** The answer is an error on purpose, and the browser's console says so. */
const expectedErrors = [/Failed to load resource.*503/];

/** The same service whose database nobody can reach: nothing listens on the discard port. */
let down: ReturnType<typeof createApp>;
let nowhere: OpenDatabase;

beforeAll(() => {
  nowhere = openDatabase({
    address: { host: '127.0.0.1', port: 9, user: 'nobody', password: '', database: 'none' },
  });
  down = createApp({ ...stage.service().deps, db: nowhere.db });
});
afterAll(() => nowhere.close());

for (const darkMode of [false, true]) {
  const dark = darkMode ? '-dark' : '';
  journey(
    `a form sent while the database is away is sent again with one press${dark && ', in the dark'}`,
    async () => {
      const { page, shot } = await stage.citizen('/banyuwangi/daftar', {
        darkMode,
        expectedErrors,
      });
      await fillForm(page, { ...ADULT, name: `Contoh Gangguan${darkMode ? ' Malam' : ''}` });
      let away = true;
      await page.route('**/banyuwangi/daftar', async (route) => {
        const request = route.request();
        if (!away || request.method() !== 'POST') return route.continue();
        const answer = await down.request(new URL(request.url()).pathname, {
          method: 'POST',
          body: request.postData() ?? '',
          headers: { origin: 'http://localhost', 'content-type': request.headers()['content-type'] ?? '' },
        });
        return route.fulfill({ status: answer.status, contentType: 'text/html', body: await answer.text() });
      });
      await page.locator('main form button[type=submit]:visible', { hasText: /Kirim/ }).first().click();
      await page.getByRole('heading', { name: 'Layanan sedang disambungkan kembali' }).waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        await shot(`outage/form-${width}${dark}`);
      }
      await expectNoAxeViolations(page);
      away = false;
      await page.getByRole('button', { name: 'Coba kirim lagi' }).click();
      await page.waitForURL('**/permohonan/**');
      expect(await page.locator('.dp-ticket').count()).toBe(1);
    },
  );
}

journey('a form that came into a crowd waits on its page and is sent again by itself', async () => {
  const { page, shot } = await stage.citizen('/banyuwangi/daftar', { expectedErrors });
  await fillForm(page, { ...ADULT, name: 'Contoh Keramaian' });
  // Nobody has room there: whatever comes is asked to wait.
  const crowd = new Hono<SiteEnv>();
  crowd.use(readRequest(stage.service().deps), backPressure({ visitors: 0, looks: 0, writes: 0 }));
  let crowded = true;
  await page.route('**/banyuwangi/daftar', async (route) => {
    const request = route.request();
    if (!crowded || request.method() !== 'POST') return route.continue();
    crowded = false;
    const answer = await crowd.request(new URL(request.url()).pathname, {
      method: 'POST',
      body: request.postData() ?? '',
      headers: { origin: 'http://localhost', 'content-type': request.headers()['content-type'] ?? '' },
    });
    return route.fulfill({ status: answer.status, contentType: 'text/html', body: await answer.text() });
  });
  await page.locator('main form button[type=submit]:visible', { hasText: /Kirim/ }).first().click();
  await page.getByRole('heading', { name: 'Data Anda belum terkirim' }).waitFor();
  await page.getByText(/akan dicoba lagi dalam \d+ detik/).waitFor();
  await expectNoAxeViolations(page);
  await shot('outage/crowded');
  await page.waitForURL('**/permohonan/**', { timeout: 30_000 });
  expect(await page.locator('.dp-ticket').count()).toBe(1);
});
