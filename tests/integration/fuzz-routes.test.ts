import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { findOpenPhotoLink } from '../../src/usecases/open-photo-link.ts';
import { makeFeedToken } from '../../src/usecases/set-feed.ts';
import { onceKey, programOf } from '../support/api-keys.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf, phoneCase, portrait, toThePhoto } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pairingCode, printCode } from '../support/gates.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';
import { switchOn } from '../support/services.ts';
import { typedForm } from '../support/typed-form.ts';

/**
 * Every address of the service, asked by everybody who may be at the door, with ids, bodies, headers and encodings that
 * no page of ours sends. Three rounds, the same wherever it runs, and where a time is given further ones until it is over:
 * each by its own seed, the next number. `FUZZ_SECONDS=600 FUZZ_SEED=4 npx vitest run --project integration tests/integration/fuzz-routes.test.ts`
 * asks more and others; what a fault names as its seed is asked again by `FUZZ_ROUNDS=1 FUZZ_SEED=…`.
 */
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 3);
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 0);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const MOST_ROUNDS = 10;
const PATIENCE_MS = 600_000 + SECONDS * 1_000;

/** Who must never come out: a member and a case of the other library, and nobody at all for those not signed in. */
const THERE = 'Contoh Rahasia Jateng';
const HERE = 'Contoh Rahasia Banyuwangi';
const NIK_THERE = '9901014101900077';
/** Of a member and two cases of this library: whole they stand on no page, for nobody. */
const NIKS_HERE = ['9901014101900085', '9901014101900093', '9901014101900101'] as const;
/** The proxy that all of it comes through, so that each asks from an address of its own. */
const PROXY = '127.0.0.1';
const THROUGH_PROXY = { incoming: { socket: { remoteAddress: PROXY } } };

let database: TestDatabase;
let site: TestApp;
let here: LibraryContext;
let there: LibraryContext;
/** Ids of things that exist, here and there. */
const ids: string[] = [];
/** Of this library: a member, a case, a card, a file. */
const own: string[] = [];
const cookies = new Map<string, string | undefined>();
/** A program of this library that may do everything. */
let key = '';
/** Of the lending system that fetches its file. */
let feedToken = '';
/** Secret addresses of this library that somebody holds, by how the route begins; the first that fits is taken. */
const held: (readonly [string, string])[] = [];
/** The same of the other library: they open nothing here. */
const heldThere: (readonly [string, string])[] = [];
let asked = 0;
/** How often each route was asked, and what came back. */
const answers = new Map<string, Map<number, number>>();

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { isTrustedProxy: (address) => address === PROXY });
  here = await libraryOf(site, 'banyuwangi');
  there = await libraryOf(site, 'jateng');
  const jpeg = Buffer.from(await (await portrait()).arrayBuffer());
  for (const [library, name] of [
    [here, HERE],
    [there, THERE],
  ] as const) {
    const scope = scopeOfRole(library, site.deps, ['petugas']);
    const member = await memberNamed(
      database,
      site.deps,
      scope,
      name,
      numbered(library === there ? NIK_THERE : NIKS_HERE[0]),
    );
    await givePhoto(database, site.deps, scope, member, jpeg);
    const { applicationId } = await phoneCase(
      site,
      library.slug,
      `${name} Kasus`,
      library === there ? {} : numbered(NIKS_HERE[1]),
    );
    const [cards, files, officers] = await inLibrary(database.db, library.id, async (tx) => [
      await tx.selectFrom('card').select('id').execute(),
      await tx.selectFrom('file').select('id').execute(),
      await tx.selectFrom('officer').select('id').limit(2).execute(),
    ]);
    const rows = [...cards, ...files, ...officers];
    ids.push(member, applicationId, ...rows.map(({ id }) => id));
    if (library === here)
      own.push(member, applicationId, ...[...cards.slice(0, 1), ...files.slice(0, 1)].map(({ id }) => id));
  }
  here = await switchOn(database, site, 'banyuwangi');
  await holdSecrets();
  ({ key } = await programOf(site, 'banyuwangi'));
  cookies.set('nobody', undefined);
  for (const username of ['petugas', 'subkoordinator', 'kabid', 'kepala', 'admin'])
    cookies.set(username, (await site.signIn('banyuwangi', username)).header);
  for (const [kind, door] of [
    ['kiosk', 'buku-tamu'],
    ['gate', 'gerbang'],
  ] as const) {
    const { code } = await pairingCode(site, 'banyuwangi', `Contoh ${kind}`, kind);
    const paired = await site.post(`/banyuwangi/${door}/pasang`, { kode: code });
    cookies.set(kind, paired.headers.getSetCookie()[0]?.split(';')[0]);
  }
}, 120_000);
afterAll(() => database.drop());

