/** A backup of before an erasure is restored by the command itself: whoever was erased must not be in what people see. */

import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DatabaseAddress } from '../../src/db/connection.ts';
import { findRunning } from '../../src/db/embedded/start.ts';
import { ERASURE_FILE, erasureFile, readErasureFile } from '../../src/db/erasure-file.ts';
import { readKey } from '../../src/db/key-file.ts';
import { withClient } from '../../src/db/with-client.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { besideService } from '../../src/main.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { askRight, decideRequest } from '../../src/usecases/rights-request.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { startTestServer } from '../support/postgres-server.ts';
import { emptyDatabase } from './other-server.ts';
import {
  build,
  cleanUp,
  makeFolder,
  runCommand,
  startCommand,
  startService,
  WITH_PASSPHRASE,
} from './service.ts';

/** A library with three members and the backup that holds them; each test goes on from a copy of it. */
let source: string;
let older: string;
let people: { readonly first: MemberId; readonly second: MemberId; readonly stays: MemberId };

let folder: string;
let dataDir: string;
/** As the service's, for what an officer decides meanwhile. */
let beside: string;

beforeAll(async () => {
  build();
  source = makeFolder();
  const from = path.join(source, 'data');
  const service = await startService(from);
  people = await working(from, async (db, deps, scope) => ({
    first: await memberNamed({ db }, deps, scope, 'Contoh Pertama'),
    second: await memberNamed({ db }, deps, scope, 'Contoh Kedua'),
    stays: await memberNamed({ db }, deps, scope, 'Contoh Tetap'),
  }));
  older = path.join(source, 'older', 'older.dpbackup');
  mkdirSync(path.dirname(older));
  expect((await runCommand(from, ['backup', older], WITH_PASSPHRASE)).code).toBe(0);
  // Nobody was erased yet: there is no list to lie beside it.
  expect(readdirSync(path.dirname(older))).toEqual(['older.dpbackup']);
  service.signal('SIGTERM');
  await service.ended();
});
afterAll(() => cleanUp(source));
beforeEach(() => {
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  beside = path.join(dataDir, 'backups');
});
afterEach(() => cleanUp(folder));

type Work<T> = (
  ...given: [...Parameters<Parameters<typeof besideService<T>>[1]>, ReturnType<typeof scopeOfRole>]
) => Promise<T>;

/** What an officer does at the running service of a folder. */
async function working<T>(of: string, work: Work<T>): Promise<T> {
  const [running, key] = await Promise.all([findRunning(of), readKey({ dataDir: of, dataKey: undefined })]);
  if (running === undefined || !key.ok) throw new Error('no service runs');
  return await besideService({ app: running.app, vault: key.vault, ring: key.ring }, async (db, deps) => {
    const library = await loadLibrary(db, 'jateng', deps.now());
    if (!library) throw new Error('not seeded');
    return await work(db, deps, scopeOfRole(library, deps, ['sub_koordinator']));
  });
}

/** @param written false: as if the service had been killed before the line was in its file */
async function erase(memberId: MemberId, written = true): Promise<void> {
  await working(dataDir, async (db, deps, scope) => {
    const asked = await askRight(db, deps, scope, { by: 'counter', memberId, kind: 'erase', words: '' });
    if (!asked.ok) throw new Error(asked.reason);
    const keeping = written ? { ...deps, keepErasures: erasureFile([dataDir, beside]) } : deps;
    const decided = await decideRequest(db, keeping, scope, {
      id: asked.id,
      version: undefined,
      decision: { state: 'done' },
    });
    expect(decided).toMatchObject({ ok: true, erased: true });
  });
}

async function serviceOnCopy() {
  mkdirSync(dataDir, { mode: 0o700 });
  copyFileSync(path.join(source, 'data', 'keys.json'), path.join(dataDir, 'keys.json'));
  expect((await runCommand(dataDir, ['restore', older])).output).not.toContain('erased again');
  return await startService(dataDir);
}

/** The names that a database holds, by who it is. */
async function names(of = dataDir): Promise<Record<keyof typeof people, string | undefined>> {
  const running = await findRunning(of);
  if (running === undefined) throw new Error('no database runs');
  return await namesAt(running.admin);
}

async function namesAt(address: DatabaseAddress): Promise<Record<keyof typeof people, string | undefined>> {
  const { rows } = await withClient(address, (client) =>
    client.query<{ id: string; name: string }>('select id::text, name from member'),
  );
  const nameOf = (id: string) => rows.find((row) => row.id === id)?.name;
  return { first: nameOf(people.first), second: nameOf(people.second), stays: nameOf(people.stays) };
}

const ALL = { first: 'Contoh Pertama', second: 'Contoh Kedua', stays: 'Contoh Tetap' };

