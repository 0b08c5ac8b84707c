import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId, Nik } from '../../src/domain/ids.ts';
import { type LibraryContext, newId } from '../../src/usecases/context.ts';
import { NUMBERS_AN_HOUR, PEOPLE_A_DAY } from '../../src/usecases/unusual-looks.ts';
import { createApp } from '../../src/web/app.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let member: MemberId;
beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  library = await libraryOf(site, 'banyuwangi');
  member = await memberNamed(
    database,
    site.deps,
    scopeOfRole(library, site.deps, ['petugas']),
    'Contoh Dilihat',
    { documentNumber: '9901015705900044' as Nik, nik: '9901015705900044' as Nik },
  );
});
afterAll(() => database.drop());

const auditLog = () =>
  inLibrary(database.db, library.id, (tx) => tx.selectFrom('audit_log').selectAll().orderBy('seq').execute());
const reveal = (cookie: string) =>
  site.post(
    `/banyuwangi/anggota/${member}/nomor`,
    { alasan: 'verification', lain: 'cek berkas lama' },
    cookie,
  );

it('an officer sees so many full numbers an hour and no more, also all at once, and the admin is told', async () => {
  const officer = await site.signIn('banyuwangi', 'petugas');
  const other = await site.signIn('banyuwangi', 'subkoordinator');
  const admin = await site.signIn('banyuwangi', 'admin');
  const log = async () =>
    (await site.request('/banyuwangi/jejak', { headers: { cookie: admin.header } })).text();
  expect(await log()).not.toContain('lebih dari biasanya');

  const answers = await Promise.all(
    Array.from({ length: NUMBERS_AN_HOUR + 5 }, () => reveal(officer.header)),
  );
  const shown = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 429);
  expect([shown.length, refused.length]).toEqual([NUMBERS_AN_HOUR, 5]);
  const words = await refused[0]?.text();
  expect(words).toContain('Anda sudah membuka 60 nomor lengkap dalam satu jam');
  expect(words).not.toContain('9901 0157');
  expect((await reveal(other.header)).status).toBe(200);

  const rows = await auditLog();
  expect(rows.filter(({ action }) => action === 'identity.limit')).toHaveLength(1);
  expect(rows.filter(({ action }) => action === 'identity.reveal')).toHaveLength(NUMBERS_AN_HOUR + 1);
  expect(await log()).toContain(`${NUMBERS_AN_HOUR} nomor lengkap dalam 24 jam terakhir`);

  site.clock.now = new Date(site.clock.now.getTime() + 3_600_001);
  expect((await reveal(officer.header)).status).toBe(200);
});

it('the admin is told of an officer who opened the data of more people than a counter serves', async () => {
  const { id } = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('officer').select('id').where('username', '=', 'kabid').executeTakeFirstOrThrow(),
  );
  const look = (count: number) =>
    inLibrary(database.db, library.id, (tx) =>
      tx
        .insertInto('audit_log')
        .values(
          Array.from({ length: count }, () => ({
            library_id: library.id,
            id: newId<string>(site.deps, site.clock.now),
            at: site.clock.now,
            actor_kind: 'officer' as const,
            actor_id: id,
            action: 'member.view',
            subject_kind: 'member',
            subject_id: newId<string>(site.deps, site.clock.now),
            purpose: null,
            digest: null,
            request_id: 'test',
          })),
        )
        .execute(),
    );
  const { header } = await site.signIn('banyuwangi', 'admin');
  const log = async () => (await site.request('/banyuwangi/jejak', { headers: { cookie: header } })).text();
  await look(PEOPLE_A_DAY - 1);
  expect(await log()).not.toContain(`${PEOPLE_A_DAY} orang`);
  await look(1);
  expect(await log()).toContain(`Kepala Bidang membuka data ${PEOPLE_A_DAY} orang`);
  site.clock.now = new Date(site.clock.now.getTime() + 25 * 3_600_000);
  const later = await site.signIn('banyuwangi', 'admin');
  const quiet = await site.request('/banyuwangi/jejak', { headers: { cookie: later.header } });
  expect(await quiet.text()).not.toContain('lebih dari biasanya');
});

it('a session says by a mark whether it came from the same network, and nothing of where that is', async () => {
  const tryFrom = (remoteAddress: string) =>
    site.app.request(
      '/masuk',
      {
        method: 'POST',
        headers: { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
        body: 'perpustakaan=banyuwangi&nama=petugas&sandi=salah+sekali',
      },
      { incoming: { socket: { remoteAddress } } },
    );
  const before = (await auditLog()).length;
  for (const address of ['203.0.113.7', '203.0.113.7', '203.0.113.8', '2001:db8::1', '2001:db8::2'])
    await tryFrom(address);
  const marks = (await auditLog())
    .slice(before)
    .map(({ action, digest }) => [action, digest?.toString('hex')]);
  expect(new Set(marks.map(([action]) => action))).toEqual(new Set(['session.refuse']));
  const [one, again, next, six, sameSix] = marks.map(([, mark]) => mark);
  expect(one).toMatch(/^[0-9a-f]{32}$/);
  expect(again).toBe(one);
  expect(next).not.toBe(one);
  // A household has one network of IPv6, and many addresses.
  expect(sameSix).toBe(six);
  const { header } = await site.signIn('banyuwangi', 'admin');
  const page = await (
    await site.request('/banyuwangi/jejak?tindakan=session.refuse', { headers: { cookie: header } })
  ).text();
  expect(page).toContain(`jaringan ${one?.slice(0, 8)}`);
  expect(page).not.toContain('203.0.113');
});

it('tells browsers of the names below only where the operator has the whole host', async () => {
  for (const hstsSubdomains of [true, false]) {
    const app = createApp({ ...site.deps, publicUrl: 'https://perpus.example', hstsSubdomains });
    const answer = await app.request('https://perpus.example/masuk');
    expect(answer.headers.get('strict-transport-security')).toBe(
      `max-age=31536000${hstsSubdomains ? '; includeSubDomains' : ''}`,
    );
  }
});

it('every line of the service about a request names it in one way', async () => {
  const before = site.logged.length;
  await site.request('/masuk', { method: 'POST', headers: { origin: 'https://evil.example' }, body: 'a=b' });
  const lines = site.logged.slice(before);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).toHaveProperty('request');
    expect(line).not.toHaveProperty('requestId');
  }
});
