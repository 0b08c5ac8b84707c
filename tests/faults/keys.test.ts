import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openInstallation } from '../../src/db/installation.ts';
import { withClient } from '../../src/db/with-client.ts';
import { openAll } from '../support/sealed.ts';
import {
  build,
  cleanUp,
  makeFolder,
  runCommand,
  startCommand,
  startService,
  WITH_PASSPHRASE,
  waitUntil,
} from './service.ts';

let folder: string;
let dataDir: string;
beforeAll(() => build());
beforeEach(() => {
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
});
afterEach(() => cleanUp(folder));

const ids = (dir: string) =>
  (JSON.parse(readFileSync(path.join(dir, 'keys.json'), 'utf8')) as { keys: { id: number }[] }).keys.map(
    ({ id }) => id,
  );

test('the data key is replaced and forgotten under the running service, and backups of before and after come back', async () => {
  const keys = path.join(dataDir, 'keys.json');
  const service = await startService(dataDir);
  const [before, after] = ['before', 'after'].map((name) => path.join(folder, `${name}.dpbackup`)) as [
    string,
    string,
  ];
  expect((await runCommand(dataDir, ['backup', before, '--no-verify'], WITH_PASSPHRASE)).code).toBe(0);
  copyFileSync(keys, path.join(folder, 'older.json'));

  // Killed wherever it is, and begun again.
  const killed = startCommand(dataDir, ['keys', 'rotate-data']);
  await waitUntil(() => killed.output().includes('Data key 2'));
  killed.signal('SIGKILL');
  await killed.ended();
  const rotated = await runCommand(dataDir, ['keys', 'rotate-data']);
  expect(rotated.output).toContain('Everything is sealed with data key 2');
  expect(rotated.code).toBe(0);
  expect(statSync(keys).mode & 0o077).toBe(0);
  const early = await runCommand(dataDir, ['keys', 'forget-data-key', '2']);
  expect(early.output).toContain('Data key 2 is in use');
  const forgotten = await runCommand(dataDir, ['keys', 'forget-data-key', '1']);
  expect(forgotten.output).toContain('Key 1 is forgotten');
  expect(ids(dataDir)).toEqual([2]);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect((await runCommand(dataDir, ['backup', after, '--no-verify'], WITH_PASSPHRASE)).code).toBe(0);

  // Of before, into the running service: its key comes back, and everything can be sealed anew again.
  const replaced = await runCommand(dataDir, ['restore', before, '--replace'], WITH_PASSPHRASE);
  expect(replaced.output).not.toContain('Stop the service');
  expect(replaced.code).toBe(0);
  expect(ids(dataDir)).toEqual([1, 2]);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect((await runCommand(dataDir, ['keys', 'rotate-data'])).output).toContain('sealed with data key 3');
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);

  // An older copy of the file, and one that others may read.
  copyFileSync(keys, path.join(folder, 'newer.json'));
  copyFileSync(path.join(folder, 'older.json'), keys);
  await expect(startService(dataDir)).rejects.toThrow('Values in the database are sealed with data key');
  copyFileSync(path.join(folder, 'newer.json'), keys);
  chmodSync(keys, 0o644);
  await expect(startService(dataDir)).rejects.toThrow(`chmod 600 '${keys}'`);
  chmodSync(keys, 0o600);

  const elsewhere = path.join(folder, 'elsewhere');
  expect((await runCommand(elsewhere, ['restore', after], WITH_PASSPHRASE)).code).toBe(0);
  expect(ids(elsewhere)).toEqual([2]);
  const again = await startService(elsewhere);
  again.signal('SIGTERM');
  expect(await again.ended()).toBe(0);
});

