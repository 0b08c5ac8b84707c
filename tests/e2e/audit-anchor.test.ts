import { afterAll, beforeAll, expect } from 'vitest';
import { sealWaiting } from '../../src/usecases/audit-seal.ts';
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
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

for (const darkMode of [false, true]) {
  journey(
    `an admin finds the anchor in the audit trail and prints it, ${darkMode ? 'in the dark' : 'by day'}`,
    async () => {
      const cookie = await site.signIn('jateng', 'admin');
      await sealWaiting(database.db);
      const { page, context, shot } = await browser.visit({
        baseURL: service.url,
        screen: 'desk',
        darkMode,
      });
      await context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
      await page.goto('/jateng/jejak');
      await page.getByRole('link', { name: 'Jangkar untuk dicetak' }).click();
      await page.getByRole('heading', { level: 1, name: 'Jangkar jejak audit' }).waitFor();
      expect(await page.locator('.dp-anchor-digest span').count()).toBe(16);
      await expectNoAxeViolations(page);
      for (const width of [320, 360, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        if (width > 320) await shot(`audit-anchor-${width}${darkMode ? '-dark' : ''}`);
      }
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByText('Disimpan oleh').isVisible()).toBe(true);
      expect(await page.getByRole('button', { name: 'Cetak halaman ini' }).isVisible()).toBe(false);
      await page.setViewportSize({ width: 720, height: 1000 });
      await shot(`audit-anchor-print${darkMode ? '-dark' : ''}`);
      await page.emulateMedia({ media: 'screen' });
      // The way into one day and back.
      await page
        .getByRole('link', { name: /^Buka jangkar/ })
        .first()
        .click();
      await page.getByRole('heading', { level: 2, name: /^Jangkar \d/ }).waitFor();
    },
  );
}
