import { get } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp } from '../support/app.ts';
import { journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

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

/** One request on a connection of its own: everything the socket received, head and body. */
function load(path: string): Promise<{ bytes: number; body: Buffer; encoding: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'Accept-Encoding': 'gzip, deflate, br', Accept: 'text/html,*/*' };
    get(`${service.url}${path}`, { agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        expect(response.statusCode, path).toBe(200);
        resolve({
          bytes: response.socket.bytesRead,
          body: Buffer.concat(chunks),
          encoding: response.headers['content-encoding'] ?? '',
        });
      });
    }).on('error', reject);
  });
}

/** What a browser fetches by itself: style sheets, scripts, their parts, the icon. */
function assetsOf(html: string): string[] {
  const tags = html.replace(/<noscript>.*?<\/noscript>/gs, '').matchAll(/<(?:link|script|img)\b[^>]*>/g);
  const found = [...tags].flatMap(([tag]) => /(?:href|src)="(\/[^"]+)"/.exec(tag)?.[1] ?? []);
  return [...new Set(found)];
}

async function weigh(page: string): Promise<{ total: number; parts: Record<string, number> }> {
  const { bytes, body, encoding } = await load(page);
  expect(encoding).toBe('br');
  const parts: Record<string, number> = { [page]: bytes };
  for (const asset of assetsOf(brotliDecompressSync(body).toString()))
    parts[asset] = (await load(asset)).bytes;
  return { total: Object.values(parts).reduce((sum, part) => sum + part, 0), parts };
}

it('the form opens with less than 30 kB on a first visit, headers and all', async () => {
  const { total, parts } = await weigh('/banyuwangi/daftar');
  console.log(`form_bytes: ${total} bytes`);
  expect(total, JSON.stringify(parts, null, 2)).toBeLessThan(BUDGET);
  for (const page of PAGES) expect((await weigh(page)).total, page).toBeLessThan(BUDGET);
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
