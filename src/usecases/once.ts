import { sql } from 'kysely';
import { type AskedOnce, claimRequest, giveBackRequest, keepAnswer } from '../db/api-request.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';

const DAY_MS = 24 * 60 * 60_000;
/** No request of this service takes longer. */
const ABANDONED_MS = 60_000;

/** Answers with a status below 300 are kept; every other did nothing and may be tried again. */
export interface OnceAnswer {
  readonly status: number;
}

/** What is kept in the place of an answer about somebody who was erased since. */
export const ANSWER_ERASED: OnceAnswer = { status: 404 };

const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Does what a program sent with a key of its own once, however often it is sent, also at the same time and after a broken
 * connection. The answer is kept for a day, sealed.
 * @param asked.request all that was sent, in one spelling
 */
export async function onlyOnce<Answer extends OnceAnswer>(
  db: Db,
  deps: Deps,
  scope: Scope,
  asked: { readonly clientId: ClientId; readonly key: string; readonly request: string },
  work: () => Promise<Answer>,
): Promise<
  | { readonly ok: true; readonly answer: Answer; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'under-way' | 'key-reused' }
> {
  const { library, at } = scope;
  const { vault } = deps;
  const row: AskedOnce = {
    libraryId: library.id,
    clientId: asked.clientId,
    keyHash: vault.hash(library.id, 'api_request', `key ${asked.key}`),
    requestHash: vault.hash(library.id, 'api_request', `request ${asked.request}`),
  };
  const claim = await inLibrary(db, library.id, (tx) =>
    claimRequest(tx, row, {
      at,
      abandoned: new Date(at.getTime() - ABANDONED_MS),
      forgotten: new Date(at.getTime() - DAY_MS),
    }),
  );
  switch (claim.kind) {
    case 'under-way':
      return { ok: false, reason: 'under-way' };
    case 'another':
      return { ok: false, reason: 'key-reused' };
    case 'done': {
      const text = vault.openText(library.id, 'api_answer', claim.answer);
      return { ok: true, answer: JSON.parse(text) as Answer, repeated: true };
    }
  }
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    // A database that is away cannot take it back either: then it is abandoned after a minute.
    await inLibrary(db, library.id, (tx) => giveBackRequest(tx, row)).catch(() => undefined);
    throw error;
  }
  const { status } = answer;
  await inLibrary(db, library.id, async (tx) => {
    if (status >= 300) return giveBackRequest(tx, row);
    const text = JSON.stringify(answer);
    const kept = (await isOfErased(tx, scope, text)) ? JSON.stringify(ANSWER_ERASED) : text;
    return keepAnswer(tx, row, { status, sealed: vault.seal(library.id, 'api_answer', kept) });
  });
  return { ok: true, answer, repeated: false };
}

/** Whether somebody in the answer was erased while it was made; who erases at this moment is waited for. */
async function isOfErased(tx: Tx, scope: Scope, answer: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended('api answers', ${scope.library.id}))`.execute(
    tx,
  );
  const ids = answer.match(UUIDS) ?? [];
  if (ids.length === 0) return false;
  const found = await tx
    .selectFrom('erasure_list')
    .select('subject')
    .where('subject', 'in', ids)
    .executeTakeFirst();
  return found !== undefined;
}
