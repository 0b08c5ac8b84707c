import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { decideException } from '../../src/usecases/decide-exception.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
let coordinator: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  officer = await counter.officer('petugas');
  coordinator = await counter.officer('subkoordinator');
});
afterAll(() => database.drop());
beforeEach(() => counter.pass(60));

const loket = (id: string) => `/banyuwangi/loket/${id}`;

async function inHand(by: CounterOfficer, name: string, withoutDocument = true): Promise<ApplicationId> {
  const { applicationId, ticketCode } = await counter.fromPhone(
    name,
    withoutDocument ? { documentType: null, documentNumber: null, nik: null, noDocumentReason: 'lost' } : {},
  );
  await by.post('/banyuwangi/loket/pindai', { kode: ticketCode });
  return applicationId;
}

describe('a person without any document', () => {
  it('is put before the Sub Koordinator with a reason, and the officer is free for the next', async () => {
    const id = await inHand(officer, 'Contoh Tanpa Dokumen');
    const html = await (await officer.page(loket(id))).text();
    expect(html).toMatch(/aria-keyshortcuts="Enter"[^>]*>Dokumen hilang: serahkan/);
    const answer = await officer.post(`${loket(id)}/ke-koordinator`, {
      jenis: 'no_document',
      alasan: 'lost',
    });
    expect(answer.status).toBe(303);
    expect(await counter.row(id)).toMatchObject({
      state: 'in_review',
      held_by: null,
      escalated_by: officer.id,
      escalation_reason: 'no_document:lost',
    });
    expect(await (await officer.page('/banyuwangi/loket')).text()).toContain('Menunggu Sub Koordinator');
  });

  it('is not escalated without a reason of the library’s list', async () => {
    const id = await inHand(officer, 'Contoh Alasan');
    const answer = await officer.post(`${loket(id)}/ke-koordinator`, {
      jenis: 'no_document',
      alasan: 'sibuk',
    });
    expect(answer.status).toBe(422);
    expect((await counter.row(id)).escalated_at).toBeNull();
  });

  it('is accepted by the Sub Koordinator: identity and verification count as done, as an exception', async () => {
    const id = await inHand(officer, 'Dikabulkan Teladan');
    await officer.post(`${loket(id)}/ke-koordinator`, { jenis: 'no_document', alasan: 'lost' });
    const html = await (await coordinator.page(loket(id))).text();
    expect(html).toContain(`${officer.name} meminta keputusan: Tanpa dokumen, Dokumen hilang`);
    const answer = await coordinator.post(`${loket(id)}/putusan`, { putusan: 'allow' });
    expect(answer.status).toBe(303);
    const row = await counter.row(id);
    expect(row.escalated_at).toBeNull();
    expect(row.done_acts).toEqual(expect.arrayContaining(['see_identity', 'verify', 'cross_check']));
    const checks = await inLibrary(database.db, counter.library.id, (tx) =>
      tx
        .selectFrom('identity_check')
        .select(['document_type', 'exception_reason', 'officer_id'])
        .where('application_id', '=', id)
        .orderBy('id')
        .execute(),
    );
    expect(checks.at(-1)).toEqual({
      document_type: null,
      exception_reason: 'lost',
      officer_id: coordinator.id,
    });
  });

  it('is refused by the Sub Koordinator with a reason that says how to apply again', async () => {
    const id = await inHand(officer, 'Contoh Tidak Dikabulkan');
    await officer.post(`${loket(id)}/ke-koordinator`, { jenis: 'no_document', alasan: 'in_process' });
    await coordinator.post(`${loket(id)}/putusan`, { putusan: 'refuse:no_document' });
    expect(await counter.row(id)).toMatchObject({ state: 'rejected', decision_reason: 'no_document' });
    const outbox = await inLibrary(database.db, counter.library.id, (tx) =>
      tx.selectFrom('outbox').select('kind').where('application_id', '=', id).execute(),
    );
    expect(outbox.map((message) => message.kind)).toContain('rejected');
  });
});

