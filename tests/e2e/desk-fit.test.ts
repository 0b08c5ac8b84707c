import { expect } from 'vitest';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import {
  expectNoAxeViolations,
  expectNoSidewaysScroll,
  journey,
  screens,
  type Visitor,
} from '../support/browser.ts';
import { portrait } from '../support/cases.ts';
import { useStage } from './people.ts';

const stage = useStage();
let sent = 0;

async function fromPhone(name: string, changes: Partial<ApplicantData> = {}) {
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
      submitKey: `fit journey ${++sent}`,
      language: 'id',
      visit: null,
      familyOf: null,
      openedAt: null,
    },
  );
}

/** Posts as this officer does, in the order given. */
async function act(username: string, posts: readonly (readonly [string, Record<string, string>])[]) {
  const { header } = await stage.service().signIn('banyuwangi', username);
  for (const [path, fields] of posts) {
    const answer = await stage.service().post(`/banyuwangi/loket${path}`, fields, header);
    expect(answer.status, path).toBe(303);
  }
}

/** All data that a case can have: two addresses, work, contact, a warning about the prefix of the NIK. */
const FULL: Partial<ApplicantData> = {
  address: { line: 'Jl. Contoh Panjang Sekali Nomor 123 Blok C', rt: '001', rw: '002', village: null },
  presentSame: false,
  present: { line: 'Perumahan Contoh Asri Blok D Nomor 45', rt: '003', rw: '004', village: null },
  phone: '+6281234560001' as never,
  email: 'contoh.panjang@contoh.example' as never,
  institution: 'Sekolah Contoh Negeri Nomor Satu Sukacontoh',
};
const CHILD: Partial<ApplicantData> = {
  ...FULL,
  birthDate: '2016-06-06' as never,
  documentType: 'kia',
  memberType: 'ANAK',
  guardian: {
    name: 'Contoh Ibu Dari Anak Itu',
    relation: 'mother',
    phone: '+6281234560002' as never,
    consented: false,
  },
};
/** Alike by name, birth date and phone; each with a student number of its own. */
const alike = (number: string): Partial<ApplicantData> => ({
  ...FULL,
  birthDate: '1993-03-03' as never,
  documentType: 'paspor',
  documentNumber: number as never,
  nik: null,
});

/** The page does not scroll in the window it has, and each of these is wholly in view. */
async function expectInView(
  { page, shot }: Visitor,
  name: string,
  selectors: readonly string[],
): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await shot(`desk/fit-${name}`);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  expect(height, page.url()).toBeLessThanOrEqual(page.viewportSize()?.height ?? 0);
  for (const selector of selectors) {
    const hidden = await page.evaluate((wanted) => {
      const parts = [...document.querySelectorAll(wanted)].filter((each) => each.checkVisibility());
      if (parts.length === 0) return [`nothing is ${wanted}`];
      return parts.flatMap((each) => {
        const { top, bottom, left, width } = each.getBoundingClientRect();
        const seen = document.elementFromPoint(left + width / 2, (top + bottom) / 2);
        const isSeen = top >= 0 && bottom <= innerHeight && (each === seen || each.contains(seen));
        return isSeen ? [] : [`${each.textContent} at ${Math.round(top)} to ${Math.round(bottom)}`];
      });
    }, selector);
    expect(hidden, selector).toEqual([]);
  }
}

const SHOWN = ['.dp-more .ds-button', '#panel-data dd'];
const IN_HAND = [...SHOWN, '.dp-more .dp-pick'];

journey(
  'a queue of many is in view with everything an officer does there; the list scrolls by itself',
  async () => {
    for (let n = 0; n < 30; n++) await fromPhone(`Contoh Antre ${n}`);
    await act(
      'petugas',
      Array.from({ length: 14 }, () => ['/nomor', { prioritas: 'lansia' }] as const),
    );
    const officer = await stage.officer('banyuwangi', 'petugas');
    await expectInView(officer, 'queue', [
      'aside .ds-button',
      'aside .ds-input',
      '.dp-filter a',
      '.dp-filter .ds-button',
    ]);
    await expectNoAxeViolations(officer.page);
  },
);

journey('a child’s case is in view: all data, what the guardian has to do, every action', async () => {
  const { applicationId: id, ticketCode } = await fromPhone('Contoh Anak Dengan Semua Data', CHILD);
  await act('petugas', [['/pindai', { kode: ticketCode }]]);
  const officer = await stage.officer('banyuwangi', 'petugas', `/loket/${id}`);
  await expectInView(officer, 'child', [...IN_HAND, '.dp-case__work .ds-button']);
  await expectNoAxeViolations(officer.page);
  for (const open of ['minta-perbaikan', 'koordinator', 'wali', 'pindaian', 'nomor', 'batal']) {
    await officer.page.goto(`/banyuwangi/loket/${id}?buka=${open}`);
    await expectInView(officer, `child-${open}`, ['.dp-opened .ds-button', '#panel-data dd']);
  }
});

