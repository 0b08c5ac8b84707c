/** A whole run against a real database, with people on both sides and a process that dies: nobody's word is lost unseen. */
import fc from 'fast-check';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { LiveSystem } from '../../src/domain/exporting/live.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { lendingSystems } from '../../src/lending-systems.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { decideLending, readDifference } from '../../src/usecases/decide-lending.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { SLIMS } from '../support/foreign-tables.ts';
import { connectTo, LENDING_USER, runOnce, typedFor } from '../support/lending.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let server: MariaDb;
let theirs: Connection;
let database: TestDatabase;
let scope: Scope;
const deps = testDeps();

beforeAll(async () => {
  if (!hasMariaDb) return;
  server = await startMariaDb();
  theirs = await server.connect();
  await theirs.query("set sql_mode = ''");
  await theirs.query(SLIMS);
  await theirs.query("delete from member; insert into mst_member_type (member_type_name) values ('Umum')");
  const who = `'${LENDING_USER.user}'@'127.0.0.1'`;
  await theirs.query(`create user ${who} identified by ?`, [LENDING_USER.password]);
  await theirs.query(`grant select, insert, update on slims.* to ${who}`);
  database = await createTestDatabase();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  scope = scopeOfRole(library, deps, ['petugas', 'sub_koordinator', 'admin']);
  await connectTo(database, deps, scope, 'slims-db', typedFor(server, 'slims'));
}, 120_000);
afterAll(async () => {
  if (!hasMariaDb) return;
  await theirs.end();
  await server.stop();
  await database.drop();
});

const FIELDS = { phone: 'member_phone', email: 'member_email', institution: 'inst_name' } as const;
type Field = keyof typeof FIELDS;
const textOf = (field: Field, n: number) =>
  field === 'phone' ? `08120000000${n}` : field === 'email' ? `a${n}@contoh.id` : `SD Contoh ${n}`;
const storedOf = (field: Field, n: number) => (field === 'phone' ? `+628120000000${n}` : textOf(field, n));

async function rowThere(id: MemberId): Promise<RowDataPacket | undefined> {
  const { number } = await inLibrary(database.db, scope.library.id, (tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  const [rows] = await theirs.query<RowDataPacket[]>('select * from member where member_id = ?', [number]);
  expect(rows.length).toBeLessThan(2);
  return rows[0];
}

async function send(dies: 'before' | 'after' | 'no'): Promise<void> {
  const real = lendingSystems([]).open(new AbortController().signal);
  const open = async (to: Parameters<typeof real>[0]) => {
    const system = await real(to);
    if ('failure' in system || dies === 'no') return system;
    const dying: LiveSystem = {
      ...system,
      async put(wanted, decide) {
        if (dies === 'after') await system.put(wanted, decide);
        throw new Error('died');
      },
    };
    return dying;
  };
  await runOnce(database, deps, { ...scope, at: deps.now() }, 'slims-db', open).catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== 'died') throw error;
  });
}

describe.runIf(hasMariaDb)('two sides that both change members', () => {
  it('lose nothing unseen, make nobody twice, and agree once everything is decided', async () => {
    const field = fc.constantFrom<Field>('phone', 'email', 'institution');
    const step = fc.oneof(
      fc.record({
        do: fc.constantFrom('ours' as const, 'theirs' as const),
        field,
        n: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({
        do: fc.constant('send' as const),
        dies: fc.constantFrom('before' as const, 'after' as const, 'no' as const),
      }),
      fc.record({ do: fc.constant('decide' as const) }),
    );
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        made += 1;
        const id = await memberNamed(
          database,
          deps,
          scope,
          `Contoh Acak ${'abcdefghijklmnop'[made % 16]}${made}`,
        );
        /** What they typed that nobody here has seen. */
        const unseen = new Map<Field, string>();
        const decideAll = async (): Promise<void> => {
          const shown = await readDifference(database.db, deps, scope, 'slims-db', id);
          if (!shown) return;
          for (const one of shown.fields)
            if (unseen.get(one.field as Field) === one.theirs) unseen.delete(one.field as Field);
          const choices = Object.fromEntries(shown.fields.map((one) => [one.field, 'ours' as const]));
          const { seq } = shown;
          await decideLending(database.db, deps, scope, {
            target: 'slims-db',
            memberId: id,
            seq,
            choices,
            row: null,
          });
        };
        const look = async (): Promise<void> => {
          const row = await rowThere(id);
          // Whatever was sent: what they typed and nobody saw still stands there.
          if (row) for (const [name, text] of unseen) expect(row[FIELDS[name]]).toBe(text);
        };
        const ours: Partial<Record<Field, number>> = {};
        for (const one of steps) {
          if (one.do === 'ours') {
            ours[one.field] = one.n;
            await inLibrary(database.db, scope.library.id, (tx) =>
              tx
                .updateTable('member')
                .set((eb) => ({ [one.field]: storedOf(one.field, one.n), version: eb('version', '+', 1) }))
                .where('id', '=', id)
                .execute(),
            );
          } else if (one.do === 'theirs') {
            const row = await rowThere(id);
            if (!row) continue;
            // A text of another kind than ours, so that it is certainly nobody's but theirs.
            const text = `sana ${one.n} ${Math.floor(deps.clock.now.getTime() / 1000)}`;
            await theirs.query(`update member set ${FIELDS[one.field]} = ? where member_id = ?`, [
              text,
              row.member_id,
            ]);
            unseen.set(one.field, text);
          } else if (one.do === 'send') {
            await send(one.dies);
            await look();
          } else await decideAll();
          deps.clock.now = new Date(deps.clock.now.getTime() + 7 * 60_000);
        }
        // What was changed there is noticed when something of this member is sent next.
        await inLibrary(database.db, scope.library.id, (tx) =>
          tx
            .updateTable('member')
            .set((eb) => ({ version: eb('version', '+', 1) }))
            .where('id', '=', id)
            .execute(),
        );
        for (let n = 0; n < 4; n++) {
          await send('no');
          await look();
          await decideAll();
        }
        await send('no');
        const row = await rowThere(id);
        for (const [name, n] of Object.entries(ours)) {
          const key = name as Field;
          expect(row?.[FIELDS[key]]).toBe(textOf(key, n));
        }
      }),
      { numRuns: 20, endOnFailure: true },
    );
  }, 240_000);
});
