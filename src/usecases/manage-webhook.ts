import type { Selectable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { WebhookTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { WebhookId, WebhookMessageId } from '../domain/ids.ts';
import { isRefusedHost } from '../domain/network-address.ts';
import {
  checkWebhookUrl,
  LONGEST_NAME,
  MOST_WEBHOOKS,
  OVERLAP_HOURS,
  TEST_KIND,
  WEBHOOK_KINDS,
  type WebhookChoice,
  type WebhookProblem,
} from '../domain/webhook.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';
import { managerOf } from './manage-client.ts';

export type WebhookRow = Selectable<WebhookTable>;

type NotFound = { readonly ok: false; readonly reason: 'not-found' };
type Refused = { readonly ok: false; readonly reason: WebhookProblem };

/** The secret as Standard Webhooks writes it: 32 random bytes. */
function newSecret({ randomBytes }: Pick<Deps, 'randomBytes'>): string {
  return `whsec_${Buffer.from(randomBytes(32)).toString('base64')}`;
}

/**
 * A new receiver, which hears what happens from now on. Its secret is shown once and kept sealed. For an officer with
 * `device.manage`, or a command on the server.
 */
export async function createWebhook(
  db: Db,
  deps: Deps,
  scope: Scope,
  choice: WebhookChoice,
): Promise<
  | { readonly ok: true; readonly id: WebhookId; readonly secret: string }
  | Refused
  | { readonly ok: false; readonly reason: 'too-many' }
> {
  const { library, at } = scope;
  const createdBy = managerOf(scope);
  const checked = check(choice);
  if (!checked.ok) return checked;
  const id = newId<WebhookId>(deps, at);
  const secret = newSecret(deps);
  return inLibrary(db, library.id, async (tx) => {
    const others = await tx.selectFrom('webhook').select('id').forUpdate().execute();
    if (others.length >= MOST_WEBHOOKS) return { ok: false, reason: 'too-many' };
    const made = await tx
      .insertInto('webhook')
      .values({
        library_id: library.id,
        id,
        ...checked.columns,
        secret: deps.vault.seal(library.id, 'webhook', secret),
        old_secret: null,
        old_until: null,
        state: 'active',
        state_at: at,
        delivered_at: null,
        expired_to: todayOf(scope),
        created_at: at,
        created_by: createdBy,
        rotated_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return { ok: false, reason: 'name-taken' };
    await tell(tx, deps, scope, 'create', id, checked.columns.kinds);
    return { ok: true, id, secret };
  });
}

/**
 * Changes where a receiver is and what it hears. What waits goes to the new address.
 * @param version that the form showed; another one means that somebody else came first
 */
export async function changeWebhook(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: { readonly id: WebhookId; readonly version: number },
  choice: WebhookChoice,
): Promise<
  { readonly ok: true } | NotFound | Refused | { readonly ok: false; readonly reason: 'changed-meanwhile' }
> {
  managerOf(scope);
  const checked = check(choice);
  if (!checked.ok) return checked;
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await lock(tx, target.id);
    if (!row) return { ok: false, reason: 'not-found' };
    if (row.version !== target.version) return { ok: false, reason: 'changed-meanwhile' };
    const taken = await tx
      .selectFrom('webhook')
      .select('id')
      .where('name', '=', checked.columns.name)
      .where('id', '!=', row.id)
      .executeTakeFirst();
    if (taken) return { ok: false, reason: 'name-taken' };
    const hearsOfExpiry = checked.columns.kinds.includes('member.expired');
    await tx
      .updateTable('webhook')
      .set({
        ...checked.columns,
        version: row.version + 1,
        // Who asks for it from now on hears of nobody who expired before.
        ...(hearsOfExpiry && !row.kinds.includes('member.expired') ? { expired_to: todayOf(scope) } : {}),
      })
      .where('id', '=', row.id)
      .execute();
    await tell(tx, deps, scope, 'change', row.id, checked.columns.kinds);
    return { ok: true };
  });
}

/** Whoever presses again later has read the first answer. */
const REPEATED_MS = 10 * 60_000;

/**
 * A new secret; for a day each message carries both signatures, so that the receiver changes over without a gap.
 * @param shown when it was last replaced, as the page with the key said; where it was replaced a moment ago, the secret that
 *   nobody got to see is the one that goes, and the one that the receiver knows stays for its day
 */
export async function rotateWebhook(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: WebhookId,
  shown?: Date | null,
): Promise<{ readonly ok: true; readonly name: string; readonly secret: string } | NotFound> {
  managerOf(scope);
  const { library, at } = scope;
  const secret = newSecret(deps);
  return inLibrary(db, library.id, async (tx) => {
    const row = await lock(tx, id);
    if (!row) return { ok: false, reason: 'not-found' };
    const isRecent = row.rotated_at !== null && at.getTime() - row.rotated_at.getTime() < REPEATED_MS;
    const repeated = isRecent && shown !== undefined && shown?.getTime() !== row.rotated_at?.getTime();
    const old = repeated
      ? {}
      : { old_secret: row.secret, old_until: new Date(at.getTime() + OVERLAP_HOURS * 3_600_000) };
    await tx
      .updateTable('webhook')
      .set({ secret: deps.vault.seal(library.id, 'webhook', secret), ...old, rotated_at: at })
      .where('id', '=', id)
      .execute();
    await tell(tx, deps, scope, 'rotate', id);
    return { ok: true, name: row.name, secret };
  });
}

/** Holds a receiver's messages back, or lets them go: what waits goes out at once then, in its order. */
export async function setWebhookState(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: WebhookId,
  state: 'active' | 'paused',
): Promise<{ readonly ok: true } | NotFound> {
  managerOf(scope);
  const { library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row = await lock(tx, id);
    if (!row) return { ok: false, reason: 'not-found' };
    if (row.state === state) return { ok: true };
    await tx.updateTable('webhook').set({ state, state_at: at, failures: 0 }).where('id', '=', id).execute();
    if (state === 'active')
      await tx
        .updateTable('webhook_message')
        .set({ attempts: 0, next_at: at })
        .where('webhook_id', '=', id)
        .where('state', '=', 'waiting')
        .execute();
    await tell(tx, deps, scope, state === 'active' ? 'resume' : 'pause', id);
    return { ok: true };
  });
}

/** Ends a receiver with everything that waits for it and what is on record of it. */
export async function removeWebhook(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: WebhookId,
): Promise<{ readonly ok: true } | NotFound> {
  managerOf(scope);
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await lock(tx, id);
    if (!row) return { ok: false, reason: 'not-found' };
    await tx
      .deleteFrom('webhook_attempt')
      .where('message_id', 'in', (from) =>
        from.selectFrom('webhook_message').select('webhook_message.id').where('webhook_id', '=', id),
      )
      .execute();
    await tx.deleteFrom('webhook_message').where('webhook_id', '=', id).execute();
    await tx.deleteFrom('webhook').where('id', '=', id).execute();
    await tell(tx, deps, scope, 'remove', id);
    return { ok: true };
  });
}

