import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { LiveSystem } from '../../src/domain/exporting/live.ts';
import type { LiveTarget } from '../../src/domain/exporting/outgoing-member.ts';
import type { MemberId, Phone } from '../../src/domain/ids.ts';
import { lendingSystems } from '../../src/lending-systems.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { correctMember } from '../../src/usecases/correct-member.ts';
import {
  type Choice,
  decideLending,
  readDifference,
  readWaiting,
} from '../../src/usecases/decide-lending.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readConnections, readLendingTrouble, tryFeed } from '../../src/usecases/read-feeds.ts';
import { formValuesOf } from '../../src/usecases/revise-person.ts';
import { suspendMember } from '../../src/usecases/suspend-member.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { INLISLITE, SLIMS } from '../support/foreign-tables.ts';
import { connectTo, grantLending, LENDING_USER, linkOf, runOnce, typedFor } from '../support/lending.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let server: MariaDb;
let theirs: Connection;
let database: TestDatabase;
let scope: Scope;
const deps = testDeps();

if (!hasMariaDb) console.log('Without mariadb-server, connections to INLISLite and SLiMS are left out.');

beforeAll(async () => {
  if (!hasMariaDb) return;
  server = await startMariaDb();
  theirs = await server.connect();
  await theirs.query("set sql_mode = ''");
  await theirs.query(INLISLITE);
  await theirs.query(SLIMS);
  await theirs.query("insert into slims.mst_member_type (member_type_name) values ('Umum'), ('Pelajar')");
  await grantLending(server);
  database = await createTestDatabase();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  scope = scopeOfRole(library, deps, ['petugas', 'sub_koordinator', 'admin']);
}, 120_000);
afterAll(async () => {
  if (!hasMariaDb) return;
  await theirs.end();
  await server.stop();
  await database.drop();
});
beforeEach(async () => {
  if (!hasMariaDb) return;
  deps.clock.now = new Date(deps.clock.now.getTime() + 60_000);
  await theirs.query('delete from inlislite.members; delete from slims.member');
  await inLibrary(database.db, scope.library.id, async (tx) => {
    await tx.deleteFrom('lending_link').execute();
    await tx.deleteFrom('export_row').execute();
    await tx.deleteFrom('export').execute();
    await tx.deleteFrom('feed').execute();
    await tx.updateTable('member').set({ state: 'ended' }).execute();
  });
});

