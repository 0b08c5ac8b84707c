import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { ApplicationId, MemberId } from '../../src/domain/ids.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { approveApplication } from '../../src/usecases/approve-application.ts';
import { crossCheckAsNew } from '../../src/usecases/cross-check.ts';
import { findCandidates } from '../../src/usecases/find-candidates.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { listToldApart, takeBackDifferent } from '../../src/usecases/told-apart.ts';
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

const loket = (id: string) => `/banyuwangi/loket/${id}`;
const inHere = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
  inLibrary(database.db, counter.library.id, work);

async function atCrossCheck(name: string, changes: Partial<ApplicantData>): Promise<ApplicationId> {
  const { applicationId, ticketCode } = await counter.fromPhone(name, changes);
  await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
  await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'kk:copy' });
  return applicationId;
}

async function approve(applicationId: ApplicationId): Promise<MemberId> {
  await inHere((tx) =>
    tx
      .updateTable('application')
      .set({
        photo_id: counter.deps.uuid(counter.deps.now()) as never,
        done_acts: ['arrive', 'see_identity', 'fill_form', 'verify', 'cross_check', 'photo'],
      })
      .where('id', '=', applicationId)
      .execute(),
  );
  const approved = await approveApplication(database.db, counter.deps, officer.scope(), { applicationId });
  if (!approved.ok) throw new Error(approved.reason);
  return approved.memberId;
}

const asked = async (id: ApplicationId) =>
  (await readCase(database.db, counter.deps, officer.scope(), id))?.candidates ?? [];
const pairs = () => inHere((tx) => tx.selectFrom('told_apart').selectAll().orderBy('id').execute());
const doublesOf = (id: MemberId) =>
  inHere(async (tx) => {
    const row = await tx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    return findCandidates(tx, counter.deps, officer.scope(), row);
  });

/** Two of one birth date, one phone and nearly one name, with no number of their own. */
function twins(day: string, phone: string) {
  return {
    birthDate: day as never,
    phone: phone as never,
    documentType: 'kk' as const,
    documentNumber: '9901010101010088',
    kk: '9901010101010088',
    nik: null,
  };
}

