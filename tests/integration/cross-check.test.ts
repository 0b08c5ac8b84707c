import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settled } from '../../src/db/gather.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { approveApplication } from '../../src/usecases/approve-application.ts';
import { concludeAlreadyMember } from '../../src/usecases/conclude-already-member.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { readViewsOf } from '../../src/usecases/read-views.ts';
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

/** A case that was scanned and whose document was seen. */
async function atCrossCheck(name: string, changes: Partial<ApplicantData> = {}): Promise<ApplicationId> {
  const { applicationId, ticketCode } = await counter.fromPhone(name, changes);
  await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
  await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:original' });
  return applicationId;
}

/** A member of this library, made the way all are. */
async function memberNamed(name: string, changes: Partial<ApplicantData> = {}) {
  const applicationId = await atCrossCheck(name, changes);
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
  const approved = await approveApplication(database.db, counter.deps, officer.scope(), { applicationId });
  if (!approved.ok) throw new Error(approved.reason);
  return approved;
}

const lastCheck = (applicationId: ApplicationId) =>
  inLibrary(database.db, counter.library.id, (tx) =>
    tx
      .selectFrom('cross_check')
      .selectAll()
      .where('application_id', '=', applicationId)
      .orderBy('id', 'desc')
      .executeTakeFirst(),
  );

const view = (id: ApplicationId) => readCase(database.db, counter.deps, officer.scope(), id);

