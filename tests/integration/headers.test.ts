import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '../support/addresses.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { CALLBACK, serviceNamed, switchOn } from '../support/services.ts';

/** Headers of every answer, walked route by route: as anybody, and as staff with every role. */
let database: TestDatabase;
let site: TestApp;
const cookies: SessionCookie[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { isTrustedProxy: () => true });
  for (const username of ['petugas', 'subkoordinator', 'kepala', 'admin'])
    cookies.push(await site.signIn('banyuwangi', username));
});
afterAll(() => database.drop());

/** Pages whose camera reads codes. */
const SCANNER_PAGES = /^\/banyuwangi\/(gerbang|buku-tamu(\/anggota)?)$/;
/** Published keys are read by other sites' programs. */
const FOR_EVERYBODY = /^\/\.well-known\/card-keys\//;

const routes = () => [
  ...new Set(
    site.app.routes
      .filter((route) => route.method === 'GET' && !route.path.includes('*'))
      .map((route) => addressOf(route.path)),
  ),
];

function problemsOf(address: string, answer: Response, overHttps = false): string[] {
  const header = (name: string) => answer.headers.get(name) ?? '';
  const policy = header('content-security-policy');
  // A built file, a picture and a manifest show and load nothing themselves.
  const isPage =
    !address.startsWith('/assets/') &&
    !/^(image\/(png|jpeg|webp)|application\/manifest)/.test(header('content-type'));
  const wrong = [
    policy === '' && 'no content policy',
    !isPage && policy !== "default-src 'none'" && `policy: ${policy}`,
    /'unsafe-(inline|eval)'/.test(policy) && `policy: ${policy}`,
    policy.includes('wasm-unsafe-eval') &&
      !SCANNER_PAGES.test(address) &&
      'WebAssembly on a page without a camera',
    !/frame-ancestors '(none|self)'/.test(policy) &&
      !/default-src 'none'/.test(policy) &&
      `frames: ${policy}`,
    isPage && header('cross-origin-opener-policy') !== 'same-origin' && 'no COOP',
    header('cross-origin-resource-policy') !==
      (FOR_EVERYBODY.test(address) ? 'cross-origin' : 'same-origin') &&
      `CORP: ${header('cross-origin-resource-policy')}`,
    header('x-content-type-options') !== 'nosniff' && 'no nosniff',
    isPage &&
      !['same-origin', 'no-referrer'].includes(header('referrer-policy')) &&
      `referrer: ${header('referrer-policy')}`,
    (header('strict-transport-security') !== '') !== overHttps && 'HSTS over http, or none over https',
    isPage && !['DENY', 'SAMEORIGIN'].includes(header('x-frame-options')) && 'no frame options',
    answer.status === 200 &&
      !/^[a-z]+\/[a-z0-9.+-]+(; ?charset=utf-8)?$/i.test(header('content-type')) &&
      `type: ${header('content-type')}`,
    answer.status === 200 &&
      /^text\/(?!event-stream|.*charset=utf-8)/i.test(header('content-type')) &&
      'text without a charset',
    header('x-powered-by') !== '' && 'names its maker',
  ];
  return wrong.filter((one): one is string => typeof one === 'string').map((one) => `${address}: ${one}`);
}

describe('every answer', () => {
  it('says what may be loaded, framed and shared, to anybody and to staff', async () => {
    const wrong = new Set<string>();
    let asked = 0;
    for (const address of [...routes(), '/assets/public.css', '/nowhere', '/banyuwangi/nowhere'])
      for (const cookie of [undefined, ...cookies]) {
        const answer = await site.request(address, cookie ? { headers: { cookie: cookie.header } } : {});
        await answer.body?.cancel();
        asked++;
        for (const problem of problemsOf(address, answer)) wrong.add(problem);
      }
    expect(asked).toBeGreaterThan(400);
    expect([...wrong]).toEqual([]);
  }, 240_000);

  it('to a form that is refused has the same headers', async () => {
    for (const address of ['/masuk', '/banyuwangi/loket/baru', '/banyuwangi/daftar', '/nowhere'])
      expect(problemsOf(address, await site.post(address, {}))).toEqual([]);
    const foreign = await site.request('/banyuwangi/keluar', {
      method: 'POST',
      headers: { origin: 'https://example.org', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(problemsOf('/banyuwangi/keluar', foreign)).toEqual([]);
  });
});

it('over https answers keep a browser there, and every cookie is bound to this host and read by no script', async () => {
  const secure = { 'x-forwarded-proto': 'https', 'content-type': 'application/x-www-form-urlencoded' };
  const password = database.signIns('jateng').find((one) => one.username === 'admin')?.password ?? '';
  // Behind a proxy of ours, which says that the browser spoke https.
  const connection = { incoming: { socket: { remoteAddress: '10.0.0.1' } } };
  const ask = async (path: string, init: RequestInit) => await site.app.request(path, init, connection);
  for (const address of ['/masuk', '/banyuwangi/daftar', '/assets/public.css', '/nowhere'])
    expect(problemsOf(address, await ask(address, { headers: secure }), true)).toEqual([]);
  const answers = [
    await ask('/?lang=en', { headers: secure }),
    await ask('/masuk', {
      method: 'POST',
      headers: { ...secure, origin: 'https://localhost' },
      body: new URLSearchParams({ perpustakaan: 'jateng', nama: 'admin', sandi: password }).toString(),
    }),
  ];
  // Where a service sends a member: the provider's own cookies belong to one sign-in, so to its path.
  const library = await switchOn(database, site, 'jateng');
  const service = await serviceNamed(database, site, library);
  const begin = new URLSearchParams({
    client_id: service.id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    state: 'contoh',
    nonce: 'contoh',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  answers.push(
    await ask(`https://localhost/jateng/oidc/auth?${begin.toString()}`, {
      headers: { 'x-forwarded-proto': 'https' },
    }),
  );
  const set = answers.flatMap((answer) => answer.headers.getSetCookie());
  expect(set.map((cookie) => cookie.split('=')[0])).toEqual([
    '__Host-bahasa',
    '__Host-sesi-jateng',
    '__Host-kenal-jateng',
    '__Secure-oidc-masuk-jateng',
    '__Secure-oidc-masuk-jateng.sig',
    '__Secure-oidc-lanjut-jateng',
    '__Secure-oidc-lanjut-jateng.sig',
  ]);
  for (const cookie of set) {
    const attributes = cookie.split(';').map((part) => part.trim().toLowerCase());
    expect(attributes).toEqual(expect.arrayContaining(['httponly', 'secure']));
    expect(cookie).toMatch(/samesite=(lax|strict)/i);
    expect(cookie).not.toMatch(/domain=/i);
    if (cookie.startsWith('__Host-')) expect(attributes).toContain('path=/');
    else expect(cookie).toMatch(/path=\/jateng\/oidc\//i);
  }
});
