import fc from 'fast-check';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findUnsealedAudit, sealAudit } from '../../src/db/audit-seal.ts';
import { ROW_DIGEST } from '../../src/db/migrations/014-audit-seal.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { AUDIT_COLUMNS } from '../../src/domain/audit-chain.ts';
import { risingUuids } from '../../src/domain/ids.ts';
import { openSealing } from '../../src/jobs/seal-audit.ts';
import { writeAudit } from '../../src/usecases/audit.ts';
import { sealWaiting, sweepAudit } from '../../src/usecases/audit-seal.ts';
import { type AuditFinding, findAnchor, verifyAudit } from '../../src/usecases/audit-verify.ts';
import type { Deps, LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let admin: pg.Client;
let deps: Deps;
let library: LibraryContext;
let scope: Scope;

const TABLES = ['audit_log', 'audit_seal', 'audit_leaf', 'audit_head', 'audit_gap'];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  await admin.query(
    `create function audit_row_digest(a audit_log) returns bytea language sql stable as $$ select ${ROW_DIGEST} $$`,
  );
  deps = testDeps();
  const found = await loadLibrary(database.db, 'jateng', deps.now());
  if (!found) throw new Error('not seeded');
  library = found;
  scope = scopeOfRole(library, deps, ['admin']);
  await sealWaiting(database.db);
  for (const table of TABLES) await admin.query(`create table kept_${table} as table ${table}`);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});
beforeEach(() => putBack());

/** The log and its seals as they were when they were last kept. */
async function putBack(): Promise<void> {
  for (const table of TABLES) {
    await admin.query(`delete from ${table}`);
    await admin.query(`insert into ${table} overriding system value table kept_${table}`);
  }
}

async function keep(): Promise<void> {
  for (const table of TABLES) {
    await admin.query(`delete from kept_${table}`);
    await admin.query(`insert into kept_${table} table ${table}`);
  }
}

async function add(
  purpose: string | null = null,
  fields: readonly string[] = [],
  subjectId: string | null = null,
): Promise<void> {
  await inLibrary(database.db, library.id, (tx) =>
    writeAudit(tx, deps, scope, {
      action: 'setting.change',
      subjectKind: 'setting',
      subjectId,
      fields,
      purpose,
    }),
  );
}

/** Whatever is in the log must be sealed: the clock of these tests stands in the past. */
async function verify(): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = [];
  const chain = await verifyAudit(database.db, library.id, { before: new Date('2100-01-01') }, (finding) =>
    findings.push(finding),
  );
  expect(chain.findings).toBe(findings.length);
  return findings;
}

const count = async (table: string): Promise<number> => {
  const { rows } = await admin.query<{ n: number }>(
    `select count(*)::int as n from ${table} ${table === 'audit_gap' ? '' : `where library_id = ${library.id}`}`,
  );
  return rows[0]?.n ?? 0;
};

