import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp } from '../support/app.ts';
import { journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { weigh } from '../support/weigh.ts';

/** What a person on 3G waits and pays for before the first answer can be typed. */
const BUDGET = 30_000;
const PAGES = ['/banyuwangi/daftar', '/jateng/daftar', '/banyuwangi/daftar?lang=en'];

const browser = useBrowser();
let database: TestDatabase;
let service: { url: string; close(): Promise<void> };

beforeAll(async () => {
  const { buildAssets } = (await import('../../scripts/build-assets.mjs' as string)) as {
    buildAssets(): Promise<boolean>;
  };
  await buildAssets();
  database = await createTestDatabase();
  service = await createTestApp(database, { time: 'real' }).listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

it('the form opens with less than 30 kB on a first visit, headers and all', async () => {
  const { total, parts } = await weigh(service.url, '/banyuwangi/daftar');
  console.log(`form_bytes: ${total} bytes`);
  expect(total, JSON.stringify(parts, null, 2)).toBeLessThan(BUDGET);
  for (const page of PAGES) expect((await weigh(service.url, page)).total, page).toBeLessThan(BUDGET);
});

journey('a real browser loads no more than that', async () => {
  const { page, context } = await browser.visit({ baseURL: service.url });
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let received = 0;
  session.on('Network.loadingFinished', (event) => {
    received += event.encodedDataLength;
  });
  await page.goto('/banyuwangi/daftar', { waitUntil: 'networkidle' });
  console.log(`form_bytes_browser: ${received} bytes`);
  expect(received).toBeGreaterThan(10_000);
  expect(received).toBeLessThan(BUDGET);
});
