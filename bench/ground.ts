/** What has to be in the database before anything can be measured, and what came to it meanwhile. */
import { sql } from 'kysely';
import { type Db, openDatabase } from '../src/db/connection.ts';
import { type Installation, openInstallation } from '../src/db/installation.ts';
import { inLibrary } from '../src/db/tenancy.ts';
import type { LibraryContext } from '../src/usecases/context.ts';
import { loadLibrary } from '../src/usecases/get-library.ts';
import type { Task } from './tasks.ts';

/** The library that is measured: both presets are equally heavy. */
const SLUG = 'banyuwangi';
/** Its own regency, where nearly all of its members live. */
const REGENCY = '35.10.%';

export interface Ground {
  readonly slug: string;
  registering(): Promise<Task>;
  /** Complete registrations so far: cases that have their event, their three consents and their audit row. */
  countRegistrations(): Promise<number>;
  close(): Promise<void>;
}

/** Reaches the database of the running service on `dataDir`. */
export async function openGround(dataDir: string): Promise<Ground> {
  const installation = await reach(dataDir);
  const { db, close } = openDatabase({ address: installation.app, poolSize: 2, statementTimeoutMs: 0 });
  const library = await loadLibrary(db, SLUG, new Date());
  if (!library) throw new Error(`there is no library ${SLUG}`);
  return {
    slug: SLUG,
    registering: async () => ({
      kind: 'register',
      setting: {
        slug: SLUG,
        consentVersion: library.settings.consents.version,
        memberType: memberTypeOf(library),
        villages: await villagesOf(db),
      },
    }),
    countRegistrations: () => countRegistrations(db, library),
    close,
  };
}

/** The installation of a service that runs, its database left to it. */
export async function reach(dataDir: string): Promise<Installation> {
  const opened = await openInstallation({
    dataDir,
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    dataKey: undefined,
    besideService: true,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(`the database of the service cannot be reached: ${opened.reason}`);
  if (opened.installation.database !== 'running') throw new Error('the service does not run');
  return opened.installation;
}

function memberTypeOf(library: LibraryContext): string {
  const type = library.settings.memberTypes.find((each) => each.active && each.code === 'UMUM');
  if (!type) throw new Error('the library has no member type UMUM');
  return type.code;
}

async function villagesOf(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('region')
    .select('code')
    .where('level', '=', 4)
    .where('code', 'like', REGENCY)
    .execute();
  return rows.map((row) => row.code);
}

function countRegistrations(db: Db, library: LibraryContext): Promise<number> {
  return inLibrary(db, library.id, async (tx) => {
    const { rows } = await sql<{ complete: number }>`
      select count(*) as complete from application
      join (select application_id as id, count(*) as n from application_event group by 1) event using (id)
      join (select application_id as id, count(*) as n from consent group by 1) consent using (id)
      join (select subject_id, count(*) as n from audit_log group by 1) audit on audit.subject_id = application.id::text
      where event.n = 1 and consent.n = 3 and audit.n = 1`.execute(tx);
    return rows[0]?.complete ?? 0;
  });
}
