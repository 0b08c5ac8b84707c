import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ImportId, MemberId } from '../../src/domain/ids.ts';
import type { ImportCounts } from '../../src/domain/importing/import-state.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { decideImportRow } from '../../src/usecases/decide-import-row.ts';
import { fillImportKeys } from '../../src/usecases/fill-import-keys.ts';
import { findCandidates } from '../../src/usecases/find-candidates.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { soughtOf } from '../../src/usecases/import-person.ts';
import { openRow } from '../../src/usecases/import-read.ts';
import { matchColumns } from '../../src/usecases/match-columns.ts';
import { populationFor } from '../../src/usecases/population.ts';
import { listToldApart } from '../../src/usecases/told-apart.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { apply, dryRun, fileOf, rowOf, rowsOf } from '../support/imports.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let deps: Deps;
let scope: Scope;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = testDeps();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  scope = scopeOfRole(library, deps, ['sub_koordinator']);
});
afterAll(() => database.drop());

const inHere = <T>(work: Parameters<typeof inLibrary<T>>[2]) =>
  inLibrary(database.db, scope.library.id, work);
const outcomesOf = (id: ImportId) =>
  inHere(async (tx) => {
    const { counts } = await tx
      .selectFrom('import')
      .select('counts')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return (counts as ImportCounts).outcomes;
  });
const decide = (importId: ImportId, n: number, decision: 'same' | 'different' | null) =>
  decideImportRow(database.db, deps, scope, { importId, n, decision });
/** Whom the check still asks about. */
const askedAbout = (id: MemberId | null | undefined) =>
  inHere(async (tx) => {
    const row = await tx
      .selectFrom('member')
      .selectAll()
      .where('id', '=', id ?? ('' as MemberId))
      .executeTakeFirstOrThrow();
    return (await findCandidates(tx, deps, scope, row)).map((candidate) => candidate.id);
  });
/** Number, name, birth date, NIK: all else is alike. */
const person = (number: string, name: string, born: string, nik = '') =>
  `${number},${name},Contohrejo,${born},L,${nik},Jl. Contoh 9,Sukacontoh,Contoh Utara,Kab. Contoh,,Umum,2020-01-02,2030-01-02,`;

describe('what an officer says about a row that resembles somebody', () => {
  it('"different" is remembered: no check asks again whether the two are one', async () => {
    const known = (await memberNamed(database, deps, scope, 'Suharto Contohwijaya', {
      birthDate: '1980-02-03' as never,
      documentNumber: '9901010302800001',
      nik: '9901010302800001' as never,
    })) as MemberId;
    const { importId } = await dryRun(
      database,
      deps,
      scope,
      // Father and son under one NIK, as old systems have it.
      fileOf(person('T-1', 'Suharto Contohwijaya', '2001-07-09', '9901010302800001')),
    );
    const [row] = await rowsOf(database, scope, importId);
    expect(row).toMatchObject({ outcome: 'look', candidates: [{ kind: 'member', id: known }] });
    expect(await outcomesOf(importId)).toMatchObject({ look: 1 });
    await decide(importId, 2, 'different');
    await apply(database, deps, scope, importId);
    const made = (await rowsOf(database, scope, importId))[0]?.member_id;
    expect(await askedAbout(made)).not.toContain(known);
    expect(await askedAbout(known)).not.toContain(made);
    const told = await inHere((tx) => listToldApart(tx, known));
    expect(told).toMatchObject([{ other: { kind: 'member', id: made, label: 'T-1' }, reason: 'import' }]);
    expect(told[0]?.by).toBe('id' in scope.actor ? scope.actor.id : undefined);
  });

  it('is remembered as well of two rows of one file, whichever becomes a member first', async () => {
    const nik = '9901010302800002';
    const { importId } = await dryRun(
      database,
      deps,
      scope,
      fileOf(
        person('U-1', 'Wagiman Contohrejo', '1955-07-09', nik),
        person('U-2', 'Sulastri Tampubolon', '1990-01-08', nik),
      ),
    );
    expect((await rowsOf(database, scope, importId)).map((row) => row.outcome)).toEqual(['new', 'look']);
    await apply(database, deps, scope, importId);
    await decide(importId, 3, 'different');
    await apply(database, deps, scope, importId);
    const [one, other] = await rowsOf(database, scope, importId);
    expect(other?.member_id).not.toBeNull();
    expect(await askedAbout(one?.member_id)).not.toContain(other?.member_id);
  });

  it('moves the sums of the report, and back where it is taken back', async () => {
    const nik = '9901010302800003';
    const { importId } = await dryRun(
      database,
      deps,
      scope,
      fileOf(
        person('V-1', 'Paijo Contohrejo', '1955-07-09', nik),
        person('V-2', 'Maria Tampubolon', '1990-01-08', nik),
        person('V-3', 'Rosmiati Siregar', '1991-03-02', nik),
      ),
    );
    expect(await outcomesOf(importId)).toEqual({ new: 1, look: 2 });
    await decide(importId, 3, 'different');
    await decide(importId, 4, 'same');
    expect(await outcomesOf(importId)).toEqual({ new: 2, look: 0, same: 1 });
    await decide(importId, 4, 'different');
    await decide(importId, 3, null);
    expect(await outcomesOf(importId)).toEqual({ new: 2, look: 1, same: 0 });
    await decide(importId, 3, 'same');
    await apply(database, deps, scope, importId);
    expect(await outcomesOf(importId)).toEqual({ new: 2, look: 0, same: 1 });
  });

  it('"same" leads the old number to the member, and the next file of that system asks nothing', async () => {
    const nik = '9901010302800004';
    const file = (phone: string) =>
      fileOf(
        person('W-1', 'Tukiman Contohrejo', '1955-07-09', nik),
        person('W-2', 'Yohana Tampubolon', '1990-01-08', nik).replace(',,Umum', `,${phone},Umum`),
      );
    const { importId } = await dryRun(database, deps, scope, file(''));
    await apply(database, deps, scope, importId);
    await decide(importId, 3, 'same');
    const [one, other] = await rowsOf(database, scope, importId);
    expect(other?.member_id).toBe(one?.member_id);
    const next = await dryRun(database, deps, scope, file('081200000099'));
    expect((await rowsOf(database, scope, next.importId)).map((row) => row.outcome)).toEqual([
      'same',
      'same',
    ]);
  });
});

