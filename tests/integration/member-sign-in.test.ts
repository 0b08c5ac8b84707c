import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { type KyselyPlugin, sql } from 'kysely';
import * as oidc from 'openid-client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ClientId, MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { ServiceScope } from '../../src/domain/service.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import { startJobs } from '../../src/jobs/schedule.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { deliverMessages } from '../../src/usecases/deliver-messages.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import {
  addMemberPasskey,
  askForMemberPasskey,
  beginMemberPasskey,
  checkMemberPasskey,
} from '../../src/usecases/member-passkey.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { rotateOidcKeys } from '../../src/usecases/oidc-keys.ts';
import { askSignInCode, codeWaits, ownPageOf } from '../../src/usecases/one-time-code.ts';
import { changeService, listServices } from '../../src/usecases/service.ts';
import {
  allowService,
  narrowService,
  servicesEverOf,
  servicesOf,
  stopService,
} from '../../src/usecases/service-member.ts';
import { undoMerge } from '../../src/usecases/undo-merge.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { type SoftPasskey, softPasskey } from '../support/authenticator.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import {
  CALLBACK,
  codeFor,
  connect,
  type Errand,
  errand,
  serviceNamed,
  signInByCode,
  switchOn,
  Visitor,
} from '../support/services.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  // The provider's own clock is the real one.
  site = createTestApp(database, { mails: true, time: 'real' });
  library = await switchOn(database, site, 'jateng');
});
afterAll(() => database.drop());

const parts = () => ({ database, site, library });
const scope = () => scopeOfRole(library, site.deps, ['sub_koordinator', 'admin']);

async function member(birthDate = '1990-05-17') {
  const n = people++;
  const email = `anggota${n}@surat.example`;
  const name = `Contoh Masuk ${n}`;
  const id = await memberNamed(database, site.deps, scope(), name, {
    birthDate: birthDate as PlainDate,
    email,
  });
  const { number } = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return { id, number, email, name };
}

/** Two people after all: the merge of this membership is undone. */
async function part(loser: MemberId): Promise<void> {
  const { id } = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member_merge').select('id').where('loser_id', '=', loser).executeTakeFirstOrThrow(),
  );
  const done = await undoMerge(database.db, site.deps, scope(), { mergeId: id, reason: 'different_people' });
  expect(done).toMatchObject({ ok: true });
}

/** What is left of a member with services. */
const recordsOf = (id: MemberId) =>
  inLibrary(database.db, library.id, async (tx) => [
    ...(await tx.selectFrom('oidc_record').select('model').where('member_id', '=', id).execute()),
    ...(await tx.selectFrom('member_passkey').select('label').where('member_id', '=', id).execute()),
    ...(await tx
      .selectFrom('service_consent')
      .select('scopes')
      .where('member_id', '=', id)
      .where('ended_at', 'is', null)
      .execute()),
  ]);

/** The database, where the next statement of a kind is followed by something else before its transaction goes on. */
function pausing(isMeant: (text: string, values: readonly unknown[]) => boolean) {
  const plain = database.db.getExecutor();
  let waits: (() => Promise<void>) | null = null;
  const meant = new Set<unknown>();
  const watch: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      const { sql: text, parameters } = plain.compileQuery(node, queryId);
      if (isMeant(text, parameters)) meant.add(queryId);
      return node;
    },
    async transformResult({ queryId, result }) {
      const now = waits;
      if (now && meant.has(queryId)) {
        waits = null;
        await now();
      }
      return result;
    },
  };
  return {
    db: database.db.withPlugin(watch),
    next(work: () => Promise<void>) {
      waits = work;
    },
    /** Whether what was to follow has. */
    paused: () => waits === null,
  };
}

async function untilSomebodyWaits(): Promise<void> {
  const waiting = sql<{ n: number }>`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await waiting.execute(database.db)).rows[0]?.n).toBe(1);
}

describe('a member signs in to a service', () => {
  it('by member number and code, consents once, and the service learns what was consented to', async () => {
    const service = await serviceNamed(database, site, library);
    const config = await connect(site, 'jateng', service);
    const who = await member();
    const visitor = new Visitor(site);
    const { url, checks } = await errand(config);
    const back = await signInByCode(parts(), visitor, url, who);
    expect(back.startsWith(`${CALLBACK}?`)).toBe(true);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(back), checks);
    const sub = tokens.claims()?.sub ?? '';
    expect(sub).toMatch(/^[\w-]{22}$/);
    const told = await oidc.fetchUserInfo(config, tokens.access_token, sub);
    expect(told).toMatchObject({ sub, name: who.name, member_number: who.number, member_status: 'active' });
    expect(JSON.stringify([told, tokens.claims()])).not.toContain(who.id);
  });
});

describe('any process', () => {
  it('goes on with a sign-in that another one began, and both sign alike', async () => {
    const other = createTestApp(database, { mails: true, time: 'real' });
    const service = await serviceNamed(database, site, library, { algorithm: 'ES256' });
    const metadata = { id_token_signed_response_alg: 'ES256' };
    const here = await connect(site, 'jateng', service, undefined, metadata);
    const there = await connect(other, 'jateng', service, undefined, metadata);
    const who = await member();
    const visitor = new Visitor(site);
    const { url, checks } = await errand(here);
    await visitor.go(url.href);
    visitor.site = other;
    await visitor.go(visitor.page.at, { nomor: who.number });
    visitor.site = site;
    await visitor.go(visitor.page.at, { kode: await codeFor(database, other, who.email) });
    visitor.site = other;
    await visitor.go(/href="([^"]*\/oidc\/auth\/[^"]*)"/.exec(visitor.page.text)?.[1] ?? '');
    visitor.site = site;
    const back = await visitor.go(`${visitor.page.at}/izin`, {});
    const tokens = await oidc.authorizationCodeGrant(there, new URL(back ?? ''), checks);
    const told = await oidc.fetchUserInfo(here, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(told.member_number).toBe(who.number);
  });
});

it('over https its cookies are secure, signed, unreadable for scripts and bound to the host or to one sign-in', async () => {
  const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
  const { url } = await errand(config);
  const answer = await site.request(`https://localhost${url.pathname}${url.search}`, {
    headers: { accept: 'text/html' },
  });
  const cookies = answer.headers.getSetCookie();
  expect(cookies.length).toBeGreaterThan(2);
  expect(cookies.some((one) => one.includes('.sig='))).toBe(true);
  for (const one of cookies) {
    expect(one).toMatch(/^__(?:Host|Secure)-oidc-/);
    expect(one).toMatch(/; secure/i);
    expect(one).toMatch(/; httponly/i);
    expect(one).toMatch(/; samesite=lax/i);
    if (one.startsWith('__Secure-')) expect(one).toMatch(/; path=\/jateng\/oidc\/(?:masuk|auth)\//i);
  }
});

