/** Codes by text message: through a gateway on a real connection, switched on by the library, and limited. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openClient } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { LibraryId, MemberId, Phone } from '../../src/domain/ids.ts';
import type { SmsRules } from '../../src/domain/library-settings.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { composeText, mailComposer } from '../../src/jobs/compose-mail.ts';
import { startJobs } from '../../src/jobs/schedule.ts';
import { changeSettings } from '../../src/usecases/change-setting.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { deliverMessages, type Mail } from '../../src/usecases/deliver-messages.ts';
import { deliverTexts, readTextsState, sortCodes } from '../../src/usecases/deliver-texts.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { askLostLink, askSignInCode, takeCode } from '../../src/usecases/one-time-code.ts';
import type { SendText } from '../../src/usecases/send-text.ts';
import { forgetOldTexts, textsSentTo } from '../../src/usecases/sms-sent.ts';
import type { WebDeps } from '../../src/web/env.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { connect, errand, serviceNamed, switchOn, Visitor } from '../support/services.ts';
import { type Gateway, openGateway, SHAPES } from '../support/sms-gateway.ts';
import { sendForm, typedChild } from '../support/typed-form.ts';
import { type WatchedAnswers, watchAnswers } from '../support/watched-answers.ts';

const RULES: SmsRules = {
  enabled: true,
  gateway: 'PT Contoh Pesan',
  most: 200,
  numberHour: 3,
  numberDay: 6,
};

/** No library fails where the test does not say so. */
const PORTS = {
  mails: true,
  compose: composeText,
  failed: (_: LibraryId, error: unknown) => {
    throw error;
  },
};

let database: TestDatabase;
let gateway: Gateway;
let site: TestApp;
let library: LibraryContext;
let watched: WatchedAnswers;
let people = 0;
let START: Date;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await openGateway();
  watched = watchAnswers(database.db);
  site = createTestApp(database, {
    mails: true,
    texts: true,
    db: watched.db,
  });
  START = site.clock.now;
  expect(await rules({})).toMatchObject({ ok: true });
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});
beforeEach(async () => {
  gateway.heard.length = 0;
  gateway.answer = (response) => void response.end('0: Accepted for delivery');
  site.clock.now = START;
  await rules({});
  await inHere((tx) => tx.deleteFrom('sms_sent').execute());
  await inHere((tx) => tx.deleteFrom('outbox').execute());
});

const inHere = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
  inLibrary(database.db, database.libraryIds.jateng, work);

const scope = () => scopeOfRole(library, site.deps, ['sub_koordinator', 'admin']);

/** As an admin sets it, with the notice that names the gateway. */
async function rules(changes: Partial<SmsRules>, slug: 'jateng' | 'banyuwangi' = 'jateng') {
  const found = await loadLibrary(database.db, slug, site.clock.now);
  if (!found) throw new Error('not seeded');
  const { consents } = found.settings;
  const named = { id: 'Kode: PT Contoh Pesan.', en: 'Codes: PT Contoh Pesan.' };
  const admin = scopeOfRole(found, site.deps, ['admin']);
  const outcome = await changeSettings(database.db, site.deps, admin, {
    changes: {
      sms: { ...RULES, ...changes },
      consents: { ...consents, notice: { ...consents.notice, recipients: named } },
    },
    version: null,
  });
  site.deps.libraries.forget(slug);
  const now = await loadLibrary(database.db, slug, site.clock.now);
  if (now && slug === 'jateng') library = now;
  return outcome;
}

const birthDate = '1990-05-17' as PlainDate;
const mobile = () => `+62811${String(1_000_000 + people)}` as Phone;

async function member(contact: { readonly email?: string | null; readonly phone?: Phone | null }) {
  const name = `Contoh Ponsel ${people++}`;
  const { email = null, phone = null } = contact;
  const id = await memberNamed(database, site.deps, scope(), name, { birthDate, email, phone });
  const row = await inHere((tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return { id, number: row.number, phone };
}

/** @param from the network that the limits see */
async function post(
  path: string,
  fields: Readonly<Record<string, string>>,
  from = `10.${people % 250}.4.1`,
): Promise<Response> {
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
  });
  return site.app.fetch(request, { incoming: { socket: { remoteAddress: from } } });
}

const ask = (number: string, more: Readonly<Record<string, string>> = {}, from?: string) =>
  post(
    '/jateng/lupa-tautan',
    { nomor: number, 'lahir.day': '17', 'lahir.month': '5', 'lahir.year': '1990', ...more },
    from,
  );

/** Without the page, whose own limits are not what is asked about. */
const askUnlimited = (number: string) =>
  askLostLink(database.db, site.deps, scope(), { number, birthDate, language: 'id' });

