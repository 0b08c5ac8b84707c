/** Runs the worked example of the chapter Webhooks of docs/integration.md, word for word, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WEBHOOK_KINDS } from '../../src/domain/webhook.ts';
import { openWebhookRunner } from '../../src/jobs/webhooks.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { changeWebhook, createWebhook, replayWebhook } from '../../src/usecases/manage-webhook.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let folder: string;
let program: ChildProcess | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'daftar-webhook-'));
}, 120_000);
afterAll(async () => {
  program?.kill();
  await rm(folder, { recursive: true });
  await database.drop();
});

async function blockOf(name: string): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'integration.md'), 'utf8');
  const found = new RegExp(`<!-- ${name}: begin -->\n\`\`\`\\w*\n([\\s\\S]*?)\`\`\``).exec(text)?.[1];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

it('the worked example for makers of receivers takes what the service sends, once, and nothing else', async () => {
  const deps = testDeps(new Date());
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  const admin = scopeOfRole(library, deps, ['admin']);
  const choice = {
    name: 'Contoh situs',
    inside: true,
    kinds: WEBHOOK_KINDS.filter((kind) => kind !== 'application.submitted'),
  };
  const made = await createWebhook(database.db, deps, admin, { ...choice, url: 'http://127.0.0.1:9/' });
  if (!made.ok) throw new Error(made.reason);
  const file = join(folder, 'receiver.mjs');
  await writeFile(file, await blockOf('webhook example'));
  program = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: '0', WEBHOOK_SECRET: made.secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const heard: string[] = [];
  if (!program.stdout) throw new Error('no output');
  createInterface({ input: program.stdout }).on('line', (line) => heard.push(line));
  await expect.poll(() => heard[0], { timeout: 20_000 }).toMatch(/^port \d+$/);
  const url = `http://127.0.0.1:${heard[0]?.slice('port '.length)}/`;
  await changeWebhook(database.db, deps, admin, { id: made.id, version: 1 }, { ...choice, url });

  await memberNamed(database, deps, scopeOfRole(library, deps, ['petugas']), 'Contoh Diceritakan');
  const deliver = async () => {
    const runner = openWebhookRunner(database.db, deps, { leading: () => true, log: () => undefined });
    await runner.look();
    await runner.idle();
    await runner.stop();
  };
  await deliver();
  await expect.poll(() => heard.length).toBe(3);
  const expected = (await blockOf('webhook messages')).trim().split('\n');
  const known = new Map<string, string>();
  for (const [index, line] of expected.entries()) {
    const names: string[] = [];
    const pattern = line
      .replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        names.push(name);
        return '([^"]+)';
      });
    const found = new RegExp(`^${pattern.replaceAll(/[{}]/g, '\\$&')}$`).exec(heard[index + 1] ?? '');
    expect(found, `${line}\n${heard[index + 1]}`).not.toBeNull();
    // The same word stands for the same thing in both.
    for (const [at, name] of names.entries()) {
      const value = found?.[at + 1] ?? '';
      expect(known.get(name) ?? value).toBe(value);
      known.set(name, value);
    }
  }
  // Sent again: told apart by the id.
  await replayWebhook(database.db, deps, admin, made.id, { since: new Date(0) });
  await deliver();
  expect(heard.length).toBe(3);
  const forged = await fetch(url, {
    method: 'POST',
    body: '{"type":"member.created"}',
    headers: {
      'webhook-id': 'msg_contoh',
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
    },
  });
  expect(forged.status).toBe(401);
  expect(heard.length).toBe(3);
}, 60_000);