function numbered(nik: string) {
  return { nik: nik as never, documentNumber: nik };
}

/** Whether somebody's number of this library is there to be read, however it is spaced. */
function showsNumber(text: string): boolean {
  const digits = text.replace(/(?<=\d)(?:[ .\-\u00a0]|&nbsp;|%20|\+)(?=\d)/g, '');
  return NIKS_HERE.some((nik) => digits.includes(nik));
}

/** What the phones, papers and programs of people hold who are nobody of the above: whoever has the address may see them. */
async function holdSecrets(): Promise<void> {
  const counter = (await site.signIn('banyuwangi', 'petugas')).header;
  const adult = await phoneCase(site, 'banyuwangi', 'Contoh Pemegang Alamat');
  const child = await phoneCase(site, 'banyuwangi', 'Contoh Pemegang Kecil', {
    birthDate: '2016-05-17' as never,
  });
  const pictured = await toThePhoto(site, 'banyuwangi', 'Contoh Pemegang Foto', counter);
  const scope = scopeOfRole(here, site.deps, ['petugas']);
  await site.post(`${pictured.base}/foto/ponsel`, {}, counter);
  const link = await inLibrary(database.db, here.id, (tx) =>
    findOpenPhotoLink(tx, site.deps, scope, pictured.applicationId),
  );
  if (link === null) throw new Error('no link to a photo');
  const feed = await makeFeedToken(
    database.db,
    site.deps,
    scopeOfRole(here, site.deps, ['sub_koordinator']),
    'slims',
  );
  if (!feed.ok) throw new Error(feed.reason);
  feedToken = feed.token;
  const draft = await site.post('/banyuwangi/daftar/lanjutkan', typedForm({ name: 'Contoh Pemegang Kode' }));
  const member = await memberNamed(database, site.deps, scope, 'Contoh Pemegang Kartu');
  await givePhoto(database, site.deps, scope, member, Buffer.from(await (await portrait()).arrayBuffer()));
  const cardOf = (library: LibraryContext, of: string) =>
    inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('card')
        .select(['id', 'access_generation'])
        .where('member_id', '=', of as never)
        .executeTakeFirstOrThrow(),
    );
  const ktaOf = async (library: LibraryContext, of: string) => {
    const card = await cardOf(library, of);
    return site.deps.vault.token(library.id, 'kta', card.id, card.access_generation);
  };
  const kta = await ktaOf(here, member);
  const signed =
    printCode(site.deps, here, (await cardOf(here, member)).id)
      .split('/')
      .at(-1) ?? '';
  const photo = await inLibrary(database.db, here.id, (tx) =>
    tx.selectFrom('member').select(['id', 'photo_id']).where('name', '=', HERE).executeTakeFirstOrThrow(),
  );
  held.push(
    ['/permohonan/:token/wali', `/permohonan/${child.token}/wali`],
    ['/permohonan/:token', `/permohonan/${adult.token}`],
    ['/daftar/lanjutkan/:token', (draft.headers.get('location') ?? '').replace('/banyuwangi', '')],
    ['/kta/:token{[\\w-]+}', `/kta/${kta}`],
    ['/kta/:token', `/kta/${kta}`],
    ['/data-saya/:way/:token', `/data-saya/kta/${kta}`],
    ['/foto/:token', `/foto/${link.token}`],
    ['/k/:signed', `/k/${signed}`],
    ['/K/:signed', `/K/${signed}`],
    ['/umpan/:format', '/umpan/slims'],
    ['/anggota/:id/foto/:file', `/anggota/${photo.id}/foto/${photo.photo_id}`],
    ['/card-keys/:slug', '/card-keys/banyuwangi'],
  );
  const stranger = await inLibrary(database.db, there.id, (tx) =>
    tx.selectFrom('member').select('id').where('name', '=', THERE).executeTakeFirstOrThrow(),
  );
  const foreign = await ktaOf(there, stranger.id);
  heldThere.push(['/kta/:token', `/kta/${foreign}`], ['/data-saya/:way/:token', `/data-saya/kta/${foreign}`]);
}

