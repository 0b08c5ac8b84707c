import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { LibraryId } from '../../domain/ids.ts';
import { networkOf, take } from './form-guard.ts';

const WINDOW_S = 600;
/** Wrong codes of one address; a class behind one address shares them. */
const OF_NETWORK = 40;
/** Of all addresses together: with 40 bits a code, guessing stays hopeless even from many. */
const OF_LIBRARY = 2_000;

export interface CodeGuard {
  /** Seconds to wait after too many wrong codes, or null. */
  limit(libraryId: LibraryId, clientAddress: string): Promise<number | null>;
  /** Counts a wrong code. */
  wrong(libraryId: LibraryId, clientAddress: string): Promise<void>;
}

/** Limits the guessing of short codes, in this process's memory. Right codes are never counted. */
export function openCodeGuard(): CodeGuard {
  const networks = new RateLimiterMemory({ points: OF_NETWORK, duration: WINDOW_S });
  const libraries = new RateLimiterMemory({ points: OF_LIBRARY, duration: WINDOW_S });
  return {
    async limit(libraryId, clientAddress) {
      for (const [limiter, key] of [
        [networks, networkOf(clientAddress)],
        [libraries, String(libraryId)],
      ] as const) {
        const counted = await limiter.get(key);
        if (counted && counted.remainingPoints <= 0)
          return Math.max(1, Math.ceil(counted.msBeforeNext / 1000));
      }
      return null;
    },
    async wrong(libraryId, clientAddress) {
      await take(networks, networkOf(clientAddress));
      await take(libraries, String(libraryId));
    },
  };
}
