import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { deliverMessages, type Mail } from '../../src/usecases/deliver-messages.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { askLostLink } from '../../src/usecases/one-time-code.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { applicantNamed } from '../support/applicants.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { type WatchedAnswers, watchAnswers } from '../support/watched-answers.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let watched: WatchedAnswers;
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  watched = watchAnswers(database.db);
  site = createTestApp(database, {
    mails: true,
    db: watched.db,
    isTrustedProxy: () => true,
  });
  const found = await loadLibrary(database.db, 'jateng', site.clock.now);
  if (!found) throw new Error('not seeded');
  library = found;
});
afterAll(() => database.drop());

const scope = () => scopeOfRole(library, site.deps, ['sub_koordinator']);
const birthDate = '1990-05-17' as PlainDate;

/** Each person asks from a network of their own, so that no test uses up another's limit. */
function post(path: string, fields: Readonly<Record<string, string>>, from = '10.1.1.1', cookie = '') {
  return site.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: {
      origin: 'http://localhost',
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': from,
      ...(cookie === '' ? {} : { cookie }),
    },
  });
}

async function member(email: string | null = 'contoh@surat.example') {
  const name = `Contoh Kode ${people++}`;
  const id = await memberNamed(database, site.deps, scope(), name, { birthDate, email });
  const row = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return { id, number: row.number };
}

async function applicant(email: string | null = 'contoh@surat.example') {
  const sent = await submitApplication(database.db, site.deps, scope(), {
    applicant: applicantNamed(`Contoh Pelamar ${people}`, { birthDate, email }),
    channel: 'phone',
    submitKey: `kode ${people++}`,
    language: 'id',
    visit: null,
    familyOf: null,
    openedAt: null,
  });
  return { token: sent.token, ticket: sent.ticketCode };
}

const ask = (number: string, more: { day?: string; from?: string } = {}) =>
  post(
    '/jateng/lupa-tautan',
    { nomor: number, 'lahir.day': more.day ?? '17', 'lahir.month': '5', 'lahir.year': '1990' },
    more.from,
  );

/** Everything that waits leaves; the mails that carry a code. */
async function mails(): Promise<readonly Mail[]> {
  const sent: Mail[] = [];
  await deliverMessages(database.db, site.deps, {
    compose: mailComposer('https://daftar.example'),
    send: async (mail) => {
      sent.push(mail);
      return { ok: true };
    },
  });
  return sent.filter(({ subject }) => subject === 'Kode Anda' || subject === 'Your code');
}

const codeIn = (mail: Mail | undefined) => /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '';
const addressOf = (answer: Response) => answer.headers.get('location') ?? '';
const anotherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');

async function ktaOf(id: MemberId): Promise<string> {
  const card = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('card')
      .select(['id', 'access_generation'])
      .where('member_id', '=', id)
      .executeTakeFirstOrThrow(),
  );
  return site.deps.vault.token(library.id, 'kta', card.id, card.access_generation);
}

