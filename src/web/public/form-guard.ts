import type { LibraryId } from '../../domain/ids.ts';
import type { WebDeps } from '../env.ts';
import { openFloodLimit } from '../flood-limit.ts';
import { networkOf } from '../network.ts';
import { openProofs, type ProofDeps } from '../proof-of-work.tsx';
import { openRateLimit } from '../rate-limit.ts';

const WINDOW_S = 600;
/** A class behind one address, several times over; a program that floods the queue is slowed here. */
const FORMS = 120;
/** Everything that is sent to the form: searches without script and refused forms as well. */
const REQUESTS = 1_200;
/** Asked with every few letters: a class that types its villages at once must not use up its forms. */
const SEARCHES = 6_000;

export interface FormGuard {
  /** Seconds until villages may be searched again, or null. */
  limitSearch(clientAddress: string): number | null;
  /** For one sending of the form; `proof` is the solved task that may come with it. */
  begin(libraryId: LibraryId, clientAddress: string, proof: string): FormPass;
  /** A task for the browser, as JSON. */
  challenge(libraryId: LibraryId): Promise<string>;
}

/** Seconds to wait, or null where it may pass; a solved task passes instead of waiting, once. */
export interface FormPass {
  request(): Promise<number | null>;
  /** The same for a form about to become a case. */
  form(): Promise<number | null>;
}

/** Slows floods without stopping a school, by client address; forms for the library as well, see `openFloodLimit`. */
export function openFormGuard(deps: ProofDeps & Pick<WebDeps, 'formsOfLibrary'>): FormGuard {
  const limit = (name: string, points: number) =>
    openRateLimit({ points, seconds: WINDOW_S, shared: { name, exchange: deps.rates } });
  const searches = limit('form search', SEARCHES);
  const requests = limit('form request', REQUESTS);
  const forms = openFloodLimit(deps, 'form', FORMS);
  const proven = limit('form proven', FORMS);
  const proofs = openProofs(deps);

  async function isProven(libraryId: LibraryId, network: string, proof: string): Promise<boolean> {
    return (await proofs.isSolved(libraryId, proof)) && proven.take(network) === null;
  }

  return {
    limitSearch: (clientAddress) => searches.take(networkOf(clientAddress)),
    begin(libraryId, clientAddress, proof) {
      const network = networkOf(clientAddress);
      let solved: Promise<boolean> | undefined;
      const orProof = async (wait: number | null) => {
        if (wait === null) return null;
        solved ??= isProven(libraryId, network, proof);
        return (await solved) ? null : wait;
      };
      return {
        request: () => orProof(requests.take(network)),
        form: () => orProof(forms.take(libraryId, network)),
      };
    },
    challenge: (libraryId) => proofs.challenge(libraryId),
  };
}
