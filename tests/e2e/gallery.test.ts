import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll } from 'vitest';
import { serveAssets } from '../../src/web/assets.ts';
import { galleryRoutes } from '../../src/web/gallery/routes.tsx';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';

const PAGES = ['/galeri', '/galeri/formulir', '/galeri/kios', '/galeri/loket', '/galeri/kantor'];
const browser = useBrowser();
let baseURL = '';
let stop: () => void = () => undefined;

beforeAll(async () => {
  const app = new Hono().route('/', serveAssets()).route('/', galleryRoutes());
  await new Promise<void>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      baseURL = `http://127.0.0.1:${port}`;
      resolve();
    });
    stop = () => server.close();
  });
});
afterAll(() => stop());

for (const darkMode of [false, true]) {
  journey(
    `all parts of the pages can be used by everyone, ${darkMode ? 'in the dark' : 'by day'}`,
    async () => {
      for (const path of PAGES) {
        const { page, shot } = await browser.visit({ baseURL, screen: 'desk', darkMode });
        await page.goto(path);
        await expectNoAxeViolations(page);
        for (const width of [320, 768, 1440, 3840]) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
        }
        await page.setViewportSize({ width: 1440, height: 900 });
        await shot(`gallery${path.replace('/galeri', '').replace('/', '-')}${darkMode ? '-dark' : ''}`);
      }
    },
  );
}

journey('the summary of errors has the focus, and leads to the field, without script', async () => {
  const { page } = await browser.visit({ baseURL, javaScript: false });
  await page.goto('/galeri/formulir');
  // The browser gives the focus with its first picture, which may come after the page has loaded.
  await page.locator('#ralat:focus').waitFor();
  await page.keyboard.press('Tab');
  await page.locator('#ralat a[href="#nik"]:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/galeri/formulir#nik');
});
