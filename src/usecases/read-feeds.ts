import type { Db } from '../db/connection.ts';
import type { ExportRecord } from '../db/export.ts';
import { findFeed, lastFed, listFeeds } from '../db/feed.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { FeedFailure, KohaAccess, KohaServer, KohaTrial } from '../domain/exporting/feed.ts';
import type { ExportTarget } from '../domain/exporting/outgoing-member.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { kohaCodesOf, unsettled } from './export-members.ts';
import { kohaServerOf } from './run-feed.ts';

/** The feed to Koha as it stands; never its secret. */
export interface ShownKohaFeed {
  readonly url: string;
  readonly access: KohaAccess['kind'];
  readonly account: string;
  readonly everyMinutes: number;
  readonly active: boolean;
  readonly version: number;
  /** An officer has just asked for a run. */
  readonly asked: boolean;
  readonly lookedAt: Date | null;
  readonly nextAt: Date | null;
  readonly failures: number;
  readonly failure: FeedFailure | null;
}

export interface ShownFeeds {
  readonly koha: ShownKohaFeed | null;
  /** Formats with a token: since when, and when it was last shown to us. */
  readonly tokens: ReadonlyMap<ExportTarget, { readonly madeAt: Date; readonly lookedAt: Date | null }>;
  /** The newest export of each target that went by itself. */
  readonly last: ReadonlyMap<ExportTarget, ExportRecord>;
}

export function readFeeds(db: Db, scope: Scope): Promise<ShownFeeds> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await listFeeds(tx);
    const koha = rows.find((row) => row.target === 'koha-rest');
    return {
      koha:
        koha === undefined
          ? null
          : {
              url: koha.url ?? '',
              access: koha.access ?? 'basic',
              account: koha.account ?? '',
              everyMinutes: koha.every_minutes ?? 0,
              active: koha.active,
              version: koha.version,
              asked: koha.asked,
              lookedAt: koha.looked_at,
              nextAt: koha.next_at,
              failures: koha.failures,
              failure: koha.failure,
            },
      tokens: new Map(
        rows
          .filter((row) => row !== koha)
          .map((row) => [row.target, { madeAt: row.made_at, lookedAt: row.looked_at }]),
      ),
      last: new Map((await lastFed(tx)).map((record) => [record.target, record])),
    };
  });
}

/** Whether Koha lets us in as it is set; nobody's data are sent. */
export async function tryKohaFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  tryOut: (server: KohaServer, branch: string) => Promise<KohaTrial>,
): Promise<
  | { readonly ok: true; readonly trial: KohaTrial }
  | { readonly ok: false; readonly reason: 'not-allowed' | 'not-found' | 'branch-missing' }
> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'export.run'))
    return { ok: false, reason: 'not-allowed' };
  const feed = await inLibrary(db, library.id, async (tx) => {
    const found = await findFeed(tx, 'koha-rest');
    if (found)
      await writeAudit(tx, deps, scope, { action: 'feed.try', subjectKind: 'feed', subjectId: found.target });
    return found;
  });
  if (!feed) return { ok: false, reason: 'not-found' };
  if (unsettled(library, 'koha-rest') !== null) return { ok: false, reason: 'branch-missing' };
  // The other side takes its time: no transaction waits for it.
  return { ok: true, trial: await tryOut(kohaServerOf(deps, library, feed), kohaCodesOf(scope).branch) };
}