describe('a lost link', () => {
  it('comes back to a member with a code that was sent to the address on file, once', async () => {
    const { id, number } = await member();
    const asked = await ask(number);
    expect(asked.status).toBe(303);
    const page = addressOf(asked);
    expect((await site.request(page)).status).toBe(200);
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(mail?.to).toBe('contoh@surat.example');
    expect(mail?.text).not.toContain('Contoh Kode');
    expect(mail?.text).not.toContain(number);
    const opened = await post(page, { kode: codeIn(mail) });
    expect(addressOf(opened)).toBe(`/jateng/kta/${await ktaOf(id)}`);
    expect((await post(page, { kode: codeIn(mail) })).status).toBe(410);
  });

  it('comes back to an applicant by the ticket number, however it is typed', async () => {
    const { token, ticket } = await applicant();
    const page = addressOf(await ask(` ${ticket.slice(0, 3).toLowerCase()}-${ticket.slice(3)}`));
    const [mail] = await mails();
    expect(
      addressOf(await post(page, { kode: ` ${codeIn(mail).slice(0, 3)} ${codeIn(mail).slice(3)}` })),
    ).toBe(`/jateng/permohonan/${token}`);
  });

  it('ends after five wrong tries and after ten minutes', async () => {
    const { number } = await member();
    const page = addressOf(await ask(number));
    const code = codeIn((await mails())[0]);
    const tried: number[] = [];
    for (let each = 0; each < 5; each++) tried.push((await post(page, { kode: anotherThan(code) })).status);
    expect(tried).toEqual([422, 422, 422, 422, 410]);
    expect((await post(page, { kode: code })).status).toBe(410);

    const later = addressOf(await ask(number));
    const other = codeIn((await mails())[0]);
    const start = site.clock.now;
    site.clock.now = new Date(start.getTime() + 10 * 60_000 + 1);
    expect((await post(later, { kode: other })).status).toBe(410);
    expect((await site.request(later)).status).toBe(410);
    site.clock.now = start;
  });

  it('is of no use with the code of somebody else’s page, in another library, or without the page', async () => {
    const [one, other] = [await member(), await member('lain@surat.example')];
    const [page, theirs] = [addressOf(await ask(one.number)), addressOf(await ask(other.number))];
    const codes = await mails();
    const code = codeIn(codes.find(({ to }) => to.startsWith('contoh')));
    expect((await post(theirs, { kode: code })).status).toBe(422);
    expect((await post(page.replace('jateng', 'banyuwangi'), { kode: code })).status).toBe(410);
    expect((await post('/jateng/lupa-tautan/AAAAAAAAAAAAAAAAAAAAAA', { kode: code })).status).toBe(410);
    expect((await post(page, { kode: code })).status).toBe(303);
  });

  it('leaves neither code nor ticket in the database', async () => {
    const { number } = await member();
    const page = addressOf(await ask(number));
    const code = codeIn((await mails())[0]);
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('one_time_code').selectAll().execute(),
    );
    const text = JSON.stringify(rows, (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
    );
    expect(text).not.toContain(page.split('/').at(-1));
    expect(rows.some((row) => row.seed.toString('latin1').includes(code))).toBe(false);
  });

  it('is counted: past the limit of a number a task is asked, known or not, and the typed number is kept', async () => {
    const { number } = await member();
    for (const typed of [number, 'ZZZ-0000']) {
      const from = `10.2.2.${typed.length}`;
      let answer = await ask(typed, { from });
      for (let each = 0; each < 6; each++) answer = await ask(typed, { from });
      expect(answer.status).toBe(429);
      const html = await answer.text();
      expect(html).toContain(`name="nomor" value="${typed}"`);
      expect(html).toContain('proof-of-work');
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    await mails();
  });
});

describe('nobody learns from a lost link', () => {
  it('who is a member, whose birth date it is, or who has an e-mail address', async () => {
    const known = await member();
    const mailless = await member(null);
    const ended = await member();
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('member').set({ state: 'ended' }).where('id', '=', ended.id).execute(),
    );
    const { ticket } = await applicant();
    const asked: readonly (readonly [string, string])[] = [
      [known.number, '17'],
      [known.number, '18'],
      [mailless.number, '17'],
      [ended.number, '17'],
      ['9999.99999', '17'],
      [ticket, '17'],
      [ticket, '18'],
      ['ZZZ9999', '17'],
    ];
    const answers = new Set<string>();
    for (const [at, [number, day]] of asked.entries()) {
      const from = `10.3.3.${at}`;
      const first = await watched.run(() => ask(number, { day, from }));
      const page = addressOf(first.answer);
      const shown = await watched.run(() => site.request(page, { headers: { 'x-forwarded-for': from } }));
      const wrong = await watched.run(() => post(page, { kode: '000000' }, from));
      const seen = JSON.stringify([first.seen, shown.seen, wrong.seen]).replaceAll(page, '…');
      answers.add(seen.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|lupa-tautan\/[\w-]{22}/g, '…'));
    }
    // One answer to all: status, headers, page, and every statement that ran for it.
    expect([...answers]).toHaveLength(1);
    expect(watched.count()).toBeGreaterThan(2);
    // Only two of them are told anything, and only in their mailbox.
    expect(await mails()).toHaveLength(2);
  });

  it('a whole day of asking sends one person no more than twenty mails, and still says the same', async () => {
    const { number } = await member('banyak@surat.example');
    let sent = 0;
    const seen = new Set<string>();
    for (let each = 0; each < 22; each++) {
      const answer = await askLostLink(database.db, site.deps, scope(), {
        number,
        birthDate,
        language: 'id',
      });
      seen.add(Object.keys(answer).join());
      sent += (await mails()).length;
    }
    expect([sent, seen.size]).toEqual([20, 1]);
  });
});

