import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { migrate, readApplied } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations/index.ts';
import type { Migration } from '../../src/db/migrations/migration.ts';
import type { RoleAddress } from '../support/postgres-server.ts';

const first: Migration = { id: 1, name: 'shelf', up: 'create table shelf (id int primary key)' };
const second: Migration = {
  id: 2,
  name: 'book',
  up: `create table book (id int primary key); insert into book values (1); select pg_sleep(0.3)`,
};
const broken: Migration = { id: 3, name: 'broken', up: 'create table half (id int); select 1 / 0' };

let owner: RoleAddress;
let name: string;

beforeEach(async () => {
  name = `migrate_${randomBytes(5).toString('hex')}`;
  await asAdmin(`create database ${name} owner daftar_owner`);
  owner = { ...inject('testDatabase').addresses.owner, database: name };
});
afterEach(() => asAdmin(`drop database ${name} with (force)`));

async function asAdmin(text: string): Promise<void> {
  const client = new pg.Client({ ...inject('testDatabase').addresses.admin, database: 'postgres' });
  await client.connect();
  await client.query(text);
  await client.end();
}

async function query<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

test('a new database gets every step, a current one none', async () => {
  expect(await migrate(owner, { migrations: [first, second] })).toEqual({
    ok: true,
    applied: [1, 2],
    version: 2,
  });
  expect(await migrate(owner, { migrations: [first, second] })).toEqual({
    ok: true,
    applied: [],
    version: 2,
  });
});

test('a database in use is backed up once before it is upgraded, a new one is not', async () => {
  let backups = 0;
  const beforeUpgrade = async (): Promise<void> => {
    backups += 1;
    expect(await query('select * from schema_migration')).toHaveLength(1);
  };
  await migrate(owner, { migrations: [first], beforeUpgrade });
  expect(backups).toBe(0);
  await migrate(owner, { migrations: [first, second], beforeUpgrade });
  expect(backups).toBe(1);
});

test('when the backup fails nothing is upgraded', async () => {
  await migrate(owner, { migrations: [first] });
  const beforeUpgrade = (): Promise<void> => Promise.reject(new Error('disk full'));
  await expect(migrate(owner, { migrations: [first, second], beforeUpgrade })).rejects.toThrow('disk full');
  expect(await query('select id from schema_migration')).toEqual([{ id: 1 }]);
});

test('a failing step leaves no trace, the steps before it stay', async () => {
  await expect(migrate(owner, { migrations: [first, second, broken] })).rejects.toThrow(
    'schema step 3 (broken)',
  );
  expect(await query('select id from schema_migration order by id')).toEqual([{ id: 1 }, { id: 2 }]);
  expect(await query(`select to_regclass('half') as half`)).toEqual([{ half: null }]);
});

test('several processes starting at once apply each step once', async () => {
  const results = await Promise.all(
    Array.from({ length: 4 }, () => migrate(owner, { migrations: [first, second] })),
  );
  const applied = results.flatMap((result) => (result.ok ? [...result.applied] : []));
  expect(applied.sort()).toEqual([1, 2]);
});

test('an older program refuses a database that a newer one upgraded', async () => {
  await migrate(owner, { migrations: [first, second] });
  expect(await migrate(owner, { migrations: [first] })).toEqual({
    ok: false,
    reason: 'schema-newer',
    found: 2,
    known: 1,
  });
});

test('a program whose released step reads differently refuses the database', async () => {
  await migrate(owner, { migrations: [first] });
  const changed: Migration = { ...first, up: `${first.up};` };
  expect(await migrate(owner, { migrations: [changed, second] })).toMatchObject({
    reason: 'migration-changed',
    id: 1,
  });
});

test('an older schema can be made for an older backup', async () => {
  expect(await migrate(owner, { migrations: [first, second], upTo: 1 })).toMatchObject({
    applied: [1],
    version: 1,
  });
});

test('a role that only uses the tables cannot be asked to upgrade them', async () => {
  await migrate(owner, { migrations: [first] });
  await asAdmin(`grant connect on database ${name} to daftar_app`);
  const app = { ...inject('testDatabase').addresses.app, database: name };
  expect(await migrate(app, { migrations: [first] })).toEqual({ ok: true, applied: [], version: 1 });
  expect(await migrate(app, { migrations: [first, second] })).toEqual({ ok: false, reason: 'not-owner' });
});

