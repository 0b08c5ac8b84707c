import type { Db } from '../db/connection.ts';
import { type FeedRow, findFeed } from '../db/feed.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  FEED_EVERY,
  type FeedFailure,
  feedPause,
  type KohaServer,
  type LendingDatabase,
  partsOfDatabase,
} from '../domain/exporting/feed.ts';
import type { LiveFailure, LiveSystem } from '../domain/exporting/live.ts';
import { isFileTarget, LIVE_TARGETS, type LiveTarget } from '../domain/exporting/outgoing-member.ts';
import type { LibraryId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { beginExport, kohaCodesOf, unsettled } from './export-members.ts';
import { anyChanged, sendLive } from './send-live.ts';

/** How often a run looks whether its settings still stand. */
const LOOK_AGAIN_MS = 5_000;
/** Nothing goes on for so long; what is still called running then was killed. */
const LONGEST_RUN_MS = 48 * 3_600_000;

/** Where members go and as whom, the secret opened: for the one who is about to ask, and for nobody's eyes. */
export type LiveServer = { readonly inside: boolean } & (
  | {
      readonly target: 'koha-rest';
      readonly server: KohaServer;
      readonly codes: ReturnType<typeof kohaCodesOf>;
    }
  | { readonly target: Exclude<LiveTarget, 'koha-rest'>; readonly database: LendingDatabase }
);

export interface FeedPorts {
  /** Opens a system for one run. */
  readonly open: (server: LiveServer) => Promise<LiveSystem | LiveFailure>;
  /** The service is ending. */
  readonly stopping: () => boolean;
  /** Somebody at the server's own console wants it now, due or not. */
  readonly asked?: boolean;
}

export type FeedRun =
  /** `idle`: nobody was new or changed. */
  | { readonly kind: 'not-due' | 'idle' }
  | { readonly kind: 'ran'; readonly sent: number; readonly misfit: number }
  | { readonly kind: 'failed'; readonly failure: FeedFailure; readonly note: string | null }
  /** The service ends, or an officer changed the feed: the next run goes on. */
  | { readonly kind: 'interrupted' };

export function feedScope(library: LibraryContext, at: Date): Scope {
  return { library, actor: { kind: 'system', feed: true }, at, requestId: 'feed' };
}

/**
 * One run of a library's feed to one system, where it is due: whoever is new or has changed. Claimed first, so that two
 * processes never run it at once. An officer's "send now" tries those that were refused before as well.
 */
export async function runFeed(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  target: LiveTarget,
  ports: FeedPorts,
): Promise<FeedRun> {
  const scope = feedScope(library, deps.now());
  const claimed = await claim(db, scope, target, ports.asked ?? false);
  if (claimed === undefined) return { kind: 'not-due' };
  const { feed, again } = claimed;
  let run: FeedRun = { kind: 'failed', failure: 'unexpected', note: null };
  try {
    run = await send(db, deps, scope, target, feed, again, ports);
  } finally {
    await settle(db, deps, library.id, feed, run);
  }
  return run;
}

/** Nobody else's until it is due again: a process that is killed in between lets another one follow. */
function claim(
  db: Db,
  { library, at }: Scope,
  target: LiveTarget,
  asked: boolean,
): Promise<{ readonly feed: FeedRow; readonly again: boolean } | undefined> {
  return inLibrary(db, library.id, async (tx) => {
    const feed = await tx
      .selectFrom('feed')
      .selectAll()
      .where('target', '=', target)
      .where((eb) =>
        eb.or([
          eb.val(asked),
          eb('asked', '=', true),
          eb.and([eb('active', '=', true), eb('next_at', '<=', at)]),
        ]),
      )
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!feed) return undefined;
    await tx
      .updateTable('feed')
      .set({ asked: false, looked_at: at, next_at: minutesAfter(at, feed.every_minutes ?? FEED_EVERY.usual) })
      .where('target', '=', target)
      .execute();
    return { feed, again: asked || feed.asked };
  });
}

async function send(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  feed: FeedRow,
  again: boolean,
  ports: FeedPorts,
): Promise<FeedRun> {
  if (unsettled(scope.library, target) !== null)
    return { kind: 'failed', failure: 'branch-missing', note: null };
  if (!(await anyChanged(db, deps, scope, target, again))) return { kind: 'idle' };
  // The other side takes its time: no transaction of ours waits for it.
  const system = await ports.open(liveServerOf(deps, scope, target, feed));
  if ('failure' in system) return ports.stopping() ? { kind: 'interrupted' } : { kind: 'failed', ...system };
  try {
    const begun = await beginExport(db, deps, scope, { target, changedOnly: true });
    if (!begun.ok) return { kind: 'failed', failure: 'unexpected', note: null };
    const { record, trouble } = await sendLive(db, deps, scope, begun.exportId, {
      system,
      first: feed.first_meeting,
      again,
      stopped: stopper(db, deps, scope.library.id, target, feed, ports),
    });
    if (trouble !== null) return { kind: 'failed', ...trouble };
    if (record?.state === 'done') return { kind: 'ran', sent: record.sent, misfit: record.misfit };
    return { kind: 'interrupted' };
  } finally {
    await system.close();
  }
}

