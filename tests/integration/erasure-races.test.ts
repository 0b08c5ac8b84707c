import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findImport } from '../../src/db/import.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ClientId, ImportId, MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { correctMember } from '../../src/usecases/correct-member.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { applyBatch } from '../../src/usecases/import-apply.ts';
import { onlyOnce } from '../../src/usecases/once.ts';
import { orderImport, runImport } from '../../src/usecases/run-import.ts';
import { sealWords } from '../../src/usecases/seal-words.ts';
import { createTestDatabase, type TestDatabase, testDeps, testVault } from '../support/database.ts';
import { apply, dryRun, fileOf, rowOf, rowsOf } from '../support/imports.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let deps: ReturnType<typeof testDeps>;
let library: LibraryContext;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  deps = testDeps();
  const found = await loadLibrary(database.db, 'jateng', deps.now());
  if (!found) throw new Error('not seeded');
  library = found;
  admin = new pg.Client({ ...database.addresses.admin });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const scope = () => scopeOfRole(library, deps, ['sub_koordinator']);
const erase = (id: MemberId) =>
  inLibrary(database.db, library.id, (tx) => erasePeople(tx, deps, scope(), { members: [id] }, 'request'));
const person = (name: string, on: string) =>
  memberNamed(database, deps, scope(), name, {
    birthDate: on as PlainDate,
    birthPlace: 'Contohrejo',
    phone: '+6281355550001' as never,
  });
const nameOf = async (id: MemberId) =>
  (await admin.query<{ name: string }>('select name from member where id = $1', [id])).rows[0]?.name;

it('a form that was opened before the erasure brings nothing back, nor does the database take it', async () => {
  const id = await person('Contoh Formulir Lama', '1990-01-02');
  await erase(id);
  const sent = await correctMember(database.db, deps, scope(), {
    memberId: id,
    values: { name: 'Contoh Formulir Lama', phone: '081355550002' },
    evidence: 'KTP baru',
    photo: null,
  });
  expect(sent).toEqual({ ok: false, reason: 'not-found' });
  for (const table of ['member', 'application'])
    for (const [column, value] of [
      ['name', 'Contoh'],
      ['phone', '+6281355550002'],
      ['address_village', '33.74.01.1001'],
      ['photo_id', id],
    ])
      await expect(
        admin.query(`update ${table} set ${column} = $1 where person_key = ''`, [value]),
        `${table}.${column}`,
      ).rejects.toThrow(`${table}_erased`);
  expect(await nameOf(id)).toBe('');
});

it('a list that is being read at that moment does not bring back who is erased', async () => {
  const id = await person('Suharto Contohbaca', '1961-04-05');
  // Enough rows before them for a stop in the midst of the reading, five hundred a batch.
  const others = Array.from({ length: 700 }, (_, n) => rowOf(n + 1));
  const file = fileOf(
    ...others,
    'Z1,Suharto Contohbaca,Contohrejo,1961-04-05,P,,Jl. Contoh 9,,,,081355550001,Umum,2020-01-02,2030-01-02,',
    'Z2,Wulan Contohasri,Contohrejo,1975-11-30,P,,Jl. Contoh 10,,,,081299998888,Umum,2020-01-02,2030-01-02,',
  );
  let looks = 0;
  const { importId, ended } = await dryRun(database, deps, scope(), file, () => ++looks > 2);
  expect(ended).toBe('stopped');
  expect((await rowsOf(database, scope(), importId)).length).toBeLessThan(701);
  await erase(id);
  // The member, and the case it came from.
  expect((await admin.query('select from import_erased')).rowCount).toBe(2);

  const again = await dryRun(database, deps, scope(), file);
  expect(again).toMatchObject({ importId, goesOn: true, ended: 'checked' });
  const [gone, kept] = (await rowsOf(database, scope(), importId)).slice(-2);
  expect(gone).toMatchObject({
    outcome: 'refused',
    reasons: ['person_erased'],
    member_id: null,
    candidates: [],
  });
  expect(kept?.outcome).toBe('new');
  const { rows } = await admin.query('select content from import_row where import_id = $1 and n = $2', [
    importId,
    gone?.n,
  ]);
  expect(rows).toEqual([{ content: null }]);
  // What they were compared with has served.
  expect((await admin.query('select from import_erased')).rowCount).toBe(0);
  expect(await apply(database, deps, scope(), importId)).toBe('done');
  expect((await admin.query(`select from member where name = 'Suharto Contohbaca'`)).rowCount).toBe(0);
  expect((await admin.query(`select from member where name = 'Wulan Contohasri'`)).rowCount).toBe(1);
}, 60_000);

