import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { clearMember } from '../../src/usecases/clear-member.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { correctMember } from '../../src/usecases/correct-member.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { enqueueMessage } from '../../src/usecases/outbox.ts';
import { readMember } from '../../src/usecases/read-member.ts';
import { renewMember } from '../../src/usecases/renew-member.ts';
import { findByNumber, listMembers, readMemberQuery } from '../../src/usecases/search-members.ts';
import { resumeMember, suspendMember } from '../../src/usecases/suspend-member.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let library: LibraryContext;
let officer: Scope;
let coordinator: Scope;
const deps = testDeps();

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!found) throw new Error('not seeded');
  library = found;
  officer = scopeOfRole(library, deps, ['petugas']);
  coordinator = scopeOfRole(library, deps, ['sub_koordinator']);
});
afterAll(() => database.drop());

const make = (name: string, changes = {}) => memberNamed(database, deps, officer, name, changes);
const row = (id: MemberId) =>
  inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
const events = (id: MemberId) =>
  inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member_event').selectAll().where('member_id', '=', id).orderBy('id').execute(),
  );
const setUntil = (id: MemberId, until: string) =>
  inLibrary(database.db, library.id, (tx) =>
    tx
      .updateTable('member')
      .set({ valid_until: until as PlainDate })
      .where('id', '=', id)
      .execute(),
  );

/** Oracle: calendar months on a Date of UTC, the last day where the month is too short. */
function monthsLater(date: string, months: number): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}

