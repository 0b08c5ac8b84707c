import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  type IdentityProvider,
  openIdentityProvider,
  openJar,
  type ProviderPerson,
  strangeKey,
  throughProvider,
} from '../support/identity-provider.ts';

/** Staff come in through a real provider (`oidc-provider`) on this machine. */

const HOME = 'http://localhost';
const SLUG = 'banyuwangi';
const CALLBACK = (slug: string) => `${HOME}/masuk/penyedia/${slug}/kembali`;

let database: TestDatabase;
let site: TestApp;
let portal: IdentityProvider;
let other: IdentityProvider;
let admin: SessionCookie;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { time: 'real', loopbackProviders: true });
  portal = await openIdentityProvider([CALLBACK(SLUG), CALLBACK('jateng')], {
    afterLogout: `${HOME}/masuk?perpustakaan=${SLUG}`,
  });
  other = await openIdentityProvider([CALLBACK(SLUG), CALLBACK('jateng')]);
  admin = await site.signIn(SLUG, 'admin');
  await settle(portal);
});
afterAll(async () => {
  await Promise.all([portal.close(), other.close()]);
  await database.drop();
});
beforeEach(() => {
  for (const provider of [portal, other]) {
    provider.person = null;
    provider.tamper = undefined;
    provider.signWith = undefined;
    provider.trouble = undefined;
  }
});

const person = (name: string, more: Partial<ProviderPerson> = {}): ProviderPerson => ({
  subject: `subject-of-${name}`,
  username: name,
  email: `${name}@contoh.example`,
  ...more,
});
const get = (path: string, cookie = admin.header) => site.request(path, { headers: { cookie } });

/** Fills the form of the settings in as an admin does. */
async function settle(
  provider: IdentityProvider,
  more: Readonly<Record<string, string | readonly string[]>> = {},
  slug: 'banyuwangi' | 'jateng' = SLUG,
  cookie = admin.header,
): Promise<Response> {
  const page = await (await get(`/${slug}/pengaturan/penyedia`, cookie)).text();
  return site.post(
    `/${slug}/pengaturan/penyedia`,
    {
      versi: /name="versi" value="(\d+)"/.exec(page)?.[1] ?? '0',
      nama: 'Portal Pegawai',
      penerbit: provider.issuer,
      klien: provider.clientId,
      rahasia: provider.clientSecret,
      cakupan: 'openid profile email',
      klaim: 'preferred_username',
      ranah: '',
      faktor: '',
      aturan: ['aktif'],
      ...more,
    },
    cookie,
  );
}

async function officerId(username: string, slug: 'banyuwangi' | 'jateng' = SLUG): Promise<OfficerId> {
  const row = await inLibrary(database.db, database.libraryIds[slug], (tx) =>
    tx.selectFrom('officer').select('id').where('username', '=', username).executeTakeFirstOrThrow(),
  );
  return row.id;
}

async function expectAt(username: string, identifier: string): Promise<Response> {
  const id = await officerId(username);
  return site.post(`/${SLUG}/pengaturan/petugas/${id}/penyedia`, { pengenal: identifier }, admin.header);
}

/** Goes to the provider and to the address it sends back to, without calling that. */
async function toProvider(
  jar = openJar(),
  change: (url: URL) => void = () => undefined,
  slug: string = SLUG,
): Promise<{ readonly jar: ReturnType<typeof openJar>; readonly answer: URL }> {
  const begun = await site.request(`/masuk/penyedia/${slug}?kembali=%2F${slug}%2Floket`, {
    headers: { cookie: jar.header(HOME) },
  });
  expect(begun.status).toBe(303);
  jar.keep(HOME, begun);
  const url = new URL(begun.headers.get('location') ?? '');
  change(url);
  return { jar, answer: new URL(await throughProvider(url.href, jar)) };
}

async function comeBack(jar: ReturnType<typeof openJar>, answer: URL): Promise<Response> {
  const back = await site.request(`${answer.pathname}${answer.search}`, {
    headers: { cookie: jar.header(HOME) },
  });
  jar.keep(HOME, back);
  return shown(back);
}

/** Why not, on the page that says so; the address with the code is left behind. */
function shown(back: Response): Response | Promise<Response> {
  const next = back.headers.get('location') ?? '';
  return next.includes('/gagal?') ? site.request(next) : back;
}

