import { createHmac } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { WebhookMessageTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { dueWebhooks } from '../db/webhook.ts';
import type { LibraryId, WebhookId, WebhookMessageId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import { mayReach } from '../domain/network-address.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { memberStatus } from '../domain/validity.ts';
import { type AttemptFailure, webhookPause } from '../domain/webhook.ts';
import { writeAudit } from './audit.ts';
import { type Deps, type LibraryContext, newId, type Scope, todayOf } from './context.ts';
import type { WebhookRow } from './manage-webhook.ts';

/** A claim that nobody finished, because the process was killed, is free again after this. */
const CLAIM_MS = 60_000;
const GONE = 410;

/** One message on its way. */
export interface OutgoingWebhook {
  readonly id: WebhookMessageId;
  readonly webhookId: WebhookId;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked for each address that the name stands for now. */
  readonly mayReach: (address: string) => boolean;
}

export interface WebhookResult {
  /** Of the answer; null where there was none. */
  readonly status: number | null;
  /** Null where it went well. */
  readonly failure: AttemptFailure | null;
  readonly durationMs: number;
}

/** The receivers of a library that have something to send now, and how many of their messages failed since one went well. */
export function listDueWebhooks(
  db: Db,
  deps: Pick<Deps, 'now'>,
  libraryId: LibraryId,
): Promise<readonly { readonly id: WebhookId; readonly failures: number }[]> {
  return inLibrary(db, libraryId, (tx) => dueWebhooks(tx, deps.now()));
}

/**
 * Takes the next message of a receiver: the oldest that is due and has none of the same member waiting before it. Nobody
 * else's until the claim runs out.
 */
export function claimWebhook(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  webhookId: WebhookId,
): Promise<OutgoingWebhook | undefined> {
  const at = deps.now();
  return inLibrary(db, library.id, async (tx) => {
    const receiver = await tx
      .selectFrom('webhook')
      .selectAll()
      .where('id', '=', webhookId)
      .where('state', '=', 'active')
      .executeTakeFirst();
    if (!receiver) return undefined;
    const message = await tx
      .selectFrom('webhook_message')
      .selectAll()
      .where('webhook_id', '=', webhookId)
      .where('state', '=', 'waiting')
      .where('next_at', '<=', at)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('webhook_message as before')
              .select('before.id')
              .whereRef('before.library_id', '=', 'webhook_message.library_id')
              .whereRef('before.webhook_id', '=', 'webhook_message.webhook_id')
              .whereRef('before.subject', '=', 'webhook_message.subject')
              .where('before.state', '=', 'waiting')
              .whereRef('before.n', '<', 'webhook_message.n'),
          ),
        ),
      )
      .orderBy('n')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!message) return undefined;
    await tx
      .updateTable('webhook_message')
      .set({ next_at: new Date(at.getTime() + CLAIM_MS) })
      .where('id', '=', message.id)
      .execute();
    const body = bodyOf(library, message);
    const { inside, url } = receiver;
    return {
      id: message.id,
      webhookId,
      url,
      body,
      headers: headersOf(deps, library.id, receiver, message.id, at, body),
      mayReach: (address) => mayReach(address, inside),
    };
  });
}

/**
 * As little as lets a receiver ask for the rest with a key of its own: ids, number, status, validity, as they stood then. Made
 * of the row alone, so that a second sending says the same.
 */
function bodyOf(library: LibraryContext, message: Selectable<WebhookMessageTable>): string {
  const { kind, at, number, valid_until } = message;
  const day = plainDateIn(library.settings.profile.timezone, at);
  const family = kind.split('.')[0];
  const ids = { library: library.slug, application_id: message.application_id ?? undefined };
  const data =
    family === 'application'
      ? { ...ids, status: message.status }
      : family === 'webhook'
        ? { library: library.slug }
        : {
            ...ids,
            member_id: message.member_id,
            card_id: message.card_id ?? undefined,
            number,
            status: memberStatus(message.status as MemberState, valid_until, day),
            valid_until,
          };
  return JSON.stringify({ type: kind, timestamp: at.toISOString(), data });
}

