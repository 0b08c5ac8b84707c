/**
 * `npm run bench -- import --rows 100000`: the command that lets old members in, from the file to the last member, with
 * the check for duplicates on, beside what the database takes to write the same rows with the same indexes by itself.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { reach } from '../ground.ts';
import { type Service, startService } from '../service.ts';

export const IMPORT_USAGE = 'npm run bench -- import [--rows 100000]: lets a CSV of so many people in';

type Print = (name: string, value: number, unit: string) => void;

const SLUG = 'banyuwangi';
/** What the columns of the generated people are. */
const COLUMNS = {
  id: 'number',
  name: 'name',
  birth_place: 'birth_place',
  birth_date: 'birth_date',
  sex: 'sex',
  nik: 'identity_number',
  phone: 'phone',
  email: 'email',
  address: 'address_line',
  village_code: 'address_village',
};

/** @returns the exit code */
export async function importing(args: readonly string[], print: Print): Promise<number> {
  const rows = rowsOf(args);
  if (rows === undefined) {
    console.error(IMPORT_USAGE);
    return 2;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-bench-'));
  const running: { service?: Service } = {};
  const cleanUp = async (): Promise<void> => {
    await running.service?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    // In processes of their own: what they hold in memory is theirs.
    const own = process.argv[1] ?? '';
    await ended([own, 'matching', '--out', folder, '--existing', String(rows), '--incoming', '10'], {});
    const program = path.join(path.dirname(own), 'cli.js');
    const dataDir = path.join(folder, 'data');
    running.service = await startService(program, dataDir);
    const map = path.join(folder, 'map.json');
    writeFileSync(map, JSON.stringify(COLUMNS));
    const file = path.join(folder, 'existing.csv');
    const command = [program, 'import', file, '--library', SLUG, '--map', map];
    const began = performance.now();
    const read = await ended([...command, '--dry-run'], { DATA_DIR: dataDir });
    const checked = performance.now();
    const applied = await ended([...command, '--apply'], { DATA_DIR: dataDir });
    const done = performance.now();
    const { members, limit } = await writtenAgain(dataDir);
    print('import_check_rows_per_s', (rows * 1000) / (checked - began), 'rows/s');
    print('import_apply_rows_per_s', (members * 1000) / (done - checked), 'rows/s');
    print('import_rows_per_s', (rows * 1000) / (done - began), 'rows/s');
    print('import_limit_per_s', limit, 'rows/s');
    print('import_members', members, 'rows');
    print('import_rss_mb', Math.max(read, applied), 'MB');
    return 0;
  } finally {
    await cleanUp();
  }
}

/** Runs a program of ours to its end; the most memory it had, in megabytes (0 where the system does not tell). */
async function ended(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let most = 0;
  const timer = setInterval(() => {
    try {
      const told = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      most = Math.max(most, Number(told ?? 0) / 1024);
    } catch {
      // It has just ended, or this is no Linux.
    }
  }, 200);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args.slice(1, 3).join(' ')} ended with ${code}`);
  return most;
}

/** The same members and their history written by the database alone, a thousand at a time, indexes and spans included. */
async function writtenAgain(dataDir: string): Promise<{ readonly members: number; readonly limit: number }> {
  const installation = await reach(dataDir);
  const client = new pg.Client({ ...installation.admin, statement_timeout: 0 });
  await client.connect();
  try {
    const tables = ['member', 'member_event', 'member_span', 'audit_log'];
    for (const table of tables) await client.query(`create table again_${table} (like ${table} including all)`);
    const { rows } = await client.query<{ id: string }>('select id from member order by id');
    const began = performance.now();
    for (let from = 0; from < rows.length; from += 1_000) {
      const ids = rows.slice(from, from + 1_000).map((row) => row.id);
      await client.query('begin');
      for (const table of tables) {
        const [key, type] = table === 'member' ? ['id', 'uuid'] : table === 'audit_log' ? ['subject_id', 'text'] : ['member_id', 'uuid'];
        await client.query(`insert into again_${table} select * from ${table} where ${key} = any($1::${type}[])`, [ids]);
      }
      await client.query('commit');
    }
    return { members: rows.length, limit: (rows.length * 1000) / (performance.now() - began) };
  } finally {
    await client.end();
  }
}

function rowsOf(args: readonly string[]): number | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { rows: { type: 'string' } } });
    const rows = Number(values.rows ?? 100_000);
    return Number.isSafeInteger(rows) && rows >= 100 ? rows : undefined;
  } catch {
    return undefined;
  }
}
