import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { readKey, saveRing, settleKey } from '../../src/db/key-file.ts';
import { holdKeys, listHolders } from '../../src/db/key-holders.ts';
import { activeKey, parseRing, ringOfRoot, wrapLookups } from '../../src/db/key-ring.ts';
import { countSealedBy, SEALED_TABLES } from '../../src/db/sealed-columns.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { openVault, type SecretKind, UnknownKeyError, type Vault } from '../../src/db/vault.ts';
import type { LibraryId } from '../../src/domain/ids.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import type { KeyStep, KeyWork } from '../../src/usecases/key-work.ts';
import { forgetDataKey, rotateDataKey } from '../../src/usecases/rotate-keys.ts';
import { forgetRoot, rotateRoot } from '../../src/usecases/rotate-root.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';
import { openAll } from '../support/sealed.ts';

/** Columns of bytes that hold no sealed value: keyed hashes, digests, public keys, and what a person's key has sealed. */
const NOT_SEALED = [
  /\.\w*(hash|digest|submit_key)$/,
  /^(audit_seal|audit_leaf)\.\w+$/,
  /^(import_row|member)\.nik_slots$/,
  /^library_key\.(key_id|public_key)$/,
  /^(member_)?passkey\.(id|public_key)$/,
  /^rate_window\.key$/,
  // Random, for hashes whose input takes a key already.
  /^recovery_code\.salt$/,
  // Random; what is made of it takes the library's key.
  /^one_time_code\.seed$/,
  /^(revision|member_merge|audit_words)\.content$/,
  /^revision\.evidence_words$/,
  /^application\.decision_note$/,
  /^rights_request\.words$/,
];
const DRAFTS = 1_300;

let database: TestDatabase;
let dataDir: string;
let client: pg.Client;
let admin: pg.Client;
let library: LibraryContext;
/** Of the running service: it reads the same file. */
let deps: ReturnType<typeof testDeps> & { vault: Vault };
const steps: KeyStep[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'rotate-'));
  await saveRing(ringOfRoot(new Uint8Array(32).fill(7), path.join(dataDir, 'keys.json')));
  deps = { ...testDeps(), vault: await vaultHere() };
  client = new pg.Client({ ...database.addresses.owner });
  admin = new pg.Client({ ...database.addresses.admin });
  await Promise.all([client.connect(), admin.connect()]);
  const found = await loadLibrary(database.db, 'jateng', deps.now());
  if (!found) throw new Error('not seeded');
  library = found;
});
afterAll(async () => {
  await Promise.all([client.end(), admin.end()]);
  await rm(dataDir, { recursive: true });
  await database.drop();
});

async function vaultHere(): Promise<Vault> {
  const read = await readKey({ dataDir, dataKey: undefined });
  if (!read.ok) throw new Error(read.reason);
  return read.vault;
}

async function work(signal: AbortSignal = new AbortController().signal): Promise<KeyWork> {
  return {
    dataDir,
    dataKey: undefined,
    owner: database.owner,
    client,
    deps: { ...deps, vault: await vaultHere() },
    signal,
    tell: (step) => steps.push(step),
    waitMs: 2_000,
  };
}

const ring = async () => {
  const read = parseRing(await readFile(path.join(dataDir, 'keys.json'), 'utf8'), null);
  if (!read) throw new Error('no ring');
  return read;
};
const libraries = () => Object.values(database.libraryIds) as LibraryId[];
const scope = () => scopeOfRole(library, deps, ['sub_koordinator']);

const opened = (vault: Vault) => openAll(admin, vault);

