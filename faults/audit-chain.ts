import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import type { DatabaseAddress } from '../src/db/connection.ts';

/**
 * Asks `audit:verify` whether the audit log is as it was written, where this database has a chain: 0 is whole, 1 is
 * broken, null is no chain.
 * @param program the built command line
 * @param environment as the service has it: which data folder, which database
 */
export async function checkAuditChain(
  admin: DatabaseAddress,
  program: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly breaks: number | null; readonly said: string }> {
  const client = new pg.Client(admin);
  await client.connect();
  try {
    const { rows } = await client.query<{ there: boolean }>(
      `select to_regclass('public.audit_seal') is not null as there`,
    );
    if (rows[0]?.there !== true) return { breaks: null, said: '' };
  } finally {
    await client.end();
  }
  // Not waited for at one stroke: the way to the database may lead through this process (`proxy.ts`).
  const child = spawn(process.execPath, [program, 'audit:verify'], { env: environment, timeout: 120_000 });
  const [said, complaints, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { breaks: status === 0 ? 0 : 1, said: `${said}${complaints}`.trim().slice(-1_000) };
}
