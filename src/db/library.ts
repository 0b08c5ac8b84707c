import { sql } from 'kysely';
import { defaultSettings } from '../domain/default-settings.ts';
import type { LibraryId, ServicePointId } from '../domain/ids.ts';
import type { LibrarySettings } from '../domain/library-settings.ts';
import type { Procedure } from '../domain/procedure.ts';
import type { Db, Tx } from './connection.ts';

type Stored = Partial<LibrarySettings> & Pick<LibrarySettings, 'profile'>;

/** The public registry of libraries: slug and name, nothing of their data. */
export function listLibraries(db: Db): Promise<{ id: LibraryId; slug: string; name: string }[]> {
  return db.selectFrom('library').select(['id', 'slug', 'name']).orderBy('name').execute();
}

export function findLibrary(
  db: Db,
  slug: string,
): Promise<{ id: LibraryId; slug: string; name: string } | undefined> {
  return db.selectFrom('library').select(['id', 'slug', 'name']).where('slug', '=', slug).executeTakeFirst();
}

/** The libraries that have a message due: their numbers, nothing else. */
export async function librariesWithMail(db: Db, at: Date): Promise<readonly LibraryId[]> {
  const { rows } = await sql<{ library_id: LibraryId }>`
    select library_id from libraries_with_mail(${at})`.execute(db);
  return rows.map((row) => row.library_id);
}

/**
 * All settings of the library of this transaction; each row is one key of `LibrarySettings`. One that is newer than the
 * program which made the library, as while a new version is rolled out, has no row and is what a new library starts with.
 */
export async function getSettings(tx: Tx): Promise<LibrarySettings> {
  const rows = await tx.selectFrom('setting').select(['name', 'value']).execute();
  const stored = Object.fromEntries(rows.map((row) => [row.name, row.value])) as unknown as Stored;
  return { ...defaultSettings(stored.profile), ...stored };
}

/** The signed version in force at this time, the newest where several are. */
export async function getProcedureInForce(
  tx: Tx,
  at: Date,
): Promise<{ version: number; procedure: Procedure }> {
  const row = await tx
    .selectFrom('procedure_version')
    .select(['version', 'definition'])
    .where('state', '=', 'signed')
    .where('effective_from', '<=', at)
    .orderBy('effective_from', 'desc')
    .orderBy('version', 'desc')
    .executeTakeFirstOrThrow();
  return { version: row.version, procedure: row.definition };
}

/** The version a case began with, which it keeps. */
export async function getProcedure(tx: Tx, version: number): Promise<Procedure> {
  const row = await tx
    .selectFrom('procedure_version')
    .select('definition')
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  return row.definition;
}

export function listServicePoints(tx: Tx): Promise<{ id: ServicePointId; code: string; name: string }[]> {
  return tx
    .selectFrom('service_point')
    .select(['id', 'code', 'name'])
    .where('active', '=', true)
    .orderBy('id')
    .execute();
}