test('an older backup in the place of libraries in use: whoever was erased since is gone before anybody sees them', async () => {
  const service = await serviceOnCopy();
  expect(await names()).toEqual(ALL);
  await erase(people.first, false);
  // By the list in the database that is replaced: the file knows of nobody.
  expect(existsSync(path.join(dataDir, ERASURE_FILE))).toBe(false);
  const restored = await runCommand(dataDir, ['restore', older, '--replace']);
  expect(restored.output).toContain('erased again: 1 people');
  expect(restored.code).toBe(0);
  expect(await names()).toEqual({ ...ALL, first: '' });
  // By the file: the list in the database went with an older one.
  await erase(people.second);
  service.signal('SIGTERM');
  await service.ended();
  renameSync(path.join(dataDir, 'postgres'), path.join(folder, 'lost'));
  expect((await runCommand(dataDir, ['restore', older])).output).toContain('erased again: 2 people');
  await startService(dataDir);
  expect(await names()).toEqual({ ...ALL, first: '', second: '' });
});

test('on another computer, with nothing but the second disk: the list lies beside the backup', async () => {
  const usb = path.join(folder, 'usb');
  mkdirSync(usb);
  copyFileSync(older, path.join(usb, 'older.dpbackup'));
  const service = await serviceOnCopy();
  await erase(people.first, false);
  const made = await runCommand(dataDir, ['backup', '--scheduled'], { BACKUP_SECOND_DIR: usb });
  expect(made.output).toContain('"second":"copied"');
  expect((await readErasureFile(usb)).entries).toMatchObject([{ subject: people.first }, { library: 1 }]);
  expect(readFileSync(path.join(usb, ERASURE_FILE), 'utf8')).not.toContain('Contoh');
  // Since then: no backup has been made.
  beside = usb;
  await erase(people.second);
  service.signal('SIGTERM');
  await service.ended();
  const other = path.join(folder, 'other');
  const restored = await runCommand(other, ['restore', path.join(usb, 'older.dpbackup')], WITH_PASSPHRASE);
  expect(restored.output).toContain('erased again: 2 people');
  expect(restored.output).not.toContain('Warning');
  const there = await startService(other);
  expect(await names(other)).toEqual({ ...ALL, first: '', second: '' });
  there.signal('SIGTERM');
  await there.ended();
  // Cut short in the copying by hand: told, and what is left of it holds.
  const text = readFileSync(path.join(usb, ERASURE_FILE), 'utf8');
  rmSync(path.join(usb, ERASURE_FILE));
  appendFileSync(path.join(usb, ERASURE_FILE), text.replace(/^/, 'x'));
  const third = path.join(folder, 'third');
  const warned = await runCommand(third, ['restore', path.join(usb, 'older.dpbackup')], WITH_PASSPHRASE);
  expect(warned.output).toContain(`${path.join(usb, ERASURE_FILE)} is not as it was written`);
  expect(warned.output).toContain('erased again: ');
});

test('whoever the service erases while the restore is on its way is gone as well', async () => {
  await serviceOnCopy();
  await erase(people.first);
  const running = await findRunning(dataDir);
  if (running === undefined) throw new Error('no database runs');
  const restore = startCommand(dataDir, ['restore', older, '--replace']);
  // Holds the restore up where it erases the first again: after it has read the lists, before its database is used.
  const holder = await holdMember(running.admin, people.first);
  await sleep(1_500);
  await erase(people.second, false);
  expect(await names()).toEqual({ ...ALL, first: '', second: '' });
  await holder.query('commit');
  await holder.end();
  expect(await restore.ended()).toBe(0);
  expect(restore.output()).toContain('erased again: 2 people');
  expect(await names()).toEqual({ ...ALL, first: '', second: '' });
  const kept = (await readErasureFile(dataDir)).entries.map(({ subject }) => subject);
  expect(kept).toContain(people.second);
});

/** Locks a member in the database that is being filled, as soon as there is one. */
async function holdMember(admin: object, id: MemberId): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client({ ...admin, database: 'daftar_next' });
    try {
      await client.connect();
      await client.query('begin');
      const { rowCount } = await client.query('select from member where id = $1 for update', [id]);
      if (rowCount === 1) return client;
    } catch {
      // Not there yet, or without tables.
    }
    await client.end().catch(() => undefined);
    await sleep(5);
  }
}

test('an external database, and one that went back in time by another way: the next start erases again', async () => {
  const service = await serviceOnCopy();
  await erase(people.first);
  const server = await startTestServer();
  try {
    const env = { ...WITH_PASSPHRASE, DATABASE_URL: await emptyDatabase(server) };
    const restored = await runCommand(dataDir, ['restore', older], env);
    expect(restored.output).toContain('erased again: 1 people');
    const asSuperuser = { ...server.addresses.admin, database: 'perpus' };
    expect(await namesAt(asSuperuser)).toEqual({ ...ALL, first: '' });
    // The service went on with the database of before; then it is pointed at the new one.
    await erase(people.second);
    service.signal('SIGTERM');
    await service.ended();
    const moved = await startService(dataDir, { env });
    expect(await namesAt(asSuperuser)).toEqual({ ...ALL, first: '', second: '' });
    moved.signal('SIGTERM');
    await moved.ended();
  } finally {
    await server.stop();
  }
});
