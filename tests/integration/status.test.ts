import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId, OfficerId } from '../../src/domain/ids.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { requestCorrection } from '../../src/usecases/request-correction.ts';
import { takeCase } from '../../src/usecases/take-case.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase, testVault } from '../support/database.ts';
import { hiddenFields, sendForm, typedForm } from '../support/typed-form.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
});
afterAll(() => database.drop());

async function rowOf(status: string) {
  const token = status.split('/').at(-1) ?? '';
  const libraryId = database.libraryIds.banyuwangi;
  const hash = testVault.hash(libraryId, 'token', token);
  return inLibrary(database.db, libraryId, (tx) =>
    tx.selectFrom('application').selectAll().where('token_hash', '=', hash).executeTakeFirstOrThrow(),
  );
}

async function upload(path: string, name: string, bytes: Uint8Array, fields: Record<string, string> = {}) {
  const body = new FormData();
  for (const [field, value] of Object.entries(fields)) body.set(field, value);
  body.set(name, new File([new Uint8Array(bytes)], 'foto.jpg', { type: 'image/jpeg' }));
  return app.request(path, { method: 'POST', body, headers: { origin: 'http://localhost' } });
}

const photo = (width = 900, height = 1200) =>
  sharp({ create: { width, height, channels: 3, background: '#8899aa' } })
    .jpeg()
    .toBuffer();

async function officerScope(): Promise<Scope> {
  const library = await app.deps.libraries.find('banyuwangi');
  if (!library) throw new Error('no library');
  const officer = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('officer').select('id').where('username', '=', 'petugas').executeTakeFirstOrThrow(),
  );
  const servicePointId = library.servicePoints[0]?.id;
  if (!servicePointId) throw new Error('no service point');
  return {
    library,
    actor: { kind: 'officer', id: officer.id as OfficerId, roles: ['petugas'], servicePointId },
    at: app.deps.now(),
    requestId: 'test',
  };
}

/** The officer takes the case and asks for these fields. */
async function askFor(
  id: ApplicationId,
  fields: Parameters<typeof requestCorrection>[3]['fields'],
): Promise<void> {
  const scope = await officerScope();
  await takeCase(database.db, app.deps, scope, { applicationId: id });
  const asked = await requestCorrection(database.db, app.deps, scope, {
    applicationId: id,
    fields,
    reason: 'differs',
    message: 'Tanggal lahir berbeda dengan KTP.',
  });
  expect(asked.ok).toBe(true);
}

describe('the status page', () => {
  it('says in plain words where the case stands, what to bring and what comes next', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const answer = await app.request(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const html = await answer.text();
    expect(html).toContain('name="robots" content="noindex, nofollow"');
    expect(html).toMatch(/class="dp-big">[A-Z0-9]{3}-[A-Z0-9]{4}</);
    expect(html).toContain('KTP (asli)');
    expect(html).toContain('Verifikasi keterisian data');
    expect(html).toContain('•••• 0001');
    expect(html).not.toContain('9901011705900001');
    expect(html).not.toContain('990101 170590');
  });

  it('does not open with another library’s secret, nor with one that never was', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    for (const path of [
      status.replace('/banyuwangi/', '/jateng/'),
      '/banyuwangi/permohonan/AAAAAAAAAAAAAAAAAAAAAA',
    ]) {
      for (const below of ['', '/ubah', '/batal', '/wali', '/foto.jpg', '/versi'])
        expect((await app.request(path + below)).status, path + below).toBe(404);
      expect((await app.post(`${path}/batal`, {})).status).toBe(404);
    }
    expect((await rowOf(status)).state).toBe('submitted');
  });

  it('tells its version, so that an open page notices a change', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const before = await (await app.request(`${status}/versi`)).json();
    await upload(`${status}/foto`, 'foto-berkas', await photo());
    expect(await (await app.request(`${status}/versi`)).json()).not.toEqual(before);
  });
});

