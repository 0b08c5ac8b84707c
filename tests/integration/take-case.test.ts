import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { approveApplication } from '../../src/usecases/approve-application.ts';
import { callNext } from '../../src/usecases/call-next.ts';
import { issueTicket } from '../../src/usecases/queue-ticket.ts';
import { releaseCase, scanTicket, takeCase, takeOverCase } from '../../src/usecases/take-case.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let counter: Counter;
let sari: CounterOfficer;
let budi: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 20 });
  counter = await openCounter(database, 'banyuwangi');
  sari = await counter.officer('petugas');
  budi = await counter.colleague('Budi Contoh');
});
afterAll(() => database.drop());
beforeEach(() => counter.pass(60));

describe('a case in the hands of an officer', () => {
  it('of two officers who take it at once one gets it and the other is told who has it', async () => {
    const { applicationId } = await counter.fromPhone('Contoh Berebut');
    const outcomes = await Promise.all(
      [sari, budi, sari, budi].map((officer) =>
        takeCase(counter.database.db, counter.deps, officer.scope(), { applicationId }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    const row = await counter.row(applicationId);
    for (const refused of outcomes.filter((outcome) => !outcome.ok))
      expect(refused).toMatchObject({ reason: 'not-allowed', heldBy: row.held_by });
    const taken = (await counter.events(applicationId)).filter((event) => event.kind === 'taken');
    expect(taken).toHaveLength(1);
  });

  it('is taken over with a reason that the audit log keeps, and the first officer can do nothing more', async () => {
    const { applicationId } = await counter.fromPhone('Contoh Diambil');
    await takeCase(database.db, counter.deps, sari.scope(), { applicationId });
    const outcome = await takeOverCase(database.db, counter.deps, budi.scope(), {
      applicationId,
      reason: 'absent',
    });
    expect(outcome.ok).toBe(true);
    expect((await counter.row(applicationId)).held_by).toBe(budi.id);
    expect((await counter.audited('application.take_over')).at(-1)).toMatchObject({
      actor_id: budi.id,
      purpose: 'absent',
    });
    const late = await sari.post(`/banyuwangi/loket/${applicationId}/identitas`, { dokumen: 'ktp:original' });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain(`Ditangani ${budi.name}`);
    const page = await (await budi.page(`/banyuwangi/loket/${applicationId}`)).text();
    expect(page).toContain(`Diambil alih: dari ${sari.name} ke ${budi.name}`);
    expect(page).toContain(`Diambil alih: dari ${sari.name}, Petugas tidak di tempat`);
  });

  it('hands its card over when the officer takes the next one, and the timeline says that it was so', async () => {
    for (const turn of ['takes', 'takes over'] as const) {
      const { applicationId: first } = await counter.fromPhone(`Contoh Kartu Dulu ${turn}`);
      await takeCase(database.db, counter.deps, sari.scope(), { applicationId: first });
      await inLibrary(database.db, counter.library.id, (tx) =>
        tx
          .updateTable('application')
          .set({
            photo_id: counter.deps.uuid(counter.deps.now()) as never,
            done_acts: ['arrive', 'see_identity', 'fill_form', 'verify', 'cross_check', 'photo'],
          })
          .where('id', '=', first)
          .execute(),
      );
      const approved = await approveApplication(database.db, counter.deps, sari.scope(), {
        applicationId: first,
      });
      expect(approved.ok).toBe(true);
      counter.pass(30);
      const { applicationId: next } = await counter.fromPhone(`Contoh Berikutnya ${turn}`);
      if (turn === 'takes') await takeCase(database.db, counter.deps, sari.scope(), { applicationId: next });
      else {
        await takeCase(database.db, counter.deps, budi.scope(), { applicationId: next });
        await takeOverCase(database.db, counter.deps, sari.scope(), {
          applicationId: next,
          reason: 'shift',
        });
      }
      expect((await counter.row(first)).state, turn).toBe('completed');
      const page = await (await sari.page(`/banyuwangi/loket/${first}`)).text();
      expect(page).toContain('saat petugas beralih ke orang berikutnya');
      expect((await counter.row(next)).held_by).toBe(sari.id);
    }
  });

  it('goes back into the queue with its number, and can be taken by another', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Dilepas');
    await scanTicket(database.db, counter.deps, sari.scope(), ticketCode);
    const number = await numberOf(applicationId);
    await releaseCase(database.db, counter.deps, sari.scope(), { applicationId });
    const row = await counter.row(applicationId);
    expect(row.held_by).toBeNull();
    await takeCase(database.db, counter.deps, budi.scope(), { applicationId });
    expect(await numberOf(applicationId)).toBe(number);
    await releaseCase(database.db, counter.deps, budi.scope(), { applicationId });
  });

  it('of a child without a guardian’s consent waits for the guardian again when it is released', async () => {
    const { applicationId } = await counter.fromPhone('Contoh Anak', {
      birthDate: '2015-01-05' as never,
      guardian: { name: 'Contoh Ibu', relation: 'mother', phone: null, consented: false },
    });
    await takeCase(database.db, counter.deps, sari.scope(), { applicationId });
    expect((await counter.row(applicationId)).state).toBe('in_review');
    await releaseCase(database.db, counter.deps, sari.scope(), { applicationId });
    expect((await counter.row(applicationId)).state).toBe('waiting_guardian');
  });
});

describe('scanning a ticket', () => {
  it('records the arrival, gives a queue number and takes the case', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Datang');
    const answer = await sari.post('/banyuwangi/loket/pindai', { kode: ticketCode.toLowerCase() });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/banyuwangi/loket/${applicationId}`);
    const row = await counter.row(applicationId);
    expect(row).toMatchObject({ state: 'in_review', held_by: sari.id });
    expect(row.arrived_at).toEqual(counter.deps.now());
    expect((await counter.events(applicationId)).map((event) => event.kind)).toContain('ticket_scanned');
    expect(await numberOf(applicationId)).toBeGreaterThan(0);
  });

  it('twice at once records one arrival and one number', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Dua Kali');
    await Promise.all([1, 2, 3].map(() => scanTicket(database.db, counter.deps, sari.scope(), ticketCode)));
    const events = await counter.events(applicationId);
    expect(events.filter((event) => event.kind === 'ticket_scanned')).toHaveLength(1);
    expect(await numbersOf(applicationId)).toHaveLength(1);
  });

  it('gives the called number to whoever came with it, also where the guest book told of the arrival', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Lewat Buku Tamu');
    const arrived = counter.deps.now();
    await inLibrary(database.db, counter.library.id, (tx) =>
      tx.updateTable('application').set({ arrived_at: arrived }).where('id', '=', applicationId).execute(),
    );
    const called = await nextCalled(sari);
    counter.pass(60);
    await sari.post('/banyuwangi/loket/pindai', { kode: ticketCode, antrean: called.ticketId });
    expect(await numbersOf(applicationId)).toEqual([called.number]);
    const row = await counter.row(applicationId);
    expect(row).toMatchObject({ held_by: sari.id, arrived_at: arrived });
    const kinds = (await counter.events(applicationId)).map((event) => event.kind);
    expect(kinds).not.toContain('arrived');
    expect(kinds).not.toContain('ticket_scanned');
  });

  it('leaves a number alone that a colleague called, or that is finished', async () => {
    const first = await nextCalled(budi);
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Nomor Rekan');
    await sari.post('/banyuwangi/loket/pindai', { kode: ticketCode, antrean: first.ticketId });
    expect(await numbersOf(applicationId)).not.toContain(first.number);
    expect((await counter.row(applicationId)).arrived_at).toEqual(counter.deps.now());

    const left = await nextCalled(sari);
    await nextCalled(sari);
    const later = await counter.fromPhone('Contoh Nomor Selesai');
    await sari.post('/banyuwangi/loket/pindai', { kode: later.ticketCode, antrean: left.ticketId });
    expect(await numbersOf(later.applicationId)).not.toContain(left.number);
  });

  it('of two people at once with the one number called gives it to one of them', async () => {
    const called = await nextCalled(sari);
    const people = await Promise.all([1, 2].map((each) => counter.fromPhone(`Contoh Nomor Sama ${each}`)));
    await Promise.all(
      people.map(({ ticketCode }) =>
        scanTicket(database.db, counter.deps, sari.scope(), ticketCode, called.ticketId),
      ),
    );
    const numbers = await Promise.all(people.map(({ applicationId }) => numbersOf(applicationId)));
    expect(numbers.map((each) => each.length)).toEqual([1, 1]);
    expect(numbers.flat().filter((number) => number === called.number)).toHaveLength(1);
  });

  it('opens a case that a colleague holds, without taking it away', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Dipegang');
    await takeCase(database.db, counter.deps, budi.scope(), { applicationId });
    const answer = await sari.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    expect(answer.status).toBe(303);
    expect((await counter.row(applicationId)).held_by).toBe(budi.id);
  });

  it('of a member’s card opens the member, one of a stranger’s card is refused', async () => {
    const { applicationId } = await counter.fromPhone('Contoh Pemilik Kartu');
    await takeCase(database.db, counter.deps, sari.scope(), { applicationId });
    await inLibrary(database.db, counter.library.id, (tx) =>
      tx
        .updateTable('application')
        .set({
          photo_id: counter.deps.uuid(counter.deps.now()) as never,
          done_acts: ['arrive', 'see_identity', 'fill_form', 'verify', 'cross_check', 'photo'],
        })
        .where('id', '=', applicationId)
        .execute(),
    );
    const made = await approveApplication(database.db, counter.deps, sari.scope(), { applicationId });
    if (!made.ok) throw new Error(made.reason);
    for (const kode of [made.number, `http://localhost/banyuwangi/kta/${made.token}`]) {
      const answer = await sari.post('/banyuwangi/loket/pindai', { kode });
      expect(answer.headers.get('location')).toBe(`/banyuwangi/anggota/${made.memberId}`);
    }
    const stranger = await sari.post('/banyuwangi/loket/pindai', {
      kode: `http://localhost/k/${'A'.repeat(140)}`,
    });
    expect(stranger.status).toBe(422);
    expect(await stranger.text()).toContain('tidak dikenal di perpustakaan ini');
  });

  it('says what is wrong with a code that is unknown, and never repeats an identity number', async () => {
    const unknown = await sari.post('/banyuwangi/loket/pindai', { kode: 'ZZZ-9999' });
    expect(unknown.status).toBe(422);
    expect(await unknown.text()).toContain('Tidak ada permohonan dengan kode ini');
    const number = await sari.post('/banyuwangi/loket/pindai', { kode: '9901015708990001' });
    expect(number.status).toBe(422);
    expect(await number.text()).not.toContain('9901015708990001');
  });
});

