import { afterAll, beforeAll } from 'vitest';
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

const KINDS = [
  {
    what: 'an account for a gate',
    slug: 'sambungan',
    link: 'Sambungan SIP2',
    create: 'Buat akun',
    shownOnce: 'Kata sandi hanya ditampilkan sekarang.',
    kept: 'berlaku dalam beberapa detik',
  },
  {
    what: 'a key for a program',
    slug: 'kunci-program',
    link: 'Kunci program (REST)',
    create: 'Buat kunci',
    shownOnce: 'Kunci hanya ditunjukkan sekarang.',
    kept: 'berlaku sejak permintaan berikutnya',
  },
];

for (const { what, slug, link, create, shownOnce, kept } of KINDS) {
  for (const darkMode of [false, true]) {
    journey(`an admin makes ${what}, ${darkMode ? 'in the dark' : 'by day'}`, async () => {
      const cookie = await site.signIn('banyuwangi', 'admin');
      const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', darkMode });
      await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
      const { page, shot } = visitor;
      await page.goto('/banyuwangi/pengaturan');
      await page.getByRole('link', { name: link }).click();
      // A second try of the journey finds the account of the first.
      await page.getByLabel('Nama', { exact: true }).fill(`mesin-${Date.now()}`);
      await page.getByRole('button', { name: create }).click();
      await page.getByText(shownOnce).waitFor();
      await expectNoAxeViolations(page);
      for (const width of darkMode ? [1440] : [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        await shot(`${slug}-${width}${darkMode ? '-dark' : ''}`);
      }
      await page.goto(`/banyuwangi/pengaturan/${slug}`);
      await page
        .getByRole('link', { name: /^Ubah / })
        .first()
        .click();
      await page.getByRole('button', { name: 'Simpan' }).waitFor();
      await expectNoAxeViolations(page);
      await page.getByRole('button', { name: 'Simpan' }).click();
      await page.getByText(kept).waitFor();
    });
  }
}