journey('what the Sub Koordinator decides is in view with the data and every answer', async () => {
  const { applicationId: id, ticketCode } = await fromPhone('Contoh Diputuskan Sub Koordinator', FULL);
  await act('petugas', [
    ['/pindai', { kode: ticketCode }],
    [`/${id}/ke-koordinator`, { jenis: 'no_document', alasan: 'lost' }],
  ]);
  const coordinator = await stage.officer('banyuwangi', 'subkoordinator', `/loket/${id}`);
  await expectInView(coordinator, 'coordinator', [...SHOWN, '.dp-case__work .ds-button']);
  await expectNoAxeViolations(coordinator.page);
});

journey(
  'people alike are judged in view: the first beside the applicant, every answer; the others scroll',
  async () => {
    for (const number of ['A1234501', 'A1234502', 'A1234503'])
      await fromPhone('Contoh Mirip Berulang', alike(number));
    const { applicationId: id, ticketCode } = await fromPhone('Contoh Mirip Berulang', alike('A1234504'));
    await act('petugas', [
      ['/pindai', { kode: ticketCode }],
      [`/${id}/identitas`, { dokumen: 'ktp:original' }],
    ]);
    const officer = await stage.officer('banyuwangi', 'petugas', `/loket/${id}`);
    await officer.page
      .getByText('tampaknya sama')
      .or(officer.page.getByText('mungkin sama'))
      .first()
      .waitFor();
    await expectInView(officer, 'alike', [
      ...SHOWN,
      '.dp-alike > li:first-child td',
      '.dp-case__work .dp-keygrid .ds-button',
    ]);
    await expectNoAxeViolations(officer.page);
    await act('petugas', [[`/${id}/ke-koordinator`, { jenis: 'duplicate' }]]);
    const coordinator = await stage.officer('banyuwangi', 'subkoordinator', `/loket/${id}`);
    await expectInView(coordinator, 'alike-coordinator', [
      ...SHOWN,
      '.dp-alike > li:first-child td',
      '.dp-case__work .dp-waits .ds-button',
      '.dp-case__work .dp-decide .ds-button',
      '.dp-answers summary',
    ]);
  },
);

journey(
  'a NIK in full stands on one line within its column, also on the smallest screen of a counter',
  async () => {
    const { applicationId: id, ticketCode } = await fromPhone('Contoh NIK Lengkap', FULL);
    await act('petugas', [['/pindai', { kode: ticketCode }]]);
    const { page } = await stage.officer('banyuwangi', 'petugas', `/loket/${id}`, { screen: 'kiosk' });
    const nik = page.locator('#panel-data dd .dp-code', { hasText: /^\d{4}( \d{4}){3}$/ });
    const measured = await nik.evaluate((number) => {
      const column = number.parentElement?.getBoundingClientRect();
      return {
        lines: number.getClientRects().length,
        over: number.getBoundingClientRect().right - (column?.right ?? 0),
      };
    });
    expect(measured.lines).toBe(1);
    expect(measured.over).toBeLessThanOrEqual(0);
    await page.setViewportSize(screens.phone);
    await expectNoSidewaysScroll(page);
  },
);

journey('the card to hand over is in view with its number, its code and what comes next', async () => {
  const { applicationId: id, ticketCode } = await fromPhone('Kartu Teladan', FULL);
  await act('petugas', [
    ['/pindai', { kode: ticketCode }],
    [`/${id}/identitas`, { dokumen: 'ktp:original' }],
  ]);
  const { header } = await stage.service().signIn('banyuwangi', 'petugas');
  const photo = { foto: await portrait() };
  const taken = await stage.service().upload(`/banyuwangi/loket/${id}/foto`, photo, header);
  expect(taken.status).toBe(303);
  await act('petugas', [[`/${id}/setujui`, { cetak: '0' }]]);
  const officer = await stage.officer('banyuwangi', 'petugas', `/loket/${id}`);
  const next = ['.dp-case__work .ds-button', '.dp-case__work .dp-qr', '.dp-case__work .dp-shortcode'];
  await expectInView(officer, 'card', [...IN_HAND, ...next, '.dp-case__work svg']);
  await expectNoAxeViolations(officer.page);
  // Also on the smallest screen of a counter, where the data scroll.
  await officer.page.setViewportSize(screens.kiosk);
  await expectInView(officer, 'card-small', ['.dp-more .ds-button', '.dp-more .dp-pick', ...next]);
  await expectNoAxeViolations(officer.page);
  // A card that was printed has one button more.
  await act('petugas', [[`/${id}/cetak`, { hasil: 'cetak' }]]);
  await officer.page.goto(`/banyuwangi/loket/${id}`);
  await expectInView(officer, 'card-small-printed', ['.dp-more .ds-button', ...next]);
});

journey('the boxes of a date have names for those who hear them', async () => {
  const { page } = await stage.officer('banyuwangi', 'petugas', '/loket/baru');
  const birth = page.getByRole('group', { name: /Tanggal lahir/ });
  for (const name of ['Tanggal', 'Bulan', 'Tahun'])
    expect(await birth.getByRole('textbox', { name, exact: true }).count(), name).toBe(1);
});