/** One look of the jobs at what waits. */
async function deliver(send: SendText = gateway.sender('phone'), mails = true, deps: WebDeps = site.deps) {
  const sent: Mail[] = [];
  await sortCodes(database.db, deps, { ...PORTS, mails });
  if (mails)
    await deliverMessages(database.db, deps, {
      compose: mailComposer('https://daftar.example'),
      texts: true,
      send: async (mail) => {
        sent.push(mail);
        return { ok: true };
      },
    });
  const texts = await deliverTexts(database.db, deps, {
    ...PORTS,
    send,
    mails,
  });
  return { mails: sent, texts };
}

const codeIn = (text: string | undefined) => /\b\d{6}\b/.exec(text ?? '')?.[0] ?? '';
const addressOf = (answer: Response) => answer.headers.get('location') ?? '';
const waiting = () =>
  inHere((tx) =>
    tx
      .selectFrom('outbox')
      .selectAll()
      .where('kind', '=', 'one_time_code')
      .orderBy('created_at')
      .orderBy('id')
      .execute(),
  );
const later = (ms: number) => {
  site.clock.now = new Date(site.clock.now.getTime() + ms);
};

async function ktaOf(id: MemberId): Promise<string> {
  const card = await inHere((tx) =>
    tx
      .selectFrom('card')
      .select(['id', 'access_generation'])
      .where('member_id', '=', id)
      .executeTakeFirstOrThrow(),
  );
  return site.deps.vault.token(library.id, 'kta', card.id, card.access_generation);
}

describe('a code by text message', () => {
  it.each(SHAPES)('opens the page of a member who has a phone and no e-mail, through a %s', async (shape) => {
    const { id, number, phone } = await member({ phone: mobile() });
    const page = addressOf(await ask(number));
    const { texts, mails } = await deliver(gateway.sender(shape));
    expect([texts, mails]).toEqual([{ sent: 1, limited: 0, failed: 0, failure: null }, []]);
    const [heard] = gateway.heard;
    expect(heard).toMatchObject({ shape, to: phone });
    expect(heard?.text.length).toBeLessThanOrEqual(160);
    expect(heard?.text).toContain('Jangan berikan kode ini kepada siapa pun');
    expect(heard?.text).not.toMatch(/Contoh Ponsel/);
    expect(heard?.text).not.toContain(number);
    expect(addressOf(await post(page, { kode: codeIn(heard?.text) }))).toBe(`/jateng/kta/${await ktaOf(id)}`);
    expect((await post(page, { kode: codeIn(heard?.text) })).status).toBe(410);
  });

  it('goes the way that was chosen where the person has both, and the other where not', async () => {
    const both = await member({ email: 'dua@surat.example', phone: mobile() });
    const page = await (await site.request('/jateng/lupa-tautan')).text();
    expect(page).toMatch(/name="lewat" value="email" checked/);
    expect(page).toContain('SMS ke ponsel');
    await ask(both.number);
    expect((await deliver()).mails.map(({ to }) => to)).toEqual(['dua@surat.example']);
    expect(gateway.heard).toEqual([]);
    await ask(both.number, { lewat: 'sms' });
    expect((await deliver()).mails).toEqual([]);
    expect(gateway.heard.map(({ to }) => to)).toEqual([both.phone]);
    const mailed = await member({ email: 'satu@surat.example' });
    await ask(mailed.number, { lewat: 'sms' });
    expect((await deliver()).mails.map(({ to }) => to)).toEqual(['satu@surat.example']);
  });

  it('is written in the language of the page', async () => {
    const { number } = await member({ phone: mobile() });
    await askLostLink(database.db, site.deps, scope(), { number, birthDate, language: 'en', way: 'sms' });
    await deliver();
    expect(gateway.heard[0]?.text).toContain('Do not give this code to anyone');
  });

  it('goes to no landline and to no number abroad', async () => {
    for (const phone of ['+62248317963', '+60123456789'] as Phone[])
      await ask((await member({ phone })).number);
    expect((await deliver()).texts.sent).toBe(0);
    expect(gateway.heard).toEqual([]);
  });

  it('signs a member in to another service, as a mail would', async () => {
    const { number, id } = await member({ phone: mobile() });
    const { ticket } = await askSignInCode(database.db, site.deps, scope(), { number, language: 'id' });
    await deliver();
    const typed = codeIn(gateway.heard[0]?.text);
    const taken = await takeCode(database.db, site.deps, scope(), { ticket, typed, purpose: 'sign_in' });
    expect(taken).toEqual({ ok: true, subject: { memberId: id, applicationId: null } });
  });

  it('leaves without any mail server, and mails then wait', async () => {
    const { number } = await member({ phone: mobile() });
    const mailed = await member({ email: 'tunggu@surat.example' });
    await ask(number);
    await ask(mailed.number);
    expect((await deliver(gateway.sender('phone'), false)).texts.sent).toBe(1);
    const site2 = createTestApp(database, { texts: true });
    const page = await (await site2.request('/jateng/lupa-tautan')).text();
    expect(page).toContain('lewat SMS ke ponsel Anda');
    expect(page).not.toContain('name="lewat"');
  });
});