test('what was applied is on record with its checksum', async () => {
  await migrate(owner, { migrations: [first] });
  const client = new pg.Client(owner);
  await client.connect();
  const applied = await readApplied(client);
  await client.end();
  expect(applied).toEqual([{ id: 1, name: 'shelf', checksum: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
});

test('an installation of before the feed keeps its exports and settings, and none of them counts as fed', async () => {
  expect(await migrate(owner, { migrations, upTo: 6 })).toMatchObject({ ok: true, version: 6 });
  const exports = 'select id, target, state, sent from export order by id';
  const inFirst = `set app.library_id = '1';`;
  await query(
    `insert into library (id, slug, name, timezone, created_at)
    values (1, 'lama', 'Perpustakaan Lama', 'Asia/Jakarta', now())`,
  );
  await query(`${inFirst} insert into export
    (library_id, id, target, changed_only, state, identity_numbers, sent, started_at, finished_at)
    select 1, gen_random_uuid(), 'slims', false, 'done', false, 12, now(), now() from generate_series(1, 3)`);
  const before = await queryIn(inFirst, exports);
  expect(before).toHaveLength(3);
  const upgraded = await migrate(owner, { migrations });
  expect(upgraded).toMatchObject({ ok: true, version: migrations.at(-1)?.id });
  expect(await queryIn(inFirst, exports)).toEqual(before);
  expect(await queryIn(inFirst, 'select distinct feed from export')).toEqual([{ feed: false }]);
  expect(await queryIn(inFirst, 'select target from feed')).toEqual([]);
  // A feed to Koha without its secret, and a file without its token, are no feeds.
  const half = `insert into feed (library_id, target, made_at, made_by) values (1, 'TARGET', now(), gen_random_uuid())`;
  for (const target of ['koha-rest', 'slims'])
    await expect(queryIn(inFirst, half.replace('TARGET', target))).rejects.toThrow('check constraint');
});

test('an installation of before gets WhatsApp and SMS off, and the standard consent to messages names e-mail in a new version', async () => {
  expect(await migrate(owner, { migrations, upTo: 33 })).toMatchObject({ ok: true });
  const standard = {
    id: 'Perpustakaan boleh mengirim pesan kepada saya melalui WhatsApp, SMS, atau surel.',
    en: 'The library may send me messages by WhatsApp, SMS or e-mail.',
  };
  const own = { id: 'Boleh lewat WhatsApp.', en: 'By WhatsApp.' };
  const texts = [standard, own, standard];
  const photo = { purpose: 'photo_on_card', text: own };
  for (const [index, text] of texts.entries()) {
    const id = index + 1;
    await query(
      `insert into library (id, slug, name, timezone, created_at)
      values (${id}, 'lama-${id}', 'Perpustakaan Lama', 'Asia/Jakarta', now())`,
    );
    const consents = { version: '2025-3', items: [photo, { purpose: 'messages', text }] };
    const inLibrary = `set app.library_id = '${id}';`;
    await queryIn(
      inLibrary,
      `insert into setting (library_id, name, value, updated_at)
      values (${id}, 'consents', '${JSON.stringify(consents)}', now())`,
    );
    // The third has not kept yet what people were shown.
    if (id !== 3)
      await queryIn(
        inLibrary,
        `insert into consent_text (library_id, version, purpose, lang, content, digest, kept_at)
        values (${id}, '2025-3', 'messages', 'id', '${text.id}', sha256('x'), now())`,
      );
  }
  expect(await migrate(owner, { migrations })).toMatchObject({ ok: true });
  const year = new Date().getUTCFullYear();
  for (const [index, text] of texts.entries()) {
    const inLibrary = `set app.library_id = '${index + 1}';`;
    const settings = `select name, value from setting order by name`;
    const changed = index === 0;
    const now = {
      id: 'Perpustakaan boleh mengirim pesan kepada saya melalui surel.',
      en: expect.any(String),
    };
    expect(await queryIn(inLibrary, settings)).toEqual([
      {
        name: 'consents',
        value: {
          version: changed ? expect.stringMatching(new RegExp(`^${year}-[1-9]$`)) : '2025-3',
          items: [photo, { purpose: 'messages', text: changed ? now : text }],
        },
      },
      {
        name: 'sms',
        value: { enabled: false, gateway: '', most: 200, numberHour: 3, numberDay: 6 },
      },
      { name: 'whatsApp', value: { enabled: false } },
    ]);
  }
});

/** In one session, whose setting row-level security reads. */
async function queryIn<T extends pg.QueryResultRow>(setting: string, text: string): Promise<T[]> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    await client.query(setting);
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

test('what was held without a day in an installation of before comes back to the list a year after its answer, and in no less than 90 days', async () => {
  expect(await migrate(owner, { migrations, upTo: 41 })).toMatchObject({ ok: true });
  await query(
    `insert into library (id, slug, name, timezone, created_at)
      values (1, 'lama', 'Perpustakaan Lama', 'Asia/Jakarta', now())`,
  );
  const inLibrary = `set app.library_id = '1';`;
  const held = (n: number, decided: string, until: string) =>
    queryIn(
      inLibrary,
      `insert into rights_request (library_id, id, application_id, kind, channel, received_at, due_at, state, reason, decided_at, held_until)
      values (1, '0190a000-0000-7000-8000-00000000000${n}', gen_random_uuid(), 'erase', 'desk', '2025-05-01', '2025-05-04', 'held', 'archive',
        ${decided}, ${until})`,
    );
  const [days] = await queryIn<{ soonest: string; year: string }>(
    inLibrary,
    `select (current_date + 90)::text as soonest, ((now() - interval '30 days') + interval '1 year')::date::text as year`,
  );
  await held(1, `'2025-05-02 08:00Z'`, 'null');
  await held(2, `now() - interval '30 days'`, 'null');
  await held(3, 'null', 'null');
  await held(4, `'2025-05-02 08:00Z'`, `'2026-01-01'`);
  expect(await migrate(owner, { migrations })).toMatchObject({ ok: true });
  expect(await queryIn(inLibrary, 'select held_until::text as day from rights_request order by id')).toEqual([
    { day: days?.soonest },
    { day: days?.year },
    { day: days?.soonest },
    { day: '2026-01-01' },
  ]);
  await expect(held(5, 'now()', 'null')).rejects.toThrow(/rights_request_hold_day/);
});
