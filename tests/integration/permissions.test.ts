import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

/**
 * Who may enter where, written down from `journeys.md` and from nothing in the program: P Petugas, S Sub Koordinator,
 * B Kepala Bidang, K Kepala SKPD, A Admin. The first line that fits counts. A new address of the staff that fits no
 * line fails this test: somebody has to decide who it is for.
 */
const ORACLE: readonly (readonly [who: string, method: 'GET' | 'POST' | 'any', path: RegExp])[] = [
  // Everybody: their own sessions and second factor.
  ['PSBKA', 'any', /^\/sesi$/],
  ['PSBKA', 'any', /^\/(faktor-kedua|kode-pemulihan|konfirmasi)$/],
  ['PSBKA', 'any', /^\/(konfirmasi\/penyedia|akun-penyedia(\/(tautkan|lepas))?)$/],
  ['PSBKA', 'any', /^\/kunci-sandi(\/(nama|hapus))?$/],
  // The queue and a case are seen, masked, by the Kepala Bidang, who approves before the card where a procedure says so.
  ['PSB', 'GET', /^\/loket$/],
  ['PSB', 'POST', /^\/loket\/cari$/],
  ['PSB', 'GET', /^\/loket\/siaran$/],
  ['PSB', 'GET', /^\/loket\/:id$/],
  // Opens the case of a ticket; that somebody arrived is recorded only by those who work at the counter.
  ['PSB', 'POST', /^\/loket\/pindai$/],
  ['PSB', 'POST', /^\/loket\/:id\/(ambil|ambil-alih|lepas|persetujuan)$/],
  [
    'PSB',
    'POST',
    /^\/loket\/:id\/(identitas|kros-cek|sudah-anggota|ke-koordinator|putusan|tolak|batal|nomor)$/,
  ],
  ['PS', 'any', /^\/loket(\/|$)/],
  ['PS', 'any', /^\/kunjungan(\/|$)/],
  // Members: masked for the Kepala Bidang, nothing for the Kepala SKPD and the admin.
  ['PSB', 'GET', /^\/anggota$/],
  ['PSB', 'POST', /^\/anggota\/cari$/],
  ['PSB', 'GET', /^\/anggota\/:id$/],
  ['S', 'any', /^\/anggota\/:id\/ubah$/],
  // Merges are the Sub Koordinator's; who judges at the counter tells two members apart as well.
  ['S', 'any', /^\/anggota\/:id\/(gabung|pisah|beda)(\/|$)/],
  ['PS', 'any', /^\/cetak-kartu(\/|$)/],
  ['PS', 'any', /^\/anggota\/:id\//],
  // What people ask of their own data is answered by the Sub Koordinator.
  ['S', 'any', /^\/permintaan-data(\/|$)/],
  ['SA', 'any', /^\/pengaturan\/pelanggaran(\/|$)/],
  // Figures for all but the admin; the people behind them for those who work with them.
  ['PS', 'GET', /^\/laporan\/baris\//],
  ['PSBK', 'GET', /^\/laporan(\/|$)/],
  // A monthly report is checked by one and signed by the other; either gives it back.
  ['B', 'POST', /^\/laporan\/bulanan\/:month\/periksa$/],
  ['K', 'POST', /^\/laporan\/bulanan\/:month\/sahkan$/],
  ['BK', 'POST', /^\/laporan\/bulanan\/:month\/kembalikan$/],
  // Procedures pass three hands; drafts are the Sub Koordinator's and the admin's.
  ['SBKA', 'GET', /^\/pengaturan$/],
  ['SA', 'any', /^\/pengaturan\/prosedur\/:version\/ubah$/],
  ['SA', 'POST', /^\/pengaturan\/prosedur$/],
  ['K', 'POST', /^\/pengaturan\/prosedur\/:version\/sahkan$/],
  ['SBKA', 'any', /^\/pengaturan\/prosedur(\/|$)/],
  // Old members: who is in the rows is seen by those who judge duplicates.
  ['S', 'GET', /^\/pengaturan\/impor\/:id\/laporan\.csv$/],
  ['S', 'POST', /^\/pengaturan\/impor\/:id\/baris$/],
  ['SA', 'any', /^\/pengaturan\/impor(\/|$)/],
  // Everybody's data in one file, or going by themselves: for those who see members. Who sets what goes along sees
  // what went.
  ['SA', 'GET', /^\/pengaturan\/ekspor$/],
  ['SA', 'GET', /^\/pengaturan\/peminjaman$/],
  ['S', 'GET', /^\/pengaturan\/peminjaman\/:sistem\/tunggu$/],
  ['SA', 'any', /^\/pengaturan\/peminjaman\/:sistem\/(kirim|jeda|lanjut)$/],
  ['A', 'any', /^\/pengaturan\/peminjaman\/:sistem(\/|$)/],
  ['S', 'any', /^\/pengaturan\/ekspor(\/|$)/],
  // Accounts of machines that ask about everybody.
  ['A', 'any', /^\/pengaturan\/sambungan(\/|$)/],
  ['A', 'any', /^\/pengaturan\//],
  ['A', 'GET', /^\/jejak(\.csv|\/jangkar)?$/],
  ['A', 'POST', /^\/jejak\/cari$/],
];

/** Citizens, kiosks, machines, and what belongs to signing in. */
const NOT_STAFF =
  /^\/(healthz|readyz|metrics|assets\/|masuk|[kK]\/|\.well-known\/|galeri|api)|^\/$|^\/:library(\/(mulai|keluar|sandi|sop|sop\.pdf|formulir\.pdf|daftar|wilayah|lanjut|lupa-tautan|permohonan|data-saya|teks-persetujuan|wali|foto|kta|buku-tamu|gerbang|antrean|lambang|umpan|oidc)(\/.*)?)?$/;

const ROLES = {
  P: 'petugas',
  S: 'subkoordinator',
  B: 'kabid',
  K: 'kepala',
  A: 'admin',
} as const;
type Letter = keyof typeof ROLES;

let database: TestDatabase;
let site: TestApp;
const cookies = new Map<Letter, SessionCookie>();
let routes: readonly { readonly method: 'GET' | 'POST'; readonly path: string }[];

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  for (const [letter, username] of Object.entries(ROLES))
    cookies.set(letter as Letter, await site.signIn('banyuwangi', username));
  const seen = new Set(
    site.app.routes.filter((route) => route.method !== 'ALL').map((route) => `${route.method} ${route.path}`),
  );
  routes = [...seen].flatMap((route) => {
    const [method = '', path = ''] = route.split(' ');
    return NOT_STAFF.test(path) ? [] : [{ method: method as 'GET' | 'POST', path }];
  });
});
afterAll(() => database.drop());

function expected(method: string, path: string): string | undefined {
  const own = path.replace('/:library', '');
  return ORACLE.find(([, only, pattern]) => (only === 'any' || only === method) && pattern.test(own))?.[0];
}

/** An address of things that do not exist: what is asked is only whether the door opens. */
function addressOf(path: string): string {
  return path
    .replace(':library', 'banyuwangi')
    .replace(/:file\{.*\}$/, 'anggota.csv')
    .replace(':version', '999')
    .replace(/:[a-z]+/g, '01890000-0000-7000-8000-00000000ffff');
}

async function ask(method: 'GET' | 'POST', address: string, cookie?: SessionCookie): Promise<Response> {
  const answer =
    method === 'POST'
      ? await site.post(address, {}, cookie?.header)
      : await site.request(address, cookie ? { headers: { cookie: cookie.header } } : {});
  // Live pages would stay open.
  await answer.body?.cancel();
  return answer;
}

/** A closed door answers like an address that does not exist, and says nothing else. */
const isRefused = (answer: Response) =>
  answer.status === 404 && !(answer.headers.get('cache-control') ?? '').includes('no-store');

describe('every address of the staff', () => {
  it('has a line in the table of who may enter', () => {
    expect(routes.length).toBeGreaterThan(100);
    expect(routes.filter(({ method, path }) => expected(method, path) === undefined)).toEqual([]);
  });

  it('opens for exactly the roles of its line', async () => {
    const wrong: string[] = [];
    for (const { method, path } of routes) {
      const may = expected(method, path) ?? '';
      for (const [letter, cookie] of cookies) {
        const answer = await ask(method, addressOf(path), cookie);
        if (answer.status >= 500) wrong.push(`${method} ${path} ${ROLES[letter]}: ${answer.status}`);
        else if (isRefused(answer) === may.includes(letter))
          wrong.push(`${method} ${path} ${ROLES[letter]}: ${isRefused(answer) ? 'refused' : 'let in'}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('sends whoever is not signed in to sign in, and takes nothing from them', async () => {
    const wrong: string[] = [];
    for (const { method, path } of routes) {
      const answer = await ask(method, addressOf(path));
      const right =
        method === 'POST'
          ? answer.status === 401
          : answer.status === 303 && (answer.headers.get('location') ?? '').startsWith('/masuk?');
      if (!right) wrong.push(`${method} ${path}: ${answer.status}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('a real member, in the hands of every role', () => {
  /** Posts of the member's page, with what each must do to the row where it is allowed. */
  const ACTS: readonly (readonly [who: string, path: string, fields: Record<string, string>])[] = [
    ['PS', 'perpanjang', {}],
    ['S', 'tangguhkan', { alasan: 'overdue' }],
    ['S', 'bebas-pustaka', { periksa: 'ya' }],
    ['S', 'berhenti', { alasan: 'request' }],
    ['PS', 'ganti-kartu', { alasan: 'lost', periksa: 'ya' }],
    ['PS', 'nomor', { alasan: 'request' }],
  ];

  it('changes only by those who may, whatever is posted', async () => {
    const library = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
    if (!library) throw new Error('not seeded');
    const scope = scopeOfRole(library, site.deps, ['petugas']);
    const traces = (id: MemberId) =>
      inLibrary(database.db, library.id, async (tx) => {
        const audit = await tx
          .selectFrom('audit_log')
          .select('id')
          .where('subject_id', '=', id)
          .where('action', 'not like', 'application.%')
          .execute();
        return audit.length;
      });
    let made = 0;
    for (const [who, path, fields] of ACTS)
      for (const [letter, cookie] of cookies) {
        const id = await memberNamed(database, site.deps, scope, `Contoh Izin ${++made}`);
        await site.post(`/banyuwangi/anggota/${id}/${path}`, fields, cookie.header);
        expect(await traces(id), `${path} by ${ROLES[letter]}`).toBe(who.includes(letter) ? 1 : 0);
      }
  }, 60_000);
});