it('signs in to another service by the number alone, the way that was chosen', async () => {
  // The provider's own clock is the real one.
  const real = createTestApp(database, { mails: true, texts: true, time: 'real' });
  const here = await switchOn(database, real, 'jateng');
  const at = scopeOfRole(here, real.deps, ['sub_koordinator', 'admin']);
  const phone = mobile();
  const contact = { birthDate, email: 'masuk@surat.example', phone };
  const id = await memberNamed(database, real.deps, at, `Contoh Masuk ${people++}`, contact);
  const { number } = await inHere((tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  const service = await serviceNamed(database, real, here);
  const { url } = await errand(await connect(real, 'jateng', service));
  const visitor = new Visitor(real);
  await visitor.go(url.href);
  expect(visitor.page.text).toContain('ke surel atau nomor ponsel yang tercatat');
  await visitor.go(visitor.page.at, { nomor: '', lewat: 'sms' });
  expect(visitor.page.text).toMatch(/name="lewat" value="sms" checked/);
  await visitor.go(visitor.page.at, { nomor: number, lewat: 'sms' });
  expect(visitor.page.text).toContain('ada surel atau nomor ponselnya');
  expect((await deliver(gateway.sender('kannel'), true, real.deps)).mails).toEqual([]);
  expect(gateway.heard.map(({ to }) => to)).toEqual([phone]);
  await visitor.go(visitor.page.at, { kode: codeIn(gateway.heard[0]?.text) });
  expect(visitor.page.at).toMatch(/\/simpan$/);
});

describe('what is not switched on is not offered', () => {
  it('by the operator, or by the library', async () => {
    const { number, id } = await member({ phone: mobile() });
    const unset = createTestApp(database, { mails: true });
    const page = await (await unset.request('/jateng/lupa-tautan')).text();
    expect(page).toContain('kami kirim ke surel Anda');
    expect(page).not.toContain('SMS');
    // Nothing asks for a code that could not be sent.
    const data = `/jateng/data-saya/kta/${await ktaOf(id)}/data.json`;
    expect((await unset.request(data)).status).toBe(200);
    await rules({ enabled: false });
    expect(await (await site.request('/jateng/lupa-tautan')).text()).not.toContain('SMS');
    expect((await site.request(data)).status).toBe(200);
    await ask(number);
    expect((await deliver()).texts.sent).toBe(0);
    expect(gateway.heard).toEqual([]);
  });

  it('switched off meanwhile, nothing that waits leaves any more', async () => {
    const { number } = await member({ phone: mobile() });
    await ask(number);
    await sortCodes(database.db, site.deps, PORTS);
    await rules({ enabled: false });
    expect((await deliver()).texts.sent).toBe(0);
    expect(await waiting()).toMatchObject([{ next_attempt_at: null, last_error_code: 'sms-off' }]);
  });

  it('and it is off in a new library', async () => {
    const other = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
    expect(other?.settings.sms.enabled).toBe(false);
  });

  it('nor in one that an older program made, while a new version is rolled out', async () => {
    await inHere((tx) => tx.deleteFrom('setting').where('name', '=', 'sms').execute());
    site.deps.libraries.forget('jateng');
    const page = await site.request('/jateng/lupa-tautan');
    expect([page.status, (await page.text()).includes('SMS')]).toEqual([200, false]);
    const mailed = await member({ email: 'lama@surat.example', phone: mobile() });
    await ask(mailed.number);
    expect((await deliver()).mails.map(({ to }) => to)).toEqual(['lama@surat.example']);
    expect(await rules({})).toMatchObject({ ok: true });
    await ask(mailed.number, { lewat: 'sms' });
    expect((await deliver()).texts.sent).toBe(1);
  });
});

describe('nobody learns from asking', () => {
  it('who is there, who has a phone, or whose limit is reached', async () => {
    const byPhone = await member({ phone: mobile() });
    const both = await member({ email: 'ada@surat.example', phone: mobile() });
    const neither = await member({});
    const landline = await member({ phone: '+62248317963' as Phone });
    const full = await member({ phone: mobile() });
    for (let each = 0; each < RULES.numberHour; each++) {
      await askUnlimited(full.number);
      await deliver();
    }
    gateway.heard.length = 0;
    const answers = new Set<string>();
    const numbers = [byPhone, both, neither, landline, full].map(({ number }) => number);
    for (const [at, number] of [...numbers, '9999.99999', 'ZZZ9999'].entries()) {
      const from = `10.5.5.${at}`;
      const first = await watched.run(() => ask(number, { lewat: 'sms' }, from));
      const page = addressOf(first.answer);
      const shown = await watched.run(() => site.request(page));
      const wrong = await watched.run(() => post(page, { kode: '000000' }, from));
      const seen = JSON.stringify([first.seen, shown.seen, wrong.seen]).replaceAll(page, '…');
      answers.add(seen.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|lupa-tautan\/[\w-]{22}/g, '…'));
    }
    expect([...answers]).toHaveLength(1);
    expect(watched.count()).toBeGreaterThan(2);
    await deliver();
    expect(new Set(gateway.heard.map(({ to }) => to))).toEqual(new Set([byPhone.phone, both.phone]));
  });
});

describe('on one’s own page', () => {
  it('the number is shown masked, and somebody with both may choose the other way', async () => {
    const { id } = await member({ email: 'contoh@surat.example', phone: '+6281234567890' as Phone });
    const base = `/jateng/data-saya/kta/${await ktaOf(id)}`;
    const typed = { jenis: 'erase', keterangan: 'Pindah kota' };
    const first = await (await post(`${base}/permintaan`, typed)).text();
    expect(first).toContain('c•••@surat.example');
    expect((await deliver()).mails).toHaveLength(1);
    expect(first).toMatch(/name="sekali-lewat" value="sms"/);
    const ticketOf = (html: string) => /name="sekali-tiket" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const second = await post(`${base}/permintaan`, {
      ...typed,
      'sekali-tiket': ticketOf(first),
      'sekali-cara': 'email',
      'sekali-kode': '',
      'sekali-lewat': 'sms',
    });
    const html = await second.text();
    expect(html).toContain('ponsel 08••-••••-••90 lewat SMS');
    expect(html).toContain('value="Pindah kota"');
    expect(html).not.toMatch(/81234567890|1234-5678/);
    expect(ticketOf(html)).not.toBe(ticketOf(first));
    await deliver();
    const code = codeIn(gateway.heard[0]?.text);
    const rest = { ...typed, 'sekali-tiket': ticketOf(html), 'sekali-cara': 'sms' };
    const wrong = await post(`${base}/permintaan`, { ...rest, 'sekali-kode': '' });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('ponsel 08••-••••-••90 lewat SMS');
    expect(addressOf(await post(`${base}/permintaan`, { ...rest, 'sekali-kode': code }))).toContain(
      'kabar=minta',
    );
  });

  it('a phone alone is enough to prove, and then is asked for', async () => {
    const { id } = await member({ phone: mobile() });
    const base = `/jateng/data-saya/kta/${await ktaOf(id)}`;
    const refused = await site.request(`${base}/data.json`);
    expect(addressOf(refused)).toBe(`${base}/unduh?berkas=data.json`);
    expect(await (await site.request(addressOf(refused))).text()).toContain('lewat SMS');
    expect(gateway.heard).toEqual([]);
  });
});

describe('a gateway that does not take a message', () => {
  it('is asked again within the code’s ten minutes, and not after them', async () => {
    gateway.answer = (response) => void response.writeHead(503).end('nomor 0811 sibuk');
    const { number } = await member({ phone: mobile() });
    await ask(number);
    expect((await deliver()).texts).toEqual({ sent: 0, limited: 0, failed: 1, failure: 'sms-503' });
    expect((await waiting())[0]).toMatchObject({ attempts: 1, last_error_code: 'sms-503', sent_at: null });
    await deliver();
    expect(gateway.heard).toHaveLength(1);
    later(16_000);
    await deliver();
    expect(gateway.heard).toHaveLength(2);
    gateway.answer = (response) => void response.end('0: Accepted');
    site.clock.now = new Date(START.getTime() + 10 * 60_000 + 1);
    await deliver();
    expect(gateway.heard).toHaveLength(2);
    expect((await waiting())[0]).toMatchObject({ sent_at: null, next_attempt_at: null });
  });

  it('with a refusal for good is not asked again; it counts unless nothing can have been sent', async () => {
    await rules({ numberHour: 2 });
    const { number } = await member({ phone: mobile() });
    gateway.answer = (response) => void response.writeHead(403).end();
    await ask(number);
    expect((await deliver()).texts.failure).toBe('sms-403');
    gateway.answer = (response) =>
      void response.writeHead(302, { location: 'http://127.0.0.1:1/lain' }).end();
    await ask(number);
    expect((await deliver(gateway.sender('provider'))).texts.failure).toBe('sms-redirect');
    gateway.answer = (response) => void response.writeHead(200).end('Terkirim');
    await ask(number);
    expect((await deliver(gateway.sender('kannel'))).texts.failure).toBe('sms-refused');
    expect((await waiting()).map((row) => row.next_attempt_at)).toEqual([null, null, null]);
    // Of the three only the first gave its place back.
    gateway.answer = (response) => void response.end();
    await ask(number);
    expect((await deliver()).texts.sent).toBe(0);
    expect(gateway.heard).toHaveLength(3);
  });

  it('and answers too late holds up no mail, and its message counts', async () => {
    gateway.answer = () => undefined;
    const { number } = await member({ phone: mobile() });
    const mailed = await member({ email: 'cepat@surat.example' });
    await ask(number);
    await ask(mailed.number);
    await sortCodes(database.db, site.deps, PORTS);
    const slow = deliverTexts(database.db, site.deps, {
      ...PORTS,
      send: gateway.sender('phone', 800),
    });
    const order: string[] = [];
    await Promise.all([
      slow.then(() => order.push('sms')),
      deliverMessages(database.db, site.deps, {
        compose: mailComposer('https://daftar.example'),
        texts: true,
        send: async () => {
          order.push('mail');
          return { ok: true };
        },
      }),
    ]);
    expect(order).toEqual(['mail', 'sms']);
    expect((await slow).failure).toBe('sms-slow');
    expect((await readTextsState(database.db, scope())).sent).toBe(1);
  });

  it('two processes hand each message over once', async () => {
    gateway.answer = (response) => void setTimeout(() => response.end(), 30);
    for (let each = 0; each < 4; each++) await askUnlimited((await member({ phone: mobile() })).number);
    await sortCodes(database.db, site.deps, PORTS);
    const ports = { ...PORTS, send: gateway.sender('phone') };
    const done = await Promise.all([1, 2, 3].map(() => deliverTexts(database.db, site.deps, ports)));
    expect(done.reduce((sum, one) => sum + one.sent, 0)).toBe(4);
    expect(new Set(gateway.heard.map(({ to }) => to)).size).toBe(4);
    expect(gateway.heard).toHaveLength(4);
  });

  it('a stop of the service leaves the rest for the next start', async () => {
    const { number } = await member({ phone: mobile() });
    await ask(number);
    await sortCodes(database.db, site.deps, PORTS);
    const cut = AbortSignal.abort();
    const ports = { ...PORTS, send: gateway.sender('phone') };
    expect(await deliverTexts(database.db, site.deps, { ...ports, cut })).toMatchObject({
      sent: 0,
      failed: 0,
    });
    expect((await deliver()).texts.sent).toBe(1);
  });
});

describe('where SMS cannot, a person with an e-mail address gets the code there', () => {
  const askByText = (number: string) =>
    askLostLink(database.db, site.deps, scope(), { number, birthDate, language: 'id', way: 'sms' });
  const both = () => member({ email: `ganti${people}@surat.example`, phone: mobile() });
  /** What the next look mails. */
  const mailed = async () => (await deliver()).mails.map(({ to }) => to);

  it('at a limit', async () => {
    await rules({ numberHour: 1 });
    const { number } = await both();
    await askByText(number);
    await askByText(number);
    expect((await deliver()).texts.sent).toBe(1);
    expect(await mailed()).toEqual([expect.stringMatching(/^ganti/)]);
    expect(await mailed()).toEqual([]);
  });

  it('when it was switched off meanwhile', async () => {
    await askByText((await both()).number);
    await sortCodes(database.db, site.deps, PORTS);
    await rules({ enabled: false });
    await deliver();
    expect(await mailed()).toHaveLength(1);
    expect(gateway.heard).toEqual([]);
  });

  it('when the gateway refuses, and it is the same code', async () => {
    const { number, id } = await both();
    gateway.answer = (response) => void response.writeHead(403).end();
    const { ticket } = await askByText(number);
    expect((await deliver()).texts.failed).toBe(1);
    const { mails } = await deliver();
    const typed = codeIn(mails[0]?.text);
    expect(codeIn(gateway.heard[0]?.text)).toBe(typed);
    const taken = await takeCode(database.db, site.deps, scope(), { ticket, typed, purpose: 'lost_link' });
    expect(taken).toEqual({ ok: true, subject: { memberId: id, applicationId: null } });
  });

  it('but not once the code is over, nor without a mail server', async () => {
    const { number } = await both();
    await askByText(number);
    await sortCodes(database.db, site.deps, PORTS);
    later(10 * 60_000 + 1);
    await deliver();
    expect(await mailed()).toEqual([]);
    await rules({ numberHour: 1 });
    await askByText(number);
    await askByText(number);
    expect((await deliver(gateway.sender('phone'), false)).texts.sent).toBe(1);
    expect((await waiting()).map((row) => [row.way, row.next_attempt_at])).toEqual([
      ['sms', null],
      ['sms', null],
      ['sms', null],
    ]);
  });
});

describe('of several libraries', () => {
  const askIn = async (slug: 'jateng' | 'banyuwangi') => {
    const found = await loadLibrary(database.db, slug, site.clock.now);
    if (!found) throw new Error('not seeded');
    const at = scopeOfRole(found, site.deps, ['sub_koordinator', 'admin']);
    const phone = mobile();
    const id = await memberNamed(database, site.deps, at, `Contoh Giliran ${people++}`, { birthDate, phone });
    const { number } = await inLibrary(database.db, found.id, (tx) =>
      tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    await askLostLink(database.db, site.deps, at, { number, birthDate, language: 'id' });
    return phone;
  };
  beforeEach(async () => {
    await rules({}, 'banyuwangi');
  });

  it.each([
    ['jateng', 'banyuwangi'],
    ['banyuwangi', 'jateng'],
  ] as const)('one with many codes (%s) and a slow gateway hold up no other (%s)', async (many, one) => {
    let [now, most] = [0, 0];
    gateway.answer = (response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end();
      }, 100);
    };
    for (let each = 0; each < 9; each++) await askIn(many);
    const phone = await askIn(one);
    expect((await deliver()).texts.sent).toBe(10);
    expect(gateway.heard.slice(0, 4).map(({ to }) => to)).toContain(phone);
    expect(most).toBe(4);
  });

  it('one that fails stops no other, and is told without number or code', async () => {
    await askIn('jateng');
    const phone = await askIn('banyuwangi');
    const told: unknown[] = [];
    const { sent } = await deliverTexts(database.db, site.deps, {
      ...PORTS,
      send: gateway.sender('phone'),
      compose: (facts) => {
        if (facts.libraryName === library.settings.profile.shortName) throw new RangeError('jateng');
        return composeText(facts);
      },
      failed: (libraryId, error) => void told.push([libraryId, String(error)]),
    });
    expect([sent, gateway.heard.map(({ to }) => to)]).toEqual([1, [phone]]);
    expect(told).toEqual([[library.id, 'RangeError: jateng']]);
  });

  it('one whose codes cannot be sorted holds up the mails of no other', async () => {
    const setSms = (value: string) =>
      inHere((tx) => tx.updateTable('setting').set({ value }).where('name', '=', 'sms').execute());
    await askIn('jateng');
    const other = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
    if (!other) throw new Error('not seeded');
    const at = scopeOfRole(other, site.deps, ['sub_koordinator', 'admin']);
    const contact = { birthDate, email: 'lain@surat.example' };
    const id = await memberNamed(database, site.deps, at, `Contoh Lain ${people++}`, contact);
    const { number } = await inLibrary(database.db, other.id, (tx) =>
      tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    await askLostLink(database.db, site.deps, at, { number, birthDate, language: 'id' });
    await setSms('null');
    const { mails, logged, jobs } = runJobs();
    try {
      await expect.poll(() => mails.map(({ to }) => to), { timeout: 8_000 }).toEqual(['lain@surat.example']);
    } finally {
      await jobs.stop();
      await setSms(JSON.stringify(RULES));
    }
    expect(logged).toContainEqual({
      event: 'job-failed',
      job: 'codes',
      library: library.id,
      error: 'TypeError',
    });
  });
});

describe('the limits', () => {
  it('of a number hold for an hour and for a day, whoever asks', async () => {
    await rules({ numberHour: 2, numberDay: 3 });
    const phone = mobile();
    const family = [await member({ phone }), await member({ phone })];
    const sent = async () => {
      for (const { number } of family) await askUnlimited(number);
      return (await deliver()).texts.sent;
    };
    expect([await sent(), await sent()]).toEqual([2, 0]);
    later(61 * 60_000);
    expect([await sent(), await sent()]).toEqual([1, 0]);
    later(24 * 3_600_000);
    expect(await sent()).toBe(2);
    expect((await waiting()).filter((row) => row.last_error_code === 'sms-limit-number').length).toBe(3);
  });

  it('of the library hold in all processes; the answer stays the same, and the office is told', async () => {
    await rules({ most: 3 });
    for (let each = 0; each < 6; each++) await askUnlimited((await member({ phone: mobile() })).number);
    await sortCodes(database.db, site.deps, PORTS);
    const ports = { ...PORTS, send: gateway.sender('phone') };
    const done = await Promise.all([1, 2, 3].map(() => deliverTexts(database.db, site.deps, ports)));
    expect(gateway.heard).toHaveLength(3);
    expect(done.reduce((sum, one) => sum + one.limited, 0)).toBe(3);
    const answer = await ask((await member({ phone: mobile() })).number);
    expect(answer.status).toBe(303);
    expect((await site.request(addressOf(answer))).status).toBe(200);

    const admin = await site.signIn('jateng', 'admin');
    const read = async (path: string, cookie: string) =>
      (await site.request(path, { headers: { cookie } })).text();
    for (const path of ['/jateng/pengaturan', '/jateng/pengaturan/sms'])
      expect(await read(path, admin.header), path).toContain('Batas SMS tercapai: 3 kode tidak terkirim');
    expect(await read('/jateng/pengaturan/sms', admin.header)).toContain(
      'terkirim 3 dari paling banyak 3 SMS',
    );
    const head = await site.signIn('jateng', 'subkoordinator');
    expect(await read('/jateng/anggota', head.header)).toContain('Batas SMS tercapai: 3 kode tidak terkirim');
    const officer = await site.signIn('jateng', 'petugas');
    expect(await read('/jateng/anggota', officer.header)).not.toContain('Batas SMS');
  });
});

describe('who asks at the door of other services, by a member number alone,', () => {
  const askAtDoor = (number: string) =>
    askSignInCode(database.db, site.deps, scope(), { number, language: 'id' });

  it('uses up a part of what one number is sent, so that its owner’s own page keeps the rest', async () => {
    const { number, phone } = await member({ phone: mobile() });
    for (let each = 0; each < 7; each++) await askAtDoor(number);
    expect((await deliver()).texts.sent).toBe(2);
    later(61 * 60_000);
    for (let each = 0; each < 7; each++) await askAtDoor(number);
    // Three of the six of a day, whatever the hour lets.
    expect((await deliver()).texts.sent).toBe(1);
    for (let each = 0; each < 2; each++) await askUnlimited(number);
    expect((await deliver()).texts.sent).toBe(2);
    expect(new Set(gateway.heard.map(({ to }) => to))).toEqual(new Set([phone]));
  });

  it('uses up a part of what the library sends, and nothing where the limit is one', async () => {
    await rules({ most: 5 });
    for (let each = 0; each < 5; each++) await askAtDoor((await member({ phone: mobile() })).number);
    expect((await deliver()).texts).toMatchObject({ sent: 3, limited: 2 });
    for (let each = 0; each < 3; each++) await askUnlimited((await member({ phone: mobile() })).number);
    expect((await deliver()).texts).toMatchObject({ sent: 2, limited: 1 });
    await rules({ numberHour: 1 });
    await askAtDoor((await member({ phone: mobile() })).number);
    expect((await deliver()).texts.sent).toBe(0);
  });
});

describe('the settings of a library', () => {
  it('want the gateway’s name, and that the notice tells it to people in both languages', async () => {
    const change = (changes: object) =>
      changeSettings(database.db, site.deps, scope(), { changes, version: null });
    const problemOf = async (changes: object) => {
      const outcome = await change(changes);
      return outcome.ok || outcome.reason !== 'invalid' ? null : outcome.problems;
    };
    expect(await problemOf({ sms: { ...RULES, gateway: '' } })).toMatchObject([
      { path: ['sms', 'gateway'], code: 'required' },
    ]);
    expect(await problemOf({ sms: { ...RULES, gateway: 'PT Lain' } })).toEqual([
      { path: ['sms', 'gateway'], code: 'not_in_notice' },
    ]);
    expect(await problemOf({ sms: { ...RULES, numberHour: 7 } })).toMatchObject([
      { path: ['sms', 'numberDay'], code: 'order' },
    ]);
    const { consents } = library.settings;
    const without = { ...consents.notice, recipients: { id: 'PT Contoh Pesan', en: 'nobody' } };
    expect(await problemOf({ consents: { ...consents, notice: without } })).toEqual([
      { path: ['consents', 'notice', 'recipients', 'id'], code: 'not_in_notice' },
    ]);
    expect(await change({ sms: { ...RULES, enabled: false, gateway: '' } })).toMatchObject({ ok: true });
    expect(await change({ consents: { ...consents, notice: without } })).toMatchObject({ ok: true });
  });

  it('say on their page what to do', async () => {
    const admin = await site.signIn('jateng', 'admin');
    const page = await (
      await site.request('/jateng/pengaturan/sms', { headers: { cookie: admin.header } })
    ).text();
    const answer = await site.post(
      '/jateng/pengaturan/sms',
      {
        versi: /name="versi" value="([^"]*)"/.exec(page)?.[1] ?? '',
        'sms.enabled': 'ya',
        'sms.gateway': 'PT Lain',
        'sms.most': '200',
        'sms.numberHour': '3',
        'sms.numberDay': '6',
      },
      admin.header,
    );
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain('Pengelola gerbang SMS belum disebut pada Pemberitahuan');
    expect(html).toContain('href="#sms.gateway"');
  });
});

