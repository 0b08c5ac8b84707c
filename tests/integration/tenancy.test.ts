import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Tables that belong to no library, named in design.md §4, and those of the sealing, which the app cannot read. */
const SHARED = [
  'backup_run',
  'data_key_holder',
  'installation',
  'library',
  'rate_window',
  'region',
  'schema_migration',
  'audit_head',
  'audit_gap',
];

interface Column {
  readonly name: string;
  readonly type: string;
}

let database: TestDatabase;
let admin: pg.Client;
let app: pg.Client;
let tables: ReadonlyMap<string, readonly Column[]>;
let home: number;
let other: number;

beforeAll(async () => {
  database = await createTestDatabase();
  home = database.libraryIds.banyuwangi;
  other = database.libraryIds.jateng;
  admin = new pg.Client(database.addresses.admin);
  app = new pg.Client(database.addresses.app);
  await Promise.all([admin.connect(), app.connect()]);
  tables = await readTables();
  for (const [table, columns] of tables) await fill(table, columns);
});
afterAll(async () => {
  await Promise.all([admin.end(), app.end()]);
  await database.drop();
});

/** Every table but the shared ones, with its columns; read from the catalogue, so that no new table is forgotten. */
async function readTables(): Promise<Map<string, Column[]>> {
  const { rows } = await admin.query<{ table: string; name: string; type: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1, a.attnum`,
  );
  const found = new Map<string, Column[]>();
  for (const { table, name, type } of rows) {
    if (SHARED.includes(table)) continue;
    found.set(table, [...(found.get(table) ?? []), { name, type }]);
  }
  return found;
}

/** Puts a row of each library into a table, as superuser with checks of values off, so that there is something to steal. */
async function fill(table: string, columns: readonly Column[]): Promise<void> {
  const { rows } = await admin.query<{ library_id: number }>(`select distinct library_id from ${table}`);
  const checks = await admin.query<{ name: string }>(
    `select conname as name from pg_constraint where conrelid = '${table}'::regclass and contype = 'c'`,
  );
  await admin.query('begin');
  for (const { name } of checks.rows) await admin.query(`alter table ${table} drop constraint ${name}`);
  for (const library of [home, other]) {
    if (rows.some((row) => row.library_id === library)) continue;
    const values = columns.map(({ name, type }) =>
      name === 'library_id' ? String(library) : sample(type, library),
    );
    await admin.query(
      `insert into ${table} (${columns.map((column) => column.name).join(', ')}) overriding system value values (${values.join(', ')})`,
    );
  }
  await admin.query('commit');
}

function sample(type: string, library: number): string {
  switch (type) {
    case 'uuid':
      return 'gen_random_uuid()';
    case 'bytea':
      return `'\\x${String(library).padStart(32, '0')}'`;
    case 'boolean':
      return 'true';
    case 'jsonb':
      return `'{}'`;
    case 'date':
      return `'1990-01-01'`;
    case 'timestamp with time zone':
      return 'now()';
    case 'text[]':
      return `array['siti contoh']`;
    case 'uuid[]':
      return 'array[gen_random_uuid()]';
    case 'integer[]':
      return 'array[1]';
    case 'integer':
    case 'bigint':
    case 'smallint':
    case 'double precision':
      return '1';
    default:
      return `'siti contoh'`;
  }
}

/** Runs one statement as the app inside `home` and rolls it back; the rows, or the error. */
async function asHome(
  text: string,
  values: readonly unknown[] = [],
): Promise<{ rows: Record<string, unknown>[]; count: number } | { error: string }> {
  await app.query('begin');
  try {
    await app.query(`select set_config('app.library_id', $1, true)`, [String(home)]);
    const result = await app.query<Record<string, unknown>>(text, [...values]);
    return { rows: result.rows, count: result.rowCount ?? 0 };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    await app.query('rollback');
  }
}

describe('one library and another in the same database', () => {
  it('every table is keyed by library first and closed by forced row-level security', async () => {
    const { rows } = await admin.query<{
      table: string;
      forced: boolean;
      first: string | null;
      policies: number;
    }>(
      `select c.relname as table, c.relrowsecurity and c.relforcerowsecurity as forced,
         (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
          where i.indrelid = c.oid and i.indisprimary) as first,
         (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    );
    const tenant = rows.filter((row) => !SHARED.includes(row.table));
    expect(tenant.length).toBeGreaterThan(25);
    expect(tenant.filter((row) => !row.forced || row.first !== 'library_id' || row.policies < 1)).toEqual([]);
    expect(tenant.every((row) => tables.has(row.table))).toBe(true);
  });

  it('the app connects as a role that owns nothing and bypasses nothing', async () => {
    const { rows } = await app.query<{ super: boolean; bypass: boolean; owns: number }>(
      `select r.rolsuper as super, r.rolbypassrls as bypass,
         (select count(*)::int from pg_class where relowner = r.oid) as owns from pg_roles r where rolname = current_user`,
    );
    expect(rows[0]).toEqual({ super: false, bypass: false, owns: 0 });
  });

  it('no query of any shape on any table returns or changes a row of another library', async () => {
    const table = fc.constantFrom(...tables.keys());
    const shape = fc.constantFrom(
      'select',
      'true',
      'explicit',
      'join',
      'aggregate',
      'update',
      'delete',
      'insert',
      'move',
      'subquery',
    );
    await fc.assert(
      fc.asyncProperty(table, table, shape, async (one, two, attack) => {
        const columns = tables.get(one) ?? [];
        const names = columns.map((column) => column.name).join(', ');
        const stolen = columns
          .map(({ name, type }) => (name === 'library_id' ? String(other) : sample(type, 9)))
          .join(', ');
        const statements: Record<typeof attack, string> = {
          select: `select library_id from ${one}`,
          true: `select library_id from ${one} where library_id = ${other} or true`,
          explicit: `select library_id from ${one} where library_id = ${other}`,
          join: `select b.library_id from ${one} a cross join ${two} b`,
          aggregate: `select distinct library_id from ${one} union select max(library_id) from ${two} having max(library_id) is not null`,
          update: `update ${one} set library_id = library_id where library_id = ${other} returning library_id`,
          delete: `delete from ${one} where library_id = ${other} returning library_id`,
          insert: `insert into ${one} (${names}) values (${stolen}) returning library_id`,
          move: `update ${one} set library_id = ${other} returning library_id`,
          subquery: `select (select count(*)::int from ${one} where library_id = ${other}) as n`,
        };
        const result = await asHome(statements[attack]);
        if ('error' in result) {
          expect(result.error).toMatch(/row-level security|permission denied|violates|duplicate key/);
          return;
        }
        if (attack === 'subquery') expect(result.rows[0]?.n).toBe(0);
        else if (attack === 'insert' || attack === 'move') expect(result.count).toBe(0);
        else
          expect(result.rows.filter((row) => row.library_id !== null && row.library_id !== home)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('the search functions find nothing of another library, whatever they are asked', async () => {
    const { rows: functions } = await admin.query<{ name: string }>(
      `select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`,
    );
    // A new definer function needs an attack of its own below.
    expect(functions.map((one) => one.name)).toEqual([
      'feeds_due',
      // Take no library and tell none: how many rows, and where to go on (audit-chain.test.ts).
      'find_unsealed_audit',
      'forget_words',
      // Takes no library and tells of none: whether the index of what members are found by gathers what is new.
      'gather_member_keys',
      'keep_audit_sent',
      'libraries_with_mail',
      'libraries_with_sign_on',
      'libraries_with_webhooks',
      'member_candidates',
      'member_search',
      'refresh_import_statistics',
      'seal_audit',
    ]);
    // Told to empty the history of another library, it empties nothing.
    const wordsThere = () =>
      admin.query(
        `select md5(string_agg(member_event::text, '' order by id)) as words from member_event where library_id = $1`,
        [other],
      );
    const before = (await wordsThere()).rows;
    const { rows: people } = await admin.query<{ id: string }>(
      'select id from member where library_id = $1',
      [other],
    );
    await asHome('select forget_words($1::uuid[])', [people.map(({ id }) => id)]);
    expect((await wordsThere()).rows).toEqual(before);
    // Told how far the log of another library was sent, it says so of none but the own.
    const sentThere = async () =>
      (await admin.query('select n, at from audit_sent where library_id = $1', [other])).rows;
    const sentBefore = await sentThere();
    expect(sentBefore).toHaveLength(1);
    const { rows: seals } = await admin.query<{ n: number }>('select distinct n from audit_seal');
    expect(seals.length).toBeGreaterThan(0);
    for (const { n } of seals) await asHome('select keep_audit_sent($1, now())', [n]);
    expect(await sentThere()).toEqual(sentBefore);
    // Asked for nothing and answering nothing; statistics of rows are shown to their readers only.
    expect(await asHome('select refresh_import_statistics() as told', [])).toMatchObject({
      rows: [{ told: '' }],
    });
    // With who stands for them: a search names those.
    const idsOf = async (library: number) => {
      const { rows } = await admin.query<{ id: string }>(
        `select id from member where library_id = $1
          union select merged_into from member where library_id = $1 and merged_into is not null`,
        [library],
      );
      return rows.map((row) => row.id).sort();
    };
    const [theirs, ours] = [await idsOf(other), await idsOf(home)];
    expect(theirs.length).toBeGreaterThan(0);
    const hash = Buffer.from(String(other).padStart(32, '0'), 'hex');
    const found = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('siti contoh', 'siti', '%', "' or true --", '', 'contoh siti'),
        fc.constantFrom<string | null>('1990-01-01', null),
        fc.constantFrom<string | null>('siti contoh', null),
        fc.boolean(),
        // Every member above has the key 1: as if two libraries shared it.
        fc.constantFrom([1], [1, 2], []),
        async (name, birth, phone, wild, keys) => {
          const candidates = await asHome(
            'select member_id from member_candidates($1::int[], $1::int[]::float8[], 4, $2, $3, 100)',
            [keys, [hash], phone],
          );
          const search = await asHome('select member_id from member_search($1, $2, $3, $4, $5, $6, 100)', [
            keys,
            wild ? ['%'] : [`%${name}%`],
            wild,
            wild ? '%' : null,
            phone,
            birth,
          ]);
          for (const result of [candidates, search]) {
            if ('error' in result) throw new Error(result.error);
            for (const row of result.rows) found.add(String(row.member_id));
          }
        },
      ),
      { numRuns: 100 },
    );
    expect([...found].filter((id) => theirs.includes(id) && !ours.includes(id))).toEqual([]);
    expect([...found].sort()).toEqual(ours);
  });

  it('the job learns which libraries have work for it, and nothing of it', async () => {
    const { rows: registry } = await admin.query<{ id: number }>('select id from library');
    const later = `now() + interval '1 day'`;
    for (const call of [
      `feeds_due(${later})`,
      `libraries_with_mail(${later})`,
      `libraries_with_webhooks(${later})`,
      'libraries_with_sign_on()',
    ]) {
      const result = await asHome(`select * from ${call}`);
      if ('error' in result) throw new Error(result.error);
      for (const row of result.rows) {
        expect(Object.keys(row)).toEqual(
          call.startsWith('feeds_due') ? ['library_id', 'target'] : ['library_id'],
        );
        expect(registry.map((one) => one.id)).toContain(row.library_id);
      }
    }
    const { rows } = await admin.query<{ readable: boolean }>(
      `select bool_or(has_column_privilege('daftar_search', 'feed', column_name, 'select')) as readable
       from unnest(array['url', 'account', 'secret', 'token_hash']) as column_name`,
    );
    expect(rows).toEqual([{ readable: false }]);
    const provider = await admin.query<{ readable: boolean }>(
      `select bool_or(has_column_privilege('daftar_search', 'sign_on_provider', column_name, 'select')) as readable
       from unnest(array['issuer', 'client_id', 'client_secret']) as column_name`,
    );
    expect(provider.rows).toEqual([{ readable: false }]);
    const { rows: ofWebhooks } = await admin.query<{ readable: boolean }>(
      `select bool_or(has_column_privilege('daftar_search', split_part(name, '.', 1), split_part(name, '.', 2), 'select'))
         as readable from unnest(array['webhook.url', 'webhook.secret', 'webhook.old_secret', 'webhook.name',
           'webhook_message.number', 'webhook_message.member_id', 'webhook_message.subject']) as name`,
    );
    expect(ofWebhooks).toEqual([{ readable: false }]);
  });

  it('without a library nothing is seen at all', async () => {
    for (const table of tables.keys()) {
      const { rows } = await app.query<{ n: number }>(`select count(*)::int as n from ${table}`);
      expect(rows[0]?.n, table).toBe(0);
    }
  });

  it('history can be added to, never rewritten', async () => {
    for (const table of ['audit_log', 'application_event', 'member_event', 'card_event', 'revision']) {
      expect(await asHome(`delete from ${table}`), table).toMatchObject({
        error: expect.stringContaining('permission denied'),
      });
      expect(await asHome(`update ${table} set library_id = library_id`), table).toMatchObject({
        error: expect.stringContaining('permission denied'),
      });
    }
    // What a Kepala Bidang checked is signed or withdrawn, but its figures and its checker stay.
    for (const column of ['figures', 'digest', 'checked_by', 'checked_name', 'month', 'revision'])
      expect(await asHome(`update monthly_report set ${column} = ${column}`), column).toMatchObject({
        error: expect.stringContaining('permission denied'),
      });
    expect(await asHome('delete from monthly_report')).toHaveProperty('error');
  });
});
