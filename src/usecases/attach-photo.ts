import type { ApplicationRow } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, FileId } from '../domain/ids.ts';
import { type CaseRefusal, changeCase, type NewCaseEvent } from './change-case.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { openPicture, type PictureDeps } from './stored-picture.ts';

/** Where a photo comes from; `phone_link` is the QR on an officer's screen, opened on the applicant's phone. */
export type PhotoSource = 'status_page' | 'phone_link' | 'webcam' | 'file';

export interface NewPhoto {
  readonly applicationId: ApplicationId;
  /** Already prepared (upright, 3:4, re-encoded, without metadata): see `documents/photo.ts`. */
  readonly jpeg: Uint8Array;
  /** When the camera was opened or the page asked for; null where nobody saw it. */
  readonly startedAt: Date | null;
  readonly source: PhotoSource;
  readonly expectedVersion?: number | undefined;
}

/**
 * Puts the photo of the card into the case, in the transaction that records the act. An earlier photo of the case
 * is emptied: it was never on a card. The only way a photo gets into a case, for applicants and officers alike.
 */
export function attachPhoto(
  db: Db,
  deps: Deps,
  scope: Scope,
  photo: NewPhoto,
): Promise<{ readonly ok: true; readonly version: number; readonly fileId: FileId } | CaseRefusal> {
  return changeCase<{ fileId: FileId }, CaseRefusal>(
    db,
    deps,
    scope,
    { applicationId: photo.applicationId, action: 'set_photo', expectedVersion: photo.expectedVersion },
    async (tx, { row }) => {
      const { fileId, event } = await writePhoto(tx, deps, scope, row, photo);
      return {
        ok: true,
        change: { patch: { photo_id: fileId }, events: [event], fields: ['photo'] },
        result: { fileId },
      };
    },
  );
}

/** The rows of a photo, for a change that holds more than the photo. The caller sets `photo_id`. */
export async function writePhoto(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
  photo: Pick<NewPhoto, 'jpeg' | 'startedAt' | 'source'>,
): Promise<{ fileId: FileId; event: NewCaseEvent }> {
  const { library, actor, at } = scope;
  if (row.photo_id !== null) {
    await tx
      .updateTable('file')
      .set({ bytes: null, deleted_at: at })
      .where('id', '=', row.photo_id)
      .execute();
  }
  const fileId = newId<FileId>(deps, at);
  await tx
    .insertInto('file')
    .values({
      library_id: library.id,
      id: fileId,
      kind: 'photo',
      application_id: row.id,
      member_id: null,
      mime: 'image/jpeg',
      bytes: deps.vault.seal(library.id, 'file', photo.jpeg),
      size: photo.jpeg.length,
      created_at: at,
      created_by: actor.kind === 'officer' ? actor.id : null,
      deleted_at: null,
    })
    .execute();
  const event: NewCaseEvent = {
    kind: 'act',
    act: 'photo',
    startedAt: photo.startedAt,
    reason: photo.source,
    // The phone is the applicant's, but both stand at the desk: this is service time.
    ...(photo.source === 'phone_link' ? { place: 'counter' as const } : {}),
  };
  return { fileId, event };
}

/** The JPEG of a photo of this library, or undefined where there is none, it has been emptied, or it is damaged. */
export function readPhoto(
  db: Db,
  deps: PictureDeps,
  scope: Scope,
  fileId: FileId,
): Promise<Buffer | undefined> {
  return readPicture(db, deps, scope, fileId, 'photo');
}

/** The photo that a case has now; for who works at cases. */
export async function readCasePhoto(
  db: Db,
  deps: PictureDeps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<Buffer | undefined> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('application')
      .innerJoin('file', (join) =>
        join
          .onRef('file.library_id', '=', 'application.library_id')
          .onRef('file.id', '=', 'application.photo_id'),
      )
      .select(['file.id', 'file.bytes'])
      .where('application.id', '=', applicationId)
      .where('file.kind', '=', 'photo')
      .executeTakeFirst(),
  );
  return row?.bytes ? openPicture(deps, scope.library.id, { id: row.id, bytes: row.bytes }) : undefined;
}

/** The library's own emblem, PNG. */
export function readEmblem(
  db: Db,
  deps: PictureDeps,
  scope: Scope,
  fileId: string,
): Promise<Buffer | undefined> {
  return readPicture(db, deps, scope, fileId as FileId, 'emblem');
}

/** The picture that was uploaded for a design of cards, PNG or JPEG. */
export function readCardPicture(
  db: Db,
  deps: PictureDeps,
  scope: Scope,
  fileId: string,
): Promise<Buffer | undefined> {
  return readPicture(db, deps, scope, fileId as FileId, 'card_picture');
}

async function readPicture(
  db: Db,
  deps: PictureDeps,
  scope: Scope,
  fileId: FileId,
  kind: 'photo' | 'emblem' | 'card_picture',
): Promise<Buffer | undefined> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('file')
      .select('bytes')
      .where('id', '=', fileId)
      .where('kind', '=', kind)
      .executeTakeFirst(),
  );
  return row?.bytes ? openPicture(deps, scope.library.id, { id: fileId, bytes: row.bytes }) : undefined;
}