describe('a passkey of a member', () => {
  const ORIGIN = 'http://localhost';
  /** What the authenticator keeps beside each key. */
  const handles = new Map<SoftPasskey, string>();
  const make = async (memberId: MemberId, passkey: SoftPasskey) => {
    const by = scope();
    const task = await beginMemberPasskey(database.db, site.deps, by, {
      memberId,
      number: 'x',
      origin: ORIGIN,
    });
    const { user } = JSON.parse(task.options) as { user: { id: string } };
    handles.set(passkey, user.id);
    const answer = { ticket: task.ticket, answer: passkey.make(task.options, ORIGIN), origin: ORIGIN };
    return addMemberPasskey(database.db, site.deps, by, { ...answer, memberId, label: 'Ponsel' });
  };
  const use = async (passkey: SoftPasskey, uid = 'satu', at: LibraryContext = library, asked = uid) => {
    const by = { ...scope(), library: at };
    const task = await askForMemberPasskey(site.deps, by, { uid: asked, origin: ORIGIN });
    const answer = {
      ticket: task.ticket,
      answer: passkey.answer(task.options, { origin: ORIGIN, userHandle: handles.get(passkey) ?? '' }),
      origin: ORIGIN,
    };
    const first = await checkMemberPasskey(database.db, site.deps, by, { ...answer, uid });
    return { first, again: () => checkMemberPasskey(database.db, site.deps, by, { ...answer, uid }) };
  };

  it('opens its own member’s door once for each answer, at this sign-in and this library only', async () => {
    const who = await member();
    const passkey = softPasskey();
    expect(await make(who.id, passkey)).toEqual({ ok: true });
    const used = await use(passkey);
    expect(used.first).toBe(who.id);
    expect(await used.again()).toBeUndefined();
    expect((await use(passkey, 'satu', library, 'dua')).first).toBeUndefined();
    const other = await loadLibrary(database.db, 'banyuwangi', new Date());
    if (!other) throw new Error('not seeded');
    expect((await use(passkey, 'satu', other)).first).toBeUndefined();
  });

  it('follows a merge, and is gone with the membership', async () => {
    const [one, winner] = [await member(), await member()];
    const passkey = softPasskey();
    await make(one.id, passkey);
    await mergeMembers(database.db, site.deps, scope(), {
      winnerId: winner.id,
      loserId: one.id,
      take: [],
      reason: 'applied_twice',
    });
    expect((await use(passkey)).first).toBe(winner.id);
    await endMember(database.db, site.deps, scope(), {
      memberId: winner.id,
      reason: 'moved',
      effectiveOn: null,
    });
    expect((await use(passkey)).first).toBeUndefined();
  });

  it('made while two people were one opens neither of them afterwards; those of before open their own', async () => {
    const [one, winner] = [await member(), await member()];
    const [ofOne, ofWinner, meanwhile] = [softPasskey(), softPasskey(), softPasskey()];
    await make(one.id, ofOne);
    await make(winner.id, ofWinner);
    await mergeMembers(database.db, site.deps, scope(), {
      winnerId: winner.id,
      loserId: one.id,
      take: [],
      reason: 'applied_twice',
    });
    await make(winner.id, meanwhile);
    expect((await use(meanwhile)).first).toBe(winner.id);
    await part(one.id);
    expect((await use(meanwhile)).first).toBeUndefined();
    expect((await use(ofOne)).first).toBe(one.id);
    expect((await use(ofWinner)).first).toBe(winner.id);
  });
});

