import { randomBytes } from 'node:crypto';
import { openDatabase } from '../db/connection.ts';
import { risingUuids } from '../domain/ids.ts';
import type { Service } from '../main.ts';
import type { Deps } from '../usecases/context.ts';
import { fillDemo } from './demo/fill.ts';
import { setDemoPasswords } from './demo/staff.ts';
import { settingsOrExplain } from './settings.ts';
import { run } from './start.ts';

/** The libraries of the presets: the only ones a demonstration is made for. */
const SLUGS = ['jateng', 'banyuwangi'] as const;

/**
 * `npm run demo`: the service with a fictional year in both libraries, in a data folder of its own. The first start
 * makes the year, later ones go on with it; delete the folder to begin again.
 */
export async function demo(): Promise<number> {
  const config = settingsOrExplain({ DATA_DIR: './data-demo' });
  if (config === undefined) return 2;
  if (config.databaseUrl !== undefined) {
    console.error('The demonstration makes a database of its own: leave DATABASE_URL out.');
    return 2;
  }
  return run(config, fill);
}

async function fill(service: Service): Promise<void> {
  const { installation } = service;
  // Some statements write tens of thousands of rows.
  const { db, close } = openDatabase({ address: installation.app, poolSize: 4, statementTimeoutMs: 0 });
  const deps: Deps = {
    now: () => new Date(),
    randomBytes,
    uuid: risingUuids(randomBytes),
    vault: installation.vault,
    wake: () => undefined,
  };
  try {
    const began = performance.now();
    console.log('\nA fictional year for both libraries …');
    const { rows, skipped } = await fillDemo(db, deps, SLUGS, { scale: 1 });
    if (rows > 0) console.log(`${rows} rows in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    if (skipped.length > 0) console.log(`kept as it was: ${skipped.join(', ')}`);
    const signIns = await setDemoPasswords(db, deps, SLUGS);
    if (signIns.length === 0) console.log('This folder is no demonstration: nothing in it was changed.');
    else console.log('\nSign-ins of the demonstration; all people in it are made up:');
    for (const { slug, username, password, roles } of signIns)
      console.log(`  ${slug.padEnd(12)} ${username.padEnd(16)} ${password}  (${roles.join(', ')})`);
  } finally {
    await close();
  }
}
