import type { Db } from '../db/connection.ts';
import { openRegionFinder, type RegionFinder } from '../db/region-names.ts';
import type { ImportId } from '../domain/ids.ts';
import type { IncomingMember } from '../domain/importing/incoming-member.ts';
import type { Deps, Scope } from './context.ts';
import { type Applied, applyBatch } from './import-apply.ts';
import { comparePairs, type FoundTwin, openPeople, type Pair } from './import-compare.ts';
import { type PreparedRow, prepareBatch } from './import-prepare.ts';
import { stageBatch } from './import-read.ts';

/** One pair of hands at an import: what takes a processor's time is done here, in whichever thread that is. */
export interface ImportWorker {
  /** Makes a batch ready, kept here under this number until its turn. */
  prepare(batch: number, rows: readonly IncomingMember[]): Promise<void>;
  /**
   * Puts a batch that was made ready aside.
   * @param after the last row of the batch before
   * @param progress how far the source is then, in the units of the import's size
   */
  stage(batch: number, after: number, progress: number): Promise<'staged' | 'stopped'>;
  /** Which of these pairs, in the order given, are one person or may be. */
  compare(pairs: readonly Pair[], people: number): Promise<readonly FoundTwin[]>;
  /** Makes members of these rows, all or none. */
  apply(rows: readonly number[]): Promise<Applied>;
}

/** Several workers of one import, in threads of their own. */
export interface ImportCrew {
  readonly workers: readonly ImportWorker[];
  /** Ends the threads; what they were at is done again by whoever goes on. */
  close(): Promise<void>;
}

export type OpenCrew = (scope: Scope, importId: ImportId) => ImportCrew;

/** A worker of this thread. @param scope of whoever asked for the import; times are of each batch */
export function openWorker(db: Db, deps: Deps, scope: Scope, importId: ImportId): ImportWorker {
  const now = (): Scope => ({ ...scope, at: deps.now() });
  const ready = new Map<number, readonly PreparedRow[]>();
  const people = openPeople();
  let regions: Promise<RegionFinder> | undefined;
  return {
    async prepare(batch, rows) {
      regions ??= openRegionFinder(db);
      ready.set(batch, await prepareBatch(db, deps, now(), importId, await regions, rows));
    },
    async stage(batch, after, progress) {
      const rows = ready.get(batch) ?? [];
      ready.delete(batch);
      return stageBatch(db, deps, now(), importId, { rows, after, progress });
    },
    compare: (pairs, crowd) => comparePairs(db, deps, now(), importId, people, pairs, crowd),
    apply: (rows) => applyBatch(db, deps, now(), importId, rows),
  };
}