describe('on one’s own page', () => {
  const codePage = async (answer: Response) => {
    const html = await answer.text();
    return { html, ticket: /name="sekali-tiket" value="([^"]*)"/.exec(html)?.[1] ?? '' };
  };

  it('an erasure is asked for with a code, and the words typed before are not lost', async () => {
    const { id } = await member();
    const base = `/jateng/data-saya/kta/${await ktaOf(id)}`;
    const typed = { jenis: 'erase', keterangan: 'Pindah kota' };
    const answer = await post(`${base}/permintaan`, typed);
    expect(answer.status).toBe(200);
    const { html, ticket } = await codePage(answer);
    expect(html).toContain('value="Pindah kota"');
    expect(html).toContain('c•••@surat.example');
    expect(html).not.toContain('contoh@surat.example');
    const code = codeIn((await mails())[0]);
    const wrong = await post(`${base}/permintaan`, {
      ...typed,
      'sekali-tiket': ticket,
      'sekali-kode': anotherThan(code),
    });
    expect(wrong.status).toBe(422);
    expect((await codePage(wrong)).ticket).toBe(ticket);
    const right = await post(`${base}/permintaan`, { ...typed, 'sekali-tiket': ticket, 'sekali-kode': code });
    expect(addressOf(right)).toContain('kabar=minta');
    // What may be asked for without a code: everything else.
    expect(addressOf(await post(`${base}/permintaan`, { jenis: 'object', keterangan: 'x' }))).toContain(
      'kabar',
    );
  });

  it('the whole of the data is downloaded after a code only, for ten minutes and in that browser', async () => {
    const { id } = await member();
    const base = `/jateng/data-saya/kta/${await ktaOf(id)}`;
    const refused = await site.request(`${base}/data.json`);
    expect(addressOf(refused)).toBe(`${base}/unduh?berkas=data.json`);
    expect(await mails()).toEqual([]);
    expect(await (await site.request(addressOf(refused))).text()).toContain('c•••@surat.example');
    const { ticket } = await codePage(await post(addressOf(refused), {}));
    const code = codeIn((await mails())[0]);
    const right = await post(addressOf(refused), { 'sekali-tiket': ticket, 'sekali-kode': code });
    expect(addressOf(right)).toBe(`${base}/data.json`);
    const cookie = cookiesOf(right);
    const download = (header: string) => site.request(`${base}/data.json`, { headers: { cookie: header } });
    expect((await download(cookie)).headers.get('content-type')).toContain('application/json');
    expect((await download(`${cookie}x`)).status).toBe(303);
    const other = await member();
    const theirs = `/jateng/data-saya/kta/${await ktaOf(other.id)}/data.json`;
    expect((await site.request(theirs, { headers: { cookie } })).status).toBe(303);
    const start = site.clock.now;
    site.clock.now = new Date(start.getTime() + 10 * 60_000 + 1);
    expect((await download(cookie)).status).toBe(303);
    site.clock.now = start;
  });

  it('an application is withdrawn, and phone or e-mail are changed, after a code only', async () => {
    const { token } = await applicant();
    const base = `/jateng/permohonan/${token}`;
    const state = () =>
      inLibrary(database.db, library.id, (tx) =>
        tx
          .selectFrom('application')
          .select(['state', 'email'])
          .where('token_hash', '=', site.deps.vault.hash(library.id, 'token', token))
          .executeTakeFirstOrThrow(),
      );
    const asked = await codePage(await post(`${base}/ubah`, { email: 'orang.lain@surat.example' }));
    expect(asked.ticket).not.toBe('');
    expect((await mails())[0]?.to).toBe('contoh@surat.example');
    expect((await state()).email).toBe('contoh@surat.example');
    const { ticket } = await codePage(await post(`${base}/batal`, { version: '' }));
    expect((await state()).state).not.toBe('cancelled');
    const code = codeIn((await mails())[0]);
    // A code for another person's page is nothing here.
    const other = await applicant();
    const stolen = await post(`/jateng/permohonan/${other.token}/batal`, {
      'sekali-tiket': ticket,
      'sekali-kode': code,
    });
    expect(stolen.status).toBe(422);
    await post(`${base}/batal`, { 'sekali-tiket': ticket, 'sekali-kode': code });
    expect((await state()).state).toBe('cancelled');
  });

  it('whoever has no e-mail address on file, or a service that sends none, loses no right over it', async () => {
    const { id } = await member(null);
    const base = `/jateng/data-saya/kta/${await ktaOf(id)}`;
    expect((await site.request(`${base}/data.json`)).status).toBe(200);
    expect((await post(`${base}/permintaan`, { jenis: 'erase', keterangan: '' })).status).toBe(303);
    const silent = createTestApp(database);
    const mailed = await member();
    const theirs = `/jateng/data-saya/kta/${await ktaOf(mailed.id)}`;
    expect((await silent.request(`${theirs}/data.json`)).status).toBe(200);
    const page = await (await silent.request('/jateng/lupa-tautan')).text();
    expect(page).toContain('belum dapat mengirim surel');
    expect(page).not.toContain('name="nomor"');
  });
});

it('what was typed and for whom is in no line of the log', () => {
  expect(JSON.stringify(site.logged)).not.toMatch(/surat\.example|Contoh Kode|lupa-tautan\/[\w-]{22}/);
});
