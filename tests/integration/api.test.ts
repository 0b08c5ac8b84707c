/** `/api/v1` in the hands of real programs: once only, no gaps, nothing overwritten unseen, nobody told too much. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { listApiKeys } from '../../src/usecases/api-key.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { revokeClient } from '../../src/usecases/manage-client.ts';
import { connectionFrom, onceKey, type Program, programOf } from '../support/api-keys.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { printCode } from '../support/gates.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let scope: Scope;
let program: Program;

const APPLICATION = {
  document_type: 'ktp',
  document_number: '9901011705900001',
  name: 'Contoh Situs',
  birth_place: 'Sukacontoh',
  birth_date: '1990-05-17',
  sex: 'L',
  address_line: 'Jalan Contoh 1',
  address_rt: '3',
  address_rw: '12',
  address_village: '99.01.01.2001',
  present_same: 'same',
  member_type: 'UMUM',
  acknowledged: true,
  consent_version: '2026-1',
};

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  library = await libraryOf(site, 'banyuwangi');
  scope = scopeOfRole(library, site.deps, ['petugas', 'sub_koordinator'] as never);
  program = await programOf(site, 'banyuwangi');
}, 120_000);
afterAll(() => database.drop());

let people = 0;
const person = (changes: object = {}): Promise<MemberId> =>
  memberNamed(database, site.deps, { ...scope, at: site.deps.now() }, `Contoh Orang ${++people}`, {
    address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never },
    ...changes,
  });
const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, never>;
const etagOf = async (id: string) => (await program.ask('GET', `/members/${id}`)).headers.get('etag') ?? '';

describe('what is sent twice', () => {
  it('is one application, also at the same moment, and is answered alike', async () => {
    const headers = { 'idempotency-key': onceKey() };
    const send = () => program.ask('POST', '/applications', { body: APPLICATION, headers });
    const answers = await Promise.all([send(), send(), send(), send()]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(201);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    const again = await send();
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const first = await answers.find(({ status }) => status === 201)?.text();
    expect(await again.text()).toBe(first);
    const found = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('application').select('id').where('name', '=', APPLICATION.name).execute(),
    );
    expect(found.length).toBe(1);
  });

  it('with other content under the same key is refused, and a refusal leaves the key free', async () => {
    const headers = { 'idempotency-key': onceKey() };
    const refused = await program.ask('POST', '/visits', {
      body: { kind: 'non_member', purpose: 'TIDAK-ADA' },
      headers,
    });
    expect(refused.status).toBe(422);
    const right = await program.ask('POST', '/visits', {
      body: { kind: 'non_member', purpose: 'BACA' },
      headers,
    });
    expect(right.status).toBe(201);
    const other = await program.ask('POST', '/visits', {
      body: { kind: 'non_member', purpose: 'PINJAM' },
      headers,
    });
    expect(other.status).toBe(422);
    expect((await bodyOf(other)).type).toMatch(/#idempotency-key-reused$/);
    expect((await program.ask('POST', '/visits', { body: {} })).status).toBe(400);
  });

  it('is no refusal where it stands already, as the answer of the database was lost and the key was given back', async () => {
    const id = await person();
    const send = (act: string, body: object, key: string) =>
      program.ask('POST', `/members/${id}/${act}`, { body, headers: { 'idempotency-key': key } });
    const lost = () => inLibrary(database.db, library.id, (tx) => tx.deleteFrom('api_request').execute());
    for (const [act, body, state] of [
      ['suspend', { reason: 'overdue' }, 'suspended'],
      ['resume', {}, 'active'],
    ] as const) {
      const key = onceKey();
      const first = await bodyOf(await send(act, body, key));
      await lost();
      const again = await send(act, body, key);
      expect(again.status).toBe(200);
      expect(await bodyOf(again)).toEqual(first);
      expect(first.state).toBe(state);
    }
    await send('suspend', { reason: 'overdue' }, onceKey());
    const [, other] = library.settings.suspensionReasons.filter(({ code }) => code !== 'overdue');
    expect((await send('suspend', { reason: other?.code }, onceKey())).status).toBe(409);
  });

  it('is kept sealed: a copied database tells nothing of it', async () => {
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('api_request').selectAll().execute(),
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.answer?.toString('latin1') ?? '').not.toContain('permohonan');
  });
});

describe('pages of a list', () => {
  it('leave out nobody and show nobody twice, while others are added between them', async () => {
    const before = await Promise.all([person(), person(), person(), person(), person()]);
    const seen: string[] = [];
    let next = '';
    let pages = 0;
    do {
      const answer = await bodyOf(
        await program.ask('GET', `/members?limit=2&fields=id${next === '' ? '' : `&cursor=${next}`}`),
      );
      const { items, next: more } = answer as unknown as { items: { id: string }[]; next: string | null };
      seen.push(...items.map(({ id }) => id));
      next = more ?? '';
      if (pages++ < 2) {
        site.clock.now = new Date(site.clock.now.getTime() + 1_000);
        before.push(await person());
      }
    } while (next !== '');
    expect(seen.length).toBe(new Set(seen).size);
    for (const id of before) expect(seen).toContain(id);
  });

  it('go on only with the same question, and only in the library of the key', async () => {
    const first = (await bodyOf(await program.ask('GET', '/members?limit=1'))) as unknown as { next: string };
    expect((await program.ask('GET', `/members?limit=5&state=active&cursor=${first.next}`)).status).toBe(400);
    const there = await programOf(site, 'jateng');
    expect((await there.ask('GET', `/members?limit=1&cursor=${first.next}`)).status).toBe(400);
    expect((await program.ask('GET', `/members?limit=1&cursor=${first.next}`)).status).toBe(200);
  });

  it('bring a member again who has changed since', async () => {
    const id = await person();
    site.clock.now = new Date(site.clock.now.getTime() + 60_000);
    const since = site.clock.now.toISOString();
    const changed = async () =>
      (
        (await bodyOf(
          await program.ask('GET', `/members?changed_since=${encodeURIComponent(since)}`),
        )) as unknown as { items: { id: string }[] }
      ).items.map((one) => one.id);
    expect(await changed()).toEqual([]);
    await program.ask('POST', `/members/${id}/suspend`, {
      body: { reason: 'overdue' },
      headers: { 'idempotency-key': onceKey() },
    });
    expect(await changed()).toEqual([id]);
  });
});

describe('a change', () => {
  it('needs the ETag of what was read last', async () => {
    const id = await person({ phone: '+6281200001111' as never });
    const body = { phone: '0812 0000 4444' };
    const patch = (etag?: string) =>
      program.ask('PATCH', `/members/${id}`, {
        body,
        headers: etag === undefined ? {} : { 'if-match': etag },
      });
    expect((await patch()).status).toBe(428);
    expect((await patch('"nonsense"')).status).toBe(412);
    expect((await patch('*')).status).toBe(412);
    const etag = await etagOf(id);
    const [one, other] = await Promise.all([patch(etag), patch(etag)]);
    expect([one.status, other.status].sort()).toEqual([200, 412]);
    const told = (await bodyOf(one.status === 200 ? one : other)) as unknown as {
      contact: { phone: string };
    };
    expect(told.contact.phone).toBe('+6281200004444');
    expect(await etagOf(id)).not.toBe(etag);
  });

  it('is not shown again to who has it, and shows in the ETag', async () => {
    const id = await person();
    const etag = await etagOf(id);
    const known = await program.ask('GET', `/members/${id}`, { headers: { 'if-none-match': etag } });
    expect(known.status).toBe(304);
    expect(await known.text()).toBe('');
    const suspended = await program.ask('POST', `/members/${id}/suspend`, {
      body: { reason: 'overdue' },
      headers: { 'idempotency-key': onceKey(), 'if-match': etag },
    });
    expect(suspended.status).toBe(200);
    expect((await bodyOf(suspended)).state).toBe('suspended');
    const again = await program.ask('GET', `/members/${id}`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(200);
    const resumed = await program.ask('POST', `/members/${id}/resume`, {
      body: {},
      headers: { 'idempotency-key': onceKey(), 'if-match': etag },
    });
    expect(resumed.status).toBe(412);
  });
});

describe('a key', () => {
  it('is refused from the moment it is revoked, and tells when it was used', async () => {
    const short = await programOf(site, 'banyuwangi', []);
    expect((await short.ask('GET', '/library')).status).toBe(200);
    const own = async () => (await listApiKeys(database.db, scope)).find(({ id }) => id === short.id);
    expect((await own())?.lastUsedAt).toEqual(site.clock.now);
    await revokeClient(
      database.db,
      site.deps,
      { ...scope, actor: { kind: 'system' } },
      { kind: 'api', id: short.id },
    );
    const refused = await short.ask('GET', '/library');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(JSON.stringify(await own())).not.toContain(short.key);
  });

  it('works only from its addresses, and only as fast as it may', async () => {
    const bound = await programOf(site, 'banyuwangi', [], { addresses: ['10.9.0.0/16'], perMinute: 10 });
    const from = (address: string) => bound.ask('GET', '/library', { from: address });
    expect((await from('10.8.0.1')).status).toBe(403);
    const answers = [];
    for (let n = 0; n < 11; n++) answers.push(await from('10.9.0.1'));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(200), 429]);
    const last = answers.at(-1);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(last?.headers.get('ratelimit-policy')).toBe('"minute";q=10;w=60');
    expect(last?.headers.get('ratelimit')).toMatch(/^"minute";r=0;t=\d+$/);
  });

  it('that nobody has is refused, and guessing is slowed without stopping a right one', async () => {
    const ask = async (key: string) =>
      await site.app.request(
        '/api/v1/library',
        { headers: { authorization: `Bearer ${key}` } },
        connectionFrom('203.0.113.9'),
      );
    for (let n = 0; n < 30; n++) expect((await ask(`dp_1_${'A'.repeat(43)}`)).status).toBe(401);
    expect((await ask('dp_1_x')).status).toBe(429);
    expect((await ask(program.key)).status).toBe(200);
    expect((await site.request('/api/v1/library')).status).toBe(401);
  });

  it('is made, changed and revoked by an admin on a page, and shown there once', async () => {
    const { header } = await site.signIn('banyuwangi', 'admin');
    const page = '/banyuwangi/pengaturan/kunci-program';
    const fields = {
      nama: 'situs-web',
      hak: ['cards.verify'],
      cara: ['numbers'],
      bahasa: 'en',
      alamat: '',
      laju: '600',
    };
    const made = await site.post(page, fields, header);
    const text = await made.text();
    const key = /dp_\d+_[\w-]{43}/.exec(text)?.[0] ?? '';
    expect(made.headers.get('cache-control')).toBe('no-store');
    const ask = () => site.request('/api/v1/library', { headers: { authorization: `Bearer ${key}` } });
    expect((await bodyOf(await ask())).scopes).toEqual(['cards.verify']);
    const twice = await site.post(page, fields, header);
    expect(twice.status).toBe(422);
    const list = await (await site.request(page, { headers: { cookie: header } })).text();
    expect(list).toContain('situs-web');
    expect(list).not.toContain(key);
    const row = list.slice(list.indexOf('situs-web'));
    const id = /kunci-program\/([0-9a-f-]{36})\/cabut/.exec(row)?.[1];
    const form = await (await site.request(`${page}/${id}`, { headers: { cookie: header } })).text();
    expect(form).not.toContain('name="nama"');
    const wrong = await site.post(`${page}/${id}`, { ...fields, laju: '0' }, header);
    expect(wrong.status).toBe(422);
    const wider = { ...fields, hak: ['cards.verify', 'visits.read'] };
    expect((await site.post(`${page}/${id}`, wider, header)).status).toBe(303);
    expect((await bodyOf(await ask())).scopes).toEqual(['cards.verify', 'visits.read']);
    expect((await site.post(`${page}/${id}/cabut`, {}, header)).status).toBe(303);
    expect((await ask()).status).toBe(401);
    expect((await site.post(`${page}/${id}`, wider, header)).status).toBe(404);
  });

  it('needs no cookie and no origin, and sets none', async () => {
    const answer = await program.ask('POST', '/cards/verify', {
      body: { code: '123' },
      headers: { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('who is told what', () => {
  it('ways to reach a member only where they are asked for, and those of children by a scope of its own', async () => {
    const adult = await person({ email: 'dewasa@contoh.test' });
    const child = await person({
      email: 'anak@contoh.test',
      birthDate: '2016-03-01' as PlainDate,
      guardian: { name: 'Contoh Wali', relation: 'mother', phone: null, consented: true },
    });
    const grown = await programOf(site, 'banyuwangi', ['members.read', 'members.contact', 'members.write']);
    const read = async (who: Program, id: string, query = '?fields=id,contact') =>
      (await who.ask('GET', `/members/${id}${query}`)).text();
    expect(await read(grown, adult, '')).not.toContain('dewasa@');
    expect(await read(grown, adult)).toContain('dewasa@');
    expect(await read(grown, child)).toBe(JSON.stringify({ id: child, contact: null }));
    expect(await read(program, child)).toContain('anak@');
    const change = await grown.ask('PATCH', `/members/${child}`, {
      body: { email: 'lain@contoh.test' },
      headers: { 'if-match': await etagOf(child) },
    });
    expect(change.status).toBe(403);
    const plain = await programOf(site, 'banyuwangi', ['members.read']);
    expect((await plain.ask('GET', `/members/${adult}?fields=contact`)).status).toBe(403);
  });

  it('each look at a person stands in the log, a look at a number alone does not', async () => {
    const id = await person();
    const reader = await programOf(site, 'banyuwangi', ['members.read']);
    const looks = () =>
      inLibrary(database.db, library.id, (tx) =>
        tx
          .selectFrom('audit_log')
          .select(['action', 'actor_id'])
          .where('subject_id', '=', id)
          .where('actor_id', '=', reader.id)
          .execute(),
      );
    await reader.ask('GET', `/members/${id}?fields=id,number,status`);
    expect(await looks()).toEqual([]);
    await reader.ask('GET', `/members/${id}`);
    await expect.poll(async () => (await looks()).length).toBe(1);
  });

  it('whether a card is valid, in the words of the gates; who it is only with a right to that', async () => {
    const id = await person();
    const card = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('card').select('id').where('member_id', '=', id).executeTakeFirstOrThrow(),
    );
    const code = printCode(site.deps, library, card.id);
    const gate = await programOf(site, 'banyuwangi', ['cards.verify']);
    const verify = async (who: Program, typed: string) =>
      bodyOf(await who.ask('POST', '/cards/verify', { body: { code: typed } }));
    expect(await verify(gate, code)).toEqual({ valid: true, reason: null, member: null });
    expect(await verify(program, code)).toMatchObject({ valid: true, member: { id } });
    await program.ask('POST', `/members/${id}/suspend`, {
      body: { reason: 'overdue' },
      headers: { 'idempotency-key': onceKey() },
    });
    expect(await verify(gate, code)).toEqual({ valid: false, reason: 'suspended', member: null });
    expect(await verify(gate, '9901015708990777')).toMatchObject({ valid: false, reason: 'identity_number' });
  });

  it('a child’s application waits for the guardian, an unread consent text is refused, as with the form', async () => {
    const child = {
      ...APPLICATION,
      document_type: 'kia',
      document_number: '9901015705140001',
      name: 'Contoh Anak',
      birth_date: '2014-05-17',
      sex: 'P',
      member_type: 'PELAJAR',
      guardian_name: 'Contoh Wali',
      guardian_relation: 'mother',
      guardian_phone: '081200002222',
    };
    const send = (body: object) =>
      program.ask('POST', '/applications', { body, headers: { 'idempotency-key': onceKey() } });
    expect(await bodyOf(await send(child))).toMatchObject({ state: 'waiting_guardian' });
    const { guardian_name: _, ...orphan } = child;
    const refused = await send(orphan);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('#/guardian_name');
    expect((await send({ ...APPLICATION, consent_version: '1999' })).status).toBe(422);
    expect((await send({ ...APPLICATION, acknowledged: false })).status).toBe(422);
    const unusual = await send({ ...APPLICATION, name: 'Contoh Lain', birth_date: '1990-05-18' });
    expect((await bodyOf(unusual)).type).toMatch(/#needs-confirmation$/);
    const sure = { ...APPLICATION, name: 'Contoh Lain', birth_date: '1990-05-18', confirmed: true };
    expect((await send(sure)).status).toBe(201);
  });

  it('log lines carry no key and no person', () => {
    const lines = JSON.stringify(site.logged);
    expect(lines).not.toContain(program.key);
    expect(lines).not.toContain('Contoh');
  });
});