describe('renewing a membership', () => {
  it('counts from the later of today and the old end, whatever the two are', async () => {
    const id = await make('Contoh Perpanjang');
    const today = '2026-03-02';
    const type = library.settings.memberTypes.find((one) => one.code === 'UMUM');
    const months = type && 'months' in type.validity ? type.validity.months : 0;
    await fc.assert(
      fc.asyncProperty(
        fc
          .date({ min: new Date('2020-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
          .map((date) => date.toISOString().slice(0, 10)),
        async (oldEnd) => {
          await setUntil(id, oldEnd);
          const renewed = await renewMember(database.db, deps, officer, { memberId: id });
          const from = oldEnd > today ? oldEnd : today;
          expect(renewed).toMatchObject({
            ok: true,
            validUntil: monthsLater(from, months),
            oldValidUntil: oldEnd,
          });
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('leaves a history and keeps the number; a printed card is not printed any more', async () => {
    const id = await make('Contoh Riwayat');
    const before = await row(id);
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('card').set({ printed_at: deps.now() }).where('member_id', '=', id).execute(),
    );
    const renewed = await renewMember(database.db, deps, officer, { memberId: id, expectedVersion: 0 });
    expect(renewed).toMatchObject({ ok: true, reprint: true, version: 1 });
    expect(await row(id)).toMatchObject({ number: before.number, version: 1, valid_from: before.valid_from });
    expect((await events(id)).map((event) => event.kind)).toEqual(['joined', 'renewed']);
    const view = await readMember(database.db, deps, officer, id);
    expect(view?.cards).toMatchObject([{ printedAt: null, validUntil: view?.validUntil }]);
  });

  it('by two officers at once extends it once; the second is told', async () => {
    const id = await make('Contoh Berdua');
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => renewMember(database.db, deps, officer, { memberId: id, expectedVersion: 0 })),
    );
    expect(outcomes.filter((one) => one.ok)).toHaveLength(1);
    expect(outcomes.filter((one) => !one.ok && one.reason === 'changed-meanwhile')).toHaveLength(2);
    expect((await events(id)).filter((event) => event.kind === 'renewed')).toHaveLength(1);
  });

  it('is not for a suspended member, nor for somebody without the permission', async () => {
    const id = await make('Contoh Tangguh');
    const head = scopeOfRole(library, deps, ['kepala_bidang']);
    expect(await renewMember(database.db, deps, head, { memberId: id })).toMatchObject({
      reason: 'not-allowed',
    });
    await suspendMember(database.db, deps, coordinator, {
      memberId: id,
      reason: 'overdue',
      effectiveOn: null,
    });
    expect(await renewMember(database.db, deps, officer, { memberId: id })).toMatchObject({
      reason: 'not-allowed',
      state: 'suspended',
    });
  });
});

describe('the end of a membership', () => {
  it('by death stops every message at once, those already waiting included', async () => {
    const id = await make('Contoh Wafat', { consents: { photo_on_card: true, messages: true } });
    const { application_id } = await row(id);
    await inLibrary(database.db, library.id, (tx) =>
      enqueueMessage(tx, deps, deps.now(), {
        libraryId: library.id,
        kind: 'approved',
        applicationId: String(application_id),
      }),
    );
    const ended = await endMember(database.db, deps, coordinator, {
      memberId: id,
      reason: 'deceased',
      effectiveOn: null,
    });
    expect(ended.ok).toBe(true);
    const left = await inLibrary(database.db, library.id, async (tx) => ({
      waiting: await tx
        .selectFrom('outbox')
        .selectAll()
        .where('application_id', '=', application_id)
        .where('sent_at', 'is', null)
        .where('next_attempt_at', 'is not', null)
        .execute(),
      consents: await tx
        .selectFrom('consent')
        .select('withdrawn_at')
        .where('member_id', '=', id)
        .where('purpose', '=', 'messages')
        .execute(),
    }));
    expect(left.waiting).toEqual([]);
    expect(left.consents.length).toBeGreaterThan(0);
    expect(left.consents.every((consent) => consent.withdrawn_at !== null)).toBe(true);
  });

  it('takes effect on the day it happened, never in the future or before the membership', async () => {
    const start = deps.clock.now;
    const id = await make('Contoh Tanggal');
    deps.clock.now = new Date('2026-03-20T03:00:00Z');
    const later = { ...coordinator, at: deps.now() };
    const end = (effectiveOn: string) =>
      endMember(database.db, deps, later, {
        memberId: id,
        reason: 'request',
        effectiveOn: effectiveOn as PlainDate,
      });
    expect(await end('2026-03-21')).toMatchObject({ reason: 'effective-date' });
    expect(await end('2026-03-01')).toMatchObject({ reason: 'effective-date' });
    expect(await end('2026-03-10')).toMatchObject({ ok: true });
    expect((await row(id)).state_effective_at.toISOString()).toBe('2026-03-10T05:00:00.000Z');
    const [, ended] = await events(id);
    expect(ended).toMatchObject({ kind: 'ended', reason: 'request' });
    expect(ended?.effective_at.toISOString()).toBe('2026-03-10T05:00:00.000Z');
    deps.clock.now = start;
  });

  it('can be undone, which the figures count as a return', async () => {
    const id = await make('Contoh Kembali');
    await endMember(database.db, deps, coordinator, { memberId: id, reason: 'other', effectiveOn: null });
    await resumeMember(database.db, deps, coordinator, { memberId: id, effectiveOn: null });
    expect((await events(id)).map((event) => event.kind)).toEqual(['joined', 'ended', 'reactivated']);
    expect((await row(id)).state).toBe('active');
  });

  it('bebas pustaka waits for the word of the lending system', async () => {
    const id = await make('Contoh Bebas');
    const clear = (lendingConfirmed: boolean) =>
      clearMember(database.db, deps, coordinator, { memberId: id, lendingConfirmed, effectiveOn: null });
    expect(await clear(false)).toMatchObject({ reason: 'lending-not-confirmed' });
    expect(await clear(true)).toMatchObject({ ok: true });
    expect((await row(id)).state).toBe('cleared');
  });
});

/** The form as the page posts it: everything but the numbers, which the screen never held. */
async function formOf(id: MemberId) {
  const view = await readMember(database.db, deps, officer, id);
  const { document_number: _number, nik: _nik, ...values } = view?.values ?? {};
  return { ...values, address_village: '99.01.01.1001' };
}

describe('changing the data of a member', () => {
  const village = { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.1001' as never };

  it('keeps before and after, and the former name can still be found', async () => {
    const id = await make('Siti Contoh Rahmawati', { address: village });
    const values = { ...(await formOf(id)), name: 'Siti Contoh Kusuma' };
    const corrected = await correctMember(database.db, deps, coordinator, {
      memberId: id,
      values,
      evidence: 'KTP baru',
      photo: null,
    });
    expect(corrected).toMatchObject({ ok: true, fields: ['name'], reprint: false });
    const view = await readMember(database.db, deps, officer, id);
    expect(view?.revisions).toMatchObject([
      {
        fields: ['name'],
        before: { name: 'Siti Contoh Rahmawati' },
        after: { name: 'Siti Contoh Kusuma' },
        evidence: 'KTP baru',
      },
    ]);
    for (const typed of ['rahmawati', 'Siti Contoh Rahmawati', 'kusuma']) {
      const found = await listMembers(database.db, deps, officer, {
        query: readMemberQuery(typed),
        filter: { status: null, type: null, servicePointId: null },
        after: null,
      });
      expect(found.ok && found.page.members.map((member) => member.id), typed).toContain(id);
    }
  });

  it('asks for a new card only where the card shows what changed', async () => {
    const id = await make('Contoh Cetak Ulang', { address: village });
    const print = () =>
      inLibrary(database.db, library.id, (tx) =>
        tx.updateTable('card').set({ printed_at: deps.now() }).where('member_id', '=', id).execute(),
      );
    const change = async (values: object) =>
      correctMember(database.db, deps, coordinator, {
        memberId: id,
        values: { ...(await formOf(id)), ...values },
        evidence: 'KK baru',
        photo: null,
      });
    await print();
    expect(await change({ phone: '0812 3456 7890' })).toMatchObject({ fields: ['phone'], reprint: false });
    expect(await change({ member_type: 'LANSIA' })).toMatchObject({ fields: ['member_type'], reprint: true });
    expect(await change({})).toMatchObject({ ok: true, fields: [] });
  });

  it('wants evidence, and asks about the type of whoever moved away', async () => {
    const id = await make('Contoh Pindah', { address: village });
    const values = await formOf(id);
    const change = (more: object, evidence: string) =>
      correctMember(database.db, deps, coordinator, {
        memberId: id,
        values: { ...values, ...more },
        evidence,
        photo: null,
      });
    expect(await change({ phone: '081234567890' }, ' ')).toMatchObject({ reason: 'no-evidence' });
    const regency = await database.db
      .selectFrom('region')
      .select('code')
      .where('level', '=', 4)
      .where('code', 'not like', '99.01.%')
      .where('code', 'like', '99.%')
      .executeTakeFirst();
    if (regency)
      expect(await change({ address_village: regency.code }, 'KTP baru')).toMatchObject({
        ok: true,
        typeInDoubt: true,
      });
  });

  it('by two officers at once is done once, and nothing of the other is lost unseen', async () => {
    const id = await make('Contoh Bentrok', { address: village });
    const values = await formOf(id);
    const outcomes = await Promise.all(
      ['081111111111', '082222222222'].map((phone) =>
        correctMember(database.db, deps, coordinator, {
          memberId: id,
          values: { ...values, phone },
          evidence: 'KTP baru',
          photo: null,
          expectedVersion: 0,
        }),
      ),
    );
    expect(outcomes.map((one) => (one.ok ? 'saved' : one.reason)).sort()).toEqual([
      'changed-meanwhile',
      'saved',
    ]);
  });
});

describe('finding a member', () => {
  const found = async (typed: string, scope = officer) => {
    const outcome = await listMembers(database.db, deps, scope, {
      query: readMemberQuery(typed),
      filter: { status: null, type: null, servicePointId: null },
      after: null,
    });
    return outcome.ok ? outcome.page.members.map((member) => member.id) : [];
  };

  it('works by a part of the name, the number, the phone and the birth date, typed into one box', async () => {
    const id = await make('Drs. Muhamad Pencarian, M.Si.', {
      phone: '+6281298765432' as never,
      birthDate: '1971-04-21' as PlainDate,
    });
    const { number } = await row(id);
    for (const typed of [
      'pencarian',
      'muh. penc',
      'Pencarian Mohammad',
      number,
      number.slice(-4),
      '0812-9876-5432',
      '21 4 1971',
      '21-04-1971',
    ])
      expect(await found(typed), typed).toContain(id);
    for (const typed of ['pencarixan', '22 4 1971', '%', "' or true --"])
      expect(await found(typed), typed).not.toContain(id);
  });

  it('by NIK goes by the keyed hash and is recorded', async () => {
    const applicant = applicantNamed('Contoh Nomor');
    const id = await make('Contoh Nomor', { nik: applicant.nik, documentNumber: applicant.nik });
    expect(readMemberQuery(String(applicant.nik))).toEqual({ kind: 'identity_number' });
    expect(await findByNumber(database.db, deps, officer, String(applicant.nik))).toMatchObject({
      ids: [id],
    });
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', '=', 'member.find_by_number').execute(),
    );
    expect(rows).toMatchObject([{ subject_id: id, fields: ['nik'] }]);
    expect(JSON.stringify(rows)).not.toContain(String(applicant.nik));
    const head = scopeOfRole(library, deps, ['kepala_bidang']);
    expect(await findByNumber(database.db, deps, head, String(applicant.nik))).toMatchObject({ ok: false });
  });

  it('pages through all members once, and a Kepala Bidang sees them masked, a Kepala SKPD and an admin not at all', async () => {
    for (let index = 0; index < 30; index++) await make(`Contoh Halaman ${index}`);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const outcome = await listMembers(database.db, deps, officer, {
        query: { kind: 'all' },
        filter: { status: null, type: null, servicePointId: null },
        after,
      });
      if (!outcome.ok) throw new Error(outcome.reason);
      seen.push(...outcome.page.members.map((member) => member.id));
      after = outcome.page.next;
    } while (after !== null);
    const all = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('member').select('id').execute(),
    );
    expect(seen).toHaveLength(all.length);
    expect(new Set(seen).size).toBe(all.length);

    const id = await make('Siti Aminah Rahmawati', {
      birthDate: '1999-08-17' as never,
      phone: '+6281299999999' as never,
    });
    const { number } = await row(id);
    const masked = await readMember(database.db, deps, scopeOfRole(library, deps, ['kepala_bidang']), id);
    const text = JSON.stringify(masked);
    expect(masked?.values.name).toBe('Siti A. R.');
    for (const secret of ['Rahmawati', number, '81299999999', 'Jl. Contoh', '1999-08-17'])
      expect(text, secret).not.toContain(secret);
    for (const role of ['kepala_skpd', 'admin'] as const)
      expect(await readMember(database.db, deps, scopeOfRole(library, deps, [role]), id)).toBeUndefined();
  });
});

it('every change of a member leaves a row in the audit log, without any value', async () => {
  const rows = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('audit_log').selectAll().where('action', 'like', 'member.%').execute(),
  );
  const actions = new Set(rows.map((one) => one.action));
  for (const action of ['renew', 'suspend', 'resume', 'clear', 'end', 'correct'])
    expect([...actions]).toContain(`member.${action}`);
  const text = JSON.stringify(
    rows.map(({ fields, purpose, subject_id }) => ({ fields, purpose, subject_id })),
  );
  for (const value of ['Siti', 'Contoh', 'Kusuma', '0812', '8111', '1971']) expect(text).not.toContain(value);
});
