import { request as ask } from 'node:http';
import { type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { addressOf } from '../support/addresses.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { libraryOf, phoneCase } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

/** Requirements of OWASP ASVS that are asked of the whole product, address by address. docs/security.md names each. */
let database: TestDatabase;
let site: TestApp;
const cookies = new Map<string, SessionCookie>();
let member = '';
let applicationId = '';

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const library = await libraryOf(site, 'banyuwangi');
  member = await memberNamed(
    database,
    site.deps,
    scopeOfRole(library, site.deps, ['petugas']),
    'Contoh Asvs',
  );
  ({ applicationId } = await phoneCase(site, 'banyuwangi', 'Contoh Asvs Kasus'));
  for (const username of ['petugas', 'subkoordinator', 'kabid', 'kepala', 'admin'])
    cookies.set(username, await site.signIn('banyuwangi', username));
});
afterAll(() => database.drop());

/** Of a member and a case that are there. */
function addressOfThose(path: string): string {
  return addressOf(path.replace(/(?<=\/anggota\/):id/, member).replace(/(?<=\/loket\/):id/, applicationId));
}
const addresses = () => [
  ...new Set(
    site.app.routes
      .filter(({ method, path }) => method === 'GET' && !path.includes('*') && !/siaran|acara/.test(path))
      .map(({ path }) => addressOfThose(path)),
  ),
];

/** What an officer is shown and nobody else is, by address; pages only. */
async function pagesOf(username: string): Promise<Map<string, string>> {
  const cookie = cookies.get(username)?.header ?? '';
  const pages = new Map<string, string>();
  for (const address of addresses()) {
    const answer = await site.request(address, { headers: { cookie } });
    if (answer.status !== 200 || !answer.headers.get('content-type')?.startsWith('text/html')) {
      await answer.body?.cancel();
      continue;
    }
    const nobody = await site.request(address);
    await nobody.body?.cancel();
    if (nobody.status !== 200) pages.set(address, await answer.text());
  }
  return pages;
}

it('every page that asks for an officer has the way out in its bar', async () => {
  const seen = new Set<string>();
  const without: string[] = [];
  for (const username of cookies.keys())
    for (const [address, html] of await pagesOf(username)) {
      seen.add(address);
      if (
        !/<header class="dp-bar">.*<form method="post" action="\/banyuwangi\/keluar"[^>]*>.*?<button type="submit">Keluar</s.test(
          html,
        )
      )
        without.push(`${username} ${address}`);
    }
  expect(seen.size).toBeGreaterThan(60);
  expect(seen).toContain(`/banyuwangi/anggota/${member}`);
  expect(seen).toContain(`/banyuwangi/loket/${applicationId}`);
  expect(without).toEqual([]);
}, 120_000);

describe('a password', () => {
  const passwordOf = (username: string) =>
    database.signIns('banyuwangi').find((one) => one.username === username)?.password ?? '';
  const signIn = (username: string, password: string) =>
    site.post('/masuk', { perpustakaan: 'banyuwangi', nama: username, sandi: password });
  const OWN = ` Sampan BIRU di muara ${'ü9 '.repeat(58)}  `;

  it('is masked where it is typed, and left to the browser and what keeps passwords', async () => {
    const cookie = cookies.get('admin')?.header ?? '';
    const quiet = site.clock.now;
    const forms = [
      await site.request('/masuk'),
      await site.request('/banyuwangi/sandi', { headers: { cookie } }),
    ];
    // Ten quiet minutes later it is asked again.
    site.clock.now = new Date(quiet.getTime() + 11 * 60_000);
    forms.push(await site.post('/banyuwangi/kode-pemulihan', {}, cookie));
    site.clock.now = quiet;
    const fields: string[] = [];
    for (const form of forms)
      for (const [input] of (await form.text()).matchAll(/<input\b[^>]*>/g))
        if (/name="(sandi|sekarang|baru|ulang|konfirmasi-sandi)"|type="password"/.test(input))
          fields.push(input);
    const nameOf = (input: string) => /name="([^"]*)"/.exec(input)?.[1];
    expect(fields.map(nameOf)).toEqual(['sandi', 'sekarang', 'baru', 'ulang', 'konfirmasi-sandi']);
    for (const input of fields) {
      expect(input).toContain('type="password"');
      const kept = /^(baru|ulang)$/.test(nameOf(input) ?? '') ? 'new-password' : 'current-password';
      expect(input).toContain(`autocomplete="${kept}"`);
      expect(input).not.toMatch(/ on[a-z]+=|readonly|maxlength|value="."/);
    }
  });

  it('is what was typed: no blank is taken off, no letter made small, nothing cut or composed', async () => {
    expect([...OWN].length).toBeGreaterThan(190);
    const cookie = cookies.get('kabid')?.header ?? '';
    const set = { sekarang: passwordOf('kabid'), baru: OWN, ulang: OWN };
    expect((await site.post('/banyuwangi/sandi', set, cookie)).status).toBe(303);
    for (const other of [OWN.trim(), OWN.toLowerCase(), OWN.slice(0, -1), `${OWN} `, OWN.normalize('NFD')])
      expect((await signIn('kabid', other)).status, JSON.stringify(other)).toBe(422);
    expect((await signIn('kabid', OWN)).status).toBe(303);
  });

  it('is kept by Argon2id, with 19 MiB and two rounds', async () => {
    const rows = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
      tx.selectFrom('officer').select('password_hash').execute(),
    );
    expect(rows.length).toBeGreaterThanOrEqual(5);
    for (const { password_hash } of rows)
      expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{43}$/);
  });

  it('is good for as long as its officer wants it', async () => {
    const now = site.clock.now;
    site.clock.now = new Date(now.getTime() + 5 * 365 * 86_400_000);
    const answer = await signIn('petugas', passwordOf('petugas'));
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const begun = await site.request('/banyuwangi/mulai', { headers: { cookie } });
    site.clock.now = now;
    expect(begun.headers.get('location')).toBe('/banyuwangi/loket');
  });

  it('is the one thing that the door asks for: no question and no hint stands in for it', async () => {
    const html = await (await site.request('/masuk?perpustakaan=banyuwangi')).text();
    const fields = [...html.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)].map(([field]) => field);
    const typed = fields.filter((field) => !field.includes('type="hidden"'));
    expect(typed.map((field) => /name="([^"]*)"/.exec(field)?.[1])).toEqual([
      'perpustakaan',
      'nama',
      'sandi',
    ]);
    const { rows } = await sql<{ column_name: string }>`
      select column_name from information_schema.columns where table_name = 'officer'`.execute(database.db);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ column_name }) => /hint|question|answer/.test(column_name))).toEqual([]);
  });
});

