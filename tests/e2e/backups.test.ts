import { afterAll, beforeAll, expect } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  Object.assign(site.deps, {
    backups: {
      scheduled: true,
      folder: '/var/lib/daftar/backups',
      second: '/media/usb/daftar',
      time: '02:00',
      keep: { daily: 7, weekly: 4, monthly: 12 },
      openers: () => Promise.resolve([]),
    },
  });
  const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * 3_600_000);
  const run = { kind: 'scheduled', bytes: 148_300_000, rows: 412_345, second: 'copied' } as const;
  const file = 'daftar-scheduled-20260302-190000.dpbackup';
  await database.owner
    .insertInto('backup_run')
    .values([
      {
        ...run,
        started_at: at(9),
        ended_at: at(8.9),
        failure: null,
        file,
        checked: 'restored',
        second: 'missing',
      },
      { ...run, started_at: at(33), ended_at: at(32.9), failure: null, file, checked: 'restored' },
      {
        ...run,
        started_at: at(34),
        ended_at: at(34),
        failure: 'disk-full',
        file: null,
        bytes: null,
        rows: null,
        checked: null,
        second: null,
      },
      {
        ...run,
        kind: 'upgrade',
        started_at: at(60),
        ended_at: at(60),
        failure: null,
        file,
        checked: 'read',
        second: null,
      },
    ])
    .execute();
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

for (const darkMode of [false, true]) {
  journey(`an admin sees the state of the backups, ${darkMode ? 'in the dark' : 'by day'}`, async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', darkMode });
    await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
    const { page, shot } = visitor;
    await page.goto('/banyuwangi/pengaturan');
    await page.getByRole('link', { name: 'Cadangan' }).click();
    await page.getByText('isinya dapat dipulihkan').waitFor();
    expect(await page.getByText('Cakram penuh.').count()).toBe(1);
    await expectNoAxeViolations(page);
    for (const width of darkMode ? [1440] : [320, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await shot(`backups-${width}${darkMode ? '-dark' : ''}`);
    }
  });
}
