import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId, MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { CONSENT_WITHDRAWN, changeConsent } from '../../src/usecases/change-consent.ts';
import type { LibraryContext, Scope, Wake } from '../../src/usecases/context.ts';
import { deliverMessages, type Mail } from '../../src/usecases/deliver-messages.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { enqueueMessage } from '../../src/usecases/outbox.ts';
import { readPresentCard } from '../../src/usecases/read-card.ts';
import { readConsents } from '../../src/usecases/read-consents.ts';
import { rejectApplication } from '../../src/usecases/reject-application.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let library: LibraryContext;
const woken: Wake[] = [];
const deps = { ...testDeps(), wake: (wake: Wake) => void woken.push(wake) };

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!found) throw new Error('not seeded');
  library = found;
});
afterAll(() => database.drop());

/** What the person does on the own phone, a minute after whatever came before. */
function citizen(): Scope {
  deps.clock.now = new Date(deps.clock.now.getTime() + 60_000);
  return { library, actor: { kind: 'applicant' }, at: deps.now(), requestId: 'test' };
}

const officer = () => scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
const agreed = { email: 'contoh@example.org', consents: { photo_on_card: true, messages: true } };
/** Five years old on any day of this test. */
const CHILD = '2021-01-01' as PlainDate;

async function sentForm(name: string, changes: Parameters<typeof applicantNamed>[1] = agreed) {
  const { applicationId } = await submitApplication(database.db, deps, citizen(), {
    applicant: applicantNamed(name, { consentVersion: library.settings.consents.version, ...changes }),
    channel: 'phone',
    submitKey: `consent ${name}`,
    language: 'id',
    visit: null,
    familyOf: null,
    openedAt: null,
  });
  return applicationId;
}

function rowsOf(of: { member_id: MemberId } | { application_id: ApplicationId }) {
  return inLibrary(database.db, library.id, (tx) => {
    const rows = tx.selectFrom('consent').selectAll().orderBy('recorded_at').orderBy('id');
    return (
      'member_id' in of
        ? rows.where('member_id', '=', of.member_id)
        : rows.where('application_id', '=', of.application_id)
    ).execute();
  });
}

async function standing(of: { memberId: MemberId } | { applicationId: ApplicationId }) {
  const view = await readConsents(database.db, officer(), of);
  return Object.fromEntries((view?.consents ?? []).map((one) => [one.purpose, one.standing]));
}

function enqueue(applicationId: ApplicationId) {
  return inLibrary(database.db, library.id, (tx) =>
    enqueueMessage(tx, deps, deps.now(), { libraryId: library.id, kind: 'rejected', applicationId }),
  );
}

async function deliver(): Promise<readonly Mail[]> {
  const mails: Mail[] = [];
  await deliverMessages(database.db, deps, {
    send: async (mail) => {
      mails.push(mail);
      return { ok: true };
    },
    compose: () => ({ subject: 's', text: 't' }),
  });
  return mails;
}

