import { request as httpRequest } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { texts } from '../../src/i18n/index.ts';
import { findOpenPhotoLink } from '../../src/usecases/open-photo-link.ts';
import { fileFieldOf } from '../../src/web/middleware/takes-file.ts';
import { onceKey, programOf } from '../support/api-keys.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf, phoneCase, portrait, toThePhoto, updateSettingForTest } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { HOSTILE, type HostileFile, PAYLOAD, POLYGLOTS } from '../support/hostile-files.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { fieldsOf } from '../support/page-form.ts';

const { card, status, office, desk, members, common } = texts('id');
const MB = 1024 * 1024;

let database: TestDatabase;
let site: TestApp;
let officer: string;
let coordinator: string;
let admin: string;
beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  officer = (await site.signIn('banyuwangi', 'petugas')).header;
  coordinator = (await site.signIn('banyuwangi', 'subkoordinator')).header;
  admin = (await site.signIn('banyuwangi', 'admin')).header;
  // Scans are taken as long as the case is open: what is refused here is refused for what it is.
  await updateSettingForTest(site, 'banyuwangi', 'retention', (rules) => ({
    ...rules,
    scanUntil: 'decided',
  }));
});
afterAll(() => database.drop());

/** A place where somebody is asked for a file, ready for one. */
interface Door {
  readonly name: string;
  /** As the service has it. */
  readonly route: string;
  readonly address: string;
  readonly field: string;
  readonly cookie?: string;
  /** What else its form sends. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly takes: 'photo' | 'scan' | 'table';
  /** What is said where the file is refused for this reason. */
  readonly words: Readonly<Record<string, string>>;
}

let times = 0;
async function doors(): Promise<readonly Door[]> {
  const letter = String.fromCharCode(97 + times++);
  const named = (what: string) => `Contoh ${what} ${letter}${letter}`;
  const { token } = await phoneCase(site, 'banyuwangi', named('Unggah'));
  const { base } = await toThePhoto(site, 'banyuwangi', named('Loket'), officer);
  const child = await phoneCase(site, 'banyuwangi', named('Anak'), {
    birthDate: '2016-05-17' as never,
    guardian: { name: 'Contoh Wali', relation: 'mother', phone: null, consented: false },
  });
  const own = `/banyuwangi/permohonan/${token}`;
  const desks = { cookie: officer } as const;
  const photoWords = { ...card.photo.refused } as const;
  const scanWords = { ...status.scan.refused, empty: status.scan.refused.missing };
  const ownWords = { ...status.photo.refused, empty: status.photo.refused.missing };
  const { problems } = office.importing.upload;
  const tableWords = { ...problems, 'too-large': problems['too-large'](64) };
  return [
    {
      name: 'photo from the phone',
      route: '/permohonan/:token/foto',
      address: `${own}/foto`,
      field: 'foto-berkas',
      takes: 'photo',
      words: ownWords,
    },
    {
      name: 'document from the phone',
      route: '/permohonan/:token/dokumen',
      address: `${own}/dokumen`,
      field: 'dokumen-berkas',
      takes: 'scan',
      words: scanWords,
    },
    {
      name: 'photo that the officer asked for again',
      route: '/permohonan/:token/ubah',
      address: `${await correctionOf(named('Diminta'))}/ubah`,
      field: 'foto-berkas',
      takes: 'photo',
      words: { ...ownWords, empty: status.correction.photoMissing },
    },
    {
      name: 'photo by the link of the officer’s screen',
      route: '/foto/:token',
      address: await photoLinkOf(named('Tautan')),
      field: 'foto',
      takes: 'photo',
      words: photoWords,
    },
    {
      name: 'photo at the counter',
      route: '/loket/:id/foto',
      address: `${base}/foto`,
      field: 'foto',
      ...desks,
      takes: 'photo',
      words: photoWords,
    },
    {
      name: 'sheet that a guardian signed',
      route: '/loket/:id/wali',
      address: `/banyuwangi/loket/${child.applicationId}/wali`,
      field: 'lembar',
      fields: { nama: 'Contoh Wali', hubungan: 'mother', cara: 'paper', foto: 'ya', pesan: 'tidak' },
      ...desks,
      takes: 'scan',
      words: { ...scanWords, empty: desk.guardian.noLetter },
    },
    {
      name: 'scan at the counter',
      route: '/loket/:id/pindaian',
      address: `${base}/pindaian`,
      field: 'berkas',
      ...desks,
      takes: 'scan',
      words: scanWords,
    },
    {
      name: 'photo of a member',
      route: '/anggota/:id/ubah',
      ...(await memberDoor(named('Anggota'))),
      takes: 'photo',
      // Without a file it is a form that lacks its evidence.
      words: { ...photoWords, empty: members.form.correct.evidenceMissing },
    },
    {
      name: 'emblem',
      route: '/pengaturan/tampilan/lambang',
      address: '/banyuwangi/pengaturan/tampilan/lambang',
      field: 'berkas',
      cookie: admin,
      takes: 'photo',
      words: photoWords,
    },
    {
      name: 'picture of a card design',
      route: '/pengaturan/kartu-desain/:code',
      ...(await designDoor(named('Desain'))),
      takes: 'photo',
      words: photoWords,
    },
    {
      name: 'list of old members',
      route: '/pengaturan/impor',
      address: '/banyuwangi/pengaturan/impor',
      field: 'berkas',
      cookie: admin,
      takes: 'table',
      words: tableWords,
    },
  ].map((door) => ({ ...door, words: { ...door.words, body: common.error.tooLargeBody } }) as Door);
}

