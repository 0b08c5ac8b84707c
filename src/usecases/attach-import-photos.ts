import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { addCounts, lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { FileId, ImportId, MemberId } from '../domain/ids.ts';
import type { ImportCounts } from '../domain/importing/import-state.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { openRow } from './import-read.ts';

export interface PhotoPorts {
  /** The picture of this name, undefined where there is none. */
  readonly find: (name: string) => Promise<Uint8Array | undefined>;
  /** Upright, 3:4, re-encoded; see `documents/photo.ts`. Undefined where it is no picture. */
  readonly prepare: (bytes: Uint8Array) => Promise<Uint8Array | undefined>;
}

const AT_ONCE = 50;

/** Photos of members who came with an import, each prepared like any other; what is missing stands at its row. */
export async function attachImportPhotos(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  ports: PhotoPorts,
): Promise<{ readonly attached: number; readonly missing: number }> {
  const { library } = scope;
  const sum = { attached: 0, missing: 0 };
  let after = 0;
  for (;;) {
    const rows = await inLibrary(db, library.id, (tx) =>
      tx
        .selectFrom('import_row')
        .select(['n', 'content', 'member_id', 'reasons'])
        .where('import_id', '=', importId)
        .where('photo_done', '=', false)
        .where('outcome', 'in', ['new', 'look'])
        .where('applied_at', 'is not', null)
        .where('n', '>', after)
        .orderBy('n')
        .limit(AT_ONCE)
        .execute(),
    );
    if (rows.length === 0) return sum;
    for (const row of rows) {
      after = row.n;
      const name = row.content === null ? null : openRow(deps, scope, row.content).photo;
      if (name === null || row.member_id === null) continue;
      const bytes = await ports.find(name);
      const jpeg = bytes === undefined ? undefined : await ports.prepare(bytes);
      if (jpeg === undefined) sum.missing++;
      else sum.attached++;
      const reason = bytes === undefined ? 'photo_missing' : 'photo_unusable';
      await writePhoto(db, deps, scope, importId, { n: row.n, memberId: row.member_id, jpeg, reason });
    }
  }
}

/** The photo and the row that tells of it, together; a photo taken meanwhile at the counter stays. */
function writePhoto(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  photo: {
    readonly n: number;
    readonly memberId: MemberId;
    readonly jpeg: Uint8Array | undefined;
    readonly reason: string;
  },
): Promise<void> {
  const { library, at } = scope;
  const { jpeg, memberId } = photo;
  return inLibrary(db, library.id, async (tx) => {
    const record = await lockImport(tx, importId);
    const row = await tx
      .selectFrom('import_row')
      .select(['reasons', 'photo_done'])
      .where('import_id', '=', importId)
      .where('n', '=', photo.n)
      .executeTakeFirstOrThrow();
    if (row.photo_done) return;
    if (jpeg !== undefined) {
      const id = newId<FileId>(deps, at);
      const changed = await tx
        .updateTable('member')
        .set({ photo_id: id, updated_at: at })
        .where('id', '=', memberId)
        .where('photo_id', 'is', null)
        // Erased since the row was read: nobody's picture then.
        .where(sql<boolean>`person_key <> ''`)
        .executeTakeFirst();
      if (changed.numUpdatedRows > 0n) {
        await tx
          .insertInto('file')
          .values({
            library_id: library.id,
            id,
            kind: 'photo',
            application_id: null,
            member_id: memberId,
            mime: 'image/jpeg',
            bytes: deps.vault.seal(library.id, 'file', jpeg),
            size: jpeg.length,
            created_at: at,
            created_by: scope.actor.kind === 'officer' ? scope.actor.id : null,
            deleted_at: null,
          })
          .execute();
        await writeAudit(tx, deps, scope, {
          action: 'member.import',
          subjectKind: 'member',
          subjectId: memberId,
          fields: ['photo'],
          purpose: importId,
        });
      }
    }
    const lacking = jpeg === undefined ? [photo.reason] : [];
    await tx
      .updateTable('import_row')
      .set({
        // A photo that is missing may still be found in another folder.
        photo_done: jpeg !== undefined,
        reasons: [...row.reasons.filter((reason) => !reason.startsWith('photo_')), ...lacking],
      })
      .where('import_id', '=', importId)
      .where('n', '=', photo.n)
      .execute();
    const already = row.reasons.includes(photo.reason);
    const counts: ImportCounts =
      jpeg !== undefined ? { photos: 1 } : already ? {} : { reasons: { [photo.reason]: 1 } };
    await tx
      .updateTable('import')
      .set({ counts: JSON.stringify(addCounts(record.counts as ImportCounts, counts)) })
      .where('id', '=', importId)
      .execute();
  });
}
