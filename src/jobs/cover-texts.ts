import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import type { Deps } from '../usecases/context.ts';
import { coverTexts } from '../usecases/cover-texts.ts';
import { loadLibrary } from '../usecases/get-library.ts';

/** A page takes some milliseconds; one that takes long is of a server that is busy. */
const LONGEST_REST_MS = 2_000;

export interface CoveringPorts {
  /** What changes when another process, or another database, takes over; null: this one does not lead. */
  readonly leader: () => object | null;
  readonly log: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
}

/**
 * Looks stored texts through for identity numbers, all libraries once for each leader: where they are, that is one look
 * each, and one more try for each row that could not be changed.
 */
export interface Covering {
  look(): Promise<void>;
  /** Ends the rest that it may be in; whoever stops it waits for the look. */
  stop(): void;
}

export function openCovering(db: Db, deps: Deps, { leader, log }: CoveringPorts): Covering {
  const stopping = new AbortController();
  let doneBy: object | null = null;
  const rest = async (tookMs: number): Promise<void> => {
    const ms = Math.min(Math.max(tookMs, 1), LONGEST_REST_MS);
    await wait(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
  };
  return {
    async look() {
      const by = leader();
      if (by === null || by === doneBy) return;
      const goOn = () => !stopping.signal.aborted && leader() === by;
      for (const { slug } of await listLibraries(db)) {
        const library = await loadLibrary(db, slug, deps.now());
        if (!library) continue;
        const scope = {
          library,
          actor: { kind: 'system' },
          at: deps.now(),
          requestId: 'cover-texts',
        } as const;
        const onLeft = (table: string, error: string) =>
          log({ event: 'text-left', library: slug, table, error });
        const outcome = await coverTexts(db, deps, scope, { goOn, rest, onLeft });
        if (outcome.kind === 'stopped') return;
        if (outcome.kind === 'ended' || outcome.kind === 'retried')
          log({
            event: 'texts-covered',
            library: slug,
            texts: outcome.texts,
            unchanged: outcome.unchanged,
          });
      }
      doneBy = by;
    },
    stop() {
      stopping.abort();
    },
  };
}