it('the guardian’s code stands on the child’s page and leaves by no text message, to whatever number', async () => {
  await rules({}, 'banyuwangi');
  const { status } = await sendForm(site, 'banyuwangi', typedChild({ guardian_phone: '0812-3456-7890' }));
  const page = await (await site.request(status)).text();
  expect(page).toContain('Kode wali');
  expect(page).not.toContain('SMS');
  expect((await site.post(`${status}/wali/sms`, {})).status).toBe(404);
  await deliver();
  expect(gateway.heard).toEqual([]);
});

/** The service's own work, with mails kept here. */
function runJobs() {
  const mails: Mail[] = [];
  const logged: unknown[] = [];
  const jobs = startJobs(database.db, () => openClient(database.addresses.app), site.deps, {
    send: async (mail) => {
      mails.push(mail);
      return { ok: true };
    },
    compose: mailComposer('https://daftar.example'),
    texts: { send: gateway.sender('provider'), compose: composeText },
    goOnWithImports: async () => undefined,
    openLending: () => () => {
      throw new Error('no lending system is fed here');
    },
    log: (entry) => void logged.push(entry),
  });
  return { mails, logged, jobs };
}

it('the service sends codes by itself: texts through the gateway, mails beside them', async () => {
  const [texted, mailed] = [
    await member({ phone: mobile() }),
    await member({ email: 'jadwal@surat.example' }),
  ];
  await askUnlimited(texted.number);
  await askUnlimited(mailed.number);
  const { mails, logged, jobs } = runJobs();
  try {
    // At the first look, as the service begins: none of the two waits for another.
    await expect.poll(() => [gateway.heard.length, mails.length], { timeout: 8_000 }).toEqual([1, 1]);
    await expect.poll(() => logged, { timeout: 8_000 }).toContainEqual({ event: 'sms-sent', count: 1 });
  } finally {
    await jobs.stop();
  }
  expect(gateway.heard[0]).toMatchObject({ shape: 'provider', to: texted.phone });
  expect(mails[0]?.to).toBe('jadwal@surat.example');
});

