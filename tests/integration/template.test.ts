import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('a new installation has both libraries, each with one sign-in per role', async () => {
  const libraries = await database.db.selectFrom('library').select('slug').orderBy('slug').execute();
  expect(libraries.map((library) => library.slug)).toEqual(['banyuwangi', 'jateng']);
  for (const slug of ['jateng', 'banyuwangi'] as const) {
    const roles = database.signIns(slug).flatMap((signIn) => signIn.roles);
    expect(roles.sort()).toEqual(['admin', 'kepala_bidang', 'kepala_skpd', 'petugas', 'sub_koordinator']);
    const officers = await inLibrary(database.db, database.libraryIds[slug], (tx) =>
      tx.selectFrom('officer').select('username').execute(),
    );
    expect(officers).toHaveLength(5);
  }
});

it('without a library in the transaction no row of any library is seen', async () => {
  expect(await database.db.selectFrom('officer').selectAll().execute()).toEqual([]);
  expect(await database.owner.selectFrom('officer').selectAll().execute()).toEqual([]);
});
