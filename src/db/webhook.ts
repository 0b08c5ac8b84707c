import { sql } from 'kysely';
import type { LibraryId, WebhookId } from '../domain/ids.ts';
import type { Db, Tx } from './connection.ts';

/** The libraries that have something to send to a receiver, for the job. */
export async function librariesWithWebhooks(db: Db, at: Date): Promise<readonly LibraryId[]> {
  const { rows } = await sql<{ library_id: LibraryId }>`
    select library_id from libraries_with_webhooks(${at})`.execute(db);
  return rows.map((row) => row.library_id);
}

/** Receivers in use with a message that is due. */
export function dueWebhooks(
  tx: Tx,
  at: Date,
): Promise<{ readonly id: WebhookId; readonly failures: number }[]> {
  return tx
    .selectFrom('webhook')
    .select(['id', 'failures'])
    .where('state', '=', 'active')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('webhook_message')
          .select('webhook_message.id')
          .whereRef('webhook_message.library_id', '=', 'webhook.library_id')
          .whereRef('webhook_message.webhook_id', '=', 'webhook.id')
          .where('webhook_message.state', '=', 'waiting')
          .where('webhook_message.next_at', '<=', at),
      ),
    )
    .execute();
}
