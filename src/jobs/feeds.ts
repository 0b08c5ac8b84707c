import type { Db } from '../db/connection.ts';
import { feedsDue } from '../db/feed.ts';
import { listLibraries } from '../db/library.ts';
import { LIVE_TARGETS, type LiveTarget } from '../domain/exporting/outgoing-member.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { Deps } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import { type FeedPorts, interruptExports, runFeed } from '../usecases/run-feed.ts';
import { beginningWith } from './turns.ts';

/** Each holds a thousand members in memory and a server's patience; the others wait for the next look. */
const MOST_AT_ONCE = 8;
/** The other systems of a library with slow ones wait, rather than those of other libraries. */
const MOST_OF_LIBRARY = 2;
/** A request under way when the service ends may finish for so long. */
const GRACE_MS = 5_000;

export interface FeedRunnerPorts {
  readonly open: (cut: AbortSignal) => FeedPorts['open'];
  /** Whether this process still is the one that works. */
  readonly leading: () => boolean;
  readonly log: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
  /** Places in all, 8 as a rule: for tests. */
  readonly places?: number;
}

/** Runs the feeds of all libraries, each on its own: a slow server of one delays neither another nor any other job. */
export interface FeedRunner {
  /** Closes what a process before this one left open; once, when this one begins to work. */
  takeOver(): Promise<void>;
  /** Begins what is due and waits for none of it. */
  look(): Promise<void>;
  /** Waits for the runs under way. */
  idle(): Promise<void>;
  /** Stops every run between two members. */
  stop(): Promise<void>;
}

export function openFeedRunner(db: Db, deps: Deps, ports: FeedRunnerPorts): FeedRunner {
  const running = new Map<string, Promise<void>>();
  const places = ports.places ?? MOST_AT_ONCE;
  /** Who found no place at the last look is the first at the next one. */
  let first: LibraryId | undefined;
  const placeOf = (libraryId: LibraryId, target: LiveTarget) => `${libraryId} ${target}`;
  const cut = new AbortController();
  const open = ports.open(cut.signal);
  let stopped = false;

  async function run(libraryId: LibraryId, slug: string, target: LiveTarget): Promise<void> {
    try {
      const library = await loadLibrary(db, slug, deps.now());
      if (!library) return;
      const ended = await runFeed(db, deps, library, target, {
        open,
        stopping: () => stopped || !ports.leading(),
      });
      const { kind } = ended;
      if (kind === 'ran')
        ports.log({ event: 'feed', library: slug, target, sent: ended.sent, misfit: ended.misfit });
      if (kind === 'failed')
        ports.log({ event: 'feed-failed', library: slug, target, reason: ended.failure });
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      ports.log({ event: 'feed-failed', library: slug, target, reason: 'unexpected', error: name });
    } finally {
      running.delete(placeOf(libraryId, target));
    }
  }

  return {
    async takeOver() {
      for (const { id, slug } of await listLibraries(db)) {
        if (LIVE_TARGETS.some((target) => running.has(placeOf(id, target)))) continue;
        const library = await loadLibrary(db, slug, deps.now());
        const left = library ? await interruptExports(db, deps, library) : 0;
        if (left > 0) ports.log({ event: 'exports-interrupted', library: slug, count: left });
      }
    },
    async look() {
      const due = await feedsDue(db, deps.now());
      if (due.length === 0) return;
      for (const { id, slug } of beginningWith(await listLibraries(db), first)) {
        for (const { target } of due.filter(({ libraryId }) => libraryId === id)) {
          const place = placeOf(id, target);
          const own = LIVE_TARGETS.filter((one) => running.has(placeOf(id, one))).length;
          if (running.has(place) || own >= MOST_OF_LIBRARY) continue;
          if (stopped) return;
          if (running.size >= places) {
            first = id;
            return;
          }
          running.set(place, run(id, slug, target));
        }
      }
    },
    async idle() {
      await Promise.all(running.values());
    },
    async stop() {
      stopped = true;
      const timer = setTimeout(() => cut.abort(), GRACE_MS);
      await Promise.all(running.values());
      clearTimeout(timer);
    },
  };
}
