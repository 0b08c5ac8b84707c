import type { LibraryId } from '../../domain/ids.ts';
import { openRateLimit } from '../rate-limit.ts';
import { networkOf } from './form-guard.ts';

const WINDOW_S = 600;
/** Wrong codes of one address; a class behind one address shares them. */
const OF_NETWORK = 40;
/** Of all addresses together: with 40 bits a code, guessing stays hopeless even from many. */
const OF_LIBRARY = 2_000;

export interface CodeGuard {
  /** Seconds to wait after too many wrong codes, or null. */
  limit(libraryId: LibraryId, clientAddress: string): number | null;
  /** Counts a wrong code. */
  wrong(libraryId: LibraryId, clientAddress: string): void;
}

/** Limits the guessing of short codes, in this process's memory. Right codes are never counted. */
export function openCodeGuard(): CodeGuard {
  const networks = openRateLimit({ points: OF_NETWORK, seconds: WINDOW_S });
  const libraries = openRateLimit({ points: OF_LIBRARY, seconds: WINDOW_S });
  return {
    limit: (libraryId, clientAddress) =>
      networks.look(networkOf(clientAddress)) ?? libraries.look(String(libraryId)),
    wrong(libraryId, clientAddress) {
      networks.take(networkOf(clientAddress));
      libraries.take(String(libraryId));
    },
  };
}
