import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type KeyPlace, settleKey } from '../../src/db/key-file.ts';
import { type KeyRing, nameOfKey, parseEnvRing } from '../../src/db/key-ring.ts';
import { countSealedBy } from '../../src/db/sealed-columns.ts';
import type { Vault } from '../../src/db/vault.ts';
import type { LibraryId } from '../../src/domain/ids.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import type { KeyWork } from '../../src/usecases/key-work.ts';
import { forgetDataKey } from '../../src/usecases/rotate-keys.ts';
import { forgetRoot, rotateRoot } from '../../src/usecases/rotate-root.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';
import { openAll } from '../support/sealed.ts';

type Env = Readonly<Record<string, string>>;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const FIRST = new Uint8Array(32).fill(7);
const SECOND = new Uint8Array(32).fill(8);
const DAY_MS = 24 * 3_600_000;

let database: TestDatabase;
let dataDir: string;
let client: pg.Client;
let admin: pg.Client;
let library: LibraryContext;
let deps: ReturnType<typeof testDeps>;
let written: number;

beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'rotate-env-'));
  client = new pg.Client({ ...database.addresses.owner });
  admin = new pg.Client({ ...database.addresses.admin });
  await Promise.all([client.connect(), admin.connect()]);
  deps = testDeps(new Date());
  written = 0;
  const found = await loadLibrary(database.db, 'jateng', deps.now());
  if (!found) throw new Error('not seeded');
  library = found;
});
afterEach(async () => {
  await Promise.all([client.end(), admin.end()]);
  await rm(dataDir, { recursive: true });
  await database.drop();
});

function keyOf(env: Env): KeyPlace['dataKey'] {
  const read = readConfig({ ...env });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config.dataKey;
}

const settle = (env: Env) => settleKey(client, { dataDir, dataKey: keyOf(env), randomBytes });

async function started(env: Env): Promise<Vault> {
  const settled = await settle(env);
  if (!settled.ok) throw new Error(settled.reason);
  return settled.vault;
}

/** A start that reads everything that any before it sealed, and seals more. */
async function restart(env: Env, before: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const vault = await started(env);
  expect(await openAll(admin, vault)).toEqual(before);
  const here = { ...deps, vault };
  const scope = scopeOfRole(library, here, ['sub_koordinator']);
  written += 1;
  const id = await memberNamed(database, here, scope, `Contoh ${'ABCDEFGH'[written]}`, {
    nik: `990101170590000${written}` as never,
    documentNumber: `990101170590000${written}` as never,
  });
  await givePhoto(database, here, scope, id, Buffer.alloc(5_000, written));
  const after = await openAll(admin, vault);
  expect(after.size).toBeGreaterThan(before.size);
  return after;
}

async function work(env: Env): Promise<KeyWork> {
  return {
    dataDir,
    dataKey: keyOf(env),
    owner: database.owner,
    client,
    deps: { ...deps, vault: await started(env) },
    signal: new AbortController().signal,
    tell: () => undefined,
    waitMs: 2_000,
  };
}

const sealedBy = (id: number) =>
  countSealedBy(database.owner, Object.values(database.libraryIds) as LibraryId[], id);
const neededRow = async () =>
  (await admin.query<{ value: string }>(`select value from installation where key = 'data_keys'`)).rows[0]
    ?.value;
const idsIn = (text: string | undefined) => text?.split(/[ ,]/).map((one) => Number.parseInt(one, 10));

async function linesFor(env: Env): Promise<Env> {
  const asked = await rotateRoot(await work(env));
  if (asked.ok || asked.reason !== 'environment-root') throw new Error(JSON.stringify(asked));
  return { ...asked.lines };
}