describe('the cross-check', () => {
  it('closes by itself as a new person where nobody is alike', async () => {
    const id = await atCrossCheck('Contoh Sendirian');
    expect((await counter.row(id)).done_acts).toContain('cross_check');
    expect(await lastCheck(id)).toMatchObject({ outcome: 'new', reason: 'nobody_alike' });
  });

  it('stops at a member with the same NIK, shows both side by side and says why in words', async () => {
    const nik = '9901011204900031' as never;
    const member = await memberNamed('Muhammad Ridwan Contoh', {
      nik,
      documentNumber: nik,
      birthDate: '1990-04-12' as never,
      sex: 'L',
    });
    const id = await atCrossCheck('Moh. Ridwan Contoh', {
      nik,
      documentNumber: nik,
      birthDate: '1990-04-12' as never,
      sex: 'L',
    });
    expect((await counter.row(id)).done_acts).not.toContain('cross_check');
    const html = await (await officer.page(loket(id))).text();
    expect(html).toContain(`Anggota ${member.number}`);
    expect(html).toContain('NIK sama');
    expect(html).toContain('tampaknya sama');
    expect((await view(id))?.allowed.has('approve')).toBe(false);
    const refused = await approveApplication(database.db, counter.deps, officer.scope(), {
      applicationId: id,
    });
    expect(refused.ok).toBe(false);
  });

  it('is a look at whom it shows beside the applicant, told to that person once, and not while it only waits', async () => {
    const nik = '9901011204900032' as never;
    const same = { nik, documentNumber: nik, birthDate: '1990-04-12' as never, sex: 'L' } as const;
    const member = await memberNamed('Contoh Dilihat Orang', same);
    const views = async () => {
      await settled(database.db);
      const found = await readViewsOf(database.db, counter.deps, officer.scope(), {
        kind: 'member',
        id: member.memberId,
      });
      return found.filter(({ action }) => action === 'member.view').map(({ purpose }) => purpose);
    };
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Dilihat Orang', same);
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    await officer.page(loket(applicationId));
    expect(await views()).toEqual([]);
    await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:original' });
    await officer.page(loket(applicationId));
    await officer.page(loket(applicationId));
    expect(await views()).toEqual(['cross_check']);
    // Opened by choice, it is another look.
    await officer.page(`/banyuwangi/anggota/${member.memberId}`);
    expect(await views()).toEqual(['view_member', 'cross_check']);
  });

  it('compares the numbers of the documents by keyed hash and shows both masked', async () => {
    const number = '9901011703910051' as never;
    const person = { birthDate: '1991-03-17' as never, sex: 'L' } as const;
    await memberNamed('Contoh Nomor Sama', { ...person, nik: number, documentNumber: number });
    const rowOf = async (id: string) => {
      const html = await (await officer.page(loket(id))).text();
      return { html, row: /<tr><th scope="row">Nomor<\/th>(.*?)<\/tr>/.exec(html)?.[1] ?? '' };
    };
    const same = await rowOf(
      await atCrossCheck('Contoh Nomor Sama', { ...person, nik: number, documentNumber: number }),
    );
    expect(same.row).toContain('(sama)');
    expect(same.row.match(/•+ 0051/g)).toHaveLength(2);
    expect(same.html).not.toContain('9901011703910051');
    expect(same.html).not.toContain('9901 0117 0391 0051');

    // A renewed passport: another number, the same person all the same.
    const passport = (documentNumber: string) => ({
      birthDate: '1989-05-02' as never,
      documentType: 'paspor' as const,
      documentNumber: documentNumber as never,
      email: 'paspor@contoh.example' as never,
      nik: null,
    });
    await memberNamed('Contoh Paspor Baru', passport('X1234567'));
    const differs = await rowOf(await atCrossCheck('Contoh Paspor Baru', passport('X7654321')));
    expect(differs.row).toMatch(/data-differs="".*•+ 67.*\(berbeda\)/);
    expect(differs.html).not.toMatch(/X1234567|X7654321/);
  });

  it('ends as already a member, which is no rejection: the old number is shown', async () => {
    const nik = '9901014101800041' as never;
    const data = { nik, documentNumber: nik, birthDate: '1980-01-01' as never };
    const member = await memberNamed('Contoh Anggota Lama', data);
    const id = await atCrossCheck('Contoh Anggota Lama', data);
    const ended = await officer.post(`${loket(id)}/sudah-anggota`, { anggota: member.memberId });
    expect(ended.status).toBe(303);
    const row = await counter.row(id);
    expect(row).toMatchObject({ state: 'already_member', member_id: member.memberId, held_by: null });
    expect(row.closed_at).not.toBeNull();
    expect(await lastCheck(id)).toMatchObject({ outcome: 'already_member', member_id: member.memberId });
    const html = await (await officer.page(loket(id))).text();
    expect(html).toContain(member.number);
    expect(html).not.toContain('Ditolak');
  });

  it('extends a lapsed membership on the same screen, from today', async () => {
    const nik = '9901014202820042' as never;
    const data = { nik, documentNumber: nik, birthDate: '1982-02-02' as never };
    const member = await memberNamed('Contoh Masa Habis', data);
    await inLibrary(database.db, counter.library.id, (tx) =>
      tx
        .updateTable('member')
        .set({ valid_until: '2025-01-31' as never })
        .where('id', '=', member.memberId)
        .execute(),
    );
    const id = await atCrossCheck('Contoh Masa Habis', data);
    await officer.post(`${loket(id)}/sudah-anggota`, { anggota: member.memberId });
    expect(await (await officer.page(loket(id))).text()).toContain('masa berlaku habis');
    expect((await officer.post(`${loket(id)}/perpanjang`, {})).status).toBe(303);
    const after = await view(id);
    expect(after?.member?.lapsed).toBe(false);
    expect(after?.member?.number).toBe(member.number);
    expect(await (await officer.page(loket(id))).text()).toContain('2027');
  });

  it('goes on as a new person with a reason of one key, kept with those who were shown', async () => {
    const data = { birthDate: '1991-02-03' as never, phone: '+6281234561111' as never };
    await counter.fromPhone('Contoh Serupa Sekali', {
      ...data,
      documentType: 'kk',
      documentNumber: null,
      nik: null,
    });
    const id = await atCrossCheck('Contoh Serupa Sekali', {
      ...data,
      documentType: 'kk',
      documentNumber: '9901010101010077',
      nik: null,
    });
    const before = await view(id);
    expect(before?.candidates).toHaveLength(1);
    const answer = await officer.post(`${loket(id)}/kros-cek`, { alasan: 'other_person' });
    expect(answer.status).toBe(303);
    expect(await lastCheck(id)).toMatchObject({
      outcome: 'new',
      reason: 'other_person',
      officer_id: officer.id,
    });
    expect((await lastCheck(id))?.candidates).toHaveLength(1);
  });

  it('remembers twins by one key and asks neither of them again', async () => {
    const data = {
      birthDate: '2009-09-09' as never,
      phone: '+6281234562222' as never,
      documentType: 'kk' as const,
      documentNumber: '9901010101010088',
      kk: '9901010101010088',
      nik: null,
      guardian: { name: 'Contoh Ibu', relation: 'mother', phone: null, consented: true } as const,
    };
    const first = await counter.fromPhone('Ani Contoh Kembar', data);
    const id = await atCrossCheck('Ane Contoh Kembar', data);
    expect((await view(id))?.candidates.map((candidate) => candidate.id)).toEqual([first.applicationId]);
    await officer.post(`${loket(id)}/kros-cek`, { alasan: 'twin', dilihat: first.applicationId });
    expect((await counter.row(id)).done_acts).toContain('cross_check');
    await officer.post('/banyuwangi/loket/pindai', { kode: first.ticketCode });
    await officer.post(`${loket(first.applicationId)}/identitas`, { dokumen: 'kk:copy' });
    expect((await counter.row(first.applicationId)).done_acts).toContain('cross_check');
  });

  it('never asks about brothers and sisters with clearly different names', async () => {
    const data = {
      birthDate: '2010-10-10' as never,
      phone: '+6281234563333' as never,
      documentType: 'kk' as const,
      documentNumber: '9901010101010099',
      kk: '9901010101010099',
      nik: null,
      guardian: { name: 'Contoh Bapak', relation: 'father', phone: null, consented: true } as const,
    };
    await counter.fromPhone('Rangga Contoh', data);
    const id = await atCrossCheck('Melati Contoh', data);
    expect((await counter.row(id)).done_acts).toContain('cross_check');
  });

  it.each([
    ['member', 'Yusuf Contoh', '1980-06-11', '9901011106800061', '+6281234564441'],
    ['case', 'Salim Teladan', '1982-03-12', '9901011203820062', '+6281234564442'],
  ] as const)(
    "a father is not taken for his son who bears the father's NIK as a %s",
    async (stored, name, birthDate, number, mobile) => {
      const [nik, phone] = [number as never, mobile as never];
      const son: Partial<ApplicantData> = {
        birthDate: '2010-09-02' as never,
        sex: 'L',
        phone,
        documentType: 'kk',
        documentNumber: '9901010101010077',
        kk: '9901010101010077',
        nik,
        guardian: { name: `${name} Hidayat`, relation: 'father', phone: null, consented: true },
      };
      if (stored === 'member') await memberNamed(name, son);
      else await counter.fromPhone(name, son);
      const id = await atCrossCheck(`${name} Hidayat`, {
        birthDate: birthDate as never,
        sex: 'L',
        phone,
        nik,
        documentNumber: nik,
      });
      const candidates = (await view(id))?.candidates ?? [];
      expect(candidates.map(({ kind }) => kind)).toEqual([stored === 'member' ? 'member' : 'application']);
      expect(candidates.map(({ verdict }) => verdict)).toEqual(['look']);
      expect((await counter.row(id)).done_acts).not.toContain('cross_check');
    },
  );

  it('looks again when the officer corrects the number, and finds the member then', async () => {
    const nik = '9901015505850051' as never;
    const data = { birthDate: '1985-05-15' as never, sex: 'P' as const };
    const member = await memberNamed('Contoh Salah Ketik', { ...data, nik, documentNumber: nik });
    const typed = '9901014101700052' as never;
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Salah Ketik Nama', {
      nik: typed,
      documentNumber: typed,
      birthDate: '1970-01-01' as never,
      address: { line: 'Jl. Contoh 2', rt: null, rw: null, village: '99.01.01.2001' as never },
    });
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:original' });
    expect((await counter.row(applicationId)).done_acts).toContain('cross_check');
    const corrected = await officer.post(`${loket(applicationId)}/perbaiki`, {
      document_type: 'ktp',
      document_number: nik,
      name: 'Contoh Salah Ketik',
      birth_place: 'Contoh',
      'birth_date.day': '15',
      'birth_date.month': '5',
      'birth_date.year': '1985',
      sex: 'P',
      address_line: 'Jl. Contoh 2',
      address_village: '99.01.01.2001',
      present_same: 'same',
      member_type: 'UMUM',
    });
    expect(corrected.status).toBe(303);
    expect((await counter.row(applicationId)).done_acts).not.toContain('cross_check');
    expect((await view(applicationId))?.candidates.map((candidate) => candidate.id)).toEqual([
      member.memberId,
    ]);
  });

  it('finds nobody of another library', async () => {
    const nik = '9901014404880061' as never;
    await memberNamed('Contoh Tetangga', { nik, documentNumber: nik, birthDate: '1988-04-04' as never });
    const other = await openCounter(database, 'jateng');
    const there = await other.officer('petugas');
    const { applicationId, ticketCode } = await other.fromPhone('Contoh Tetangga', {
      nik,
      documentNumber: nik,
      birthDate: '1988-04-04' as never,
    });
    await there.post('/jateng/loket/pindai', { kode: ticketCode });
    await there.post(`/jateng/loket/${applicationId}/identitas`, { dokumen: 'ktp:original' });
    expect((await other.row(applicationId)).done_acts).toContain('cross_check');
  });

  it('pressed twice at once ends the case once', async () => {
    const nik = '9901014707770071' as never;
    const data = { nik, documentNumber: nik, birthDate: '1977-07-07' as never };
    const member = await memberNamed('Contoh Dua Kali Tekan', data);
    const id = await atCrossCheck('Contoh Dua Kali Tekan', data);
    const outcomes = await Promise.all(
      [1, 2, 3].map(() =>
        concludeAlreadyMember(database.db, counter.deps, officer.scope(), {
          applicationId: id,
          memberId: member.memberId,
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  });
});
