import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { writePhoto } from './attach-photo.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';

export type PhotoLinkState = 'open' | 'used' | 'expired';

/** Where an address that an officer's screen showed stands; undefined where there never was one. */
export function findPhotoLinkState(
  db: Db,
  deps: Deps,
  scope: Scope,
  token: string,
): Promise<PhotoLinkState | undefined> {
  return inLibrary(db, scope.library.id, async (tx) => (await findLink(tx, deps, scope, token))?.state);
}

/**
 * The photo from the applicant's phone goes into the case and so onto the officer's screen. The link is spent in the
 * same transaction: of two photos sent at once, one arrives.
 * @param scope.actor the applicant, at the counter
 * @param input.jpeg already prepared, see `documents/photo.ts`
 */
export async function sendLinkedPhoto(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly token: string; readonly jpeg: Uint8Array },
): Promise<
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'link-unknown' | 'link-used' | 'link-expired' | 'not-needed' }
> {
  const found = await inLibrary(db, scope.library.id, (tx) => findLink(tx, deps, scope, input.token));
  if (!found) return { ok: false, reason: 'link-unknown' };
  if (found.state !== 'open') return { ok: false, reason: `link-${found.state}` };
  const sent = await changeCase<object, CaseRefusal | { readonly ok: false; readonly reason: 'link-used' }>(
    db,
    deps,
    scope,
    { applicationId: found.applicationId, action: 'set_photo' },
    async (tx, { row }) => {
      const spent = await tx
        .updateTable('photo_link')
        .set({ used_at: scope.at })
        .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', input.token))
        .where('used_at', 'is', null)
        .where('expires_at', '>', scope.at)
        .returning('created_at')
        .executeTakeFirst();
      if (!spent) return { ok: false, reason: 'link-used' };
      const { fileId, event } = await writePhoto(tx, deps, scope, row, {
        jpeg: input.jpeg,
        source: 'phone_link',
        // The step began when the officer's screen showed the code.
        startedAt: spent.created_at,
      });
      return {
        ok: true,
        change: { patch: { photo_id: fileId }, events: [event], fields: ['photo'] },
        result: {},
      };
    },
  );
  if (sent.ok) return { ok: true };
  return { ok: false, reason: sent.reason === 'link-used' ? 'link-used' : 'not-needed' };
}

async function findLink(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  token: string,
): Promise<{ readonly state: PhotoLinkState; readonly applicationId: ApplicationId } | undefined> {
  const row = await tx
    .selectFrom('photo_link')
    .select(['application_id', 'used_at', 'expires_at'])
    .where('token_hash', '=', deps.vault.hash(scope.library.id, 'token', token))
    .executeTakeFirst();
  if (!row) return undefined;
  const state = row.used_at !== null ? 'used' : row.expires_at <= scope.at ? 'expired' : 'open';
  return { state, applicationId: row.application_id };
}