async function signInAs(who: ProviderPerson, slug: string = SLUG) {
  portal.person = who;
  const { jar, answer } = await toProvider(openJar(), undefined, slug);
  return { jar, answer, back: await comeBack(jar, answer) };
}

const isIn = (back: Response) => back.status === 303 && back.headers.get('location') === `/${SLUG}/loket`;

async function lastRefusal(): Promise<{ purpose: string | null; subject_id: string | null }> {
  const row = await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['purpose', 'subject_id'])
      .where('action', '=', 'session.refuse')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow(),
  );
  return row;
}

async function expectRefused(back: Response, purpose: string): Promise<string> {
  expect(back.status).toBe(422);
  expect(back.headers.getSetCookie().filter((cookie) => cookie.startsWith('sesi-'))).toEqual([]);
  expect((await lastRefusal()).purpose).toBe(purpose);
  return back.text();
}

async function sessionsOf(username: string) {
  const id = await officerId(username);
  return inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
    tx
      .selectFrom('session')
      .selectAll()
      .where('officer_id', '=', id)
      .where('ended_at', 'is', null)
      .orderBy('created_at', 'desc')
      .execute(),
  );
}

describe('an officer whom an admin expects', () => {
  it('comes in at the first sign-in, is linked for good, and the name at the provider no longer matters', async () => {
    expect((await expectAt('petugas', ' Petugas.Contoh ')).status).toBe(303);
    const first = await signInAs(person('petugas.contoh'));
    expect(isIn(first.back)).toBe(true);
    expect((await get(`/${SLUG}/loket`, first.jar.header(HOME))).status).toBe(200);
    // Renamed there, and somebody else has taken the name of before.
    expect(isIn((await signInAs(person('nama.baru', { subject: 'subject-of-petugas.contoh' }))).back)).toBe(
      true,
    );
    const thief = await signInAs(person('petugas.contoh', { subject: 'subject-of-another' }));
    const page = await expectRefused(thief.back, 'sign_on_unlinked');
    expect(page).toContain('tidak tertaut');
  });

  it('is let in twice at once without two links or a fault', async () => {
    await expectAt('subkoordinator', 'sub.contoh');
    portal.person = person('sub.contoh');
    const [one, two] = [await toProvider(), await toProvider()];
    const answers = await Promise.all([comeBack(one.jar, one.answer), comeBack(two.jar, two.answer)]);
    expect(answers.map(isIn)).toEqual([true, true]);
  });

  it('is told in words where the name is expected of somebody else already, or missing', async () => {
    await expectAt('kabid', 'kabid.contoh');
    const taken = await expectAt('kepala', 'KABID.contoh');
    expect(taken.status).toBe(422);
    expect(await taken.text()).toContain('sudah menunggu petugas lain');
    expect((await expectAt('kepala', '   ')).status).toBe(422);
  });

  it('is nobody an admin may name for the own account', async () => {
    const own = await expectAt('admin', 'admin.contoh');
    expect(own.status).toBe(422);
  });
});