/** With an address as the form asks for it. */
const LIVING = {
  address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never },
} as const;

/** The secret address of a case whose officer asked for another photo. */
async function correctionOf(name: string): Promise<string> {
  const { applicationId, token, ticketCode } = await phoneCase(site, 'banyuwangi', name, LIVING);
  await site.post('/banyuwangi/loket/pindai', { kode: ticketCode }, officer);
  const asked = await site.post(
    `/banyuwangi/loket/${applicationId}/minta-perbaikan`,
    { bagian: 'photo', alasan: 'unclear', pesan: '' },
    officer,
  );
  if (asked.status !== 303) throw new Error(`not asked: ${asked.status}`);
  return `/banyuwangi/permohonan/${token}`;
}

async function photoLinkOf(name: string): Promise<string> {
  const { applicationId, base } = await toThePhoto(site, 'banyuwangi', name, officer);
  await site.post(`${base}/foto/ponsel`, {}, officer);
  const scope = scopeOfRole(await libraryOf(site, 'banyuwangi'), site.deps, ['petugas']);
  const link = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    findOpenPhotoLink(tx, site.deps, scope, applicationId),
  );
  if (!link) throw new Error('no link');
  return `/banyuwangi/foto/${link.token}`;
}

async function memberDoor(name: string) {
  const scope = scopeOfRole(await libraryOf(site, 'banyuwangi'), site.deps, ['petugas']);
  const id = await memberNamed(database, site.deps, scope, name, LIVING);
  const address = `/banyuwangi/anggota/${id}/ubah`;
  const page = await (await site.request(address, { headers: { cookie: coordinator } })).text();
  // Its form goes to its own address and says none.
  const posts = '<form method="post" enctype';
  const own = page.replace(posts, posts.replace('<form', `<form action="${address}"`));
  const { foto: _file, ...fields } = singles(fieldsOf(own, address));
  return { address, field: 'foto', cookie: coordinator, fields: { ...fields, name: `${name} Baru` } };
}

async function designDoor(name: string) {
  const base = '/banyuwangi/pengaturan/kartu-desain';
  const get = async (path: string) => (await site.request(path, { headers: { cookie: admin } })).text();
  const copy = `${base}/seal/salin`;
  const copied = await site.post(copy, { ...fieldsOf(await get(base), copy), 'salin.seal': name }, admin);
  const address = (copied.headers.get('location') ?? '').replace(/\?.*/, '');
  if (!address.startsWith(`${base}/`)) throw new Error(`no copy: ${copied.status}`);
  const { berkas: _file, ...fields } = singles(fieldsOf(await get(address), address));
  return { address, field: 'berkas', cookie: admin, fields: { ...fields, aksi: 'gambar' } };
}

