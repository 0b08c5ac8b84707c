import type { Updateable } from 'kysely';
import type { Db } from '../db/connection.ts';
import { findFeed } from '../db/feed.ts';
import { countErased, forgetLinks, keepErased } from '../db/lending.ts';
import type { Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { checkFeed, type FeedProblem, type FeedSettings, type TypedFeed } from '../domain/exporting/feed.ts';
import {
  type ExportTarget,
  type FileTarget,
  isFileTarget,
  type LiveTarget,
} from '../domain/exporting/outgoing-member.ts';
import type { OfficerId } from '../domain/ids.ts';
import { may, type Permission } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

type Refusal<Reason extends string> = { readonly ok: false; readonly reason: Reason };
const NOT_ALLOWED = { ok: false, reason: 'not-allowed' } as const;
const NOT_FOUND = { ok: false, reason: 'not-found' } as const;

/**
 * Sets where members go, as whom and how often. Where the secret is left empty the one that is kept stays; it is never
 * given out again. Switched on, or moved, the feed looks at once. A feed that was moved to another place begins anew:
 * what was known of the rows there is about another system. Only who was erased and not yet emptied stays known.
 * @param input.version of the feed when the form was opened, 0 for a new one
 */
export function saveFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  input: { readonly typed: TypedFeed; readonly version: number },
): Promise<
  | { readonly ok: true }
  | Refusal<'not-allowed' | 'changed-meanwhile'>
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly FeedProblem[] }
> {
  const { library, at } = scope;
  const officer = officerWith(scope, 'lending.connect');
  return inLibrary(db, library.id, async (tx) => {
    if (officer === null) return NOT_ALLOWED;
    const kept = await findFeed(tx, target);
    if ((kept?.version ?? 0) !== input.version) return { ok: false, reason: 'changed-meanwhile' };
    const { url, access, account } = kept ?? {};
    const checked = checkFeed(
      target,
      input.typed,
      url && account ? { url, access: access ?? null, account } : null,
    );
    if (!checked.ok) return { ok: false, reason: 'invalid', problems: checked.problems };
    const { feed } = checked;
    const values = {
      url: feed.url,
      access: feed.access,
      account: feed.account,
      every_minutes: feed.everyMinutes,
      active: feed.active,
      inside: feed.inside,
      first_meeting: feed.first,
      made_at: at,
      made_by: officer,
      next_at: at,
      failures: 0,
      failure: null,
      failure_note: null,
      failing_since: null,
      ...(feed.secret === null ? {} : { secret: deps.vault.seal(library.id, 'feed', feed.secret) }),
    };
    const saved = await (kept === undefined
      ? tx
          .insertInto('feed')
          .values({ library_id: library.id, target, ...values })
          .onConflict((conflict) => conflict.doNothing())
          .returning('version')
      : tx
          .updateTable('feed')
          .set((eb) => ({ ...values, version: eb('version', '+', 1) }))
          .where('target', '=', target)
          .where('version', '=', input.version)
          .returning('version')
    ).executeTakeFirst();
    if (!saved) return { ok: false, reason: 'changed-meanwhile' };
    if (kept !== undefined && kept.url !== feed.url) {
      await keepErased(tx, target, at);
      await forgetLinks(tx, target, false);
    }
    await writeAudit(tx, deps, scope, {
      action: 'feed.set',
      subjectKind: 'feed',
      subjectId: target,
      fields: changedFields(kept, feed),
    });
    return { ok: true };
  });
}

function changedFields(kept: Awaited<ReturnType<typeof findFeed>>, feed: FeedSettings): readonly string[] {
  return [
    ...(kept?.url === feed.url ? [] : ['feed_url']),
    ...((kept?.access ?? null) === feed.access ? [] : ['feed_access']),
    ...(kept?.account === feed.account ? [] : ['feed_account']),
    ...(feed.secret === null ? [] : ['feed_secret']),
    ...(kept?.every_minutes === feed.everyMinutes ? [] : ['feed_every']),
    ...((kept?.active ?? false) === feed.active ? [] : ['feed_active']),
    ...((kept?.inside ?? false) === feed.inside ? [] : ['feed_inside']),
    ...((kept?.first_meeting ?? 'ask') === feed.first ? [] : ['feed_first']),
  ];
}

