import { createChallenge, extractParams, verifySolution } from 'altcha-lib/v1';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { LibraryId } from '../../domain/ids.ts';
import type { WebDeps } from '../env.ts';

const WINDOW_S = 600;
/** A class behind one address, several times over; a program that floods the queue is slowed here. */
const FORMS = 120;
/** Everything that is sent to the form: searches without script and refused forms as well. */
const REQUESTS = 1_200;
/** About two seconds of a phone from 2020. */
const WORK = 40_000;
const CHALLENGE_MS = 10 * 60_000;

export interface FormGuard {
  /** Seconds to wait, or null where the request may pass. */
  limitRequest(clientAddress: string): Promise<number | null>;
  /** The same for a form about to become a case; a solved task passes instead of waiting, once. */
  limitForm(libraryId: LibraryId, clientAddress: string, proof: string): Promise<number | null>;
  /** A task for the browser, as JSON. */
  challenge(libraryId: LibraryId): Promise<string>;
}

/** Slows floods without stopping a school: by client address, in this process's memory. */
export function openFormGuard(deps: Pick<WebDeps, 'vault' | 'now'>): FormGuard {
  const requests = new RateLimiterMemory({ points: REQUESTS, duration: WINDOW_S });
  const forms = new RateLimiterMemory({ points: FORMS, duration: WINDOW_S });
  const proven = new RateLimiterMemory({ points: FORMS, duration: WINDOW_S });
  const spent = new RateLimiterMemory({ points: 1, duration: CHALLENGE_MS / 1000 });
  const keyOf = (libraryId: LibraryId) => deps.vault.hash(libraryId, 'token', 'altcha').toString('hex');

  async function isProven(libraryId: LibraryId, clientAddress: string, proof: string): Promise<boolean> {
    if (proof === '' || proof.length > 2_000) return false;
    // Its end is read by the service's own clock.
    if (!(await verifySolution(proof, keyOf(libraryId), false))) return false;
    if (Number(extractParams(proof).expires) * 1000 < deps.now().getTime()) return false;
    return (await take(spent, proof)) === null && (await take(proven, clientAddress)) === null;
  }

  return {
    limitRequest: (clientAddress) => take(requests, networkOf(clientAddress)),
    async limitForm(libraryId, clientAddress, proof) {
      const network = networkOf(clientAddress);
      const wait = await take(forms, network);
      if (wait === null) return null;
      return (await isProven(libraryId, network, proof)) ? null : wait;
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

/** Counts one; seconds until the next is free where there are too many. */
export async function take(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw refusal;
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
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}
