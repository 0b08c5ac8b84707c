import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { answerCorrection, findOpenCorrection } from '../../src/usecases/answer-correction.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { CORRECTING } from '../support/applicants.ts';
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
beforeEach(() => counter.pass(60));

const loket = (id: string) => `/jateng/loket/${id}`;
const here = { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never };

async function inHand(name: string, messages = true) {
  const submitted = await counter.fromPhone(name, {
    // As the form in `CORRECTING` has it: only what a test names is changed.
    birthDate: '1999-08-17' as never,
    address: here,
    phone: '+6281234567890' as never,
    consents: { photo_on_card: true, messages },
  });
  await officer.post('/jateng/loket/pindai', { kode: submitted.ticketCode });
  return submitted;
}

const form = { ...CORRECTING, document_number: '' };

const view = (id: ApplicationId) => readCase(database.db, counter.deps, officer.scope(), id);

async function switchWhatsApp(enabled: boolean): Promise<void> {
  await inLibrary(database.db, counter.library.id, (tx) =>
    tx
      .updateTable('setting')
      .set({ value: JSON.stringify({ enabled }) })
      .where('name', '=', 'whatsApp')
      .execute(),
  );
  counter.test.deps.libraries.forget('jateng');
}

/** The text of the consent to messages that these people were shown. */
async function consentSays(content: string): Promise<void> {
  const row = {
    library_id: counter.library.id,
    version: '1',
    purpose: 'messages',
    lang: 'id',
    content,
    digest: Buffer.alloc(32),
    kept_at: counter.deps.now(),
  } as const;
  await inLibrary(database.owner, counter.library.id, (tx) =>
    tx
      .insertInto('consent_text')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['library_id', 'version', 'purpose', 'lang']).doUpdateSet({ content }),
      )
      .execute(),
  );
}

describe('the officer corrects in place', () => {
  it('with before and after kept, the number untouched where it was left empty', async () => {
    const { applicationId } = await inHand('Contoh Salah Eja');
    const before = await counter.row(applicationId);
    const answer = await officer.post(`${loket(applicationId)}/perbaiki`, {
      ...form,
      name: 'Contoh Benar Eja',
      versi: String(before.version),
    });
    expect(answer.status).toBe(303);
    const row = await counter.row(applicationId);
    expect(row.name).toBe('Contoh Benar Eja');
    expect(row.document_hash?.equals(before.document_hash ?? Buffer.alloc(0))).toBe(true);
    const history = (await view(applicationId))?.history;
    expect(history?.revisions).toMatchObject([
      { fields: ['name'], before: { name: 'Contoh Salah Eja' }, after: { name: 'Contoh Benar Eja' } },
    ]);
    expect(row.done_acts).toContain('revise');
    expect((await counter.audited('application.correct')).at(-1)?.fields).toEqual(['name']);
  });

  it('and is told where another change came first', async () => {
    const { applicationId } = await inHand('Contoh Dua Layar');
    const { version } = await counter.row(applicationId);
    const change = (name: string) =>
      officer.post(`${loket(applicationId)}/perbaiki`, { ...form, name, versi: String(version) });
    const answers = await Promise.all([change('Contoh Layar Satu'), change('Contoh Layar Dua')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 409]);
    const late = answers.find((answer) => answer.status === 409);
    expect(await late?.text()).toContain('baru saja berubah');
  });

  it('and a number in an address, typed before the rule, hinders neither the officer nor the applicant', async () => {
    const { applicationId } = await inHand('Contoh Alamat Lama');
    const line = 'Jl. Contoh 1 NIK 9901015705900001';
    await inLibrary(database.db, counter.library.id, (tx) =>
      tx.updateTable('application').set({ address_line: line }).where('id', '=', applicationId).execute(),
    );
    const answer = await officer.post(`${loket(applicationId)}/perbaiki`, {
      ...form,
      address_line: line,
      name: 'Contoh Alamat Baru',
      versi: String((await counter.row(applicationId)).version),
    });
    expect(answer.status).toBe(303);
    expect((await view(applicationId))?.warnings).toEqual([
      { field: 'address_line', code: 'identity_number' },
      // The applicant of `inHand` was born on another day than the number says.
      expect.objectContaining({ code: 'nik_birth_date_differs' }),
    ]);
    const changed = await officer.post(`${loket(applicationId)}/perbaiki`, {
      ...form,
      name: 'Contoh Alamat Baru',
      address_line: `${line}0`,
      versi: String((await counter.row(applicationId)).version),
    });
    expect(changed.status).toBe(422);

    await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
      bagian: ['phone'],
      alasan: 'differs',
      pesan: '',
    });
    expect(await counter.row(applicationId)).toMatchObject({ state: 'needs_correction' });
    const given = await answerCorrection(database.db, counter.deps, counter.citizen(), {
      applicationId,
      values: { phone: '081234567891' },
      photo: null,
    });
    expect(given).toMatchObject({ ok: true });
    expect(await counter.row(applicationId)).toMatchObject({ address_line: line, phone: '+6281234567891' });
  });

  it('and what is wrong stands at the field, with the rest kept', async () => {
    const { applicationId } = await inHand('Contoh Tanggal');
    const answer = await officer.post(`${loket(applicationId)}/perbaiki`, {
      ...form,
      name: 'Contoh Tanggal',
      'birth_date.day': '31',
      'birth_date.month': '2',
    });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('id="birth_date-error"');
    expect(text).toContain('value="31"');
  });
});