describe('an answer is refused', () => {
  const linked = person('petugas.contoh');

  it('in another browser than the one that asked', async () => {
    portal.person = linked;
    const { answer } = await toProvider();
    await expectRefused(await comeBack(openJar(), answer), 'sign_on_state');
  });

  it('with another state, and the own question stays open for its own answer', async () => {
    portal.person = linked;
    const { jar, answer } = await toProvider();
    const forged = new URL(answer);
    forged.searchParams.set('state', 'x'.repeat(43));
    await expectRefused(await comeBack(jar, forged), 'sign_on_state');
    expect(isIn(await comeBack(jar, answer))).toBe(true);
  });

  it('a second time, even by who kept the cookie', async () => {
    portal.person = linked;
    const { jar, answer } = await toProvider();
    const cookie = jar.header(HOME);
    expect(isIn(await comeBack(jar, answer))).toBe(true);
    const again = await site.request(`${answer.pathname}${answer.search}`, { headers: { cookie } });
    await expectRefused(await shown(again), 'sign_on_state');
  });

  it('after ten minutes', async () => {
    portal.person = linked;
    const now = site.deps.now;
    const { jar, answer } = await toProvider();
    const late = createTestApp(database, { loopbackProviders: true });
    late.clock.now = new Date(now().getTime() + 11 * 60_000);
    const back = await late.request(`${answer.pathname}${answer.search}`, {
      headers: { cookie: jar.header(HOME) },
    });
    expect((await shown(back)).status).toBe(422);
  });

  it('with the nonce of another question', async () => {
    portal.person = linked;
    const { jar, answer } = await toProvider(openJar(), (url) =>
      url.searchParams.set('nonce', 'somebody-elses-nonce'),
    );
    await expectRefused(await comeBack(jar, answer), 'sign_on_answer');
  });

  it('with the code of somebody else’s sign-in: PKCE binds it to the browser', async () => {
    portal.person = linked;
    const [victim, attacker] = [await toProvider(), await toProvider()];
    const mixed = new URL(attacker.answer);
    mixed.searchParams.set('code', victim.answer.searchParams.get('code') ?? '');
    await expectRefused(await comeBack(attacker.jar, mixed), 'sign_on_answer');
  });

  it('of another provider, with its name or without (mix-up)', async () => {
    portal.person = linked;
    other.person = linked;
    const { jar, answer } = await toProvider();
    // The attacker's provider is asked with the state of the honest one.
    const foreign = new URL('/auth', other.issuer);
    for (const [name, value] of Object.entries({
      client_id: other.clientId,
      response_type: 'code',
      redirect_uri: CALLBACK(SLUG),
      scope: 'openid',
      state: answer.searchParams.get('state') ?? '',
      nonce: 'n',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    }))
      foreign.searchParams.set(name, value);
    const wrong = new URL(await throughProvider(foreign.href, jar));
    expect(wrong.searchParams.get('iss')).toBe(other.issuer);
    await expectRefused(await comeBack(jar, wrong), 'sign_on_answer');
    const second = await toProvider();
    const unnamed = new URL(wrong);
    unnamed.searchParams.delete('iss');
    unnamed.searchParams.set('state', second.answer.searchParams.get('state') ?? '');
    await expectRefused(await comeBack(second.jar, unnamed), 'sign_on_answer');
  });

  it.each([
    ['another issuer', (claims: Record<string, unknown>) => ({ ...claims, iss: other.issuer })],
    ['another audience', (claims: Record<string, unknown>) => ({ ...claims, aud: 'layanan-lain' })],
    [
      'a time that is over',
      (claims: Record<string, unknown>) => ({ ...claims, exp: Number(claims.iat) - 3600 }),
    ],
    ['no time of the sign-in', ({ auth_time: _gone, ...claims }: Record<string, unknown>) => claims],
    [
      'a sign-in of yesterday',
      (claims: Record<string, unknown>) => ({ ...claims, auth_time: Number(claims.iat) - 86_400 }),
    ],
  ])('with an ID token of %s', async (_what, tamper) => {
    portal.tamper = tamper;
    portal.person = linked;
    const { jar, answer } = await toProvider();
    const back = await comeBack(jar, answer);
    expect(back.status).toBe(422);
    expect((await lastRefusal()).purpose).toMatch(/^sign_on_(answer|stale)$/);
  });

  it('with a token that another key has signed', async () => {
    portal.tamper = (claims) => ({ ...claims, sub: linked.subject });
    portal.signWith = strangeKey();
    const { back } = await signInAs(linked);
    await expectRefused(back, 'sign_on_answer');
  });

  it('by a person who cancels there', async () => {
    const { jar, answer } = await toProvider();
    expect(answer.searchParams.get('error')).toBe('access_denied');
    const page = await expectRefused(await comeBack(jar, answer), 'sign_on_denied');
    expect(page).toContain('tidak mengizinkan masuk');
  });
});

