import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ClientId } from '../../src/domain/ids.ts';
import { openPace } from '../../src/sip2/pace.ts';
import { openFormGuard } from '../../src/web/public/form-guard.ts';
import { openRateExchange, type RunningExchange } from '../../src/web/rate-exchange.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase, testDeps, testVault } from '../support/database.ts';
import { pairingCode } from '../support/gates.ts';
import { deviceAccount, openTestSip2, signedIn } from '../support/sip2.ts';

/**
 * Two services on one database, as behind a proxy: what somebody may do a while is one number, whichever of them is
 * asked. Beside the table itself (`doors`) and the limits of public forms, which count the same way.
 */
const SLUG = 'banyuwangi';

interface Service {
  readonly site: TestApp;
  readonly rates: RunningExchange;
}

let database: TestDatabase;
let here: Service;
let there: Service;

function exchangeOf(): RunningExchange {
  const { now } = testDeps();
  const deps = { db: database.db, vault: testVault, now, log: () => undefined };
  return openRateExchange(deps, { timer: false });
}

function service(): Service {
  const rates = exchangeOf();
  return { site: createTestApp(database, { rates }), rates };
}

beforeAll(async () => {
  database = await createTestDatabase();
  here = service();
  there = service();
});
afterAll(() => database.drop());

/** What a second of the running service does by itself. */
async function meet(): Promise<void> {
  await here.rates.exchange();
  await there.rates.exchange();
}

const rows = () => database.db.selectFrom('rate_window').selectAll().execute();

type Send = (site: TestApp) => Promise<Response>;

