import { timingSafeEqual } from 'node:crypto';
import type { Vault } from '../../db/vault.ts';
import type { LibraryId } from '../../domain/ids.ts';
import type { Cursors } from './operation.ts';

const encode = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64url');

/**
 * Cursors of one question: where the last page ended, with a keyed hash over it and the question, so that a cursor of
 * other filters or of another library is refused.
 * @param question operation and filters in one spelling
 * @returns undefined where `given` is no cursor of this question
 */
export function openCursors(
  vault: Vault,
  libraryId: LibraryId,
  question: string,
  given: string | undefined,
): Cursors | undefined {
  const signed = (payload: string) => encode(vault.hash(libraryId, 'api_cursor', `${question}\n${payload}`));
  const make = (after: readonly string[]) => {
    const payload = encode(JSON.stringify(after));
    return `${payload}.${signed(payload)}`;
  };
  if (given === undefined) return { after: null, make };
  const [payload = '', mac = ''] = given.split('.');
  const [right, told] = [Buffer.from(signed(payload)), Buffer.from(mac)];
  if (right.length !== told.length || !timingSafeEqual(right, told)) return undefined;
  return { after: JSON.parse(Buffer.from(payload, 'base64url').toString()) as string[], make };
}