describe('nobody else comes in', () => {
  it('an account that is linked to nobody: none is made', async () => {
    const { back } = await signInAs(person('siapa.saja'));
    await expectRefused(back, 'sign_on_unlinked');
    await expect(officerId('siapa.saja')).rejects.toThrow();
  });

  it('an officer whose account is closed, with the same words', async () => {
    const id = await officerId('petugas');
    const unknown = await (await signInAs(person('siapa.saja'))).back.text();
    await site.post(`/${SLUG}/pengaturan/petugas/${id}/tutup`, {}, admin.header);
    const { back } = await signInAs(person('petugas.contoh'));
    const page = await expectRefused(back, 'sign_on_unlinked');
    expect((await lastRefusal()).subject_id).toBe(id);
    expect(page).toBe(unknown);
    await site.post(`/${SLUG}/pengaturan/petugas/${id}/buka`, {}, admin.header);
  });

  it('an officer of another library that uses the same provider', async () => {
    const there = await site.signIn('jateng', 'admin');
    expect((await settle(portal, {}, 'jateng', there.header)).status).toBe(303);
    const { back } = await signInAs(person('petugas.contoh'), 'jateng');
    expect(back.status).toBe(422);
    // Nor with the question of one library and the address of the other.
    portal.person = person('petugas.contoh');
    const { jar, answer } = await toProvider();
    const crossed = new URL(answer.href.replace(`/${SLUG}/`, '/jateng/'));
    expect((await comeBack(jar, crossed)).status).toBe(422);
  });

  it('an account without a verified address of the office, where one is asked for', async () => {
    await settle(portal, { ranah: 'contoh.example' });
    expect(isIn((await signInAs(person('petugas.contoh'))).back)).toBe(true);
    for (const who of [
      person('petugas.contoh', { email: 'petugas@lain.example' }),
      person('petugas.contoh', { email: 'x@jahat-contoh.example' }),
      person('petugas.contoh', { emailVerified: false }),
    ])
      await expectRefused((await signInAs(who)).back, 'sign_on_domain');
    await settle(portal);
  });

  it('by an address that nobody has verified, where officers are expected by their address', async () => {
    await settle(portal, { klaim: 'email' });
    await expectAt('kepala', 'kepala@contoh.example');
    const unverified = person('kepala', { emailVerified: false });
    await expectRefused((await signInAs(unverified)).back, 'sign_on_unlinked');
    const { back } = await signInAs(person('kepala'));
    expect(back.status).toBe(303);
    await settle(portal);
  });
});

describe('the provider’s second factor', () => {
  it('must be told of where the library names it, and counts as ours', async () => {
    await settle(portal, { faktor: 'otp urn:contoh:loa2' });
    await expectRefused((await signInAs(person('petugas.contoh'))).back, 'sign_on_no_factor');
    await expectRefused(
      (await signInAs(person('petugas.contoh', { amr: ['pwd'] }))).back,
      'sign_on_no_factor',
    );
    expect(isIn((await signInAs(person('petugas.contoh', { amr: ['pwd', 'otp'] }))).back)).toBe(true);
    expect((await sessionsOf('petugas'))[0]).toMatchObject({ way: 'sign_on_factor', by_provider: true });
    await settle(portal);
    expect(isIn((await signInAs(person('petugas.contoh'))).back)).toBe(true);
    expect((await sessionsOf('petugas'))[0]).toMatchObject({ way: 'sign_on', by_provider: true });
  });

  it('where none is named, who has one here is asked for it, and a first password is never asked for', async () => {
    const id = await officerId('petugas');
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .updateTable('officer')
        .set({
          totp_secret: site.deps.vault.seal(
            database.libraryIds[SLUG],
            'totp',
            'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
          ),
          must_change_password: true,
        })
        .where('id', '=', id)
        .execute(),
    );
    const { back, jar } = await signInAs(person('petugas.contoh'));
    expect(back.status).toBe(200);
    expect(back.headers.getSetCookie().some((cookie) => cookie.startsWith('sesi-'))).toBe(false);
    const ticket = /name="tiket" value="([^"]+)"/.exec(await back.text())?.[1] ?? '';
    const { TOTP, Secret } = await import('otpauth');
    const code = new TOTP({ secret: Secret.fromBase32('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP') }).generate();
    const entered = await site.post('/masuk/kode', { perpustakaan: SLUG, tiket: ticket, kode: code });
    jar.keep(HOME, entered);
    expect(entered.status).toBe(303);
    expect((await get(`/${SLUG}/loket`, jar.header(HOME))).status).toBe(200);
    expect((await sessionsOf('petugas'))[0]).toMatchObject({ way: 'code', by_provider: true });
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .updateTable('officer')
        .set({ totp_secret: null, must_change_password: false })
        .where('id', '=', id)
        .execute(),
    );
  });
});

