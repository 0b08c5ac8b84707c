import type { Context } from 'hono';
import type { ApplicationId } from '../../domain/ids.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { feedIsFull, feedOf, openFeedPlaces } from '../event-stream.ts';
import { networkOf } from '../network.ts';

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
  const takePlace = openFeedPlaces();
  return (c, watched) => {
    const leave = takePlace([
      [`case ${watched}`, OF_CASE],
      [`network ${networkOf(c.get('clientAddress'))}`, OF_NETWORK],
      ['all', OF_ALL],
    ]);
    if (!leave) return feedIsFull(c);
    return feedOf(c, deps, ({ topic, subjectId }) => topic === 'case' && subjectId === watched, leave);
  };
}
