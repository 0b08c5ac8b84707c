import type { Db } from '../db/connection.ts';
import { type FeedRow, findFeed } from '../db/feed.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  FEED_EVERY,
  FEED_FAILURES,
  type FeedFailure,
  feedPause,
  type KohaServer,
} from '../domain/exporting/feed.ts';
import type { OutgoingMember } from '../domain/exporting/outgoing-member.ts';
import type { LibraryId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { beginExport, kohaCodesOf, unsettled } from './export-members.ts';
import { anyChanged, type Sent, sendMembers } from './send-members.ts';

const TARGET = 'koha-rest';
/** How often a run looks whether its settings still stand. */
const LOOK_AGAIN_MS = 5_000;
/** Nothing goes on for so long; what is still called running then was killed. */
const LONGEST_RUN_MS = 48 * 3_600_000;

export interface FeedPorts {
  /** Puts one member into the server; made anew for each run. */
  readonly open: (
    server: KohaServer,
    codes: ReturnType<typeof kohaCodesOf>,
  ) => (member: OutgoingMember) => Promise<Sent>;
  /** The service is ending. */
  readonly stopping: () => boolean;
}

export type FeedRun =
  /** `idle`: nobody was new or changed. */
  | { readonly kind: 'not-due' | 'idle' }
  | { readonly kind: 'ran'; readonly sent: number; readonly misfit: number }
  | { readonly kind: 'failed'; readonly failure: FeedFailure }
  /** The service ends, or an officer changed the feed: the next run goes on. */
  | { readonly kind: 'interrupted' };

export function feedScope(library: LibraryContext, at: Date): Scope {
  return { library, actor: { kind: 'system', feed: true }, at, requestId: 'feed' };
}

/**
 * One run of a library's feed to Koha, where it is due: whoever is new or has changed. Claimed first, so that two
 * processes never run it at once. An officer's "send now" tries those that were refused before as well.
 */
export async function runFeed(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  ports: FeedPorts,
): Promise<FeedRun> {
  const scope = feedScope(library, deps.now());
  const claimed = await claim(db, scope);
  if (claimed === undefined) return { kind: 'not-due' };
  const { feed, again } = claimed;
  let run: FeedRun = { kind: 'failed', failure: 'unexpected' };
  try {
    run = await send(db, deps, scope, feed, again, ports);
  } finally {
    await settle(db, deps, library.id, feed, run);
  }
  return run;
}

/** Nobody else's until it is due again: a process that is killed in between lets another one follow. */
function claim(
  db: Db,
  { library, at }: Scope,
): Promise<{ readonly feed: FeedRow; readonly again: boolean } | undefined> {
  return inLibrary(db, library.id, async (tx) => {
    const feed = await tx
      .selectFrom('feed')
      .selectAll()
      .where('target', '=', TARGET)
      .where((eb) =>
        eb.or([eb('asked', '=', true), eb.and([eb('active', '=', true), eb('next_at', '<=', at)])]),
      )
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!feed) return undefined;
    await tx
      .updateTable('feed')
      .set({ asked: false, looked_at: at, next_at: minutesAfter(at, feed.every_minutes ?? FEED_EVERY.usual) })
      .where('target', '=', TARGET)
      .execute();
    return { feed, again: feed.asked };
  });
}

async function send(
  db: Db,
  deps: Deps,
  scope: Scope,
  feed: FeedRow,
  again: boolean,
  ports: FeedPorts,
): Promise<FeedRun> {
  if (unsettled(scope.library, TARGET) !== null) return { kind: 'failed', failure: 'branch-missing' };
  if (!(await anyChanged(db, scope, TARGET, again))) return { kind: 'idle' };
  const server = kohaServerOf(deps, scope.library, feed);
  const begun = await beginExport(db, deps, scope, { target: TARGET, changedOnly: true });
  if (!begun.ok) return { kind: 'failed', failure: 'unexpected' };
  const record = await sendMembers(db, deps, scope, begun.exportId, {
    send: ports.open(server, kohaCodesOf(scope)),
    again,
    stopped: stopper(db, deps, scope.library.id, feed, ports),
  });
  if (record?.state === 'done') return { kind: 'ran', sent: record.sent, misfit: record.misfit };
  if (record?.failure === 'interrupted') return { kind: 'interrupted' };
  const failure = FEED_FAILURES.find((one) => one === record?.failure) ?? 'unexpected';
  return { kind: 'failed', failure };
}

/** Stops between two members where the service ends, or where an officer has changed or ended the feed meanwhile. */
function stopper(db: Db, deps: Deps, libraryId: LibraryId, feed: FeedRow, ports: FeedPorts) {
  let looked = deps.now().getTime();
  return async (): Promise<boolean> => {
    if (ports.stopping()) return true;
    const now = deps.now().getTime();
    if (now - looked < LOOK_AGAIN_MS) return false;
    looked = now;
    const present = await inLibrary(db, libraryId, (tx) => findFeed(tx, TARGET));
    return present?.version !== feed.version;
  };
}

async function settle(db: Db, deps: Deps, libraryId: LibraryId, feed: FeedRow, run: FeedRun): Promise<void> {
  const at = deps.now();
  const every = feed.every_minutes ?? FEED_EVERY.usual;
  const failure = run.kind === 'failed' ? run.failure : null;
  const failures = failure === null ? 0 : feed.failures + 1;
  await inLibrary(db, libraryId, (tx) =>
    tx
      .updateTable('feed')
      .set(
        run.kind === 'interrupted'
          ? { next_at: at, asked: feed.asked }
          : { failures, failure, next_at: minutesAfter(at, feedPause(every, failures, failure)) },
      )
      .where('target', '=', TARGET)
      // What an officer has set meanwhile stands.
      .where('version', '=', feed.version)
      .execute(),
  );
}

/** Where members go and as whom, the secret opened: for the one who is about to ask, and for nobody's eyes. */
export function kohaServerOf(
  { vault }: Pick<Deps, 'vault'>,
  library: LibraryContext,
  feed: FeedRow,
): KohaServer {
  const { url, account, secret } = feed;
  if (url === null || account === null || secret === null) throw new Error('a feed to Koha has an address');
  const opened = vault.openText(library.id, 'feed', secret);
  return {
    url,
    access:
      feed.access === 'oauth'
        ? { kind: 'oauth', clientId: account, clientSecret: opened }
        : { kind: 'basic', user: account, password: opened },
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
          eb.and([eb('feed', '=', true), eb('target', '=', TARGET)]),
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
    if (left.some((one) => one.feed && one.target === TARGET))
      await tx.updateTable('feed').set({ next_at: scope.at }).where('target', '=', TARGET).execute();
    return left.length;
  });
}

function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}