describe('what a screen left open must not do', () => {
  const stale = async () => {
    const id = await officerId('petugas');
    const ago = new Date(Date.now() - 11 * 60_000);
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .updateTable('session')
        .set({ confirmed_at: ago, password_proven_at: ago, factor_proven_at: ago })
        .where('officer_id', '=', id)
        .execute(),
    );
  };
  /** To the provider for a proof, and back. */
  async function confirm(jar: ReturnType<typeof openJar>, path: string): Promise<Response> {
    const begun = await site.request(path, { headers: { cookie: jar.header(HOME) } });
    jar.keep(HOME, begun);
    const url = begun.headers.get('location') ?? '';
    expect(new URL(url).searchParams.get('prompt')).toBe('login');
    expect(new URL(url).searchParams.get('max_age')).toBe('0');
    return comeBack(jar, new URL(await throughProvider(url, jar)));
  }

  it('is not proven by who signed in at the provider this morning', async () => {
    const { jar } = await signInAs(person('petugas.contoh', { signedInAgo: 3 * 3600 }));
    const asked = await site.post(`/${SLUG}/akun-penyedia/tautkan`, {}, jar.header(HOME));
    const page = await asked.text();
    expect(page).toContain('Pastikan lewat Portal Pegawai');
    expect(page).toContain(`href="/${SLUG}/konfirmasi/penyedia`);
  });

  it('is proven through the provider, just now, with a new secret of the session', async () => {
    const { jar } = await signInAs(person('petugas.contoh'));
    await stale();
    const before = jar.header(HOME);
    const back = await confirm(jar, `/${SLUG}/konfirmasi/penyedia?kembali=%2F${SLUG}%2Fsesi`);
    expect(back.headers.get('location')).toBe(`/${SLUG}/sesi`);
    expect((await get(`/${SLUG}/sesi`, before)).status).toBe(303);
    expect((await get(`/${SLUG}/sesi`, jar.header(HOME))).status).toBe(200);
    // A form that waited in another tab goes on now.
    const posted = await site.post(`/${SLUG}/akun-penyedia/tautkan`, {}, jar.header(HOME));
    expect(await posted.text()).toContain('Lanjutkan ke Portal Pegawai');
  });

  it('is not proven where the provider has asked nobody, or somebody else', async () => {
    const { jar } = await signInAs(person('petugas.contoh'));
    await stale();
    // It has overlooked what was asked of it, and says so itself.
    portal.person = person('petugas.contoh');
    portal.tamper = (claims) => ({ ...claims, auth_time: Number(claims.iat) - 300 });
    expect((await confirm(jar, `/${SLUG}/konfirmasi/penyedia`)).status).toBe(422);
    portal.tamper = undefined;
    portal.person = person('sub.contoh');
    jar.forget(portal.issuer);
    const someone = await confirm(jar, `/${SLUG}/konfirmasi/penyedia`);
    expect(someone.status).toBe(422);
    expect(await someone.text()).toContain('bukan pemilik akun petugas ini');
    expect((await site.post(`/${SLUG}/akun-penyedia/tautkan`, {}, jar.header(HOME))).status).toBe(200);
    expect((await sessionsOf('petugas'))[0]?.confirmed_at?.getTime()).toBeLessThan(Date.now() - 600_000);
  });
});

