import { findImport } from '../../../db/import.ts';
import { inLibrary } from '../../../db/tenancy.ts';
import type { ImportId } from '../../../domain/ids.ts';
import type { ImportFileFacts, ImportMapping } from '../../../domain/importing/import-state.ts';
import { memberSource } from '../../../interop/member-source.ts';
import type { Scope } from '../../../usecases/context.ts';
import { runImport } from '../../../usecases/run-import.ts';
import type { WebDeps } from '../../env.ts';
import { storedFile } from './store-upload.ts';

/** Works at imports in the background of this process; what it has done stands in the database. */
export interface ImportRunner {
  /** @returns `elsewhere` where only the command that reads the source can go on */
  run(scope: Scope, importId: ImportId): Promise<'running' | 'elsewhere'>;
}

export function openRunner(deps: WebDeps): ImportRunner {
  const running = new Map<ImportId, Promise<unknown>>();
  return {
    async run(scope, importId) {
      if (running.has(importId)) return 'running';
      const record = await inLibrary(deps.db, scope.library.id, async (tx) => {
        const found = await findImport(tx, importId);
        const piece = await tx.selectFrom('import_chunk').select('n').where('import_id', '=', importId).limit(1).executeTakeFirst();
        return found && { ...found, hasFile: piece !== undefined };
      });
      if (!record || (record.state === 'reading' && !record.hasFile)) return 'elsewhere';
      const { columns } = record.mapping as ImportMapping;
      const facts = record.file_facts as ImportFileFacts;
      const file = storedFile(deps, scope, importId, record.size);
      const source = record.state === 'reading' ? memberSource(file, { format: record.format, ...facts }, columns) : null;
      const work = runImport(deps.db, deps, scope, importId, { source })
        .catch((error: unknown) => {
          // It stands where it stood; the page says that it rests and offers to go on.
          deps.log({ event: 'import-failed', import: importId, error: error instanceof Error ? error.name : 'unknown' });
        })
        .finally(() => running.delete(importId));
      running.set(importId, work);
      return 'running';
    },
  };
}
