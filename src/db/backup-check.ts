/**
 * The check of a backup: it is restored into a scratch database and read again; every table must come out as it went in.
 * Only a backup that was restored once is known to be one.
 */
import { rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Secret } from './backup-keys.ts';
import { inspectBackup } from './backup-read.ts';
import { BackupTrouble } from './backup-trouble.ts';
import type { DatabaseAddress } from './connection.ts';
import { fillDatabase } from './copy-in.ts';
import { openSnapshot } from './copy-out.ts';
import { createDatabase } from './embedded/roles.ts';
import { startEmbedded } from './embedded/start.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { withClient } from './with-client.ts';

const SCRATCH = 'daftar_check';
/** Held while the scratch database is in use; any constant, the same in every version. */
const CHECK_LOCK = 7_216_441_905;
/** The rows once more, the write-ahead log they pass through, and the indexes that keep numbers unique. */
const ROOM = 2.5;

interface Owned {
  readonly admin: DatabaseAddress;
  readonly owner: DatabaseAddress;
}

/**
 * `restored`: into a scratch database and read again. `read`: only the file, from its first byte to its last, because
 * there was no room or no embedded PostgreSQL for more.
 */
export type CheckedHow = 'restored' | 'read';

export interface CheckOptions {
  readonly dataDir: string;
  /** Connections of the embedded database; undefined for an external one, which is spared: its check runs here. */
  readonly embedded: Owned | undefined;
  readonly log: (line: string) => void;
}

/** Throws BackupTrouble when the file is not what it should be. */
export async function checkBackup(
  file: string,
  secrets: readonly Secret[],
  options: CheckOptions,
): Promise<CheckedHow> {
  const { manifest, end } = await inspectBackup(file, secrets);
  const upTo = manifest.migrations.at(-1)?.id ?? 0;
  if ((await freeBytes(options.dataDir)) < manifest.heapBytes * ROOM) {
    options.log('too little room for a scratch database: the backup was read whole, not restored');
    return 'read';
  }
  const check = async ({ admin, owner }: Owned): Promise<CheckedHow> => {
    const migrated = await migrate(owner, { migrations, upTo });
    if (!migrated.ok) throw new BackupTrouble('check-failed', migrated.reason);
    await withClient(admin, (client) => fillDatabase(client, file, secrets, { forCheck: true }));
    const snapshot = await openSnapshot(admin);
    try {
      for (const table of snapshot.tables) {
        const found = await snapshot.copy(table, () => Promise.resolve());
        const expected = end.tables.find(({ name }) => name === table.name);
        if (expected?.sha256 !== found.sha256 || expected.rows !== found.rows) {
          throw new BackupTrouble('check-failed', table.name);
        }
      }
      if (snapshot.tables.length !== end.tables.length) throw new BackupTrouble('check-failed', 'tables');
    } finally {
      await snapshot.end();
    }
    return 'restored';
  };
  return options.embedded === undefined
    ? await besideExternal(options, check)
    : await inScratch(options.embedded, check);
}

/** Free bytes where this folder is. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** One at a time: a second check waits for the first one's scratch database. */
async function inScratch<T>(at: Owned, work: (scratch: Owned) => Promise<T>): Promise<T> {
  return await withClient({ ...at.admin, database: 'postgres' }, async (client) => {
    await client.query('select pg_advisory_lock($1)', [CHECK_LOCK]);
    // One that was killed on the way left it behind.
    await client.query(`drop database if exists ${SCRATCH} with (force)`);
    await createDatabase(client, SCRATCH);
    try {
      return await work({
        admin: { ...at.admin, database: SCRATCH },
        owner: { ...at.owner, database: SCRATCH },
      });
    } finally {
      await client.query(`drop database if exists ${SCRATCH} with (force)`);
    }
  });
}

async function besideExternal(
  options: CheckOptions,
  work: (scratch: Owned) => Promise<CheckedHow>,
): Promise<CheckedHow> {
  const dataDir = path.join(options.dataDir, 'backup-check');
  const started = await startEmbedded({ dataDir, log: () => undefined });
  if (!started.ok) {
    if (started.reason === 'held') throw new BackupTrouble('check-failed', 'another check is running');
    options.log(`no scratch database here (${started.reason}): the backup was read whole, not restored`);
    return 'read';
  }
  try {
    return await work(started.embedded.connections);
  } finally {
    await started.embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
