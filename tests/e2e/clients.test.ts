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
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

for (const darkMode of [false, true]) {
  journey(`an admin makes an account for a gate, ${darkMode ? 'in the dark' : 'by day'}`, async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', darkMode });
    await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
    const { page, shot } = visitor;
    await page.goto('/banyuwangi/pengaturan');
    await page.getByRole('link', { name: 'Sambungan SIP2' }).click();
    await page.getByLabel('Nama', { exact: true }).fill(darkMode ? 'mandiri-2' : 'gerbang-1');
    await page.getByRole('button', { name: 'Buat akun' }).click();
    await page.getByText('Kata sandi hanya ditampilkan sekarang.').waitFor();
    await expectNoAxeViolations(page);
    for (const width of darkMode ? [1440] : [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await shot(`clients-${width}${darkMode ? '-dark' : ''}`);
    }
    await page.goto('/banyuwangi/pengaturan/sambungan');
    await page
      .getByRole('link', { name: /^Ubah / })
      .first()
      .click();
    await page.getByRole('button', { name: 'Simpan' }).waitFor();
    await expectNoAxeViolations(page);
    await page.getByRole('button', { name: 'Simpan' }).click();
    expect(await page.getByText('berlaku dalam beberapa detik').count()).toBe(1);
  });
}
