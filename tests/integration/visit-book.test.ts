import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let petugas: SessionCookie;
let number = '';
const KEY = 'buku-kunjungan-0123456789';
let keys = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { start: new Date('2026-03-02T02:00:00Z') });
  petugas = await site.signIn('banyuwangi', 'petugas');
  const library = await site.deps.libraries.find('banyuwangi');
  if (!library) throw new Error('not seeded');
  const scope = scopeOfRole(library, site.deps, ['petugas']);
  const id = await memberNamed(database, site.deps, scope, 'Contoh Anggota Buku');
  number = await inLibrary(database.db, library.id, async (tx) => {
    const set = { state: 'suspended', valid_until: '2027-01-01' as PlainDate } as const;
    await tx.updateTable('member').set(set).where('id', '=', id).execute();
    return (await tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow())
      .number;
  });
});
afterAll(() => database.drop());

const get = (path: string, cookie = petugas.header) =>
  site.request(`/banyuwangi/kunjungan${path}`, { headers: { cookie } });
const post = (path: string, fields: Record<string, string>, cookie = petugas.header) =>
  site.post(`/banyuwangi/kunjungan${path}`, { kunci: `${KEY}${++keys}`, ...fields }, cookie);

function visits() {
  return inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('visit').selectAll().orderBy('id').execute(),
  );
}

describe('the guest book at the counter', () => {
  it('is closed to everybody without a session or without the permission', async () => {
    expect((await get('', '')).status).toBe(303);
    expect((await post('/catat', { jenis: 'non_member', tujuan: 'BACA' }, '')).status).toBe(401);
    const admin = await site.signIn('banyuwangi', 'admin');
    expect((await get('', admin.header)).status).toBe(404);
    expect((await post('/catat', { jenis: 'non_member', tujuan: 'BACA' }, admin.header)).status).toBe(404);
    const stranger = await site.signIn('jateng', 'petugas');
    expect((await get('', stranger.header)).status).toBe(303);
    expect(await visits()).toHaveLength(0);
  });

  it('tells the officer whose visit was written and what is wrong with the membership', async () => {
    const saved = await post('/catat', { jenis: 'member', kode: number.toLowerCase(), tujuan: 'BACA' });
    expect(saved.status).toBe(303);
    const page = await (await get((saved.headers.get('location') ?? '').replace(/^.*kunjungan/, ''))).text();
    expect(page).toContain('Kunjungan Contoh Anggota Buku tercatat. Ditangguhkan.');
    expect((await visits()).at(-1)).toMatchObject({ kind: 'member', device_id: null });
  });

  it('refuses a number that nobody has, and never repeats a NIK', async () => {
    const before = (await visits()).length;
    const unknown = await post('/catat', { jenis: 'member', kode: 'TIDAK-ADA-1', tujuan: 'BACA' });
    expect(unknown.status).toBe(422);
    expect(await unknown.text()).toContain('Nomor ini tidak ada');
    const nik = await post('/catat', { jenis: 'member', kode: '9901015708990001', tujuan: 'BACA' });
    expect(await nik.text()).not.toContain('9901015708990001');
    expect(await visits()).toHaveLength(before);
  });

  it('names every field of a group that is wrong, and keeps what was typed', async () => {
    const group = {
      jenis: 'group',
      pemimpin: 'Pak Guru Contoh',
      lembaga: '',
      jumlah: '5',
      jk_L: '2',
      jk_P: '2',
    };
    const refused = await post('/catat', { ...group, tujuan: '' });
    const page = await refused.text();
    for (const text of [
      'Nama sekolah',
      'adalah 4, seharusnya 5',
      'Tujuan kunjungan belum dipilih',
      'Pak Guru Contoh',
    ])
      expect(page).toContain(text);
    expect((await post('/catat', { ...group, lembaga: 'SD Contoh', jk_P: '3', tujuan: 'BACA' })).status).toBe(
      303,
    );
  });

  it('shows the day with its figures, and opens each entry', async () => {
    const page = await (await get('')).text();
    expect(page).toContain('SD Contoh');
    expect(page).toContain('Contoh Anggota Buku');
    const visit = (await visits()).at(-1);
    expect(await (await get(`/${visit?.id}`)).text()).toContain('Laki-laki 2, Perempuan 3');
    expect((await get('/bukan-id')).status).toBe(404);
    expect((await get('?tanggal=2026-03-01')).status).toBe(200);
    expect(await (await get('?tanggal=2026-03-01')).text()).toContain('Belum ada kunjungan');
  });

  it('voids with a reason only, once, and keeps the row', async () => {
    await post('/catat', { jenis: 'non_member', tujuan: 'BACA', nama: 'Contoh Salah' });
    const visit = (await visits()).at(-1);
    const silent = await post(`/${visit?.id}/batal`, { alasan: 'other', keterangan: '' });
    expect(silent.status).toBe(422);
    expect((await post(`/${visit?.id}/batal`, { alasan: 'trial' })).status).toBe(303);
    expect(await (await get(`/${visit?.id}`)).text()).toContain('Percobaan');
    expect((await post(`/${visit?.id}/batal`, { alasan: 'trial' })).status).toBe(409);
  });

  it('corrects the purpose of a member without asking for the number again', async () => {
    const first = (await visits()).find((visit) => visit.kind === 'member');
    const sent = await post(`/${first?.id}/perbaiki`, {
      kode: '',
      tujuan: 'PINJAM',
      titik: first?.service_point_id ?? '',
      alasan: 'wrong_entry',
    });
    expect(sent.status).toBe(303);
    const corrected = (await visits()).find((visit) => visit.replaces === first?.id);
    expect(corrected).toMatchObject({
      purpose: 'PINJAM',
      member_id: first?.member_id,
      at: first?.at,
      counted: true,
    });
  });
});
