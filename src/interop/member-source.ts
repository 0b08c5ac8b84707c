import type { IncomingMember } from '../domain/importing/incoming-member.ts';
import type { ByteSource } from './byte-source.ts';
import { type ColumnMapping, type RecognisedFile, readMembers } from './recognise.ts';

/** The members of a file, with how much of it has been read. */
export function memberSource(
  source: ByteSource,
  file: Pick<RecognisedFile, 'format' | 'hasHeader' | 'dialect' | 'titles'>,
  mapping: ColumnMapping,
): { members(): AsyncIterable<IncomingMember>; progress(): number } {
  let read = 0;
  const counted: ByteSource = {
    size: source.size,
    async *read(start, end) {
      for await (const piece of source.read(start, end)) {
        read = Math.min(source.size, read + piece.length);
        yield piece;
      }
    },
  };
  return {
    members() {
      read = 0;
      return readMembers(counted, file, mapping);
    },
    progress: () => read,
  };
}
