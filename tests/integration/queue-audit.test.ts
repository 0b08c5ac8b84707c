import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { DeviceId } from '../../src/domain/ids.ts';
import { callNext } from '../../src/usecases/call-next.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { issueTicket } from '../../src/usecases/queue-ticket.ts';
import { takeNumber } from '../../src/usecases/take-number.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  officer = await counter.officer('petugas');
});
afterAll(() => database.drop());
beforeEach(() => counter.pass(60));

function auditOf(ticketId: string) {
  return inLibrary(database.db, counter.library.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['action', 'actor_kind', 'actor_id', 'subject_kind', 'fields', 'purpose'])
      .where('subject_id', '=', ticketId)
      .orderBy('id')
      .execute(),
  );
}

it('each thing done with a queue number is in the audit log, by whom, and never which priority', async () => {
  const { ticketId } = await issueTicket(database.db, counter.deps, officer.scope(), null);
  counter.pass(1);
  const answer = await officer.post(`/banyuwangi/loket/nomor/${ticketId}/prioritas`, { prioritas: 'lansia' });
  expect(answer.status).toBe(303);
  counter.pass(1);
  expect(await callNext(database.db, counter.deps, officer.scope())).toMatchObject({ ok: true, ticketId });
  counter.pass(1);
  const again = await officer.post(`/banyuwangi/loket/nomor/${ticketId}/panggil`, {});
  expect(again.headers.get('location')).toBe(`/banyuwangi/loket/baru?antrean=${ticketId}`);
  const rows = await auditOf(ticketId);
  expect(rows.map((row) => row.action)).toEqual([
    'queue.issue',
    'queue.prioritise',
    'queue.call',
    'queue.call_again',
  ]);
  for (const row of rows)
    expect(row).toMatchObject({ actor_id: officer.id, subject_kind: 'queue', purpose: null });
  expect(JSON.stringify(rows)).not.toContain('lansia');
});

it('a number taken at the kiosk twice with one press is logged once', async () => {
  const servicePointId = counter.library.servicePoints[0]?.id;
  if (!servicePointId) throw new Error('no service point');
  const kiosk: Scope = {
    ...officer.scope(),
    actor: { kind: 'device', id: '01890000-0000-7000-8000-00000000000a' as DeviceId, servicePointId },
  };
  const key = randomBytes(16).toString('hex');
  const press = () =>
    takeNumber(database.db, counter.deps, kiosk, { key, visitId: null, priority: 'disabilitas' });
  const [one, two] = await Promise.all([press(), press()]);
  expect(two.ticketId).toBe(one.ticketId);
  expect((await auditOf(one.ticketId)).map((row) => [row.action, row.actor_kind])).toEqual([
    ['queue.issue', 'device'],
  ]);
});

it('a number put back into the queue is called again, and the log says again', async () => {
  const { applicationId, ticketCode } = await counter.fromPhone('Contoh Dipanggil Lagi');
  await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
  const ticket = await inLibrary(database.db, counter.library.id, (tx) =>
    tx
      .selectFrom('queue_ticket')
      .select('id')
      .where('application_id', '=', applicationId)
      .executeTakeFirstOrThrow(),
  );
  counter.pass(1);
  await officer.post(`/banyuwangi/loket/${applicationId}/lepas`, {});
  counter.pass(1);
  for (;;) {
    const called = await callNext(database.db, counter.deps, officer.scope());
    if (!called.ok || called.ticketId === ticket.id) break;
  }
  expect((await auditOf(ticket.id)).map((row) => row.action)).toEqual(['queue.issue', 'queue.call_again']);
});

it('the admin finds them on the page of the audit log, in both languages', async () => {
  const admin = await counter.officer('admin');
  const html = await (await admin.page('/banyuwangi/jejak?tindakan=queue&lang=id')).text();
  expect(html).toContain('Nomor antrean dipanggil lagi');
  expect(html).toContain('Prioritas nomor antrean diatur');
  const english = await (await admin.page('/banyuwangi/jejak?tindakan=queue.call_again&lang=en')).text();
  expect(english).toContain('Queue number called again');
});

it('nobody calls a number again that another officer called, or one of yesterday', async () => {
  const { ticketId } = await issueTicket(database.db, counter.deps, officer.scope(), null);
  const called = await callNext(database.db, counter.deps, officer.scope());
  if (!called.ok) throw new Error(called.reason);
  const colleague = await counter.colleague('Dewi Contoh');
  await colleague.post(`/banyuwangi/loket/nomor/${called.ticketId}/panggil`, {});
  counter.pass(86_400);
  await officer.post(`/banyuwangi/loket/nomor/${called.ticketId}/panggil`, {});
  await officer.post(`/banyuwangi/loket/nomor/${ticketId}/prioritas`, { prioritas: 'lansia' });
  const actions = (await auditOf(called.ticketId)).map((row) => row.action);
  expect(actions).not.toContain('queue.call_again');
  expect((await auditOf(ticketId)).map((row) => row.action)).not.toContain('queue.prioritise');
});
