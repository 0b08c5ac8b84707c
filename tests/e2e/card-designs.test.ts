import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { photoFile, useStage } from './people.ts';

const stage = useStage();
const PAGE = '/pengaturan/kartu-desain';

/** A copy of a design that comes with the service, opened in the editor. */
async function copied(page: Page, from: string, name: string): Promise<void> {
  const design = page.locator('article', { has: page.getByRole('heading', { name: from, exact: true }) });
  await design.getByText('Buat dari desain ini').click();
  await design.getByLabel('Nama desain').fill(name);
  await design.getByRole('button', { name: 'Buat desain' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

const number = async (page: Page, name: string) =>
  Number((await page.locator(`[name="${name}"]`).inputValue()).replace(',', '.'));

/** Name of the part of the front that shows this. */
async function partOf(page: Page, label: string): Promise<string> {
  return (
    (await page.locator(`details[data-part^="front."][data-label$="${label}"]`).getAttribute('id')) ?? ''
  );
}

journey('a card is designed with the mouse and with keys, and what is wrong is said at once', async () => {
  const { page, shot } = await stage.officer('jateng', 'admin', PAGE);
  await copied(page, 'Rak buku', 'Kartu mahasiswa');
  await page.locator('card-designer:defined').waitFor({ state: 'attached' });
  const name = await partOf(page, 'Nama anggota');
  const front = page.locator('[data-stage="front"]');
  const scale = ((await front.boundingBox())?.width ?? 0) / 85.6;
  // The part is dragged by 5 mm to the right and 2 mm down; the preview follows.
  const area = front.locator('.dp-areas > div[title$="Nama anggota"]');
  const before = { x: await number(page, `${name}.box.x`), y: await number(page, `${name}.box.y`) };
  const box = await area.boundingBox();
  if (!box) throw new Error('no area');
  const drawn = await front.locator('svg').first().innerHTML();
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 20 + 5.2 * scale, box.y + 10 + 2.2 * scale, { steps: 4 });
  await page.mouse.up();
  const after = { x: await number(page, `${name}.box.x`), y: await number(page, `${name}.box.y`) };
  expect(after.x).toBeGreaterThan(before.x + 4);
  expect(after.y).toBeGreaterThan(before.y + 1);
  await expect.poll(() => front.locator('svg').first().innerHTML()).not.toBe(drawn);
  // Keys move what is chosen.
  await page.keyboard.press('ArrowLeft');
  expect(await number(page, `${name}.box.x`)).toBeCloseTo(after.x - 0.5, 5);
  await page.keyboard.press('Shift+ArrowUp');
  expect(await number(page, `${name}.box.y`)).toBeCloseTo(after.y - 5, 5);
  await expect.poll(() => page.locator('[data-said]').textContent()).toContain('Nama anggota');
  // A corner is pulled: wider, where it stands.
  const width = await number(page, `${name}.box.width`);
  const grip = await front.locator('.dp-grip-se').boundingBox();
  if (!grip) throw new Error('no grip');
  await page.mouse.move(grip.x + 5, grip.y + 5);
  await page.mouse.down();
  await page.mouse.move(grip.x + 5 - 10 * scale, grip.y + 5, { steps: 3 });
  await page.mouse.up();
  expect(await number(page, `${name}.box.width`)).toBeLessThan(width - 8);
  // Out of the safe zone: said at the part, before anything is sent.
  await page.locator(`[name="${name}.box.x"]`).fill('0,5');
  await page.locator(`details[id="${name}"] [data-problem]`).getByText('kurang dari 3 mm').waitFor();
  await page.locator('[role="status"][data-state="wrong"]').waitFor();
  await page.locator(`[name="${name}.box.x"]`).fill('31');
  await page.locator(`[name="${name}.box.y"]`).fill('17');
  await page.locator('[role="status"][data-state="right"]').waitFor();
  // Letters that had to shrink are told.
  await page.getByLabel('Pemegang contoh').selectOption('long_name');
  await page.locator(`details[id="${name}"] [data-shrunk]:not([hidden])`).waitFor();
  await page.getByLabel('Pemegang contoh').selectOption('usual');
  await page.locator(`details[id="${name}"] [data-shrunk][hidden]`).waitFor({ state: 'attached' });
  await expectNoAxeViolations(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await shot('card-designer-live');
  await page.getByRole('button', { name: 'Simpan desain' }).click();
  await page.getByText('Desain disimpan.').waitFor();
  expect(await number(page, `${name}.box.x`)).toBe(31);
  await page.getByRole('link', { name: 'Semua desain kartu' }).click();
  await page.getByLabel('Mahasiswa', { exact: true }).selectOption({ label: 'Kartu mahasiswa' });
  await page.getByRole('button', { name: 'Simpan pilihan' }).click();
  await page.getByText('Pilihan disimpan.').waitFor();
  await page.getByText('Dipakai untuk: Mahasiswa').waitFor();
});

journey('a card is designed without script, with a picture of its own', async () => {
  const { page, shot } = await stage.officer('banyuwangi', 'admin', PAGE, { javaScript: false });
  await copied(page, 'Halaman', 'Kartu bergambar');
  await page.getByLabel('Berkas gambar').setInputFiles(await photoFile());
  await page.getByRole('button', { name: 'Pasang gambar' }).click();
  await page.getByText('Gambar dipasang.').waitFor();
  const back = page.getByRole('region', { name: 'Muka belakang' });
  await back.getByLabel('Bagian baru').selectOption({ label: 'Teks sendiri' });
  await back.getByRole('button', { name: 'Tambah bagian' }).click();
  const part = page.locator('details[open][data-part^="back."]');
  await part.getByLabel('Teks (Indonesia)').fill('Perpustakaan buka setiap hari');
  await part.getByLabel('Dari kiri (mm)').fill('4');
  await part.getByLabel('Dari atas (mm)').fill('1');
  await part.getByLabel('Teks (Indonesia)').press('Enter');
  await part.getByText('kurang dari 3 mm').waitFor();
  await part.getByLabel('Dari atas (mm)').fill('36');
  await part.getByLabel('Lebar (mm)').fill('44');
  await part.getByLabel('Tinggi (mm)').fill('3');
  await page.getByLabel('Pemegang contoh').selectOption('no_photo');
  await page.getByRole('button', { name: 'Tampilkan' }).click();
  await page.getByText('Tidak ada yang perlu diperbaiki.').waitFor();
  expect(await page.getByLabel('Pemegang contoh').inputValue()).toBe('no_photo');
  await expectNoAxeViolations(page);
  await shot('card-designer-no-script');
  await page.getByRole('button', { name: 'Simpan desain' }).click();
  await page.getByText('Desain disimpan.').waitFor();
});

for (const darkMode of [false, true])
  journey(`card designs can be used by everyone, ${darkMode ? 'in the dark' : 'by day'}`, async () => {
    const { page, shot } = await stage.officer('jateng', 'admin', PAGE, { darkMode });
    const when = darkMode ? 'dark' : 'light';
    const look = async (name: string) => {
      await expectNoAxeViolations(page);
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        await page.evaluate(async () => {
          for (const image of document.images) {
            image.loading = 'eager';
            await image.decode();
          }
        });
        // What stays in view while one scrolls would stand in the middle of the picture of the whole page.
        await page.evaluate(() => window.scrollTo(0, 0));
        await shot(`card-designs/${name}-${width}-${when}`);
      }
    };
    await look('overview');
    await copied(page, 'Segel', `Kartu ${when}`);
    await page.locator('card-designer:defined').waitFor({ state: 'attached' });
    await page.locator('details[data-part$="elements.11"][data-part^="front."] > summary').click();
    await look('editor');
  });
