import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const BASE = '/banyuwangi/pengaturan/sambungan';
const FORM = {
  nama: 'gerbang-7',
  isi: ['name', 'expiry'],
  hak: ['numbers'],
  alasan: 'rules',
  bahasa: 'id',
  karakter: 'utf8',
  alamat: '10.1.0.0/16\n127.0.0.1',
  laju: '600',
};

let database: TestDatabase;
let site: TestApp;
let admin: SessionCookie;
let point: string;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  admin = await site.signIn('banyuwangi', 'admin');
  const library = await site.deps.libraries.find('banyuwangi');
  point = library?.servicePoints[0]?.id ?? '';
});
afterAll(() => database.drop());

const page = async (path = BASE) =>
  await (await site.request(path, { headers: { cookie: admin.header } })).text();
const rows = () =>
  inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('client').selectAll().orderBy('created_at').execute(),
  );

describe('the page of SIP2 connections', () => {
  it('makes an account whose password is shown once and kept as a hash', async () => {
    const answer = await site.post(BASE, { ...FORM, titik: point }, admin.header);
    const html = await answer.text();
    expect(answer.status).toBe(200);
    const password = /([a-z2-9]{4}-){6}[a-z2-9]{4}/.exec(html)?.[0] ?? '';
    expect(password).not.toBe('');
    expect(html).toContain('banyuwangi.gerbang-7');
    const [row] = await rows();
    expect(row).toMatchObject({
      name: 'gerbang-7',
      scopes: ['patron.read'],
      addresses: ['10.1.0.0/16', '127.0.0.1'],
      per_minute: 600,
    });
    expect(row?.secret_hash).toMatch(/^\$argon2id\$/);
    expect(await page()).not.toContain(password);
  });

  it('says at the field what is wrong, and keeps what was typed', async () => {
    for (const [changes, words] of [
      [{ nama: 'Gerbang Utama!' }, 'Nama berisi huruf kecil'],
      [{ nama: 'gerbang-7' }, 'Sudah ada akun dengan nama ini'],
      [{ nama: 'gerbang-8', alamat: 'kantor' }, 'Tulis alamat seperti'],
      [{ nama: 'gerbang-8', laju: 'cepat' }, 'Tulis angka dari 10'],
      [{ nama: 'gerbang-8', titik: '' }, 'Pilih titik layanan'],
      [{ nama: 'gerbang-8', alasan: 'lain' }, 'Pilih alasan'],
    ] as const) {
      const answer = await site.post(BASE, { ...FORM, titik: point, ...changes }, admin.header);
      const html = await answer.text();
      expect([words, answer.status]).toEqual([words, 422]);
      expect(html).toContain(words);
      expect(html).toContain(`value="${changes.nama.toLowerCase()}"`);
    }
    expect(await rows()).toHaveLength(1);
  });

  it('changes what a device may do, gives it a new password, and revokes it', async () => {
    const [row] = await rows();
    const one = `${BASE}/${row?.id}`;
    expect(await page(one)).toContain('10.1.0.0/16');
    const changed = await site.post(
      one,
      { ...FORM, titik: point, isi: ['name', 'phone'], hak: ['attended', 'block'], alamat: '' },
      admin.header,
    );
    expect(changed.status).toBe(303);
    expect((await rows())[0]).toMatchObject({
      addresses: [],
      scopes: ['patron.read', 'patron.block'],
      settings: { numbers: false, attended: true, fields: ['name', 'phone'] },
    });
    const again = await (await site.post(`${one}/sandi`, {}, admin.header)).text();
    expect(again).toMatch(/([a-z2-9]{4}-){6}[a-z2-9]{4}/);
    expect((await rows())[0]?.secret_hash).not.toBe(row?.secret_hash);
    expect((await site.post(`${one}/cabut`, {}, admin.header)).status).toBe(303);
    expect(await page(`${BASE}?selesai=cabut`)).toContain('Dicabut');
    expect((await site.post(one, { ...FORM, titik: point }, admin.header)).status).toBe(404);
  });

  it('asks again who sits there when the password was given long ago', async () => {
    site.clock.now = new Date(site.clock.now.getTime() + 11 * 60_000);
    const answer = await site.post(BASE, { ...FORM, nama: 'gerbang-9', titik: point }, admin.header);
    expect(await answer.text()).toContain('konfirmasi-sandi');
    expect((await rows()).map(({ name }) => name)).not.toContain('gerbang-9');
  });

  it('leaves a line in the audit log for each step, in both languages', async () => {
    const actions = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
      tx
        .selectFrom('audit_log')
        .select('action')
        .where('subject_kind', '=', 'client')
        .orderBy('id')
        .execute(),
    );
    expect(actions.map(({ action }) => action)).toEqual([
      'client.create',
      'client.change',
      'client.rotate',
      'client.revoke',
    ]);
    const english = await site.request(`${BASE}?bahasa=en`, {
      headers: { cookie: `${admin.header}; bahasa=en` },
    });
    expect(english.status).toBe(200);
  });
});
