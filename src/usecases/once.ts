import { type AskedOnce, claimRequest, giveBackRequest, keepAnswer } from '../db/api-request.ts';
import type { Db } from '../db/connection.ts';
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
  await inLibrary(db, library.id, (tx) =>
    status < 300
      ? keepAnswer(tx, row, {
          status,
          sealed: vault.seal(library.id, 'api_answer', JSON.stringify(answer)),
        })
      : giveBackRequest(tx, row),
  );
  return { ok: true, answer, repeated: false };
}
