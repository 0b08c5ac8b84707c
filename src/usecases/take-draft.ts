import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import { type FormValues, pickFormValues } from '../domain/form-fields.ts';
import type { OfficerId } from '../domain/ids.ts';
import { readHandOverCode } from '../domain/ticket-code.ts';
import type { ArrivalVisit } from './arrival.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

/** Wrong codes of one officer in `WINDOW_MS` before the next is refused unread; so long may a form be taken again, too. */
const WRONG_CODES = 10;
const WINDOW_MS = 10 * 60_000;

export interface TakenDraft {
  readonly ok: true;
  readonly values: FormValues;
  /** The guest-book entry the form was begun from; null where it was begun at home. */
  readonly visit: ArrivalVisit | null;
  /** The six digits, for the page that shows them to the person. */
  readonly code: string;
  readonly expiresAt: Date;
}

export type TakeRefusal = { readonly ok: false; readonly reason: 'not-found' | 'too-many-attempts' };

/**
 * An officer takes an unfinished form over with its six digits. The code works once; for the same officer ten minutes
 * long, as the answer may be lost on the way. Audited, the wrong ones too.
 */
export function takeDraft(
  db: Db,
  deps: Deps,
  scope: Scope,
  typedCode: string,
): Promise<TakenDraft | TakeRefusal> {
  const { library, actor, at } = scope;
  if (actor.kind !== 'officer') throw new Error('only an officer takes a draft over by its code');
  const code = readHandOverCode(typedCode);
  return inLibrary(db, library.id, async (tx) => {
    const { wrong } = await tx
      .selectFrom('audit_log')
      .select((select) => select.fn.countAll<string>().as('wrong'))
      .where('action', '=', 'draft.refuse')
      .where('actor_id', '=', actor.id)
      .where('at', '>', new Date(at.getTime() - WINDOW_MS))
      .executeTakeFirstOrThrow();
    if (Number(wrong) >= WRONG_CODES) return { ok: false, reason: 'too-many-attempts' };
    const codeHash = code === undefined ? undefined : deps.vault.hash(library.id, 'draft_code', code);
    const taken =
      codeHash && ((await take(tx, scope, codeHash)) ?? (await findTaken(tx, scope, actor.id, codeHash)));
    await writeAudit(tx, deps, scope, {
      action: taken ? 'draft.take' : 'draft.refuse',
      subjectKind: 'application',
      subjectId: taken?.id ?? null,
    });
    return taken ? readDraft(tx, deps, scope, taken) : { ok: false, reason: 'not-found' };
  });
}

function take(tx: Tx, { at }: Scope, codeHash: Buffer) {
  return tx
    .updateTable('draft')
    .set({ taken_at: at })
    .where('code_hash', '=', codeHash)
    .where('taken_at', 'is', null)
    .where('expires_at', '>', at)
    .returningAll()
    .executeTakeFirst();
}

/** What this very officer took with the code a moment ago. */
function findTaken(tx: Tx, { at }: Scope, officerId: OfficerId, codeHash: Buffer) {
  return tx
    .selectFrom('draft')
    .selectAll()
    .where('code_hash', '=', codeHash)
    .where('taken_at', '>', new Date(at.getTime() - WINDOW_MS))
    .where('expires_at', '>', at)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('audit_log')
          .select('audit_log.id')
          .where('audit_log.subject_id', '=', sql<string>`draft.id::text`)
          .where('audit_log.action', '=', 'draft.take')
          .where('audit_log.actor_id', '=', officerId),
      ),
    )
    .orderBy('taken_at', 'desc')
    .executeTakeFirst();
}

/** The same form on the person's own phone, by its secret address; may be opened again until it is submitted. */
export function findDraft(
  db: Db,
  deps: Deps,
  scope: Scope,
  token: string,
): Promise<TakenDraft | { readonly ok: false; readonly reason: 'not-found' }> {
  const { library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row = await tx
      .selectFrom('draft')
      .selectAll()
      .where('token_hash', '=', deps.vault.hash(library.id, 'token', token))
      .where('taken_at', 'is', null)
      .where('expires_at', '>', at)
      .executeTakeFirst();
    return row ? readDraft(tx, deps, scope, row) : { ok: false, reason: 'not-found' };
  });
}

/** After the form was sent, nothing unfinished is left behind. */
export async function deleteDraft(db: Db, deps: Deps, scope: Scope, token: string): Promise<void> {
  await inLibrary(db, scope.library.id, (tx) =>
    tx
      .deleteFrom('draft')
      .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
      .execute(),
  );
}

async function readDraft(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: Selectable<Database['draft']>,
): Promise<TakenDraft> {
  const content = JSON.parse(deps.vault.openText(scope.library.id, 'draft', row.content)) as {
    values: Record<string, unknown>;
    code: string;
  };
  const visit =
    row.visit_id === null
      ? undefined
      : await tx
          .selectFrom('visit')
          .select(['id', 'at', 'opened_at as openedAt'])
          .where('id', '=', row.visit_id)
          .executeTakeFirst();
  return {
    ok: true,
    values: pickFormValues(content.values),
    visit: visit ?? null,
    code: content.code,
    expiresAt: row.expires_at,
  };
}