describe('an exception', () => {
  it('is never decided by the one who asked for it, whatever the role', async () => {
    const id = await inHand(coordinator, 'Contoh Sendiri');
    await coordinator.post(`${loket(id)}/ke-koordinator`, { jenis: 'no_document', alasan: 'lost' });
    const own = await coordinator.post(`${loket(id)}/putusan`, { putusan: 'allow' });
    expect(own.status).toBe(409);
    const outcome = await decideException(database.db, counter.deps, coordinator.scope(), {
      applicationId: id,
      decision: { kind: 'allow' },
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'not-allowed' });
    expect((await counter.row(id)).escalated_at).not.toBeNull();
  });

  it('is not decided by whoever asked for it and acts as Sub Koordinator since then', async () => {
    const id = await inHand(officer, 'Contoh Pelaksana');
    await officer.post(`${loket(id)}/ke-koordinator`, { jenis: 'no_document', alasan: 'lost' });
    const admin = await counter.officer('admin');
    const today = { day: '1', month: '1', year: '2026' };
    await admin.post(`/banyuwangi/pengaturan/petugas/${officer.id}/delegasi`, {
      peran: 'sub_koordinator',
      jenis: 'plh',
      ...Object.fromEntries(Object.entries(today).map(([part, value]) => [`dari.${part}`, value])),
      'sampai.day': '31',
      'sampai.month': '12',
      'sampai.year': '2026',
    });
    const other = await inHand(coordinator, 'Contoh Pelaksana Kedua');
    await coordinator.post(`${loket(other)}/ke-koordinator`, { jenis: 'no_document', alasan: 'lost' });
    expect((await officer.post(`${loket(id)}/putusan`, { putusan: 'allow' })).status).toBe(409);
    expect((await officer.post(`${loket(other)}/putusan`, { putusan: 'allow' })).status).toBe(303);
    expect((await coordinator.post(`${loket(id)}/putusan`, { putusan: 'allow' })).status).toBe(303);
    await inLibrary(database.db, counter.library.id, (tx) => tx.deleteFrom('delegation').execute());
  });

  it('is not decided by an officer of the counter', async () => {
    const id = await inHand(officer, 'Contoh Petugas');
    await officer.post(`${loket(id)}/ke-koordinator`, { jenis: 'other' });
    const colleague = await counter.colleague('Yuni Contoh');
    expect((await colleague.post(`${loket(id)}/putusan`, { putusan: 'allow' })).status).toBe(409);
  });

  it('can be returned to the counter as it was', async () => {
    const id = await inHand(officer, 'Contoh Kembali', false);
    await officer.post(`${loket(id)}/ke-koordinator`, { jenis: 'other' });
    await coordinator.post(`${loket(id)}/putusan`, { putusan: 'return' });
    const row = await counter.row(id);
    expect(row.escalated_at).toBeNull();
    expect(row.done_acts).not.toContain('see_identity');
    expect((await officer.post(`${loket(id)}/ambil`, {})).status).toBe(303);
  });

  it('blocks the card until it is decided', async () => {
    const id = await inHand(officer, 'Contoh Menunggu', false);
    await officer.post(`${loket(id)}/identitas`, { dokumen: 'ktp:original' });
    await officer.post(`${loket(id)}/ke-koordinator`, { jenis: 'other' });
    await officer.post(`${loket(id)}/ambil`, {});
    expect((await officer.post(`${loket(id)}/setujui`, {})).status).toBe(409);
  });
});

describe('a rejection', () => {
  it('needs the Sub Koordinator, and a reason', async () => {
    const id = await inHand(officer, 'Contoh Tolak', false);
    expect((await officer.post(`${loket(id)}/tolak`, { alasan: 'false_data' })).status).toBe(409);
    await officer.post(`${loket(id)}/lepas`, {});
    await coordinator.post(`${loket(id)}/ambil`, {});
    const without = await coordinator.post(`${loket(id)}/tolak`, { alasan: '', catatan: 'Catatan saya' });
    expect(without.status).toBe(422);
    expect(await without.text()).toContain('Catatan saya');
    const done = await coordinator.post(`${loket(id)}/tolak`, { alasan: 'false_data', catatan: '' });
    expect(done.status).toBe(303);
    expect(await counter.row(id)).toMatchObject({
      state: 'rejected',
      decision_reason: 'false_data',
      held_by: null,
    });
    const times = await inLibrary(database.db, counter.library.id, (tx) =>
      tx.selectFrom('step_time').select(['first_step', 'outcome']).where('application_id', '=', id).execute(),
    );
    expect(times.find((time) => time.first_step === 5)?.outcome).toBe('not_needed');
  });
});