/** A message about nobody, so that the maker of a receiver sees one arrive. */
export async function testWebhook(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: WebhookId,
): Promise<{ readonly ok: true } | NotFound | { readonly ok: false; readonly reason: 'not-active' }> {
  managerOf(scope);
  const { library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row = await lock(tx, id);
    if (!row) return { ok: false, reason: 'not-found' };
    if (row.state !== 'active') return { ok: false, reason: 'not-active' };
    const messageId = newId<WebhookMessageId>(deps, at);
    await tx
      .insertInto('webhook_message')
      .values({
        library_id: library.id,
        id: messageId,
        webhook_id: id,
        kind: TEST_KIND,
        subject: messageId,
        at,
        member_id: null,
        application_id: null,
        card_id: null,
        number: null,
        status: null,
        valid_until: null,
        next_at: at,
        delivered_at: null,
      })
      .execute();
    await tell(tx, deps, scope, 'test', id);
    return { ok: true };
  });
}

/**
 * Sends again what was sent or given up, under the ids it had, in the order in which it happened.
 * @param which one message, or all that happened from a moment on
 * @returns how many go out again
 */
export async function replayWebhook(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: WebhookId,
  which: { readonly message: WebhookMessageId } | { readonly since: Date },
): Promise<{ readonly ok: true; readonly count: number } | NotFound> {
  managerOf(scope);
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await lock(tx, id);
    if (!row) return { ok: false, reason: 'not-found' };
    const again = await tx
      .updateTable('webhook_message')
      .set({ state: 'waiting', attempts: 0, next_at: scope.at, delivered_at: null })
      .where('webhook_id', '=', id)
      .where((is) => ('message' in which ? is('id', '=', which.message) : is('at', '>=', which.since)))
      // What waits goes out anyhow; one that is asked for by name need not wait for its next turn.
      .where((is) => ('message' in which ? is.lit(true) : is('state', '!=', 'waiting')))
      .executeTakeFirst();
    const count = Number(again.numUpdatedRows);
    if ('message' in which && count === 0) return { ok: false, reason: 'not-found' };
    await tell(tx, deps, scope, 'replay', id);
    return { ok: true, count };
  });
}

function check(choice: WebhookChoice) {
  const name = choice.name.trim().replaceAll(/\s+/g, ' ');
  if (name === '' || name.length > LONGEST_NAME || /\p{Cc}/u.test(name))
    return { ok: false, reason: 'name-wrong' } as const;
  const { inside } = choice;
  const checked = checkWebhookUrl(choice.url, inside);
  if (!checked.ok) return checked;
  if (isRefusedHost(new URL(checked.url).hostname, inside))
    return { ok: false, reason: 'url-inside' } as const;
  const kinds = WEBHOOK_KINDS.filter((kind) => choice.kinds.includes(kind));
  if (kinds.length === 0) return { ok: false, reason: 'kinds-missing' } as const;
  return { ok: true, columns: { name, url: checked.url, inside, kinds: [...kinds] as string[] } } as const;
}

function lock(tx: Tx, id: WebhookId): Promise<WebhookRow | undefined> {
  return tx.selectFrom('webhook').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

function tell(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  act: string,
  id: WebhookId,
  fields: readonly string[] = [],
): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `webhook.${act}`,
    subjectKind: 'webhook',
    subjectId: id,
    fields,
  });
}
