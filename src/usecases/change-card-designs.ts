import type { Db } from '../db/connection.ts';
import { getSettings } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CardDesigns } from '../domain/card-design.ts';
import { setPicture } from '../domain/card-design-edit.ts';
import type { FileId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { changeSettings, readSettingsVersion, type SettingRefusal } from './change-setting.ts';
import { type Deps, newId, type Scope } from './context.ts';

/** The designs as they are now, with the version for the hidden field of their forms. */
export async function readCardDesigns(
  db: Db,
  scope: Scope,
): Promise<{ readonly designs: CardDesigns; readonly version: string }> {
  // The version first: what is saved in between makes it an old one, which is refused.
  const version = await readSettingsVersion(db, scope, ['cardDesigns']);
  const { cardDesigns } = await inLibrary(db, scope.library.id, (tx) => getSettings(tx));
  return { designs: cardDesigns, version };
}

/**
 * Changes a library's designs as they are now, not as a cache knows them.
 * @param input.version of the form; null replaces whatever was saved in between
 * @param input.change undefined where what should change is not there any more
 */
export async function changeCardDesigns(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly version: string | null;
    readonly change: (designs: CardDesigns) => CardDesigns | undefined;
  },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'gone' } | SettingRefusal> {
  const { designs, version } = await readCardDesigns(db, scope);
  if (input.version !== null && input.version !== version) return { ok: false, reason: 'changed-meanwhile' };
  const next = input.change(designs);
  if (next === undefined) return { ok: false, reason: 'gone' };
  const outcome = await changeSettings(db, deps, scope, { changes: { cardDesigns: next }, version });
  return outcome.ok ? { ok: true } : outcome;
}

/**
 * Puts a background picture into an own design, or takes it away (null). The design as it is saved shows it at once;
 * the bytes of a picture that nothing uses any more go with the same change.
 * @param input.picture already prepared (see `documents/card/card-picture.ts`)
 */
export async function changeCardPicture(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly code: string;
    readonly version: string | null;
    readonly picture: { readonly bytes: Uint8Array; readonly mime: string } | null;
  },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'gone' } | SettingRefusal> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'setting.change'))
    return { ok: false, reason: 'not-allowed' };
  const { picture } = input;
  const fileId = picture === null ? null : newId<FileId>(deps, at);
  if (picture !== null && fileId !== null) {
    await inLibrary(db, library.id, (tx) =>
      tx
        .insertInto('file')
        .values({
          library_id: library.id,
          id: fileId,
          kind: 'card_picture',
          application_id: null,
          member_id: null,
          mime: picture.mime,
          bytes: deps.vault.seal(library.id, 'file', picture.bytes),
          size: picture.bytes.length,
          created_at: at,
          created_by: actor.id,
          deleted_at: null,
        })
        .execute(),
    );
  }
  const outcome = await changeCardDesigns(db, deps, scope, {
    version: input.version,
    change: (designs) => setPicture(designs, input.code, fileId),
  });
  // The picture came first, as a design may not name what is not there: refused, it goes again.
  if (!outcome.ok && fileId !== null)
    await inLibrary(db, library.id, (tx) => tx.deleteFrom('file').where('id', '=', fileId).execute());
  return outcome;
}