describe('what a service may not do', () => {
  it('is refused an address that is not registered, letter by letter, without sending anybody there', async () => {
    const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
    for (const address of [
      `${CALLBACK}/`,
      `${CALLBACK}?x=1`,
      'https://buku.example/KEMBALI',
      'https://jahat.example/kembali',
      'http://buku.example/kembali',
      'https://buku.example@jahat.example/kembali',
    ]) {
      const { url } = await errand(config, { redirect_uri: address });
      const visitor = new Visitor(site);
      expect(await visitor.go(url.href), address).toBeNull();
      expect(visitor.page.status).toBe(400);
      expect(visitor.page.text).toContain('invalid_redirect_uri');
    }
  });

  it('gets no code without PKCE, or with a plain challenge', async () => {
    const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
    const { url } = await errand(config);
    for (const change of [
      (params: URLSearchParams) => {
        params.delete('code_challenge');
        params.delete('code_challenge_method');
      },
      (params: URLSearchParams) => params.set('code_challenge_method', 'plain'),
    ]) {
      const asked = new URL(url);
      change(asked.searchParams);
      const back = await new Visitor(site).go(asked.href);
      expect(new URL(back ?? '').searchParams.get('error')).toBe('invalid_request');
    }
  });

  it.each(['token', 'id_token', 'code token', 'code id_token', 'none'])(
    'is given nothing in the address but a code: response_type=%s is refused',
    async (responseType) => {
      const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
      const { url } = await errand(config);
      url.searchParams.set('response_type', responseType);
      const back = new URL((await new Visitor(site).go(url.href)) ?? '');
      const said = new URLSearchParams(back.search || back.hash.slice(1));
      expect(said.get('error')).toBe('unsupported_response_type');
      expect(back.href).not.toMatch(/[?&#](access_token|id_token|code)=/);
    },
  );

  it('is answered by its own pages only: of another origin a browser lets nobody read what is not published', async () => {
    const own = 'https://baca.contoh.example';
    const settings = { method: 'none', redirects: [`${own}/kembali`] } as const;
    const service = await serviceNamed(database, site, library, settings);
    const body = `client_id=${service.id}&grant_type=authorization_code&code=x`;
    const ask = async (method: string, path: string, origin: string) => {
      const answer = await site.request(`/jateng/oidc${path}`, {
        method,
        headers: {
          origin,
          ...(method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : {}),
          ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(method === 'POST' ? { body } : {}),
      });
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      return answer.headers.get('access-control-allow-origin');
    };
    for (const path of [
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/jwks',
    ])
      for (const origin of [own, 'https://jahat.example'])
        for (const method of ['GET', 'OPTIONS']) expect(await ask(method, path, origin), path).toBe('*');
    for (const [method, path] of [
      ['POST', '/token'],
      ['OPTIONS', '/token'],
      ['POST', '/token/revocation'],
      ['OPTIONS', '/token/revocation'],
      ['GET', '/me'],
      ['OPTIONS', '/me'],
    ] as const) {
      expect(await ask(method, path, own), path).toBe(own);
      for (const other of [
        'https://jahat.example',
        'http://baca.contoh.example',
        `${own}.jahat.example`,
        'null',
      ])
        expect(await ask(method, path, other), `${method} ${path} ${other}`).toBeNull();
    }
  });

  it('cannot use a code twice, and the second use takes back what the first gave', async () => {
    const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
    const { url, checks } = await errand(config);
    const back = new URL(await signInByCode(parts(), new Visitor(site), url, await member()));
    const tokens = await oidc.authorizationCodeGrant(config, back, checks);
    const sub = tokens.claims()?.sub ?? '';
    expect((await oidc.fetchUserInfo(config, tokens.access_token, sub)).sub).toBe(sub);
    await expect(oidc.authorizationCodeGrant(config, back, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(oidc.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow();
  });

  it('of two who bring the same code at one moment, one gets tokens', async () => {
    const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
    const { url, checks } = await errand(config);
    const back = new URL(await signInByCode(parts(), new Visitor(site), url, await member()));
    const both = await Promise.allSettled(
      [1, 2].map(() => oidc.authorizationCodeGrant(config, back, checks)),
    );
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('cannot use a code with another verifier, or that another service was given', async () => {
    const [one, other] = [
      await serviceNamed(database, site, library),
      await serviceNamed(database, site, library),
    ];
    const config = await connect(site, 'jateng', one);
    const { url, checks } = await errand(config);
    const back = new URL(await signInByCode(parts(), new Visitor(site), url, await member()));
    await expect(
      oidc.authorizationCodeGrant(await connect(site, 'jateng', other), back, checks),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(
      oidc.authorizationCodeGrant(config, back, {
        ...checks,
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
      }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('is told only of the scopes it was given, and asks for others in vain', async () => {
    const service = await serviceNamed(database, site, library, {}, ['membership']);
    const config = await connect(site, 'jateng', service);
    const wide = await new Visitor(site).go((await errand(config)).url.href);
    expect(new URL(wide ?? '').searchParams.get('error')).toBe('invalid_scope');
    const { url, checks } = await errand(config, { scope: 'openid membership' });
    const who = await member();
    const back = await signInByCode(parts(), new Visitor(site), url, who);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(back), checks);
    const told = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(told.member_number).toBe(who.number);
    expect(told.name).toBeUndefined();
  });

  it('without its secret, or with a wrong one, gets nothing', async () => {
    const service = await serviceNamed(database, site, library);
    const config = await connect(site, 'jateng', { ...service, secret: 'salah'.repeat(9) });
    const { url, checks } = await errand(config);
    const back = await signInByCode(parts(), new Visitor(site), url, await member());
    await expect(oidc.authorizationCodeGrant(config, new URL(back), checks)).rejects.toMatchObject({
      status: 401,
      cause: [{ parameters: { error: 'invalid_client' } }],
    });
  });

  it('that signs shows who it is by its own key: no other key, no old proof and no secret does', async () => {
    const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [own, next, strange] = [pair(), pair(), pair()];
    const jwks = (...keys: readonly KeyObject[]) =>
      JSON.stringify({ keys: keys.map((key) => key.export({ format: 'jwk' })) });
    const service = await serviceNamed(database, site, library, {
      method: 'jwt',
      keys: jwks(own.publicKey, next.publicKey),
      algorithm: 'ES256',
    });
    expect(service.secret).toBeNull();
    const proofs: string[] = [];
    const proofBy = (key: KeyObject, changes: Readonly<Record<string, unknown>> = {}): oidc.ClientAuth => {
      const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
      const imported = webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
      return async (...request) =>
        oidc.PrivateKeyJwt(await imported, {
          [oidc.modifyAssertion]: (_header, payload) => Object.assign(payload, changes),
        })(...request);
    };
    const signing = (key: KeyObject, changes: Readonly<Record<string, unknown>> = {}) => {
      const proof = proofBy(key, changes);
      const kept: oidc.ClientAuth = async (server, client, body, headers) => {
        await proof(server, client, body, headers);
        proofs.push(body.get('client_assertion') ?? '');
      };
      return connect(site, 'jateng', service, undefined, { id_token_signed_response_alg: 'ES256' }, kept);
    };
    for (const key of [own.privateKey, next.privateKey]) {
      const config = await signing(key);
      expect(config.serverMetadata().token_endpoint_auth_methods_supported).toContain('private_key_jwt');
      const { url, checks } = await errand(config);
      const back = new URL(await signInByCode(parts(), new Visitor(site), url, await member()));
      const tokens = await oidc.authorizationCodeGrant(config, back, checks);
      expect(
        (await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')).name,
      ).toMatch(/^Contoh Masuk/);
    }
    const refused = { status: 401 };
    const far = Math.floor(Date.now() / 1000) + 3_600;
    for (const config of [
      await signing(strange.privateKey),
      await signing(own.privateKey, { exp: far }),
      await signing(own.privateKey, { exp: Number.MAX_SAFE_INTEGER }),
      await signing(own.privateKey, { aud: 'https://lain.example/oidc' }),
      await signing(own.privateKey, { iss: 'lain' }),
      await connect(site, 'jateng', { ...service, secret: 'salah'.repeat(9) }),
      await connect(site, 'jateng', service, undefined, {}, oidc.None()),
    ])
      await expect(oidc.tokenRevocation(config, 'tidak-ada')).rejects.toMatchObject(refused);
    // The proof of a moment ago, brought once more.
    const again = (assertion: string) =>
      site.request('/jateng/oidc/token/revocation', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          token: 'tidak-ada',
          client_assertion: assertion,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }).toString(),
      });
    expect((await again(proofs[0] ?? '')).status).toBe(401);
    // One that nobody has brought yet, by two at one moment.
    const unused = new URLSearchParams();
    const able = await signing(own.privateKey);
    await proofBy(own.privateKey)(able.serverMetadata(), able.clientMetadata(), unused, new Headers());
    const brought = Array.from({ length: 12 }, () => again(unused.get('client_assertion') ?? ''));
    const statuses = (await Promise.all(brought)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, ...Array(11).fill(401)]);
    // A key that was taken away is none from the next request on.
    const [row] = (await listServices(database.db, scope())).filter(({ id }) => id === service.id);
    if (!row) throw new Error('no service');
    const settings = { ...row.settings, keys: jwks(next.publicKey) };
    expect(await changeService(database.db, site.deps, scope(), row.id, { ...row, settings })).toEqual({
      ok: true,
    });
    const config = await signing(own.privateKey);
    await expect(oidc.tokenRevocation(config, 'tidak-ada')).rejects.toMatchObject(refused);
    await oidc.tokenRevocation(await signing(next.privateKey), 'tidak-ada');
  });

  it('is connected by its public keys on the page; a private one is refused and not shown again', async () => {
    const officer = await site.signIn('jateng', 'admin');
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const send = (key: KeyObject) =>
      site.post(
        '/jateng/pengaturan/masuk-layanan',
        {
          nama: `bertanda-${people++}`,
          judul: 'Buku Contoh',
          kembali: CALLBACK,
          cara: 'jwt',
          data: ['profile'],
          kunci_publik: JSON.stringify(key.export({ format: 'jwk' })),
        },
        officer.header,
      );
    const secret = keys.privateKey.export({ format: 'jwk' }).d ?? '-';
    const publicKey = keys.publicKey.export({ format: 'jwk' });
    const refused = await send(keys.privateKey);
    const page = await refused.text();
    expect([refused.status, page.includes('Ini kunci privat'), page.includes(secret)]).toEqual([
      422,
      true,
      false,
    ]);
    const made = await send(keys.publicKey);
    const shown = await made.text();
    expect(made.status).toBe(200);
    expect(shown).toContain('Layanan ini tidak memakai rahasia.');
    const services = await listServices(database.db, scope());
    const kept = services.find(({ settings }) => settings.keys.includes(publicKey.x ?? '-'))?.settings.keys;
    expect(JSON.parse(kept ?? '')).toEqual({ keys: [{ ...publicKey, alg: 'ES256' }] });
  });

  it('of another library does not exist here, and a library that has not switched it on serves nothing', async () => {
    const service = await serviceNamed(database, site, library);
    for (const path of [
      '/.well-known/openid-configuration',
      '/jwks',
      '/auth',
      '/token',
      '/me',
      '/session/end',
    ])
      expect((await site.request(`/banyuwangi/oidc${path}`)).status, path).toBe(404);
    await switchOn(database, site, 'banyuwangi');
    const config = await connect(site, 'banyuwangi', service);
    const visitor = new Visitor(site);
    expect(await visitor.go((await errand(config)).url.href)).toBeNull();
    expect(visitor.page.text).toContain('invalid_client');
  });
});

describe('the member’s word', () => {
  const tokensFor = async (more: Parameters<typeof serviceNamed>[3] = {}, scope?: string) => {
    const service = await serviceNamed(database, site, library, more);
    const config = await connect(site, 'jateng', service);
    const who = await member();
    const visitor = new Visitor(site);
    const asked = scope === undefined ? {} : { scope, prompt: 'consent' };
    const { url, checks } = await errand(config, asked);
    const back = await signInByCode(parts(), visitor, url, who);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(back), checks);
    return { service, config, who, visitor, tokens, sub: tokens.claims()?.sub ?? '' };
  };
  const own = async (id: string) => {
    const subject = { memberId: id as MemberId, applicationId: null };
    const page = await ownPageOf(database.db, site.deps, scope(), subject);
    return `/jateng/data-saya/${page?.way}/${page?.token}`;
  };

  it('is remembered, shown on the own page, and ending it ends the tokens', async () => {
    const { service, config, who, visitor, tokens, sub } = await tokensFor();
    // The same browser again: no question.
    const again = await errand(config);
    expect(await visitor.go(again.url.href)).toContain('code=');
    const base = await own(who.id);
    const page = await (await site.request(base)).text();
    expect(page).toContain('Buku Contoh');
    expect(page).toContain('Diberitahukan kepada layanan tempat Anda masuk');
    const ended = await site.post(`${base}/layanan/${service.id}`, {});
    expect(ended.headers.get('location')).toContain('kabar=layanan');
    await expect(oidc.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow();
    // Asked anew.
    await visitor.go((await errand(config)).url.href);
    expect(visitor.page.text).toContain('/izin');
  });

  it('is taken back in one part: the rest stands, and that part is asked about anew', async () => {
    const { service, config, who, visitor, tokens, sub } = await tokensFor({}, 'openid profile membership');
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ name: who.name });
    const base = await own(who.id);
    const address = `${base}/layanan/${service.id}/bagian`;
    const back = async (part: string) => (await site.post(address, { bagian: part })).headers.get('location');
    // What the service was never told is nothing to take back.
    expect(await back('offline_access')).toBe(base);
    expect(await back('profile')).toBe(`${base}?kabar=bagian`);
    const page = await (await site.request(base)).text();
    expect([...page.matchAll(/name="bagian" value="(\w+)"/g)].map(([, part]) => part)).toEqual([
      'membership',
    ]);
    await expect(oidc.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow();
    // Without that part nobody is asked, and the service does not hear it.
    const narrow = await errand(config, { scope: 'openid membership' });
    const answer = await visitor.go(narrow.url.href);
    const told = await oidc.authorizationCodeGrant(config, new URL(answer ?? ''), narrow.checks);
    const info = await oidc.fetchUserInfo(config, told.access_token, sub);
    expect(Object.keys(info)).not.toContain('name');
    expect(info.member_number).toBe(who.number);
    // Whoever asks for it again asks the member.
    expect(
      await visitor.go((await errand(config, { scope: 'openid profile membership' })).url.href),
    ).toBeNull();
    expect(visitor.page.text).toContain('/izin');
    // Both parts gone: still a member to it, and nothing more.
    expect(await back('membership')).toBe(`${base}?kabar=bagian`);
    expect(await back('membership')).toBe(base);
    const audit = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'fields'])
        .where('subject_id', '=', who.id)
        .where('action', 'like', 'member.%_service')
        .where('action', 'not in', ['member.tell_service', 'member.allow_service'])
        .orderBy('seq')
        .execute(),
    );
    expect(audit).toEqual([
      { action: 'member.narrow_service', fields: ['profile'] },
      { action: 'member.narrow_service', fields: ['membership'] },
    ]);
  });

  it('narrowed is the word of before: since when, and when it was last used', async () => {
    const { service, who } = await tokensFor();
    const words = () => inLibrary(database.db, library.id, (tx) => servicesEverOf(tx, who.id));
    const [before] = (await words()).standing;
    expect(before?.lastUsedAt).not.toBeNull();
    const base = await own(who.id);
    await site.post(`${base}/layanan/${service.id}/bagian`, { bagian: 'profile' });
    expect(await words()).toEqual({ standing: [{ ...before, scopes: ['membership'] }], ended: [] });
    const page = await (await site.request(base)).text();
    expect(page).toContain('Terakhir dipakai');
    await site.post(`${base}/layanan/${service.id}`, {});
    expect((await words()).ended.map(({ scopes }) => scopes)).toContainEqual(['membership']);
  });

  it('narrowed while two people were one goes back to who gave it', async () => {
    const { service, who } = await tokensFor();
    const winner = await member();
    await mergeMembers(database.db, site.deps, scope(), {
      winnerId: winner.id,
      loserId: who.id,
      take: [],
      reason: 'applied_twice',
    });
    await site.post(`${await own(winner.id)}/layanan/${service.id}/bagian`, { bagian: 'profile' });
    await part(who.id);
    expect(await recordsOf(winner.id)).toEqual([]);
    expect(await recordsOf(who.id)).toEqual([{ scopes: ['membership'] }]);
  });

  it('of two merged numbers is shown, and told, as what either said', async () => {
    const one = await tokensFor({ offline: true }, 'openid profile offline_access');
    const winner = await member();
    const { url, checks } = await errand(one.config, {
      scope: 'openid membership offline_access',
      prompt: 'consent',
    });
    const back = await signInByCode(parts(), new Visitor(site), url, winner);
    const tokens = await oidc.authorizationCodeGrant(one.config, new URL(back), checks);
    await mergeMembers(database.db, site.deps, scope(), {
      winnerId: winner.id,
      loserId: one.who.id,
      take: [],
      reason: 'applied_twice',
    });
    const shown = await inLibrary(database.db, library.id, (tx) => servicesOf(tx, winner.id));
    expect(shown.map(({ scopes }) => scopes)).toEqual([['profile', 'membership']]);
    await oidc.refreshTokenGrant(one.config, tokens.refresh_token ?? '');
  });

  it('given in two steps is one: what was said first can be taken back, and no token tells it any more', async () => {
    const first = await tokensFor({ offline: true }, 'openid profile offline_access');
    const { service, config, who, visitor, tokens, sub } = first;
    const more = await errand(config, { scope: 'openid membership' });
    await visitor.go(more.url.href);
    expect(visitor.page.text).toContain('/izin');
    await visitor.go(`${visitor.page.at}/izin`, {});
    // The grant of the first word goes on, and the page says so.
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect((await oidc.fetchUserInfo(config, next.access_token, sub)).name).toBe(who.name);
    const base = await own(who.id);
    const page = await (await site.request(base)).text();
    expect([...page.matchAll(/name="bagian" value="(\w+)"/g)].map(([, one]) => one)).toEqual([
      'profile',
      'membership',
    ]);
    const taken = await site.post(`${base}/layanan/${service.id}/bagian`, { bagian: 'profile' });
    expect(taken.headers.get('location')).toBe(`${base}?kabar=bagian`);
    await expect(oidc.fetchUserInfo(config, next.access_token, sub)).rejects.toThrow();
    await expect(oidc.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await recordsOf(who.id)).toContainEqual({ scopes: ['membership'] });
  });

  it.each([
    ['taken back in part', 'openid membership'],
    ['ended', undefined],
  ])('%s while a grant is being written is told by that grant neither', async (_how, rest) => {
    const { service, who, visitor } = await tokensFor({ offline: true });
    const what = { memberId: who.id, clientId: service.id as ClientId };
    const takeBack = () =>
      rest === undefined
        ? stopService(database.db, site.deps, scope(), what)
        : narrowService(database.db, site.deps, scope(), { ...what, part: 'profile' });
    const behind = pausing(
      (text, values) => /insert into "oidc_record"/.test(text) && values.includes('Grant'),
    );
    const other = createTestApp(database, { mails: true, time: 'real', db: behind.db });
    visitor.site = other;
    const config = await connect(other, 'jateng', service);
    const untold = async (back: string | null, checks: Errand['checks']) => {
      expect(behind.paused()).toBe(true);
      await expect(oidc.authorizationCodeGrant(config, new URL(back ?? ''), checks)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    };
    // By the word that stands, without a question.
    const again = await errand(config);
    behind.next(async () => expect(await takeBack()).toBe(true));
    await untold(await visitor.go(again.url.href), again.checks);
    // By a word of this moment, for a month.
    const anew = await errand(config, {
      scope: 'openid profile membership offline_access',
      prompt: 'consent',
    });
    expect(await visitor.go(anew.url.href)).toBeNull();
    behind.next(async () => expect(await takeBack()).toBe(true));
    await untold(await visitor.go(`${visitor.page.at}/izin`, {}), anew.checks);
  });

  it('a token that was written meanwhile tells nothing that was taken back', async () => {
    const { service, config, who, tokens, sub } = await tokensFor({ offline: true });
    const ofWord = (scopes: readonly string[]) =>
      inLibrary(database.db, library.id, (tx) =>
        tx
          .updateTable('service_consent')
          .set({ scopes: [...scopes] })
          .where('member_id', '=', who.id)
          .execute(),
      );
    // As a grant of that moment leaves it: the token is there, the word is not.
    await ofWord(['membership']);
    await expect(oidc.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow();
    await ofWord(['membership', 'profile']);
    expect((await oidc.fetchUserInfo(config, tokens.access_token, sub)).name).toBe(who.name);
    await stopService(database.db, site.deps, scope(), {
      memberId: who.id,
      clientId: service.id as ClientId,
    });
    await expect(oidc.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow();
  });

  it('ended is ended, also for what is said of the service at the same moment', async () => {
    const who = await member();
    const clientId = (await serviceNamed(database, site, library)).id as ClientId;
    const what = { memberId: who.id, clientId };
    const said = async () =>
      (await inLibrary(database.db, library.id, (tx) => servicesOf(tx, who.id))).map(({ scopes }) => scopes);
    const behind = pausing((text) => /^update "service_consent"/.test(text));
    const narrow = (db = database.db) => narrowService(db, site.deps, scope(), { ...what, part: 'profile' });
    const allow = (scopes: readonly ServiceScope[], db = database.db) =>
      allowService(db, site.deps, scope(), { ...what, scopes });
    const stop = (db = database.db) => stopService(db, site.deps, scope(), what);
    /** The second begins when the first has ended what stood and is not through yet. */
    const meet = async <A, B>(first: (db: Db) => Promise<A>, second: () => Promise<B>): Promise<[A, B]> => {
      let running: Promise<B> | undefined;
      behind.next(async () => {
        running = second();
        await untilSomebodyWaits();
      });
      const one = await first(behind.db);
      if (!running) throw new Error('did not meet');
      return [one, await running];
    };
    await allow(['profile', 'membership']);
    expect(await meet(stop, narrow)).toEqual([true, false]);
    expect(await said()).toEqual([]);
    await allow(['profile', 'membership']);
    expect(await meet(narrow, stop)).toEqual([true, true]);
    expect(await said()).toEqual([]);
    await allow(['profile']);
    await meet(stop, () => allow(['membership']));
    // A yes of afterwards is to what it says, and brings back nothing of before.
    expect(await said()).toEqual([['membership']]);
    await meet(
      (db) => allow(['profile'], db),
      () => stop(),
    );
    expect(await said()).toEqual([]);
  });

  it('is asked for each time where the service is set so', async () => {
    const { config, visitor } = await tokensFor({ ask: 'always' });
    await visitor.go((await errand(config)).url.href);
    expect(visitor.page.text).toContain('/izin');
  });

  it('refresh tokens are replaced at each use, tell what is true now, and the old one ends all', async () => {
    const { config, who, tokens, sub } = await tokensFor(
      { offline: true, admits: 'all' },
      'openid membership offline_access',
    );
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('member').set({ state: 'suspended' }).where('id', '=', who.id).execute(),
    );
    expect((await oidc.fetchUserInfo(config, next.access_token, sub)).member_status).toBe('suspended');
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
    await expect(oidc.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toThrow();
  });

  it('refresh tokens end thirty days after the sign-in, however often they were replaced', async () => {
    const { config, tokens } = await tokensFor({ offline: true }, 'openid offline_access');
    const begun = Date.now();
    const at = (days: number) => void vi.setSystemTime(begun + days * 86_400_000);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      let token = tokens.refresh_token ?? '';
      for (const day of [10, 20, 29.9]) {
        at(day);
        token = (await oidc.refreshTokenGrant(config, token)).refresh_token ?? '';
      }
      at(30.1);
      await expect(oidc.refreshTokenGrant(config, token)).rejects.toMatchObject({ error: 'invalid_grant' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('a paused service, a suspended member and one who has left are told nothing more', async () => {
    const one = await tokensFor();
    await inLibrary(database.db, library.id, (tx) =>
      tx.updateTable('member').set({ state: 'suspended' }).where('id', '=', one.who.id).execute(),
    );
    await expect(oidc.fetchUserInfo(one.config, one.tokens.access_token, one.sub)).rejects.toThrow();
    const two = await tokensFor();
    const row = (await listServices(database.db, scope())).find(({ id }) => id === two.service.id);
    if (!row) throw new Error('gone');
    const settings = { ...row.settings, paused: true };
    await changeService(database.db, site.deps, scope(), row.id, { ...row, settings });
    await expect(oidc.fetchUserInfo(two.config, two.tokens.access_token, two.sub)).rejects.toThrow();
    const three = await tokensFor({ admits: 'all' });
    const ended = await endMember(
      database.db,
      site.deps,
      scopeOfRole(library, site.deps, ['sub_koordinator']),
      {
        memberId: three.who.id,
        reason: 'request',
        effectiveOn: null,
      },
    );
    expect(ended.ok).toBe(true);
    await expect(oidc.fetchUserInfo(three.config, three.tokens.access_token, three.sub)).rejects.toThrow();
    expect(await recordsOf(three.who.id)).toEqual([]);
  });

  it('a service cannot tell by the name it was given that two services know the same member', async () => {
    const one = await tokensFor();
    const other = await serviceNamed(database, site, library);
    const config = await connect(site, 'jateng', other);
    const { url, checks } = await errand(config);
    const back = await signInByCode(parts(), new Visitor(site), url, one.who);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(back), checks);
    expect(tokens.claims()?.sub).not.toBe(one.sub);
  });

  it('after a merge the person signs in by either number and is the one who stands for both', async () => {
    const one = await tokensFor();
    const winner = await member();
    const merged = await mergeMembers(database.db, site.deps, scope(), {
      winnerId: winner.id,
      loserId: one.who.id,
      take: [],
      reason: 'applied_twice',
    });
    expect(merged).toMatchObject({ ok: true });
    await expect(oidc.fetchUserInfo(one.config, one.tokens.access_token, one.sub)).rejects.toThrow();
    const { url, checks } = await errand(one.config);
    // The old number still leads to the person, whose mail is the winner's.
    const back = await signInByCode(parts(), new Visitor(site), url, {
      number: one.who.number,
      email: winner.email,
    });
    const tokens = await oidc.authorizationCodeGrant(one.config, new URL(back), checks);
    const told = await oidc.fetchUserInfo(one.config, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(told.member_number).toBe(winner.number);
    // They were two people: what the other one's service was given meanwhile tells it nothing more.
    const waiting = await askSignInCode(database.db, site.deps, scope(), {
      number: one.who.number,
      language: 'id',
    });
    const begun = new Visitor(site);
    await begun.go((await errand(one.config)).url.href);
    await begun.go(begun.page.at, { nomor: one.who.number });
    await begun.go(begun.page.at, { kode: await codeFor(database, site, winner.email) });
    expect(begun.page.at).toMatch(/\/simpan$/);
    await part(one.who.id);
    const sub = tokens.claims()?.sub ?? '';
    await expect(oidc.fetchUserInfo(one.config, tokens.access_token, sub)).rejects.toThrow();
    expect(await recordsOf(winner.id)).toEqual([]);
    expect((await begun.go(`${begun.page.at}`)) ?? begun.page.status).toBe(400);
    expect(await codeWaits(database.db, site.deps, scope(), waiting.ticket, 'sign_in')).toBe(false);
    // The word of before the merge stands as it stood.
    expect(await recordsOf(one.who.id)).toEqual([{ scopes: ['profile', 'membership'] }]);
  });

  it('given under a number that was merged since shows its later use', async () => {
    const one = await tokensFor();
    const winner = await member();
    await mergeMembers(database.db, site.deps, scope(), {
      winnerId: winner.id,
      loserId: one.who.id,
      take: [],
      reason: 'applied_twice',
    });
    const usedAt = async () => {
      const services = await inLibrary(database.db, library.id, (tx) => servicesOf(tx, winner.id));
      return services[0]?.lastUsedAt?.getTime() ?? 0;
    };
    const before = await usedAt();
    const { url } = await errand(one.config);
    await signInByCode(parts(), new Visitor(site), url, { number: winner.number, email: winner.email });
    expect(await usedAt()).toBeGreaterThan(before);
  });

  it('whoever is erased leaves nothing behind with services', async () => {
    const { who, config, tokens, sub } = await tokensFor();
    await inLibrary(database.db, library.id, (tx) =>
      erasePeople(tx, site.deps, scope(), { members: [who.id] }, 'request'),
    );
    await expect(oidc.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow();
    expect(await recordsOf(who.id)).toEqual([]);
  });

  it('nothing in the database opens anything: tokens, codes and secrets stand nowhere', async () => {
    const { service, tokens, visitor } = await tokensFor({ offline: true });
    const rows = await inLibrary(database.db, library.id, async (tx) => [
      await tx.selectFrom('oidc_record').selectAll().execute(),
      await tx.selectFrom('oidc_key').selectAll().execute(),
      await tx.selectFrom('client').selectAll().execute(),
      await tx.selectFrom('audit_log').selectAll().execute(),
    ]);
    const dump = JSON.stringify(rows, (_, value: unknown) =>
      typeof value === 'object' &&
      value !== null &&
      'type' in value &&
      value.type === 'Buffer' &&
      'data' in value
        ? Buffer.from(value.data as number[]).toString('latin1')
        : value,
    );
    const secrets = [
      tokens.access_token,
      service.secret ?? '',
      ...visitor.cookies().matchAll(/=([\w-]{20,});/g),
    ];
    for (const secret of secrets) expect(dump).not.toContain(Array.isArray(secret) ? secret[1] : secret);
  });
});

describe('children', () => {
  it('sign in only where the library says so and a guardian has consented', async () => {
    const child = await member('2014-03-02');
    const strict = await connect(site, 'jateng', await serviceNamed(database, site, library));
    const visitor = new Visitor(site);
    await signInByCode(parts(), visitor, (await errand(strict)).url, child);
    expect(visitor.page.text).toContain('Belum dapat masuk');
    const open = await connect(
      site,
      'jateng',
      await serviceNamed(database, site, library, { children: true }),
    );
    const second = new Visitor(site);
    await signInByCode(parts(), second, (await errand(open)).url, child);
    expect(second.page.text).toContain('Belum dapat masuk');
    await inLibrary(database.db, library.id, (tx) =>
      tx
        .insertInto('consent')
        .values({
          library_id: library.id,
          id: site.deps.uuid(new Date()),
          application_id: null,
          member_id: child.id,
          purpose: 'guardian',
          given: true,
          by_guardian: true,
          text_version: '1',
          text_lang: 'id',
          channel: 'desk',
          recorded_at: new Date(),
          recorded_by: null,
          withdrawn_at: null,
        })
        .execute(),
    );
    const { url, checks } = await errand(open);
    const back = await signInByCode(parts(), new Visitor(site), url, child);
    expect((await oidc.authorizationCodeGrant(open, new URL(back), checks)).access_token).toBeTruthy();
  });
});

describe('who asks for a code', () => {
  it('gets the same pages, by the same statements, whether there is such a member or not', async () => {
    let statements: string[] = [];
    const plain = database.db.getExecutor();
    const watch: KyselyPlugin = {
      transformQuery: ({ node, queryId }) => {
        statements.push(plain.compileQuery(node, queryId).sql);
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const watched = createTestApp(database, { mails: true, time: 'real', db: database.db.withPlugin(watch) });
    const config = await connect(watched, 'jateng', await serviceNamed(database, watched, library));
    const put = (id: MemberId, changes: { readonly email?: null; readonly state?: 'ended' | 'suspended' }) =>
      inLibrary(database.db, library.id, (tx) =>
        tx.updateTable('member').set(changes).where('id', '=', id).execute(),
      );
    const [known, mailless, ended, suspended] = [
      await member(),
      await member(),
      await member(),
      await member(),
    ];
    await put(mailless.id, { email: null });
    await put(ended.id, { state: 'ended' });
    await put(suspended.id, { state: 'suspended' });
    const numbers = [known, mailless, ended, suspended].map(({ number }) => number);
    const seen: string[] = [];
    // Keys and settings are looked at by the clock: at a moment that stands still nobody's turn has a look of its own.
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (const number of [known.number, ...numbers, 'TIDAK-ADA-9', '0']) {
        const visitor = new Visitor(watched);
        await visitor.go((await errand(config)).url.href);
        const steps: string[] = [];
        for (const fields of [{ nomor: number }, { kode: 'bukan-kode' }]) {
          statements = [];
          await visitor.go(visitor.page.at, fields);
          const { status, headers, text, at } = visitor.page;
          const told = [...headers].filter(([name]) => !['set-cookie', 'x-request-id'].includes(name));
          steps.push(
            JSON.stringify([status, at, told, text, statements]).replaceAll(/masuk\/[\w-]+/g, 'masuk'),
          );
          expect(statements.length).toBeGreaterThan(5);
        }
        seen.push(steps.join('\n'));
      }
    } finally {
      vi.useRealTimers();
    }
    // The first warms what is kept in memory.
    const [, first, ...others] = seen;
    for (const other of others) expect(other).toBe(first);
    expect(first).toContain('name=\\"kode\\"');
    expect(first).not.toContain(known.number);
    // Only mailboxes know.
    const told: string[] = [];
    await deliverMessages(database.db, watched.deps, {
      send: async ({ to }) => {
        told.push(to);
        return { ok: true };
      },
      compose: mailComposer('https://contoh.example'),
    });
    const addresses = [known, mailless, ended, suspended].map(({ email }) => email);
    expect(told.filter((one) => addresses.includes(one)).sort()).toEqual(
      [known.email, known.email, suspended.email].sort(),
    );
  });
});

describe('whoever begins sign-ins without end', () => {
  it('waits after some hundred, and others go on', async () => {
    const busy = createTestApp(database, { mails: true, time: 'real' });
    const service = await serviceNamed(database, site, library);
    const { url } = await errand(await connect(busy, 'jateng', service));
    const begin = (path: string, from: string) =>
      busy.app.request(
        path,
        { headers: { accept: 'text/html' } },
        { incoming: { socket: { remoteAddress: from } } },
      );
    const wrong = '/jateng/oidc/auth?client_id=bukan-layanan';
    for (let n = 0; n < 300; n++) expect((await begin(wrong, '192.0.2.7')).status).toBe(400);
    const refused = await begin(`${url.pathname}${url.search}`, '192.0.2.7');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await begin(`${url.pathname}${url.search}`, '192.0.2.8')).status).toBe(303);
  });

  it('leaves nothing for long: what is over is forgotten hourly', async () => {
    const deps = testDeps(new Date());
    const logged: Record<string, unknown>[] = [];
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const jobs = startJobs(database.db, () => new pg.Client(database.addresses.app), deps, {
      send: null,
      goOnWithImports: () => Promise.resolve(),
      compose: mailComposer('https://daftar.example'),
      openLending: () => () => Promise.reject(new Error('no lending system here')),
      log: (entry) => void logged.push(entry),
    });
    try {
      vi.advanceTimersByTime(10_000);
      await expect.poll(() => logged.filter(({ event }) => event === 'retention').length).toBe(2);
      const config = await connect(site, 'jateng', await serviceNamed(database, site, library));
      await new Visitor(site).go((await errand(config)).url.href);
      const begun = () =>
        inLibrary(database.db, library.id, (tx) =>
          tx.selectFrom('oidc_record').select('ends_at').where('model', '=', 'Interaction').execute(),
        );
      expect((await begun()).length).toBeGreaterThan(0);
      // Long before the next retention.
      deps.clock.now = new Date(deps.clock.now.getTime() + 2 * 3_600_000);
      vi.advanceTimersByTime(10_000);
      await expect.poll(begun).toEqual([]);
      expect(logged.filter(({ event }) => event === 'retention').length).toBe(2);
    } finally {
      await jobs.stop();
      vi.useRealTimers();
    }
  });
});

describe('keys', () => {
  it('are replaced while services go on: the old one is still published', async () => {
    const before = (await (await site.request('/jateng/oidc/jwks')).json()) as { keys: { kid: string }[] };
    expect(await rotateOidcKeys(database.db, site.deps, scope())).toEqual({ ok: true });
    const fresh = createTestApp(database, { mails: true, time: 'real' });
    const after = (await (await fresh.request('/jateng/oidc/jwks')).json()) as { keys: { kid: string }[] };
    expect(after.keys).toHaveLength(4);
    for (const { kid } of before.keys) expect(after.keys.map((key) => key.kid)).toContain(kid);
    expect(JSON.stringify(after)).not.toMatch(/"(?:d|p|q|dp|dq|qi)":/);
  });
});