/** Names of files that a route lists in its own pattern. */
const FILES: readonly (readonly [RegExp, string])[] = [
  [/:file\{kartu[^}]*\}/, 'kartu.png'],
  [/:icon\{[^/]*\}/, 'ikon-192.png'],
  [/:file\{\(anggota[^}]*\}/, 'anggota.csv'],
];

/**
 * What needs more than an address: a pass that the gate was just given, a picture that somebody has sent, a file of the build,
 * a provider of staff that is named.
 */
const BEHIND_SECRETS =
  /\/gerbang\/foto\/:pass$|\/(assets|lambang|gambar)\/:file$|^GET \/masuk\/penyedia\/:slug\/keluar$/;
/** The provider for members answers a method that it does not have as an address that it does not have. */
const OTHER_METHOD =
  /^POST \/:library\/oidc\/(\.well-known\/|jwks$)|^GET \/:library\/oidc\/token(\/revocation)?$/;

/** The two acts that show a number, with a purpose that is logged; `looks` and `views` are about them. */
const NUMBERS_SHOWN = /^POST \/:library\/(loket|anggota)\/:id\/nomor$/;

/** Numbers from 0 to 1, the same for the same seed: a failure can be asked for again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ODD = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'NaN',
  'null',
  'true',
  '[]',
  '99999999999999999999',
  '01890000-0000-7000-8000-00000000ffff',
  "' or 1=1 --",
  '"><script>alert(1)</script>',
  '../../../etc/passwd',
  '%',
  '_%',
  '\\',
  '\u202egnirts',
  '👩‍👩‍👧',
  'é'.normalize('NFD'),
  '\ud800',
  'a'.repeat(6_000),
  '2026-02-30',
  '31/12/0000',
  '{"a":',
  '__proto__',
  'constructor',
];
/** What a browser would never put into an address. */
const ODD_PATHS = ['%00', '%ff', '%E0%A4%A', '..%2f..%2f', '%252e%252e', '%0d%0aSet-Cookie:x=1', ';', '//'];

/** Half of a pair of code units, which no encoding of an address takes, becomes a question mark. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** One who asks without manners. */
function stranger(random: () => number, fields: readonly string[]) {
  const one = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const value = (): string => (random() < 0.35 ? one(ids) : one(ODD));
  const segment = (): string => {
    const kind = random();
    if (kind < 0.5) return one(ids);
    return kind < 0.8 ? encodeURIComponent(wellFormed(one(ODD))) || 'x' : one(ODD_PATHS);
  };
  const pairs = (): [string, string][] =>
    Array.from({ length: Math.floor(random() * 12) }, () => [
      random() < 0.85 ? one(fields) : one(ODD),
      value(),
    ]);
  return { one, value, segment, pairs, random };
}
type Stranger = ReturnType<typeof stranger>;

