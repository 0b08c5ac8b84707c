import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberKey, Recorder } from '../../src/db/visit.ts';
import { encodeCardToken } from '../../src/domain/card-token.ts';
import type {
  CardId,
  LibraryId,
  MemberId,
  OfficerId,
  ServicePointId,
  VisitId,
} from '../../src/domain/ids.ts';
import type { RepeatRule } from '../../src/domain/library-settings.ts';
import { type PlainDate, plainDateIn } from '../../src/domain/plain-date.ts';
import { type CheckInMoment, countsAsVisit } from '../../src/domain/visit.ts';
import { approveApplication } from '../../src/usecases/approve-application.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { correctVisit, voidVisit } from '../../src/usecases/correct-visit.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { signerOf } from '../../src/usecases/library-keys.ts';
import { findVisit, listVisits, readVisitDay } from '../../src/usecases/list-visits.ts';
import { createPairing, pairDevice, revokeDevice } from '../../src/usecases/pair-device.ts';
import { readMember, recordVisit, type Visitor } from '../../src/usecases/record-visit.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { takeNumber } from '../../src/usecases/take-number.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
let library: LibraryContext;
let other: LibraryContext;
let scope: Scope;
const deps = testDeps(new Date('2026-03-02T02:00:00Z'));
let keys = 0;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 20 });
  const found = await Promise.all(
    ['banyuwangi', 'jateng'].map((slug) => loadLibrary(database.db, slug, new Date())),
  );
  if (!found[0] || !found[1]) throw new Error('not seeded');
  [library, other] = [found[0], found[1]];
  scope = officerOf(library);
});
afterAll(() => database.drop());

function officerOf(of: LibraryContext): Scope {
  return {
    library: of,
    actor: {
      kind: 'officer',
      id: '01890000-0000-7000-8000-000000000001' as OfficerId,
      roles: ['petugas', 'admin'],
      servicePointId: of.servicePoints[0]?.id ?? ('' as ServicePointId),
    },
    at: deps.now(),
    requestId: 'test',
  };
}

async function kiosk(name = 'Kios uji'): Promise<{ recorder: Recorder; id: string }> {
  const made = await createPairing(database.db, deps, scope, {
    name,
    kind: 'kiosk',
    servicePointId: library.servicePoints[0]?.id ?? ('' as ServicePointId),
  });
  if (!made.ok) throw new Error(made.reason);
  const paired = await pairDevice(database.db, deps, { ...scope, at: deps.now() }, made.code);
  if (!paired.ok) throw new Error(paired.reason);
  return {
    recorder: { by: 'device', tokenHash: deps.vault.hash(library.id, 'token', paired.token) },
    id: made.deviceId,
  };
}

async function member(
  name: string,
): Promise<{ id: MemberId; number: string; cardId: CardId; token: string }> {
  const { applicationId } = await submitApplication(database.db, deps, scope, {
    applicant: applicantNamed(name),
    channel: 'desk',
    submitKey: `member ${name} ${++keys}`,
    language: 'id',
    visit: null,
    familyOf: null,
    openedAt: null,
  });
  await inLibrary(database.db, library.id, (tx) =>
    tx
      .updateTable('application')
      .set({
        done_acts: ['arrive', 'see_identity', 'fill_form', 'verify', 'cross_check', 'photo'],
        photo_id: deps.uuid(deps.now()) as never,
      })
      .where('id', '=', applicationId)
      .execute(),
  );
  const approved = await approveApplication(database.db, deps, scope, { applicationId });
  if (!approved.ok || approved.cardId === null || approved.token === null)
    throw new Error('the member was not approved');
  return {
    id: approved.memberId,
    number: approved.number,
    cardId: approved.cardId,
    token: approved.token,
  };
}

const GUEST: Visitor = { kind: 'non_member', name: '', sex: null, education: null, occupation: null };
const byNumber = (number: string): Visitor => ({ kind: 'member', member: { by: 'number', number } });

function record(recorder: Recorder, visitor: Visitor, submitKey = `key ${++keys}`, of = library) {
  return recordVisit(database.db, deps, of, deps.now(), recorder, { visitor, purpose: 'BACA', submitKey });
}