function singles(fields: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, [value = '']]) => [name, value]));
}

/** Everything of this library that a file could have become, or have changed. */
function kept() {
  return inLibrary(database.db, database.libraryIds.banyuwangi, async (tx) => ({
    files: await tx
      .selectFrom('file')
      .select(['id', sql`sha256(bytes)`.as('digest')])
      .orderBy('id')
      .execute(),
    imports: await tx.selectFrom('import').select('id').execute(),
    pieces: await tx.selectFrom('import_chunk').select('import_id').execute(),
    cases: await tx
      .selectFrom('application')
      .select(['id', 'version', 'photo_id', 'guardian_consented_at'])
      .orderBy('id')
      .execute(),
    members: await tx.selectFrom('member').select(['id', 'version', 'photo_id']).orderBy('id').execute(),
    settings: await tx
      .selectFrom('setting')
      .select(['name', 'value'])
      .where('name', 'in', ['look', 'cardDesigns'])
      .orderBy('name')
      .execute(),
  }));
}

const NO_FILE = '00000000-0000-0000-0000-000000000000';

/** What came since these were known. */
function storedBut(known: ReadonlySet<string>) {
  return inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx
      .selectFrom('file')
      .select(['id', 'mime', 'bytes', 'application_id', 'member_id'])
      .where('id', 'not in', [NO_FILE, ...known] as never[])
      .execute(),
  );
}

function reasonOf(file: HostileFile, door: Door): string {
  if (door.takes === 'scan') return file.scan ?? file.photo;
  // What is no table is one row of nonsense, whatever else it is.
  return door.takes === 'table' ? (file.table ?? 'not-a-table') : file.photo;
}

/** Addresses that say `no-store` to whoever is let in. */
const STAFF = /^\/:library\/(loket|anggota|pengaturan|laporan|kunjungan|cetak-kartu|permintaan-data)\//;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

