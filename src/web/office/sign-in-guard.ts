import type { LibraryId } from '../../domain/ids.ts';
import { networkOf } from '../network.ts';
import { openProofs, type ProofDeps } from '../proof-of-work.tsx';
import { openRateLimit } from '../rate-limit.ts';
import type { KnownBrowser } from './known-browser.ts';

const QUARTER_S = 15 * 60;
/** Of one name from one network, or of one name in a browser that it has signed in with. */
const OF_NAME = 8;
/** The same with a solved task each, before the tasks grow. */
const OF_NAME_WITH_PROOF = 40;
/** Tries after which a task is twice as hard again. */
const OF_ONE_HARDNESS = 10;
/** A minute at most on a PC whose processor knows nothing of SHA-256: whoever shares a network with a guesser must get in. */
const HARDEST = 16;
/** Of all names from one network; a counter's computers have signed in before and are not counted. */
const OF_NETWORK = 60;
/** Of one name from everywhere: beyond it the name is under attack, and unknown browsers solve a task. */
const OF_NAME_EVERYWHERE = 100;

export interface SignInTry {
  readonly libraryId: LibraryId;
  readonly username: string;
  readonly clientAddress: string;
  readonly browser: KnownBrowser | undefined;
  /** The solved task that may come with it. */
  readonly proof: string;
}

export interface SignInGuard {
  /** Seconds to wait, or null where it may be tried. `challenge`: a task that passes instead once it is solved. */
  begin(
    attempt: SignInTry,
  ): Promise<{ readonly wait: number; readonly challenge: string | undefined } | null>;
  /** Password, or the code after it, was right: it was no guess. */
  succeeded(attempt: SignInTry): void;
  /** The same for the code of a second factor, by officer. */
  beginCode(libraryId: LibraryId, officerId: string): number | null;
  codeSucceeded(libraryId: LibraryId, officerId: string): void;
  /** Passkeys cannot be guessed; this keeps a program gone wild from keeping the service busy. */
  beginPasskey(clientAddress: string): number | null;
}

/**
 * Slows guessing without locking anybody out. A browser that the officer has signed in with before has counts of its
 * own, so that neither a guesser elsewhere nor a wrong device behind the same address takes its tries; a passkey is
 * never counted with passwords. In an unknown browser a solved task passes where strangers have used up the tries, a
 * harder one the more of them there were, and always one that an old computer can do: no door is shut by guessing at it.
 */
export function openSignInGuard(deps: ProofDeps): SignInGuard {
  const limit = (name: string, points: number, seconds = QUARTER_S) =>
    openRateLimit({ points, seconds, shared: { name, exchange: deps.rates } });
  const inBrowser = limit('sign-in browser', OF_NAME);
  const ofName = limit('sign-in name', OF_NAME);
  const proven = limit('sign-in proven', OF_NAME_WITH_PROOF);
  const ofNetwork = limit('sign-in network', OF_NETWORK);
  const everywhere = limit('sign-in everywhere', OF_NAME_EVERYWHERE, 3600);
  const codes = limit('sign-in code', OF_NAME);
  const passkeys = limit('sign-in passkey', 120);
  const proofs = openProofs(deps);

  function keysOf(attempt: SignInTry) {
    const name = `${attempt.libraryId}|${attempt.username.trim().toLowerCase()}`;
    const network = networkOf(attempt.clientAddress);
    return {
      browser: attempt.browser?.knows ? `${name}|${attempt.browser.id}` : undefined,
      name,
      network,
      both: `${name}|${network}`,
    };
  }

  const hardness = (both: string) => {
    const over = proven.standing(both).count - OF_NAME_WITH_PROOF;
    return over < 0 ? 1 : Math.min(HARDEST, 2 ** (1 + Math.floor(over / OF_ONE_HARDNESS)));
  };

  return {
    async begin(attempt) {
      const { browser, name, network, both } = keysOf(attempt);
      if (browser !== undefined) {
        const wait = inBrowser.take(browser);
        return wait === null ? null : { wait, challenge: undefined };
      }
      const waits = [ofName.take(both), ofNetwork.take(network), everywhere.take(name)];
      const wait = Math.max(...waits.map((one) => one ?? 0));
      if (wait === 0) return null;
      const times = hardness(both);
      // Half passes: somebody else's tries may have made it harder while this one was being solved.
      if (await proofs.isSolved(attempt.libraryId, attempt.proof, Math.ceil(times / 2))) {
        proven.take(both);
        return null;
      }
      return { wait, challenge: await proofs.challenge(attempt.libraryId, times) };
    },
    succeeded(attempt) {
      const { browser, name, network, both } = keysOf(attempt);
      if (browser !== undefined) {
        inBrowser.forget(browser);
        return;
      }
      ofName.forget(both);
      ofNetwork.giveBack(network);
      everywhere.giveBack(name);
    },
    beginCode: (libraryId, officerId) => codes.take(`${libraryId}|${officerId}`),
    codeSucceeded: (libraryId, officerId) => codes.forget(`${libraryId}|${officerId}`),
    beginPasskey: (clientAddress) => passkeys.take(networkOf(clientAddress)),
  };
}