function row(id: VisitId) {
  return inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('visit').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

async function written(outcome: ReturnType<typeof record>) {
  const done = await outcome;
  if (!done.ok) throw new Error(done.reason);
  return { ...done, row: await row(done.visitId) };
}

describe('a visit', () => {
  it('of a member is written with member, device and service point in one statement', async () => {
    const { recorder, id } = await kiosk();
    const anggota = await member('Contoh Pengunjung');
    const visit = await written(record(recorder, byNumber(anggota.number)));
    expect(visit.row).toMatchObject({
      kind: 'member',
      member_id: anggota.id,
      device_id: id,
      officer_id: null,
      service_point_id: library.servicePoints[0]?.id,
      day: '2026-03-02',
      persons: 1,
      counted: true,
      purpose: 'BACA',
    });
  });

  it('of a number that nobody has is written all the same, and looks the same from outside', async () => {
    const { recorder } = await kiosk();
    const anggota = await member('Contoh Dikenal');
    const known = await record(recorder, byNumber(anggota.number));
    const unknown = await written(record(recorder, byNumber('999999999')));
    expect(Object.keys(known).sort()).toEqual(
      Object.keys(unknown)
        .filter((key) => key !== 'row')
        .sort(),
    );
    expect(unknown.row).toMatchObject({ kind: 'member', member_id: null, counted: true });
  });

  it('of a member whose membership lapsed or is suspended is written, and the officer sees the state', async () => {
    const { recorder } = await kiosk();
    const anggota = await member('Contoh Ditangguhkan');
    await inLibrary(database.db, library.id, (tx) =>
      tx
        .updateTable('member')
        .set({ state: 'suspended', valid_until: '2026-01-01' as PlainDate })
        .where('id', '=', anggota.id)
        .execute(),
    );
    const visit = await written(record(recorder, byNumber(anggota.number)));
    expect((await findVisit(database.db, scope, visit.visitId))?.member).toMatchObject({
      state: 'suspended',
      expired: true,
      name: 'Contoh Ditangguhkan',
    });
  });

  it('sent twice is one visit', async () => {
    const { recorder } = await kiosk();
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => record(recorder, GUEST, 'sama')));
    const ids = outcomes.map((one) => (one.ok ? one.visitId : one.reason));
    expect(new Set(ids).size).toBe(1);
    expect(outcomes.filter((one) => one.ok && !one.repeated)).toHaveLength(1);
  });

  it('is not written by a device that was revoked, never was, or belongs to another library', async () => {
    const { recorder, id } = await kiosk();
    expect(await record(recorder, GUEST, undefined, other)).toEqual({ ok: false, reason: 'not-enrolled' });
    await revokeDevice(database.db, deps, scope, id as never);
    expect(await record(recorder, GUEST)).toEqual({ ok: false, reason: 'not-enrolled' });
    const invented: Recorder = { by: 'device', tokenHash: Buffer.alloc(16, 3) };
    expect(await record(invented, GUEST)).toEqual({ ok: false, reason: 'not-enrolled' });
  });

  it('has a purpose that the library offers', async () => {
    const { recorder } = await kiosk();
    const outcome = await recordVisit(database.db, deps, library, deps.now(), recorder, {
      visitor: GUEST,
      purpose: 'NEBENG',
      submitKey: 'tujuan',
    });
    expect(outcome).toEqual({
      ok: false,
      reason: 'invalid',
      problems: [{ field: 'purpose', code: 'missing' }],
    });
  });
});