describe('what is sent where a file is asked for', () => {
  it('comes through a door that is in this list, whenever it was made', async () => {
    const routes = site.app.routes.flatMap(({ method, path, handler }) => {
      const field = fileFieldOf(handler);
      return field === undefined ? [] : [`${method} ${path} ${field}`];
    });
    const listed = (await doors()).map(({ route, field }) => `POST /:library${route} ${field}`);
    expect(routes.sort()).toEqual(listed.sort());
  });

  it('is refused in words when it is anything else, at every door, and nothing of it is kept', async () => {
    const all = await doors();
    const wrong: string[] = [];
    const before = JSON.stringify(await kept());
    for (const door of all)
      for (const hostile of HOSTILE) {
        const file = await hostile.file();
        const answer = await site.upload(door.address, { ...door.fields, [door.field]: file }, door.cookie);
        const page = await answer.text();
        const reason = reasonOf(hostile, door);
        const expected = door.words[reason];
        const said =
          expected !== undefined && page.includes(escaped(expected))
            ? reason
            : page.includes(escaped(door.words.body ?? ''))
              ? 'too-large'
              : 'nothing of it';
        const problem =
          answer.status < 400 || answer.status >= 500
            ? answer.status
            : page.includes('x"<b>') || page.includes(PAYLOAD)
              ? 'said as it came'
              : JSON.stringify(await kept()) !== before
                ? 'kept'
                : said === reason
                  ? undefined
                  : `says ${said}, not ${reason}`;
        if (problem !== undefined) wrong.push(`${door.name}, ${hostile.what}: ${problem} (${answer.status})`);
      }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('is the picture alone, of a picture that is a program as well', async () => {
    for (const { what, file } of POLYGLOTS)
      for (const door of await doors()) {
        if (door.takes === 'table') continue;
        const known = new Set((await kept()).files.map(({ id }) => id));
        const fields = { ...door.fields, bukti: 'KTP', [door.field]: await file() };
        const answer = await site.upload(door.address, fields, door.cookie);
        expect([200, 303], `${door.name}, ${what}`).toContain(answer.status);
        const fresh = await storedBut(known);
        expect(fresh.length, `${door.name}, ${what}`).toBe(1);
        for (const { bytes, mime } of fresh) {
          expect(mime).toMatch(/^image\/(jpeg|png)$/);
          const open = site.deps.vault.open(database.libraryIds.banyuwangi, 'file', bytes ?? Buffer.alloc(0));
          expect(open.length).toBeGreaterThan(500);
          expect(/php|script|x:xmpmeta|\.\.\//.test(open.toString('latin1')), `${door.name}, ${what}`).toBe(
            false,
          );
        }
      }
  }, 60_000);

  it('is not kept as the proof of a consent that is refused: a sheet for somebody who needs no guardian', async () => {
    const { applicationId } = await phoneCase(site, 'banyuwangi', 'Contoh Dewasa Tanpa Wali');
    const before = JSON.stringify(await kept());
    const answer = await site.upload(
      `/banyuwangi/loket/${applicationId}/wali`,
      { nama: 'Contoh Wali', hubungan: 'mother', cara: 'paper', lembar: await portrait() },
      officer,
    );
    expect(answer.status).toBe(409);
    expect(JSON.stringify(await kept())).toBe(before);
  });

  it('is refused in words where its form was cut off on the way', async () => {
    const before = JSON.stringify((await kept()).files);
    for (const { name, address, field, cookie } of await doors()) {
      const head = `--x\r\nContent-Disposition: form-data; name="${field}"; filename="x.csv"\r\n\r\na;b\r\n1;2`;
      const answer = await site.request(address, {
        method: 'POST',
        body: head,
        headers: {
          origin: 'http://localhost',
          'content-type': 'multipart/form-data; boundary=x',
          ...(cookie === undefined ? {} : { cookie }),
        },
      });
      expect(answer.status, name).toBe(400);
      expect(await answer.text(), name).toContain(common.error.refusedBody);
    }
    const after = await kept();
    expect(JSON.stringify(after.files)).toBe(before);
    expect([after.imports, after.pieces]).toEqual([[], []]);
  });
});

describe('a hundred megabytes', () => {
  let server: Awaited<ReturnType<TestApp['listen']>>;
  beforeAll(async () => {
    server = await site.listen();
  });
  afterAll(() => server.close());

  /** Whatever nobody holds any more is gone when this returns. */
  const collect = (() => {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as () => void;
  })();
  const PIECE = Buffer.alloc(64 * 1024, 0xff);
  /** Of many pieces, and by a quarter more than any door reads. */
  const WHOLE = 100 * MB;

  /**
   * Sends one piece after the other, as the other side takes them, until it answers or has had enough.
   * @param said what the head says of its length; null for none
   */
  function stream(door: { address: string; field: string; cookie?: string }, said: number | null) {
    return new Promise<{ status: number; page: string; sent: number; held: number }>((resolve, reject) => {
      const origin = server.url;
      const sending = httpRequest(`${server.url}${door.address}`, {
        method: 'POST',
        headers: {
          origin,
          'content-type': 'multipart/form-data; boundary=x',
          ...(said === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': said }),
          ...(door.cookie === undefined ? {} : { cookie: door.cookie }),
        },
      });
      collect();
      const buffers = () => process.memoryUsage().arrayBuffers;
      const first = buffers();
      let [sent, held, answered, measured] = [0, 0, false, 0];
      sending.on('response', (answer) => {
        answered = true;
        let page = '';
        answer.setEncoding('utf8');
        answer.on('data', (text: string) => (page += text));
        answer.on('end', () => {
          sending.destroy();
          resolve({ status: answer.statusCode ?? 0, page, sent, held });
        });
      });
      sending.on('error', (error) => !answered && reject(error));
      const more = (): void => {
        // A length that is too long is answered before anything is read: nobody sends more than the beginning.
        const most = said === null ? WHOLE : PIECE.length;
        while (!answered && sent < most) {
          sent += PIECE.length;
          if (sent - measured >= 20 * MB) {
            measured = sent;
            collect();
            held = Math.max(held, buffers() - first);
          }
          if (!sending.write(PIECE)) {
            sending.once('drain', more);
            return;
          }
        }
        if (!answered && sent >= WHOLE) sending.end('\r\n--x--\r\n');
      };
      sending.write(
        `--x\r\nContent-Disposition: form-data; name="${door.field}"; filename="x.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
      );
      more();
    });
  }

  it('that are announced are refused before they are read, at every door', async () => {
    for (const door of await doors()) {
      const { status, page } = await stream(door, WHOLE);
      expect(status, door.name).toBe(413);
      expect(page, door.name).toContain(common.error.tooLargeBody);
    }
  }, 60_000);

  it('that just come, piece by piece, are cut off, and no more than a photo is held of them', async () => {
    const before = JSON.stringify(await kept());
    const all = await doors();
    const ready = JSON.stringify(await kept());
    expect(ready).not.toBe(before);
    for (const door of all) {
      const { status, page, sent, held } = await stream(door, null);
      expect([413, 422], door.name).toContain(status);
      expect(
        [door.words['too-large'], door.words.body].some((text) => page.includes(escaped(text ?? '?'))),
        door.name,
      ).toBe(true);
      // Cut off: the end was never sent. How much is on the way between the two is the kernel's affair.
      expect(sent, door.name).toBeLessThan(WHOLE);
      expect(held, door.name).toBeLessThan(40 * MB);
    }
    expect(JSON.stringify(await kept())).toBe(ready);
  }, 120_000);

  it('of a form that has no file are not read further than one megabyte, wherever they are sent', async () => {
    const { key } = await programOf(site, 'banyuwangi');
    const posts = [
      ...new Set(
        site.app.routes
          .filter(({ method, path }) => method !== 'GET' && !path.endsWith('*'))
          .map(({ method, path }) => `${method === 'ALL' ? 'POST' : method} ${path}`),
      ),
    ].filter(
      (route) =>
        !site.app.routes.some(
          ({ method, path, handler }) => `${method} ${path}` === route && fileFieldOf(handler) !== undefined,
        ),
    );
    expect(posts.length).toBeGreaterThan(100);
    const wrong: string[] = [];
    for (const route of posts)
      for (const [type, cookie] of [
        ['multipart/form-data; boundary=x', undefined],
        ['multipart/form-data; boundary=x', admin],
        ['multipart/form-data; boundary=x', officer],
        ['application/x-www-form-urlencoded', officer],
      ] as const) {
        const [method = '', path = ''] = route.split(' ');
        // Whoever signs out asks nothing more.
        if (/\/keluar$/.test(path)) continue;
        const address = path
          .replace(':library', 'banyuwangi')
          .replace(/:[a-zA-Z]+(\{[^}]*\})?/g, '01890000-0000-7000-8000-00000000ffff');
        let read = 0;
        const body = new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              read += PIECE.length;
              if (read > 100 * MB) controller.close();
              else controller.enqueue(PIECE);
            },
          },
          { highWaterMark: 0 },
        );
        const headers: Record<string, string> = { origin: 'http://localhost', 'content-type': type };
        if (cookie !== undefined) headers.cookie = cookie;
        if (path.startsWith('/api/')) headers.authorization = `Bearer ${key}`;
        const init = { method, body, headers, duplex: 'half' };
        const answer = await site.request(address, init as RequestInit);
        await answer.body?.cancel();
        if (answer.status < 400 || answer.status >= 500 || read > MB + 2 * PIECE.length)
          wrong.push(`${route} ${type}: ${answer.status}, ${read} bytes read`);
      }
    expect(wrong).toEqual([]);
  }, 120_000);
});

it('is seen at no address that could be guessed, and by nobody without the right to it', async () => {
  const stored: (Awaited<ReturnType<typeof storedBut>>[number] & { readonly door: string })[] = [];
  for (const door of await doors()) {
    if (door.takes === 'table') continue;
    const known = new Set((await kept()).files.map(({ id }) => id));
    const fields = { ...door.fields, bukti: 'KTP', [door.field]: await portrait() };
    await site.upload(door.address, fields, door.cookie);
    for (const row of await storedBut(known)) stored.push({ ...row, door: door.name });
  }
  expect(stored.length).toBe((await doors()).length - 1);
  const people = new Map<string, string | undefined>([['nobody', undefined]]);
  people.set('neighbour', (await site.signIn('jateng', 'subkoordinator')).header);
  for (const name of ['petugas', 'subkoordinator', 'kabid', 'kepala', 'admin'])
    people.set(name, (await site.signIn('banyuwangi', name)).header);
  const routes = [
    ...new Set(
      site.app.routes
        .filter(({ method, path }) => method === 'GET' && /^\/:library\/.*:/.test(path))
        .map(({ path }) => path),
    ),
  ].filter((path) => !/siaran|\.pdf|oidc|kode\.svg/.test(path));
  expect(routes.length).toBeGreaterThan(40);
  /** Who is not let in at all need not ask there for each file. */
  const closed = new Set<string>();
  const seen = new Map<string, Set<string>>();
  for (const { id, bytes, application_id, member_id, door: through } of stored) {
    const open = site.deps.vault.open(database.libraryIds.banyuwangi, 'file', bytes ?? Buffer.alloc(0));
    for (const route of routes)
      for (const owner of new Set([application_id ?? member_id ?? id, id])) {
        const named = route.match(/:(?!library)/g)?.length ?? 0;
        const values = named === 1 ? [owner] : [owner, id];
        const address = route
          .replace(':library', 'banyuwangi')
          .replace(/:[a-zA-Z]+(\{[^}]*\})?/g, () => values.shift() ?? id);
        for (const [name, cookie] of people) {
          const door = `${name} ${route}`;
          if (closed.has(door)) continue;
          const answer = await site.request(address, cookie === undefined ? {} : { headers: { cookie } });
          if (!(answer.headers.get('content-type') ?? '').startsWith('image/')) {
            await answer.body?.cancel();
            if (STAFF.test(route) && answer.headers.get('cache-control') === null) closed.add(door);
            continue;
          }
          if (!open.equals(Buffer.from(await answer.arrayBuffer()))) continue;
          const what = `${through} at ${route}`;
          seen.set(what, (seen.get(what) ?? new Set()).add(name));
        }
      }
  }
  const shown = Object.fromEntries([...seen].map(([what, who]) => [what, [...who].sort().join(' ')]));
  const counter = 'petugas subkoordinator';
  expect(shown).toEqual({
    // Who works at cases sees whom they are about; what was scanned, the officer alone who has the case in hand.
    'photo from the phone at /:library/loket/:id/foto': counter,
    'photo that the officer asked for again at /:library/loket/:id/foto': counter,
    'photo by the link of the officer’s screen at /:library/loket/:id/foto': counter,
    'photo at the counter at /:library/loket/:id/foto': counter,
    'scan at the counter at /:library/loket/:id/pindaian/:berkas': 'petugas',
    'photo of a member at /:library/anggota/:id/foto/:file': counter,
    'picture of a card design at /:library/pengaturan/kartu-desain/gambar/:file': 'admin',
    // Stands on every public page.
    'emblem at /:library/lambang/:file': [...people.keys()].sort().join(' '),
  });
}, 120_000);

it('no program sends a file: the API takes JSON and says so', async () => {
  const { key } = await programOf(site, 'banyuwangi');
  const routes = site.app.routes.filter(
    ({ method, path }) => path.startsWith('/api/v1/') && ['POST', 'PUT', 'PATCH'].includes(method),
  );
  expect(routes.length).toBeGreaterThan(3);
  for (const { method, path } of routes) {
    const body = new FormData();
    body.append('photo', await portrait());
    const answer = await site.request(path.replace(/:\w+/g, '01890000-0000-7000-8000-00000000ffff'), {
      method,
      body,
      headers: { authorization: `Bearer ${key}`, 'idempotency-key': onceKey(), 'if-match': '*' },
    });
    expect(Math.floor(answer.status / 100), path).toBe(4);
    const problem = (await answer.json()) as { title: string; detail?: string };
    expect(problem.title.length, path).toBeGreaterThan(5);
  }
});
