import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('an address typed on a phone', () => {
  it('leads to the page although the library or the page begins with a capital', async () => {
    for (const [typed, led] of [
      ['/Banyuwangi', '/banyuwangi'],
      ['/BANYUWANGI/', '/banyuwangi/'],
      ['/Banyuwangi/Daftar?lang=en', '/banyuwangi/daftar?lang=en'],
      ['/banyuwangi/Daftar', '/banyuwangi/daftar'],
      ['/Masuk', '/masuk'],
    ] as const) {
      const answer = await app.request(typed);
      expect(answer.status, typed).toBe(308);
      expect(answer.headers.get('location'), typed).toBe(led);
    }
  });

  it('keeps the letters of a secret, and no browser keeps where it led', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedForm());
    const answer = await app.request(status.replace('/banyuwangi/permohonan', '/Banyuwangi/Permohonan'));
    expect(answer.headers.get('location')).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await app.request(status)).status).toBe(200);
  });

  it('of no library is not found, in any letters, and leads nowhere else', async () => {
    for (const path of [
      '/Tidakada',
      '/Tidakada/daftar',
      '/%42anyuwangi/daftar',
      '//Banyuwangi/daftar',
      '/%00/daftar',
      '/banyuwangi%00/daftar',
      '/banyuwangi/%E0%A4%A',
      '/banyuwangi/permohonan/%00',
      `/banyuwangi/permohonan/${'A'.repeat(9_000)}`,
    ]) {
      const answer = await app.request(path);
      expect(answer.status, path).toBe(404);
      expect(answer.headers.get('location'), path).toBeNull();
    }
  });

  it('is not led on where a form is sent: nothing is lost on the way', async () => {
    expect((await app.post('/Banyuwangi/daftar', typedForm())).status).toBe(404);
    expect((await app.post('/masuk', { perpustakaan: 'a\0b', nama: 'x', sandi: 'y' })).status).toBe(422);
  });
});