describe('what finds a member', () => {
  it('is the same whether a row was let in or somebody registered', async () => {
    const { importId } = await dryRun(
      database,
      deps,
      scope,
      fileOf(rowOf(50), rowOf(51).replace(/9901\d{12}/, '')),
    );
    const rows = await inHere((tx) =>
      tx.selectFrom('import_row').selectAll().where('import_id', '=', importId).orderBy('n').execute(),
    );
    await apply(database, deps, scope, importId);
    for (const { n, content, match_keys } of rows) {
      if (content === null) throw new Error('no content');
      const member = await inHere((tx) =>
        tx
          .selectFrom('member')
          .innerJoin('import_row', 'import_row.member_id', 'member.id')
          .selectAll('member')
          .where('import_row.import_id', '=', importId)
          .where('import_row.n', '=', n)
          .executeTakeFirstOrThrow(),
      );
      const usual = matchColumns(deps.vault, scope.library.id, member);
      expect(member.match_keys).toEqual(usual.match_keys);
      expect(match_keys).toEqual(usual.match_keys);
      expect(member.nik_slots).toEqual(usual.nik_slots);
      const staged = openRow(deps, scope, content);
      const population = await inHere((tx) => populationFor(tx, deps, scope));
      expect(soughtOf(deps.vault, scope.library.id, staged, population).matchKeys).toEqual(usual.match_keys);
    }
  });

  const kept = (importId: ImportId) =>
    inHere((tx) =>
      tx
        .selectFrom('import_row')
        .select(['n', 'keys', 'match_keys', 'nik_slots'])
        .where('import_id', '=', importId)
        .orderBy('n')
        .execute(),
    );
  /** As an upgrade leaves the rows of a list that had come before it. */
  const empty = (importId: ImportId, state: 'reading' | 'checked') =>
    inHere(async (tx) => {
      await tx.updateTable('import').set({ state }).where('id', '=', importId).execute();
      await sql`
        update import_row set match_keys = null, nik_slots = null,
          keys = case when keys is null then null else '{1}'::int[] end where import_id = ${importId}`.execute(
        tx,
      );
    });

  it('is made anew for a list that an upgrade found half read', async () => {
    const { importId } = await dryRun(
      database,
      deps,
      scope,
      fileOf(rowOf(60), rowOf(61).replace(/9901\d{12}/, ''), rowOf(60)),
    );
    const before = await kept(importId);
    expect(before.filter((row) => row.keys !== null)).toHaveLength(2);
    await empty(importId, 'checked');
    expect(await fillImportKeys(database.db, deps)).toBe(0);
    await empty(importId, 'reading');
    expect(await fillImportKeys(database.db, deps)).toBe(2);
    expect(await kept(importId)).toEqual(before);
    expect(await fillImportKeys(database.db, deps)).toBe(0);
    await empty(importId, 'checked');
  });

  it('is made when a row that waited through an upgrade is taken over', async () => {
    const { importId } = await dryRun(database, deps, scope, fileOf(rowOf(62)));
    await empty(importId, 'checked');
    await apply(database, deps, scope, importId);
    const [member] = await inHere((tx) =>
      tx
        .selectFrom('member')
        .innerJoin('import_row', 'import_row.member_id', 'member.id')
        .selectAll('member')
        .where('import_row.import_id', '=', importId)
        .execute(),
    );
    if (!member) throw new Error('nobody was made');
    const usual = matchColumns(deps.vault, scope.library.id, member);
    expect(member.match_keys).toEqual(usual.match_keys);
    expect(member.nik_slots).toEqual(usual.nik_slots);
    expect(member.nik_slots).not.toBeNull();
  });
});