describe('two people whom an officer told apart', () => {
  it('are remembered by who, when and why, without a value', async () => {
    const data = twins('1990-01-09', '+6281234570001');
    const first = await atCrossCheck('Ani Contoh Serupa', data);
    const id = await atCrossCheck('Ane Contoh Serupa', data);
    expect((await asked(id)).map((one) => one.id)).toEqual([first]);
    await officer.post(`${loket(id)}/kros-cek`, { alasan: 'twin', dilihat: first });
    const [pair] = (await pairs()).filter((one) => [one.one_id, one.other_id].includes(id));
    expect(pair).toMatchObject({ reason: 'twin', decided_by: officer.id });
    expect([pair?.one_id, pair?.other_id].sort()).toEqual([first, id].sort());
  });

  it('are not asked about on the same case, nor as members, nor on the member page', async () => {
    const data = twins('1991-01-09', '+6281234570002');
    const first = await approve(await atCrossCheck('Budi Contoh Serupa', data));
    const id = await atCrossCheck('Buda Contoh Serupa', data);
    expect((await asked(id)).map((one) => one.id)).toEqual([first]);
    await officer.post(`${loket(id)}/kros-cek`, { alasan: 'other_person', dilihat: first });
    // The check is open again, as after a correction of something it does not look at.
    await inHere((tx) =>
      tx
        .updateTable('application')
        .set({ done_acts: ['arrive', 'see_identity'] })
        .where('id', '=', id)
        .execute(),
    );
    expect(await asked(id)).toEqual([]);
    const second = await approve(id);
    expect(await doublesOf(second)).toEqual([]);
    expect(await doublesOf(first)).toEqual([]);
    const listed = await inHere((tx) => listToldApart(tx, first));
    expect(listed).toMatchObject([{ other: { kind: 'member', id: second }, reason: 'other_person' }]);
  });

  it('are asked about again once one of them is corrected and they are more alike than before', async () => {
    const data = twins('1992-01-09', '+6281234570003');
    const first = await approve(await atCrossCheck('Cici Contoh Serupa', data));
    const id = await atCrossCheck('Cica Contoh Serupa', data);
    await officer.post(`${loket(id)}/kros-cek`, { alasan: 'old_data', dilihat: first });
    const second = await approve(id);
    const write = (change: { phone?: string; name?: string; name_key?: string }) =>
      inHere((tx) => tx.updateTable('member').set(change).where('id', '=', second).execute());
    await write({ phone: '+6281234579999' });
    expect(await doublesOf(first)).toEqual([]);
    await write({ phone: data.phone, name: 'Cici Contoh Serupa', name_key: 'cici contoh serupa' });
    const again = await doublesOf(first);
    expect(again.map((one) => one.id)).toEqual([second]);
  });

  it('the one is not asked about where the other comes again', async () => {
    const data = twins('1993-01-09', '+6281234570004');
    const ani = await approve(
      await atCrossCheck('Dina Contoh Serupa', { ...data, nik: '9901014901930011' as never }),
    );
    const id = await atCrossCheck('Dini Contoh Serupa', data);
    await officer.post(`${loket(id)}/kros-cek`, { alasan: 'twin', dilihat: ani });
    const ane = await approve(id);
    const back = await atCrossCheck('Dina Contoh Serupa', { ...data, nik: '9901014901930011' as never });
    const candidates = await asked(back);
    expect(candidates[0]).toMatchObject({ id: ani, verdict: 'same', mustJudge: true });
    for (const other of candidates.slice(1))
      expect(other).toMatchObject({ id: ane, mustJudge: false, notAlso: ani });
  });

  it('are not passed over when somebody else came while the officer was looking', async () => {
    const data = twins('1994-01-09', '+6281234570005');
    const first = await atCrossCheck('Edi Contoh Serupa', data);
    const id = await atCrossCheck('Eda Contoh Serupa', data);
    await counter.fromPhone('Edi Contoh Serupa', data);
    const answer = await officer.post(`${loket(id)}/kros-cek`, { alasan: 'twin', dilihat: first });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('ada orang lain yang mirip');
    expect((await counter.row(id)).done_acts).not.toContain('cross_check');
  });

  it('are asked about again when an officer takes the decision back, which is in the audit log', async () => {
    const data = twins('1995-01-09', '+6281234570006');
    const first = await approve(await atCrossCheck('Fani Contoh Serupa', data));
    const id = await atCrossCheck('Fane Contoh Serupa', data);
    await officer.post(`${loket(id)}/kros-cek`, { alasan: 'other_person', dilihat: first });
    const second = await approve(id);
    const [decision] = await inHere((tx) => listToldApart(tx, first));
    const chief = await counter.officer('kabid');
    const input = { memberId: first, id: decision?.id ?? '' };
    expect(await takeBackDifferent(database.db, counter.deps, chief.scope(), input)).toMatchObject({
      ok: false,
    });
    expect(await takeBackDifferent(database.db, counter.deps, officer.scope(), input)).toEqual({ ok: true });
    expect((await doublesOf(first)).map((one) => one.id)).toEqual([second]);
    expect(await counter.audited('member.ask_again')).toHaveLength(1);
  });

  it('are forgotten with a person whose data are erased', async () => {
    const data = twins('1996-01-09', '+6281234570007');
    const first = await approve(await atCrossCheck('Gani Contoh Serupa', data));
    const id = await atCrossCheck('Gane Contoh Serupa', data);
    await crossCheckAsNew(database.db, counter.deps, officer.scope(), {
      applicationId: id,
      reason: 'family',
    });
    expect((await pairs()).some((one) => [one.one_id, one.other_id].includes(first))).toBe(true);
    await inHere((tx) =>
      tx
        .updateTable('application')
        .set({ state: 'cancelled', closed_at: new Date('2020-01-01T00:00:00Z'), held_by: null })
        .where('id', '=', id)
        .execute(),
    );
    await applyRetention(database.db, counter.deps, counter.library);
    expect((await pairs()).some((one) => [one.one_id, one.other_id].includes(first))).toBe(false);
  });
});
