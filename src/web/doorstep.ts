import type { Context, MiddlewareHandler } from 'hono';
import type { LibraryEnv, WebDeps } from './env.ts';
import { openFloodLimit } from './flood-limit.ts';
import { readForm, readTyped } from './form-body.ts';
import { fileFieldOfRequest } from './middleware/takes-file.ts';
import { networkOf } from './network.ts';
import { openProofs, PROOF_FIELD, type ProofDeps } from './proof-of-work.tsx';
import { openRateLimit } from './rate-limit.ts';
import { chooseAgainPage, waitPage } from './wait-page.tsx';

const WINDOW_S = 600;
/** Tasks that one network may solve instead of waiting, of one kind in ten minutes. */
const PROVEN = 120;

export interface Doorstep {
  /**
   * Past a limit a solved task passes instead of waiting, once. A form with files brings no task; see `openUploadStep`.
   * @param wait seconds, as the limit says; null where it is not used up
   * @returns the page to answer with, or null where it goes on
   */
  refuse(c: Context<LibraryEnv>, wait: number | null, back?: string): Promise<Response | null>;
}

/** The one way in which a public form waits or works; each kind has counts of its own. */
export function openDoorstep(deps: ProofDeps, kind: string): Doorstep {
  const proofs = openProofs(deps);
  const proven = openRateLimit({
    points: PROVEN,
    seconds: WINDOW_S,
    shared: { name: `${kind} proven`, exchange: deps.rates },
  });
  return {
    async refuse(c, wait, back) {
      if (wait === null) return null;
      const { id } = c.get('library');
      if (c.req.method === 'POST') {
        const body = await readTyped(c);
        const proof = body === 'too-large' ? '' : body.text(PROOF_FIELD);
        if ((await proofs.isSolved(id, proof)) && proven.take(networkOf(c.get('clientAddress'))) === null)
          return null;
      }
      return waitPage(c, wait, { challenge: await proofs.challenge(id), back });
    },
  };
}

/** The same as a step before a route that takes such a form, for what has no limit of another sort. */
export function limitForms(
  deps: ProofDeps & Pick<WebDeps, 'formsOfLibrary'>,
  kind: string,
  points: number,
): MiddlewareHandler<LibraryEnv> {
  const forms = openFloodLimit(deps, kind, points);
  const step = openDoorstep(deps, kind);
  return async (c, next) => {
    const refused = await step.refuse(c, forms.take(c.get('library').id, networkOf(c.get('clientAddress'))));
    return refused ?? next();
  };
}

export interface UploadStep {
  /** Counts one upload. @param back where the file is chosen @returns what to answer with, or null where it goes on */
  take(c: Context<LibraryEnv>, back: string): Promise<Response | null>;
}

/** Uploads that one solved task is worth. */
const UPLOADS_A_TASK = 10;
const MOST_TASKS = 40;

/**
 * The same for forms with files, of which past their limit only what was typed is read: the task is sent by itself and
 * lets this network send some more of them.
 */
export function openUploadStep(
  deps: ProofDeps & Pick<WebDeps, 'formsOfLibrary'>,
  limit: { readonly points: number },
): UploadStep {
  const uploads = openFloodLimit(deps, 'upload', limit.points);
  const tasks = openRateLimit({
    points: MOST_TASKS,
    seconds: WINDOW_S,
    shared: { name: 'upload tasks', exchange: deps.rates },
  });
  const step = openDoorstep(deps, 'upload');
  return {
    async take(c, back) {
      const network = networkOf(c.get('clientAddress'));
      let solved = 0;
      while (solved < MOST_TASKS && tasks.look(network, solved + 1) !== null) solved++;
      // Looked at before it is counted: whoever is refused uses nothing up.
      const { id } = c.get('library');
      const wait = uploads.look(id, network, solved * UPLOADS_A_TASK);
      if (wait === null) {
        uploads.take(id, network);
        return null;
      }
      const refused = await step.refuse(c, wait, back);
      if (refused) return refused;
      tasks.take(network);
      const body = await readForm(c);
      const file = fileFieldOfRequest(c);
      const isBare = body.names.every((name) => name === PROOF_FIELD);
      return isBare || file === undefined ? c.redirect(back, 303) : chooseAgainPage(c, body, file);
    },
  };
}
