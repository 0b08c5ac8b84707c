import type { LibraryId } from '../domain/ids.ts';
import { readJpegHead } from '../domain/jpeg-head.ts';
import type { Deps } from './context.ts';

/** A vault, and where to tell of a picture that cannot be read; whoever has no log passes none. */
export type PictureDeps = Pick<Deps, 'vault'> & {
  readonly log?: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
};

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Opens a stored picture. One that was damaged where it lies, or is no picture, is as good as none: a card is drawn
 * without it, a page shows the empty place, and the log names the file.
 */
export function openPicture(
  { vault, log }: PictureDeps,
  libraryId: LibraryId,
  file: { readonly id: string; readonly bytes: Buffer },
): Buffer | undefined {
  let bytes: Buffer | undefined;
  try {
    bytes = vault.open(libraryId, 'file', file.bytes);
  } catch {
    // Of a key that is not here, or changed by somebody or something.
  }
  if (bytes && (readJpegHead(bytes) || PNG.every((byte, at) => bytes[at] === byte))) return bytes;
  log?.({ event: 'picture-unreadable', library: libraryId, file: file.id });
  return undefined;
}
