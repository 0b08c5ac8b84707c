import { afterAll, beforeAll, expect, it } from 'vitest';
import { findImport } from '../../src/db/import.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ImportId } from '../../src/domain/ids.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readRetention } from '../../src/usecases/read-retention.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { apply, dryRun, fileOf, rowOf, rowsOf } from '../support/imports.ts';
import { scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let deps: Deps;
let scope: Scope;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = testDeps();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  scope = scopeOfRole(library, deps, ['admin']);
});
afterAll(() => database.drop());

const stateOf = (id: ImportId) =>
  inLibrary(database.db, scope.library.id, async (tx) => (await findImport(tx, id))?.state);

it('a list that was only tried, or left half-way, goes 90 days after anybody touched it; one taken over stays', async () => {
  const tried = await dryRun(database, deps, scope, fileOf(rowOf(1), rowOf(2)));
  const broken = await dryRun(database, deps, scope, fileOf(rowOf(3), rowOf(4)), () => true);
  const done = await dryRun(database, deps, scope, fileOf(rowOf(5)));
  await apply(database, deps, scope, done.importId);
  expect(await stateOf(tried.importId)).toBe('checked');
  expect(await stateOf(broken.importId)).toBe('reading');
  expect(await stateOf(done.importId)).toBe('done');
  const after = async (days: number) => {
    const at = new Date(deps.now().getTime() + days * 86_400_000);
    const view = await readRetention(database.db, { ...scope, at });
    const counted = view?.due.find(({ kind }) => kind === 'imports')?.count;
    await applyRetention(database.db, { ...deps, now: () => at }, scope.library);
    return { counted, states: [await stateOf(tried.importId), await stateOf(broken.importId)] };
  };
  expect(await after(89)).toEqual({ counted: 0, states: ['checked', 'reading'] });
  expect(await rowsOf(database, scope, tried.importId)).toHaveLength(2);
  expect(await after(91)).toEqual({ counted: 2, states: ['discarded', 'discarded'] });
  expect(await rowsOf(database, scope, tried.importId)).toEqual([]);
  expect(await stateOf(done.importId)).toBe('done');
  expect(await after(92)).toMatchObject({ counted: 0 });
});