function addressOf(path: string, who: Stranger): string {
  const library = who.random() < 0.9 ? 'banyuwangi' : who.one(['jateng', 'tidak-ada', '%ff']);
  const secrets = who.random() < 0.6 ? held : who.random() < 0.5 ? heldThere : [];
  const [from, to] = (library === 'banyuwangi' && secrets.find(([door]) => path.includes(door))) || ['', ''];
  const known = FILES.reduce(
    (so, [named, file]) => (who.random() < 0.8 ? so.replace(named, file) : so),
    path,
  );
  const address = known
    .replace(from, to)
    .replace(':library', library)
    .replace(/\/\*$/, '/x')
    .replace(/:[a-zA-Z]+(\{[^}]*\})?/g, who.segment);
  if (who.random() < 0.5) return address;
  const query = new URLSearchParams(who.pairs().map(([name, value]) => [name, wellFormed(value)]));
  return `${address}?${query}${who.random() < 0.2 ? '&x=%ff%00&=&&%zz' : ''}`;
}

function bodyOf(who: Stranger): { type: string | null; body: BodyInit } {
  const pairs = who.pairs().map(([name, value]) => [wellFormed(name), wellFormed(value)] as const);
  switch (who.one(['form', 'form', 'form', 'multipart', 'broken', 'json', 'bytes', 'wrong', 'none'])) {
    case 'multipart': {
      const form = new FormData();
      for (const [name, value] of pairs) {
        if (who.random() < 0.6) form.append(name, value);
        else
          form.append(
            name,
            new File([who.one(ODD)], who.one(ODD).slice(0, 200), {
              type: who.one(['image/jpeg', 'text/html', '']),
            }),
          );
      }
      // Its boundary is said by the request itself.
      return { type: null, body: form };
    }
    case 'broken':
      return {
        type: who.one([
          'multipart/form-data',
          'multipart/form-data; boundary=x',
          'multipart/form-data; boundary=',
        ]),
        body: `--x\r\ncontent-disposition: form-data; name="${who.one(ODD.slice(0, 8))}"\r\n\r\n${who.value()}`,
      };
    case 'json':
      return {
        type: 'application/json',
        body: who.one(['{', '[]', 'null', '{"__proto__":{"x":1}}', '[[[[', '{"a":1e999}']),
      };
    case 'bytes':
      return {
        type: 'application/x-www-form-urlencoded',
        body: new Uint8Array(Array.from({ length: 300 }, () => Math.floor(who.random() * 256))),
      };
    case 'wrong':
      return {
        type: who.one([
          'text/plain',
          'image/svg+xml',
          'application/x-www-form-urlencoded; charset=utf-7',
          'x',
        ]),
        body: 'a=b',
      };
    case 'none':
      return { type: 'application/x-www-form-urlencoded', body: '' };
    default:
      return {
        type: 'application/x-www-form-urlencoded',
        body: new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString(),
      };
  }
}

function headersOf(who: Stranger, cookie: string | undefined): Headers {
  const headers = new Headers({
    origin: 'http://localhost',
    // Another neighbour each time, or all would be told to wait.
    'x-forwarded-for':
      who.random() < 0.9
        ? `10.${[1, 2, 3].map(() => Math.floor(who.random() * 256)).join('.')}`
        : who.one(['', 'x', '::1, ,', '1'.repeat(500)]),
  });
  const extra: readonly (readonly [string, string])[] = [
    ['accept-language', 'xx-;q=9,*'],
    ['accept-encoding', 'br;q=1.0, gzip;q=zz'],
    ['if-none-match', '"\\"'],
    ['if-modified-since', 'yesterday'],
    ['range', 'bytes=9-1,-5,x'],
    ['accept', 'application/json'],
    ['host', 'evil.example'],
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-proto', 'javascript'],
    ['authorization', 'Bearer ..'],
    ['referer', 'not a url'],
    ['hx-request', 'true'],
  ];
  for (let more = Math.floor(who.random() * 3); more > 0; more--)
    headers.set(...(who.one(extra) as [string, string]));
  const odd =
    who.random() < 0.15
      ? who.one(['bahasa=%ff', 'bahasa=<script>', '__Host-x=; ;=', 'a'.repeat(3000)])
      : undefined;
  const all = [cookie, odd].filter((part) => part !== undefined).join('; ');
  if (all !== '') headers.set('cookie', all);
  return headers;
}