describe('an optional consent', () => {
  it('taken back is a row of its own: what was said before stays as it was said', async () => {
    const applicationId = await sentForm('Contoh Tarik');
    const before = await rowsOf({ application_id: applicationId });
    const scope = citizen();
    woken.length = 0;
    const change = { applicationId, kind: 'photo_on_card', given: false, channel: 'phone' } as const;
    expect(await changeConsent(database.db, deps, scope, change)).toEqual({ ok: true, changed: true });
    const after = await rowsOf({ application_id: applicationId });
    expect(after.map((row) => ({ ...row, withdrawn_at: null })).slice(0, before.length)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      purpose: 'photo_on_card',
      given: false,
      channel: 'phone',
      text_version: library.settings.consents.version,
      recorded_at: scope.at,
      recorded_by: null,
    });
    expect(after.find((row) => row.purpose === 'photo_on_card' && row.given)?.withdrawn_at).toEqual(scope.at);
    expect(await standing({ applicationId })).toEqual({ photo_on_card: 'withdrawn', messages: 'given' });
    expect(woken).toEqual([{ libraryId: library.id, topic: 'case', subjectId: applicationId }]);
    const audited = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', '=', 'consent.withdraw').execute(),
    );
    expect(audited.at(-1)).toMatchObject({
      subject_kind: 'application',
      subject_id: applicationId,
      fields: ['consent_photo_on_card'],
      actor_kind: 'applicant',
    });
  });

  it('changed twice within one millisecond, by two processes, stands as it was said last', async () => {
    const applicationId = await sentForm('Contoh Satu Milidetik');
    const scope = citizen();
    // The second process's identifiers of this millisecond sort before those of the first.
    const ids = ['ffff', '0000'].map((end) => `01890000-0000-7000-8000-00000000${end}`);
    const change = { applicationId, kind: 'photo_on_card', channel: 'phone' } as const;
    for (const [index, given] of [false, true].entries()) {
      let first = ids[index];
      const uuid = (now: Date) => {
        const id = first ?? deps.uuid(now);
        first = undefined;
        return id;
      };
      const outcome = await changeConsent(database.db, { ...deps, uuid }, scope, { ...change, given });
      expect(outcome).toEqual({ ok: true, changed: true });
    }
    expect(await standing({ applicationId })).toMatchObject({ photo_on_card: 'given' });
  });

  it('said twice is said once; said again under a new text is said anew', async () => {
    const applicationId = await sentForm('Contoh Dua Kali');
    const change = { applicationId, kind: 'messages', given: true, channel: 'phone' } as const;
    expect(await changeConsent(database.db, deps, citizen(), change)).toEqual({ ok: true, changed: false });
    const renewed = citizen();
    const settings = {
      ...library.settings,
      consents: { ...library.settings.consents, version: '2026-9' },
    };
    const later: Scope = { ...renewed, library: { ...library, settings } };
    expect(
      await changeConsent(database.db, deps, later, { ...change, textVersion: 'of an old page' }),
    ).toEqual({ ok: false, reason: 'text-changed' });
    expect(await changeConsent(database.db, deps, later, change)).toEqual({ ok: true, changed: true });
    const rows = (await rowsOf({ application_id: applicationId })).filter(
      (row) => row.purpose === 'messages',
    );
    expect(rows.map((row) => row.text_version)).toEqual([library.settings.consents.version, '2026-9']);
    // Taking back is never held up by a text.
    const back = { ...change, given: false, textVersion: 'of an old page' };
    expect(await changeConsent(database.db, deps, later, back)).toEqual({ ok: true, changed: true });
  });

  it('given and taken back by many taps at once ends in one standing word', async () => {
    const applicationId = await sentForm('Contoh Ketuk');
    await Promise.all(
      [false, true, false, true, false].map((given) =>
        changeConsent(database.db, deps, citizen(), {
          applicationId,
          kind: 'photo_on_card',
          given,
          channel: 'phone',
        }),
      ),
    );
    const rows = (await rowsOf({ application_id: applicationId })).filter(
      (row) => row.purpose === 'photo_on_card' && row.withdrawn_at === null,
    );
    expect(rows).toHaveLength(1);
  });

  it('does not hold up the case: its state and version stay', async () => {
    const applicationId = await sentForm('Contoh Tetap Jalan');
    const read = () =>
      inLibrary(database.db, library.id, (tx) =>
        tx.selectFrom('application').selectAll().where('id', '=', applicationId).executeTakeFirstOrThrow(),
      );
    const before = await read();
    for (const kind of ['photo_on_card', 'messages'] as const)
      await changeConsent(database.db, deps, citizen(), {
        applicationId,
        kind,
        given: false,
        channel: 'phone',
      });
    expect(await read()).toEqual(before);
  });
});

describe('the consent to messages', () => {
  it('taken back stops what waits in the outbox; given again it does not bring that back', async () => {
    const applicationId = await sentForm('Contoh Pesan');
    await enqueue(applicationId);
    const change = { applicationId, kind: 'messages', channel: 'phone' } as const;
    await changeConsent(database.db, deps, citizen(), { ...change, given: false });
    const queued = () =>
      inLibrary(database.db, library.id, (tx) =>
        tx.selectFrom('outbox').selectAll().where('application_id', '=', applicationId).execute(),
      );
    expect(await queued()).toMatchObject([
      { sent_at: null, next_attempt_at: null, last_error_code: CONSENT_WITHDRAWN },
    ]);
    await changeConsent(database.db, deps, citizen(), { ...change, given: true });
    expect(await deliver()).toEqual([]);
    await enqueue(applicationId);
    expect(await deliver()).toHaveLength(1);
  });

  it('taken back by a member stops the messages of the case that the membership came from', async () => {
    const memberId = await memberNamed(database, deps, officer(), 'Contoh Anggota Pesan', agreed);
    await changeConsent(database.db, deps, citizen(), {
      memberId,
      kind: 'messages',
      given: false,
      channel: 'phone',
    });
    const [row] = await rowsOf({ member_id: memberId });
    if (!row?.application_id) throw new Error('no case');
    await enqueue(row.application_id);
    expect(await deliver()).toEqual([]);
  });
});

