import { expect } from 'vitest';
import type { MemberId } from '../../src/domain/ids.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey } from '../support/browser.ts';
import { portrait } from '../support/cases.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';
import { stubPrinting, useStage } from './people.ts';

const stage = useStage();

/** A class of pupils whose cards wait. */
async function pupils(slug: 'jateng' | 'banyuwangi', institution: string, names: readonly string[]) {
  const site = stage.service();
  const library = await site.deps.libraries.find(slug);
  if (!library) throw new Error('not seeded');
  const scope = scopeOfRole(library, site.deps, ['petugas']);
  const made: MemberId[] = [];
  for (const [index, name] of names.entries()) {
    const id = await memberNamed(stage.database(), site.deps, scope, name, { institution });
    const picture = await portrait({ width: 300 + index * 10, height: 400 });
    await givePhoto(stage.database(), site.deps, scope, id, new Uint8Array(await picture.arrayBuffer()));
    made.push(id);
  }
  return made;
}

journey('a class is printed on sheets, and what the printer spoiled is printed again', async () => {
  await pupils('banyuwangi', 'SDN Contoh 1 VI A', ['Ayu Contoh Lestari', 'Bayu Contoh', 'Citra Contoh Dewi']);
  const { page, shot } = await stage.officer('banyuwangi', 'petugas', '/anggota');
  await stubPrinting(page);
  await page.getByRole('link', { name: 'Cetak kartu' }).click();
  await page.getByLabel('Sekolah, kelas, atau instansi').fill('VI A');
  await page.getByRole('button', { name: 'Tampilkan' }).click();
  await page.getByText('3 kartu', { exact: true }).waitFor();
  await page.getByLabel('Lembar A4').check();
  await page.getByLabel('Mulai dari tempat ke').fill('12');
  await page.getByRole('button', { name: 'Siapkan semua (3)' }).click();
  await page.getByText('Tempat pada lembar adalah angka 1 sampai 10.').first().waitFor();
  await page.getByLabel('Mulai dari tempat ke').fill('9');
  await page.getByRole('button', { name: 'Siapkan semua (3)' }).click();
  await page.getByRole('heading', { level: 1, name: '3 kartu siap dicetak' }).waitFor();
  // The first card is on the page before any file is.
  await page.getByRole('img', { name: 'Sisi depan: Ayu Contoh Lestari' }).waitFor();
  await page.getByText('2 (lembar 1, tempat 10)').waitFor();
  const file = page.waitForResponse((answer) => answer.url().endsWith('/kartu.pdf'));
  await page.getByRole('button', { name: 'Cetak sekarang' }).click();
  expect((await file).headers()['content-type']).toBe('application/pdf');
  await page.waitForFunction(() => Object.hasOwn(window, 'printed'));
  await page.getByText('Jendela cetak dibuka. Periksa pencetaknya.').waitFor();
  await shot('card-batch-ready');

  await page.getByLabel('Urutan yang gagal').fill('2-9');
  await page.getByRole('button', { name: 'Catat: yang dicentang gagal' }).click();
  await page.getByText('Tulis nomor urut seperti 3, 17-20').first().waitFor();
  await page.getByLabel('Urutan yang gagal').fill('');
  await page.getByLabel('Kartu yang gagal: Bayu Contoh').check();
  await page.getByRole('button', { name: 'Catat: yang dicentang gagal' }).click();
  await page.getByText('2 kartu tercetak, 1 gagal.').waitFor();
  await page.getByRole('link', { name: 'Cetak yang gagal' }).click();
  await page.getByText('1 kartu', { exact: true }).waitFor();
  expect(await page.getByRole('rowheader', { name: 'Bayu Contoh' }).count()).toBe(1);
});

for (const darkMode of [false, true]) {
  journey(
    `the pages of printing can be used by everyone, ${darkMode ? 'in the dark' : 'by day'}`,
    async () => {
      await pupils('jateng', 'SMP Contoh 2', [
        'Raden Contoh Kusumaningrum Prawirodirdjo Hadiningrat Sosrokusumo',
        'Ny',
        'Dewi Contoh',
      ]);
      const { page, shot } = await stage.officer('jateng', 'petugas', '/cetak-kartu', { darkMode });
      const tone = darkMode ? 'dark' : 'light';
      const look = async (name: string) => {
        await expectNoAxeViolations(page);
        for (const width of [320, 360, 768, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoSidewaysScroll(page);
          if (width !== 320) await shot(`card-batch-${name}-${width}-${tone}`);
        }
      };
      await look('choose');
      await page.getByRole('button', { name: /Siapkan yang dicentang/ }).click();
      await page.getByRole('heading', { level: 1, name: /kartu siap dicetak/ }).waitFor();
      await look('print');
      await page.getByRole('button', { name: 'Semua tercetak' }).click();
      await page.getByText(/kartu tercetak, 0 gagal/).waitFor();
      await expectNoAxeViolations(page);
    },
  );
}

journey('without scripts cards are printed from the PDF itself, and a reprint says why', async () => {
  await pupils('banyuwangi', 'SMA Contoh 3', ['Eka Contoh']);
  const { page, context } = await stage.officer('banyuwangi', 'petugas', '/cetak-kartu?instansi=SMA+Contoh', {
    javaScript: false,
  });
  await page.getByRole('button', { name: 'Siapkan semua (1)' }).click();
  expect(await page.getByRole('button', { name: 'Cetak sekarang' }).count()).toBe(0);
  const href = await page.getByRole('link', { name: 'Buka berkas PDF' }).getAttribute('href');
  const file = await context.request.get(new URL(href ?? '', page.url()).href);
  expect((await file.body()).subarray(0, 5).toString()).toBe('%PDF-');
  await page.getByRole('button', { name: 'Semua tercetak' }).click();
  await page.goto('/banyuwangi/cetak-kartu?keadaan=printed&instansi=SMA+Contoh');
  await page.getByRole('button', { name: 'Siapkan semua (1)' }).click();
  await page.getByText('Kartu ini pernah tercetak. Pilih alasan cetak ulang.').first().waitFor();
  await page.getByLabel('Alasan cetak ulang').selectOption('Kartu aus atau pudar');
  await page.getByRole('button', { name: 'Siapkan semua (1)' }).click();
  await page.getByRole('button', { name: 'Semua tercetak' }).click();
  await page.getByText('1 kartu tercetak, 0 gagal.').waitFor();
});
