import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { decideImportRow } from '../../src/usecases/decide-import-row.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { reserveMemberNumber } from '../../src/usecases/reserve-number.ts';
import { orderImport, runImport } from '../../src/usecases/run-import.ts';
import { openUpload } from '../../src/usecases/start-import.ts';
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
  scope = scopeOfRole(library, deps, ['admin']);
});
afterAll(() => database.drop());

const members = () =>
  inLibrary(database.db, scope.library.id, (tx) =>
    tx.selectFrom('member').selectAll().orderBy('number').execute(),
  );
const reasons = async (importId: never) =>
  (await rowsOf(database, scope, importId)).map((row) => [row.outcome, ...row.reasons.sort()].join(' '));

describe('letting old members in', () => {
  it('judges every row first and changes nothing by it', async () => {
    const known = await memberNamed(
      database,
      deps,
      scopeOfRole(scope.library, deps, ['petugas', 'sub_koordinator']),
      'Hartono Contohwijaya',
      {
        birthDate: '1980-02-03' as never,
      },
    );
    const before = (await members()).length;
    const { importId, ended } = await dryRun(
      database,
      deps,
      scope,
      fileOf(
        rowOf(1),
        'B-1,Ratmi Anggraeni,Contohrejo,31-02-1990,P,,Jl. A,Desa Antah,,,abc,Relawan,,,Islam',
        'B-2,,x,,,,,,,,,,,,',
        '9901015705900077,Nurlaila Kencana,Contohrejo,17/5/1990,P,,Jl. B,,,,,Umum,2019-05-06,2029-05-06,',
        'B-3,Hartono Contohwijaya,Contohrejo,3-2-1980,L,,Jl. C,,,,,Umum,,,',
        'B-1,Zulkifli Lubis,Medan,1-1-1970,L,,Jl. D,,,,,Umum,2019-05-06,2029-05-06,',
        rowOf(1),
        'B-4,Budi Kecil Rahmatullah,Contohrejo,1-6-2015,L,,Jl. E,,,,,Anak,2024-05-06,2029-05-06,',
      ),
    );
    expect(ended).toBe('checked');
    expect(await reasons(importId as never)).toEqual(
      [
        'new',
        'new date_unreadable phone_unreadable region_as_text since_missing type_unknown',
        'refused name_missing number_missing',
        'new number_is_nik',
        expect.stringMatching(/^(same same_on_file|look alike_on_file) since_missing$/),
        'look number_in_file',
        'same row_repeated',
        'new minor_without_guardian',
      ].map((each) =>
        each === 'refused name_missing number_missing' ? expect.stringContaining('refused') : each,
      ),
    );
    const rows = await rowsOf(database, scope, importId);
    expect(JSON.stringify(rows[4]?.candidates)).toContain(known);
    expect(await members()).toHaveLength(before);
  });

  it('makes members that keep their numbers, dates and places, and says that no notice was given', async () => {
    const { importId, goesOn } = await dryRun(database, deps, scope, fileOf(rowOf(2), rowOf(3)));
    expect(goesOn).toBe(false);
    expect(await apply(database, deps, scope, importId)).toBe('done');
    const [two] = (await members()).filter((member) => member.number === 'A000002');
    expect(two).toMatchObject({
      member_since: '2020-01-02',
      valid_until: '2030-01-02',
      notice_given: false,
      address_village: '99.01.01.2001',
      state: 'active',
    });
    const events = await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .selectFrom('member_event')
        .selectAll()
        .where('member_id', '=', two?.id ?? ('' as never))
        .execute(),
    );
    expect(events).toMatchObject([{ kind: 'joined', effective_at: new Date('2020-01-02T05:00:00Z') }]);
    const audit = await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'purpose'])
        .where('subject_id', '=', two?.id ?? '')
        .execute(),
    );
    expect(audit).toEqual([{ action: 'member.import', purpose: importId }]);
  });

  it('adds nothing the second time', async () => {
    const before = (await members()).length;
    const { importId } = await dryRun(database, deps, scope, fileOf(rowOf(2), rowOf(3)));
    expect(await reasons(importId as never)).toEqual(['same imported_before', 'same imported_before']);
    await apply(database, deps, scope, importId);
    expect(await members()).toHaveLength(before);
  });

  it('goes on where it was killed, whatever it was doing', async () => {
    const rows = Array.from({ length: 1_700 }, (_, n) => rowOf(10_000 + n));
    let batches = 0;
    const first = await dryRun(database, deps, scope, fileOf(...rows), () => ++batches > 2);
    expect(first.ended).toBe('stopped');
    const read = (await rowsOf(database, scope, first.importId)).length;
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(1_700);
    const second = await dryRun(database, deps, scope, fileOf(...rows));
    expect(second).toEqual({ importId: first.importId, goesOn: true, ended: 'checked' });
    expect(await rowsOf(database, scope, first.importId)).toHaveLength(1_700);
    // Two at once are no more than one.
    expect((await orderImport(database.db, deps, scope, first.importId, 'apply')).ok).toBe(true);
    const run = () => runImport(database.db, deps, scope, first.importId, { source: null });
    expect((await Promise.all([run(), run()])).sort()).toEqual(['busy', 'done']);
    const made = (await members()).filter(
      (member) => member.number >= 'A010000' && member.number <= 'A011699',
    );
    expect(made).toHaveLength(1_700);
    expect(new Set(made.map((member) => member.number)).size).toBe(1_700);
  }, 120_000);

  it('gives an own number for one that is a NIK, and goes on counting past numbers that came along', async () => {
    const next = await reserveMemberNumber(database.db, scope);
    const follow = (step: number) =>
      next.replace(/\d+$/, (digits) => String(Number(digits) + step).padStart(digits.length, '0'));
    const taken = [1, 2, 3].map((step, index) => rowOf(30_000 + index).replace(/^A\d+/, follow(step)));
    const nik = rowOf(30_010).replace(/^A\d+/, '9901011508800009');
    const { importId } = await dryRun(database, deps, scope, fileOf(...taken, nik));
    await apply(database, deps, scope, importId);
    const rows = await rowsOf(database, scope, importId);
    const numbers = new Map((await members()).map((member) => [member.id, member]));
    expect(rows.slice(0, 3).map((row) => row.member_id && numbers.get(row.member_id)?.number)).toEqual(
      [1, 2, 3].map(follow),
    );
    const replaced = rows[3]?.member_id ? numbers.get(rows[3].member_id) : undefined;
    expect(replaced?.number).toBe(follow(4));
    expect(replaced?.nik_hash).not.toBeNull();
    expect(await reserveMemberNumber(database.db, scope)).toBe(follow(5));
  });

  it('leaves what is unsure to an officer: one person, or two', async () => {
    const twin = (number: string, nik: string) =>
      `${number},Slamet Riyadi Contoh,Contohrejo,1975-03-04,L,${nik},Jl. Contoh 9,Sukacontoh,Contoh Utara,Kab. Contoh,,Umum,2020-01-02,2030-01-02,`;
    const { importId } = await dryRun(
      database,
      deps,
      scope,
      fileOf(
        twin('C-1', '9901010403750001'),
        twin('C-2', ''),
        'C-1,Yohana Tampubolon,Medan,1999-09-09,P,,Jl. X,,,,,Umum,2020-01-02,2030-01-02,',
      ),
    );
    const [first, second, third] = await rowsOf(database, scope, importId);
    expect(first?.outcome).toBe('new');
    expect(['same', 'look']).toContain(second?.outcome);
    expect(third).toMatchObject({ outcome: 'look', reasons: ['number_in_file'] });
    expect(
      await decideImportRow(database.db, deps, scope, { importId, n: 4, decision: 'different' }),
    ).toEqual({ ok: true });
    await apply(database, deps, scope, importId);
    const [one, , other] = await rowsOf(database, scope, importId);
    const found = await members();
    expect(found.find((member) => member.id === one?.member_id)?.number).toBe('C-1');
    const yohana = found.find((member) => member.id === other?.member_id);
    expect(yohana?.name).toBe('Yohana Tampubolon');
    expect(yohana?.number).not.toBe('C-1');
    expect(other?.reasons).toContain('number_not_kept');
  });

  it('asks an officer where the holder of a number has the NIK of the father who comes', async () => {
    const row = (name: string, birthDate: string) =>
      fileOf(
        `F-1,${name},Contohrejo,${birthDate},L,9901011106800001,Jl. Contoh 12,Sukacontoh,Contoh Utara,Kab. Contoh,,Umum,2020-01-02,2030-01-02,`,
      );
    const son = await dryRun(database, deps, scope, row('Yusuf Contoh', '2010-09-02'));
    await apply(database, deps, scope, son.importId);
    const { importId } = await dryRun(database, deps, scope, row('Yusuf Contoh', '1980-06-11'));
    const [father] = await rowsOf(database, scope, importId);
    expect(father).toMatchObject({ outcome: 'look', reasons: ['number_on_file'] });
  });

  it('shows the name of a file with the moment in it, and covers a number of somebody', async () => {
    const nameOf = async (fileName: string) => {
      const id = await openUpload(database.db, deps, scope, fileName);
      return inLibrary(database.db, scope.library.id, async (tx) => {
        const { file_name } = await tx
          .selectFrom('import')
          .select('file_name')
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        await tx.deleteFrom('import').where('id', '=', id).execute();
        return file_name;
      });
    };
    for (const name of ['anggota-20260302081522.csv', 'anggota-2026-03-02-08.15.22.csv'])
      expect(await nameOf(name)).toBe(name);
    expect(await nameOf('anggota-9901015705900077.csv')).toBe('anggota-•••.csv');
    expect(await nameOf('anggota-990101-570590-0077.csv')).toBe('anggota-•••.csv');
  });

  it('keeps what it read sealed', async () => {
    const { rows } = await inLibrary(database.db, scope.library.id, async (tx) => ({
      rows: await tx.selectFrom('import_row').selectAll().limit(50).execute(),
    }));
    const text = rows
      .map((row) => `${row.content?.toString('latin1')} ${JSON.stringify({ ...row, content: null })}`)
      .join('\n');
    expect(text).not.toMatch(/Budi|Siti|Contohrejo|9901015705900077/);
  });
});