/** Words that only an error of the program itself would say. */
const INSIDE =
  /node:internal|node_modules|\.tsx?:\d+|at async |violates|syntax error at|invalid input syntax|kysely|ECONN/i;

/** Names of fields that pages of the service have: nonsense in a place that is read goes further. */
async function fieldNames(addresses: readonly string[]): Promise<readonly string[]> {
  const names = new Set([
    'lang',
    'perpustakaan',
    'version',
    'versi',
    'halaman',
    'q',
    'tanggal',
    'kunci',
    'kirim',
    'fields',
    'cursor',
    'limit',
    'state',
    'changed_since',
    'member_id',
  ]);
  for (const address of addresses)
    for (const [, cookie] of cookies) {
      const answer = await site.request(address, cookie === undefined ? {} : { headers: { cookie } });
      if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) {
        await answer.body?.cancel();
        continue;
      }
      for (const [, name] of (await answer.text()).matchAll(/ name="([^"]{1,60})"/g))
        if (name !== undefined) names.add(name);
    }
  return [...names];
}

/** All that a route of GET may be asked for with what exists, by everybody who may be at the door. */
function realAddresses(path: string): readonly string[] {
  const door = held.find(([from]) => path.includes(from));
  const known = FILES.reduce((so, [named, file]) => so.replace(named, file), path).replace(
    ...(door ?? (['', ''] as const)),
  );
  const at = known.replace(':library', 'banyuwangi').replace(/\/\*$/, '/x');
  const asked = (address: string) => `${address}?q=${encodeURIComponent(HERE)}`;
  if (!/:[a-zA-Z]/.test(at)) return [asked(at)];
  // What else is in an address than the id of something takes the same, and leads nowhere then.
  const others = ['1', '2026-03', 'inlislite-db', 'slims', 'koha-rest', 'bulanan'];
  return (/:(id|signed|number)\b/.test(at) ? own : [...own.slice(0, 1), ...others]).map((id) =>
    asked(at.replace(/:[a-zA-Z]+(\{[^}]*\})?/g, id)),
  );
}

it('no page shows a whole number to anybody, but the identity step to the officer who holds the case', {
  timeout: 300_000,
}, async () => {
  // Somebody stands at the counter, and the one who serves them compares the document with the number.
  const officer = cookies.get('petugas') ?? '';
  const { applicationId, ticketCode } = await phoneCase(
    site,
    'banyuwangi',
    `${HERE} Dilayani`,
    numbered(NIKS_HERE[2]),
  );
  own.push(applicationId);
  const scanned = await site.post('/banyuwangi/loket/pindai', { kode: ticketCode }, officer);
  expect(scanned.headers.get('location')).toBe(`/banyuwangi/loket/${applicationId}`);
  // The page of the case, and the form that puts right what differs from the document.
  const exempt = ['/loket/:id', '/loket/:id/perbaiki'].map(
    (path) => `petugas GET /:library${path} ${applicationId}`,
  );

  const paths = [
    ...new Set(
      site.app.routes
        .filter(({ method, path }) => method === 'GET' || (method === 'ALL' && !path.endsWith('*')))
        .map(({ path }) => path),
    ),
  ];
  const shown = new Set<string>();
  let read = 0;
  let people = 0;
  for (const path of paths)
    for (const address of realAddresses(path))
      for (const [name, cookie] of cookies) {
        const headers = new Headers(cookie === undefined ? {} : { cookie });
        if (path.startsWith('/api/v1')) headers.set('authorization', `Bearer ${key}`);
        if (path.includes('/umpan/')) headers.set('authorization', `Bearer ${feedToken}`);
        headers.set('x-forwarded-for', `10.9.${read >> 8}.${read & 255}`);
        const answer = await site.app.request(address, { headers }, THROUGH_PROXY);
        const type = answer.headers.get('content-type') ?? '';
        if (!/text|json|xml|csv/.test(type) || type.includes('event-stream')) {
          await answer.body?.cancel();
          continue;
        }
        const said = (await answer.text()) + [...answer.headers].map(([, value]) => value).join('\n');
        read++;
        if (answer.status === 200 && said.includes(HERE)) people++;
        if (showsNumber(said))
          shown.add(`${name} GET ${path} ${own.find((id) => address.includes(id)) ?? ''}`);
      }
  console.log(`number_pages: ${read}\nnumber_pages_of_people: ${people}\nnumber_shown: ${shown.size}`);
  expect([...shown].sort()).toEqual(exempt);
  expect(people).toBeGreaterThan(20);
});