describe('the audit log in seals', () => {
  it('is whole from the first row on, and knows when a row waits', async () => {
    expect(await verify()).toEqual([]);
    const before = await count('audit_seal');
    await add();
    expect(await verify()).toMatchObject([{ problem: 'unsealed', waiting: { count: 1 } }]);
    await sealWaiting(database.db);
    expect(await verify()).toEqual([]);
    expect(await count('audit_seal')).toBe(before + 1);
    // Nothing new, nothing written.
    expect(await sealAudit(database.db, 100)).toEqual({ sealed: 0, more: false });
    expect(await count('audit_seal')).toBe(before + 1);
  });

  it('covers every column of a row', async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'audit_log'::regclass and attnum > 0
       and not attisdropped order by attnum`,
    );
    expect(rows.map((row) => row.name)).toEqual([...AUDIT_COLUMNS]);
  });

  it('is written alike by the database and by whoever recomputes it, whatever a row holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''))),
        fc.array(
          fc.constantFrom(
            'nik',
            'name',
            '',
            'a,b',
            '1:x,',
            'é€😀',
            '{"x"}',
            'NULL',
            '\u0001\u001f\t\\',
            '\u007f\u2028',
          ),
          {
            maxLength: 4,
          },
        ),
        fc.option(fc.constantFrom('', 'x', '-,', '5:abc,')),
        async (purpose, fields, subjectId) => {
          await add(purpose, fields, subjectId);
          await sealWaiting(database.db);
          expect(await verify()).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes a row that commits late into a later seal, and waits for none that was given up', async () => {
    const [slow, given] = [new pg.Client(database.addresses.app), new pg.Client(database.addresses.app)];
    await Promise.all([slow.connect(), given.connect()]);
    const insert = `insert into audit_log (library_id, id, at, actor_kind, action, subject_kind, subject_id)
      values (${library.id}, gen_random_uuid(), now(), 'system', 'setting.change', 'setting', $1)`;
    for (const client of [slow, given]) {
      await client.query('begin');
      await client.query(`select set_config('app.library_id', '${library.id}', true)`);
    }
    // Numbers that the tests before this one used up are no concern of it.
    await add();
    await sealWaiting(database.db);
    await admin.query('delete from audit_gap');
    await slow.query(insert, ['late']);
    await given.query(insert, ['never']);
    await add();
    await sealWaiting(database.db);
    const early = await count('audit_seal');
    expect(await count('audit_gap')).toBe(2);
    await given.query('rollback');
    await slow.query('commit');
    await sealWaiting(database.db);
    expect(await verify()).toEqual([]);
    expect(await count('audit_seal')).toBe(early + 1);
    const { rows } = await admin.query<{ n: number }>(
      `select l.n from audit_leaf l join audit_log a on a.id = l.audit_id where a.subject_id = 'late'`,
    );
    expect(rows).toEqual([{ n: early + 1 }]);
    // The number that was given up is looked for a day long, and then no more.
    expect(await count('audit_gap')).toBe(1);
    await admin.query(`update audit_gap set since = since - interval '25 hours'`);
    await sealWaiting(database.db);
    expect(await count('audit_gap')).toBe(0);
    await Promise.all([slow.end(), given.end()]);
  });

  it('stays one chain while many commit and several seal', async () => {
    // Behind the numbers that the tests before this one used up: after a leap, the sweep would have to find some rows.
    await add();
    await sealWaiting(database.db);
    const uuid = risingUuids(deps.randomBytes);
    const writers = Array.from({ length: 8 }, async () => {
      for (let at = 0; at < 12; at++) {
        await inLibrary(database.db, library.id, async (tx) => {
          await writeAudit(tx, { ...deps, uuid: () => uuid(new Date()) }, scope, {
            action: 'setting.change',
            subjectKind: 'setting',
            subjectId: null,
          });
          await sql`select pg_sleep(random() * 0.02)`.execute(tx);
        });
      }
    });
    let writing = true;
    const sealers = Array.from({ length: 3 }, async () => {
      while (writing) await sealAudit(database.db, 7);
    });
    await Promise.all(writers);
    writing = false;
    await Promise.all(sealers);
    await sealWaiting(database.db);
    expect(await verify()).toEqual([]);
  });

  it('seals an old log in portions, and each library in its own chain', async () => {
    await admin.query(
      `insert into audit_log (library_id, id, at, actor_kind, action, subject_kind)
       select case when n % 3 = 0 then ${database.libraryIds.banyuwangi} else ${library.id} end, gen_random_uuid(),
         now() - make_interval(secs => n), 'system', 'member.import', 'member' from generate_series(1, 7000) n`,
    );
    const sizes: number[] = [];
    for (let more = true; more; ) {
      const portion = await sealAudit(database.db, 1000);
      sizes.push(portion.sealed);
      more = portion.more;
    }
    expect(Math.max(...sizes)).toBe(1000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(7000);
    expect(await verify()).toEqual([]);
    const findings: AuditFinding[] = [];
    const other = await verifyAudit(
      database.db,
      database.libraryIds.banyuwangi,
      { before: new Date('2100-01-01') },
      (finding) => findings.push(finding),
    );
    expect(findings).toEqual([]);
    expect(other.rows).toBeGreaterThanOrEqual(2333);
  });

  it('finds a row that came below everything that was sealed, and one after a leap of the sequence', async () => {
    const insert = (seq: string) =>
      admin.query(
        `insert into audit_log (library_id, id, at, actor_kind, action, subject_kind, seq) overriding system value
         values (${library.id}, gen_random_uuid(), now(), 'system', 'setting.change', 'setting', ${seq})`,
      );
    await insert('-5');
    await insert('(select max(seq) + 4000000000 from audit_log)');
    await sealWaiting(database.db);
    expect(await verify()).toMatchObject([{ problem: 'unsealed', waiting: { count: 1 } }]);
    await sweepAudit(database.db);
    expect(await findUnsealedAudit(database.db, '9223372036854775807', 10)).toBeNull();
    await sealWaiting(database.db);
    expect(await verify()).toEqual([]);
  });

  it('is looked through by the job when it begins, whatever the clock does', async () => {
    let now = new Date('2026-03-02T02:00:00Z');
    const seal = openSealing(
      database.db,
      () => now,
      () => true,
    );
    const hide = `update audit_head set seq = (select max(seq) from audit_log)`;
    await add();
    await admin.query(hide);
    await seal();
    expect(await verify()).toEqual([]);
    await add();
    await admin.query(hide);
    await seal();
    expect(await verify()).toHaveLength(1);
    now = new Date('2026-03-01T02:00:00Z');
    await seal();
    expect(await verify()).toEqual([]);
  });

  it('is out of reach of the service’s own role', async () => {
    await add();
    await sealWaiting(database.db);
    const app = new pg.Client(database.addresses.app);
    await app.connect();
    await app.query(`select set_config('app.library_id', '${library.id}', false)`);
    for (const statement of [
      ...['audit_seal', 'audit_leaf'].flatMap((table) => [
        `update ${table} set n = n + 1`,
        `delete from ${table}`,
        `truncate ${table}`,
        `insert into ${table} table ${table}`,
        `alter table ${table} disable row level security`,
      ]),
      'update audit_log set purpose = null',
      'delete from audit_log',
      'update audit_head set seq = 0',
      'delete from audit_gap',
      'insert into audit_gap values (1, now())',
      'set role daftar_search',
      `create or replace function seal_audit(p_most int) returns table (sealed int, more boolean)
         language sql as $$ select 0, false $$`,
      'drop function seal_audit(int)',
    ])
      await expect(app.query(statement), statement).rejects.toThrow(
        /permission denied|must be owner|must be able to/,
      );
    await app.end();
    const { rows } = await admin.query<{ owner: string; definer: boolean }>(
      `select proowner::regrole::text as owner, prosecdef as definer from pg_proc where proname = 'seal_audit'`,
    );
    expect(rows).toEqual([{ owner: 'daftar_search', definer: true }]);
    expect(await verify()).toEqual([]);
  });

  it('tells of everything that somebody with all rights changes', async () => {
    for (let n = 0; n < 5; n++) {
      for (let row = 0; row < 3; row++) await add(`keperluan ${n} ${row}`, ['name', 'nik'], `s${n}`);
      await sealWaiting(database.db);
    }
    await keep();
    expect(await verify()).toEqual([]);
    const { rows: seals } = await admin.query<{ n: number; digest: string }>(
      `select n, encode(digest, 'hex') as digest from audit_seal where library_id = ${library.id} order by n`,
    );
    const { rows: leaves } = await admin.query<{ n: number; pos: number; id: string }>(
      `select n, pos, audit_id::text as id from audit_leaf where library_id = ${library.id} order by n, pos`,
    );
    const at = `library_id = ${library.id}`;
    const problems = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        fc.integer({ min: 0, max: TAMPERINGS.length - 1 }),
        async (one, other, kind) => {
          const leaf = leaves[one % leaves.length];
          const second = leaves[(one + 1 + (other % (leaves.length - 1))) % leaves.length];
          const tampering = TAMPERINGS[kind];
          if (!leaf || !second || !tampering) throw new Error('no rows');
          for (const statement of tampering(at, leaf, second, one)) await admin.query(statement);
          const found = await verify();
          expect(found, tampering(at, leaf, second, one).join('; ')).not.toEqual([]);
          for (const { problem } of found) problems.add(problem);
          await putBack();
        },
      ),
      {
        numRuns: 60,
        // Each of them once at least.
        examples: TAMPERINGS.map((_, kind): [number, number, number] => [kind * 7 + 1, kind, kind]),
      },
    );
    expect([...problems].sort()).toEqual([
      'count-wrong',
      'link-broken',
      'places-without-seal',
      'row-changed',
      'row-gone',
      'seal-changed',
      'seals-missing',
      'unsealed',
    ]);
    expect(await verify()).toEqual([]);
    // Who rewrites the whole chain as well is found by an anchor that was printed before.
    const [last] = seals.slice(-1);
    expect(await findAnchor(database.db, library.id, last?.digest ?? '')).toMatchObject({ n: last?.n });
    await admin.query(`update audit_log set purpose = 'lain' where ${at} and id = '${leaves[0]?.id}'`);
    await admin.query(`delete from audit_leaf where ${at}`);
    await admin.query(`delete from audit_seal where ${at}`);
    await sweepAudit(database.db);
    await sealWaiting(database.db);
    expect(await verify()).toEqual([]);
    expect(await findAnchor(database.db, library.id, last?.digest ?? '')).toBeUndefined();
  }, 180_000);

  it('is looked through by its indexes, also in a session that began when it was small', async () => {
    const read = async (): Promise<number> => {
      await admin.query('select pg_stat_force_next_flush()');
      const { rows } = await admin.query<{ read: string }>(
        `select seq_tup_read as read from pg_stat_user_tables where relname = 'audit_leaf'`,
      );
      return Number(rows[0]?.read);
    };
    const lookThrough = async (): Promise<void> => {
      await admin.query('select find_unsealed_audit(-9223372036854775808, 5000)');
      await admin.query('select seal_audit(5000)');
    };
    for (const table of TABLES) await admin.query(`vacuum (full, analyze) ${table}`);
    // A plan is kept from the sixth time on.
    for (let n = 0; n < 7; n++) await lookThrough();
    await admin.query(
      `insert into audit_log (library_id, id, at, actor_kind, action, subject_kind)
       select $1, gen_random_uuid(), now(), 'system', 'setting.change', 'setting' from generate_series(1, 2000)`,
      [library.id],
    );
    await admin.query('select seal_audit(5000)');
    const before = await read();
    await lookThrough();
    // A few looks through all of it at most, not one for each row.
    expect((await read()) - before).toBeLessThan(100_000);
    expect(await verify()).toEqual([]);
  });

  it('goes on being sealed while the job looks through a long log', async () => {
    await admin.query(
      `insert into audit_log (library_id, id, at, actor_kind, action, subject_kind)
       select $1, gen_random_uuid(), now(), 'system', 'setting.change', 'setting' from generate_series(1, 10001)`,
      [library.id],
    );
    await sweepAudit(database.db);
    await sealWaiting(database.db);
    // Below all others: found by the first portion of the sweep, of three at least.
    await admin.query(
      `insert into audit_log (library_id, id, at, actor_kind, action, subject_kind, seq) overriding system value
       values ($1, gen_random_uuid(), now(), 'system', 'setting.change', 'setting', -70)`,
      [library.id],
    );
    expect(await verify()).toHaveLength(1);
    // The process is told to stop when the second portion would begin: sealing, one portion, sealing.
    let steps = 3;
    await openSealing(
      database.db,
      () => new Date('2026-03-02T02:00:00Z'),
      () => steps-- > 0,
    )();
    expect(await verify()).toEqual([]);
  });
});

interface Place {
  readonly n: number;
  readonly pos: number;
  readonly id: string;
}

/** Statements of a superuser against the chain of one library, at one place or two. */
const TAMPERINGS: readonly ((at: string, one: Place, other: Place, seed: number) => string[])[] = [
  // A row is rewritten, column by column.
  (at, { id }, _other, seed) => {
    const values: Readonly<Record<string, string>> = {
      at: `at + interval '1 microsecond'`,
      actor_kind: `actor_kind || 'x'`,
      actor_id: 'gen_random_uuid()',
      action: `action || 'x'`,
      subject_kind: `subject_kind || 'x'`,
      subject_id: `coalesce(subject_id, '') || 'x'`,
      fields: `fields || array['x']`,
      purpose: `coalesce(purpose, '') || 'x'`,
      digest: `coalesce(digest, '') || '\\x01'`,
      request_id: `coalesce(request_id, '') || 'x'`,
      seq: 'seq + 1000000',
    };
    const [column = '', value = ''] = Object.entries(values)[seed % Object.keys(values).length] ?? [];
    return [`update audit_log set ${column} = ${value} where ${at} and id = '${id}'`];
  },
  // A word moves from one field of a list into the next.
  (at, { id }) => [
    `update audit_log set fields = array['x' || coalesce(fields[1], '')] where ${at} and id = '${id}'`,
  ],
  // A row is deleted, with its place, and with those behind it moved up.
  (at, { id }) => [`delete from audit_log where ${at} and id = '${id}'`],
  (at, { id }) => [
    `delete from audit_log where ${at} and id = '${id}'`,
    `delete from audit_leaf where ${at} and audit_id = '${id}'`,
  ],
  (at, { n, pos, id }) => [
    `delete from audit_log where ${at} and id = '${id}'`,
    `delete from audit_leaf where ${at} and audit_id = '${id}'`,
    `update audit_leaf set pos = -pos where ${at} and n = ${n} and pos > ${pos}`,
    `update audit_leaf set pos = -pos - 1 where ${at} and n = ${n} and pos < 0`,
    `update audit_seal set rows = rows - 1 where ${at} and n = ${n}`,
    `update audit_seal set total = total - 1 where ${at} and n >= ${n}`,
  ],
  // A row is added: to the log alone, and into a seal.
  (at, { id }) => [forged(at, id, 'gen_random_uuid()')],
  (at, { n, id }) => [
    forged(at, id, `'01890000-0000-7000-8000-00000000ffff'`),
    `insert into audit_leaf select library_id, ${n},
       (select max(pos) + 1 from audit_leaf where ${at} and n = ${n}), id, audit_row_digest(a)
       from audit_log a where ${at} and id = '01890000-0000-7000-8000-00000000ffff'`,
    `update audit_seal set rows = rows + 1 where ${at} and n = ${n}`,
    `update audit_seal set total = total + 1 where ${at} and n >= ${n}`,
  ],
  // A row is rewritten with the digest of its place.
  (at, { id }) => [
    `update audit_log set purpose = 'lain' where ${at} and id = '${id}'`,
    `update audit_leaf l set digest = audit_row_digest(a) from audit_log a
       where l.audit_id = a.id and l.library_id = a.library_id and a.id = '${id}'`,
  ],
  // Two rows change places, in one seal or between two.
  (at, one, other) => [
    `update audit_leaf set pos = -1 where ${at} and audit_id = '${one.id}'`,
    `update audit_leaf set n = ${one.n}, pos = ${one.pos} where ${at} and audit_id = '${other.id}'`,
    `update audit_leaf set n = ${other.n}, pos = ${other.pos} where ${at} and audit_id = '${one.id}'`,
  ],
  // Two seals change places, with their rows.
  (at, one, other) => {
    const [a, b] = one.n === other.n ? [one.n, one.n === 1 ? 2 : one.n - 1] : [one.n, other.n];
    return ['audit_seal', 'audit_leaf'].flatMap((table) => [
      `update ${table} set n = -1 where ${at} and n = ${a}`,
      `update ${table} set n = ${a} where ${at} and n = ${b}`,
      `update ${table} set n = ${b} where ${at} and n = -1`,
    ]);
  },
  // A seal is taken away: alone, with its places, with its rows.
  (at, { n }) => [`delete from audit_seal where ${at} and n = ${n}`],
  (at, { n }) => [
    `delete from audit_seal where ${at} and n = ${n}`,
    `delete from audit_leaf where ${at} and n = ${n}`,
  ],
  (at) => [
    `delete from audit_log where ${at} and id in (select audit_id from audit_leaf where ${at} and n = 2)`,
    `delete from audit_leaf where ${at} and n = 2`,
    `delete from audit_seal where ${at} and n = 2`,
    // Over the negative numbers: places are unique while a statement runs, in whatever order it meets them.
    ...['audit_leaf', 'audit_seal'].flatMap((table) => [
      `update ${table} set n = -n where ${at} and n > 2`,
      `update ${table} set n = -n - 1 where ${at} and n < 0`,
    ]),
  ],
  // The time of a seal is changed; its digest; what it follows.
  (at, { n }) => [`update audit_seal set sealed_at = sealed_at - interval '1 day' where ${at} and n = ${n}`],
  (at, { n }) => [`update audit_seal set digest = sha256('x') where ${at} and n = ${n}`],
  (at, { n }) => [`update audit_seal set prev = sha256('x') where ${at} and n = ${n}`],
];

/** A row like another one, as somebody would slip it in. */
function forged(at: string, like: string, id: string): string {
  return `insert into audit_log (library_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, fields)
    select library_id, ${id}, at, actor_kind, actor_id, action, subject_kind, subject_id, fields
    from audit_log where ${at} and id = '${like}'`;
}