describe('an officer’s own link', () => {
  async function link(cookie: SessionCookie, who: ProviderPerson): Promise<Response> {
    portal.person = who;
    const leaving = await site.post(`/${SLUG}/akun-penyedia/tautkan`, {}, cookie.header);
    const jar = openJar();
    jar.keep(HOME, leaving);
    const url = /href="(http:\/\/127[^"]+)"/.exec(await leaving.text())?.[1]?.replaceAll('&amp;', '&') ?? '';
    const answer = new URL(await throughProvider(url, jar));
    return shown(
      await site.request(`${answer.pathname}${answer.search}`, {
        headers: { cookie: `${cookie.header}; ${jar.header(HOME)}` },
      }),
    );
  }

  it('is made after a fresh proof, refuses whom another officer is, and ends', async () => {
    const cookie = await site.signIn(SLUG, 'kabid');
    const taken = await link(cookie, person('petugas.contoh'));
    expect(taken.status).toBe(422);
    expect(await taken.text()).toContain('sudah tertaut dengan petugas lain');
    const made = await link(cookie, person('kabid.sendiri'));
    expect(made.headers.get('location')).toBe(`/${SLUG}/akun-penyedia?selesai=taut`);
    const { back, jar } = await signInAs(person('kabid.sendiri'));
    expect(back.status).toBe(303);
    const gone = await site.post(`/${SLUG}/akun-penyedia/lepas`, {}, cookie.header);
    expect(gone.headers.get('location')).toContain('selesai=lepas');
    // Its sessions are over, and it opens nothing.
    expect((await get(`/${SLUG}/sesi`, jar.header(HOME))).status).toBe(303);
    await expectRefused((await signInAs(person('kabid.sendiri'))).back, 'sign_on_unlinked');
  });

  it('of one session is not made by another one that came between', async () => {
    const cookie = await site.signIn(SLUG, 'kabid');
    const second = await site.signIn(SLUG, 'kepala');
    portal.person = person('penyusup');
    const leaving = await site.post(`/${SLUG}/akun-penyedia/tautkan`, {}, cookie.header);
    const jar = openJar();
    jar.keep(HOME, leaving);
    const url = /href="(http:\/\/127[^"]+)"/.exec(await leaving.text())?.[1]?.replaceAll('&amp;', '&') ?? '';
    const answer = new URL(await throughProvider(url, jar));
    const back = await site.request(`${answer.pathname}${answer.search}`, {
      headers: { cookie: `${second.header}; ${jar.header(HOME)}` },
    });
    expect((await shown(back)).status).toBe(422);
  });

  it('is taken away by an admin', async () => {
    const id = await officerId('subkoordinator');
    expect(isIn((await signInAs(person('sub.contoh'))).back)).toBe(true);
    const done = await site.post(`/${SLUG}/pengaturan/petugas/${id}/penyedia/lepas`, {}, admin.header);
    expect(done.status).toBe(303);
    expect((await sessionsOf('subkoordinator')).filter((row) => row.by_provider)).toEqual([]);
    await expectRefused((await signInAs(person('sub.contoh'))).back, 'sign_on_unlinked');
  });
});

describe('a library that wants the provider only', () => {
  const passwordOf = (username: string) =>
    database.signIns(SLUG).find((one) => one.username === username)?.password ?? '';
  const byPassword = (username: string) =>
    site.post('/masuk', { perpustakaan: SLUG, nama: username, sandi: passwordOf(username) });

  it('cannot shut the own doors before an admin has a sure one', async () => {
    const answer = await settle(portal, { aturan: ['aktif', 'wajib'] });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('faktor kedua');
  });

  it('lets no linked officer in by password, says why to who knows it, and lets the admin in', async () => {
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .updateTable('officer')
        .set({ totp_secret: site.deps.vault.seal(database.libraryIds[SLUG], 'totp', 'JBSWY3DPEHPK3PXP') })
        .where('username', '=', 'admin')
        .execute(),
    );
    // Set up in this session: shown in it.
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx.updateTable('session').set({ factor_proven_at: new Date() }).execute(),
    );
    expect((await settle(portal, { aturan: ['aktif', 'wajib'] })).status).toBe(303);
    const right = await byPassword('petugas');
    expect(right.status).toBe(422);
    const page = await right.text();
    expect(page).toContain('meminta Anda masuk dengan Portal Pegawai');
    expect((await lastRefusal()).purpose).toBe('sign_on_only');
    const wrong = await site.post('/masuk', { perpustakaan: SLUG, nama: 'petugas', sandi: 'bukan itu' });
    expect(await wrong.text()).not.toContain('meminta Anda masuk dengan');
    // Who is not linked, and the admin, have their own door.
    expect((await byPassword('subkoordinator')).status).toBe(303);
    expect(await (await byPassword('admin')).text()).toContain('name="kode"');
    const { jar } = await signInAs(person('petugas.contoh'));
    const own = await site.post(`/${SLUG}/akun-penyedia/lepas`, {}, jar.header(HOME));
    expect(own.headers.get('location')).toContain('provider-only');
  });

  it('does not take the password of a linked officer who stands in for an admin', async () => {
    const { jar } = await signInAs(person('petugas.contoh'));
    const [id, by] = [await officerId('petugas'), await officerId('admin')];
    const day = (days: number) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10) as PlainDate;
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .insertInto('delegation')
        .values({
          library_id: database.libraryIds[SLUG],
          id: randomUUID(),
          officer_id: id,
          role: 'admin',
          kind: 'plh',
          from_day: day(-1),
          until_day: day(1),
          created_by: by,
          created_at: new Date(),
        })
        .execute(),
    );
    try {
      const confirm = () =>
        site.post(
          `/${SLUG}/konfirmasi?kembali=%2F${SLUG}%2Fsesi`,
          { 'konfirmasi-sandi': passwordOf('petugas') },
          jar.header(HOME),
        );
      expect((await get(`/${SLUG}/pengaturan/petugas`, jar.header(HOME))).status).toBe(200);
      expect((await confirm()).status).toBe(422);
      expect((await lastRefusal()).purpose).toBe('password');
      // Where the library does not ask for the provider the same password does.
      await settle(portal, { aturan: ['aktif'] });
      expect((await confirm()).status).toBe(303);
      await settle(portal, { aturan: ['aktif', 'wajib'] });
    } finally {
      await inLibrary(database.db, database.libraryIds[SLUG], (tx) => tx.deleteFrom('delegation').execute());
    }
  });

  it('tells whoever stands before a provider that is down what to do, and opens again by an admin’s hand', async () => {
    portal.trouble = 'broken';
    const fresh = createTestApp(database, { time: 'real', loopbackProviders: true });
    const down = await fresh.request(`/masuk/penyedia/${SLUG}`);
    expect(down.status).toBe(502);
    expect(await down.text()).toContain('admin masuk dengan kata sandi dan faktor keduanya');
    portal.trouble = undefined;
    expect((await settle(portal)).status).toBe(303);
    expect((await byPassword('petugas')).status).toBe(303);
  });
});

