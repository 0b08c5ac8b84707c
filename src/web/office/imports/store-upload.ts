import { createHash } from 'node:crypto';
import { chunksOf } from '../../../db/import.ts';
import type { ImportId } from '../../../domain/ids.ts';
import type { ByteSource } from '../../../interop/byte-source.ts';
import { recognise } from '../../../interop/recognise.ts';
import type { Scope } from '../../../usecases/context.ts';
import {
  CHUNK_BYTES,
  dropUpload,
  finishUpload,
  openUpload,
  storeChunk,
} from '../../../usecases/start-import.ts';
import type { WebDeps } from '../../env.ts';
import type { UploadedFile } from '../../multipart.ts';

/** Below the outer limit of a request with files. */
export const LARGEST_UPLOAD_MB = 64;

export type UploadOutcome =
  | { readonly ok: true; readonly importId: ImportId }
  | { readonly ok: false; readonly reason: 'too-large' | 'empty' | 'not-a-table' | 'old-excel' };

/** The file of an import as it lies in the database. */
export function storedFile(
  deps: Pick<WebDeps, 'db' | 'vault'>,
  scope: Scope,
  importId: ImportId,
  size: number,
): ByteSource {
  const { id } = scope.library;
  const open = (sealed: Buffer) => deps.vault.open(id, 'import', sealed);
  return { size, read: chunksOf(deps.db, id, importId, open, CHUNK_BYTES) };
}

/** Puts a file into the database while it arrives, sealed, a piece at a time; then looks what it is. */
export async function storeUpload(deps: WebDeps, scope: Scope, file: UploadedFile): Promise<UploadOutcome> {
  const importId = await openUpload(deps.db, deps, scope, file.name);
  const hash = createHash('sha256');
  let size = 0;
  let n = 0;
  let kept: Uint8Array[] = [];
  let keptLength = 0;
  const put = async (): Promise<void> => {
    if (keptLength === 0) return;
    const whole = Buffer.concat(kept);
    kept = [];
    keptLength = 0;
    for (let from = 0; from < whole.length; from += CHUNK_BYTES) {
      const piece = whole.subarray(from, from + CHUNK_BYTES);
      await storeChunk(deps.db, deps, scope, importId, n++, piece);
    }
  };
  try {
    for await (const piece of file.bytes) {
      size += piece.length;
      if (size > LARGEST_UPLOAD_MB * 1024 * 1024) {
        await dropUpload(deps.db, scope, importId);
        // Read to its end, or the browser would show a broken connection instead of the reason.
        kept = [];
        keptLength = 0;
        continue;
      }
      hash.update(piece);
      let rest: Uint8Array = piece;
      while (rest.length > 0) {
        const room = CHUNK_BYTES - keptLength;
        kept.push(rest.subarray(0, room));
        keptLength += Math.min(room, rest.length);
        rest = rest.subarray(room);
        if (keptLength === CHUNK_BYTES) await put();
      }
    }
    if (size > LARGEST_UPLOAD_MB * 1024 * 1024) return { ok: false, reason: 'too-large' };
    await put();
    const found = await recognise(storedFile(deps, scope, importId, size));
    if (!found.ok) {
      await dropUpload(deps.db, scope, importId);
      return found;
    }
    await finishUpload(deps.db, deps, scope, importId, {
      fileName: file.name === '' ? 'berkas' : file.name,
      format: found.format,
      size,
      facts: { hasHeader: found.hasHeader, dialect: found.dialect, titles: found.titles },
      columns: found.mapping,
      digest: hash.digest('hex'),
    });
    return { ok: true, importId };
  } catch (error) {
    await dropUpload(deps.db, scope, importId);
    throw error;
  }
}
