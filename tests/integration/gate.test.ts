import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { decodeGateList } from '../../src/domain/gate-list.ts';
import type { GateState, LiveAnswer, OutboxVisit } from '../../src/domain/gate-protocol.ts';
import type { CardId, DeviceId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { revokeDevice } from '../../src/usecases/pair-device.ts';
import { reissueKta } from '../../src/usecases/reissue-kta.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { suspendMember } from '../../src/usecases/suspend-member.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf, type StoredMember, toTheCard, updateSettingForTest } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pairingCode, phoneOf, printCode } from '../support/gates.ts';
import { scopeOfRole } from '../support/members.ts';
import { fieldsOf } from '../support/page-form.ts';

const SLUG = 'jateng';
const START = new Date('2026-03-02T02:00:00Z');
const DAY = 86_400_000;
let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let officer: string;
let made = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
// Limits and what gates have seen are kept by the process: each test has its own.
beforeEach(async () => {
  site = createTestApp(database, { start: START });
  library = await libraryOf(site, SLUG);
  officer = (await site.signIn(SLUG, 'petugas')).header;
});

const coordinator = () => scopeOfRole(library, site.deps, ['petugas', 'sub_koordinator', 'admin']);
function newMember(): Promise<StoredMember> {
  made += 1;
  return toTheCard(site, SLUG, `Contoh Gerbang ${made} Rahmawati`, officer).then(({ member }) => member);
}

interface Gate {
  readonly id: DeviceId;
  readonly cookie: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(path: string, body: unknown): Promise<Response>;
  check(code: string, scan?: string): Promise<LiveAnswer>;
  deliver(visits: readonly OutboxVisit[]): Promise<readonly string[]>;
}

