import type { Db } from '../db/connection.ts';
import type { ExportRecord } from '../db/export.ts';
import { type FeedRow, findFeed, lastFed, listFeeds } from '../db/feed.ts';
import { countErasuresRefused, countLinks, countUnsent } from '../db/lending.ts';
import type { LinkState } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { FeedFailure, FeedTrial, KohaAccess } from '../domain/exporting/feed.ts';
import { type ExportTarget, LIVE_TARGETS, type LiveTarget } from '../domain/exporting/outgoing-member.ts';
import type { FirstMeeting } from '../domain/exporting/reconcile.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { unsettled } from './export-members.ts';
import { type LiveServer, liveServerOf } from './run-feed.ts';

/** A connection as it stands; never its secret. */
export interface ShownFeed {
  readonly target: LiveTarget;
  readonly url: string;
  readonly access: KohaAccess['kind'] | null;
  readonly account: string;
  readonly everyMinutes: number;
  readonly active: boolean;
  readonly inside: boolean;
  readonly first: FirstMeeting;
  readonly version: number;
  /** An officer has just asked for a run. */
  readonly asked: boolean;
  readonly lookedAt: Date | null;
  readonly succeededAt: Date | null;
  readonly failingSince: Date | null;
  readonly nextAt: Date | null;
  readonly failures: number;
  readonly failure: FeedFailure | null;
  readonly note: string | null;
  /** Members by how they stand there; `unsent`: new or changed, and not sent yet. */
  readonly counts: Readonly<Record<LinkState | 'unsent', number>>;
  /** The newest run. */
  readonly last: ExportRecord | null;
}

/** The connections of a library, each with what waits. */
export function readConnections(db: Db, scope: Scope): Promise<readonly ShownFeed[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await listFeeds(tx);
    const counted = await countLinks(tx);
    const last = new Map((await lastFed(tx)).map((record) => [record.target, record]));
    const shown: ShownFeed[] = [];
    for (const target of LIVE_TARGETS) {
      const row = rows.find((one) => one.target === target);
      if (row === undefined) continue;
      const n = (state: LinkState) =>
        counted.find((one) => one.target === target && one.state === state)?.n ?? 0;
      const counts = {
        waiting: n('waiting'),
        done: n('done'),
        refused: n('refused'),
        later: n('later'),
        conflict: n('conflict'),
        unsent: await countUnsent(tx, target),
      };
      shown.push(shownFeed(target, row, counts, last.get(target) ?? null));
    }
    return shown;
  });
}

function shownFeed(
  target: LiveTarget,
  row: FeedRow,
  counts: ShownFeed['counts'],
  last: ExportRecord | null,
): ShownFeed {
  return {
    target,
    url: row.url ?? '',
    access: row.access,
    account: row.account ?? '',
    everyMinutes: row.every_minutes ?? 0,
    active: row.active,
    inside: row.inside,
    first: row.first_meeting,
    version: row.version,
    asked: row.asked,
    lookedAt: row.looked_at,
    succeededAt: row.succeeded_at,
    failingSince: row.failing_since,
    nextAt: row.next_at,
    failures: row.failures,
    failure: row.failure,
    note: row.failure_note,
    counts,
    last,
  };
}

export interface ShownTokens {
  /** Formats with a token: since when, and when it was last shown to us. */
  readonly tokens: ReadonlyMap<ExportTarget, { readonly madeAt: Date; readonly lookedAt: Date | null }>;
  /** The newest export of each target that went by itself. */
  readonly last: ReadonlyMap<ExportTarget, ExportRecord>;
}

/** The files that other systems fetch. */
export function readTokens(db: Db, scope: Scope): Promise<ShownTokens> {
  return inLibrary(db, scope.library.id, async (tx) => ({
    tokens: new Map(
      (await listFeeds(tx))
        .filter((row) => row.token_hash !== null)
        .map((row) => [row.target, { madeAt: row.made_at, lookedAt: row.looked_at }]),
    ),
    last: new Map((await lastFed(tx)).map((record) => [record.target, record])),
  }));
}

/** So long a connection may fail before the start page tells of it. */
const TELL_AFTER_MS = 60 * 60_000;

/** Whether a connection that is switched on has failed for long, members wait for a person, or erasures are refused. */
export function readLendingTrouble(
  db: Db,
  scope: Scope,
): Promise<{
  readonly failing: readonly LiveTarget[];
  readonly conflicts: number;
  readonly erasures: number;
}> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const before = new Date(scope.at.getTime() - TELL_AFTER_MS);
    const rows = (await listFeeds(tx)).filter((row) => row.token_hash === null);
    if (rows.length === 0) return { failing: [], conflicts: 0, erasures: 0 };
    const failing = rows.flatMap(({ target, active, failing_since: since }) => {
      const live = LIVE_TARGETS.find((one) => one === target);
      return live !== undefined && active && since !== null && since <= before ? [live] : [];
    });
    const counts = await countLinks(tx);
    const conflicts = counts.filter(({ state }) => state === 'conflict').reduce((sum, { n }) => sum + n, 0);
    return { failing, conflicts, erasures: await countErasuresRefused(tx) };
  });
}

/** Whether a system lets us in as it is set; nobody's data are sent. */
export async function tryFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  tryOut: (server: LiveServer) => Promise<{ readonly trial: FeedTrial; readonly note: string | null }>,
): Promise<
  | { readonly ok: true; readonly trial: FeedTrial; readonly note: string | null }
  | { readonly ok: false; readonly reason: 'not-allowed' | 'not-found' | 'branch-missing' }
> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'lending.connect'))
    return { ok: false, reason: 'not-allowed' };
  const feed = await inLibrary(db, library.id, async (tx) => {
    const found = await findFeed(tx, target);
    if (found)
      await writeAudit(tx, deps, scope, { action: 'feed.try', subjectKind: 'feed', subjectId: found.target });
    return found;
  });
  if (!feed) return { ok: false, reason: 'not-found' };
  if (unsettled(library, target) !== null) return { ok: false, reason: 'branch-missing' };
  // The other side takes its time: no transaction waits for it.
  return { ok: true, ...(await tryOut(liveServerOf(deps, scope, target, feed))) };
}