it('a key of the provider that is gone opens nothing, a new one is fetched by itself', async () => {
  await settle(portal);
  const fresh = () => createTestApp(database, { time: 'real', loopbackProviders: true });
  const through = async (app: TestApp) => {
    portal.person = person('petugas.contoh');
    const jar = openJar();
    const begun = await app.request(`/masuk/penyedia/${SLUG}`);
    jar.keep(HOME, begun);
    const answer = new URL(await throughProvider(begun.headers.get('location') ?? '', jar));
    return app.request(`${answer.pathname}${answer.search}`, { headers: { cookie: jar.header(HOME) } });
  };
  expect((await through(fresh())).status).toBe(303);
  const asked = portal.asked.get('/jwks') ?? 0;
  portal.turnKeys();
  expect((await through(fresh())).status).toBe(303);
  expect(portal.asked.get('/jwks')).toBe(asked + 1);
});

it('the worked example of docs/integration.md is what goes there and comes back', async () => {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'integration.md'), 'utf8');
  const part = /<!-- sign-on example: begin -->([\s\S]*?)<!-- sign-on example: end -->/.exec(text)?.[1] ?? '';
  const example = part.split('\n').filter((line) => /^[<>] /.test(line));
  portal.person = person('petugas.contoh');
  const jar = openJar();
  const start = `/masuk/penyedia/${SLUG}?kembali=/${SLUG}/loket`;
  const begun = await site.request(start);
  jar.keep(HOME, begun);
  const url = new URL(begun.headers.get('location') ?? '');
  const answer = new URL(await throughProvider(url.href, jar));
  const back = await comeBack(jar, answer);
  const changing = ['code_challenge', 'nonce', 'state', 'code', 'iss'];
  const words: Readonly<Record<string, string>> = { code_challenge: 'challenge', iss: 'issuer' };
  const shownOf = (from: URL) =>
    [...from.searchParams].map(([name, value]) =>
      changing.includes(name) ? `${name}={${words[name] ?? name}}` : `${name}=${value}`,
    );
  expect(example).toEqual([
    `> GET ${start}`,
    `< ${begun.status} {issuer}${url.pathname}`,
    ...shownOf(url)
      .sort()
      .map((line) => `<   ${line}`),
    `> GET ${answer.pathname}?${shownOf(answer).join('&')}`,
    `< ${back.status} ${back.headers.get('location')}`,
  ]);
});

