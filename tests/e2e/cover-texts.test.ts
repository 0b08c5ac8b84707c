import { sql } from 'kysely';
import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { coverTexts } from '../../src/usecases/cover-texts.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let member: MemberId;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!library) throw new Error('not seeded');
  const scope = { ...scopeOfRole(library, site.deps, ['sub_koordinator']), at: new Date() };
  member = await memberNamed(database, site.deps, scope, 'Siti Contoh Rahmawati');
  // As an older version kept it.
  await inLibrary(database.db, library.id, (tx) =>
    sql`update member set address_line = 'Jl. Contoh 4, NIK 9901015708990301', email = '9901015708990301@surel.example'
      where id = ${member}`.execute(tx),
  );
  await coverTexts(
    database.db,
    site.deps,
    { ...scope, actor: { kind: 'system' } },
    { goOn: () => true, rest: () => Promise.resolve(), onLeft: () => undefined },
  );
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

for (const darkMode of [false, true]) {
  const dark = darkMode ? '-dark' : '';
  journey(
    `the office reads how many old texts were covered, and what stood there, ${darkMode ? 'in the dark' : 'by day'}`,
    async () => {
      const pages = [
        ['admin', '/pengaturan/retensi/laporan', 'Anggota, Surel (email): 1'],
        ['subkoordinator', `/anggota/${member}`, 'Jl. Contoh 4, NIK ••• (•••••••••••• 0301)'],
      ] as const;
      for (const [username, path, text] of pages) {
        const cookie = await site.signIn('banyuwangi', username);
        const visitor = await browser.visit({
          baseURL: service.url,
          screen: 'desk',
          darkMode,
          // The photo of a made-up member is no picture.
          expectedErrors: [/\/foto\//, /status of 404/],
        });
        await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
        const { page, shot } = visitor;
        await page.goto(`/banyuwangi${path}`);
        for (const summary of await page
          .locator('#perubahan ~ u-details summary, #perubahan ~ details summary')
          .all())
          await summary.click();
        await page.getByText(text, { exact: false }).first().waitFor();
        expect(await page.content()).not.toContain('9901015708990301');
        for (const width of [360, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
          await shot(`cover-texts/${username}-${width}${dark}`);
        }
        await expectNoAxeViolations(page);
      }
    },
  );
}