/** Standard Webhooks 1.0.0: id, seconds and body signed; in the day after a new secret by the one before as well. */
function headersOf(
  { vault }: Pick<Deps, 'vault'>,
  libraryId: LibraryId,
  receiver: WebhookRow,
  messageId: WebhookMessageId,
  at: Date,
  body: string,
): Readonly<Record<string, string>> {
  const { secret, old_secret, old_until } = receiver;
  const old = old_secret !== null && old_until !== null && old_until > at ? [old_secret] : [];
  const id = `msg_${messageId}`;
  const seconds = String(Math.floor(at.getTime() / 1_000));
  const signatures = [secret, ...old].map((sealed) => {
    const key = Buffer.from(vault.openText(libraryId, 'webhook', sealed).slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}

/**
 * Writes down what came of a message. After the last attempt the receiver is stopped, unless it took others meanwhile: then
 * this one message is given up, and the member's later ones go on.
 * @returns whether the receiver was stopped by this
 */
export function settleWebhook(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  sent: Pick<OutgoingWebhook, 'id' | 'webhookId'>,
  result: WebhookResult,
): Promise<'failing' | 'gone' | null> {
  const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'webhook' };
  const { at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const receiver = await tx
      .selectFrom('webhook')
      .selectAll()
      .where('id', '=', sent.webhookId)
      .forUpdate()
      .executeTakeFirst();
    const message = await tx
      .selectFrom('webhook_message')
      .selectAll()
      .where('id', '=', sent.id)
      .forUpdate()
      .executeTakeFirst();
    // Removed meanwhile.
    if (!receiver || !message) return null;
    const last = await tx
      .selectFrom('webhook_attempt')
      .select('at')
      .where('message_id', '=', sent.id)
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirst();
    await tx
      .insertInto('webhook_attempt')
      .values({
        library_id: library.id,
        id: newId(deps, at),
        message_id: sent.id,
        at,
        status: result.status,
        failure: result.failure,
        duration_ms: Math.round(result.durationMs),
      })
      .execute();
    const attempts = message.attempts + 1;
    if (result.failure === null) {
      await change(tx, sent.id, { state: 'delivered', attempts, delivered_at: at });
      await tx
        .updateTable('webhook')
        .set({ failures: 0, delivered_at: at })
        .where('id', '=', receiver.id)
        .execute();
      return null;
    }
    const pause = webhookPause(attempts, random(deps));
    const tookOthers =
      last !== undefined && receiver.delivered_at !== null && receiver.delivered_at >= last.at;
    const isGone = result.status === GONE;
    const stops = isGone ? 'gone' : pause === null && !tookOthers ? 'failing' : null;
    const isGivenUp = pause === null && stops === null;
    await change(tx, sent.id, {
      attempts,
      ...(isGivenUp ? { state: 'failed' } : { next_at: new Date(at.getTime() + (pause ?? 0)) }),
    });
    const hasStopped = stops !== null && receiver.state === 'active';
    await tx
      .updateTable('webhook')
      .set({ failures: receiver.failures + 1, ...(hasStopped ? { state: stops, state_at: at } : {}) })
      .where('id', '=', receiver.id)
      .execute();
    if (!hasStopped) return null;
    await writeAudit(tx, deps, scope, {
      action: 'webhook.stop',
      subjectKind: 'webhook',
      subjectId: receiver.id,
    });
    return stops;
  });
}

function change(
  tx: Tx,
  id: WebhookMessageId,
  patch: {
    readonly state?: 'delivered' | 'failed';
    readonly attempts: number;
    readonly delivered_at?: Date;
    readonly next_at?: Date;
  },
) {
  return tx
    .updateTable('webhook_message')
    .set(patch)
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
}

/** From 0 to 1. */
function random({ randomBytes }: Pick<Deps, 'randomBytes'>): number {
  return Buffer.from(randomBytes(4)).readUInt32BE() / 0xffff_ffff;
}

/**
 * Finds whose membership ran out since the last look and tells the receivers that want to know, each once for each end of
 * validity: the days between are looked at once, in the transaction that writes down how far. Each is locked first, as by
 * whoever changes a member: a renewal on its way is waited for, and the end it moved is told to nobody.
 */
export function noteExpired(db: Db, deps: Pick<Deps, 'now'>, library: LibraryContext): Promise<void> {
  const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'webhook' };
  const today = todayOf(scope);
  return inLibrary(db, library.id, async (tx) => {
    const receivers = await tx
      .selectFrom('webhook')
      .select(['id', 'kinds', 'expired_to'])
      .where('expired_to', '<', today)
      .forUpdate()
      .execute();
    for (const { id, kinds, expired_to } of receivers) {
      if (kinds.includes('member.expired'))
        await sql`
          insert into webhook_message (library_id, id, webhook_id, kind, subject, at, member_id, application_id, number,
            status, valid_until, next_at)
          select library_id, gen_random_uuid(), ${id}, 'member.expired', id, ${scope.at}, id, application_id, number,
            state, valid_until, ${scope.at}
          from (
            select library_id, id, application_id, number, state, valid_until from member
            where state = 'active' and merged_into is null
              and valid_until >= ${expired_to}::date and valid_until < ${today}::date
            order by id
            for update
          ) as over`.execute(tx);
      await tx.updateTable('webhook').set({ expired_to: today }).where('id', '=', id).execute();
    }
  });
}