/** Sends now, whoever was refused before included; by the job, within seconds, also where the feed is switched off. */
export function askFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
): Promise<{ readonly ok: true } | Refusal<'not-allowed' | 'not-found'>> {
  return touchFeed(db, deps, scope, target, 'feed.ask', { asked: true });
}

/** Holds a feed, or lets it go on; what waits keeps waiting. */
export function pauseFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  active: boolean,
): Promise<{ readonly ok: true } | Refusal<'not-allowed' | 'not-found'>> {
  return touchFeed(db, deps, scope, target, active ? 'feed.resume' : 'feed.pause', {
    active,
    ...(active ? { next_at: scope.at } : { asked: false }),
  });
}

function touchFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  action: string,
  change: Updateable<Database['feed']>,
): Promise<{ readonly ok: true } | Refusal<'not-allowed' | 'not-found'>> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if ((officerWith(scope, 'lending.connect') ?? officerWith(scope, 'export.run')) === null)
      return NOT_ALLOWED;
    const touched = await tx
      .updateTable('feed')
      .set((eb) => ({
        ...change,
        // A run under way looks at this, and stops.
        ...(change.active === undefined ? {} : { version: eb('version', '+', 1) }),
      }))
      .where('target', '=', target)
      .returning('target')
      .executeTakeFirst();
    if (!touched) return NOT_FOUND;
    await writeAudit(tx, deps, scope, { action, subjectKind: 'feed', subjectId: target });
    return { ok: true };
  });
}

/**
 * Ends a feed: the secret or the token is gone, and with a connection what was known of the rows there. What went stays
 * on record. While rows of erased people are not emptied there it stays, or their data would too and nobody would know.
 * @param byHand so many rows a person has promised to empty there; another number than wait now is asked about again
 */
export function removeFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: ExportTarget,
  byHand: number | null = null,
): Promise<
  | { readonly ok: true }
  | Refusal<'not-allowed' | 'not-found'>
  | { readonly ok: false; readonly reason: 'erased-wait'; readonly n: number }
> {
  const isFile = isFileTarget(target);
  return inLibrary(db, scope.library.id, async (tx) => {
    if (officerWith(scope, isFile ? 'export.run' : 'lending.connect') === null) return NOT_ALLOWED;
    const n = isFile ? 0 : await countErased(tx, target);
    if (n > 0 && n !== byHand) return { ok: false, reason: 'erased-wait', n };
    const removed = await tx
      .deleteFrom('feed')
      .where('target', '=', target)
      .returning('target')
      .executeTakeFirst();
    if (!removed) return NOT_FOUND;
    if (!isFile) await forgetLinks(tx, target, true);
    await writeAudit(tx, deps, scope, {
      action: isFile ? 'feed.revoke_token' : 'feed.remove',
      subjectKind: 'feed',
      subjectId: target,
      ...(n > 0 ? { purpose: `erased-by-hand ${n}` } : {}),
    });
    return { ok: true };
  });
}

/** A token of 256 bits that opens one format of one library, returned this once; the one before it opens nothing more. */
export function makeFeedToken(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: FileTarget,
): Promise<{ readonly ok: true; readonly token: string } | Refusal<'not-allowed'>> {
  const { library, at } = scope;
  const officer = officerWith(scope, 'export.run');
  return inLibrary(db, library.id, async (tx) => {
    if (officer === null) return NOT_ALLOWED;
    const token = Buffer.from(deps.randomBytes(32)).toString('base64url');
    const values = {
      token_hash: deps.vault.hash(library.id, 'feed_token', token),
      made_at: at,
      made_by: officer,
    };
    await tx
      .insertInto('feed')
      .values({ library_id: library.id, target, ...values })
      .onConflict((conflict) =>
        conflict
          .columns(['library_id', 'target'])
          .doUpdateSet((eb) => ({ ...values, version: eb('feed.version', '+', 1) })),
      )
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'feed.make_token',
      subjectKind: 'feed',
      subjectId: target,
    });
    return { ok: true, token };
  });
}

/** The pages ask for the permission too; whoever decides where everybody's data go has a second lock. */
function officerWith({ actor }: Scope, permission: Permission): OfficerId | null {
  return actor.kind === 'officer' && may(actor.roles, permission) ? actor.id : null;
}
