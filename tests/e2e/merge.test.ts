import { afterAll, beforeAll, expect } from 'vitest';
import type { MemberId } from '../../src/domain/ids.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';

const browser = useBrowser();
let database: TestDatabase;
let site: TestApp;
let service: { readonly url: string; close(): Promise<void> };
let library: LibraryContext;
let older: MemberId;
let newer: MemberId;
let sister: MemberId;

const day = (days: number) => new Date(Date.now() - days * 86_400_000);

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real' });
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!found) throw new Error('not seeded');
  library = found;
  const at = (days: number) => ({ ...scopeOfRole(library, site.deps, ['sub_koordinator']), at: day(days) });
  const person = { birthDate: '1994-08-17' as never, sex: 'P' as const, birthPlace: 'Contoh' };
  const address = { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.1001' as never };
  const nik = '9901015708940001';
  older = await memberNamed(database, site.deps, at(300), 'Siti Contoh Rahmawati', {
    ...person,
    address,
    documentNumber: nik,
    nik: nik as never,
    phone: '+6281234567001' as never,
    education: 's1' as never,
  });
  newer = await memberNamed(database, site.deps, at(40), 'St. Contoh Rahmawaty', {
    ...person,
    address: { ...address, line: 'Jalan Contoh No. 1' },
    documentType: 'sim',
    documentNumber: '990101940812',
    nik: null,
    phone: '+6281234567001' as never,
    email: 'siti@contoh.example' as never,
  });
  sister = await memberNamed(database, site.deps, at(30), 'Sita Contoh Rahmawati', {
    ...person,
    address,
    documentType: 'sim',
    documentNumber: '990101940813',
    nik: null,
    phone: '+6281234567001' as never,
  });
  for (const [index, id] of [older, newer, sister].entries()) {
    const width = 300 - index * 20;
    const picture = await portrait({ width, height: Math.round((width * 4) / 3) });
    await givePhoto(database, site.deps, at(1), id, new Uint8Array(await picture.arrayBuffer()));
  }
  service = await site.listen();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

async function enter(username: string, darkMode = false, javaScript = true) {
  const cookie = await site.signIn('banyuwangi', username);
  const visitor = await browser.visit({ baseURL: service.url, screen: 'desk', darkMode, javaScript });
  await visitor.context.addCookies([{ name: cookie.name, value: cookie.value, url: service.url }]);
  return visitor;
}

for (const darkMode of [false, true]) {
  journey(
    `the pages about doubles can be used by everyone, ${darkMode ? 'in the dark' : 'by day'}`,
    async () => {
      const { page, shot } = await enter('subkoordinator', darkMode);
      const tone = darkMode ? 'dark' : 'light';
      for (const [name, path] of [
        ['doubles', `/anggota/${older}/kembar`],
        ['compare', `/anggota/${older}/gabung/${newer}`],
      ] as const) {
        await page.goto(`/banyuwangi${path}`);
        await expectNoAxeViolations(page);
        for (const width of [320, 360, 768, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
          if (width !== 320) await shot(`merge-${name}-${width}-${tone}`);
        }
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto('/banyuwangi/anggota');
      const admin = await enter('admin', darkMode);
      await admin.page.goto('/banyuwangi/pengaturan/pemeriksaan-silang');
      await expectNoAxeViolations(admin.page);
      for (const width of [360, 1440]) {
        await admin.page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(admin.page);
        await admin.shot(`merge-costs-${width}-${tone}`);
      }
    },
  );
}

journey(
  'the Sub Koordinator merges two doubles, tells a sister apart, and undoes it, without script',
  async () => {
    const { page, shot } = await enter('subkoordinator', false, false);
    await page.goto(`/banyuwangi/anggota/${older}`);
    await page.getByRole('link', { name: 'Mungkin orang yang sama' }).click();
    await page.getByRole('heading', { level: 1, name: 'Mungkin orang yang sama' }).waitFor();
    const sisters = page.getByRole('listitem').filter({ hasText: 'Sita Contoh Rahmawati' });
    if ((await sisters.count()) > 0) {
      await sisters.getByRole('button', { name: 'Saudara kembar' }).click();
      await page.getByText('Dicatat: orang berbeda.').waitFor();
      expect(await sisters.count()).toBe(0);
    }
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Rahmawaty' })
      .getByRole('link', { name: 'Bandingkan dan gabungkan' })
      .click();
    await page.getByRole('heading', { level: 1, name: 'Gabungkan dua anggota' }).waitFor();
    // The number that is older, and the fuller name, are proposed; the e-mail only one of them has.
    expect(await page.locator('[id="tetap-one"]').isChecked()).toBe(true);
    expect(await page.locator('[id="isian.email-other"]').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Gabungkan' }).click();
    await page.getByText('Pilih alasannya.').first().waitFor();
    await page.getByLabel('Mendaftar dua kali').check();
    await page.getByRole('button', { name: 'Gabungkan' }).click();
    await page.getByText('Kedua anggota sudah menjadi satu.').waitFor();
    await page.getByText('siti@contoh.example').first().waitFor();
    await expectNoAxeViolations(page);
    await shot('merge-member');
    for (const width of [360, 768]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
    }
    await page.setViewportSize({ width: 1440, height: 900 });

    await page.goto(`/banyuwangi/anggota/${newer}`);
    await page.getByText('Nomor itu sudah digabung dengan anggota ini.').waitFor();
    expect(page.url()).toContain(older);

    await page.getByRole('link', { name: 'Pisahkan lagi' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pisahkan lagi' }).waitFor();
    await expectNoAxeViolations(page);
    await shot('merge-undo');
    await page.getByLabel('Orangnya sama, tetapi pilihan isiannya keliru').check();
    await page.getByRole('button', { name: 'Pisahkan' }).click();
    await page.getByText('Penggabungan dibatalkan: keduanya anggota sendiri lagi.').waitFor();
    // What was chosen stays in the history; the member has it no more.
    expect(await page.locator('[aria-labelledby="data"]').innerText()).not.toContain('siti@contoh.example');
    await page.goto(`/banyuwangi/anggota/${newer}`);
    await page.getByRole('heading', { level: 1, name: 'St. Contoh Rahmawaty' }).waitFor();
    expect(page.url()).toContain(newer);
  },
);
