import type { Db } from '../../../db/connection.ts';
import { findImport } from '../../../db/import.ts';
import { inLibrary } from '../../../db/tenancy.ts';
import type { ImportId } from '../../../domain/ids.ts';
import { coveredList } from '../../../domain/importing/covered-list.ts';
import type { ImportFileFacts, ImportMapping } from '../../../domain/importing/import-state.ts';
import { memberSource } from '../../../interop/member-source.ts';
import type { Deps, Scope } from '../../../usecases/context.ts';
import { findInterrupted } from '../../../usecases/interrupted-imports.ts';
import { runImport } from '../../../usecases/run-import.ts';
import { storedFile } from './store-upload.ts';

/** Works at imports in the background of this process; what it has done stands in the database. */
export interface ImportRunner {
  /** @returns `elsewhere` where only the command that reads the source can go on */
  run(scope: Scope, importId: ImportId): Promise<'running' | 'elsewhere'>;
  /** Goes on with those of the service that nobody is at: whoever was has ended. Those that an officer stopped stay. */
  goOn(): Promise<void>;
  /** Lets each come to the end of its batch; the next start goes on there. */
  stop(): Promise<void>;
}

type Log = (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
type RunnerDeps = Deps & { readonly db: Db; readonly log: Log };

/** An import that fails is tried again, each time after twice as long. */
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 30 * 60_000;

export function openRunner(deps: RunnerDeps): ImportRunner {
  const running = new Map<ImportId, Promise<unknown>>();
  const resting = new Map<ImportId, { readonly until: number; readonly ms: number }>();
  let stopping = false;

  function fail(importId: ImportId, error: unknown): void {
    // It stands where it stood; the page says that it rests.
    deps.log({
      event: 'import-failed',
      import: importId,
      error: error instanceof Error ? error.name : 'unknown',
    });
    const before = resting.get(importId)?.ms ?? FIRST_REST_MS / 2;
    const ms = Math.min(LONGEST_REST_MS, before * 2);
    resting.set(importId, { until: deps.now().getTime() + ms, ms });
  }

  async function run(scope: Scope, importId: ImportId): Promise<'running' | 'elsewhere'> {
    if (running.has(importId) || stopping) return 'running';
    const record = await inLibrary(deps.db, scope.library.id, async (tx) => {
      const found = await findImport(tx, importId);
      const piece = await tx
        .selectFrom('import_chunk')
        .select('n')
        .where('import_id', '=', importId)
        .limit(1)
        .executeTakeFirst();
      return found && { ...found, hasFile: piece !== undefined };
    });
    if (!record || (record.state === 'reading' && !record.hasFile)) return 'elsewhere';
    if (running.has(importId) || stopping) return 'running';
    // Of before the rule on identity numbers: the job that covers its titles may come while it is read.
    const { facts, mapping } = coveredList({
      facts: record.file_facts as ImportFileFacts,
      mapping: record.mapping as ImportMapping,
      counts: {},
    });
    const file = storedFile(deps, scope, importId, record.size);
    const source =
      record.state === 'reading'
        ? memberSource(file, { format: record.format, ...facts }, mapping.columns)
        : null;
    const work = runImport(deps.db, deps, scope, importId, { source, stopped: () => stopping })
      .then(
        () => resting.delete(importId),
        (error: unknown) => fail(importId, error),
      )
      .finally(() => running.delete(importId));
    running.set(importId, work);
    return 'running';
  }

  return {
    async run(scope, importId) {
      // Somebody asks for it now.
      resting.delete(importId);
      return run(scope, importId);
    },
    async goOn() {
      for (const { scope, importId } of await findInterrupted(deps.db, deps)) {
        const rest = resting.get(importId);
        if (rest === undefined || rest.until <= deps.now().getTime()) await run(scope, importId);
      }
    },
    async stop() {
      stopping = true;
      await Promise.all(running.values());
    },
  };
}
