import type pg from 'pg';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { applyRetention } from '../usecases/apply-retention.ts';
import type { Deps } from '../usecases/context.ts';
import { type ComposeMail, deliverMessages, type SendMail } from '../usecases/deliver-messages.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import type { FeedPorts } from '../usecases/run-feed.ts';
import { openFeedRunner } from './feeds.ts';

/** Held by the one process that runs the jobs; any constant, the same in every version. */
const LEADER_LOCK = 7_216_441_904;
const LOOK_EVERY_MS = 10_000;
/** The first time: what a stop interrupted goes on, without standing in the way of the start. */
const AFTER_START_MS = 500;
const RETENTION_EVERY_MS = 6 * 3_600_000;

export interface JobPorts {
  /** Null where no mail server is set: messages wait in the outbox. */
  readonly send: SendMail | null;
  readonly compose: ComposeMail;
  /** Puts members into Koha; the signal ends what is under way. */
  readonly openKoha: (cut: AbortSignal) => FeedPorts['open'];
  /** Begins imports again that a stop of the service interrupted; does not wait for them. */
  readonly goOnWithImports: () => Promise<void>;
  readonly log: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
}

/**
 * Runs the service's own work in the app process. Of several processes on one database only the holder of an advisory
 * lock works; its connection's end, for whatever reason, lets another one follow at its next try.
 * @returns stops and waits for the run in progress
 */
export function startJobs(
  db: Db,
  connect: () => pg.Client,
  deps: Deps,
  ports: JobPorts,
): { stop(): Promise<void> } {
  let leader: pg.Client | null = null;
  let nextRetention = 0;
  let electing: Promise<boolean> | undefined;
  let tookOver: pg.Client | null = null;
  let running: Promise<void> = Promise.resolve();
  let feeding: Promise<void> = Promise.resolve();
  let stopped = false;
  const feeds = openFeedRunner(db, deps, {
    open: ports.openKoha,
    leading: () => leader !== null,
    log: ports.log,
  });

  const failed = (error: unknown) =>
    ports.log({ event: 'job-failed', error: error instanceof Error ? error.name : 'unknown' });
  const tick = (): void => {
    // One run at a time: a slow mail server must not pile up runs.
    running = running.then(runOnce).catch(failed);
    // On a line of their own: mail waits for no lending system, and none of them for mail.
    feeding = feeding.then(feedOnce).catch(failed);
  };
  // The jobs alone keep no process alive.
  const first = setTimeout(tick, AFTER_START_MS).unref();
  const timer = setInterval(tick, LOOK_EVERY_MS).unref();

  async function runOnce(): Promise<void> {
    if (stopped || !(await lead())) return;
    await ports.goOnWithImports();
    if (ports.send !== null) {
      const sent = await deliverMessages(db, deps, { send: ports.send, compose: ports.compose });
      if (sent > 0) ports.log({ event: 'mail-sent', count: sent });
    }
    const now = deps.now().getTime();
    if (now < nextRetention) return;
    nextRetention = now + RETENTION_EVERY_MS;
    for (const { slug } of await listLibraries(db)) {
      const library = await loadLibrary(db, slug, deps.now());
      if (library)
        ports.log({ event: 'retention', library: slug, ...(await applyRetention(db, deps, library)) });
    }
  }

  async function feedOnce(): Promise<void> {
    if (stopped || !(await lead())) return;
    if (tookOver !== leader) {
      await feeds.takeOver();
      tookOver = leader;
    }
    await feeds.look();
  }

  /** Whether this process holds the lock, trying to get it where it does not; one try for all who ask meanwhile. */
  async function lead(): Promise<boolean> {
    if (leader !== null) return true;
    electing ??= elect().finally(() => {
      electing = undefined;
    });
    return await electing;
  }

  async function elect(): Promise<boolean> {
    const client = connect();
    client.on('error', () => {
      if (leader === client) leader = null;
    });
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
      LEADER_LOCK,
    ]);
    if (rows[0]?.held !== true) {
      await client.end();
      return false;
    }
    leader = client;
    return true;
  }

  return {
    async stop() {
      stopped = true;
      clearTimeout(first);
      clearInterval(timer);
      await Promise.all([running, feeding, feeds.stop()]);
      const client = leader;
      leader = null;
      await client?.end();
    },
  };
}
