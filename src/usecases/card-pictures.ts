import type { Tx } from '../db/connection.ts';
import type { CardDesigns } from '../domain/card-design.ts';
import type { FileId } from '../domain/ids.ts';

/** Empties the background pictures that no design uses any more; copies of a design share theirs. */
export async function dropUnusedPictures(
  tx: Tx,
  at: Date,
  before: CardDesigns,
  next: CardDesigns,
): Promise<void> {
  const used = new Set(next.own.map(({ pictureFileId }) => pictureFileId));
  const gone = before.own.flatMap(({ pictureFileId }) =>
    pictureFileId === null || used.has(pictureFileId) ? [] : [pictureFileId as FileId],
  );
  if (gone.length === 0) return;
  await tx
    .updateTable('file')
    .set({ bytes: null, deleted_at: at })
    .where('id', 'in', gone)
    .where('kind', '=', 'card_picture')
    .execute();
}
