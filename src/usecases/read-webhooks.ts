import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { WebhookId, WebhookMessageId } from '../domain/ids.ts';
import {
  type AttemptFailure,
  type MessageKind,
  type MessageState,
  WEBHOOK_KINDS,
  type WebhookChoice,
  type WebhookState,
} from '../domain/webhook.ts';
import type { Scope } from './context.ts';
import type { WebhookRow } from './manage-webhook.ts';

const PAGE = 50;

/** A receiver as pages show it; never its secret. */
export interface ListedWebhook extends WebhookChoice {
  readonly id: WebhookId;
  readonly state: WebhookState;
  /** Since when. */
  readonly stateAt: Date;
  /** Attempts that failed since one went well. */
  readonly failures: number;
  readonly deliveredAt: Date | null;
  /** Until when the secret before the present one signs as well, where that is not over. */
  readonly oldUntil: Date | null;
  readonly rotatedAt: Date | null;
  readonly version: number;
  readonly waiting: number;
}

export interface ListedMessage {
  readonly id: WebhookMessageId;
  readonly n: string;
  readonly kind: MessageKind;
  readonly at: Date;
  /** Of the member, where one is meant who was not erased. */
  readonly number: string | null;
  readonly state: MessageState;
  /** When it is tried again, where it waits. */
  readonly nextAt: Date;
  /** Newest first, the last twenty at most. */
  readonly attempts: readonly {
    readonly at: Date;
    readonly status: number | null;
    readonly failure: AttemptFailure | null;
    readonly durationMs: number;
  }[];
}

/** All receivers of the library, by name. */
export function listWebhooks(db: Db, scope: Scope): Promise<readonly ListedWebhook[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await tx.selectFrom('webhook').selectAll().orderBy('name').execute();
    const waiting = await tx
      .selectFrom('webhook_message')
      .select(['webhook_id', (of) => of.fn.countAll<string>().as('count')])
      .where('state', '=', 'waiting')
      .groupBy('webhook_id')
      .execute();
    const counts = new Map(waiting.map(({ webhook_id, count }) => [webhook_id, Number(count)]));
    return rows.map((row) => listed(scope, row, counts.get(row.id) ?? 0));
  });
}

/** Whether any was stopped by failing, for the notice to whoever can do something about it. */
export async function anyWebhookStopped(db: Db, scope: Scope): Promise<boolean> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    tx.selectFrom('webhook').select('id').where('state', 'in', ['failing', 'gone']).executeTakeFirst(),
  );
  return row !== undefined;
}

/**
 * What was sent to a receiver, newest first, each with its attempts.
 * @param filter.before the `n` of the last one on the page before
 */
export function readWebhookLog(
  db: Db,
  scope: Scope,
  id: WebhookId,
  filter: { readonly state: MessageState | null; readonly before: string | null },
): Promise<{ readonly messages: readonly ListedMessage[]; readonly more: boolean }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    let query = tx.selectFrom('webhook_message').selectAll().where('webhook_id', '=', id);
    if (filter.state !== null) query = query.where('state', '=', filter.state);
    if (filter.before !== null) query = query.where('n', '<', filter.before);
    const rows = await query
      .orderBy('n', 'desc')
      .limit(PAGE + 1)
      .execute();
    const shown = rows.slice(0, PAGE);
    const ids = shown.map((row) => row.id);
    const { rows: attempts } = await sql<{
      message_id: WebhookMessageId;
      at: Date;
      status: number | null;
      failure: AttemptFailure | null;
      duration_ms: number;
    }>`
      select a.* from unnest(${ids}::uuid[]) as m (id) cross join lateral (
        select message_id, at, status, failure, duration_ms from webhook_attempt
        where message_id = m.id order by id desc limit 20) as a`.execute(tx);
    return {
      messages: shown.map((row) => ({
        id: row.id,
        n: row.n,
        kind: row.kind,
        at: row.at,
        number: row.number,
        state: row.state,
        nextAt: row.next_at,
        attempts: attempts
          .filter((one) => one.message_id === row.id)
          .map(({ at, status, failure, duration_ms }) => ({ at, status, failure, durationMs: duration_ms })),
      })),
      more: rows.length > PAGE,
    };
  });
}

function listed({ at }: Scope, row: WebhookRow, waiting: number): ListedWebhook {
  const { id, name, url, inside, state, failures, version } = row;
  return {
    id,
    name,
    url,
    inside,
    state,
    failures,
    version,
    kinds: WEBHOOK_KINDS.filter((kind) => row.kinds.includes(kind)),
    stateAt: row.state_at,
    deliveredAt: row.delivered_at,
    oldUntil: row.old_until !== null && row.old_until > at ? row.old_until : null,
    rotatedAt: row.rotated_at,
    waiting,
  };
}
