import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { attachScan } from '../../src/usecases/attach-scan.ts';
import { type LibraryContext, newId, type Scope } from '../../src/usecases/context.ts';
import {
  type ComposeMail,
  deliverMessages,
  type Mail,
  type SendMail,
} from '../../src/usecases/deliver-messages.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { enqueueMessage } from '../../src/usecases/outbox.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { writeRevision } from '../../src/usecases/revise-person.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { withdrawApplication } from '../../src/usecases/withdraw-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let library: LibraryContext;
let scope: Scope;
const deps = testDeps();
const compose = mailComposer('https://daftar.example');

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await loadLibrary(database.db, 'jateng', new Date());
  if (!found) throw new Error('not seeded');
  library = found;
  scope = { library, actor: { kind: 'applicant' }, at: deps.now(), requestId: 'test' };
});
afterAll(() => database.drop());

async function sendForm(
  name: string,
  contact: { email: string | null; messages: boolean },
  to: LibraryContext = library,
) {
  const sent = await submitApplication(
    database.db,
    deps,
    { ...scope, library: to },
    {
      applicant: applicantNamed(name, {
        email: contact.email,
        consents: { photo_on_card: false, messages: contact.messages },
      }),
      channel: 'phone',
      submitKey: `message ${name}`,
      language: 'id',
      visit: null,
      familyOf: null,
      openedAt: null,
    },
  );
  await inLibrary(database.db, to.id, (tx) =>
    enqueueMessage(tx, deps, deps.now(), {
      libraryId: to.id,
      kind: 'correction_requested',
      applicationId: sent.applicationId,
    }),
  );
  return sent;
}

function outboxOf(applicationId: string) {
  return inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('outbox')
      .selectAll()
      .where('application_id', '=', applicationId as never)
      .executeTakeFirstOrThrow(),
  );
}

describe('messages to applicants', () => {
  it('leave once although two processes send at the same time, and name nobody', async () => {
    const sent = await sendForm('Contoh Surel', { email: 'contoh@example.org', messages: true });
    const mails: Mail[] = [];
    const send: SendMail = async (mail) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      mails.push(mail);
      return { ok: true };
    };
    await Promise.all([1, 2, 3].map(() => deliverMessages(database.db, deps, { send, compose })));
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ to: 'contoh@example.org' });
    expect(mails[0]?.text).toContain(`https://daftar.example/jateng/permohonan/${sent.token}`);
    expect(`${mails[0]?.subject}${mails[0]?.text}`).not.toMatch(/Contoh Surel|9901/);
    expect((await outboxOf(sent.applicationId)).sent_at).not.toBeNull();
  });

  it('are not sent to someone who did not agree to messages or gave no address', async () => {
    const mails: Mail[] = [];
    const send: SendMail = async (mail) => {
      mails.push(mail);
      return { ok: true };
    };
    const refused = await sendForm('Contoh Tanpa Izin', { email: 'tanpa@example.org', messages: false });
    await sendForm('Contoh Tanpa Alamat', { email: null, messages: true });
    await deliverMessages(database.db, deps, { send, compose });
    expect(mails).toEqual([]);
    expect(await outboxOf(refused.applicationId)).toMatchObject({ next_attempt_at: null, sent_at: null });
  });

  it('are tried again later while the mail server is away, and given up when it says never', async () => {
    const waiting = await sendForm('Contoh Tunda', { email: 'tunda@example.org', messages: true });
    const away: SendMail = async () => ({ ok: false, code: 'ECONNREFUSED', permanent: false });
    await deliverMessages(database.db, deps, { send: away, compose });
    const row = await outboxOf(waiting.applicationId);
    expect(row).toMatchObject({ attempts: 1, last_error_code: 'ECONNREFUSED', sent_at: null });
    expect(row.next_attempt_at?.getTime()).toBeGreaterThan(deps.now().getTime());

    deps.clock.now = new Date(deps.now().getTime() + 3_600_000);
    await deliverMessages(database.db, deps, {
      send: async () => ({ ok: false, code: 'smtp-550', permanent: true }),
      compose,
    });
    expect(await outboxOf(waiting.applicationId)).toMatchObject({
      attempts: 2,
      next_attempt_at: null,
      last_error_code: 'smtp-550',
    });
  });
});

async function other(): Promise<LibraryContext> {
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!found) throw new Error('not seeded');
  return found;
}

