import type { LibraryId } from '../domain/ids.ts';
import type { WebDeps } from './env.ts';
import { openRateLimit } from './rate-limit.ts';

const WINDOW_S = 600;
/** Of a whole library, from everywhere: a hundred a second for ten minutes, which only a flood sends. */
const OF_LIBRARY = 60_000;
/** During a flood whoever has sent fewer than this passes as ever. */
const FEW = 5;

export interface FloodLimit {
  /** Counts one; seconds to wait, or null where it may pass. */
  take(libraryId: LibraryId, network: string): number | null;
  /** The same without counting. @param more so many above the limit pass as well */
  look(libraryId: LibraryId, network: string, more?: number): number | null;
}

/**
 * One kind of public form, by network and for the library as a whole. The library's limit shuts nobody out: far beyond
 * what any counter can work off, a network that sends one after the other waits or solves a task for each.
 * @param points of one network in ten minutes
 */
export function openFloodLimit(
  deps: Pick<WebDeps, 'rates' | 'formsOfLibrary'>,
  name: string,
  points: number,
): FloodLimit {
  const limit = (of: string, most: number) =>
    openRateLimit({ points: most, seconds: WINDOW_S, shared: { name: of, exchange: deps.rates } });
  const ofNetwork = limit(name, points);
  const ofLibrary = limit(`${name} library`, deps.formsOfLibrary ?? OF_LIBRARY);

  function look(libraryId: LibraryId, network: string, more = 0): number | null {
    const own = ofNetwork.look(network, points + more);
    if (own !== null) return own;
    const all = ofLibrary.look(String(libraryId));
    return all !== null && ofNetwork.look(network, FEW + more) !== null ? all : null;
  }

  return {
    look,
    take(libraryId, network) {
      const wait = look(libraryId, network);
      ofNetwork.take(network);
      ofLibrary.take(String(libraryId));
      return wait;
    },
  };
}