/** Stops between two members where the service ends, or where somebody has changed or ended the feed meanwhile. */
function stopper(
  db: Db,
  deps: Deps,
  libraryId: LibraryId,
  target: LiveTarget,
  feed: FeedRow,
  ports: FeedPorts,
) {
  let looked = deps.now().getTime();
  return async (): Promise<boolean> => {
    if (ports.stopping()) return true;
    const now = deps.now().getTime();
    if (now - looked < LOOK_AGAIN_MS) return false;
    looked = now;
    const present = await inLibrary(db, libraryId, (tx) => findFeed(tx, target));
    return present?.version !== feed.version;
  };
}

async function settle(db: Db, deps: Deps, libraryId: LibraryId, feed: FeedRow, run: FeedRun): Promise<void> {
  const at = deps.now();
  const every = feed.every_minutes ?? FEED_EVERY.usual;
  const failed = run.kind === 'failed' ? run : null;
  const failure = failed?.failure ?? null;
  const failures = failure === null ? 0 : feed.failures + 1;
  await inLibrary(db, libraryId, (tx) =>
    tx
      .updateTable('feed')
      .set(
        run.kind === 'interrupted'
          ? { next_at: at, asked: feed.asked }
          : {
              failures,
              failure,
              failure_note: failed?.note ?? null,
              failing_since: failure === null ? null : (feed.failing_since ?? at),
              // Looked, and there was nobody to send: nothing was heard of the other side.
              ...(run.kind === 'ran' ? { succeeded_at: at } : {}),
              next_at: minutesAfter(at, feedPause(every, failures, failure)),
            },
      )
      .where('target', '=', feed.target)
      // What somebody has set meanwhile stands.
      .where('version', '=', feed.version)
      .execute(),
  );
}

/** Where members go and as whom, the secret opened. */
export function liveServerOf(
  { vault }: Pick<Deps, 'vault'>,
  scope: Scope,
  target: LiveTarget,
  feed: FeedRow,
): LiveServer {
  const { url, account, secret, inside } = feed;
  if (url === null || account === null || secret === null) throw new Error('a connection has an address');
  const opened = vault.openText(scope.library.id, 'feed', secret);
  if (target !== 'koha-rest')
    return { target, inside, database: { ...partsOfDatabase(url), user: account, password: opened } };
  return {
    target,
    inside,
    codes: kohaCodesOf(scope),
    server: {
      url,
      access:
        feed.access === 'oauth'
          ? { kind: 'oauth', clientId: account, clientSecret: opened }
          : { kind: 'basic', user: account, password: opened },
    },
  };
}

/**
 * Closes the records that a killed process left open: those of the feed when another process takes over its work, which
 * then goes on at once; of files and commands, which other processes may be at, what no run takes that long for.
 * @returns how many
 */
export function interruptExports(db: Db, deps: Deps, library: LibraryContext): Promise<number> {
  const scope = feedScope(library, deps.now());
  return inLibrary(db, library.id, async (tx) => {
    const left = await tx
      .updateTable('export')
      .set({ state: 'failed', failure: 'interrupted', finished_at: scope.at })
      .where('state', '=', 'running')
      .where((eb) =>
        eb.or([
          eb.and([eb('feed', '=', true), eb('target', 'in', [...LIVE_TARGETS])]),
          eb('started_at', '<', new Date(scope.at.getTime() - LONGEST_RUN_MS)),
        ]),
      )
      .returning(['id', 'target', 'sent', 'feed'])
      .execute();
    for (const { id, target, sent } of left)
      await writeAudit(tx, deps, scope, {
        action: 'export.fail',
        subjectKind: 'export',
        subjectId: id,
        purpose: `${target} ${sent}`,
      });
    const fed = left.filter((one) => one.feed && !isFileTarget(one.target)).map((one) => one.target);
    if (fed.length > 0)
      await tx.updateTable('feed').set({ next_at: scope.at }).where('target', 'in', fed).execute();
    return left.length;
  });
}

function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}