async function pair(kind: 'gate' | 'kiosk'): Promise<string> {
  const { code } = await pairingCode(here.site, SLUG, `Contoh ${kind} ${Math.random()}`, kind);
  const path = kind === 'gate' ? 'gerbang' : 'buku-tamu';
  const paired = await here.site.post(`/${SLUG}/${path}/pasang`, { kode: code });
  return paired.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

const json = (path: string, cookie: string, body: unknown): Send => {
  const headers = { cookie, 'content-type': 'application/json', origin: 'http://localhost' };
  return (site) => site.request(`/${SLUG}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
};
const scan = 'pindai-0123456789abcdef';

/** What each device may send in a minute, as `docs/security.md` says. */
const OF_DEVICES: readonly (readonly [
  what: string,
  kind: 'gate' | 'kiosk',
  points: number,
  send: (cookie: string) => Send,
])[] = [
  [
    'codes that a gate checks',
    'gate',
    240,
    (cookie) => json('/gerbang/periksa', cookie, { code: 'bukan kartu', scan }),
  ],
  [
    'codes that a gate without script checks',
    'gate',
    240,
    (cookie) => (site) => site.post(`/${SLUG}/gerbang`, { kode: 'bukan kartu' }, cookie),
  ],
  [
    'what a gate asks by itself',
    'gate',
    180,
    (cookie) => (site) => site.request(`/${SLUG}/gerbang/keadaan`, { headers: { cookie } }),
  ],
  [
    'visits at a kiosk',
    'kiosk',
    120,
    (cookie) => (site) => site.post(`/${SLUG}/buku-tamu`, { jenis: 'non_member', tujuan: 'BACA' }, cookie),
  ],
  [
    'visits at a kiosk that tell no purpose',
    'kiosk',
    120,
    (cookie) => (site) => site.post(`/${SLUG}/buku-tamu`, { jenis: 'non_member', tujuan: '' }, cookie),
  ],
  [
    'forms at a kiosk',
    'kiosk',
    120,
    (cookie) => (site) => site.post(`/${SLUG}/buku-tamu/daftar`, {}, cookie),
  ],
  [
    'numbers of the queue at a kiosk',
    'kiosk',
    120,
    (cookie) => (site) => site.post(`/${SLUG}/buku-tamu/antrean`, {}, cookie),
  ],
];

async function statusOf(send: Send, { site }: Service): Promise<number> {
  const answer = await send(site);
  await answer.body?.cancel();
  return answer.status;
}

describe('two services with one database', () => {
  for (const [what, kind, points, sendWith] of OF_DEVICES)
    it(`count together: ${what}`, async () => {
      const send = sendWith(await pair(kind));
      const statuses = new Set<number>();
      for (let n = 0; n < points / 2; n++)
        for (const one of [here, there]) statuses.add(await statusOf(send, one));
      expect([...statuses].filter((status) => status === 429 || status === 403 || status >= 500)).toEqual([]);
      await meet();
      expect(await statusOf(send, there)).toBe(429);
      // The first told before it could hear of the second: it hears with the next one that comes.
      await statusOf(send, here);
      await meet();
      expect(await statusOf(send, here)).toBe(429);
    }, 30_000);

  it('write nothing down for secrets that no device has', async () => {
    await meet();
    const before = (await rows()).length;
    const made = (n: number) => `${String(n).padStart(32, 'x')}`;
    for (let n = 0; n < 20; n++) {
      for (const [, kind, , sendWith] of OF_DEVICES) {
        const cookie = `${kind === 'gate' ? 'gerbang' : 'perangkat'}-${SLUG}=${made(n)}`;
        expect(await statusOf(sendWith(cookie), here)).toBe(403);
      }
    }
    await meet();
    expect((await rows()).length).toBe(before);
  });

  it('count together: the refusals of an officer that are written into the audit log', async () => {
    const { header } = await here.site.signIn(SLUG, 'kepala');
    const refused = () =>
      inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
        tx.selectFrom('audit_log').select('id').where('action', '=', 'access.refuse').execute(),
      );
    const send: Send = (site) => site.request(`/${SLUG}/jejak`, { headers: { cookie: header } });
    for (let n = 0; n < 59; n++) expect(await statusOf(send, here)).toBe(404);
    expect(await statusOf(send, there)).toBe(404);
    await meet();
    expect((await refused()).length).toBe(60);
    expect(await statusOf(send, there)).toBe(404);
    expect((await refused()).length).toBe(60);
  });

  it('count together: searches of villages of a network', async () => {
    const exchanges = [exchangeOf(), exchangeOf()];
    const [one, other] = exchanges.map((rates) => openFormGuard({ ...here.site.deps, rates }));
    const address = '2001:db8:7::1';
    for (let n = 0; n < 3_000; n++)
      expect([one?.limitSearch(address), other?.limitSearch(address)]).toEqual([null, null]);
    for (const rates of exchanges) await rates.exchange();
    expect(other?.limitSearch('2001:db8:7::2')).toBeGreaterThan(0);
    expect(other?.limitSearch('2001:db8:8::1')).toBeNull();
  });

  it('slow a SIP2 device in one for what it asks in the other', async () => {
    const library = await libraryOf(here.site, SLUG);
    const account = await deviceAccount(database, here.site.deps, library, 'lobi', {}, { perMinute: 60 });
    const open = ({ rates, site }: Service) => openTestSip2(database, site.deps, {}, undefined, rates);
    const [one, other] = [await open(here), await open(there)];
    const [first, second] = [
      await signedIn(one.server.port, account),
      await signedIn(other.server.port, account),
    ];
    const status = '9900802.00';
    const took = async (ask: () => Promise<unknown>) => {
      const began = performance.now();
      await ask();
      return performance.now() - began;
    };
    // Ten at once, then one a second: all of them here, but one to be heard by there.
    for (let n = 0; n < 9; n++) expect(await first.ask(status)).toMatch(/^98/);
    expect(await took(() => second.ask(status))).toBeLessThan(500);
    await meet();
    expect(await took(() => second.ask(status))).toBeGreaterThan(500);
    for (const device of [first, second]) device.destroy();
    for (const { server } of [one, other]) await server.stop(Promise.resolve());
  });

  it('slow a SIP2 device that tries numbers in both', async () => {
    const exchanges = [exchangeOf(), exchangeOf()];
    const [one, other] = exchanges.map((exchange) => openPace({ exchange }));
    const device = '01890000-0000-7000-8000-00000000aaaa' as ClientId;
    // Six numbers that nobody has use up what 600 a minute let pass at once.
    for (let n = 0; n < 3; n++) expect(one?.take(device, 600, 10)).toBe(0);
    for (let n = 0; n < 3; n++) expect(other?.take(device, 600, 10)).toBe(0);
    for (const rates of exchanges) await rates.exchange();
    expect(other?.take(device, 600, 10)).toBeGreaterThan(0);
  });

  it('tell every limit from every other by its name', () => {
    const names: string[] = [];
    createTestApp(database, { rates: { join: (name) => void names.push(name) } });
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    expect(() => createTestApp(database, { rates: here.rates })).toThrow('two limits are called');
  });

  it('count together: wrong passwords of a network of officers, apart from members who sign in', async () => {
    const send: Send = (site) =>
      site.post('/masuk', { perpustakaan: SLUG, nama: `siapa${Math.random()}`, sandi: 'salah sekali' });
    for (let n = 0; n < 30; n++)
      for (const one of [here, there]) expect(await statusOf(send, one)).not.toBe(429);
    await meet();
    expect(await statusOf(send, there)).toBe(429);
  }, 60_000);
});