async function openGate(name = 'Pintu utama'): Promise<Gate> {
  const { code, deviceId } = await pairingCode(site, SLUG, name);
  const paired = await site.post(`/${SLUG}/gerbang/pasang`, { kode: code });
  expect(paired.status).toBe(303);
  const cookie = paired.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const get: Gate['get'] = (path, headers = {}) =>
    site.request(`/${SLUG}/gerbang${path}`, { headers: { cookie, ...headers } });
  const send: Gate['send'] = (path, body) =>
    site.request(`/${SLUG}/gerbang${path}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', origin: 'http://localhost' },
      body: JSON.stringify(body),
    });
  return {
    id: deviceId as DeviceId,
    cookie,
    get,
    send,
    async check(scanned, scan = newScan()) {
      const answer = await send('/periksa', { code: scanned, scan });
      expect(answer.status).toBe(200);
      return (await answer.json()) as LiveAnswer;
    },
    async deliver(visits) {
      const answer = await send('/kunjungan', { visits });
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { outcomes: string[] }).outcomes;
    },
  };
}

let scans = 0;
function newScan(): string {
  scans += 1;
  return `pindaian-${String(scans).padStart(20, '0')}`;
}

const visitsOf = (gate: Gate) =>
  inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('visit').selectAll().where('device_id', '=', gate.id).orderBy('id').execute(),
  );

describe('a device that is no gate', () => {
  it('sees the field for its code, and nothing of the library’s cards', async () => {
    const page = await site.request(`/${SLUG}/gerbang`);
    const html = await page.text();
    expect(html).toContain('Gerbang ini belum terdaftar');
    expect(html).not.toMatch(/Nomor anggota<|data-enrolled/);
    expect(page.headers.get('gate-page')).toBe('none');
    for (const path of ['/keadaan', '/daftar', '/siaran', '/foto/abc']) {
      const answer = await site.request(`/${SLUG}/gerbang${path}`);
      expect([path, answer.status, await answer.json()]).toEqual([path, 403, { reason: 'not-enrolled' }]);
    }
    for (const path of ['', '/masuk']) {
      const answer = await site.post(`/${SLUG}/gerbang${path}`, { kode: '2601', kunci: newScan() });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });

  it('does not become one with the code of a kiosk, nor a kiosk with the code of a gate', async () => {
    const kiosk = await pairingCode(site, SLUG, 'Kios', 'kiosk');
    expect((await site.post(`/${SLUG}/gerbang/pasang`, { kode: kiosk.code })).status).toBe(422);
    const gate = await pairingCode(site, SLUG, 'Gerbang');
    expect((await site.post(`/${SLUG}/buku-tamu/pasang`, { kode: gate.code })).status).toBe(422);
    // A wrong page has not used them up.
    expect((await site.post(`/${SLUG}/gerbang/pasang`, { kode: gate.code })).status).toBe(303);
  });

  it('is no gate of another library', async () => {
    const gate = await openGate();
    const name = gate.cookie.split('=')[0]?.replace(SLUG, 'banyuwangi');
    const cookie = `${name}=${gate.cookie.split('=')[1]}`;
    const answer = await site.request('/banyuwangi/gerbang/keadaan', { headers: { cookie } });
    expect(answer.status).toBe(403);
  });
});

describe('the list of a gate', () => {
  it('names the cards that are dead, and is fetched again only when that changes', async () => {
    const gate = await openGate();
    const state = async () => (await (await gate.get('/keadaan')).json()) as GateState;
    const [revoked, suspended, renewed, ended, good] = [
      await newMember(),
      await newMember(),
      await newMember(),
      await newMember(),
      await newMember(),
    ];
    const before = await state();
    expect(before).toMatchObject({
      now: site.clock.now.getTime(),
      library: { id: library.id, slug: SLUG },
      device: 'Pintu utama',
      attended: true,
      policy: { printed: 'yes', picture: 'look', listHours: 72 },
    });
    expect((await gate.get('/daftar', { 'if-none-match': `"${before.listTag}"` })).status).toBe(304);

    const scope = coordinator();
    await replaceCard(database.db, site.deps, scope, { memberId: revoked.id, reason: 'lost' });
    await reissueKta(database.db, site.deps, scope, { memberId: renewed.id });
    const reason = library.settings.suspensionReasons[0]?.code ?? '';
    const today = { memberId: suspended.id, reason, effectiveOn: null };
    expect((await suspendMember(database.db, site.deps, scope, today)).ok).toBe(true);
    const left = await endMember(database.db, site.deps, scope, {
      memberId: ended.id,
      reason: 'request',
      effectiveOn: null,
    });
    expect(left.ok).toBe(true);

    // Told by the feed: no few seconds are waited for.
    const after = await state();
    expect(after.listTag).not.toBe(before.listTag);
    const answer = await gate.get('/daftar', { 'if-none-match': `"${before.listTag}"` });
    expect(answer.headers.get('etag')).toBe(`"${after.listTag}"`);
    const list = decodeGateList(new Uint8Array(await answer.arrayBuffer()));
    expect(list?.library).toBe(library.id);
    expect(list?.standing(revoked.cardId)).toMatchObject({ revoked: true });
    expect(list?.standing(ended.cardId)).toMatchObject({ revoked: true });
    expect(list?.standing(suspended.cardId)).toMatchObject({ revoked: false, suspended: true });
    expect(list?.standing(renewed.cardId)).toMatchObject({ revoked: false, leastGeneration: 1 });
    expect(list?.standing(good.cardId)).toEqual({ revoked: false, suspended: false, leastGeneration: 0 });
  });
});

describe('the server’s word on a code', () => {
  it('admits a card with its person and photo, which a stranger cannot fetch and nobody later', async () => {
    const gate = await openGate();
    const member = await newMember();
    const answer = await gate.check(printCode(site.deps, library, member.cardId));
    expect(answer.admission).toEqual({ verdict: 'admit', card: member.cardId });
    expect(answer.person?.name).toContain('Rahmawati');
    const photo = answer.person?.photo ?? '';
    const own = await site.request(photo, { headers: { cookie: gate.cookie } });
    expect([own.status, own.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(own.headers.get('cache-control')).toBe('no-store');
    expect((await site.request(photo)).status).toBe(403);
    site.clock.now = new Date(START.getTime() + 61_000);
    expect((await site.request(photo, { headers: { cookie: gate.cookie } })).status).toBe(404);
  });

  it('refuses what is revoked, suspended, expired, forged or of another library', async () => {
    const gate = await openGate();
    const [lost, paused, good] = [await newMember(), await newMember(), await newMember()];
    const scope = coordinator();
    await replaceCard(database.db, site.deps, scope, { memberId: lost.id, reason: 'lost' });
    const reason = library.settings.suspensionReasons[0]?.code ?? '';
    const suspend = { memberId: paused.id, reason, effectiveOn: null };
    await suspendMember(database.db, site.deps, scope, suspend);
    const reasonOf = async (code: string) => {
      const { admission, person } = await gate.check(code);
      return [admission.verdict === 'refuse' ? admission.reason : admission.verdict, person !== null];
    };
    expect(await reasonOf(printCode(site.deps, library, lost.cardId))).toEqual(['revoked', false]);
    expect(await reasonOf(printCode(site.deps, library, paused.cardId))).toEqual(['suspended', true]);
    const genuine = printCode(site.deps, library, good.cardId);
    const at = genuine.length - 30;
    const forged = `${genuine.slice(0, at)}${genuine[at] === 'A' ? 'B' : 'A'}${genuine.slice(at + 1)}`;
    expect(await reasonOf(forged)).toEqual(['forged', false]);
    const other = await libraryOf(site, 'banyuwangi');
    expect(await reasonOf(printCode(site.deps, other, good.cardId))).toEqual(['other_library', false]);
    const invented = '01944f3e-7c00-7abc-8def-0123456789ab' as CardId;
    expect(await reasonOf(printCode(site.deps, library, invented))).toEqual(['revoked', false]);
    // The date within a code is that of its making: the membership's own counts.
    expect(await reasonOf(printCode(site.deps, library, good.cardId, '2026-01-01' as PlainDate))).toEqual([
      'admit',
      true,
    ]);
  });

  it('takes a moving code once, at whichever of two gates, and says the same of the same scan', async () => {
    const [east, west] = [await openGate('Timur'), await openGate('Barat')];
    const member = await newMember();
    const phone = await phoneOf(site.deps, library, member.cardId);
    const shown = await phone(START.getTime());
    const scan = newScan();
    expect((await east.check(shown, scan)).admission.verdict).toBe('admit');
    // The first answer was lost on its way.
    expect((await east.check(shown, scan)).admission.verdict).toBe('admit');
    expect((await west.check(shown)).admission).toMatchObject({ verdict: 'refuse', reason: 'replayed' });
    site.clock.now = new Date(START.getTime() + 60_000);
    expect((await west.check(shown)).admission).toMatchObject({ verdict: 'refuse', reason: 'stale' });
    const fresh = await phone(site.clock.now.getTime());
    expect((await west.check(fresh)).admission.verdict).toBe('admit');
  });

  it('shows an officer whose number was typed, and tells nobody else whether it exists', async () => {
    const gate = await openGate();
    const member = await newMember();
    const known = await gate.check(member.number);
    expect(known.admission).toEqual({ verdict: 'look', reason: 'number' });
    expect(known.person?.photo).not.toBeNull();
    expect((await gate.check('TIDAK-ADA-1')).admission).toMatchObject({ reason: 'unknown_number' });

    await updateSettingForTest(site, SLUG, 'gate', (rules) => ({ ...rules, attended: false }));
    const answers = [await gate.check(member.number), await gate.check('TIDAK-ADA-1')];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toEqual({ admission: { verdict: 'look', reason: 'number' }, person: null });
    const card = await gate.check(printCode(site.deps, library, member.cardId));
    expect(card).toEqual({ admission: { verdict: 'admit', card: member.cardId }, person: null });
    await updateSettingForTest(site, SLUG, 'gate', (rules) => ({ ...rules, attended: true }));
  });

  it('is given so often and no more, and numbers only as fast as they are typed', async () => {
    const gate = await openGate();
    const asked = (code: string) => gate.send('/periksa', { code, scan: newScan() });
    for (let i = 0; i < 30; i++) await asked(`TEBAK-${i}`);
    const answer = await asked('TEBAK-30');
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
    // Cards still pass.
    expect((await asked('https://contoh.test/k/abcdefgh')).status).toBe(200);
  });

  it('waits on the page where no script runs: what was typed is kept, and the button comes when it passes', async () => {
    const gate = await openGate();
    const typed = (kode: string) => site.post(`/${SLUG}/gerbang`, { kode, kunci: newScan() }, gate.cookie);
    for (let i = 0; i < 30; i++) expect((await typed(`KETIK-${i}`)).status).toBe(200);
    const answer = await typed('KETIK-30');
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
    // Somebody else stands there next: what the last one typed does not stay.
    expect(answer.headers.get('refresh')).toMatch(new RegExp(`^\\d+; url=/${SLUG}/gerbang$`));
    const page = await answer.text();
    expect(fieldsOf(page, `/${SLUG}/gerbang`).kode).toEqual(['KETIK-30']);
    expect(page).toMatch(/data-wait="\d+"[^>]*><button/);

    for (let i = 0; i < 10; i++) await site.post(`/${SLUG}/gerbang/pasang`, { kode: `SALAH${i}` });
    const pairing = await site.post(`/${SLUG}/gerbang/pasang`, { kode: 'K0DE-7' });
    expect(pairing.status).toBe(429);
    expect(fieldsOf(await pairing.text(), `/${SLUG}/gerbang/pasang`).kode).toEqual(['K0DE-7']);
  });

  it('is refused to what is no question', async () => {
    const gate = await openGate();
    for (const body of [
      null,
      {},
      { code: 'x' },
      { code: 'x', scan: 'short' },
      { code: 'x'.repeat(1_001), scan: newScan() },
    ])
      expect((await gate.send('/periksa', body)).status).toBe(400);
  });
});

describe('the visits of a gate', () => {
  it('are written once each, in their order, at the time at which they were', async () => {
    const gate = await openGate();
    const [first, second] = [await newMember(), await newMember()];
    const at = START.getTime() - 3 * DAY;
    const visits: OutboxVisit[] = [
      { key: newScan(), at, card: first.cardId },
      { key: newScan(), at: at + 5_000, number: second.number },
      { key: newScan(), at: at + 9_000 },
    ];
    expect(await gate.deliver(visits)).toEqual(['recorded', 'recorded', 'recorded']);
    // The answer was lost, or two tabs sent them.
    expect(await gate.deliver(visits)).toEqual(['known', 'known', 'known']);
    await Promise.all([gate.deliver(visits), gate.deliver(visits)]);
    const written = await visitsOf(gate);
    expect(written.map((visit) => [visit.member_id, visit.at.getTime(), visit.day, visit.counted])).toEqual([
      [first.id, at, '2026-02-27', true],
      [second.id, at + 5_000, '2026-02-27', true],
      [null, at + 9_000, '2026-02-27', true],
    ]);
    // The library's first service, as nobody has chosen another.
    expect(new Set(written.map(({ purpose }) => purpose))).toEqual(
      new Set([library.settings.services[0]?.code]),
    );
  });

  it('arrive for a month, and never from tomorrow', async () => {
    const gate = await openGate();
    const now = START.getTime();
    const sent = [-32 * DAY, -30 * DAY, DAY].map((ago) => ({ key: newScan(), at: now + ago }));
    expect(await gate.deliver(sent)).toEqual(['too-late', 'recorded', 'recorded']);
    expect((await visitsOf(gate)).map(({ at }) => at.getTime() - now)).toEqual([-30 * DAY, 0]);
  });

  it('are the member’s whose card was let in, even if it was revoked since', async () => {
    const gate = await openGate();
    const member = await newMember();
    const at = START.getTime();
    site.clock.now = new Date(at + 3_600_000);
    await replaceCard(database.db, site.deps, coordinator(), { memberId: member.id, reason: 'lost' });
    const visits = [
      { key: newScan(), at, card: member.cardId },
      { key: newScan(), at: at + 3_600_001, card: member.cardId },
    ];
    site.clock.now = new Date(at + 7_200_000);
    await gate.deliver(visits);
    expect((await visitsOf(gate)).map(({ member_id }) => member_id)).toEqual([member.id, null]);
  });

  it('count by the library’s rule on their own day, whatever has come since', async () => {
    const gate = await openGate();
    const member = await newMember();
    const now = START.getTime();
    const visit = (at: number) => ({ key: newScan(), at, card: member.cardId });
    // Today's came first; two of yesterday were still on the gate.
    await gate.deliver([visit(now)]);
    await gate.deliver([visit(now - DAY), visit(now - DAY + 60_000)]);
    const written = await visitsOf(gate);
    expect(written.map(({ day, counted }) => [day, counted])).toEqual([
      ['2026-03-02', true],
      ['2026-03-01', true],
      ['2026-03-01', false],
    ]);
  });

  it('are for the purpose that the library has chosen, as long as it offers it', async () => {
    const gate = await openGate();
    const chosen = library.settings.services[2]?.code ?? '';
    await updateSettingForTest(site, SLUG, 'gate', (rules) => ({ ...rules, purpose: chosen }));
    await gate.deliver([{ key: newScan(), at: START.getTime() }]);
    await updateSettingForTest(site, SLUG, 'gate', (rules) => ({ ...rules, purpose: 'TUTUP' }));
    await gate.deliver([{ key: newScan(), at: START.getTime() }]);
    await updateSettingForTest(site, SLUG, 'gate', (rules) => ({ ...rules, purpose: null }));
    const first = library.settings.services[0]?.code;
    expect((await visitsOf(gate)).map(({ purpose }) => purpose)).toEqual([chosen, first]);
  });

  it('end with the device: what it sends after that is not written, and it is told so', async () => {
    const gate = await openGate();
    await revokeDevice(database.db, site.deps, coordinator(), gate.id);
    const answer = await gate.send('/kunjungan', { visits: [{ key: newScan(), at: START.getTime() }] });
    expect([answer.status, await answer.json()]).toEqual([403, { reason: 'not-enrolled' }]);
    expect(await visitsOf(gate)).toEqual([]);
    expect((await gate.get('/keadaan')).status).toBe(403);
    expect((await gate.get('/daftar')).status).toBe(403);
    expect(await (await gate.get('')).text()).toContain('Gerbang ini belum terdaftar');
  });
});

describe('a gate without script', () => {
  const post = (gate: Gate, path: string, fields: Record<string, string>) =>
    site.post(`/${SLUG}/gerbang${path}`, fields, gate.cookie);

  it('lets a card in by the server’s word, and writes the visit once however often it is sent', async () => {
    const gate = await openGate();
    const member = await newMember();
    const fields = { kode: printCode(site.deps, library, member.cardId), kunci: newScan() };
    const html = await (await post(gate, '', fields)).text();
    expect(html).toContain('Silakan masuk');
    expect(html).toContain('Kunjungan tercatat');
    await post(gate, '', fields);
    expect((await visitsOf(gate)).map(({ member_id }) => member_id)).toEqual([member.id]);
  });

  it('asks the officer about a number, and says why somebody is refused', async () => {
    const gate = await openGate();
    const member = await newMember();
    const html = await (await post(gate, '', { kode: member.number, kunci: newScan() })).text();
    expect(html).toContain('Lihat orangnya');
    expect(await visitsOf(gate)).toEqual([]);
    const [, key = ''] = /class="gt-decide"[\s\S]*?name="kunci" value="([^"]+)"/.exec(html) ?? [];
    // With the spaces with which it was typed, which come back in the form.
    const nomor = `${member.number.slice(0, 4)} ${member.number.slice(4)}`;
    const decided = await post(gate, '/masuk', { nomor, kunci: key, putusan: 'admit' });
    expect(decided.headers.get('location')).toBe(`/${SLUG}/gerbang?masuk=1`);
    await post(gate, '/masuk', { nomor: member.number, kunci: newScan(), putusan: 'refuse' });
    expect((await visitsOf(gate)).map(({ member_id }) => member_id)).toEqual([member.id]);

    const nik = await (await post(gate, '', { kode: '9901015708990001', kunci: newScan() })).text();
    expect(nik).toContain('Ini nomor identitas (NIK)');
    expect(nik).not.toContain('9901015708990001');
    const empty = await post(gate, '', { kode: ' ', kunci: newScan() });
    expect(empty.status).toBe(422);
  });
});

it('nothing of a person is in the log of what gates ask', async () => {
  const gate = await openGate();
  const member = await newMember();
  const code = printCode(site.deps, library, member.cardId);
  await gate.check(code);
  await gate.check(member.number);
  await gate.deliver([{ key: newScan(), at: START.getTime(), number: member.number }]);
  const log = JSON.stringify(site.logged);
  for (const secret of [member.number, member.cardId, 'Rahmawati', code.slice(-40)])
    expect(log).not.toContain(secret);
});
