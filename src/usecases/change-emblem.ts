import type { Db } from '../db/connection.ts';
import { getSettings } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { FileId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';

/**
 * Puts a library's emblem in place of the one before, whose bytes go; null takes it away.
 * @param png already prepared (see `documents/emblem.ts`)
 */
export function changeEmblem(
  db: Db,
  deps: Deps,
  scope: Scope,
  png: Uint8Array | null,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-allowed' }> {
  const { library, actor, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'setting.change'))
      return { ok: false, reason: 'not-allowed' };
    await tx.selectFrom('setting').select('name').where('name', '=', 'look').forUpdate().execute();
    const { look } = await getSettings(tx);
    const fileId = png === null ? null : newId<FileId>(deps, at);
    if (png !== null && fileId !== null) {
      await tx
        .insertInto('file')
        .values({
          library_id: library.id,
          id: fileId,
          kind: 'emblem',
          application_id: null,
          member_id: null,
          mime: 'image/png',
          bytes: deps.vault.seal(library.id, 'file', png),
          size: png.length,
          created_at: at,
          created_by: actor.id,
          deleted_at: null,
        })
        .execute();
    }
    if (look.emblemFileId !== null)
      await tx
        .updateTable('file')
        .set({ bytes: null, deleted_at: at })
        .where('id', '=', look.emblemFileId as FileId)
        .execute();
    await tx
      .updateTable('setting')
      .set({
        value: JSON.stringify({ ...look, emblemFileId: fileId }),
        updated_at: at,
        updated_by: actor.id,
      })
      .where('name', '=', 'look')
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'setting.change',
      subjectKind: 'setting',
      subjectId: 'look',
      fields: ['emblemFileId'],
    });
    return { ok: true };
  });
}
