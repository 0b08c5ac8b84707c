import { randomInt } from 'node:crypto';
import { createChallenge, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { Payload } from 'altcha-lib/types';
import type { Context } from 'hono';
import type { LibraryId } from '../domain/ids.ts';
import { Button } from './components/button.tsx';
import type { LibraryEnv, SiteEnv, WebDeps } from './env.ts';
import { textsOf } from './frame.tsx';
import { openRateLimit } from './rate-limit.ts';

/** Iterations of PBKDF2 for one key: a millisecond, which is what making a task costs the service. */
const COST = 5_000;
/** Keys that a usual task takes at most, half of them on average: about two seconds of a phone from 2020. */
const KEYS = 1_200;
const CHALLENGE_MS = 10 * 60_000;
/** Field of the form that a solved task goes along in. */
export const PROOF_FIELD = 'bukti';

export interface Proofs {
  /** A task for the browser, as JSON. @param times how much harder than usual it is */
  challenge(libraryId: LibraryId, times?: number): Promise<string>;
  /** Whether this is the solution of a task of this library, given for the first time, of one at least so hard. */
  isSolved(libraryId: LibraryId, proof: string, times?: number): Promise<boolean>;
}

export type ProofDeps = Pick<WebDeps, 'vault' | 'now' | 'rates' | 'keysOfTask'>;
const proofsOf = new WeakMap<ProofDeps, Proofs>();

/**
 * Small tasks, asked only where a limit is used up: solving one passes instead of waiting. One for all forms of a
 * service, so that a task that was solved at one is not good at another.
 */
export function openProofs(deps: ProofDeps): Proofs {
  const known = proofsOf.get(deps) ?? makeProofs(deps);
  proofsOf.set(deps, known);
  return known;
}

/**
 * A task is one of so many keys, told by its first half: whoever looks for it derives one after the other. The key is
 * signed by a secret of its own, so that the other half is known by that and nothing is derived to verify it.
 */
function makeProofs(deps: ProofDeps): Proofs {
  const keys = deps.keysOfTask ?? KEYS;
  const spent = openRateLimit({
    points: 1,
    seconds: CHALLENGE_MS / 1000,
    shared: { name: 'proof', exchange: deps.rates },
  });
  const secretsOf = (libraryId: LibraryId) => ({
    hmacSignatureSecret: deps.vault.hash(libraryId, 'token', 'altcha').toString('hex'),
    hmacKeySignatureSecret: deps.vault.hash(libraryId, 'token', 'altcha key').toString('hex'),
  });
  return {
    async challenge(libraryId, times = 1) {
      const challenge = await createChallenge({
        ...secretsOf(libraryId),
        algorithm: 'PBKDF2/SHA-256',
        cost: COST,
        counter: randomInt(keys * times),
        deriveKey,
        // Signed with the task. Its end is here because the library reads its own by another clock than the service's.
        data: { times, ends: deps.now().getTime() + CHALLENGE_MS },
      });
      return JSON.stringify(challenge);
    },
    async isSolved(libraryId, proof, times = 1) {
      if (proof === '' || proof.length > 2_000) return false;
      const { challenge, solution } = payloadOf(proof) ?? {};
      const { signature, parameters } = challenge ?? {};
      if (!challenge || !solution || signature === undefined) return false;
      if (!(await verifySolution({ ...secretsOf(libraryId), challenge, solution, deriveKey })).verified)
        return false;
      if (Number(parameters?.data?.ends) < deps.now().getTime()) return false;
      if (Number(parameters?.data?.times) < times) return false;
      // The signature is the task: the same proof can be written in many ways, with a space more it is not another one.
      return spent.take(signature) === null;
    },
  };
}

/** A proof whose parts may be of any value but stand where they are looked for. */
function payloadOf(proof: string): Payload | undefined {
  try {
    const payload = JSON.parse(Buffer.from(proof, 'base64').toString()) as Partial<Payload> | null;
    const { challenge, solution } = payload ?? {};
    const isWhole = typeof challenge?.signature === 'string' && typeof challenge.parameters === 'object';
    return isWhole && challenge.parameters !== null && solution ? { challenge, solution } : undefined;
  } catch {
    return undefined;
  }
}

/** Stands in a form; its island `proof-of-work` shows it, where a script runs and the browser can do the task. */
export function ProofOfWork(props: {
  readonly c: Context<SiteEnv> | Context<LibraryEnv>;
  readonly challenge: string;
  /** The form goes on by itself once the task is solved. */
  readonly sends?: boolean | undefined;
}) {
  const { wait } = textsOf(props.c).doors;
  return (
    <proof-of-work
      hidden
      data-challenge={props.challenge}
      data-sends={props.sends ? '' : undefined}
      data-working={wait.proofWorking}
      data-done={wait.proofDone}
    >
      <input type="hidden" name={PROOF_FIELD} value="" />
      <p>{wait.proof}</p>
      <Button type="button" variant="secondary">
        {wait.proofWork}
      </Button>
      <p role="status" />
    </proof-of-work>
  );
}