describe('no address', () => {
  it('leads to the source, to a repository, to a list of files or to what only developers need', async () => {
    for (const folder of ['', '/assets', '/banyuwangi', '/api/v1'])
      for (const file of [
        '.git',
        '.git/HEAD',
        '.git/config',
        '.svn/entries',
        '.hg/store',
        '.env',
        '.DS_Store',
        'package.json',
        'src/main.ts',
        'dist/main.js',
        'data/keys.json',
        'manifest.json',
        'debug',
        'galeri',
        'metrics',
        'server-status',
        '..%2fpackage.json',
        '%2e%2e/package.json',
      ])
        expect((await site.request(`${folder}/${file}`)).status, `${folder}/${file}`).toBeGreaterThanOrEqual(
          401,
        );
    for (const list of ['/assets', '/.well-known', '/.well-known/card-keys'])
      expect((await site.request(list)).status, list).toBe(404);
    expect((await site.request('/assets/')).headers.get('location')).toBe('/assets');
  });

  it('is redirected to https by the service: a program that speaks http is not taught to go on', async () => {
    const told: string[] = [];
    for (const address of addresses()) {
      const answer = await site.request(address);
      await answer.body?.cancel();
      if (/^https:/.test(answer.headers.get('location') ?? '')) told.push(address);
    }
    expect(told).toEqual([]);
  });

  it('answers TRACE, or a method that nobody made', async () => {
    const server = await site.listen();
    try {
      for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])
        for (const path of [
          '/',
          '/masuk',
          '/healthz',
          '/assets/public.css',
          '/banyuwangi',
          '/banyuwangi/daftar',
          '/banyuwangi/loket',
        ])
          await new Promise<void>((resolve, reject) => {
            const headers = { 'x-echo': 'contoh-gema', origin: server.url };
            const sent = ask(`${server.url}${path}`, { method, headers }, (answer) => {
              let text = '';
              answer.setEncoding('utf8').on('data', (piece) => {
                text += piece;
              });
              answer.once('end', () => {
                expect(answer.statusCode, `${method} ${path}`).toBe(404);
                expect(text).not.toContain('contoh-gema');
                resolve();
              });
            });
            sent.once('error', reject).end();
          });
    } finally {
      await server.close();
    }
  });

  it('says of an error what was wrong in the program: that stands in the log', async () => {
    const broken: KyselyPlugin = {
      transformQuery() {
        throw new TypeError('contoh-rusak di tabel contoh');
      },
      transformResult: async ({ result }) => result,
    };
    const half = createTestApp(database, { db: database.db.withPlugin(broken) });
    for (const path of [
      '/',
      '/banyuwangi/permohonan/abcdefghijklmnopqrstuv',
      '/banyuwangi/kta/abcdefghijklmnopqrstuv',
    ]) {
      const answer = await half.request(path);
      const text = await answer.text();
      expect(answer.status, path).toBe(500);
      expect(text).not.toMatch(/contoh-rusak|TypeError|\.tsx?\b|node_modules|select /);
      expect(answer.headers.get('x-request-id')).toBeTruthy();
    }
    const entry = half.logged.find(({ error }) => error === 'TypeError');
    expect(entry).toMatchObject({ request: expect.any(String) });
    expect(JSON.stringify(half.logged)).not.toContain('contoh-rusak di');
  });
});