describe('one message that cannot be written', () => {
  it('waits by itself: those behind it and the other libraries’ leave', async () => {
    const mails: Mail[] = [];
    const first = await sendForm('Contoh Rusak', { email: 'rusak@example.org', messages: true });
    await sendForm('Contoh Sesudah', { email: 'sesudah@example.org', messages: true });
    await sendForm('Contoh Sebelah', { email: 'sebelah@example.org', messages: true }, await other());
    const failed: unknown[] = [];
    const throwing: ComposeMail = (facts) => {
      if ('statusToken' in facts && facts.statusToken === first.token) throw new RangeError('unreadable');
      return compose(facts);
    };
    const send: SendMail = async (mail) => {
      mails.push(mail);
      return { ok: true };
    };
    await deliverMessages(database.db, deps, {
      send,
      compose: throwing,
      failed: (id, error) => void failed.push([id, error instanceof Error ? error.name : '']),
    });
    expect(mails.map(({ to }) => to).sort()).toEqual(['sebelah@example.org', 'sesudah@example.org']);
    expect(failed).toEqual([[library.id, 'RangeError']]);
    const row = await outboxOf(first.applicationId);
    expect(row).toMatchObject({ attempts: 1, last_error_code: 'not-written', sent_at: null });
    expect(row.next_attempt_at?.getTime()).toBeGreaterThan(deps.now().getTime());
  });

  it('a look that ends early goes on with the library that comes next', async () => {
    const mails: string[] = [];
    for (const n of [1, 2]) {
      await sendForm(`Contoh Giliran ${n}`, { email: `sini${n}@example.org`, messages: true });
      await sendForm(`Contoh Giliran ${n}`, { email: `sana${n}@example.org`, messages: true }, await other());
    }
    const send: SendMail = async ({ to }) => {
      mails.push(to);
      return { ok: true };
    };
    for (const enough of [1, 2, 3, 4])
      await deliverMessages(database.db, deps, { send, compose, stopped: () => mails.length >= enough });
    const places = mails.map((to) => to.slice(0, 4));
    expect(places).toHaveLength(4);
    expect(new Set(places.slice(0, 2))).toEqual(new Set(['sini', 'sana']));
    expect(new Set(places.slice(2))).toEqual(new Set(['sini', 'sana']));
  });

  it('a library that cannot be asked at all keeps no other from its turn', async () => {
    const mails: string[] = [];
    await sendForm('Contoh Terkunci', { email: 'terkunci@example.org', messages: true });
    await sendForm('Contoh Terbuka', { email: 'terbuka@example.org', messages: true }, await other());
    await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'`.execute(
      database.owner,
    );
    await sql`create trigger refuse before update on outbox for each row
      when (old.library_id = ${sql.raw(String(library.id))}) execute function refuse()`.execute(
      database.owner,
    );
    const failed: unknown[] = [];
    await deliverMessages(database.db, deps, {
      send: async ({ to }) => {
        mails.push(to);
        return { ok: true };
      },
      compose,
      failed: (id) => void failed.push(id),
    });
    await sql`drop trigger refuse on outbox`.execute(database.owner);
    expect(mails).toContain('terbuka@example.org');
    expect(mails).not.toContain('terkunci@example.org');
    expect(failed).toEqual([library.id]);
  });
});

describe('messages to someone whose membership ended', () => {
  it('stop at once, one that was being sent at that moment and failed included', async () => {
    const coordinator = scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
    const memberId = await memberNamed(database, deps, coordinator, 'Contoh Almarhum', {
      email: 'almarhum@example.org',
      consents: { photo_on_card: true, messages: true },
    });
    const mails: Mail[] = [];
    const dies: SendMail = async () => {
      const ended = await endMember(database.db, deps, coordinator, {
        memberId,
        reason: 'other',
        effectiveOn: null,
      });
      expect(ended.ok).toBe(true);
      return { ok: false, code: 'ECONNREFUSED', permanent: false };
    };
    await deliverMessages(database.db, deps, { send: dies, compose });
    deps.clock.now = new Date(deps.now().getTime() + 3_600_000);
    const send: SendMail = async (mail) => {
      mails.push(mail);
      return { ok: true };
    };
    await deliverMessages(database.db, deps, { send, compose });
    expect(mails.filter((mail) => mail.to === 'almarhum@example.org')).toEqual([]);
  });
});

