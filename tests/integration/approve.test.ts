import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../../src/domain/ids.ts';
import { approveApplication } from '../../src/usecases/approve-application.ts';
import { type LibraryContext, type Scope, todayOf } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { handOverCard, recordPrint } from '../../src/usecases/record-card.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { reportCases } from '../../src/usecases/report-cases.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
let library: LibraryContext;
let scope: Scope;
const deps = testDeps();

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 20 });
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!found) throw new Error('not seeded');
  library = found;
  scope = {
    library,
    actor: officer('01890000-0000-7000-8000-000000000001'),
    at: deps.now(),
    requestId: 'test',
  };
});
afterAll(() => database.drop());

function officer(id: string) {
  return {
    kind: 'officer',
    id: id as OfficerId,
    roles: ['petugas'],
    servicePointId: library.servicePoints[0]?.id ?? ('' as ServicePointId),
  } as const;
}

/** A case of SOP-B in which everything up to the card has been done. */
async function readyCase(name: string) {
  const { applicationId } = await submitApplication(database.db, deps, scope, {
    applicant: applicantNamed(name),
    channel: 'desk',
    submitKey: `ready ${name}`,
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
  return applicationId;
}

describe('approving a case', () => {
  it('forty at once give forty members with forty numbers', async () => {
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, index) => readyCase(`Contoh Serentak ${index}`)),
    );
    const approved = await Promise.all(
      ids.map((applicationId) => approveApplication(database.db, deps, scope, { applicationId })),
    );
    const numbers = approved.map((one) => (one.ok ? one.number : one.reason));
    expect(new Set(numbers).size).toBe(40);
    expect(numbers.every((number) => /\d/.test(number))).toBe(true);
  });

  it('pressed twice at once gives one member, and the second press is told so', async () => {
    const applicationId = await readyCase('Contoh Ganda');
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => approveApplication(database.db, deps, scope, { applicationId })),
    );
    expect(outcomes.filter((one) => one.ok)).toHaveLength(1);
    expect(outcomes.filter((one) => !one.ok).map((one) => (one.ok ? '' : one.reason))).toEqual([
      'not-allowed',
      'not-allowed',
    ]);
    const members = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('member').select('id').where('application_id', '=', applicationId).execute(),
    );
    expect(members).toHaveLength(1);
  });

  it('steps over numbers that an old system gave', async () => {
    const probe = await approveApplication(database.db, deps, scope, {
      applicationId: await readyCase('Contoh Lama'),
    });
    if (!probe.ok) throw new Error(probe.reason);
    const next = String(probe.number).replace(/\d+$/, (digits) =>
      String(Number(digits) + 1).padStart(digits.length, '0'),
    );
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('member').set({ number: next }).where('id', '=', probe.memberId).execute(),
    );
    const after = await approveApplication(database.db, deps, scope, {
      applicationId: await readyCase('Contoh Baru'),
    });
    if (!after.ok) throw new Error(after.reason);
    expect(after.number).not.toBe(next);
  });

  it('is refused while another officer holds the case', async () => {
    const applicationId = await readyCase('Contoh Dipegang');
    const other: Scope = { ...scope, actor: officer('01890000-0000-7000-8000-000000000002') };
    expect(await approveApplication(database.db, deps, other, { applicationId })).toMatchObject({
      ok: false,
      reason: 'not-allowed',
    });
  });

  it('of a type without a card completes the case, and is an approval in the reports', async () => {
    const { memberTypes } = library.settings;
    const cardless: LibraryContext = {
      ...library,
      settings: {
        ...library.settings,
        memberTypes: memberTypes.map((type) => ({ ...type, cardAllowed: false })),
      },
    };
    const within: Scope = { ...scope, library: cardless };
    const day = todayOf(scope);
    const request = { period: { kind: 'range', from: day, to: day }, servicePointId: null } as const;
    const before = await reportCases(database.db, within, request);
    const approved = await approveApplication(database.db, deps, within, {
      applicationId: await readyCase('Contoh Tanpa Kartu'),
    });
    expect(approved).toMatchObject({ ok: true, cardId: null });
    const after = await reportCases(database.db, within, request);
    expect(after.totals.approved).toBe(before.totals.approved + 1);
    expect(after.waiting.closing).toBe(before.waiting.closing);
  });

  it('shows a Kepala Bidang the case without the member number and without a card', async () => {
    const applicationId = await readyCase('Contoh Disamarkan');
    const approved = await approveApplication(database.db, deps, scope, { applicationId });
    if (!approved.ok) throw new Error('not approved');
    const head: Scope = { ...scope, actor: { ...officer('kabid'), roles: ['kepala_bidang'] } };
    const view = await readCase(database.db, deps, head, applicationId);
    expect(view).toMatchObject({ masked: true, card: null, member: { id: approved.memberId } });
    expect(JSON.stringify([view?.values, view?.member])).not.toContain(approved.number);
    expect(view?.member?.number).toBe(`••• ${approved.number.slice(-3)}`);
  });

  it('a card is not printed for somebody whose membership is suspended', async () => {
    const applicationId = await readyCase('Contoh Ditangguhkan');
    const approved = await approveApplication(database.db, deps, scope, { applicationId });
    if (!approved.ok) throw new Error('not approved');
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('member').set({ state: 'suspended' }).where('id', '=', approved.memberId).execute(),
    );
    const printed = await recordPrint(database.db, deps, scope, { applicationId, outcome: 'printed' });
    expect(printed).toEqual({ ok: false, reason: 'no-card' });
  });

  it('a press of the print key that arrives twice is one print', async () => {
    const applicationId = await readyCase('Contoh Tekan Dua Kali');
    const approved = await approveApplication(database.db, deps, scope, { applicationId });
    if (!approved.ok || approved.cardId === null) throw new Error('not approved');
    const press = { applicationId, outcome: 'printed', shown: null } as const;
    expect(await recordPrint(database.db, deps, scope, press)).toMatchObject({ ok: true });
    expect(await recordPrint(database.db, deps, scope, press)).toEqual({
      ok: false,
      reason: 'already-told',
    });
    const { printed_at: shown } = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('card')
        .select('printed_at')
        .where('member_id', '=', approved.memberId)
        .executeTakeFirstOrThrow(),
    );
    expect(await recordPrint(database.db, deps, scope, { ...press, shown })).toMatchObject({ ok: true });
  });

  it('a failed print leaves the member valid and the card not printed; handing over completes the case', async () => {
    const applicationId = await readyCase('Contoh Cetak');
    const approved = await approveApplication(database.db, deps, scope, { applicationId });
    if (!approved.ok || approved.cardId === null) throw new Error('not approved');
    await recordPrint(database.db, deps, scope, { applicationId, outcome: 'print_failed' });
    const read = () =>
      inLibrary(database.db, library.id, async (tx) => ({
        card: await tx
          .selectFrom('card')
          .selectAll()
          .where('member_id', '=', approved.memberId)
          .orderBy('issued_at')
          .execute(),
        member: await tx
          .selectFrom('member')
          .select(['state', 'valid_until'])
          .where('id', '=', approved.memberId)
          .executeTakeFirstOrThrow(),
        state: (
          await tx
            .selectFrom('application')
            .select('state')
            .where('id', '=', applicationId)
            .executeTakeFirstOrThrow()
        ).state,
      }));
    expect(await read()).toMatchObject({
      card: [{ printed_at: null }],
      member: { state: 'active' },
      state: 'approved',
    });
    expect((await handOverCard(database.db, deps, scope, { applicationId, how: 'kta_online' })).ok).toBe(
      true,
    );
    expect(await read()).toMatchObject({ state: 'completed' });

    const replaced = await replaceCard(database.db, deps, scope, {
      memberId: approved.memberId,
      reason: 'lost',
    });
    expect(replaced.ok && replaced.token !== approved.token).toBe(true);
    expect((await read()).card.map((card) => card.revoked_at !== null)).toEqual([true, false]);
  });
});
