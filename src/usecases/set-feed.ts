import type { Db } from '../db/connection.ts';
import { findFeed } from '../db/feed.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  checkKohaFeed,
  type KohaFeed,
  type KohaFeedProblem,
  type TypedKohaFeed,
} from '../domain/exporting/feed.ts';
import type { ExportTarget, FileTarget } from '../domain/exporting/outgoing-member.ts';
import type { OfficerId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

const KOHA = 'koha-rest' satisfies ExportTarget;

type Refusal<Reason extends string> = { readonly ok: false; readonly reason: Reason };
const NOT_ALLOWED = { ok: false, reason: 'not-allowed' } as const;
const NOT_FOUND = { ok: false, reason: 'not-found' } as const;

/**
 * Sets where members go in Koha, as whom and how often. Where the secret is left empty the one that is kept stays; it is
 * never given out again. Switched on, or moved, the feed looks at once.
 * @param input.version of the feed when the form was opened, 0 for a new one
 */
export function saveKohaFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly typed: TypedKohaFeed; readonly version: number },
): Promise<
  | { readonly ok: true }
  | Refusal<'not-allowed' | 'changed-meanwhile'>
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly KohaFeedProblem[] }
> {
  const { library, at } = scope;
  const officer = runnerOf(scope);
  return inLibrary(db, library.id, async (tx) => {
    if (officer === null) return NOT_ALLOWED;
    const kept = await findFeed(tx, KOHA);
    if ((kept?.version ?? 0) !== input.version) return { ok: false, reason: 'changed-meanwhile' };
    const { url, access, account } = kept ?? {};
    const checked = checkKohaFeed(input.typed, url && access && account ? { url, access, account } : null);
    if (!checked.ok) return { ok: false, reason: 'invalid', problems: checked.problems };
    const { feed } = checked;
    const values = {
      url: feed.url,
      access: feed.access,
      account: feed.account,
      every_minutes: feed.everyMinutes,
      active: feed.active,
      made_at: at,
      made_by: officer,
      next_at: at,
      failures: 0,
      failure: null,
      ...(feed.secret === null ? {} : { secret: deps.vault.seal(library.id, 'feed', feed.secret) }),
    };
    const saved = await (kept === undefined
      ? tx
          .insertInto('feed')
          .values({ library_id: library.id, target: KOHA, ...values })
          .onConflict((conflict) => conflict.doNothing())
          .returning('version')
      : tx
          .updateTable('feed')
          .set((eb) => ({ ...values, version: eb('version', '+', 1) }))
          .where('target', '=', KOHA)
          .where('version', '=', input.version)
          .returning('version')
    ).executeTakeFirst();
    if (!saved) return { ok: false, reason: 'changed-meanwhile' };
    await writeAudit(tx, deps, scope, {
      action: 'feed.set',
      subjectKind: 'feed',
      subjectId: KOHA,
      fields: changedFields(kept, feed),
    });
    return { ok: true };
  });
}

function changedFields(kept: Awaited<ReturnType<typeof findFeed>>, feed: KohaFeed): readonly string[] {
  return [
    ...(kept?.url === feed.url ? [] : ['feed_url']),
    ...(kept?.access === feed.access ? [] : ['feed_access']),
    ...(kept?.account === feed.account ? [] : ['feed_account']),
    ...(feed.secret === null ? [] : ['feed_secret']),
    ...(kept?.every_minutes === feed.everyMinutes ? [] : ['feed_every']),
    ...((kept?.active ?? false) === feed.active ? [] : ['feed_active']),
  ];
}

/** Sends now, whoever was refused before included; by the job, within seconds, also where the feed is switched off. */
export function askFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
): Promise<{ readonly ok: true } | Refusal<'not-allowed' | 'not-found'>> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (runnerOf(scope) === null) return NOT_ALLOWED;
    const asked = await tx
      .updateTable('feed')
      .set({ asked: true })
      .where('target', '=', KOHA)
      .returning('target')
      .executeTakeFirst();
    if (!asked) return NOT_FOUND;
    await writeAudit(tx, deps, scope, { action: 'feed.ask', subjectKind: 'feed', subjectId: KOHA });
    return { ok: true };
  });
}

/** Ends a feed: the secret or the token is gone. What went stays on record. */
export function removeFeed(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: ExportTarget,
): Promise<{ readonly ok: true } | Refusal<'not-allowed' | 'not-found'>> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (runnerOf(scope) === null) return NOT_ALLOWED;
    const removed = await tx
      .deleteFrom('feed')
      .where('target', '=', target)
      .returning('target')
      .executeTakeFirst();
    if (!removed) return NOT_FOUND;
    await writeAudit(tx, deps, scope, {
      action: target === KOHA ? 'feed.remove' : 'feed.revoke_token',
      subjectKind: 'feed',
      subjectId: target,
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
  const officer = runnerOf(scope);
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

/** The pages ask for this permission too; whoever decides where everybody's data go has a second lock. */
function runnerOf({ actor }: Scope): OfficerId | null {
  return actor.kind === 'officer' && may(actor.roles, 'export.run') ? actor.id : null;
}
