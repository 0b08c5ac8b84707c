import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLive } from '../../src/cli/import/live.ts';
import { findImport } from '../../src/db/import.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ImportCounts } from '../../src/domain/importing/import-state.ts';
import { attachImportPhotos } from '../../src/usecases/attach-import-photos.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { runImport } from '../../src/usecases/run-import.ts';
import { beginImport } from '../../src/usecases/start-import.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { INLISLITE, SLIMS } from '../support/foreign-tables.ts';
import { apply, rowsOf } from '../support/imports.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { scopeOfRole } from '../support/members.ts';

let server: MariaDb;
let database: TestDatabase;
let deps: Deps;
let scope: Scope;

if (!hasMariaDb)
  console.log('Without mariadb-server, reading live databases of INLISLite and SLiMS is left out.');

beforeAll(async () => {
  if (!hasMariaDb) return;
  server = await startMariaDb();
  const connection = await server.connect();
  await connection.query("set sql_mode = ''");
  await connection.query(INLISLITE);
  await connection.query(SLIMS);
  await connection.end();
  database = await createTestDatabase();
  deps = testDeps();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  scope = scopeOfRole(library, deps, ['admin']);
}, 120_000);
afterAll(async () => {
  if (!hasMariaDb) return;
  await server.stop();
  await database.drop();
});

async function take(name: string) {
  const live = await openLive(server.address(name));
  if (typeof live === 'string') throw new Error(live);
  try {
    const { importId } = await beginImport(database.db, deps, scope, live.about);
    await runImport(database.db, deps, scope, importId, { source: live.source });
    const ended = await apply(database, deps, scope, importId);
    await live.takeVisits(database.db, deps, scope, importId, () => false);
    return { importId, ended, format: live.about.format };
  } finally {
    await live.close();
  }
}

const all = () =>
  inLibrary(database.db, scope.library.id, async (tx) => ({
    members: await tx.selectFrom('member').selectAll().orderBy('member_since').execute(),
    events: await tx.selectFrom('member_event').selectAll().orderBy('effective_at').execute(),
    visits: await tx.selectFrom('visit').selectAll().orderBy('at').execute(),
  }));