describe('keeping no more than needed', () => {
  it('empties the scans of a decided case, also those that an earlier setting had kept', async () => {
    const kept: LibraryContext = {
      ...library,
      procedure: { ...library.procedure, documents: [{ type: 'ktp', forms: ['original', 'upload'] }] },
      settings: {
        ...library.settings,
        retention: { ...library.settings.retention, scanUntil: 'decided', scanAfterDecision: { days: 30 } },
      },
    };
    const citizen: Scope = { ...scope, library: kept, at: deps.now() };
    const sent = await sendForm('Contoh Pindaian', { email: null, messages: false });
    const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
    for (const kind of ['scan', 'guardian_letter'] as const)
      await attachScan(database.db, deps, citizen, { applicationId: sent.applicationId, kind, bytes });
    await withdrawApplication(database.db, deps, citizen, { applicationId: sent.applicationId });
    const left = async () => {
      const files = await inLibrary(database.db, library.id, (tx) =>
        tx
          .selectFrom('file')
          .select(['kind', 'bytes'])
          .where('application_id', '=', sent.applicationId)
          .execute(),
      );
      return files.flatMap((file) => (file.bytes === null ? [] : [file.kind])).sort();
    };
    await applyRetention(database.db, deps, kept);
    expect(await left()).toEqual(['guardian_letter', 'scan']);
    await applyRetention(database.db, deps, library);
    expect(await left()).toEqual(['guardian_letter']);
  });

  it('lets a case lapse whose applicant never came, and later forgets the person but not the count', async () => {
    const sent = await sendForm('Contoh Tak Datang', { email: null, messages: false });
    const { retention } = library.settings;
    const read = () =>
      inLibrary(database.db, library.id, (tx) =>
        tx
          .selectFrom('application')
          .selectAll()
          .where('id', '=', sent.applicationId)
          .executeTakeFirstOrThrow(),
      );
    await applyRetention(database.db, deps, library);
    expect((await read()).state).toBe('submitted');

    deps.clock.now = new Date(deps.now().getTime() + (retention.lapseDays + 1) * 86_400_000);
    expect((await applyRetention(database.db, deps, library)).lapsed).toBeGreaterThan(0);
    expect(await read()).toMatchObject({ state: 'lapsed', name: 'Contoh Tak Datang' });

    deps.clock.now = new Date(deps.now().getTime() + (retention.rejectedMonths + 1) * 31 * 86_400_000);
    expect((await applyRetention(database.db, deps, library)).erased).toBeGreaterThan(0);
    const erased = await read();
    expect(erased).toMatchObject({ state: 'lapsed', name: '', nik: null, document_hash: null, sex: 'P' });
    expect(erased.person_key).toHaveLength(0);
    expect(await applyRetention(database.db, deps, library)).toMatchObject({ lapsed: 0, erased: 0 });
  });

  it('leaves a case that still opens after its person was forgotten, without what was corrected or written', async () => {
    const sent = await sendForm('Contoh Terlupakan', { email: null, messages: false });
    await inLibrary(database.db, library.id, async (tx) => {
      const row = await tx
        .selectFrom('application')
        .selectAll()
        .where('id', '=', sent.applicationId)
        .executeTakeFirstOrThrow();
      await writeRevision(
        tx,
        deps,
        scope,
        { applicationId: row.id, memberId: null, personKey: row.person_key },
        { fields: ['name'], before: { name: 'Contoh Lama' }, after: { name: row.name } },
      );
      await tx
        .insertInto('correction')
        .values({
          library_id: library.id,
          id: newId(deps, deps.now()),
          application_id: row.id,
          round: 1,
          fields: ['name'],
          message: deps.vault.seal(library.id, 'message', 'Nama Anda bukan Contoh Lama'),
          requested_at: deps.now(),
          requested_by: newId(deps, deps.now()),
          answered_at: null,
        })
        .execute();
    });
    await withdrawApplication(database.db, deps, { ...scope, at: deps.now() }, sent);
    const months = library.settings.retention.rejectedMonths + 1;
    deps.clock.now = new Date(deps.now().getTime() + months * 31 * 86_400_000);
    await applyRetention(database.db, deps, library);
    const view = await readCase(
      database.db,
      deps,
      scopeOfRole(library, deps, ['petugas']),
      sent.applicationId,
    );
    expect(view?.history.revisions).toMatchObject([{ fields: ['name'], before: {}, after: {} }]);
    expect(view?.history.corrections).toMatchObject([{ round: 1, message: '' }]);
  });
});
