import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { type NewApplication, submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
let scope: Scope;
const deps = testDeps();

beforeAll(async () => {
  database = await createTestDatabase();
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!library) throw new Error('not seeded');
  scope = { library, actor: { kind: 'applicant' }, at: deps.now(), requestId: 'test' };
});
afterAll(() => database.drop());

function formOf(name: string): NewApplication {
  return {
    applicant: applicantNamed(name),
    channel: 'phone',
    submitKey: `key of ${name}, long enough`,
    language: 'id',
    visit: null,
    familyOf: null,
    openedAt: null,
  };
}

describe('sending the registration form', () => {
  it('makes one case with its event, consents and audit row, numbers sealed', async () => {
    const sent = await submitApplication(database.db, deps, scope, formOf('Contoh Satu'));
    expect(sent).toMatchObject({ state: 'submitted', repeated: false });
    const written = await inLibrary(database.db, scope.library.id, async (tx) => ({
      row: await tx
        .selectFrom('application')
        .selectAll()
        .where('id', '=', sent.applicationId)
        .executeTakeFirstOrThrow(),
      events: await tx
        .selectFrom('application_event')
        .selectAll()
        .where('application_id', '=', sent.applicationId)
        .execute(),
      consents: await tx
        .selectFrom('consent')
        .selectAll()
        .where('application_id', '=', sent.applicationId)
        .execute(),
      audit: await tx
        .selectFrom('audit_log')
        .selectAll()
        .where('subject_id', '=', sent.applicationId)
        .execute(),
    }));
    expect(written.events.map((event) => event.act)).toEqual(['fill_form']);
    expect(written.consents.map((consent) => [consent.purpose, consent.given]).sort()).toEqual([
      ['acknowledgement', true],
      ['messages', false],
      ['photo_on_card', true],
    ]);
    expect(written.audit).toHaveLength(1);
    expect(written.row.nik?.toString('latin1')).not.toContain('9901015');
    expect(deps.vault.openText(scope.library.id, 'nik', written.row.nik ?? Buffer.alloc(0))).toMatch(
      /^990101\d{10}$/,
    );
    expect(written.row.done_acts).toEqual(['fill_form']);
  });

  it('sent twenty times at once is one case with one address', async () => {
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => submitApplication(database.db, deps, scope, formOf('Contoh Dua'))),
    );
    expect(new Set(sent.map((one) => one.applicationId)).size).toBe(1);
    expect(new Set(sent.map((one) => one.token)).size).toBe(1);
    expect(sent.filter((one) => !one.repeated)).toHaveLength(1);
    const events = await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .selectFrom('application_event')
        .select('id')
        .where('application_id', '=', sent[0]?.applicationId ?? ('' as never))
        .execute(),
    );
    expect(events).toHaveLength(1);
  });

  it('typed over for the next of the family is a case of its own, though the page still holds the same key', async () => {
    const first = formOf('Contoh Kakak');
    const second = { ...formOf('Contoh Adik'), submitKey: first.submitKey };
    const one = await submitApplication(database.db, deps, scope, first);
    const two = await submitApplication(database.db, deps, scope, second);
    expect(two).toMatchObject({ repeated: false });
    expect(two.applicationId).not.toBe(one.applicationId);
    expect(await submitApplication(database.db, deps, scope, second)).toMatchObject({
      repeated: true,
      applicationId: two.applicationId,
    });
  });

  it('draws another ticket code where one is taken', async () => {
    const first = { ...deps, randomBytes: (length: number) => new Uint8Array(length).fill(7) };
    let draws = 0;
    const second = {
      ...deps,
      randomBytes: (length: number) => new Uint8Array(length).fill(length === 8 && ++draws > 1 ? 9 : 7),
    };
    const one = await submitApplication(database.db, first, scope, formOf('Contoh Tiga'));
    const two = await submitApplication(database.db, second, scope, formOf('Contoh Empat'));
    expect(two.ticketCode).not.toBe(one.ticketCode);
    expect(draws).toBe(2);
  });
});
