import type { ClientId, LibraryId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';

/** What a program sent, by keyed hashes. */
export interface AskedOnce {
  readonly libraryId: LibraryId;
  readonly clientId: ClientId;
  readonly keyHash: Buffer;
  readonly requestHash: Buffer;
}

export type Claim =
  /** Nobody has done it: it is the caller's now. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'another' }
  | { readonly kind: 'done'; readonly status: number; readonly answer: Buffer };

/**
 * Takes a request for the caller, unless it was done or is being done.
 * @param times.abandoned what was begun before this was left by a process that is gone
 * @param times.forgotten what is older is taken out, of any program
 */
export async function claimRequest(
  tx: Tx,
  asked: AskedOnce,
  times: { readonly at: Date; readonly abandoned: Date; readonly forgotten: Date },
): Promise<Claim> {
  const { at, abandoned, forgotten } = times;
  await tx.deleteFrom('api_request').where('at', '<', forgotten).execute();
  const made = await tx
    .insertInto('api_request')
    .values({
      library_id: asked.libraryId,
      client_id: asked.clientId,
      key_hash: asked.keyHash,
      request_hash: asked.requestHash,
      at,
      status: null,
      answer: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('at')
    .executeTakeFirst();
  if (made) return { kind: 'begun' };
  const row = await tx
    .selectFrom('api_request')
    .selectAll()
    .where('client_id', '=', asked.clientId)
    .where('key_hash', '=', asked.keyHash)
    .forUpdate()
    .executeTakeFirst();
  // Given back between the two statements by whoever had it: the program asks again.
  if (!row) return { kind: 'under-way' };
  if (!row.request_hash.equals(asked.requestHash)) return { kind: 'another' };
  if (row.status !== null && row.answer !== null)
    return { kind: 'done', status: row.status, answer: row.answer };
  if (row.at >= abandoned) return { kind: 'under-way' };
  await tx
    .updateTable('api_request')
    .set({ at })
    .where('client_id', '=', asked.clientId)
    .where('key_hash', '=', asked.keyHash)
    .execute();
  return { kind: 'begun' };
}

/** Keeps the answer of what was begun. */
export async function keepAnswer(
  tx: Tx,
  asked: AskedOnce,
  answer: { readonly status: number; readonly sealed: Buffer },
): Promise<void> {
  const { status, sealed } = answer;
  await tx
    .updateTable('api_request')
    .set({ status, answer: sealed })
    .where('client_id', '=', asked.clientId)
    .where('key_hash', '=', asked.keyHash)
    .execute();
}

/** Nothing was done: the same key may be used for another try. */
export async function giveBackRequest(tx: Tx, asked: AskedOnce): Promise<void> {
  await tx
    .deleteFrom('api_request')
    .where('client_id', '=', asked.clientId)
    .where('key_hash', '=', asked.keyHash)
    .where('status', 'is', null)
    .execute();
}