it('a provider that says nothing is waited for eight seconds, then the other doors are named', async () => {
  portal.trouble = 'silent';
  const fresh = createTestApp(database, { time: 'real', loopbackProviders: true });
  const slow = await fresh.request(`/masuk/penyedia/${SLUG}`);
  expect(slow.status).toBe(502);
  expect(await slow.text()).toContain('terlalu lama menjawab');
}, 30_000);

describe('the settings', () => {
  it('say what is wrong with the connection', async () => {
    const tryOut = async () => (await site.post(`/${SLUG}/pengaturan/penyedia/uji`, {}, admin.header)).text();
    expect(await tryOut()).toContain('Sambungan baik');
    portal.trouble = 'broken';
    expect(await tryOut()).toContain('tidak ada penyedia OpenID Connect');
    portal.trouble = 'redirect';
    expect(await tryOut()).toContain('tidak ada penyedia OpenID Connect');
    portal.trouble = undefined;
    await settle(portal, { rahasia: 'rahasia-yang-salah' });
    expect(await tryOut()).toContain('tidak mengenali akun layanan ini');
    await settle(portal);
  });

  it('refuse what is no https address, and a secret that would go elsewhere', async () => {
    for (const penerbit of [
      'http://sso.contoh.example',
      'ftp://x',
      'https://a:b@contoh.example',
      'https://x.example/?a=1',
      '',
    ])
      expect((await settle(portal, { penerbit })).status, penerbit).toBe(422);
    const moved = await settle(portal, { penerbit: 'https://lain.contoh.example', rahasia: '' });
    expect(await moved.text()).toContain('isikan lagi rahasianya');
    expect((await settle(portal, { versi: '1' })).status).toBe(409);
  });

  it('keep the secret sealed, tell it nowhere, and write each change down', async () => {
    const page = await (await get(`/${SLUG}/pengaturan/penyedia`)).text();
    expect(page).not.toContain(portal.clientSecret);
    const rows = await inLibrary(database.db, database.libraryIds[SLUG], async (tx) => [
      await tx.selectFrom('sign_on_provider').selectAll().execute(),
      await tx.selectFrom('officer_identity').selectAll().execute(),
      await tx.selectFrom('audit_log').selectAll().execute(),
    ]);
    const dump = JSON.stringify(rows) + JSON.stringify(site.logged);
    for (const secret of [portal.clientSecret, 'petugas.contoh', 'subject-of-petugas.contoh'])
      for (const text of [
        secret,
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret).toString('base64'),
      ])
        expect(dump).not.toContain(text);
    const actions = await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx.selectFrom('audit_log').select('action').where('action', 'like', '%sign_on%').distinct().execute(),
    );
    expect(actions.map((row) => row.action).sort()).toEqual([
      'officer.expect_sign_on',
      'officer.link_sign_on',
      'officer.unlink_sign_on',
      'sign_on.set',
      'sign_on.try',
    ]);
  });

  it('are asked for again by who has left the screen', async () => {
    const ago = new Date(Date.now() - 11 * 60_000);
    await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .updateTable('session')
        .set({ confirmed_at: ago, password_proven_at: ago, factor_proven_at: ago })
        .execute(),
    );
    expect(await (await settle(portal)).text()).toContain('konfirmasi-sandi');
    admin = await site.signIn(SLUG, 'subkoordinator');
    expect((await get(`/${SLUG}/pengaturan/penyedia`)).status).toBe(404);
  });
});

it('whoever asks for the way to the provider too often gets a page that opens again by itself', async () => {
  const busy = createTestApp(database, { time: 'real', loopbackProviders: true });
  const ask = () => busy.request(`/masuk/penyedia/${SLUG}/kembali?state=x&code=y`);
  for (let count = 0; count < 120; count++) expect((await ask()).status).toBe(303);
  const answer = await ask();
  expect(answer.status).toBe(429);
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(answer.headers.get('refresh')).toBe(answer.headers.get('retry-after'));
  const page = await answer.text();
  expect(page).toMatch(
    /data-wait="\d+"[^>]*><a[^>]*href="\/masuk\/penyedia\/banyuwangi\/kembali\?state=x&amp;code=y"/,
  );
});
