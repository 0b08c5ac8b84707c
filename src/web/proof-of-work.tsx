import { createChallenge, extractParams, verifySolution } from 'altcha-lib/v1';
import type { Context } from 'hono';
import type { LibraryId } from '../domain/ids.ts';
import { Button } from './components/button.tsx';
import type { LibraryEnv, SiteEnv, WebDeps } from './env.ts';
import { textsOf } from './frame.tsx';
import { openRateLimit } from './rate-limit.ts';

/** About two seconds of a phone from 2020. */
const WORK = 40_000;
const CHALLENGE_MS = 10 * 60_000;
/** Field of the form that a solved task goes along in. */
export const PROOF_FIELD = 'bukti';

export interface Proofs {
  /** A task for the browser, as JSON. @param times how much harder than usual it is */
  challenge(libraryId: LibraryId, times?: number): Promise<string>;
  /** Whether this is the solution of a task of this library, given for the first time, of one at least so hard. */
  isSolved(libraryId: LibraryId, proof: string, times?: number): Promise<boolean>;
}

type ProofDeps = Pick<WebDeps, 'vault' | 'now' | 'rates'>;
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

function makeProofs(deps: ProofDeps): Proofs {
  const spent = openRateLimit({
    points: 1,
    seconds: CHALLENGE_MS / 1000,
    shared: { name: 'proof', exchange: deps.rates },
  });
  const keyOf = (libraryId: LibraryId) => deps.vault.hash(libraryId, 'token', 'altcha').toString('hex');
  return {
    async challenge(libraryId, times = 1) {
      const challenge = await createChallenge({
        hmacKey: keyOf(libraryId),
        maxnumber: WORK * times,
        // Signed with the task: what a solver says of the highest number is not.
        params: { times: String(times) },
        expires: new Date(deps.now().getTime() + CHALLENGE_MS),
      });
      return JSON.stringify(challenge);
    },
    async isSolved(libraryId, proof, times = 1) {
      if (proof === '' || proof.length > 2_000) return false;
      const task = taskOf(proof);
      if (task === undefined || !(await verifySolution(proof, keyOf(libraryId), false))) return false;
      // Its end is read by the service's own clock.
      const signed = extractParams(proof);
      if (Number(signed.expires) * 1000 < deps.now().getTime()) return false;
      if (Number(signed.times) < times) return false;
      return spent.take(task) === null;
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
