import type { Db } from '../db/connection.ts';
import { findRunningImports, findUploadsBefore, gatherMemberKeys } from '../db/import.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId } from '../domain/ids.ts';
import { type Deps, type Scope, servicePointOf } from './context.ts';
import { loadLibrary } from './get-library.ts';
import { dropUpload } from './start-import.ts';

/** Longer than any upload takes: what is not complete by then was cut off. */
const UPLOAD_MS = 60 * 60_000;

/**
 * Imports that the service was told to do and that are not at a rest, each in the name of the officer who wanted it;
 * whether somebody is at one is known when it is begun. Uploads that were cut off by the end of a process are dropped.
 */
export async function findInterrupted(
  db: Db,
  deps: Deps,
): Promise<readonly { readonly scope: Scope; readonly importId: ImportId }[]> {
  const found: { readonly scope: Scope; readonly importId: ImportId }[] = [];
  const at = deps.now();
  // An import that was killed had no time to.
  await gatherMemberKeys(db, false);
  for (const { id, slug } of await listLibraries(db)) {
    const { imports, uploads } = await inLibrary(db, id, async (tx) => ({
      imports: await findRunningImports(tx),
      uploads: await findUploadsBefore(tx, new Date(at.getTime() - UPLOAD_MS)),
    }));
    if (imports.length + uploads.length === 0) continue;
    const library = await loadLibrary(db, slug, at);
    if (!library) continue;
    const system: Scope = { library, actor: { kind: 'system' }, at, requestId: 'import' };
    for (const importId of uploads) await dropUpload(db, system, importId);
    for (const record of imports) {
      const officer = (record.state === 'applying' ? record.applied_by : null) ?? record.created_by;
      const actor =
        officer === null
          ? system.actor
          : ({ kind: 'officer', id: officer, roles: [], servicePointId: servicePointOf(system) } as const);
      found.push({ scope: { ...system, actor }, importId: record.id });
    }
  }
  return found;
}
