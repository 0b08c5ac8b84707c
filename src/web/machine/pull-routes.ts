import { Hono } from 'hono';
import { EXPORT_TARGETS, isFileTarget } from '../../domain/exporting/outgoing-member.ts';
import { type Pull, pullFeed } from '../../usecases/pull-feed.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { exportAnswer } from '../export-answer.ts';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';

/** 256 bits in base64url. */
const TOKEN = /^Bearer ([\w-]{43})$/;

/** Said to a machine whose log an administrator reads. */
const REFUSALS = {
  'wrong-token': 401,
  'not-allowed': 401,
  'filler-not-ready': 409,
  'branch-missing': 409,
} as const satisfies Record<Exclude<Extract<Pull, { ok: false }>['reason'], 'nobody'>, number>;

/**
 * `GET /{library}/umpan/{format}`: a lending system fetches the file of who is new or has changed since its last whole
 * one, everybody with `?semua=1`. 204: nobody.
 */
export function pullRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  // A token cannot be guessed; this keeps a program gone wild from keeping the database busy.
  const wrong = openRateLimit({
    points: 30,
    seconds: 600,
    shared: { name: 'feed token', exchange: deps.rates },
  });

  app.get('/umpan/:format', async (c) => {
    c.header('Cache-Control', 'no-store');
    const target = EXPORT_TARGETS.filter(isFileTarget).find((one) => one === c.req.param('format'));
    if (!target) return c.notFound();
    // A HEAD would count as a file that nobody read.
    if (c.req.raw.method !== 'GET') return c.text('method-not-allowed\n', 405, { Allow: 'GET' });
    const library = c.get('library');
    const network = `${library.id}|${networkOf(c.get('clientAddress'))}`;
    const wait = wrong.look(network);
    if (wait !== null) return c.text('too-many-wrong-tokens\n', 429, { 'Retry-After': String(wait) });
    const token = TOKEN.exec(c.req.header('Authorization') ?? '')?.[1];
    const pull: Pull =
      token === undefined
        ? { ok: false, reason: 'wrong-token' }
        : await pullFeed(deps.db, deps, library, { target, token, all: c.req.query('semua') === '1' });
    if (pull.ok) return exportAnswer(c, deps, pull.scope, { exportId: pull.exportId, target, fed: true });
    if (pull.reason === 'nobody') return c.body(null, 204);
    if (pull.reason === 'wrong-token') {
      wrong.take(network);
      c.header('WWW-Authenticate', 'Bearer');
      deps.log({ event: 'feed-refused', library: library.slug, target });
    }
    return c.text(`${pull.reason}\n`, REFUSALS[pull.reason]);
  });

  return app;
}
