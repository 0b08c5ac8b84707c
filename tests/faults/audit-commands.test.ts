/** `audit:verify` and `audit:anchor` as an operator types them: what they print, and the exit code that others rest on. */
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAuditChain } from '../../faults/audit-chain.ts';
import type { DatabaseAddress } from '../../src/db/connection.ts';
import { findRunning } from '../../src/db/embedded/start.ts';
import { writeAudit } from '../../src/usecases/audit.ts';
import { openBeside } from './beside.ts';
import { build, cleanUp, makeFolder, runCommand, startService } from './service.ts';

const PATIENCE_MS = 120_000;
let folder: string;
let dataDir: string;
let admin: DatabaseAddress;

beforeAll(async () => {
  build();
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  await startService(dataDir);
  const connections = await findRunning(dataDir);
  if (connections === undefined) throw new Error('no database runs');
  admin = connections.admin;
  await note();
}, PATIENCE_MS);
afterAll(() => cleanUp(folder));

/** Three rows of the audit log, as the service writes them. */
async function note(): Promise<void> {
  const beside = await openBeside(dataDir);
  try {
    for (const subjectId of ['satu', 'dua', 'tiga'])
      await beside.all((tx) =>
        writeAudit(tx, beside.deps, beside.scope(), {
          action: 'setting.change',
          subjectKind: 'setting',
          subjectId,
          fields: [],
          purpose: null,
        }),
      );
  } finally {
    await beside.close();
  }
}

const verify = (...args: readonly string[]) => runCommand(dataDir, ['audit:verify', ...args]);
const anchor = (...args: readonly string[]) => runCommand(dataDir, ['audit:anchor', ...args]);
/** As the service's own commands are asked by `npm run faults`. */
const chain = () =>
  checkAuditChain(admin, path.join(import.meta.dirname, '..', '..', 'dist', 'cli.js'), {
    ...process.env,
    DATA_DIR: dataDir,
  });

/** Past every trigger and right, as whoever holds the server can. */
async function asSuperuser(statements: string): Promise<readonly Record<string, string>[]> {
  const client = new pg.Client(admin);
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    return (await client.query<Record<string, string>>(statements)).rows;
  } finally {
    await client.end();
  }
}

/** The digest of a library's anchor, as it is written down from the printed groups. */
function digestIn(output: string): string {
  return [...output.matchAll(/^ {2}(.+)$/gm)].map(([, groups]) => groups).join(' ');
}

/** Its rows of the audit log. */
const OF_BANYUWANGI = `from audit_log l join library on library.id = l.library_id and library.slug = 'banyuwangi'`;

it(
  'a whole audit log is 0, a sealed row that the superuser changed is 1 and named, and so is one that is put back again 0',
  async () => {
    const whole = await verify('--seal');
    expect(whole.output).toContain('audit_chain: whole');
    expect(whole.code).toBe(0);
    expect(await chain()).toMatchObject({ breaks: 0 });

    const printed = await anchor('--library', 'banyuwangi');
    expect(printed.code).toBe(0);
    const digest = digestIn(printed.output);
    const stands = await verify('--anchor', digest);
    expect(stands.output).toMatch(/The anchor is seal \d+ of banyuwangi, .* It stands: none of these rows/);
    expect(stands.code).toBe(0);

    const [row] = await asSuperuser(`select l.id, l.action ${OF_BANYUWANGI} order by l.seq limit 1`);
    const change = (action: string | undefined) =>
      `update audit_log set action = '${action}' where id = '${row?.id}'`;
    await asSuperuser(change('setting.changed'));
    const changed = await verify();
    expect(changed.output).toMatch(
      new RegExp(
        `banyuwangi: The row ${row?.id} \\(seal \\d+, place \\d+\\) was changed after it was sealed\\.`,
      ),
    );
    expect(changed.output).toContain('audit_chain: broken (1 findings)');
    expect(changed.code).toBe(1);
    expect((await verify('--library', 'jateng')).code).toBe(0);
    expect(await chain()).toMatchObject({ breaks: 1, said: expect.stringContaining('was changed') });
    // The anchor's seal is there, but what it stood for is not.
    const doubted = await verify('--anchor', digest);
    expect(doubted.output).toContain('The chain is broken, see above.');
    expect(doubted.code).toBe(1);

    await asSuperuser(change(row?.action));
    expect((await verify()).code).toBe(0);
  },
  PATIENCE_MS,
);

it(
  'an anchor whose seal was made anew over other rows is gone, although the chain itself is whole',
  async () => {
    const { output } = await anchor('--library', 'banyuwangi');
    const digest = digestIn(output);
    expect((await verify('--anchor', digest)).code).toBe(0);
    // All seals of the library thrown away and the rest sealed again: what a clean forgery looks like.
    await asSuperuser(`
      delete from audit_leaf using library where library.id = audit_leaf.library_id and slug = 'banyuwangi';
      delete from audit_seal using library where library.id = audit_seal.library_id and slug = 'banyuwangi';
      delete from audit_log where id = (select l.id ${OF_BANYUWANGI} order by l.seq limit 1);
      update audit_head set seq = 0`);
    const sealed = await verify('--seal');
    expect(sealed.output).toContain('audit_chain: whole');
    expect(sealed.code).toBe(0);
    const gone = await verify('--anchor', digest);
    expect(gone.output).toContain('No seal has this digest.');
    expect(gone.code).toBe(1);
  },
  PATIENCE_MS,
);

it(
  'what cannot be read or does not exist is refused with how to ask',
  async () => {
    const [wrong, unknown, day] = await Promise.all([
      verify('--anchor', 'bukan sidik jari'),
      verify('--library', 'tidak-ada'),
      anchor('--day', '2026-02-30'),
    ]);
    expect(wrong).toMatchObject({ code: 2, output: expect.stringContaining('npm run audit:verify --') });
    expect(unknown).toMatchObject({
      code: 1,
      output: expect.stringContaining('There is no library tidak-ada.'),
    });
    expect(day).toMatchObject({ code: 2, output: expect.stringContaining('npm run audit:anchor --') });
  },
  PATIENCE_MS,
);