describe('queue numbers', () => {
  it('thirty given at once are thirty different numbers', async () => {
    const given = await Promise.all(
      Array.from({ length: 30 }, () => issueTicket(database.db, counter.deps, sari.scope(), null)),
    );
    expect(new Set(given.map((ticket) => ticket.number)).size).toBe(30);
  });

  it('are called priority first, then in order, each to one officer only', async () => {
    counter.pass(86_400);
    const plain = await issueTicket(database.db, counter.deps, sari.scope(), null);
    const second = await issueTicket(database.db, counter.deps, sari.scope(), null);
    const elder = await issueTicket(database.db, counter.deps, sari.scope(), 'lansia');
    const first = await callNext(database.db, counter.deps, sari.scope());
    expect(first).toMatchObject({ ok: true, number: elder.number });
    const both = await Promise.all([
      callNext(database.db, counter.deps, sari.scope()),
      callNext(database.db, counter.deps, budi.scope()),
    ]);
    const numbers = both.map((called) => (called.ok ? called.number : 0)).sort();
    expect(numbers).toEqual([plain.number, second.number]);
    expect(await callNext(database.db, counter.deps, budi.scope())).toEqual({
      ok: false,
      reason: 'nobody-waits',
    });
  });

  it('begin again every morning', async () => {
    counter.pass(86_400);
    const { number } = await issueTicket(database.db, counter.deps, sari.scope(), null);
    expect(number).toBe(1);
  });

  it('are shown on the wall without a name', async () => {
    const { ticketCode } = await counter.fromPhone('Contoh Tampil Di Layar');
    await scanTicket(database.db, counter.deps, sari.scope(), ticketCode);
    const wall = await (await counter.test.request('/banyuwangi/antrean')).text();
    expect(wall).toContain('002');
    expect(wall).not.toContain('Contoh');
  });
});

/** Gives a number and calls it: whoever waited before is called first, and does not come. */
async function nextCalled(officer: CounterOfficer): Promise<{ ticketId: string; number: number }> {
  const given = await issueTicket(database.db, counter.deps, officer.scope(), null);
  for (;;) {
    const called = await callNext(database.db, counter.deps, officer.scope());
    if (!called.ok) throw new Error(called.reason);
    if (called.ticketId === given.ticketId) return given;
  }
}

async function numbersOf(applicationId: string): Promise<readonly number[]> {
  const rows = await inLibrary(database.db, counter.library.id, (tx) =>
    tx
      .selectFrom('queue_ticket')
      .select('number')
      .where('application_id', '=', applicationId as never)
      .execute(),
  );
  return rows.map((row) => row.number);
}

async function numberOf(applicationId: string): Promise<number | undefined> {
  return (await numbersOf(applicationId))[0];
}
