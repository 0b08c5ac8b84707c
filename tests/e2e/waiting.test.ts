import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { useStage } from './people.ts';

const stage = useStage({ mails: true });
const WIDTHS = [360, 768, 1440] as const;
/** Refused on purpose, and the browser's console says so. */
const expectedErrors = [/Failed to load resource.*4(?:22|29|10)/];

async function look(page: Page, shot: (name: string) => Promise<void>, name: string, dark: string) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
    await shot(`waiting/${name}-${width}${dark}`);
  }
  await expectNoAxeViolations(page);
}

for (const darkMode of [false, true]) {
  const dark = darkMode ? '-dark' : '';
  const library = darkMode ? 'banyuwangi' : 'jateng';

  journey(
    `past too many wrong codes a small task is enough, and the code stays${dark && ', in the dark'}`,
    async () => {
      const { page, shot } = await stage.citizen(`/${library}/kta`, { darkMode, expectedErrors });
      await page.evaluate(async (address) => {
        for (let each = 0; each < 41; each++)
          await fetch(address, { method: 'POST', body: new URLSearchParams({ kode: '0000-0000' }) });
      }, `/${library}/kta`);
      const field = page.getByLabel('Kode', { exact: false }).first();
      await field.fill('K7F2-M9QX');
      await page.locator('main form button').first().click();
      await page.getByRole('heading', { name: 'Mohon tunggu sebentar' }).waitFor();
      expect(await page.locator('input[name=kode]').inputValue()).toBe('K7F2-M9QX');
      await page.getByRole('button', { name: 'Selesaikan sekarang' }).waitFor();
      await look(page, shot, 'wait', dark);
      await page.getByRole('button', { name: 'Selesaikan sekarang' }).click();
      // The form went on by itself: the code was looked at, and it is still there.
      await page.locator('.ds-validation-message, [data-field="validation"]').first().waitFor();
      expect(await page.locator('input[name=kode]').inputValue()).toBe('K7F2-M9QX');
    },
  );

  journey(`a lost link is asked for by number and birth date${dark && ', in the dark'}`, async () => {
    const { page, shot } = await stage.citizen(`/${library}/lupa-tautan`, { darkMode, expectedErrors });
    await look(page, shot, 'lost', dark);
    await page.getByRole('button', { name: 'Kirim kode' }).click();
    await page.getByRole('link', { name: 'Isi nomor anggota' }).waitFor();
    await page.getByLabel('Nomor anggota atau nomor tiket').fill('1234.56789');
    await page.getByLabel('Tanggal', { exact: true }).fill('17');
    await page.getByLabel('Bulan', { exact: true }).fill('8');
    await page.getByLabel('Tahun', { exact: true }).fill('1995');
    await page.getByRole('button', { name: 'Kirim kode' }).click();
    await page.getByRole('heading', { name: 'Ketik kode' }).waitFor();
    await page.getByLabel('Kode enam angka').fill('123456');
    await page.getByRole('button', { name: 'Buka' }).click();
    await page.getByRole('link', { name: /tidak cocok/ }).waitFor();
    await look(page, shot, 'code', dark);
  });
}

journey('without a script nobody is offered the task, and the code typed waits on the page', async () => {
  // The network is the one that has guessed too often above.
  const { page } = await stage.citizen('/jateng/kta', { expectedErrors, javaScript: false });
  await page.locator('input[name=kode]').fill('K7F2-M9QX');
  await page.locator('main form button').first().click();
  await page.getByRole('heading', { name: 'Mohon tunggu sebentar' }).waitFor();
  expect(await page.locator('proof-of-work').isVisible()).toBe(false);
  expect(await page.locator('input[name=kode]').inputValue()).toBe('K7F2-M9QX');
  expect(await page.locator('.dp-wait button').count()).toBe(1);
});

journey(
  'a registration that must wait is whole on the page, and without a script its button comes when it may be sent',
  async () => {
    const flood = await stage.citizen('/banyuwangi/daftar', { expectedErrors });
    await flood.page.evaluate(async () => {
      for (let round = 0; round < 120; round++)
        await Promise.all(
          Array.from({ length: 10 }, () =>
            fetch('/banyuwangi/daftar', {
              method: 'POST',
              body: new URLSearchParams({ cari: 'address_village' }),
            }),
          ),
        );
    });
    const { page, shot } = await stage.citizen('/banyuwangi/daftar', { expectedErrors, javaScript: false });
    await page.locator('input[name=name]').fill('Contoh Sudah Diketik');
    await page.locator('main form button[data-submit]').click();
    await page.getByRole('heading', { name: 'Mohon tunggu sebentar' }).waitFor();
    expect(await page.locator('input[name=name]').inputValue()).toBe('Contoh Sudah Diketik');
    const button = page.locator('.dp-wait button');
    expect([await button.count(), await button.isVisible()]).toEqual([1, false]);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      await shot(`waiting/registration-${width}`);
    }
  },
);
