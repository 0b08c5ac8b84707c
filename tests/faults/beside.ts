/** What a test looks at and does beside the running service, in a connection of its own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Db, openDatabase } from '../../src/db/connection.ts';
import { openInstallation } from '../../src/db/installation.ts';
import { randomBytes } from '../../src/db/random-bytes.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { risingUuids } from '../../src/domain/ids.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { type RunningService, startService } from './service.ts';

export interface Beside {
  readonly db: Db;
  readonly deps: Deps;
  /** Of the admin of Banyuwangi, now. */
  scope(): Scope;
  /** In that library. */
  all<T>(work: Parameters<typeof inLibrary<T>>[2]): Promise<T>;
  close(): Promise<void>;
}

export async function openBeside(dataDir: string): Promise<Beside> {
  const opened = await openInstallation({
    dataDir,
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    dataKey: undefined,
    log: () => undefined,
    besideService: true,
  });
  if (!opened.ok) throw new Error(opened.reason);
  const { app, vault } = opened.installation;
  const { db, close } = openDatabase({ address: app, poolSize: 2 });
  const deps: Deps = {
    now: () => new Date(),
    randomBytes,
    uuid: risingUuids(randomBytes),
    vault,
    wake: () => undefined,
  };
  const library = await loadLibrary(db, 'banyuwangi', new Date());
  const [point] = library?.servicePoints ?? [];
  if (!library || !point) throw new Error('not seeded');
  const officer = await inLibrary(db, library.id, (tx) =>
    tx.selectFrom('officer').select('id').where('username', '=', 'admin').executeTakeFirstOrThrow(),
  );
  return {
    db,
    deps,
    scope: () => ({
      library,
      actor: { kind: 'officer', id: officer.id, roles: ['admin'], servicePointId: point.id },
      at: new Date(),
      requestId: 'test',
    }),
    all: (work) => inLibrary(db, library.id, work),
    close,
  };
}

/** Kills the service of this folder, whoever started it, and starts the next one. */
export async function startAgain(dataDir: string): Promise<RunningService> {
  const lock = JSON.parse(readFileSync(path.join(dataDir, 'lock.json'), 'utf8')) as { readonly pid: number };
  process.kill(lock.pid, 'SIGKILL');
  return startService(dataDir);
}