it('a row that is being taken over at that moment makes nobody once it was emptied', async () => {
  const file = fileOf(
    'Y1,Bambang Contohambil,Contohrejo,1961-04-05,L,,Jl. Contoh 9,,,,081355550077,Umum,2020-01-02,2030-01-02,',
    'Y2,Ratna Contohambil,Contohrejo,1975-11-30,P,,Jl. Contoh 10,,,,081299998877,Umum,2020-01-02,2030-01-02,',
  );
  const { importId } = await dryRun(database, deps, scope(), file);
  expect(await orderImport(database.db, deps, scope(), importId, 'apply')).toMatchObject({ ok: true });
  const [first] = await rowsOf(database, scope(), importId);
  await admin.query('begin');
  await admin.query('select from import_row where import_id = $1 and n = $2 for update', [
    importId,
    first?.n,
  ]);
  const ns = (await rowsOf(database, scope(), importId)).map(({ n }) => n);
  const taking = applyBatch(database.db, deps, scope(), importId, ns);
  await untilSomebodyWaits();
  // As `forgetImportRows` empties it.
  await admin.query(
    `update import_row set content = null, match_keys = null, outcome = 'refused', reasons = array['person_erased']
     where import_id = $1 and n = $2`,
    [importId, first?.n],
  );
  await admin.query('commit');
  expect(await taking).toEqual({ made: 1, left: 0 });
  const { rows } = await admin.query(`select name from member where name like '%Contohambil'`);
  expect(rows).toEqual([{ name: 'Ratna Contohambil' }]);
  expect(await runImport(database.db, deps, scope(), importId, { source: null })).toBe('done');
  expect(await stateOf(importId)).toBe('done');
}, 60_000);

it('what a program was answered is forgotten, also where the answer was still being made', async () => {
  const clientId = deps.uuid(deps.now()) as ClientId;
  const ask = (key: string, id: MemberId, meanwhile: () => Promise<unknown>) =>
    onlyOnce(database.db, deps, scope(), { clientId, key, request: key }, async () => {
      await meanwhile();
      return { status: 201, done: { id, name: 'Contoh Jawaban' } };
    });
  const before = await person('Contoh Jawaban', '1988-08-08');
  expect(await ask('before', before, async () => undefined)).toMatchObject({ repeated: false });
  await erase(before);
  const during = await person('Contoh Jawaban', '1988-08-09');
  await ask('during', during, () => erase(during));
  for (const [key, id] of [
    ['before', before],
    ['during', during],
  ] as const)
    expect(await ask(key, id, async () => expect.unreachable())).toEqual({
      ok: true,
      repeated: true,
      answer: { status: 404 },
    });
});

it('words of before lie under the keys of their people after the next start, and those of the erased nowhere', async () => {
  const living = await person('Contoh Kata Hidup', '1979-01-01');
  const gone = await person('Contoh Kata Hilang', '1979-01-02');
  const plain = (table: string, columns: Record<string, unknown>) =>
    admin.query(
      `insert into ${table} (${Object.keys(columns).join(', ')}) values (${Object.keys(columns)
        .map((_, at) => `$${at + 1}`)
        .join(', ')})`,
      Object.values(columns),
    );
  const revision = (member: MemberId, evidence: string) =>
    plain('revision', {
      library_id: library.id,
      id: deps.uuid(deps.now()),
      member_id: member,
      at: deps.now(),
      actor_kind: 'officer',
      fields: ['name'],
      content: Buffer.alloc(0),
      evidence,
    });
  const note = (member: MemberId) =>
    admin.query(
      `update application set decision_note_plain = 'Contoh Kata tidak datang' where id = (select application_id from member where id = $1)`,
      [member],
    );
  await note(gone);
  await erase(gone);
  // Before the start that seals the words as well: an older version may still run beside, and write them.
  const { rows: forgotten } = await admin.query<{ plain: string | null }>(
    'select decision_note_plain as plain from application where id = (select application_id from member where id = $1)',
    [gone],
  );
  expect(forgotten).toEqual([{ plain: null }]);
  await revision(living, 'KTP baru Contoh Kata');
  await revision(living, 'merge_undone');
  // One word may be a name: only what the product writes itself is a code.
  await revision(living, 'Kata');
  await revision(gone, 'KTP baru Contoh Kata');
  await note(living);
  await expect(sealWords(database.owner, deps)).resolves.toBe(4);
  await expect(sealWords(database.owner, deps)).resolves.toBe(0);
  const { rows } = await admin.query<{ evidence: string | null; evidence_words: Buffer | null; key: Buffer }>(
    `select evidence, evidence_words, person_key as key from revision join member on member.id = member_id
     where member_id = any($1::uuid[]) order by revision.id`,
    [[living, gone]],
  );
  expect(rows.map(({ evidence }) => evidence)).toEqual([null, 'merge_undone', null, null]);
  expect(
    rows[0] && testVault.openFor(library.id, rows[0].key, rows[0].evidence_words ?? Buffer.alloc(0)),
  ).toBe('KTP baru Contoh Kata');
  const word = rows[2];
  expect(word && testVault.openFor(library.id, word.key, word.evidence_words ?? Buffer.alloc(0))).toBe(
    'Kata',
  );
  expect(rows[3]?.evidence_words).toBeNull();
  const notes = await admin.query<{ note: Buffer; key: Buffer; plain: string | null }>(
    `select decision_note as note, person_key as key, decision_note_plain as plain from application
     where id = (select application_id from member where id = $1)`,
    [living],
  );
  const [sealed] = notes.rows;
  expect(sealed?.plain).toBeNull();
  expect(sealed && testVault.openFor(library.id, sealed.key, sealed.note)).toBe('Contoh Kata tidak datang');
});

const stateOf = async (id: ImportId) =>
  (await inLibrary(database.db, library.id, (tx) => findImport(tx, id)))?.state;

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waits: boolean }>`
      select exists (select from pg_locks where not granted) as waits`.execute(database.owner);
    if (rows[0]?.waits === true) return;
  }
}
