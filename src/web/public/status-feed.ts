import type { Context } from 'hono';
import type { ApplicationId } from '../../domain/ids.ts';
import { feedOf } from '../desk/queue-routes.tsx';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { networkOf } from './form-guard.ts';

/** The applicant's phones and tabs, and the guardian's. */
const OF_CASE = 8;
/** A school behind one address, each pupil with the own page open. */
const OF_NETWORK = 300;
/** Of this process: an open page costs a socket and some 30 kB. */
const OF_ALL = 3_000;

/**
 * Tells an applicant's open page that its own case changed, never what: the page looks for itself. Where too many are
 * open already it answers 503, and the page asks now and then instead.
 */
export function openStatusFeed(deps: WebDeps): (c: Context<LibraryEnv>, watched: ApplicationId) => Response {
  const open = new Map<string, number>();
  return (c, watched) => {
    const places = [
      [`case ${watched}`, OF_CASE],
      [`network ${networkOf(c.get('clientAddress'))}`, OF_NETWORK],
      ['all', OF_ALL],
    ] as const;
    if (places.some(([key, most]) => (open.get(key) ?? 0) >= most)) {
      c.header('Retry-After', '60');
      return c.text('503', 503);
    }
    for (const [key] of places) open.set(key, (open.get(key) ?? 0) + 1);
    let counted = true;
    const leave = () => {
      if (!counted) return;
      counted = false;
      for (const [key] of places) {
        const left = (open.get(key) ?? 1) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
      }
    };
    const answer = feedOf(
      c,
      deps,
      ({ topic, subjectId }) => topic === 'case' && subjectId === watched,
      leave,
    );
    answer.headers.set('Cache-Control', 'no-store');
    return answer;
  };
}
