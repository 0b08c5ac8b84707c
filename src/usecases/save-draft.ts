import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { FormValues } from '../domain/form-fields.ts';
import type { VisitId } from '../domain/ids.ts';
import { newHandOverCode } from '../domain/ticket-code.ts';
import { type Deps, newId, type Scope } from './context.ts';

export interface NewDraft {
  /** As typed so far; may be empty where a visitor only wants to go on at home. */
  readonly values: FormValues;
  /** The guest-book entry the form was begun from; its time becomes the arrival. */
  readonly visitId: VisitId | null;
}

export interface SavedDraft {
  readonly ok: true;
  /** Six digits for the officer; guessable, so only a signed-in officer may use them, with few attempts. */
  readonly code: string;
  /** 128 bits, for the address that continues the form on a phone. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** "Lanjutkan di loket": keeps an unfinished form, sealed, until the officer or the person's own phone takes it over. */
export async function saveDraft(db: Db, deps: Deps, scope: Scope, draft: NewDraft): Promise<SavedDraft> {
  const { library, at } = scope;
  const expiresAt = new Date(at.getTime() + library.settings.retention.draftDays * 86_400_000);
  const token = Buffer.from(deps.randomBytes(16)).toString('base64url');
  return inLibrary(db, library.id, async (tx) => {
    // A million codes, some taken: another one is drawn where two forms meet.
    for (let attempt = 0; attempt < 20; attempt++) {
      const code = newHandOverCode(deps.randomBytes(4));
      const codeHash = deps.vault.hash(library.id, 'draft_code', code);
      await tx.deleteFrom('draft').where('code_hash', '=', codeHash).where('expires_at', '<=', at).execute();
      const written = await tx
        .insertInto('draft')
        .values({
          library_id: library.id,
          id: newId<string>(deps, at),
          code_hash: codeHash,
          token_hash: deps.vault.hash(library.id, 'token', token),
          // The code too, so that the page that shows it can be opened again by its secret address.
          content: deps.vault.seal(library.id, 'draft', JSON.stringify({ values: draft.values, code })),
          visit_id: draft.visitId,
          created_at: at,
          expires_at: expiresAt,
          taken_at: null,
        })
        .onConflict((conflict) =>
          conflict.columns(['library_id', 'code_hash']).where('taken_at', 'is', null).doNothing(),
        )
        .returning('id')
        .executeTakeFirst();
      if (written) return { ok: true, code, token, expiresAt };
    }
    throw new Error('no free hand-over code');
  });
}
