import type { Context } from 'hono';
import { openDoorstep } from '../doorstep.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';

const WINDOW_S = 600;
/** Wrong codes of one address; a class behind one address shares them. */
const OF_NETWORK = 40;
/** Of all addresses together: with 40 bits a code, guessing stays hopeless even from many. */
const OF_LIBRARY = 2_000;

export interface CodeGuard {
  /** After too many wrong codes: the page that waits or works, with what was typed; null where it may be tried. */
  refuse(c: Context<LibraryEnv>): Promise<Response | null>;
  /** Counts a wrong code. */
  wrong(c: Context<LibraryEnv>): void;
}

/**
 * Limits the guessing of short codes. Right codes are never counted.
 * @param what kind of code, each with counts of its own
 */
export function openCodeGuard(what: string, deps: Pick<WebDeps, 'rates' | 'vault' | 'now'>): CodeGuard {
  const exchange = deps.rates;
  const step = openDoorstep(deps, `${what} code`);
  const networks = openRateLimit({
    points: OF_NETWORK,
    seconds: WINDOW_S,
    shared: { name: `${what} code`, exchange },
  });
  const libraries = openRateLimit({
    points: OF_LIBRARY,
    seconds: WINDOW_S,
    shared: { name: `${what} code library`, exchange },
  });
  return {
    refuse: (c) =>
      step.refuse(
        c,
        networks.look(networkOf(c.get('clientAddress'))) ?? libraries.look(String(c.get('library').id)),
      ),
    wrong(c) {
      networks.take(networkOf(c.get('clientAddress')));
      libraries.take(String(c.get('library').id));
    },
  };
}
