/** Without a script and past the limit of a network: a form with a picture keeps what was typed beside it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { texts } from '../../src/i18n/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { CORRECTING } from '../support/applicants.ts';
import { phoneCase, portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fieldsOf } from '../support/page-form.ts';
import { solve } from '../support/proof.ts';

const { wait } = texts('id').doors;
const MB = 1024 * 1024;

let database: TestDatabase;
let site: TestApp;
/** The secret address of a case whose officer asked for the name and another photo. */
let own = '';
beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const officer = (await site.signIn('banyuwangi', 'petugas')).header;
  const { applicationId, token, ticketCode } = await phoneCase(site, 'banyuwangi', 'Contoh Menunggu', {
    address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never },
  });
  own = `/banyuwangi/permohonan/${token}`;
  await site.post('/banyuwangi/loket/pindai', { kode: ticketCode }, officer);
  await site.post(
    `/banyuwangi/loket/${applicationId}/minta-perbaikan`,
    { bagian: ['name', 'photo'], alasan: 'differs', pesan: '' },
    officer,
  );
  // Of a school behind one address: so many that the next one has to wait.
  for (let count = 0; count < 240; count++) await site.upload(`${own}/foto`, { 'foto-berkas': '' });
});
afterAll(() => database.drop());

const TYPED = { ...CORRECTING, name: "Contoh Sudah D'Ketik", kiri: '0.25' };
const form = async (fields: Readonly<Record<string, string>> = TYPED) =>
  site.upload(`${own}/ubah`, { ...fields, 'foto-berkas': await portrait() });
const nameNow = () =>
  inLibrary(database.db, database.libraryIds.banyuwangi, async (tx) => {
    const row = await tx
      .selectFrom('application')
      .select(['name', 'photo_id'])
      .where('name', 'like', 'Contoh%')
      .executeTakeFirstOrThrow();
    return { name: row.name, hasPhoto: row.photo_id !== null };
  });

it('the page says when, keeps what was typed, and says that the picture is to be chosen again', async () => {
  const answer = await form();
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  const html = await answer.text();
  expect(html).toContain(wait.files);
  const fields = fieldsOf(html, `${own}/ubah`);
  expect(fields.name).toEqual([TYPED.name]);
  for (const [name, value] of Object.entries(CORRECTING)) expect(fields[name], name).toEqual([value]);
  // What was measured at the picture goes with it, and a picture is not written into a page.
  expect(fields.kiri).toBeUndefined();
  expect(html).toMatch(
    /<form method="post"[^>]*enctype="multipart\/form-data"[^>]*>[\s\S]*?<input[^>]*type="file"[^>]*name="foto-berkas"[\s\S]*?data-wait="\d+"[\s\S]*?<button/,
  );
  expect(html.length).toBeLessThan(40_000);
  expect(await nameNow()).toEqual({ name: 'Contoh Menunggu', hasPhoto: false });
});

it('a picture that is too large is refused here as well, and where it is chosen again is said', async () => {
  const file = new File([new Uint8Array(77 * MB)], 'x.jpg', { type: 'image/jpeg' });
  const answer = await site.upload(`${own}/ubah`, { ...TYPED, 'foto-berkas': file });
  expect(answer.status).toBe(429);
  const html = await answer.text();
  expect(html).toContain(wait.tooLarge);
  expect(html).toContain(`href="${own}/ubah"`);
});

/** A form of so many parts with nothing in them, each of another name. */
function parts(count: number, more = '', long = ''): RequestInit {
  const boundary = 'contoh-batas-antara-bagian-isian';
  const head = (n: number) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${long}n${n}"${more}\r\n\r\n\r\n`;
  const body = `${Array.from({ length: count }, (_, n) => head(n)).join('')}--${boundary}--\r\n`;
  return posted(body, `multipart/form-data; boundary=${boundary}`);
}
/** The same without a place for files. */
const names = (count: number): RequestInit =>
  posted(Array.from({ length: count }, (_, n) => `n${n}`).join('&'), 'application/x-www-form-urlencoded');