test('the root is replaced under the running service, killed on the way, and backups of before come back', async () => {
  const keys = path.join(dataDir, 'keys.json');
  const master = () => (JSON.parse(readFileSync(keys, 'utf8')) as { master: string }).master;
  const service = await startService(dataDir);
  const before = path.join(folder, 'before.dpbackup');
  expect((await runCommand(dataDir, ['backup', before, '--no-verify'], WITH_PASSPHRASE)).code).toBe(0);
  copyFileSync(keys, path.join(folder, 'older.json'));
  const first = master();

  // Killed while the new root is only known, and right after it is in use.
  for (const word of ['Root 2 is there', 'Root 2 is in use from now on']) {
    const killed = startCommand(dataDir, ['keys', 'rotate-root']);
    await waitUntil(() => killed.output().includes(word));
    killed.signal('SIGKILL');
    await killed.ended();
    expect(master() === first).toBe(word === 'Root 2 is there');
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    const between = path.join(folder, `${word}.dpbackup`);
    expect((await runCommand(dataDir, ['backup', between], WITH_PASSPHRASE)).output).toContain('restored');
  }
  const rotated = await runCommand(dataDir, ['keys', 'rotate-root']);
  expect(rotated.output).toContain('Root 2 is in use by every process');
  expect(rotated.code).toBe(0);
  const second = master();
  expect(statSync(keys).mode & 0o077).toBe(0);

  // Locked by the root before, which still opens it without a person.
  const spare = path.join(folder, 'spare');
  mkdirSync(spare, { mode: 0o700 });
  copyFileSync(keys, path.join(spare, 'keys.json'));
  expect((await runCommand(spare, ['restore', before])).code).toBe(0);

  // Of two days ago, it is no repeat.
  const kept = readFileSync(keys, 'utf8');
  const madeAt = new Date(Date.now() - 48 * 3_600_000).toISOString();
  writeFileSync(keys, kept.replace(/"madeAt": "[^"]+"/, `"madeAt": "${madeAt}"`));
  const late = await runCommand(dataDir, ['keys', 'rotate-root']);
  expect(late.output).toContain(`No new root was made: root 2 of ${madeAt.slice(0, 10)} is in use`);
  expect(late.code).toBe(1);
  expect(master()).toBe(second);

  expect((await runCommand(dataDir, ['keys', 'forget-root'])).output).toContain('forget-data-key 1');
  expect((await runCommand(dataDir, ['keys', 'forget-data-key', '1'])).code).toBe(0);
  expect((await runCommand(dataDir, ['keys', 'forget-root'])).output).toContain('Root 2 is the only one now');
  expect(readFileSync(keys, 'utf8')).not.toContain(first);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);

  // Of before, into the running service: by the passphrase, and the present root goes on.
  const shut = await runCommand(dataDir, ['restore', before, '--replace']);
  expect(shut.output).toContain('the key of this installation does not open it');
  const replaced = await runCommand(dataDir, ['restore', before, '--replace'], WITH_PASSPHRASE);
  expect(replaced.code).toBe(0);
  expect(master()).toBe(second);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  // With it came back that no root was forgotten, and key 1.
  expect((await runCommand(dataDir, ['keys', 'forget-data-key', '1'])).output).toContain('Seal them anew');
  expect((await runCommand(dataDir, ['keys', 'rotate-data'])).code).toBe(0);
  expect((await runCommand(dataDir, ['keys', 'forget-data-key', '1'])).code).toBe(0);
  expect((await runCommand(dataDir, ['keys', 'forget-root'])).code).toBe(0);
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);

  copyFileSync(keys, path.join(folder, 'newer.json'));
  copyFileSync(path.join(folder, 'older.json'), keys);
  await expect(startService(dataDir)).rejects.toThrow('has a root that was replaced and forgotten since');
  copyFileSync(path.join(folder, 'newer.json'), keys);
  const again = await startService(dataDir);
  again.signal('SIGTERM');
  expect(await again.ended()).toBe(0);
});

/** Everything sealed in the database of the running service, opened with the keys of this environment. */
async function readSealed(env: Readonly<Record<string, string>>): Promise<Map<string, string>> {
  const config = readConfig({ ...env, DATA_DIR: dataDir });
  if (!config.ok) throw new Error(config.problems.join('\n'));
  const reached = await openInstallation({ ...config.config, log: () => undefined, besideService: true });
  if (!reached.ok) throw new Error(reached.reason);
  const { admin, vault } = reached.installation;
  if (admin === undefined) throw new Error('not the embedded database');
  return await withClient(admin, (client) => openAll(client, vault));
}

test('keys of the environment are replaced as the command says, which shows none where its output is kept', async () => {
  const file = path.join(dataDir, 'new-keys.txt');
  let env: Record<string, string> = { DATA_KEY: Buffer.alloc(32, 7).toString('base64') };
  let service = await startService(dataDir, { env });
  const sealed = await readSealed(env);
  expect(sealed.size).toBeGreaterThan(0);
  const ask = async () => {
    const asked = await runCommand(dataDir, ['keys', 'rotate-root'], env);
    expect(asked.output).not.toMatch(/[A-Za-z0-9+/]{43}=/);
    return asked;
  };
  for (const names of [['DATA_KEYS'], ['DATA_KEY', 'LOOKUP_KEYS', 'DATA_KEYS']]) {
    const asked = await ask();
    expect(asked.code).toBe(1);
    expect(asked.output).toContain(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const pairs = lines.map(
      (line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)] as const,
    );
    expect(pairs.map(([name]) => name)).toEqual(names);
    env = { ...env, ...Object.fromEntries(pairs) };
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);
    service = await startService(dataDir, { env });
    expect(await readSealed(env)).toEqual(sealed);
  }
  const done = await ask();
  expect(done.output).toContain('Root 2 is in use by every process');
  expect(done.code).toBe(0);
  expect((await runCommand(dataDir, ['keys', 'forget-root'], env)).output).toContain('forget-data-key 1');
  const forgotten = await runCommand(dataDir, ['keys', 'forget-data-key', '1'], env);
  expect(forgotten.output).toContain('Take it out of DATA_KEYS');
  env = { ...env, DATA_KEYS: env.DATA_KEYS?.replace(/^1:[^,]+,/, '') ?? '' };
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
  service = await startService(dataDir, { env });
  expect(await readSealed(env)).toEqual(sealed);
  const ended = await runCommand(dataDir, ['keys', 'forget-root'], env);
  expect(ended.output).toContain('Root 2 is the only one now');
  expect(ended.code).toBe(0);
  service.signal('SIGTERM');
  expect(await service.ended()).toBe(0);
});
