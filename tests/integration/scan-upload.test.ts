/** Pictures of documents that applicants send ahead: as the procedure allows, and not without end. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { sendForm, typedForm } from '../support/typed-form.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
});
afterAll(() => database.drop());

async function send(status: string): Promise<string | null> {
  const answer = await app.upload(`${status}/dokumen`, { 'dokumen-berkas': await portrait() });
  return answer.headers.get('location');
}

async function kept(slug: 'jateng' | 'banyuwangi'): Promise<number> {
  const rows = await inLibrary(database.db, database.libraryIds[slug], (tx) =>
    tx.selectFrom('file').select('id').where('kind', '=', 'scan').execute(),
  );
  return rows.length;
}

it('a library whose procedure takes no uploaded documents keeps none', async () => {
  const { status } = await sendForm(app, 'jateng', typedForm());
  expect(await send(status)).toBe(`${status}?kabar=tidak-bisa`);
  expect(await kept('jateng')).toBe(0);
});

it('both sides and a letter fit; nobody fills the library’s disk', async () => {
  const { status } = await sendForm(app, 'banyuwangi', typedForm());
  for (let page = 0; page < 5; page++) expect(await send(status)).toBe(`${status}?kabar=dokumen`);
  expect(await send(status)).toBe(`${status}?kabar=tidak-bisa`);
  expect(await kept('banyuwangi')).toBe(5);
});
