import { Hono } from 'hono';
import { formatNumber } from '../../i18n/format.ts';
import { readPublicQueue } from '../../usecases/queue-ticket.ts';
import { PublicLayout } from '../components/public-layout.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { feedIsFull, feedOf, openFeedPlaces } from '../event-stream.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import { networkOf } from '../network.ts';
import { queueNumber } from './words.ts';

/** Screens of one library that stay open: more than any building has, fewer than would be a burden. */
const MOST_SCREENS = 100;
/** Of one network: a building with several floors, and never all the screens of a library. */
const SCREENS_OF_NETWORK = 30;

/** `/{library}/antrean`: the screen on the wall. Numbers and counters, never a name; without script it reloads itself. */
export function displayRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const takePlace = openFeedPlaces();

  app.get('/antrean', async (c) => {
    const { desk } = textsOf(c);
    const lang = c.get('lang');
    const library = c.get('library');
    const queue = await readPublicQueue(deps.db, scopeOf(c, deps, { kind: 'applicant' }));
    const point = (id: string) => library.servicePoints.find((each) => each.id === id)?.name ?? '';
    const [now, ...before] = queue.calling;
    c.header('Cache-Control', 'no-store');
    return c.html(
      <PublicLayout
        {...publicFrame(c)}
        title={desk.display.title}
        islands={['live-queue']}
        noindex
        head={
          <noscript>
            <meta http-equiv="refresh" content="15" />
          </noscript>
        }
      >
        <live-queue data-feed={`/${library.slug}/antrean/siaran`} data-mark={c.get('feedMark')} role="status">
          <p data-lost="" hidden>
            {desk.queue.lost}
          </p>
        </live-queue>
        <section class="dp-wall" id="layar" data-live="" aria-live="polite">
          <h1>{desk.display.now}</h1>
          {now ? (
            <>
              <p class="dp-wall__now">{queueNumber(now.number)}</p>
              <p class="dp-lead">{point(now.servicePointId)}</p>
            </>
          ) : (
            <p class="dp-lead">{desk.display.nobody}</p>
          )}
          {before.length > 0 && (
            <>
              <h2>{desk.display.before}</h2>
              <ul class="dp-wall__before">
                {before.map((one) => (
                  <li>
                    <strong>{queueNumber(one.number)}</strong> {point(one.servicePointId)}
                  </li>
                ))}
              </ul>
            </>
          )}
          <p class="dp-muted">{desk.display.waiting(formatNumber(lang, queue.waiting))}</p>
        </section>
      </PublicLayout>,
    );
  });

  // A bystander's page hears that something happened, not what or to whom.
  app.get('/antrean/siaran', (c) => {
    const id = c.get('library').id;
    const leave = takePlace([
      [`library ${id}`, MOST_SCREENS],
      [`network ${id} ${networkOf(c.get('clientAddress'))}`, SCREENS_OF_NETWORK],
    ]);
    if (!leave) return feedIsFull(c);
    return feedOf(c, deps, ({ topic }) => topic === 'queue' || topic === 'case', leave);
  });

  return app;
}