describe.runIf(hasMariaDb)('a live database of another system', () => {
  it('INLISLite brings members, their renewals and the guest book, each once', async () => {
    const first = await take('inlislite');
    expect(first).toMatchObject({ ended: 'done', format: 'inlislite-db' });
    const { members, events, visits } = await all();
    const [renee, bambang, kirana] = members;
    expect(renee).toMatchObject({
      name: 'Renée Contohwati',
      number: '15010100001',
      sex: 'P',
      member_type: 'UMUM',
      education: 's1',
      occupation: null,
      member_since: '2015-01-02',
      valid_until: '2027-03-04',
      address_village: '99.01.01.2001',
      address_rt: '003',
      document_type: 'ktp',
      phone: '+6281200000001',
    });
    // A number that is a NIK does not stay, places come as codes too.
    expect(bambang?.number).not.toContain('9901');
    expect(bambang?.address_village).toBe('99.01.02.2001');
    expect(kirana).toMatchObject({ document_type: 'ktm', valid_until: '2025-02-03', member_type: 'PELAJAR' });
    expect(kirana?.address_line).toContain('Entah');
    expect(
      events
        .filter((event) => event.member_id === renee?.id)
        .map((event) => [
          event.kind,
          event.effective_at.toISOString().slice(0, 10),
          event.old_valid_until,
          event.valid_until,
        ]),
    ).toEqual([
      ['joined', '2015-01-02', null, '2016-01-02'],
      ['renewed', '2016-02-03', '2016-01-02', '2017-02-03'],
      ['renewed', '2026-01-15', '2017-02-03', '2027-03-04'],
    ]);
    expect(
      visits.map((visit) => [visit.kind, visit.member_id, visit.name, visit.persons, visit.purpose]),
    ).toEqual([
      ['non_member', null, null, 1, expect.any(String)],
      ['member', renee?.id, null, 1, expect.any(String)],
      ['member', bambang?.id, null, 1, expect.any(String)],
      ['non_member', null, 'Tamu Baru', 1, expect.any(String)],
      ['group', null, 'Guru Contoh', 30, expect.any(String)],
    ]);
    expect(visits[1]).toMatchObject({ education: null, occupation: null });
    expect(visits[3]).toMatchObject({ education: 's1', occupation: 'pupil' });
    expect(visits[4]).toMatchObject({
      group_phone: '+6281200000077',
      // What pupils and graduates add up to is one person short: no count is better than a wrong one.
      group_counts: {
        total: 30,
        bySex: { L: 14, P: 16 },
        byOccupation: { teacher: 2, pupil: 28 },
        byEducation: {},
      },
    });
    const record = await inLibrary(database.db, scope.library.id, (tx) => findImport(tx, first.importId));
    expect(((record?.counts ?? {}) as ImportCounts).leftOver).toMatchObject({
      'memberguesses.alamat': 2,
      'memberguesses.location_id': 2,
      'groupguesses.emailinstansi': 1,
    });
    const rows = await rowsOf(database, scope, first.importId);
    expect(rows.map((row) => row.reasons.sort())).toEqual([
      ['word_unknown'],
      ['number_is_nik', 'status_unconfirmed'],
      ['minor_without_guardian', 'region_as_text'],
    ]);
    const again = await take('inlislite');
    expect((await rowsOf(database, scope, again.importId)).map((row) => row.outcome)).toEqual([
      'same',
      'same',
      'same',
    ]);
    const after = await all();
    expect(after.members).toHaveLength(members.length);
    expect(after.visits).toHaveLength(visits.length);
  });

  it('photos that are there are re-encoded, the others are named', async () => {
    const { rows } = await inLibrary(database.db, scope.library.id, async (tx) => ({
      rows: await tx.selectFrom('import').select('id').orderBy('created_at').execute(),
    }));
    const importId = rows[0]?.id;
    if (!importId) throw new Error('no import');
    const result = await attachImportPhotos(database.db, deps, scope, importId, {
      find: async (name) => (name === 'renee.jpg' ? new Uint8Array([1]) : undefined),
      prepare: async () => new Uint8Array([0xff, 0xd8]),
    });
    expect(result).toEqual({ attached: 1, missing: 1 });
    expect((await rowsOf(database, scope, importId))[1]?.reasons).toContain('photo_missing');
    expect((await all()).members[0]?.photo_id).not.toBeNull();
  });

  it('SLiMS brings members and visitors; passwords stay where they are', async () => {
    expect(await take('slims')).toMatchObject({ ended: 'done', format: 'slims-db' });
    const { members, visits } = await all();
    const gunawan = members.find((member) => member.number === 'S-01');
    expect(gunawan).toMatchObject({
      sex: 'L',
      birth_date: '1979-11-05',
      valid_until: '2027-01-02',
      member_type: 'UMUM',
    });
    expect(gunawan?.nik_hash).not.toBeNull();
    expect(visits.filter((visit) => visit.member_id === gunawan?.id)).toHaveLength(1);
  });

  it('is read anew once somebody was changed there, also where their number is the same', async () => {
    const digest = async () => {
      const live = await openLive(server.address('inlislite'));
      if (typeof live === 'string') throw new Error(live);
      await live.close();
      return live.about.digest;
    };
    const before = await digest();
    expect(await digest()).toBe(before);
    const connection = await server.connect();
    await connection.query(
      "update inlislite.members set NoHp = '081200000002', UpdateDate = now() where ID = 2",
    );
    expect(await digest()).not.toBe(before);
    await connection.end();
  });

  it('is said plainly where it is something else, or out of reach', async () => {
    expect(await openLive(server.address('mysql'))).toContain(
      'neither the tables of INLISLite nor those of SLiMS',
    );
    expect(await openLive('mysql://nobody:geheim@127.0.0.1:1/x')).toMatch(
      /^mysql:\/\/nobody@127\.0\.0\.1:1\/x cannot be reached/,
    );
  });
});