describe('every address of the service, asked with nonsense', () => {
  it(
    'answers in words, gives away nobody, and changes nothing of another library',
    async () => {
      const routes = [
        ...new Set(
          site.app.routes
            // Middleware stands before whole branches; what answers every method is asked by two of them.
            .filter(({ method, path }) => method !== 'ALL' || !path.endsWith('*'))
            .flatMap(({ method, path }) =>
              (method === 'ALL' ? ['GET', 'POST'] : [method]).map((each) => `${each} ${path}`),
            ),
        ),
      ];
      expect(routes.length).toBeGreaterThan(150);
      const fields = await fieldNames(
        routes
          .filter((route) => route.startsWith('GET ') && !route.includes('/siaran'))
          .map((route) =>
            route
              .slice(4)
              .replace(':library', 'banyuwangi')
              .replace(/:[a-zA-Z]+(\{[^}]*\})?/g, ids[1] ?? 'x'),
          ),
      );
      expect(fields.length).toBeGreaterThan(80);
      const untouched = await rowsThere();

      const wrong: string[] = [];
      const until = performance.now() + SECONDS * 1_000;
      /** Where nobody has been let in yet, though some are let in. */
      const closed = () =>
        routes.filter(
          (route) =>
            [...(answers.get(route)?.keys() ?? [])].every((one) => one === 404) &&
            !BEHIND_SECRETS.test(route) &&
            !OTHER_METHOD.test(route),
        );
      const goesOn = () => rounds < ROUNDS || performance.now() < until;
      let rounds = 0;
      // Which of the ids is asked for is chance: some more rounds, where it left a door out.
      for (; goesOn() || (closed().length > 0 && rounds < MOST_ROUNDS); rounds++) {
        const random = seeded(SEED + rounds);
        const who = stranger(random, fields);
        for (const route of routes) {
          if (rounds >= ROUNDS && performance.now() >= until && closed().length === 0) break;
          const [method = '', path = ''] = route.split(' ');
          for (const [name, cookie] of cookies) {
            // Who signs out or ends all sessions asks nothing more.
            if (cookie !== undefined && /\/(keluar|sesi|sandi)(\/|$)/.test(path)) continue;
            const address = addressOf(path, who);
            const headers = headersOf(who, cookie);
            /** Asks as a program of this library, whoever else it is. */
            let keyed = false;
            if (path.startsWith('/api/v1') && cookie !== undefined && random() < 0.9) {
              headers.set('authorization', `Bearer ${key}`);
              keyed = true;
              headers.set(
                'idempotency-key',
                random() < 0.9 ? onceKey() : wellFormed(who.one(ODD)).replaceAll(/[^\x20-\x7e]/g, ''),
              );
              headers.set('if-match', who.one(['"0.AAAAAAAAAAAAAAAAAAAAAA"', '*', 'W/"1"', '"']));
            }
            if (path.includes('/umpan/') && random() < 0.8) {
              headers.set('authorization', `Bearer ${feedToken}`);
              keyed = true;
            }
            const { type, body } = bodyOf(who);
            if (type !== null && method !== 'GET') headers.set('content-type', type);
            const before = site.logged.length;
            let answer: Response;
            try {
              answer = await site.app.request(
                address,
                { method, headers, ...(method === 'GET' ? {} : { body }) },
                THROUGH_PROXY,
              );
            } catch (error) {
              if (error instanceof TypeError && /Invalid URL/.test(error.message)) continue;
              throw error;
            }
            asked++;
            const seen = answers.get(route) ?? new Map<number, number>();
            answers.set(route, seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1));
            const text =
              /text|json|xml|csv/.test(answer.headers.get('content-type') ?? '') &&
              !(answer.headers.get('content-type') ?? '').includes('event-stream')
                ? await answer.text()
                : '';
            if (text === '') await answer.body?.cancel();
            const said =
              text +
              [...answer.headers].map(([, value]) => value).join('\n') +
              JSON.stringify(site.logged.slice(before));
            const complain = (what: string) =>
              wrong.push(
                `${what} (seed ${SEED + rounds}): ${method} ${address.slice(0, 300)} by ${name} ${type ?? ''} ${typeof body === 'string' ? body.slice(0, 300) : ''} ${JSON.stringify(site.logged.slice(before)).slice(0, 500)}`,
              );
            if (answer.status >= 500) complain(String(answer.status));
            if (INSIDE.test(text)) complain('inside');
            // The wall of names that a search finds is not nonsense: only those of the other library, and any for nobody.
            if (
              said.includes(THERE) ||
              said.includes(NIK_THERE) ||
              (!keyed && (cookie === undefined || name === 'kiosk') && said.includes(HERE))
            )
              complain('leak');
            if (showsNumber(said) && !NUMBERS_SHOWN.test(route)) complain('a whole number');
            // What is said of a request as JSON may name its fields: no browser takes it for a page (nosniff).
            if (/<script>alert/.test(text) && !/json/.test(answer.headers.get('content-type') ?? ''))
              complain('script');
            if (answer.headers.has('set-cookie') && /(^|\s)x=1/.test(answer.headers.get('set-cookie') ?? ''))
              complain('header');
            const location = answer.headers.get('location');
            if (location !== null && !/^(\/(?!\/)|http:\/\/localhost\/)/.test(location))
              complain(`away to ${location}`);
          }
        }
      }
      console.log(
        `fuzz_seed: ${SEED}\nfuzz_rounds: ${rounds}\nfuzz_requests: ${asked}\nfuzz_routes: ${routes.length}\nfuzz_faults: ${wrong.length}`,
      );
      const never = routes.filter((route) => !answers.has(route));
      console.log(`fuzz_uncovered: ${never.length}\nfuzz_closed: ${closed().length}`);
      expect(wrong).toEqual([]);
      // Every address that the service has, whenever it was added.
      expect(never).toEqual([]);
      // Behind secrets that nobody guesses; everything else was let in by somebody.
      expect(closed()).toEqual([]);
      expect(await rowsThere()).toEqual(untouched);
    },
    PATIENCE_MS,
  );

  function rowsThere() {
    return inLibrary(database.db, there.id, async (tx) => ({
      // Some requests go to its own public doors; that one was refused there is a row, and no change.
      audit: await tx
        .selectFrom('audit_log')
        .select(['id', 'action'])
        .where('action', 'not like', '%.refuse')
        .execute(),
      members: await tx.selectFrom('member').selectAll().execute(),
      cases: await tx.selectFrom('application').select(['id', 'state', 'version']).orderBy('id').execute(),
      cards: await tx.selectFrom('card').selectAll().execute(),
    }));
  }
});
