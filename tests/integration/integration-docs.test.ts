/** Runs the worked examples of docs/integration.md, word for word. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { Phone } from '../../src/domain/ids.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestDatabase, testDeps } from '../support/database.ts';
import { INLISLITE } from '../support/foreign-tables.ts';
import { connectTo, runOnce, typedFor } from '../support/lending.ts';
import { hasMariaDb, startMariaDb } from '../support/mariadb.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
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

it.runIf(hasMariaDb)(
  'the example of a lending system is what its database is told and says',
  async () => {
    const database = await createTestDatabase();
    const server = await startMariaDb();
    const root = await server.connect();
    await root.query("set sql_mode = ''");
    await root.query(INLISLITE);
    await root.query('delete from inlislite.members');
    const deps = testDeps();
    const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
    if (!library) throw new Error('not seeded');
    const scope = scopeOfRole(library, deps, ['petugas', 'sub_koordinator', 'admin']);
    const sari = await memberNamed(database, deps, scope, 'Sari Contoh', {
      phone: '+6281200000001' as Phone,
    });
    const setPhone = (phone: string) =>
      inLibrary(database.db, library.id, (tx) =>
        tx
          .updateTable('member')
          .set((eb) => ({ phone, version: eb('version', '+', 1) }))
          .where('id', '=', sari)
          .execute(),
      );
    const example = await readExample('lending');
    const heard: string[] = [];
    for (const line of example) {
      if (!line.startsWith('> ')) continue;
      const statement = line.slice(2).replace('SANDI', 'sandi contoh');
      if (statement.startsWith('SELECT') && heard.at(-1)?.includes('GRANT')) {
        const typed = { ...typedFor(server, 'inlislite'), account: 'contoh', secret: 'sandi contoh' };
        await connectTo(database, deps, scope, 'inlislite-db', typed);
        expect(await runOnce(database, deps, scope, 'inlislite-db')).toMatchObject({ sent: 1, misfit: 0 });
      }
      const [answer] = await root.query<RowDataPacket[]>(statement);
      heard.push(line);
      if (statement.startsWith('SELECT'))
        for (const row of answer) heard.push(`< ${Object.values(row).join(' | ')}`);
      if (statement.startsWith('UPDATE')) {
        await setPhone('+6281200000002');
        expect(await runOnce(database, deps, scope, 'inlislite-db')).toMatchObject({ sent: 0, misfit: 1 });
      }
    }
    expect(heard).toEqual(example);
    await root.end();
    await server.stop();
    await database.drop();
  },
  60_000,
);

async function readExample(name: string): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'integration.md'), 'utf8');
  const part = new RegExp(`<!-- ${name} example: begin -->([\\s\\S]*?)<!-- ${name} example: end -->`).exec(
    text,
  );
  return (part?.[1] ?? '').split('\n').filter((line) => /^[<>] /.test(line));
}