describe('a card shown at the kiosk', () => {
  const signed = (cardId: CardId, of: LibraryId) =>
    `https://contoh.test/k/${encodeCardToken({ library: of, card: cardId, issued: '2026-03-02' as PlainDate, validUntil: null }, signerOf(deps, library))}`;
  const read = (scanned: string) => readMember(deps, library, scanned, deps.now());

  it('is the member, by its signed code, its address or its number', async () => {
    const { recorder } = await kiosk();
    const anggota = await member('Contoh Kartu');
    for (const scanned of [
      signed(anggota.cardId, library.id),
      `https://contoh.test/${library.slug}/kta/${anggota.token}`,
      ` ${anggota.number} `,
    ]) {
      const found = read(scanned);
      if (!found.ok) throw new Error(found.reason);
      const visit = await written(record(recorder, { kind: 'member', member: found.member }));
      expect(visit.row.member_id).toBe(anggota.id);
    }
  });

  it('is nobody any more once it was replaced, and the kiosk does not tell', async () => {
    const { recorder } = await kiosk();
    const anggota = await member('Contoh Hilang');
    await replaceCard(database.db, deps, scope, { memberId: anggota.id, reason: 'lost' });
    for (const scanned of [
      signed(anggota.cardId, library.id),
      `https://contoh.test/${library.slug}/kta/${anggota.token}`,
    ]) {
      const found = read(scanned);
      if (!found.ok) throw new Error(found.reason);
      const visit = await written(record(recorder, { kind: 'member', member: found.member }));
      expect(visit.row.member_id).toBeNull();
    }
  });

  it('is refused by its form alone: a NIK, another library, a forged signature, something else', () => {
    expect(read('9901015708990001')).toEqual({ ok: false, reason: 'identity-number' });
    expect(read(signed('01890000-0000-7000-8000-000000000009' as CardId, other.id))).toEqual({
      ok: false,
      reason: 'other-library',
    });
    const genuine = signed('01890000-0000-7000-8000-000000000009' as CardId, library.id);
    const forged = genuine.replace(/.{4}$/, (end) => (end === 'AAAA' ? 'BBBB' : 'AAAA'));
    expect(read(forged)).toEqual({ ok: false, reason: 'not-genuine' });
    expect(read('https://contoh.test/sesuatu')).toEqual({ ok: false, reason: 'unreadable' });
    expect(read('')).toEqual({ ok: false, reason: 'missing' });
  });
});

