import { afterAll, beforeAll, expect } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

journey(
  'a page of the staff leaves the screen when its session is over, and not while another one is used',
  async () => {
    const cookie = await site.signIn('banyuwangi', 'subkoordinator');
    const { context, page } = await browser.visit({ baseURL: service.url, screen: 'desk' });
    await context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
    await context.clock.install();
    await page.goto('/banyuwangi/anggota');
    const later = async (minutes: number) => {
      site.clock.now = new Date(site.clock.now.getTime() + minutes * 60_000);
      await context.clock.fastForward(minutes * 60_000);
    };
    await later(90);
    const other = await context.newPage();
    await other.goto('/banyuwangi/anggota');
    await later(60);
    expect(await page.locator('h1').count()).toBe(1);
    expect(new URL(page.url()).pathname).toBe('/banyuwangi/anggota');
    await later(61);
    await page.waitForURL((url) => url.pathname === '/masuk');
    await other.waitForURL((url) => url.pathname === '/masuk');
    expect(new URL(page.url()).searchParams.get('kembali')).toBe('/banyuwangi/anggota');
  },
);

journey('signing out in one page clears the others of that session, and no other officer’s', async () => {
  const { context, page } = await browser.visit({ baseURL: service.url, screen: 'desk' });
  const enter = async (username: string) => {
    const { name, value } = await site.signIn('banyuwangi', username);
    await context.addCookies([{ name, value, url: service.url }]);
    const opened = await context.newPage();
    await opened.goto('/banyuwangi/anggota');
    return opened;
  };
  const foreign = await enter('subkoordinator');
  const left = await enter('petugas');
  await page.goto('/banyuwangi/anggota');
  await page.locator('[data-sign-out] button').click();
  await page.waitForURL((url) => url.pathname === '/masuk');
  await left.waitForFunction(() => document.querySelector('main h1') === null);
  await left.waitForURL((url) => url.pathname === '/masuk');
  expect(await foreign.locator('h1').count()).toBe(1);
  expect(new URL(foreign.url()).pathname).toBe('/banyuwangi/anggota');
});