it('from DATA_KEY alone to another root, as each answer says: every start reads everything', async () => {
  let env: Env = { DATA_KEY: base64(FIRST) };
  let sealed = await restart(env, await openAll(admin, deps.vault));
  expect((await sealedBy(1)).get('file')).toBe(1);

  expect(await rotateRoot(await work(env))).toEqual({
    ok: false,
    reason: 'data-key',
    refusal: { ok: false, reason: 'environment', next: 2 },
  });
  env = { ...env, DATA_KEYS: `2:${base64(SECOND)}` };
  sealed = await restart(env, sealed);
  // A start without either is refused from here on.
  expect(idsIn(await neededRow())).toEqual([1, 2]);

  env = await linesFor(env);
  expect(idsIn(env.DATA_KEYS)).toEqual([1, 2]);
  expect(await sealedBy(1)).toEqual(new Map());
  sealed = await restart(env, sealed);
  expect(await rotateRoot(await work(env))).toEqual({ ok: true, number: 2 });
  expect(await forgetRoot(await work(env))).toEqual({ ok: false, reason: 'still-data-key', ids: [1] });

  // A year later, not ended: no answer that sounds like another root.
  const year = await work(env);
  const now = () => new Date(Date.now() + 365 * DAY_MS);
  const late = await rotateRoot({ ...year, deps: { ...year.deps, now } });
  expect(late).toMatchObject({ ok: false, reason: 'root-not-ended', number: 2, since: expect.any(Date) });

  expect(await forgetDataKey(await work(env), 1)).toMatchObject({ ok: true, remove: true });
  env = { ...env, DATA_KEYS: env.DATA_KEYS?.split(',').find((one) => one.startsWith('2:')) ?? '' };
  sealed = await restart(env, sealed);
  expect(await forgetRoot(await work(env))).toEqual({ ok: true, number: 2, inEnvironment: true });
  sealed = await restart(env, sealed);
  expect(await settle({ DATA_KEY: base64(FIRST), DATA_KEYS: `2:${base64(SECOND)}` })).toMatchObject({
    ok: false,
    reason: 'root-replaced',
  });

  env = await linesFor(env);
  expect(idsIn(env.DATA_KEYS)).toEqual([2]);
  await restart(env, sealed);
});

it('after a restore of before the first rotation, nothing that is needed is left out', async () => {
  const env = { DATA_KEY: base64(FIRST), DATA_KEYS: `2:${base64(SECOND)}` };
  await admin.query(`delete from installation where key = 'data_keys'`);
  const sealed = await restart(env, await openAll(admin, deps.vault));
  expect(idsIn(await neededRow())).toEqual([1, 2]);
  await restart(await linesFor(env), sealed);
});

it('of an installation whose books never had key 1: it is left out once nothing is sealed with it, not before', async () => {
  const env = { DATA_KEY: base64(FIRST), DATA_KEYS: `2:${base64(SECOND)}` };
  const ring: KeyRing | undefined = parseEnvRing(FIRST, env.DATA_KEYS);
  await restart(env, await openAll(admin, deps.vault));
  // As releases before wrote it.
  const [, second] = ring?.keys ?? [];
  if (second === undefined) throw new Error('no second key');
  await admin.query(`update installation set value = $1 where key = 'data_keys'`, [nameOfKey(second)]);
  const sealed = await restart(env, await openAll(admin, await started(env)));
  expect((await sealedBy(1)).size).toBeGreaterThan(0);

  const lines = await linesFor(env);
  expect(idsIn(lines.DATA_KEYS)).toEqual([2]);
  expect(await sealedBy(1)).toEqual(new Map());
  await restart(lines, sealed);

  // Where such lines were used while key 1 was needed, the start takes them, and nothing is called done.
  const scope = scopeOfRole(library, deps, ['sub_koordinator']);
  await memberNamed(database, deps, scope, 'Contoh Lama');
  expect((await sealedBy(1)).size).toBeGreaterThan(0);
  const lacking = { ok: false, reason: 'key-version-missing', ids: [1] };
  expect(await rotateRoot(await work(lines))).toMatchObject(lacking);
  expect(await forgetRoot(await work(lines))).toMatchObject(lacking);
});
