import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp } from '../support/app.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, useBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase, testVault } from '../support/database.ts';
import { sendForm, typedForm } from '../support/typed-form.ts';

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

/** Everything but the village, as a thumb does it. */
async function fillChild(page: Page): Promise<void> {
  await page.locator('label', { hasText: 'KIA (Kartu Identitas Anak)' }).click();
  await page.fill('#document_number', '9901015705140001');
  await page.fill('#name', 'Contoh Anak');
  await page.fill('#birth_place', 'Sukacontoh');
  await page.fill('[name="birth_date.day"]', '17');
  await page.fill('[name="birth_date.month"]', '5');
  await page.fill('[name="birth_date.year"]', '2014');
  await page.locator('label', { hasText: 'Perempuan' }).click();
  await page.fill('#address_line', 'Jalan Contoh 5');
  await page.locator('[data-field-name="member_type"] label', { hasText: 'Pelajar' }).click();
  await page.fill('#guardian_name', 'Contoh Ibu');
  await page.locator('[data-field-name="guardian_relation"] label', { hasText: 'Ibu' }).click();
  await page.locator('#acknowledged').check();
}

async function look(page: Page): Promise<void> {
  await expectNoAxeViolations(page);
  const size = page.viewportSize();
  for (const width of [320, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
  }
  if (size) await page.setViewportSize(size);
}

for (const darkMode of [false, true]) {
  const when = darkMode ? 'in the dark' : 'by day';
  journey(`what a citizen reads before registering can be used by everyone, ${when}`, async () => {
    const { page, shot } = await browser.visit({ baseURL: service.url, darkMode });
    for (const [name, path] of [
      ['libraries', '/'],
      ['service-jateng', '/jateng'],
      ['service-banyuwangi', '/banyuwangi?lang=en'],
      ['sop-jateng', '/jateng/sop?lang=id'],
      ['sop-banyuwangi', '/banyuwangi/sop'],
      ['form', '/banyuwangi/daftar'],
      ['continue-code', '/banyuwangi/lanjut'],
      ['guardian-code', '/banyuwangi/wali'],
    ] as const) {
      await page.goto(path);
      await look(page);
      await shot(`citizen-${name}${darkMode ? '-dark' : ''}`);
    }
  });
}

journey(
  'a child registers on a phone, loses the page and the connection, and the mother agrees on hers',
  async () => {
    const { page, context, shot } = await browser.visit({
      baseURL: service.url,
      expectedErrors: [/ERR_INTERNET_DISCONNECTED/],
    });
    await page.goto('/banyuwangi/daftar');
    expect(await page.isVisible('#guardian_name'), 'not asked yet').toBe(false);

    // Birth date and sex are offered from the NIK, not filled in.
    await page.locator('label', { hasText: 'KIA (Kartu Identitas Anak)' }).click();
    await page.fill('#document_number', '9901015705140001');
    expect(await page.inputValue('[name="birth_date.day"]')).toBe('');
    await page.locator('.dp-offer button', { hasText: '17 Mei 2014' }).click();
    expect(await page.inputValue('[name="birth_date.year"]')).toBe('2014');
    expect(await page.isVisible('#guardian_name'), 'asked of a child').toBe(true);
    await fillChild(page);

    await page.locator('#address_village').pressSequentially('sukacon');
    await page.locator('[role="option"]', { hasText: 'Sukacontoh' }).click();
    expect(await page.inputValue('input[name="address_village"]')).toBe('99.01.01.2001');
    await shot('citizen-form-filled');
    await look(page);

    await page.waitForFunction(() => localStorage.length === 1);
    await page.waitForTimeout(600);
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(kept).toContain('Contoh Anak');
    expect(kept).not.toContain('9901015705140001');
    await page.reload();
    await page.waitForSelector('[data-restored]:not([hidden])');
    expect(await page.innerText('[data-restored]')).toContain('Nomor dokumen dan NIK tidak disimpan');
    expect(await page.inputValue('#name')).toBe('Contoh Anak');
    expect(await page.inputValue('#document_number')).toBe('');
    await page.fill('#document_number', '9901015705140001');
    expect(await page.inputValue('input[name="address_village"]')).toBe('99.01.01.2001');

    await context.setOffline(true);
    await page.click('[data-submit]');
    await page.waitForSelector('[data-offline]:not([hidden])');
    await context.setOffline(false);
    // The last field is left by pressing the button: what waits to be saved must not outlive the sending.
    await page.fill('#name', 'Contoh Anak');
    await page.click('[data-submit]');
    await page.waitForURL(/\/permohonan\//);
    await page.waitForFunction(() => localStorage.length === 0);
    await shot('citizen-status-guardian');
    await look(page);

    const mother = await browser.visit({ baseURL: service.url, darkMode: true });
    await mother.page.goto(`${page.url()}/wali`);
    await look(mother.page);
    await mother.page.locator('#guardian_consent').check();
    await mother.shot('citizen-guardian');
    await mother.page.locator('button', { hasText: 'Saya menyetujui' }).click();
    await mother.page.waitForSelector('text=Persetujuan sudah dicatat');

    await page.reload();
    expect(await page.textContent('h1')).toBe('Permohonan Anda sudah kami terima');
    await shot('citizen-status');
    await look(page);
    const status = page.url();
    for (const [name, below] of [
      ['edit', '/ubah'],
      ['withdraw', '/batal'],
    ] as const) {
      await page.goto(status + below);
      await look(page);
      await shot(`citizen-${name}`);
    }
    await page.locator('button', { hasText: 'Ya, batalkan' }).click();
    await page.waitForSelector('text=Permohonan dibatalkan');
    await look(page);
  },
);

journey('without scripts the same form works, villages and errors included', async () => {
  const { page, shot } = await browser.visit({ baseURL: service.url, javaScript: false });
  await page.goto('/banyuwangi/daftar');
  expect(await page.isVisible('#guardian_name'), 'everything stands there from the start').toBe(true);
  await fillChild(page);
  await page.fill('#address_village', 'sukacontoh');
  await page.locator('button[name="cari"]').first().click();
  await page.waitForURL('**#address_village');
  expect(await page.inputValue('#name')).toBe('Contoh Anak');
  await page.locator('label', { hasText: 'Sukacontoh' }).first().click();
  await page.fill('#name', '');
  await page.locator('button', { hasText: 'Kirim permohonan' }).last().click();
  await page.waitForSelector('#ralat');
  await shot('citizen-noscript-error');
  await expectNoAxeViolations(page);
  await page.fill('#name', 'Contoh Anak');
  await page.locator('button', { hasText: 'Kirim permohonan' }).last().click();
  await page.waitForURL(/\/permohonan\//);
  expect(await page.textContent('h1')).toContain('Menunggu persetujuan');
  await shot('citizen-noscript-status');
});

journey('an unfinished form is left for the counter', async () => {
  const { page, shot } = await browser.visit({ baseURL: service.url, darkMode: true });
  await page.goto('/jateng/daftar');
  await page.fill('#name', 'Contoh Separuh');
  await page.locator('button', { hasText: 'Lanjutkan di loket' }).click();
  await page.waitForURL(/\/lanjutkan\//);
  expect(await page.textContent('.dp-big')).toMatch(/^\d{3} \d{3}$/);
  await look(page);
  await shot('citizen-hand-over');
});

journey('every end of a case has its own words and its own next step', async () => {
  const { page, shot } = await browser.visit({ baseURL: service.url });
  const typed = typedForm({ name: 'Contoh Keadaan' });
  const app = createTestApp(database, { time: 'real' });
  const { status } = await sendForm(app, 'banyuwangi', typed);
  const inBanyuwangi = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
    inLibrary(database.db, database.libraryIds.banyuwangi, work);
  const set = (values: Record<string, unknown>) =>
    inBanyuwangi((tx) =>
      tx.updateTable('application').set(values).where('name', '=', 'Contoh Keadaan').execute(),
    );
  const { person_key } = await inBanyuwangi((tx) =>
    tx
      .selectFrom('application')
      .select('person_key')
      .where('name', '=', 'Contoh Keadaan')
      .executeTakeFirstOrThrow(),
  );
  const note = testVault.sealFor(database.libraryIds.banyuwangi, person_key, 'Bawa KK.');
  for (const [state, title, more] of [
    ['in_review', 'Sedang diperiksa petugas', {}],
    ['rejected', 'Permohonan tidak dikabulkan', { decision_reason: 'requirements', decision_note: note }],
    [
      'already_member',
      'Anda sudah terdaftar sebagai anggota',
      { decision_reason: null, decision_note: null },
    ],
    ['approved', 'Selamat, Anda sudah menjadi anggota', {}],
    ['completed', 'Selesai. Selamat menikmati perpustakaan', {}],
    ['lapsed', 'Permohonan gugur', {}],
  ] as const) {
    await set({ state, ...more });
    await page.goto(status);
    expect(await page.textContent('h1')).toBe(title);
    await expectNoAxeViolations(page);
    await expectNoSidewaysScroll(page);
    await shot(`citizen-state-${state}`);
  }
});
