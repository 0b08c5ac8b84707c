import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import { type Submitted, submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import { expectNoAxeViolations, expectNoSidewaysScroll, journey, screens } from '../support/browser.ts';
import { useStage } from './people.ts';

const stage = useStage();
let sent = 0;

async function fromPhone(name: string, changes: Partial<ApplicantData> = {}): Promise<Submitted> {
  const { deps } = stage.service();
  const library = await deps.libraries.find('banyuwangi');
  if (!library) throw new Error('not seeded');
  return submitApplication(
    stage.database().db,
    deps,
    { library, actor: { kind: 'applicant' }, at: deps.now(), requestId: 'test' },
    {
      applicant: applicantNamed(name, changes),
      channel: 'phone',
      submitKey: `desk journey ${++sent}`,
      language: 'id',
      visit: null,
      familyOf: null,
      openedAt: null,
    },
  );
}

/** As a USB scanner types: every character within a few milliseconds, then Enter. */
async function scanAnywhere(page: Page, code: string): Promise<void> {
  await page.evaluate((text) => {
    const target = document.activeElement ?? document.body;
    for (const key of [...text, 'Enter']) {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
      if (!target.dispatchEvent(event) || key === 'Enter') continue;
      if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) target.value += key;
    }
  }, code);
}

journey('the queue grows by itself, without a reload, and keeps the cursor where it is', async () => {
  const { page } = await stage.officer('banyuwangi', 'petugas');
  await page.evaluate(() => Object.assign(window, { stayed: true }));
  await page.getByRole('searchbox').fill('Contoh');
  await fromPhone('Contoh Muncul Sendiri');
  await page.getByText('Contoh Muncul Sendiri').waitFor();
  expect(await page.evaluate(() => 'stayed' in window)).toBe(true);
  expect(await page.getByRole('searchbox').inputValue()).toBe('Contoh');
});

journey('a lost connection says so, and the queue is complete again when it is back', async () => {
  const { page, context } = await stage.officer('banyuwangi', 'petugas', '/loket', {
    expectedErrors: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /Failed to fetch/],
  });
  await page.getByText('Diperbarui otomatis').waitFor();
  await context.route('**/loket/siaran*', (route) => route.abort());
  await page.evaluate(() => {
    const live = document.querySelector('live-queue');
    live?.replaceWith(live.cloneNode(true));
  });
  await page.getByText('Koneksi terputus').waitFor();
  await fromPhone('Contoh Selagi Putus');
  await context.unroute('**/loket/siaran*');
  await page.getByText('Contoh Selagi Putus').waitFor();
  await page.getByText('Koneksi terputus').waitFor({ state: 'hidden' });
});

journey('a scan opens the case wherever the cursor is, and no shortcut mistakes it for itself', async () => {
  const { ticketCode } = await fromPhone('Contoh Dipindai Di Mana Saja');
  const officer = await stage.officer('banyuwangi', 'petugas');
  const { page } = officer;
  const search = page.getByRole('searchbox');
  await search.fill('setengah');
  await search.focus();
  await scanAnywhere(page, ticketCode);
  await page.waitForURL(/\/loket\/[0-9a-f-]{36}$/);
  await page.getByRole('heading', { level: 1, name: 'Contoh Dipindai Di Mana Saja' }).waitFor();

  // The next one from within a case: letters and digits of the code are also keys of this page.
  const other = await fromPhone('Contoh Berikutnya Dipindai');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await scanAnywhere(page, other.ticketCode);
  await page.getByRole('heading', { level: 1, name: 'Contoh Berikutnya Dipindai' }).waitFor();
  await officer.shot('desk/case');
});

journey('the whole counter works by keyboard: next, take, correct, ask, release', async () => {
  const { ticketCode } = await fromPhone('Contoh Papan Ketik');
  const { page } = await stage.officer('banyuwangi', 'petugas');
  await page.keyboard.press('/');
  await page.keyboard.type(ticketCode, { delay: 60 });
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Contoh Papan Ketik' }).waitFor();
  await page.keyboard.press('m');
  await page.getByRole('heading', { name: 'Minta perbaikan kepada pemohon' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Identitas' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('KTP, asli').waitFor();
  await page.keyboard.press('e');
  await page.getByRole('heading', { level: 1, name: 'Perbaiki data pemohon' }).waitFor();
  await page.getByLabel('Nama lengkap').fill('Contoh Papan Ketik Baru');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1, name: 'Contoh Papan Ketik' }).waitFor();
  await page.keyboard.press('l');
  await page.getByRole('heading', { level: 1, name: 'Antrean loket' }).waitFor();
});

/** Two people alike and a child, each waiting to be scanned. */
async function cases() {
  const twin = {
    birthDate: '1993-03-03' as never,
    documentType: 'kk',
    nik: null,
    phone: '+6281234569999' as never,
  } as const;
  await fromPhone('Contoh Mirip Sekali', { ...twin, documentNumber: null });
  const alike = await fromPhone('Contoh Mirip Sekali', { ...twin, documentNumber: '9901010101010066' });
  const child = await fromPhone('Contoh Anak Kecil', {
    birthDate: '2016-06-06' as never,
    documentType: 'kia',
    guardian: { name: 'Contoh Ibu', relation: 'mother', phone: null, consented: false },
  });
  return { alike, child };
}

async function look(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expectNoAxeViolations(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
  await page.setViewportSize(screens.desk);
}

journey('the pages of a case are free of findings, on a desk and on a phone', async () => {
  const { alike, child } = await cases();
  const { page } = await stage.officer('banyuwangi', 'petugas');
  await scanAnywhere(page, alike.ticketCode);
  await page.waitForURL(/\/loket\/[0-9a-f-]{36}$/);
  await page.keyboard.press('Enter');
  await page.getByText('tampaknya sama').first().waitFor();
  await look(page, new URL(page.url()).pathname);
  await scanAnywhere(page, child.ticketCode);
  await page.getByRole('heading', { level: 1, name: 'Contoh Anak Kecil' }).waitFor();
  const base = new URL(page.url()).pathname;
  for (const open of ['minta-perbaikan', 'koordinator', 'wali', 'pindaian', 'nomor', 'batal'])
    await look(page, `${base}?buka=${open}`);
  await look(page, `${base}/perbaiki`);
});

journey('in the dark too, and so are the queue, a new case and the screen on the wall', async () => {
  const { child } = await cases();
  const { page } = await stage.officer('banyuwangi', 'petugas', '/loket', { darkMode: true });
  await scanAnywhere(page, child.ticketCode);
  await page.getByRole('heading', { level: 1, name: 'Contoh Anak Kecil' }).waitFor();
  await look(page, new URL(page.url()).pathname);
  for (const path of ['/banyuwangi/loket', '/banyuwangi/loket/baru', '/banyuwangi/antrean'])
    await look(page, path);
});