describe('a repeated check-in', () => {
  const rules: readonly RepeatRule[] = [
    { rule: 'each' },
    { rule: 'once_a_day' },
    { rule: 'after_minutes', minutes: 90 },
  ];

  it('counts as the rule of the library says, for any times of a few days', async () => {
    const { recorder } = await kiosk();
    const anggota = await member('Contoh Berulang');
    const zone = library.settings.profile.timezone;
    const start = new Date('2026-03-10T16:00:00Z').getTime();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...rules),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
        async (repeat, gaps) => {
          await inLibrary(database.db, library.id, (tx) =>
            tx.deleteFrom('visit').where('member_id', '=', anggota.id).execute(),
          );
          const ruled = { ...library, settings: { ...library.settings, visitRules: { repeat } } };
          let last: CheckInMoment | null = null;
          let at = start;
          for (const gap of gaps) {
            at += gap * 60_000;
            const moment = { at: new Date(at), day: plainDateIn(zone, new Date(at)) };
            const expected = countsAsVisit(repeat, last, moment);
            if (expected) last = moment;
            const outcome = await recordVisit(database.db, deps, ruled, moment.at, recorder, {
              visitor: byNumber(anggota.number),
              purpose: 'BACA',
              submitKey: `ulang ${++keys}`,
            });
            expect(outcome).toMatchObject({ ok: true, counted: expected });
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a group', () => {
  const group = (counts: Partial<Extract<Visitor, { kind: 'group' }>['counts']>): Visitor => ({
    kind: 'group',
    leader: 'Ibu Guru Contoh',
    institution: 'SD Contoh 1',
    phone: '',
    counts: { total: 30, bySex: { L: 12, P: 18 }, byEducation: {}, byOccupation: {}, ...counts },
  });

  it('is one entry that counts as its persons', async () => {
    const { recorder } = await kiosk();
    const visit = await written(record(recorder, group({ byEducation: { sd: 28, s1: 2 } })));
    expect(visit.row).toMatchObject({
      persons: 30,
      name: 'Ibu Guru Contoh',
      institution: 'SD Contoh 1',
      group_counts: { bySex: { L: 12, P: 18 }, byEducation: { sd: 28, s1: 2 } },
    });
  });

  it('whose counts do not add up is refused, each wrong part named with its sum', async () => {
    const { recorder } = await kiosk();
    const outcome = await record(recorder, group({ bySex: { L: 12, P: 17 }, byOccupation: { pupil: 31 } }));
    expect(outcome).toMatchObject({
      ok: false,
      reason: 'invalid',
      problems: [
        { field: 'counts', problem: { part: 'sex', expected: 30, actual: 29 } },
        { field: 'counts', problem: { part: 'occupation', expected: 30, actual: 31 } },
      ],
    });
  });

  it('has a leader and an institution', async () => {
    const { recorder } = await kiosk();
    const outcome = await record(recorder, {
      ...group({}),
      leader: ' ',
      institution: '',
      phone: 'x',
    } as Visitor);
    expect(outcome).toMatchObject({
      ok: false,
      problems: [
        { field: 'leader', code: 'missing' },
        { field: 'institution', code: 'missing' },
        { field: 'phone', code: 'unreadable' },
      ],
    });
  });
});

describe('the day of the guest book', () => {
  it('counts persons by kind, purpose and service point, without repeats and voided entries', async () => {
    deps.clock.now = new Date('2026-04-01T03:00:00Z');
    scope = officerOf(library);
    const { recorder } = await kiosk();
    const anggota = await member('Contoh Rekap');
    await record(recorder, byNumber(anggota.number));
    await record(recorder, byNumber(anggota.number));
    await record(recorder, GUEST);
    const wrong = await written(record(recorder, GUEST));
    const refused = await voidVisit(database.db, deps, scope, wrong.visitId, { reason: 'other', note: ' ' });
    expect(refused).toEqual({ ok: false, reason: 'reason-missing' });
    await voidVisit(database.db, deps, scope, wrong.visitId, { reason: 'trial', note: '' });
    const day = await readVisitDay(database.db, scope, '2026-04-01' as PlainDate);
    expect(day.persons).toBe(2);
    expect(Object.fromEntries(day.byKind.map(({ key, persons }) => [key, persons]))).toEqual({
      member: 1,
      non_member: 1,
    });
    expect(day.byPurpose).toEqual([{ key: 'BACA', persons: 2, visits: 2 }]);
    const list = await listVisits(database.db, scope, '2026-04-01' as PlainDate, { offset: 0, limit: 10 });
    expect(list.total).toBe(4);
    expect(list.visits.map((visit) => visit.voidReason)).toContain('trial');
  });

  it('shows a correction in place of the entry it corrects, at the time of that one', async () => {
    const { recorder } = await kiosk();
    const anggota = await member('Contoh Koreksi');
    const first = await written(record(recorder, byNumber('SALAH-1')));
    deps.clock.now = new Date(deps.clock.now.getTime() + 3_600_000);
    scope = officerOf(library);
    const correct = (key: MemberKey) =>
      correctVisit(database.db, deps, scope, first.visitId, {
        visitor: { kind: 'member', member: key },
        purpose: 'PINJAM',
        submitKey: `koreksi ${++keys}`,
        servicePointId: scope.actor.kind === 'officer' ? scope.actor.servicePointId : ('' as ServicePointId),
        given: { reason: 'wrong_entry', note: 'salah ketik' },
      });
    expect(await correct({ by: 'number', number: 'TIDAK-ADA-1' })).toEqual({
      ok: false,
      reason: 'unknown-member',
    });
    expect((await row(first.visitId)).voided_at).toBeNull();
    const corrected = await correct({ by: 'number', number: anggota.number });
    if (!corrected.ok) throw new Error(corrected.reason);
    expect(await row(corrected.visitId)).toMatchObject({
      at: first.row.at,
      member_id: anggota.id,
      purpose: 'PINJAM',
      replaces: first.visitId,
      counted: true,
    });
    expect(await row(first.visitId)).toMatchObject({ void_reason: 'wrong_entry: salah ketik' });
    expect(await correct({ by: 'id', memberId: anggota.id })).toEqual({ ok: false, reason: 'not-found' });
    const audit = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'purpose'])
        .where('subject_id', '=', first.visitId)
        .execute(),
    );
    // The words stand in the visit, whose own time of keeping they go with; the log that is never emptied has the code.
    expect(audit).toEqual([{ action: 'visit.correct', purpose: 'wrong_entry' }]);
  });
});

describe('a queue number at the kiosk', () => {
  it('tapped twice is one number', async () => {
    const at: Scope = {
      ...scope,
      actor: { kind: 'device', id: deps.uuid(deps.now()), servicePointId: officerPoint() },
    };
    const take = () => takeNumber(database.db, deps, at, { key: 'ketuk', visitId: null, priority: 'lansia' });
    const numbers = await Promise.all([take(), take(), take()]);
    expect(new Set(numbers.map((one) => one.ticketId)).size).toBe(1);
    const next = await takeNumber(database.db, deps, at, { key: 'lain', visitId: null, priority: null });
    expect(next.number).toBe((numbers[0]?.number ?? 0) + 1);
  });
});

function officerPoint(): ServicePointId {
  return library.servicePoints[0]?.id ?? ('' as ServicePointId);
}
