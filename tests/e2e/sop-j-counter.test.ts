import { expect } from 'vitest';
import { expectNoAxeViolations, journey } from '../support/browser.ts';
import { enterUntil, fillForm, stubPrinting, takePhoto, useStage } from './people.ts';

const stage = useStage();

journey('SOP-J in the order of the paper: typed at the counter, revised, photographed, printed', async () => {
  const blank = await stage.service().request('/jateng/formulir.pdf');
  expect(blank.headers.get('content-type')).toBe('application/pdf');

  const { page, shot } = await stage.officer('jateng', 'petugas');
  await stubPrinting(page);
  await page.keyboard.press('b');
  await page.getByRole('heading', { level: 1, name: 'Permohonan baru' }).waitFor();
  await expectNoAxeViolations(page);
  await fillForm(page, {
    name: 'Budi Contho Prasetyo',
    nik: '9901012309950011',
    birth: ['23', '9', '1995'],
    sex: 'L',
    memberType: 'UMUM',
  });
  await shot('sop-j/1-typed');
  await page.keyboard.press('Alt+S');
  await page.getByRole('heading', { level: 1, name: 'Budi Contho Prasetyo' }).waitFor();
  await shot('sop-j/2-case');
  await enterUntil(page, 'KTP, asli');

  // SOP-J 6: the officer puts a mistake right; before and after are kept.
  await page.keyboard.press('e');
  await page.getByRole('heading', { level: 1, name: 'Perbaiki data pemohon' }).waitFor();
  await page.getByLabel('Nama lengkap').fill('Budi Contoh Prasetyo');
  await shot('sop-j/3-revision');
  await page.keyboard.press('Alt+S');
  await page.getByRole('heading', { level: 1, name: 'Budi Contoh Prasetyo' }).waitFor();

  await takePhoto(page);
  await shot('sop-j/4-photo');
  const pdf = page.waitForResponse((answer) => answer.url().endsWith('/kartu.pdf'));
  await page.getByRole('button', { name: /Setujui dan cetak/ }).waitFor();
  await page.keyboard.press('Enter');
  expect((await pdf).headers()['content-type']).toBe('application/pdf');
  await page.getByText('Nomor anggota').first().waitFor();
  await expectNoAxeViolations(page);
  await shot('sop-j/5-card');
  await page.getByRole('button', { name: /Serahkan/ }).click();
  await page.getByText('Selesai').first().waitFor();
  const timeline = await page.innerText('main');
  expect(timeline).toContain('14 menit');
  expect(timeline).toContain('13 menit 50 detik');
  await shot('sop-j/6-completed');
});

journey('SOP-B filled by the officer: arrival, identity, form, photo of the counter, KTA', async () => {
  const { page, shot } = await stage.officer('banyuwangi', 'petugas');
  await page.keyboard.press('b');
  await page.getByRole('heading', { level: 1, name: 'Permohonan baru' }).waitFor();
  await fillForm(page, {
    name: 'Sri',
    nik: '9901015001600003',
    birth: ['10', '1', '1960'],
    sex: 'P',
    memberType: 'LANSIA',
  });
  await page.keyboard.press('Alt+S');
  await page.getByRole('heading', { level: 1, name: 'Sri' }).waitFor();
  await enterUntil(page, 'KTP, asli');
  await takePhoto(page);
  await page.getByRole('button', { name: /Setujui, tampilkan KTA/ }).waitFor();
  await enterUntil(page, 'KTA di ponsel anggota');
  await shot('sop-b-officer/1-card');
  await page.keyboard.press('Enter');
  await page.getByText('Selesai').first().waitFor();
  await shot('sop-b-officer/2-completed');
});
