import { createChallenge, extractParams, verifySolution } from 'altcha-lib/v1';
import type { LibraryId } from '../../domain/ids.ts';
import type { WebDeps } from '../env.ts';
import { openRateLimit } from '../rate-limit.ts';

const WINDOW_S = 600;
/** A class behind one address, several times over; a program that floods the queue is slowed here. */
const FORMS = 120;
/** Everything that is sent to the form: searches without script and refused forms as well. */
const REQUESTS = 1_200;
/** Asked with every few letters: a class that types its villages at once must not use up its forms. */
const SEARCHES = 6_000;
/** About two seconds of a phone from 2020. */
const WORK = 40_000;
const CHALLENGE_MS = 10 * 60_000;

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

/** Slows floods without stopping a school: by client address, in this process's memory. */
export function openFormGuard(deps: Pick<WebDeps, 'vault' | 'now'>): FormGuard {
  const searches = openRateLimit({ points: SEARCHES, seconds: WINDOW_S });
  const requests = openRateLimit({ points: REQUESTS, seconds: WINDOW_S });
  const forms = openRateLimit({ points: FORMS, seconds: WINDOW_S });
  const proven = openRateLimit({ points: FORMS, seconds: WINDOW_S });
  const spent = openRateLimit({ points: 1, seconds: CHALLENGE_MS / 1000 });
  const keyOf = (libraryId: LibraryId) => deps.vault.hash(libraryId, 'token', 'altcha').toString('hex');

  async function isProven(libraryId: LibraryId, network: string, proof: string): Promise<boolean> {
    if (proof === '' || proof.length > 2_000) return false;
    const task = taskOf(proof);
    if (task === undefined || !(await verifySolution(proof, keyOf(libraryId), false))) return false;
    // Its end is read by the service's own clock.
    if (Number(extractParams(proof).expires) * 1000 < deps.now().getTime()) return false;
    return spent.take(task) === null && proven.take(network) === null;
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
        form: () => orProof(forms.take(network)),
      };
    },
    async challenge(libraryId) {
      const challenge = await createChallenge({
        hmacKey: keyOf(libraryId),
        maxnumber: WORK,
        expires: new Date(deps.now().getTime() + CHALLENGE_MS),
      });
      return JSON.stringify(challenge);
    },
  };
}

/** Which task a proof solves. The same proof can be written in many ways: with a space more it is not another one. */
function taskOf(proof: string): string | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(proof, 'base64').toString()) as { challenge?: unknown };
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}

/** One household has one IPv4 address, but 2^64 of IPv6: those count by their network. */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter((part) => part !== '');
  const right = (tail ?? '').split(':').filter((part) => part !== '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const parts = [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4);
  // A proxy may write the same address with capitals or leading zeros.
  return parts.map((part) => part.toLowerCase().replace(/^0+(?=.)/, '')).join(':');
}