describe('the photo', () => {
  it('is taken, made ready for the card, shown and replaced; the earlier one is emptied', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    expect((await upload(`${status}/foto`, 'foto-berkas', await photo())).headers.get('location')).toBe(
      `${status}?kabar=foto`,
    );
    const first = (await rowOf(status)).photo_id;
    const shown = await app.request(`${status}/foto.jpg`);
    const { width, height } = await sharp(Buffer.from(await shown.arrayBuffer())).metadata();
    expect([width, height]).toEqual([480, 640]);
    await upload(`${status}/foto`, 'foto-berkas', await photo(1200, 900));
    const row = await rowOf(status);
    expect(row.photo_id).not.toBe(first);
    expect(row.done_acts).toContain('photo');
    const files = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
      tx.selectFrom('file').select(['id', 'bytes']).where('application_id', '=', row.id).execute(),
    );
    expect(files.filter((file) => file.bytes !== null).map((file) => file.id)).toEqual([row.photo_id]);
  });

  it('over 15 MB is refused with a sentence that says what to do', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const answer = await upload(`${status}/foto`, 'foto-berkas', new Uint8Array(16 * 1024 * 1024));
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('lebih dari 15 MB');
    expect((await rowOf(status)).photo_id).toBeNull();
  });

  it('of just under 15 MB is accepted without script', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const picture = await photo(3000, 4000);
    const padded = Buffer.concat([picture, Buffer.alloc(15 * 1024 * 1024 - picture.length)]);
    expect((await upload(`${status}/foto`, 'foto-berkas', padded)).status).toBe(303);
  });

  it('that is no picture, or missing, is refused with the reason', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const text = readFileSync(new URL('../../README.md', import.meta.url));
    expect(await (await upload(`${status}/foto`, 'foto-berkas', text)).text()).toContain('bukan gambar');
    expect(await (await upload(`${status}/foto`, 'lain', text)).text()).toContain('Belum ada foto');
  });
});

describe('changing what was sent', () => {
  it('is possible while nobody looks at the case; before and after are kept sealed', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm({ name: 'Contoh Lama' }));
    const html = await (await app.request(`${status}/ubah`)).text();
    expect(html).toContain('Kosongkan bila tidak berubah');
    const fields = { ...hiddenFields(html), ...typedForm({ name: 'Contoh Baru', document_number: '' }) };
    const answer = await app.post(`${status}/ubah`, fields);
    expect(answer.headers.get('location')).toBe(`${status}?kabar=ubah`);
    const row = await rowOf(status);
    expect(row.name).toBe('Contoh Baru');
    expect(row.nik && testVault.openText(database.libraryIds.banyuwangi, 'nik', row.nik)).toBe(
      '9901011705900001',
    );
    const revision = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
      tx.selectFrom('revision').selectAll().where('application_id', '=', row.id).executeTakeFirstOrThrow(),
    );
    expect(revision.fields).toEqual(['name']);
    const kept = testVault.openFor(database.libraryIds.banyuwangi, row.person_key, revision.content);
    expect(JSON.parse(kept)).toEqual({ before: { name: 'Contoh Lama' }, after: { name: 'Contoh Baru' } });
    expect(revision.content.toString('latin1')).not.toContain('Contoh');
  });

  it('takes an added NIK out again where the person says so, and only then', async () => {
    const kk = { document_type: 'kk', document_number: '9901010101010009', nik: '9901011705900001' };
    const { status } = await sendForm(app, 'banyuwangi', typedForm(kk));
    const page = await (await app.request(`${status}/ubah`)).text();
    expect(page).toContain('Hapus NIK yang tersimpan');
    const kept = { ...hiddenFields(page), ...typedForm({ ...kk, document_number: '', nik: '' }) };
    await app.post(`${status}/ubah`, kept);
    expect((await rowOf(status)).nik_hash).not.toBeNull();

    const fields = { ...kept, ...hiddenFields(await (await app.request(`${status}/ubah`)).text()) };
    const wrong = await app.post(`${status}/ubah`, { ...fields, kosongkan_nik: '1', phone: 'tidak ada' });
    expect(await wrong.text()).toMatch(/<input[^>]*kosongkan_nik[^>]* checked/);
    await app.post(`${status}/ubah`, { ...fields, kosongkan_nik: '1' });
    const row = await rowOf(status);
    expect(row).toMatchObject({ nik: null, nik_hash: null, document_type: 'kk' });
    expect(row.kk_hash).not.toBeNull();
    expect(await (await app.request(`${status}/ubah`)).text()).not.toContain('Hapus NIK');
  });

  it('takes a document’s number out with “no document”, but not without the reason', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const page = await (await app.request(`${status}/ubah`)).text();
    expect(page).toContain('Tidak punya nomornya?');
    const none = { ...hiddenFields(page), ...typedForm({ document_type: 'none', document_number: '' }) };
    const refused = await app.post(`${status}/ubah`, none);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('href="#no_document_reason"');
    expect((await rowOf(status)).nik_hash).not.toBeNull();
    const [first] = (await app.deps.libraries.find('banyuwangi'))?.settings.noDocumentReasons ?? [];
    const taken = await app.post(`${status}/ubah`, { ...none, no_document_reason: first?.code ?? '' });
    expect(taken.status).toBe(303);
    expect(await rowOf(status)).toMatchObject({
      document_type: null,
      document_number: null,
      document_hash: null,
      nik: null,
      nik_hash: null,
      no_document_reason: first?.code,
    });
  });

  it('keeps what was typed where something is wrong', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const answer = await app.post(`${status}/ubah`, typedForm({ phone: 'tidak ada', document_number: '' }));
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain('value="tidak ada"');
    expect(html).toContain('href="#phone"');
  });

  it('from a page that is out of date is not taken; the page says what happened', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const old = hiddenFields(await (await app.request(`${status}/ubah`)).text());
    await upload(`${status}/foto`, 'foto-berkas', await photo());
    const answer = await app.post(`${status}/ubah`, {
      ...old,
      ...typedForm({ name: 'Contoh Telat', document_number: '' }),
    });
    expect(answer.headers.get('location')).toBe(`${status}?kabar=berubah`);
    expect((await rowOf(status)).name).toBe('Contoh Pemohon');
  });

  it('a mistyped birth year that made a child of an adult can be put right: nobody waits for a guardian then', async () => {
    const { status } = await sendForm(
      app,
      'banyuwangi',
      typedForm({
        document_type: 'kk',
        'birth_date.year': '2015',
        member_type: 'PELAJAR',
        guardian_name: 'Contoh Wali',
        guardian_relation: 'father',
      }),
    );
    expect((await rowOf(status)).state).toBe('waiting_guardian');
    const page = hiddenFields(await (await app.request(`${status}/ubah`)).text());
    await app.post(`${status}/ubah`, { ...page, ...typedForm({ document_type: 'kk', document_number: '' }) });
    expect(await rowOf(status)).toMatchObject({ state: 'submitted', guardian_name: null });
  });
});