const now = (): Scope => ({ ...scope, at: deps.now() });
const VILLAGE = { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' };
const member = (name: string, changes: Partial<ApplicantData> = {}) =>
  memberNamed(database, deps, now(), name, { address: VILLAGE as never, ...changes });
const connect = (target: LiveTarget, changes: Partial<ReturnType<typeof typedFor>> = {}) =>
  connectTo(database, deps, scope, target, {
    ...typedFor(server, target === 'slims-db' ? 'slims' : 'inlislite'),
    ...changes,
  });
const run = (target: LiveTarget, open?: Parameters<typeof runOnce>[4]) =>
  runOnce(database, deps, now(), target, open);

async function rowsIn(table: string): Promise<RowDataPacket[]> {
  const [rows] = await theirs.query<RowDataPacket[]>(`select * from ${table}`);
  return rows;
}

async function rowOf(id: MemberId) {
  return inLibrary(database.db, scope.library.id, (tx) =>
    tx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

async function change(id: MemberId, changes: Readonly<Record<string, string>>): Promise<void> {
  const row = await rowOf(id);
  const changed = await correctMember(database.db, deps, now(), {
    memberId: id,
    values: { ...formValuesOf(row, deps.vault, scope.library.id, 'full'), ...changes },
    evidence: 'KTP baru',
    photo: null,
  });
  if (!changed.ok) throw new Error(JSON.stringify(changed));
}

async function decide(id: MemberId, target: LiveTarget, choices: Readonly<Record<string, Choice>>) {
  const shown = await readDifference(database.db, deps, now(), target, id);
  if (!shown) throw new Error('nothing differs');
  return decideLending(database.db, deps, now(), {
    target,
    memberId: id,
    seq: shown.seq,
    choices,
    row: null,
  });
}

/** The system as it is, with something between it and the run. */
function between(wrap: (system: LiveSystem) => LiveSystem) {
  const open = lendingSystems([]).open(new AbortController().signal);
  return async (to: Parameters<typeof open>[0]) => {
    const system = await open(to);
    return 'failure' in system ? system : wrap(system);
  };
}

describe.runIf(hasMariaDb)('a connection to a lending system', () => {
  it('puts each member into INLISLite once, and each change after it', async () => {
    const ayu = await member('Ayu Contoh Pertama', { phone: '+6281200000011' as Phone });
    await connect('inlislite-db');
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
    const { number } = await rowOf(ayu);
    expect(await rowsIn('inlislite.members')).toMatchObject([
      { MemberNo: number, Fullname: 'Ayu Contoh Pertama', NoHp: '081200000011', StatusAnggota_id: 3 },
    ]);
    expect(await run('inlislite-db')).toEqual({ kind: 'idle' });
    await theirs.query("update inlislite.members set KeteranganLain = 'suka novel', BiayaPendaftaran = 5000");
    await change(ayu, { phone: '081200000012', email: 'ayu@contoh.id' });
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
    expect(await rowsIn('inlislite.members')).toMatchObject([
      { NoHp: '081200000012', Email: 'ayu@contoh.id', KeteranganLain: 'suka novel', BiayaPendaftaran: 5000 },
    ]);
    expect(
      await suspendMember(database.db, deps, now(), {
        memberId: ayu,
        reason: scope.library.settings.suspensionReasons[0]?.code ?? '',
        effectiveOn: null,
      }),
    ).toMatchObject({ ok: true });
    await run('inlislite-db');
    expect(await rowsIn('inlislite.members')).toMatchObject([{ StatusAnggota_id: 5 }]);
  });

  it('puts members into SLiMS, leaves its notes and passwords alone, and ends who has left', async () => {
    const ayu = await member('Ayu Contoh Pertama');
    await connect('slims-db');
    expect(await run('slims-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
    await theirs.query("update slims.member set member_notes = 'catatan', mpasswd = 'rahasia-sana'");
    const ended = await endMember(database.db, deps, now(), {
      memberId: ayu,
      reason: 'moved',
      effectiveOn: null,
    });
    expect(ended).toMatchObject({ ok: true });
    await run('slims-db');
    expect(await rowsIn('slims.member')).toMatchObject([
      { member_name: 'Ayu Contoh Pertama', is_pending: 1, member_notes: 'catatan', mpasswd: 'rahasia-sana' },
    ]);
  });

  it('never overwrites what was changed there: it waits, and a person decides field by field', async () => {
    const ayu = await member('Ayu Contoh Pertama', { phone: '+6281200000011' as Phone });
    await connect('inlislite-db');
    await run('inlislite-db');
    await theirs.query(
      "update inlislite.members set NoHp = '081399999999', Email = 'sana@contoh.id', PlaceOfBirth = 'Sana'",
    );
    await change(ayu, { phone: '081200000012', address_line: 'Jl. Baru 5' });
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 0, misfit: 1 });
    // What nobody changed there has gone.
    expect(await rowsIn('inlislite.members')).toMatchObject([
      { NoHp: '081399999999', Email: 'sana@contoh.id', PlaceOfBirth: 'Sana', Address: 'Jl. Baru 5' },
    ]);
    const shown = await readDifference(database.db, deps, now(), 'inlislite-db', ayu);
    expect(shown?.fields.map(({ field }) => field).sort()).toEqual(['birth_place', 'email', 'phone']);
    expect(await readLendingTrouble(database.db, now())).toMatchObject({ conflicts: 1 });
    expect(await decide(ayu, 'inlislite-db', { phone: 'ours' })).toEqual({ ok: false, reason: 'not-all' });
    expect(
      await decide(ayu, 'inlislite-db', { phone: 'ours', email: 'theirs', birth_place: 'leave' }),
    ).toEqual({ ok: true });
    expect(await run('inlislite-db')).toMatchObject({ kind: 'ran', misfit: 0 });
    expect(await rowsIn('inlislite.members')).toMatchObject([
      { NoHp: '081200000012', Email: 'sana@contoh.id', PlaceOfBirth: 'Sana' },
    ]);
    expect(await rowOf(ayu)).toMatchObject({ email: 'sana@contoh.id' });
    expect((await rowOf(ayu)).birth_place).not.toBe('Sana');
    // Left apart stays so while neither side changes, and is asked about again when one does.
    await change(ayu, { phone: '081200000013' });
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
    await change(ayu, { birth_place: 'Genteng' });
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 0, misfit: 1 });
  });

  it('lets one of two officers decide and tells the other', async () => {
    const ayu = await member('Ayu Contoh Pertama', { phone: '+6281200000011' as Phone });
    await connect('inlislite-db');
    await run('inlislite-db');
    await theirs.query("update inlislite.members set NoHp = '081399999999'");
    await change(ayu, { phone: '081200000012' });
    await run('inlislite-db');
    const shown = await readDifference(database.db, deps, now(), 'inlislite-db', ayu);
    const say = (choice: Choice, as = scope) =>
      decideLending(database.db, deps, as, {
        target: 'inlislite-db',
        memberId: ayu,
        seq: shown?.seq ?? 0,
        choices: { phone: choice },
        row: null,
      });
    expect(await say('ours', scopeOfRole(scope.library, deps, ['petugas']))).toMatchObject({
      reason: 'not-allowed',
    });
    expect(await say('ours', scopeOfRole(scope.library, deps, ['admin']))).toMatchObject({
      reason: 'not-allowed',
    });
    const both = await Promise.all([say('ours'), say('theirs')]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect(both.find((one) => !one.ok)).toEqual({ ok: false, reason: 'changed-meanwhile' });
  });

  it('meets who was there before by the number, and asks where it may be somebody else', async () => {
    const same = await member('Ayu Contoh Pertama');
    const other = await member('Beni Contoh Kedua');
    const [{ number: ayu }, { number: beni }] = [await rowOf(same), await rowOf(other)];
    await theirs.query(
      `insert into inlislite.members (ID, MemberNo, Fullname, NoHp) values (1, ?, 'AYU  contoh pertama', null), (2, ?, 'Orang Lain Sekali', '0811')`,
      [ayu, beni],
    );
    await connect('inlislite-db');
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 1, misfit: 1 });
    const rows = await rowsIn('inlislite.members');
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ Fullname: 'Orang Lain Sekali', NoHp: '0811', Address: null });
    const shown = await readDifference(database.db, deps, now(), 'inlislite-db', other);
    expect(shown).toMatchObject({ known: false });
    expect(
      await decideLending(database.db, deps, now(), {
        target: 'inlislite-db',
        memberId: other,
        seq: shown?.seq ?? 0,
        choices: {},
        row: 'stranger',
      }),
    ).toEqual({ ok: true });
    await run('inlislite-db');
    await change(other, { phone: '081200000013' });
    await run('inlislite-db');
    expect((await rowsIn('inlislite.members'))[1]).toMatchObject({
      Fullname: 'Orang Lain Sekali',
      NoHp: '0811',
    });
    expect(await linkOf(database, scope, 'inlislite-db', other)).toMatchObject({
      state: 'refused',
      reasons: ['number_taken'],
      foreign_id: null,
    });
  });

  it('asks before it makes again who was deleted there', async () => {
    const ayu = await member('Ayu Contoh Pertama');
    await connect('slims-db');
    await run('slims-db');
    await theirs.query('delete from slims.member');
    await change(ayu, { phone: '081200000012' });
    expect(await run('slims-db')).toEqual({ kind: 'ran', sent: 0, misfit: 1 });
    expect(await rowsIn('slims.member')).toEqual([]);
    const shown = await readDifference(database.db, deps, now(), 'slims-db', ayu);
    expect(shown).toMatchObject({ gone: true });
    const say = (row: 'leave' | 'again', seq: number) =>
      decideLending(database.db, deps, now(), { target: 'slims-db', memberId: ayu, seq, choices: {}, row });
    expect(await say('again', shown?.seq ?? 0)).toEqual({ ok: true });
    await run('slims-db');
    expect(await rowsIn('slims.member')).toHaveLength(1);
  });

  it('a process killed between writing there and writing down here makes nobody twice and no conflict', async () => {
    const ayu = await member('Ayu Contoh Pertama', { phone: '+6281200000011' as Phone });
    await connect('inlislite-db');
    const killed = between((system) => ({
      ...system,
      async put(wanted, order) {
        await system.put(wanted, order);
        await system.close();
        throw new Error('killed');
      },
    }));
    await expect(run('inlislite-db', killed)).rejects.toThrow('killed');
    expect(await rowsIn('inlislite.members')).toHaveLength(1);
    expect(await linkOf(database, scope, 'inlislite-db', ayu)).toMatchObject({ state: 'waiting' });
    // The member changes once more before the next process comes.
    await change(ayu, { phone: '081200000012' });
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
    expect(await rowsIn('inlislite.members')).toMatchObject([{ NoHp: '081200000012' }]);
    await change(ayu, { phone: '081200000014' });
    await expect(run('inlislite-db', killed)).rejects.toThrow('killed');
    await change(ayu, { phone: '081200000015' });
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
    expect(await rowsIn('inlislite.members')).toMatchObject([{ NoHp: '081200000015' }]);
  });

  it('one row that is busy there holds up nobody else, and is tried again by itself', async () => {
    const ayu = await member('Ayu Contoh Pertama');
    await member('Beni Contoh Kedua');
    await connect('slims-db');
    await run('slims-db');
    const { number } = await rowOf(ayu);
    await change(ayu, { phone: '081200000012' });
    const beni = await member('Citra Contoh Ketiga');
    const holder = await server.connect();
    await holder.query('start transaction');
    await holder.query('select * from slims.member where member_id = ? for update', [number]);
    expect(await run('slims-db')).toEqual({ kind: 'ran', sent: 1, misfit: 1 });
    expect(await linkOf(database, scope, 'slims-db', ayu)).toMatchObject({ state: 'later', tries: 1 });
    expect(await linkOf(database, scope, 'slims-db', beni)).toMatchObject({ state: 'done' });
    await holder.query('rollback');
    await holder.end();
    deps.clock.now = new Date(deps.clock.now.getTime() + 6 * 60_000);
    await run('slims-db');
    expect(await linkOf(database, scope, 'slims-db', ayu)).toMatchObject({ state: 'done', tries: 0 });
  }, 30_000);

  it('who does not fit is listed with the reason', async () => {
    const ayu = await member('Ayu Contoh Pertama');
    await connect('inlislite-db');
    await theirs.query("update inlislite.jenis_anggota set jenisanggota = 'Lain' where id = 2");
    await run('inlislite-db');
    await theirs.query("update inlislite.jenis_anggota set jenisanggota = 'Umum' where id = 2");
    expect(
      await readWaiting(database.db, now(), {
        target: 'inlislite-db',
        state: 'refused',
        after: null,
        limit: 9,
      }),
    ).toMatchObject([{ member_id: ayu, reasons: ['type_missing'] }]);
    expect(await run('inlislite-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
  });

  it('a person erased here is emptied there, and then forgotten', async () => {
    const ayu = await member('Ayu Contoh Pertama', { phone: '+6281200000011' as Phone });
    for (const target of ['inlislite-db', 'slims-db'] as const) {
      await connect(target);
      await run(target);
    }
    await inLibrary(database.db, scope.library.id, (tx) =>
      erasePeople(tx, deps, now(), { members: [ayu] }, 'request'),
    );
    expect(await linkOf(database, scope, 'slims-db', ayu)).toMatchObject({ memory: {}, differences: null });
    for (const target of ['inlislite-db', 'slims-db'] as const) {
      await run(target);
      expect(await linkOf(database, scope, target, ayu)).toBeUndefined();
    }
    const there = JSON.stringify([await rowsIn('inlislite.members'), await rowsIn('slims.member')]);
    expect(there).not.toMatch(/Ayu|081200000011|Jl\./);
    expect(await rowsIn('slims.member')).toMatchObject([{ is_pending: 1, birth_date: null }]);
  });

  it('says what is wrong: host, password, database, tables, rights', async () => {
    const tried = async (changes: Partial<ReturnType<typeof typedFor>>) => {
      await connect('inlislite-db', changes);
      const result = await tryFeed(database.db, deps, now(), 'inlislite-db', lendingSystems([]).tryOut);
      return result.ok ? [result.trial, result.note] : result.reason;
    };
    expect(await tried({})).toEqual(['ok', null]);
    expect(await tried({ secret: 'salah' })).toEqual(['lending-denied', null]);
    expect(await tried({ port: '1' })).toEqual(['lending-unreachable', null]);
    expect(await tried({ inside: false })).toEqual(['address-refused', null]);
    expect(await tried({ host: '169.254.169.254' })).toEqual(['address-refused', null]);
    expect((await tried({ database: 'lain' }))[0]).toBe('lending-rights');
    expect(await tried({ database: 'slims' })).toEqual([
      'lending-rights',
      "GRANT SELECT, INSERT, UPDATE ON `slims`.`members` TO 'daftar'@'127.0.0.1';",
    ]);
    const root = await server.connect();
    await root.query("revoke insert on inlislite.members from 'daftar'@'127.0.0.1'");
    const missing = await tried({});
    expect(missing[0]).toBe('lending-rights');
    // The statement that the page names is the one that helps.
    await root.query(missing[1] ?? '');
    expect(await tried({})).toEqual(['ok', null]);
    await root.query("grant all on slims.* to 'daftar'@'127.0.0.1'");
    expect(await tried({ database: 'slims' })).toEqual(['lending-tables', 'members']);
    await root.query("revoke all on slims.* from 'daftar'@'127.0.0.1'");
    await root.end();
  });

  it('keeps nothing readable: neither password nor anybody’s values, here or in the log', async () => {
    const ayu = await member('Ayu Contoh Pertama', { phone: '+6281200000011' as Phone });
    await connect('slims-db');
    await run('slims-db');
    await theirs.query("update slims.member set member_phone = '081399999999'");
    await change(ayu, { phone: '081200000012' });
    await run('slims-db');
    const { number } = await rowOf(ayu);
    const kept = await inLibrary(database.db, scope.library.id, async (tx) => [
      await tx.selectFrom('lending_link').selectAll().execute(),
      await tx.selectFrom('feed').selectAll().execute(),
      await tx
        .selectFrom('audit_log')
        .select(['action', 'fields', 'purpose'])
        .where('subject_kind', 'in', ['feed', 'export'])
        .execute(),
    ]);
    const text = JSON.stringify(kept, (_, value: unknown) => {
      const buffer = value as { type?: string; data?: number[] } | null;
      return buffer?.type === 'Buffer' ? Buffer.from(buffer.data ?? []).toString('latin1') : value;
    });
    for (const secret of ['Ayu', '0812', '081399999999', LENDING_USER.password, number])
      expect(text).not.toContain(secret);
    expect((await readConnections(database.db, now()))[0]).toMatchObject({
      counts: { conflict: 1, done: 0, unsent: 0 },
    });
  });

  it('a dead server is given up in time, told of after an hour, and goes on from where it was', async () => {
    await member('Ayu Contoh Pertama');
    await connect('slims-db', { port: '1' });
    expect(await run('slims-db')).toMatchObject({ kind: 'failed', failure: 'lending-unreachable' });
    expect(await readLendingTrouble(database.db, now())).toMatchObject({ failing: [] });
    deps.clock.now = new Date(deps.clock.now.getTime() + 61 * 60_000);
    expect(await run('slims-db')).toMatchObject({ kind: 'failed' });
    expect(await readLendingTrouble(database.db, now())).toMatchObject({ failing: ['slims-db'] });
    await connect('slims-db');
    expect(await run('slims-db')).toEqual({ kind: 'ran', sent: 1, misfit: 0 });
    expect(await readLendingTrouble(database.db, now())).toMatchObject({ failing: [] });
  });
});
