import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { issueTicket, linkTicket } from '../../src/usecases/queue-ticket.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'jateng');
  officer = await counter.officer('petugas');
});
afterAll(() => database.drop());

it('after the day nothing tells that a person had priority; the number of today keeps it', async () => {
  const { applicationId } = await counter.fromPhone('Contoh Berprioritas');
  const given = () => issueTicket(database.db, counter.deps, officer.scope(), 'disabilitas');
  const yesterday = await given();
  await linkTicket(database.db, counter.deps, officer.scope(), yesterday.ticketId, applicationId);
  const priorities = () =>
    inLibrary(database.db, counter.library.id, async (tx) => {
      const rows = await tx.selectFrom('queue_ticket').select(['id', 'priority']).execute();
      return new Map(rows.map((row) => [row.id, row.priority]));
    });
  await applyRetention(database.db, counter.deps, counter.library);
  expect((await priorities()).get(yesterday.ticketId)).toBe('disabilitas');

  counter.pass(86_400);
  const today = await given();
  await applyRetention(database.db, counter.deps, counter.library);
  const kept = await priorities();
  expect(kept.get(yesterday.ticketId)).toBeNull();
  expect(kept.get(today.ticketId)).toBe('disabilitas');
});
