import { afterAll, beforeAll, expect } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { journey, useBrowser } from '../support/browser.ts';
import { toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { weigh } from '../support/weigh.ts';

/** What a phone on 3G (400 kbit/s) fetches within a second and a half: the card, its script and its photo. */
const BUDGET = 75_000;
/** The same without the photo, whose size is the library's. */
const WITHOUT_PHOTO = 38_000;

const browser = useBrowser();
let database: TestDatabase;
let app: TestApp;
let service: { url: string; close(): Promise<void> };

beforeAll(async () => {
  const { buildAssets } = (await import('../../scripts/build-assets.mjs' as string)) as {
    buildAssets(): Promise<boolean>;
  };
  await buildAssets();
  database = await createTestDatabase();
  app = createTestApp(database, { time: 'real' });
  service = await app.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

journey('the KTA opens on an old phone on 3G with little to fetch, and moves soon after', async () => {
  const officer = await app.signIn('banyuwangi', 'petugas');
  const { member } = await toTheCard(app, 'banyuwangi', 'Contoh Ringan Saja', officer.header);
  const path = `/banyuwangi/kta/${member.token}`;
  const { total, parts } = await weigh(service.url, path);
  const photo = parts[`${path}/foto`] ?? 0;
  console.log(`kta_bytes: ${total} bytes, kta_photo_bytes: ${photo} bytes`);
  expect(total - photo, JSON.stringify(parts, null, 2)).toBeLessThan(WITHOUT_PHOTO);
  expect(total, JSON.stringify(parts, null, 2)).toBeLessThan(BUDGET);

  const { page, context } = await browser.visit({ baseURL: service.url });
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 300,
    downloadThroughput: 400_000 / 8,
    uploadThroughput: 150_000 / 8,
  });
  await page.goto(path, { waitUntil: 'commit' });
  await page.locator('.kta__still svg').waitFor();
  await page.locator('kta-code[data-live]').waitFor();
  const seconds = await page.evaluate(() => performance.now() / 1000);
  console.log(`kta_moves_after_on_3g: ${seconds.toFixed(1)} s`);
});