describe('a correction that the officer asks for', () => {
  it('opens exactly the named fields; the answer brings the case back to the queue', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const { id } = await rowOf(status);
    await askFor(id, ['birth_date']);
    const page = await (await app.request(status)).text();
    expect(page).toContain('Ada yang perlu diperbaiki');
    expect(page).toContain('Tanggal lahir berbeda dengan KTP.');
    const html = await (await app.request(`${status}/ubah`)).text();
    expect(html).toContain('name="birth_date.day"');
    expect(html).not.toContain('name="name"');
    expect(html).not.toContain('name="address_line"');
    const answer = await app.post(`${status}/ubah`, {
      ...hiddenFields(html),
      'birth_date.day': '18',
      'birth_date.month': '5',
      'birth_date.year': '1990',
      name: 'Contoh Selundupan',
    });
    expect(answer.headers.get('location')).toBe(`${status}?kabar=perbaikan`);
    expect(await rowOf(status)).toMatchObject({
      state: 'submitted',
      name: 'Contoh Pemohon',
      birth_date: '1990-05-18',
    });
  });

  it('of the document’s number can be answered with another document, or with none and why', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    await askFor((await rowOf(status)).id, ['document_number']);
    const html = await (await app.request(`${status}/ubah`)).text();
    for (const name of ['document_type', 'document_number', 'no_document_reason'])
      expect(html, name).toContain(`name="${name}"`);
    expect(html).not.toContain('name="name"');
    const answer = await app.post(`${status}/ubah`, {
      ...hiddenFields(html),
      document_type: 'ktp',
      document_number: '9901011705900002',
    });
    expect(answer.headers.get('location')).toBe(`${status}?kabar=perbaikan`);
  });

  it('for the photo wants a photo', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    await askFor((await rowOf(status)).id, ['photo']);
    const html = await (await app.request(`${status}/ubah`)).text();
    expect(html).toContain('type="file"');
    const none = await app.post(`${status}/ubah`, hiddenFields(html));
    expect(none.status).toBe(422);
    expect(await none.text()).toContain('Pilih foto yang baru');
    const sent = await upload(`${status}/ubah`, 'foto-berkas', await photo(), hiddenFields(html));
    expect(sent.headers.get('location')).toBe(`${status}?kabar=perbaikan`);
    expect((await rowOf(status)).photo_id).not.toBeNull();
  });
});

describe('withdrawing', () => {
  it('is asked for once more, ends the case and offers to apply again', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const html = await (await app.request(`${status}/batal`)).text();
    expect((await rowOf(status)).state).toBe('submitted');
    expect((await app.post(`${status}/batal`, hiddenFields(html))).headers.get('location')).toBe(status);
    expect(await rowOf(status)).toMatchObject({ state: 'cancelled', held_by: null });
    const page = await (await app.request(status)).text();
    expect(page).toContain('Permohonan dibatalkan');
    expect(page).toContain('href="/banyuwangi/daftar"');
    expect(page).not.toContain('/batal"');
  });

  it('twice, or after the end, changes nothing', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    await app.post(`${status}/batal`, {});
    const version = (await rowOf(status)).version;
    expect((await app.post(`${status}/batal`, {})).headers.get('location')).toBe(
      `${status}?kabar=tidak-bisa`,
    );
    expect((await upload(`${status}/foto`, 'foto-berkas', await photo())).headers.get('location')).toBe(
      `${status}?kabar=tidak-bisa`,
    );
    expect((await rowOf(status)).version).toBe(version);
  });
});
