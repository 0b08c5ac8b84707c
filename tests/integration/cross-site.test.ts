/** Forms of other sites are refused; those of this service arrive, also over plain http, where only the origin tells. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { sendForm, typedForm } from '../support/typed-form.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
});
afterAll(() => database.drop());

async function post(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const answer = await app.request(path, {
    method: 'POST',
    body: 'nama=x',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  return answer.status;
}

it('a page with a form lets the browser name its origin, so that a library without https is served too', async () => {
  for (const path of ['/', '/masuk', '/banyuwangi', '/banyuwangi/lanjut', '/banyuwangi/wali']) {
    expect((await app.request(path)).headers.get('referrer-policy'), path).toBe('same-origin');
  }
});

it('a form of another site, or one that says nothing of its origin, is refused', async () => {
  for (const path of ['/masuk', '/banyuwangi/lanjut', '/banyuwangi/loket/pindai', '/banyuwangi/wali']) {
    expect(await post(path, { origin: 'http://elsewhere.example' }), path).toBe(403);
    expect(await post(path, { origin: 'null' }), path).toBe(403);
    expect(await post(path, {}), path).toBe(403);
    expect(await post(path, { origin: 'http://localhost' }), path).not.toBe(403);
  }
});

it('the applicant’s own page tells nobody its address, and its forms arrive nevertheless', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedForm());
  expect((await app.request(status)).headers.get('referrer-policy')).toBe('no-referrer');
  expect(await post(`${status}/batal`, { origin: 'null' })).toBe(303);
  expect(await post(`${status}/batal`, { origin: 'http://elsewhere.example' })).toBe(403);
  for (const path of ['/banyuwangi/daftar', '/banyuwangi/kta', '/banyuwangi/foto']) {
    expect(await post(path, { origin: 'null' }), path).toBe(422);
  }
});

it('an unfinished form tells nobody its address either', async () => {
  const left = await app.post('/banyuwangi/daftar/lanjutkan', { name: 'Contoh Separuh' });
  const page = left.headers.get('location') ?? '';
  for (const path of [page, page.replace('/lanjutkan/', '?lanjut=')]) {
    const answer = await app.request(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
});

it('what is no form gets a page that says what to do, and is no fault of the service', async () => {
  for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain']) {
    const answer = await app.request('/banyuwangi/daftar', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': type, origin: 'http://localhost' },
    });
    expect(answer.status, type).toBe(400);
    expect(await answer.text()).toContain('tidak dapat dibaca');
  }
  // Forms of other sites were, by the tests above.
  expect(app.logged.filter(({ event }) => event !== 'request-refused')).toEqual([]);
});

it('an address typed with a slash at its end is found; none leads to another site', async () => {
  expect((await app.request('/banyuwangi/')).headers.get('location')).toBe('/banyuwangi');
  expect((await app.request('/banyuwangi/daftar/?lang=en')).headers.get('location')).toBe(
    '/banyuwangi/daftar?lang=en',
  );
  expect((await app.request('/banyuwangi/%0d%0aSet-Cookie:x=1//')).headers.get('location')).toBe(
    '/banyuwangi/%0d%0aSet-Cookie:x=1',
  );
  for (const path of ['//elsewhere.example/', '/\\elsewhere.example/', '/%5Celsewhere.example/'])
    expect((await app.request(`http://localhost${path}`)).headers.get('location'), path).toBe(null);
});

it('a body that no form has is refused wherever it is sent', async () => {
  const body = new URLSearchParams({ nama: 'x'.repeat(2_000_000) });
  for (const path of ['/masuk', '/banyuwangi/kta', '/banyuwangi/foto', '/banyuwangi/daftar']) {
    const headers = { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' };
    const told = { ...headers, 'content-length': String(body.toString().length) };
    for (const each of [headers, told]) {
      const answer = await app.request(path, { method: 'POST', body: body.toString(), headers: each });
      expect(answer.status, path).toBe(413);
    }
  }
});
