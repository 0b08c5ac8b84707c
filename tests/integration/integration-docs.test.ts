/** Runs the worked examples of docs/integration.md, word for word. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestDatabase, testDeps } from '../support/database.ts';
import { Device, deviceAccount, membersOfTranscripts, openTestSip2 } from '../support/sip2.ts';

it('the SIP2 example is what a device says and hears', async () => {
  const database = await createTestDatabase();
  const deps = testDeps();
  const found = await Promise.all(
    ['banyuwangi', 'jateng'].map((slug) => loadLibrary(database.db, slug, deps.now())),
  );
  if (!found[0] || !found[1]) throw new Error('not seeded');
  await membersOfTranscripts(database, deps, found[0], found[1]);
  const { password } = await deviceAccount(database, deps, found[0], 'gerbang-1');
  const { server } = await openTestSip2(database, deps);
  const device = await Device.connect(server.port);
  const heard: string[] = [];
  const example = await readExample('sip2');
  for (const line of example) {
    if (!line.startsWith('> ')) continue;
    const answer = await device.ask(line.slice(2).replace('SANDI', password));
    heard.push(line, `< ${Buffer.from(answer ?? 'closed', 'latin1').toString('utf8')}`);
  }
  expect(heard).toEqual(example);
  device.destroy();
  await server.stop(Promise.resolve());
  await database.drop();
});

async function readExample(name: string): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'integration.md'), 'utf8');
  const part = new RegExp(`<!-- ${name} example: begin -->([\\s\\S]*?)<!-- ${name} example: end -->`).exec(
    text,
  );
  return (part?.[1] ?? '').split('\n').filter((line) => /^[<>] /.test(line));
}