describe('the consent to a photo on the card', () => {
  it('taken back takes the photo off the card at once, given again it is there again', async () => {
    const memberId = await memberNamed(database, deps, officer(), 'Contoh Anggota Foto', agreed);
    const photo = async () => (await readPresentCard(database.db, deps, officer(), { memberId }))?.photoId;
    expect(await photo()).toBeTypeOf('string');
    const change = { memberId, kind: 'photo_on_card', channel: 'counter' } as const;
    const scope = officer();
    await changeConsent(database.db, deps, scope, { ...change, given: false });
    expect(await photo()).toBeNull();
    deps.clock.now = new Date(deps.clock.now.getTime() + 60_000);
    await changeConsent(database.db, deps, officer(), { ...change, given: true });
    expect(await photo()).toBeTypeOf('string');
    const rows = await rowsOf({ member_id: memberId });
    expect(rows.at(-1)).toMatchObject({
      channel: 'desk',
      recorded_by: scope.actor.kind === 'officer' ? scope.actor.id : '',
    });
  });
});

describe('a child whose guardian has not consented', () => {
  const childOf = (email: string, consented: boolean) => ({
    ...agreed,
    email,
    birthDate: CHILD,
    guardian: { name: 'Contoh Ibu', relation: 'mother', phone: null, consented } as const,
  });
  const addressees = async () => (await deliver()).map((mail) => mail.to);

  it('is sent nothing, whatever the child ticked, not even that the application was rejected', async () => {
    const email = 'anak-ditolak@example.org';
    const applicationId = await sentForm('Contoh Anak Ditolak', childOf(email, false));
    const reason = library.settings.rejectionReasons[0]?.code ?? '';
    const outcome = await rejectApplication(database.db, deps, officer(), {
      applicationId,
      reason,
      note: '',
    });
    expect(outcome.ok).toBe(true);
    expect(await addressees()).not.toContain(email);
    const left = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('outbox')
        .select(['next_attempt_at', 'sent_at', 'last_error_code'])
        .where('application_id', '=', applicationId)
        .execute(),
    );
    expect(left).toEqual([
      { next_attempt_at: null, sent_at: null, last_error_code: 'no-address-or-consent' },
    ]);
  });

  it('is written to where the guardian consented and agreed to messages', async () => {
    const email = 'anak-diizinkan@example.org';
    await enqueue(await sentForm('Contoh Anak Diizinkan', childOf(email, true)));
    expect(await addressees()).toContain(email);
  });
});

describe('who may change a consent', () => {
  it('of a child only the guardian, and only one who consented to the membership first', async () => {
    const child = { ...agreed, birthDate: CHILD };
    const waiting = await sentForm('Contoh Anak Menunggu', child);
    const ask = { kind: 'photo_on_card', given: false, channel: 'phone' } as const;
    const refused = { ok: false, reason: 'guardian-only' };
    for (const by of ['self', 'guardian'] as const)
      expect(
        await changeConsent(database.db, deps, citizen(), { ...ask, applicationId: waiting, by }),
      ).toEqual(refused);
    const memberId = await memberNamed(database, deps, officer(), 'Contoh Anak', child);
    expect(await changeConsent(database.db, deps, citizen(), { ...ask, memberId })).toEqual(refused);
    const counter = { ...ask, memberId, channel: 'counter' } as const;
    expect(await changeConsent(database.db, deps, officer(), counter)).toEqual(refused);
    expect(await changeConsent(database.db, deps, citizen(), { ...ask, memberId, by: 'guardian' })).toEqual({
      ok: true,
      changed: true,
    });
    expect((await rowsOf({ member_id: memberId })).at(-1)).toMatchObject({ by_guardian: true, given: false });
  });

  it('no officer without the permission, and nobody for another library’s case', async () => {
    const applicationId = await sentForm('Contoh Hak');
    const change = { applicationId, kind: 'messages', given: false, channel: 'counter' } as const;
    for (const role of ['admin', 'kepala_bidang', 'kepala_skpd'] as const)
      expect(await changeConsent(database.db, deps, scopeOfRole(library, deps, [role]), change)).toEqual({
        ok: false,
        reason: 'not-allowed',
      });
    const other = await loadLibrary(database.db, 'jateng', new Date());
    if (!other) throw new Error('not seeded');
    expect(await changeConsent(database.db, deps, { ...citizen(), library: other }, change)).toEqual({
      ok: false,
      reason: 'not-found',
    });
    expect(await standing({ applicationId })).toMatchObject({ messages: 'given' });
  });

  it('after the membership ended it can still be taken back, and nothing be given', async () => {
    const memberId = await memberNamed(database, deps, officer(), 'Contoh Berhenti', agreed);
    await endMember(database.db, deps, officer(), { memberId, reason: 'request', effectiveOn: null });
    const change = { memberId, kind: 'photo_on_card', channel: 'phone' } as const;
    expect(await changeConsent(database.db, deps, citizen(), { ...change, given: false })).toMatchObject({
      ok: true,
    });
    expect(await changeConsent(database.db, deps, citizen(), { ...change, given: true })).toEqual({
      ok: false,
      reason: 'not-allowed',
    });
  });
});