const posted = (body: string, type: string): RequestInit => ({
  method: 'POST',
  body,
  headers: { origin: 'http://localhost', 'content-type': type },
});

it('a form of a hundred thousand empty parts is not drawn, past the limit and before, and what to do is said', async () => {
  const { refusedTitle, refusedBody } = texts('id').common.error;
  const files = '; filename="x.jpg"';
  // Of somebody who is not signed in, or no more, the page that keeps what was typed.
  const staff = '/banyuwangi/loket/01890000-0000-7000-8000-00000000ffff';
  for (const [what, address, sent] of [
    ['typed, past the limit', `${own}/ubah`, parts(100_000)],
    ['files, past the limit', `${own}/ubah`, parts(100_000, files)],
    ['names alone, past the limit', `${own}/ubah`, names(100_000)],
    ['long names, past the limit', `${own}/ubah`, parts(4000, '', 'x'.repeat(100))],
    ['typed, signed out', `${staff}/foto`, parts(100_000)],
    ['files, signed out', `${staff}/foto`, parts(100_000, files)],
    ['names alone, signed out', `${staff}/pindaian`, names(100_000)],
  ] as const) {
    const answer = await site.request(address, sent);
    expect(answer.status, what).toBe(400);
    const html = await answer.text();
    expect(html, what).toContain(refusedTitle);
    expect(html, what).toContain(refusedBody);
    expect(html.length, what).toBeLessThan(20_000);
  }
});

it('a form as large as any here is kept, and no file is asked for but the one of its route', async () => {
  const kept = (html: string, action: string) =>
    Object.keys(fieldsOf(html, action)).filter((name) => /^n\d+$/.test(name)).length;
  const waiting = await site.request(`${own}/ubah`, parts(4000));
  expect(waiting.status).toBe(429);
  expect(kept(await waiting.text(), `${own}/ubah`)).toBe(4000);
  const strange = await site.request(`${own}/ubah`, parts(4000, '; filename="x.jpg"'));
  expect(strange.status).toBe(429);
  const html = await strange.text();
  expect(html).not.toContain('type="file"');
  expect(html.length).toBeLessThan(20_000);
  const staff = '/banyuwangi/loket/01890000-0000-7000-8000-00000000ffff/foto';
  for (const sent of [parts(4000), names(4000)]) {
    const over = await site.request(staff, sent);
    expect(over.status).toBe(401);
    expect(kept(await over.text(), staff)).toBe(4000);
  }
});

it('a solved task keeps it too, and then the form goes on with its picture', async () => {
  const { bukti } = solve(await (await form()).text());
  const passed = await site.upload(`${own}/ubah`, { ...TYPED, bukti });
  expect(passed.status).toBe(200);
  const html = await passed.text();
  expect(html).toContain(wait.passed);
  const kept = fieldsOf(html, `${own}/ubah`);
  expect(kept.name).toEqual([TYPED.name]);
  expect(kept.bukti).toBeUndefined();
  const fields = Object.fromEntries(Object.entries(kept).map(([name, [value = '']]) => [name, value]));
  const sent = await form(fields);
  expect([sent.status, sent.headers.get('location')]).toEqual([303, `${own}?kabar=perbaikan`]);
  expect(await nameNow()).toEqual({ name: TYPED.name, hasPhoto: true });
});

it('a task that nothing was typed with leads back to where the picture is chosen', async () => {
  // Ten pictures a task.
  for (let count = 0; count < 9; count++) await site.upload(`${own}/foto`, { 'foto-berkas': '' });
  const waiting = await site.upload(`${own}/foto`, { 'foto-berkas': await portrait() });
  expect(waiting.status).toBe(429);
  const { bukti } = solve(await waiting.text());
  const passed = await site.upload(`${own}/foto`, { bukti });
  expect([passed.status, passed.headers.get('location')]).toEqual([303, own]);
});
