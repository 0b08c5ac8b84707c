import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { thirdLibrary } from '../support/third-library.ts';

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
let head: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, thirdLibrary);
  officer = await counter.officer('petugas');
  head = await counter.officer('kabid');
});
afterAll(() => database.drop());

const loket = (id: string) => `/contoh/loket/${id}`;

it('a library with another order, an approval by the Kepala Bidang and no photo runs without a change of code', async () => {
  const nik = '9901014101950011' as never;
  const { applicationId: id, ticketCode } = await counter.fromPhone('Contoh Pihak Ketiga Sekali', {
    nik,
    documentNumber: nik,
  });
  // The cross-check comes before the document here, and closes by itself with the taking of the case.
  await officer.post('/contoh/loket/pindai', { kode: ticketCode });
  expect((await counter.row(id)).done_acts).toEqual(expect.arrayContaining(['fill_form', 'cross_check']));
  counter.pass(60);
  await officer.post(`${loket(id)}/identitas`, { dokumen: 'ktp:original' });
  expect((await counter.row(id)).done_acts).toEqual(expect.arrayContaining(['see_identity', 'verify']));

  // No card before the Kepala Bidang.
  expect((await officer.post(`${loket(id)}/setujui`, {})).status).toBe(409);
  await officer.post(`${loket(id)}/lepas`, {});
  const queue = await (await head.page('/contoh/loket')).text();
  expect(queue).toContain('Menunggu persetujuan Kepala Bidang');

  // The Kepala Bidang approves without seeing personal data.
  const seen = await (await head.page(loket(id))).text();
  expect(seen).toContain('Contoh P. K. S.');
  for (const secret of ['Pihak Ketiga Sekali', '0011', 'Jl. Contoh']) expect(seen).not.toContain(secret);
  counter.pass(60);
  expect((await head.post(`${loket(id)}/persetujuan`, {})).status).toBe(303);
  expect((await counter.row(id)).done_acts).toContain('endorse');

  await officer.post(`${loket(id)}/ambil`, {});
  counter.pass(60);
  const page = await (await officer.page(loket(id))).text();
  expect(page).not.toContain('Foto</h2>');
  expect((await officer.post(`${loket(id)}/setujui`, { cetak: '0' })).status).toBe(303);
  const row = await counter.row(id);
  expect(row.member_id).not.toBeNull();
  const view = await readCase(database.db, counter.deps, officer.scope(), id);
  expect(view?.clock.steps.map((step) => [step.covers[0], step.outcome])).toEqual([
    [1, 'at_home'],
    [2, 'done'],
    [3, 'done'],
    [4, 'done'],
    [5, 'done'],
    [6, expect.anything()],
  ]);
});

it('a walk-in there goes from the form through the cross-check to the document, as the order says', async () => {
  const made = await officer.post('/contoh/loket/baru', {
    kunci: 'kunci-permohonan-contoh-0001',
    mulai: '',
    document_type: 'ktp',
    document_number: '9901014101960012',
    name: 'Contoh Datang Langsung',
    birth_place: 'Contoh',
    'birth_date.day': '1',
    'birth_date.month': '1',
    'birth_date.year': '1996',
    sex: 'P',
    address_line: 'Jl. Contoh 3',
    address_village: '99.01.01.2001',
    present_same: 'same',
    member_type: 'UMUM',
    acknowledged: '1',
  });
  expect(made.status).toBe(303);
  const id = (made.headers.get('location') ?? '').split('/').at(-1) as ApplicationId;
  expect((await counter.row(id)).done_acts).toContain('cross_check');
  expect((await officer.post(`${loket(id)}/identitas`, { dokumen: 'ktp:original' })).status).toBe(303);
});

it('without a document the Sub Koordinator lets a case go on, wherever the procedure looks at documents', async () => {
  const coordinator = await counter.officer('subkoordinator');
  const { applicationId: id, ticketCode } = await counter.fromPhone('Contoh Tanpa Dokumen');
  await officer.post('/contoh/loket/pindai', { kode: ticketCode });
  await officer.post(`${loket(id)}/ke-koordinator`, { jenis: 'no_document', alasan: 'lost' });
  expect((await coordinator.post(`${loket(id)}/putusan`, { putusan: 'allow' })).status).toBe(303);
  expect((await counter.row(id)).done_acts).toEqual(expect.arrayContaining(['see_identity', 'verify']));
  expect((await head.post(`${loket(id)}/persetujuan`, {})).status).toBe(303);
  await officer.post(`${loket(id)}/ambil`, {});
  expect((await officer.post(`${loket(id)}/setujui`, {})).status).toBe(303);
  expect((await counter.row(id)).member_id).not.toBeNull();
});

it('a procedure that spends no step on documents can go on without one as well', async () => {
  const { procedure } = thirdLibrary;
  const steps = procedure.steps.filter((step) => step.no !== 3 && step.no !== 4);
  const shown = steps.map((step) => step.no);
  const brief = await openCounter(database, {
    ...thirdLibrary,
    slug: 'ringkas',
    procedure: { ...procedure, steps, publicSteps: shown },
  });
  const clerk = await brief.officer('petugas');
  const coordinator = await brief.officer('subkoordinator');
  const { applicationId: id, ticketCode } = await brief.fromPhone('Contoh Prosedur Ringkas');
  const at = `/ringkas/loket/${id}`;
  await clerk.post('/ringkas/loket/pindai', { kode: ticketCode });
  expect((await clerk.post(`${at}/setujui`, {})).status).toBe(409);
  await clerk.post(`${at}/ke-koordinator`, { jenis: 'no_document', alasan: 'lost' });
  expect((await coordinator.post(`${at}/putusan`, { putusan: 'allow' })).status).toBe(303);
  await clerk.post(`${at}/ambil`, {});
  expect((await clerk.post(`${at}/setujui`, {})).status).toBe(303);
  expect((await brief.row(id)).member_id).not.toBeNull();
});

it('the Kepala Bidang can approve what waits for it and nothing else', async () => {
  const { applicationId: id } = await counter.fromPhone('Contoh Terlalu Cepat');
  expect((await head.post(`${loket(id)}/persetujuan`, {})).status).toBe(409);
  expect((await head.post(`${loket(id)}/ambil`, {})).status).toBe(409);
  expect((await head.post(`${loket(id)}/nomor`, { tujuan: 'compare' })).status).not.toBe(200);
});
