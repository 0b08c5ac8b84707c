import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImportId } from '../../src/domain/ids.ts';
import type { ImportCounts } from '../../src/domain/importing/import-state.ts';
import { bytesInMemory } from '../../src/interop/byte-source.ts';
import { recognise } from '../../src/interop/recognise.ts';
import { orderImport } from '../../src/usecases/run-import.ts';
import { CHUNK_BYTES, finishUpload, openUpload, storeChunk } from '../../src/usecases/start-import.ts';
import { fileOf, rowOf } from '../support/imports.ts';
import { type Beside, openBeside, startAgain } from './beside.ts';
import { build, cleanUp, makeFolder, runCommand, startCommand, startService, waitUntil } from './service.ts';

/** Enough that threads work at them. */
const ROWS = 4_500;
/** What takes seconds alone takes minutes on a computer that does ten other things. */
const PATIENCE_MS = 240_000;
let folder: string;
let dataDir: string;
let beside: Beside;

beforeAll(async () => {
  build();
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  await startService(dataDir);
  beside = await openBeside(dataDir);
}, 120_000);
afterAll(async () => {
  await beside?.close();
  await cleanUp(folder);
});

async function count(table: 'member' | 'import_row'): Promise<number> {
  const row = await beside.all((tx) =>
    tx
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow(),
  );
  return row.count;
}
const newest = () =>
  beside.all((tx) =>
    tx.selectFrom('import').selectAll().orderBy('created_at', 'desc').limit(1).executeTakeFirst(),
  );
const byId = (id: ImportId) =>
  beside.all((tx) => tx.selectFrom('import').selectAll().where('id', '=', id).executeTakeFirstOrThrow());

const fileFrom = (first: number, rows: number) =>
  fileOf(...Array.from({ length: rows }, (_, n) => rowOf(first + n)));

/** Every row once and whole, and the sums of the report what the rows say. */
async function expectWhole(id: ImportId, rows: number): Promise<void> {
  const found = await beside.all(async (tx) => ({
    record: await tx.selectFrom('import').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    rows: await tx
      .selectFrom('import_row')
      .select(['n', 'outcome', 'member_id'])
      .where('import_id', '=', id)
      .execute(),
    events: await tx.selectFrom('member_event').select(['member_id', 'kind']).execute(),
    spans: await tx.selectFrom('member_span').select('member_id').execute(),
    audits: await tx
      .selectFrom('audit_log')
      .select(['subject_id'])
      .where('action', '=', 'member.import')
      .where('purpose', '=', id)
      .execute(),
    members: await tx.selectFrom('member').select(['id', 'number', 'match_keys', 'nik_slots']).execute(),
  }));
  const counts = found.record.counts as ImportCounts;
  expect(found.rows).toHaveLength(rows);
  expect(new Set(found.rows.map((row) => row.n)).size).toBe(rows);
  const made = found.rows.flatMap((row) => (row.outcome === 'new' ? [row.member_id] : []));
  expect(counts.outcomes?.new).toBe(made.length);
  expect(Object.values(counts.outcomes ?? {}).reduce((sum, each) => sum + each, 0)).toBe(rows);
  expect(counts.applied).toBe(made.length);
  expect(made).not.toContain(null);
  expect(new Set(made).size).toBe(made.length);
  expect(found.audits.map((row) => row.subject_id).sort()).toEqual([...made].sort());
  const own = new Set<string | null>(made);
  const members = found.members.filter((member) => own.has(member.id));
  expect(members).toHaveLength(made.length);
  expect(new Set(found.members.map((member) => member.number)).size).toBe(found.members.length);
  expect(members.every((member) => (member.match_keys?.length ?? 0) > 0 && member.nik_slots !== null)).toBe(
    true,
  );
  expect(found.events.filter((event) => own.has(event.member_id) && event.kind === 'joined')).toHaveLength(
    made.length,
  );
  expect(found.spans.filter((span) => own.has(span.member_id))).toHaveLength(made.length);
}

test('an import that is killed while it reads and while it makes members loses nothing and doubles nobody', async () => {
  const file = path.join(folder, 'anggota.csv');
  writeFileSync(file, fileFrom(1, ROWS));
  const command = ['import', file, '--library', 'banyuwangi', '--apply'];
  const killedOnce = async (reached: () => Promise<boolean>): Promise<void> => {
    const run = startCommand(dataDir, command);
    await waitUntil(reached);
    run.signal('SIGKILL');
    expect(await run.ended()).toBe('SIGKILL');
  };
  await killedOnce(async () => (await count('import_row')) >= 3_200);
  expect(await count('import_row')).toBeLessThan(ROWS);
  await killedOnce(async () => (await count('member')) >= 2_000);
  expect(await count('member')).toBeLessThan(ROWS);
  const last = await runCommand(dataDir, command);
  expect(last.output).toContain('goes on where it stopped');
  expect(last.code).toBe(0);
  const record = await newest();
  expect(record?.state).toBe('done');
  if (record) await expectWhole(record.id, ROWS);
  const members = await count('member');
  const again = await runCommand(dataDir, command);
  expect(again.code).toBe(0);
  expect(await count('member')).toBe(members);
  expect(await newest()).toMatchObject({ counts: { outcomes: { same: ROWS } } });
}, 300_000);

async function upload(bytes: Uint8Array): Promise<ImportId> {
  const { db, deps, scope } = beside;
  const importId = await openUpload(db, deps, scope(), 'anggota.csv');
  for (let n = 0; n * CHUNK_BYTES < bytes.length; n++)
    await storeChunk(db, deps, scope(), importId, n, bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES));
  const file = await recognise(bytesInMemory(bytes));
  if (!file.ok) throw new Error(file.reason);
  await finishUpload(db, deps, scope(), importId, {
    fileName: 'anggota.csv',
    // As if the page had asked already which column is what.
    format: 'koha-csv',
    size: bytes.length,
    facts: { hasHeader: file.hasHeader, dialect: file.dialect, titles: file.titles },
    columns: file.mapping,
    digest: createHash('sha256').update(bytes).digest('hex'),
  });
  return importId;
}

test(
  'an import of the page goes on by itself when the service is started again; one that was stopped stays so',
  async () => {
    const { db, deps, scope } = beside;
    const stopped = await upload(fileFrom(200_000, 400));
    expect((await orderImport(db, deps, scope(), stopped, 'stop')).ok).toBe(true);
    const pausedAt = await byId(stopped);
    const id = await upload(fileFrom(100_000, ROWS));
    // The service of the beginning was never stopped.
    let service = await startAgain(dataDir);
    /** Kills the service in the middle of it and starts the next, which nobody tells anything. */
    const killed = async (reached: () => Promise<boolean>): Promise<void> => {
      await waitUntil(reached);
      service.signal('SIGKILL');
      await service.ended();
      service = await startService(dataDir);
    };
    await killed(async () => (await byId(id)).last_row >= 2_000);
    await waitUntil(async () => (await byId(id)).state === 'checked', PATIENCE_MS);
    expect((await orderImport(db, deps, scope(), id, 'apply')).ok).toBe(true);
    await killed(
      async () =>
        ((await byId(id)).counts as ImportCounts).applied !== undefined && (await byId(id)).progress >= 1_000,
    );
    await waitUntil(async () => (await byId(id)).state === 'done', PATIENCE_MS);
    await expectWhole(id, ROWS);
    expect(await byId(stopped)).toMatchObject({
      state: 'reading',
      paused: true,
      last_row: pausedAt.last_row,
    });
  },
  3 * PATIENCE_MS,
);