describe('the officer asks the applicant', () => {
  it('for named fields with a sealed message, which is put into the outbox once', async () => {
    const { applicationId } = await inHand('Contoh Diminta');
    const answer = await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
      bagian: ['name', 'phone'],
      alasan: 'differs',
      pesan: 'Nama belum sesuai KTP.',
    });
    expect(answer.status).toBe(303);
    const row = await counter.row(applicationId);
    expect(row).toMatchObject({ state: 'needs_correction', held_by: null, correction_round: 1 });
    const [stored, outbox] = await inLibrary(database.db, counter.library.id, async (tx) => [
      await tx.selectFrom('correction').selectAll().where('application_id', '=', applicationId).execute(),
      await tx.selectFrom('outbox').selectAll().where('application_id', '=', applicationId).execute(),
    ]);
    expect(stored).toHaveLength(1);
    expect(stored[0]?.message?.toString('utf8')).not.toContain('KTP');
    expect(outbox.map((message) => message.kind)).toEqual(['correction_requested']);
    const open = await inLibrary(database.db, counter.library.id, (tx) =>
      findOpenCorrection(tx, counter.deps, counter.citizen(), applicationId),
    );
    expect(open).toMatchObject({ round: 1, fields: ['name', 'phone'], message: 'Nama belum sesuai KTP.' });
  });

  it('and is offered no WhatsApp unless the library switched it on and the agreed text names it', async () => {
    const { applicationId } = await inHand('Contoh Tautan');
    const ask = async () => (await officer.page(loket(applicationId))).text();
    await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
      bagian: ['name'],
      alasan: 'unclear',
      pesan: '',
    });
    const before = await ask();
    expect(before).not.toContain('wa.me');
    expect(before).toContain('Surel terkirim dengan sendirinya');

    await switchWhatsApp(true);
    await consentSays('melalui surel.');
    // Who agreed to e-mail has not agreed to a transfer abroad.
    expect(await ask()).not.toContain('wa.me');
    await consentSays('melalui surel atau WhatsApp.');
    expect(await ask()).toContain('wa.me');
    await switchWhatsApp(false);
    expect(await ask()).not.toContain('wa.me');
  });

  it('and then by a message that holds neither the secret address nor the words of the officer', async () => {
    await switchWhatsApp(true);
    await consentSays('melalui surel atau WhatsApp.');
    const { applicationId, token } = await inHand('Contoh Isi Pesan');
    await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
      bagian: ['name'],
      alasan: 'unclear',
      pesan: 'Nama ibu tertukar.',
    });
    const html = await (await officer.page(loket(applicationId))).text();
    const link = /href="(https:\/\/wa\.me\/[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(link).toContain('https://wa.me/6281234567890?text=');
    const text = decodeURIComponent(link.split('text=')[1] ?? '');
    expect(text).toContain('perlu diperbaiki');
    expect(text).toContain('datang ke loket');
    for (const secret of [token, '/permohonan/', 'http', 'Nama ibu tertukar', 'Contoh Isi Pesan'])
      expect(text).not.toContain(secret);
    await switchWhatsApp(false);
  });

  it('and nothing is sent where the applicant did not agree to messages, or took the consent back', async () => {
    await switchWhatsApp(true);
    await consentSays('melalui surel atau WhatsApp.');
    const ask = async (applicationId: ApplicationId) => {
      await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
        bagian: ['name'],
        alasan: 'unclear',
        pesan: '',
      });
      return (await officer.page(loket(applicationId))).text();
    };
    const refused = await ask((await inHand('Contoh Tanpa Pesan', false)).applicationId);
    expect(refused).not.toContain('wa.me');
    expect(refused).toContain('Pemohon tidak menyetujui pesan dari perpustakaan');

    const { applicationId } = await inHand('Contoh Menarik Pesan');
    expect(await ask(applicationId)).toContain('wa.me');
    await inLibrary(database.db, counter.library.id, (tx) =>
      tx
        .updateTable('consent')
        .set({ withdrawn_at: counter.deps.now() })
        .where('application_id', '=', applicationId)
        .where('purpose', '=', 'messages')
        .execute(),
    );
    const withdrawn = await (await officer.page(loket(applicationId))).text();
    expect(withdrawn).not.toContain('wa.me');
    expect(withdrawn).toContain('Pemohon tidak menyetujui pesan dari perpustakaan');
    await switchWhatsApp(false);
  });

  it('not without a field and a reason, and keeps what was typed', async () => {
    const { applicationId } = await inHand('Contoh Tanpa Bagian');
    const answer = await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
      alasan: 'differs',
      pesan: 'Pesan yang sudah diketik',
    });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('Pilih sedikitnya satu bagian.');
    expect(text).toContain('Pesan yang sudah diketik');
    expect((await counter.row(applicationId)).state).toBe('in_review');
  });

  it('and each round is counted, with the waiting apart from the service', async () => {
    const { applicationId, ticketCode } = await inHand('Contoh Dua Putaran');
    counter.pass(30);
    for (const round of [1, 2]) {
      await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
        bagian: ['name'],
        alasan: 'unclear',
        pesan: '',
      });
      expect((await counter.row(applicationId)).correction_round).toBe(round);
      counter.pass(600);
      const answered = await answerCorrection(database.db, counter.deps, counter.citizen(), {
        applicationId,
        values: { name: `Contoh Dua Putaran ${round}` },
        photo: null,
      });
      expect(answered.ok).toBe(true);
      await officer.post('/jateng/loket/pindai', { kode: ticketCode });
      counter.pass(30);
    }
    const clock = (await view(applicationId))?.clock;
    expect(clock?.correctionSeconds).toBe(1200);
    expect(clock?.serviceSeconds).toBe(90);
    expect(clock?.steps.find((step) => step.covers.includes(6))?.rounds).toBe(2);
    expect((await view(applicationId))?.history.corrections.map((one) => one.answeredAt !== null)).toEqual([
      true,
      true,
    ]);
  });

  it('and what the applicant changed after the document was seen is compared again', async () => {
    const { applicationId, ticketCode } = await inHand('Periksa Lagi Teladan');
    await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:original' });
    expect((await counter.row(applicationId)).done_acts).toContain('cross_check');
    const known = await counter.fromPhone('Contoh Nama Kembali', {
      birthDate: '1999-08-17' as never,
      address: here,
      documentType: 'kk',
      documentNumber: '9901010101010055',
      nik: null,
      phone: '+6281234567890' as never,
    });
    await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
      bagian: ['name'],
      alasan: 'differs',
      pesan: '',
    });
    counter.pass(60);
    await answerCorrection(database.db, counter.deps, counter.citizen(), {
      applicationId,
      values: { name: 'Contoh Nama Kembali' },
      photo: null,
    });
    counter.pass(60);
    await officer.post('/jateng/loket/pindai', { kode: ticketCode });
    expect((await counter.row(applicationId)).done_acts).not.toContain('cross_check');
    expect((await view(applicationId))?.candidates.map((candidate) => candidate.id)).toContain(
      known.applicationId,
    );
  });
});
