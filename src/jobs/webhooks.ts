import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { librariesWithWebhooks } from '../db/webhook.ts';
import type { LibraryId, WebhookId } from '../domain/ids.ts';
import { sendWebhook, type WebhookPorts } from '../interop/webhook/send.ts';
import type { Deps, LibraryContext } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import {
  claimWebhook,
  listDueWebhooks,
  noteExpired,
  type OutgoingWebhook,
  settleWebhook,
} from '../usecases/send-webhooks.ts';
import { beginningWith } from './turns.ts';

/** Messages under way to one receiver; to one that has failed so often in a row, only one more try at a time. */
const SLOTS = 4;
const FAILING_FROM = 5;
/** Of all receivers of all libraries, and of those of one. */
const MOST_AT_ONCE = 64;
const MOST_OF_LIBRARY = 8;
/** Where all places are taken, a line gives its own up after so long. */
const TURN_MS = 10_000;
const TIMEOUT_MS = 10_000;
/** A request under way when the service ends may finish for so long. */
const GRACE_MS = 3_000;

export interface WebhookRunnerPorts {
  /** Whether this process still is the one that works. */
  readonly leading: () => boolean;
  readonly log: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
  /** Beside the usual: for tests. */
  readonly network?: Partial<WebhookPorts>;
  /** Places in all, 64 as a rule: for tests. */
  readonly places?: number;
}

/** Sends what waits, each receiver on lines of its own: one that is dead or slow delays no other. */
export interface WebhookRunner {
  /** Begins what is due and waits for none of it. */
  look(): Promise<void>;
  /** Waits for what is under way. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export function openWebhookRunner(db: Db, deps: Deps, ports: WebhookRunnerPorts): WebhookRunner {
  const lines = new Map<WebhookId, number>();
  const running = new Set<Promise<void>>();
  const ofLibrary = new Map<LibraryId, number>();
  const places = ports.places ?? MOST_AT_ONCE;
  /** Who found no place at the last look is the first at the next one. */
  let first: LibraryId | undefined;
  const cut = new AbortController();
  let stopped = false;
  let lookedForExpired = Number.NaN;

  const goesOn = () => !stopped && ports.leading();

  /** Sends one message after the other until none is due, or others wait for the place. */
  async function line(library: LibraryContext, id: WebhookId): Promise<void> {
    const begun = performance.now();
    try {
      while (goesOn()) {
        if (running.size >= places && performance.now() - begun > TURN_MS) return;
        const message = await claimWebhook(db, deps, library, id);
        if (message === undefined) return;
        await send(library, message);
      }
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      ports.log({ event: 'webhook-failed', library: library.slug, error: name });
    }
  }

  async function send(library: LibraryContext, message: OutgoingWebhook): Promise<void> {
    const begun = performance.now();
    const answer = await sendWebhook(message, {
      timeoutMs: TIMEOUT_MS,
      ...ports.network,
      mayReach: message.mayReach,
      cut: cut.signal,
    });
    // Cut off by the end of the service: it is sent again.
    if (!answer.ok && cut.signal.aborted) return;
    const stops = await settleWebhook(db, deps, library, message, {
      status: answer.status,
      failure: answer.ok ? null : answer.failure,
      durationMs: performance.now() - begun,
    });
    if (stops !== null) ports.log({ event: 'webhook-stopped', library: library.slug, reason: stops });
  }

  function begin(library: LibraryContext, id: WebhookId, most: number): void {
    const mayBegin = () =>
      (lines.get(id) ?? 0) < most &&
      (ofLibrary.get(library.id) ?? 0) < MOST_OF_LIBRARY &&
      running.size < places;
    while (mayBegin()) {
      add(lines, id, 1);
      add(ofLibrary, library.id, 1);
      const run = line(library, id).finally(() => {
        add(lines, id, -1);
        add(ofLibrary, library.id, -1);
        running.delete(run);
      });
      running.add(run);
    }
  }

  /** Once an hour is enough for what happens at midnight, in whichever zone. */
  async function lookForExpired(libraries: readonly { readonly slug: string }[]): Promise<void> {
    const hour = Math.floor(deps.now().getTime() / 3_600_000);
    if (hour === lookedForExpired) return;
    for (const { slug } of libraries) {
      const library = await loadLibrary(db, slug, deps.now());
      if (library) await noteExpired(db, deps, library);
    }
    lookedForExpired = hour;
  }

  return {
    async look() {
      if (!goesOn()) return;
      const libraries = await listLibraries(db);
      await lookForExpired(libraries);
      const due: readonly LibraryId[] = await librariesWithWebhooks(db, deps.now());
      for (const { id, slug } of beginningWith(libraries, first)) {
        if (!due.includes(id)) continue;
        if (running.size >= places) {
          first = id;
          return;
        }
        const library = await loadLibrary(db, slug, deps.now());
        if (!library) continue;
        for (const receiver of await listDueWebhooks(db, deps, id))
          if (goesOn()) begin(library, receiver.id, receiver.failures < FAILING_FROM ? SLOTS : 1);
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    async stop() {
      stopped = true;
      const timer = setTimeout(() => cut.abort(), GRACE_MS);
      await Promise.all(running);
      clearTimeout(timer);
    },
  };
}

/** What is none is forgotten. */
function add<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