async function fill(): Promise<void> {
  // A person who was erased: nothing is left to seal.
  const gone = await memberNamed(database, deps, scope(), 'Contoh Hapus');
  await inLibrary(database.db, library.id, (tx) =>
    erasePeople(tx, deps, scope(), { members: [gone] }, 'request'),
  );
  for (const [index, word] of ['Satu', 'Dua', 'Tiga'].entries()) {
    const id = await memberNamed(database, deps, scope(), `Contoh ${word}`, {
      nik: `990101170590000${index + 1}` as never,
      documentNumber: `990101170590000${index + 1}` as never,
    });
    await givePhoto(database, deps, scope(), id, Buffer.alloc(40_000, index));
  }
  const seal = (kind: SecretKind, text: string) => deps.vault.seal(library.id, kind, text);
  for (let n = 0; n < DRAFTS; n += 100) {
    await inLibrary(database.db, library.id, (tx) =>
      tx
        .insertInto('draft')
        .values(
          Array.from({ length: 100 }, (_, at) => ({
            library_id: library.id,
            id: deps.uuid(deps.now()) as never,
            code_hash: randomBytes(16),
            token_hash: randomBytes(16),
            content: seal('draft', `draft ${n + at}`),
            created_at: deps.now(),
            expires_at: new Date('2027-01-01'),
          })) as never,
        )
        .execute(),
    );
  }
  const importId = deps.uuid(deps.now());
  const rows: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['import_erased', { import_id: importId, n: 1, content: seal('import', 'gone') }],
    ['import_chunk', { import_id: importId, n: 0, bytes: seal('import', 'piece') }],
    [
      'import_row',
      {
        import_id: importId,
        n: 1,
        content: seal('import', 'row'),
        row_hash: randomBytes(16),
        outcome: 'new',
        reasons: [],
      },
    ],
    [
      'api_request',
      {
        client_id: deps.uuid(deps.now()),
        key_hash: randomBytes(16),
        request_hash: randomBytes(16),
        at: deps.now(),
        status: 201,
        answer: seal('api_answer', '{}'),
      },
    ],
    [
      'webhook',
      {
        id: deps.uuid(deps.now()),
        name: 'Contoh',
        url: 'https://penerima.contoh.example',
        inside: false,
        kinds: ['member.created'],
        secret: seal('webhook', 'whsec_new'),
        old_secret: seal('webhook', 'whsec_old'),
        old_until: deps.now(),
        state: 'active',
        state_at: deps.now(),
        expired_to: '2026-03-02',
        created_at: deps.now(),
      },
    ],
    [
      'oidc_key',
      {
        kid: 'one',
        algorithm: 'ES256',
        state: 'active',
        sealed_key: seal('oidc_key', '{}'),
        made_at: deps.now(),
      },
    ],
    [
      'oidc_record',
      {
        model: 'Session',
        id_hash: randomBytes(16),
        content: seal('oidc_record', '{}'),
        ends_at: deps.now(),
      },
    ],
    [
      'correction',
      {
        id: deps.uuid(deps.now()),
        application_id: deps.uuid(deps.now()),
        round: 1,
        fields: ['name'],
        message: seal('message', 'please'),
        requested_at: deps.now(),
        requested_by: deps.uuid(deps.now()),
      },
    ],
    [
      'feed',
      {
        target: 'koha-rest',
        url: 'https://koha.contoh.example',
        access: 'basic',
        account: 'a',
        secret: seal('feed', 'secret'),
        every_minutes: 15,
        next_at: deps.now(),
        made_at: deps.now(),
        made_by: deps.uuid(deps.now()),
      },
    ],
    [
      'sign_on_provider',
      {
        issuer: 'https://sso.contoh.example',
        name: 'Portal',
        client_id: 'a',
        client_secret: seal('sign_on', 'secret'),
        scopes: ['openid'],
        claim: 'nip',
        second_factor: [],
        required: false,
        private_address: false,
        active: true,
        set_at: deps.now(),
        set_by: deps.uuid(deps.now()),
      },
    ],
    [
      'lending_link',
      {
        target: 'slims-db',
        member_id: deps.uuid(deps.now()),
        foreign_id: seal('lending', 'A-0001'),
        state: 'conflict',
        memory: '{}',
        differences: seal('lending', '{}'),
        changed_at: deps.now(),
      },
    ],
  ];
  for (const [table, columns] of rows) {
    const all = { library_id: library.id, ...columns };
    const names = Object.keys(all);
    await admin.query(
      `insert into ${table} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
      Object.values(all),
    );
  }
  await admin.query('update officer set totp_secret = $1 where library_id = $2', [
    seal('totp', 'twenty bytes of a key'),
    library.id,
  ]);
}

it('knows every sealed column of the database', async () => {
  const { rows } = await admin.query<{ name: string }>(
    `select c.table_name || '.' || c.column_name as name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.udt_name = 'bytea' and t.table_type = 'BASE TABLE'`,
  );
  const sealed = SEALED_TABLES.flatMap(({ table, columns }) =>
    columns.map(({ column }) => `${table}.${column}`),
  );
  const others = rows.map(({ name }) => name).filter((name) => !NOT_SEALED.some((each) => each.test(name)));
  expect(others.sort()).toEqual(sealed.sort());
});

it('waits for a process that has not got the new key, and uses it nowhere before', async () => {
  await admin.query(
    `insert into data_key_holder (process, host, pid, active, keys, seen_at) values
       ($1, 'lain', 7, 1, '{}', now()), ($2, 'mati', 8, 1, '{}', now() - interval '2 minutes')`,
    [randomUuid(), randomUuid()],
  );
  const result = await rotateDataKey({ ...(await work()), waitMs: 100 });
  expect(result).toMatchObject({ ok: false, reason: 'holders-behind', holders: [{ host: 'lain', pid: 7 }] });
  expect((await ring()).keys.map(({ id, state }) => `${id} ${state}`)).toEqual(['1 active', '2 known']);
  await admin.query('delete from data_key_holder');
});

it('seals everything anew under a running service, stopped and gone on with, and the old key can be forgotten', async () => {
  await fill();
  const before = await opened(deps.vault);
  const kinds = new Set([...before.keys()].map((name) => name.split(' ')[0]));
  expect([...kinds].sort()).toEqual(SEALED_TABLES.map(({ table }) => table).sort());
  const holder = await holdKeys(database.db, deps.vault, randomUuid());
  expect(await listHolders(database.owner)).toMatchObject([{ active: 1 }]);

  // A service that goes on taking registrations, from before to after.
  let going = true;
  let written = 0;
  const service = (async () => {
    while (going) {
      await memberNamed(
        database,
        deps,
        scope(),
        `Contoh Baru ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[written % 26]}${written}`,
      );
      written += 1;
    }
  })();

  try {
    const stopping = new AbortController();
    const first = await work(stopping.signal);
    const stopped = await rotateDataKey({
      ...first,
      waitMs: 20_000,
      tell(step) {
        steps.push(step);
        if (step.step === 'sealed' && step.table === 'draft') stopping.abort();
      },
    });
    expect(stopped).toMatchObject({ ok: false, reason: 'stopped' });
    expect(activeKey(await ring())).toMatchObject({ id: 2, completeAt: null });
    expect((await countSealedBy(database.owner, libraries(), 1)).get('draft')).toBeGreaterThan(0);
    // Half and half, all of it opens.
    const middle = await opened(deps.vault);
    for (const [name, text] of before) expect(middle.get(name), name).toBe(text);
    expect(await forgetDataKey(await work(), 1)).toMatchObject({ ok: false, reason: 'in-use' });

    // Cut off without a word: the connection of the owner goes away between two batches.
    await expect(
      rotateDataKey({
        ...(await work()),
        tell(step) {
          if (step.step === 'sealed') throw new Error('cut off');
        },
      }),
    ).rejects.toThrow('cut off');

    const done = await rotateDataKey({ ...(await work()), waitMs: 20_000 });
    expect(done).toMatchObject({ ok: true, id: 2, old: [1] });
    expect(steps).toContainEqual({ step: 'goes-on', id: 2 });
  } finally {
    going = false;
    await service;
  }
  expect(written).toBeGreaterThan(0);
  expect(activeKey(await ring()).completeAt).not.toBeNull();
  expect(await countSealedBy(database.owner, libraries(), 1)).toEqual(new Map());
  const after = await opened(deps.vault);
  for (const [name, text] of before) expect(after.get(name), name).toBe(text);

  expect(await forgetDataKey(await work(), 2)).toMatchObject({ ok: false, reason: 'active-key' });
  expect(await forgetDataKey(await work(), 9)).toMatchObject({ ok: false, reason: 'unknown-key' });
  const old = deps.vault.dataKeys().names;
  expect(await forgetDataKey({ ...(await work()), waitMs: 20_000 }, 1)).toMatchObject({
    ok: true,
    remove: false,
  });
  expect(old).toHaveLength(2);
  expect((await ring()).keys.map(({ id }) => id)).toEqual([2]);
  await holder.stop();
  expect(await listHolders(database.owner)).toEqual([]);

  // With the second key alone; the first on its own opens nothing.
  expect((await opened(await vaultHere())).size).toBe(after.size);
  await expect(opened(openVault(new Uint8Array(32).fill(7)))).rejects.toThrow(UnknownKeyError);
  // Found as before: what is looked up by did not change.
  const found = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('member')
      .select('name')
      .where('nik_hash', '=', deps.vault.hash(library.id, 'nik', '9901011705900001'))
      .execute(),
  );
  expect(found).toEqual([{ name: 'Contoh Satu' }]);
});

it('refuses a start with the keys of before, and a second rotation beside a first', async () => {
  await database.owner
    .insertInto('installation')
    .values({ key: 'key_fingerprint', value: deps.vault.fingerprint() })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: deps.vault.fingerprint() }))
    .execute();
  const options = { dataDir, randomBytes };
  expect(await settleKey(client, { ...options, dataKey: undefined })).toMatchObject({ ok: true });
  expect(await settleKey(client, { ...options, dataKey: new Uint8Array(32).fill(7) })).toMatchObject({
    ok: false,
    reason: 'key-version-missing',
    ids: [2],
  });
  await admin.query(`select pg_advisory_lock(hashtextextended('daftar-pustaka data keys', 0))`);
  expect(await rotateDataKey(await work())).toMatchObject({ ok: false, reason: 'under-way' });
  await admin.query('select pg_advisory_unlock_all()');
});

it('leaves what cannot be opened as it is, and says how much', async () => {
  await admin.query(
    `update draft set content = set_byte(content, 20, get_byte(content, 20) # 1)
     where id = (select id from draft order by id limit 1)`,
  );
  expect(await rotateDataKey(await work())).toMatchObject({ ok: false, reason: 'unreadable', count: 1 });
  expect(await countSealedBy(database.owner, libraries(), 2)).toEqual(new Map([['draft', 1]]));
  expect(await forgetDataKey(await work(), 2)).toMatchObject({ ok: false, reason: 'in-use' });
});

it('makes no key where they come from the environment, and says what to add', async () => {
  const dataKey = new Uint8Array(32).fill(7);
  expect(await rotateDataKey({ ...(await work()), dataKey })).toEqual({
    ok: false,
    reason: 'environment',
    next: 2,
  });
});

it('replaces the root only when every process has read the new one, and drops the one before last', async () => {
  await admin.query('truncate draft');
  const first = await ring();
  await admin.query(
    `insert into data_key_holder (process, host, pid, active, keys, seen_at) values ($1, 'lain', 7, $2, '{}', now())`,
    [randomUuid(), activeKey(first).id],
  );
  const behind = await rotateRoot({ ...(await work()), waitMs: 100 });
  expect(behind).toMatchObject({ ok: false, reason: 'holders-behind', holders: [{ host: 'lain' }] });
  const known = await ring();
  expect(known).toMatchObject({ rootNumber: 1, root: first.root });
  expect(known.nextRoot).toHaveLength(32);
  await admin.query('delete from data_key_holder');

  const before = await opened(deps.vault);
  const hash = deps.vault.hash(library.id, 'nik', '9901011705900001');
  const holder = await holdKeys(database.db, deps.vault, randomUuid());
  expect(await rotateRoot({ ...(await work()), waitMs: 20_000 })).toEqual({ ok: true, number: 2 });
  const taken = await ring();
  // The one that was made before the interruption, and no third.
  expect(taken).toMatchObject({ rootNumber: 2, root: known.nextRoot, formerRoots: [first.root] });
  expect(await rotateRoot(await work())).toEqual({ ok: true, number: 2 });
  expect((await ring()).root).toEqual(taken.root);
  // A year later it is no repeat: whoever is in need must not read that a root was replaced.
  const later = await work();
  const nextYear = new Date(deps.now().getTime() + 365 * 24 * 3_600_000);
  expect(await rotateRoot({ ...later, deps: { ...later.deps, now: () => nextYear } })).toEqual({
    ok: false,
    reason: 'root-not-ended',
    number: 2,
    since: deps.now(),
  });
  expect((await ring()).root).toEqual(taken.root);
  const options = { dataDir, randomBytes };
  const oldKeys = { ...first, file: null };
  expect(await settleKey(client, { ...options, dataKey: oldKeys })).toMatchObject({ ok: true });
  expect(await settleKey(client, { ...options, dataKey: undefined })).toMatchObject({ ok: true });
  expect(await opened(await vaultHere())).toEqual(before);
  expect((await vaultHere()).hash(library.id, 'nik', '9901011705900001')).toEqual(hash);

  expect(await forgetRoot({ ...(await work()), waitMs: 20_000 })).toMatchObject({ ok: true, number: 2 });
  expect((await ring()).formerRoots).toEqual([]);
  expect(await settleKey(client, { ...options, dataKey: oldKeys })).toMatchObject({
    reason: 'root-replaced',
  });
  expect(await settleKey(client, { ...options, dataKey: undefined })).toMatchObject({ ok: true });
  expect(await opened(deps.vault)).toEqual(before);
  expect(await forgetRoot(await work())).toMatchObject({ ok: false, reason: 'one-root' });

  // Of a restored backup from before it was forgotten, with another one begun: neither is taken for the other.
  const least = `update installation set value = $1 where key = 'root_least'`;
  await admin.query(least, ['1']);
  await saveRing({ ...taken, file: path.join(dataDir, 'keys.json'), nextRoot: new Uint8Array(32).fill(9) });
  expect(await rotateRoot(await work())).toMatchObject({ ok: false, reason: 'root-not-ended', number: 2 });
  expect((await ring()).root).toEqual(taken.root);
  await saveRing({ ...taken, file: path.join(dataDir, 'keys.json'), formerRoots: [] });
  await admin.query(least, ['2']);
  await holder.stop();
});

it('of roots of the environment says what to put there, which starts beside the one before until that is forgotten', async () => {
  const file = await ring();
  const dataKey = { ...file, file: null };
  const asked = await rotateRoot({ ...(await work()), dataKey });
  if (asked.ok || asked.reason !== 'environment-root') throw new Error('not asked for a new one');
  const { lines } = asked;
  const next = readConfig({ ...lines });
  if (!next.ok || next.config.dataKey === undefined) throw new Error('lines that no start takes');
  const fresh = next.config.dataKey;
  const options = { dataDir, randomBytes };
  for (const one of [dataKey, fresh])
    expect(await settleKey(client, { ...options, dataKey: one })).toMatchObject({ ok: true });
  // Of a slip: the new root with the look-up keys of the one before.
  const mixed = readConfig({ ...lines, LOOKUP_KEYS: wrapLookups(file) });
  expect(mixed).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('does not belong to DATA_KEY')],
  });

  expect(await forgetRoot({ ...(await work()), dataKey: fresh })).toMatchObject({
    ok: true,
    inEnvironment: true,
  });
  expect(await settleKey(client, { ...options, dataKey: fresh })).toMatchObject({ ok: true });
  expect(await settleKey(client, { ...options, dataKey })).toMatchObject({
    ok: false,
    reason: 'root-replaced',
  });
});

function randomUuid(): string {
  return deps.uuid(new Date());
}
