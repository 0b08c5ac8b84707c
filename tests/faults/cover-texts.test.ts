import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Beside, openBeside, startAgain } from './beside.ts';
import {
  build,
  cleanUp,
  makeFolder,
  runCommand,
  startService,
  WITH_PASSPHRASE,
  waitUntil,
} from './service.ts';

/** Of these every tenth holds a number, as an older version kept them. */
const ROWS = 30_000;
const NUMBERS = ROWS / 10;
const PATIENCE_MS = 120_000;
let folder: string;
let restored: string;
let dataDir: string;
let beside: Beside;

beforeAll(async () => {
  build();
  folder = makeFolder();
  restored = makeFolder();
  dataDir = path.join(folder, 'data');
  await startService(dataDir);
  beside = await openBeside(dataDir);
}, 120_000);
afterAll(async () => {
  await beside?.close();
  await cleanUp(folder);
  await cleanUp(restored);
});

const run = (of = beside) => of.all((tx) => tx.selectFrom('text_cover').selectAll().executeTakeFirst());
const covered = async () => (await run())?.counts['visit.name'] ?? 0;
const hasEnded = async (of = beside) => {
  const found = await run(of);
  return found !== undefined && found.ended_at !== null;
};

/** Every number is covered, and each of them was covered once. */
async function expectAllCovered(of: Beside): Promise<void> {
  const found = await run(of);
  expect(found).toMatchObject({ counts: { 'visit.name': NUMBERS }, unchanged: 0 });
  expect(Number(found?.looked)).toBeGreaterThanOrEqual(ROWS);
  expect(Number(found?.looked)).toBeLessThan(ROWS + 100);
  const { rows } = await of.all((tx) =>
    sql<{ left: number; audited: number; rows: number }>`
      select (select count(*)::int from visit where name ~ '[0-9]{15}') as left,
        (select count(*)::int from audit_log where action = 'text.cover') as audited,
        (select count(distinct subject_id)::int from audit_log where action = 'text.cover') as rows`.execute(
      tx,
    ),
  );
  expect(rows).toEqual([{ left: 0, audited: NUMBERS, rows: NUMBERS }]);
}

test('a service that is killed while it covers old texts goes on at the next start, and after a restore: each once, none left out', async () => {
  await waitUntil(() => hasEnded(), PATIENCE_MS);
  const { library } = beside.scope();
  const [point] = library.servicePoints;
  await beside.all((tx) =>
    sql`insert into visit (library_id, id, submit_key, at, day, kind, purpose, service_point_id, name)
      select ${library.id}, gen_random_uuid(), decode(md5(n::text), 'hex'), now(), current_date, 'non_member', 'baca',
        ${point?.id}, 'Contoh ' || case when n % 10 = 0 then '99010117059' || (10000 + n) else n::text end
      from generate_series(1, ${ROWS}::int) as n`.execute(tx),
  );
  // As in a backup of before.
  await beside.all((tx) =>
    sql`update text_cover set ended_at = null, at_table = 'application', position = null, looked = 0, counts = '{}'`.execute(
      tx,
    ),
  );
  let service = await startAgain(dataDir);
  for (const reached of [200, 600, 1_000]) {
    await waitUntil(async () => (await covered()) >= reached, PATIENCE_MS);
    service.signal('SIGKILL');
    await service.ended();
    expect(await covered()).toBeLessThan(NUMBERS);
    service = await startService(dataDir);
  }
  // A backup while it works, of which a part was covered.
  const file = path.join(folder, 'half.dpbackup');
  const made = await runCommand(dataDir, ['backup', file, '--new-recovery-key'], WITH_PASSPHRASE);
  expect(made.code, made.output).toBe(0);
  await waitUntil(() => hasEnded(), PATIENCE_MS);
  await expectAllCovered(beside);

  const other = path.join(restored, 'data');
  mkdirSync(other, { mode: 0o700 });
  const back = await runCommand(other, ['restore', file], WITH_PASSPHRASE);
  expect(back.code, back.output).toBe(0);
  await startService(other);
  const there = await openBeside(other);
  try {
    await waitUntil(() => hasEnded(there), PATIENCE_MS);
    await expectAllCovered(there);
    // It had not ended when the backup was made.
    expect((await run(there))?.ended_at).not.toEqual((await run())?.ended_at);
  } finally {
    await there.close();
  }
}, 400_000);
