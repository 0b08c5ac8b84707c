import { afterAll, beforeAll, expect, it } from 'vitest';
import { findImport } from '../../src/db/import.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ImportId, MemberId } from '../../src/domain/ids.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { decideImportRow } from '../../src/usecases/decide-import-row.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { viewImport } from '../../src/usecases/read-import.ts';
import { readRetention } from '../../src/usecases/read-retention.ts';
import { orderImport } from '../../src/usecases/run-import.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { apply, dryRun, fileOf, rowOf, rowsOf } from '../support/imports.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let deps: Deps;
let scope: Scope;
/** Who makes members. */
let approver: Scope;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = testDeps();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  scope = scopeOfRole(library, deps, ['admin']);
  approver = scopeOfRole(library, deps, ['sub_koordinator']);
});
afterAll(() => database.drop());

it('a list that was stopped while members were made of it is closed after 90 days: they stay, its rows go', async () => {
  const { importId } = await dryRun(
    database,
    deps,
    scope,
    fileOf(...Array.from({ length: 12 }, (_, n) => rowOf(20 + n))),
  );
  await orderImport(database.db, deps, scope, importId, 'apply');
  const rows = () =>
    inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .selectFrom('import_row')
        .select(['n', 'content', 'member_id'])
        .where('import_id', '=', importId)
        .orderBy('n')
        .execute(),
    );
  const made = (await memberNamed(database, deps, approver, 'Contoh Sudah Dibuat')) as MemberId;
  // As when the service was stopped after the first five, and nobody pressed "Lanjutkan".
  await inLibrary(database.db, scope.library.id, async (tx) => {
    await tx
      .updateTable('import_row')
      .set({ applied_at: deps.now() })
      .where('import_id', '=', importId)
      .where('n', '<=', 5)
      .execute();
    await tx
      .updateTable('import_row')
      .set({ member_id: made })
      .where('import_id', '=', importId)
      .where('n', '=', 2)
      .execute();
    // The same person further down in the list.
    await tx
      .updateTable('import_row')
      .set({ outcome: 'same', candidates: JSON.stringify([{ kind: 'row', id: '2' }]) })
      .where('import_id', '=', importId)
      .where('n', '=', 9)
      .execute();
    await tx
      .updateTable('import')
      .set({ counts: JSON.stringify({ applied: 5 }) })
      .where('id', '=', importId)
      .execute();
  });
  await orderImport(database.db, deps, scope, importId, 'stop');
  const after = async (days: number) => {
    const at = new Date(deps.now().getTime() + days * 86_400_000);
    await applyRetention(database.db, { ...deps, now: () => at }, scope.library);
    return stateOf(importId);
  };
  expect(await after(89)).toBe('applying');
  expect((await rows()).every((row) => row.content !== null)).toBe(true);
  expect(await after(91)).toBe('done');
  const left = await rows();
  expect(left).toHaveLength(12);
  expect(left.every((row) => row.content === null)).toBe(true);
  expect(left.flatMap((row) => (row.member_id === made ? [row.n] : []))).toEqual([2, 9]);
  const view = await viewImport(database.db, scope, importId);
  expect(view).toMatchObject({ failure: 'abandoned', toApply: 0 });
  expect(await orderImport(database.db, deps, scope, importId, 'resume')).toMatchObject({ ok: false });
});

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

it('a list that somebody still decides about is kept: the 90 days begin anew with each word', async () => {
  await memberNamed(database, deps, approver, 'Suharto Contohwijaya', {
    birthDate: '1980-02-03' as never,
    documentNumber: '9901010302800001',
    nik: '9901010302800001' as never,
  });
  const { importId } = await dryRun(
    database,
    deps,
    scope,
    fileOf(
      'T-1,Suharto Contohwijaya,Contohrejo,2001-07-09,L,9901010302800001,Jl. Contoh 9,Sukacontoh,Contoh Utara,Kab. Contoh,,Umum,2020-01-02,2030-01-02,',
    ),
  );
  const on = (days: number) => new Date(deps.now().getTime() + days * 86_400_000);
  const after = async (days: number) => {
    await applyRetention(database.db, { ...deps, now: () => on(days) }, scope.library);
    return stateOf(importId);
  };
  const decided = await decideImportRow(
    database.db,
    deps,
    { ...scope, at: on(60) },
    { importId, n: 2, decision: 'different' },
  );
  expect(decided).toEqual({ ok: true });
  expect(await after(149)).toBe('checked');
  expect(await after(151)).toBe('discarded');
});