it('of what left, the database has a keyed hash for a day, and no log has number or code', async () => {
  const { number, phone } = await member({ phone: mobile() });
  await ask(number);
  await deliver();
  const code = codeIn(gateway.heard[0]?.text);
  const rows = await inHere((tx) => tx.selectFrom('sms_sent').selectAll().execute());
  expect(rows).toHaveLength(1);
  const stored = JSON.stringify([rows, await waiting(), site.logged]);
  expect(stored).not.toContain(phone?.slice(3));
  expect(stored).not.toContain(code);
  expect(rows[0]?.number_hash).toHaveLength(16);
  expect(rows[0]?.number_hash.toString('latin1')).not.toContain(phone?.slice(-6));
  await inHere((tx) => forgetOldTexts(tx, new Date(site.clock.now.getTime() + 24 * 3_600_000)));
  expect(await inHere((tx) => tx.selectFrom('sms_sent').selectAll().execute())).toEqual([]);
});

it('the person finds it in the download of their data, and an erasure forgets it', async () => {
  await rules({ most: 2 });
  const { id, number, phone } = await member({ phone: mobile() });
  const other = await member({ phone: mobile() });
  const page = addressOf(await ask(number));
  await deliver();
  const cookies = (await post(page, { kode: codeIn(gateway.heard[0]?.text) })).headers.getSetCookie();
  const cookie = cookies.map((one) => one.split(';')[0]).join('; ');
  const base = `/jateng/data-saya/kta/${await ktaOf(id)}`;
  const download = await site.request(`${base}/data.json`, { headers: { cookie } });
  const data = (await download.json()) as { text_messages: unknown };
  expect(data.text_messages).toEqual([{ at: START.toISOString(), other_service: false }]);
  const pdf = await site.request(`${base}/data.pdf`, { headers: { cookie } });
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  await askUnlimited(other.number);
  await deliver();
  await inHere((tx) => erasePeople(tx, site.deps, scope(), { members: [id] }, 'request'));
  const sentTo = (to: Phone | null) => inHere((tx) => textsSentTo(tx, site.deps, scope(), to));
  expect(phone).not.toBe(other.phone);
  expect([await sentTo(phone), await sentTo(other.phone)]).toEqual([[], [{ at: START, atDoor: false }]]);
  // It was paid for all the same: the library's limit stays used.
  expect((await readTextsState(database.db, scope())).sent).toBe(2);
  await askUnlimited(other.number);
  expect((await deliver()).texts).toMatchObject({ sent: 0, limited: 1 });
});
