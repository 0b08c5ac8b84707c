import { type Context, Hono } from 'hono';
import { isScanKey, type OutboxVisit, readOutboxVisits } from '../../domain/gate-protocol.ts';
import { readScannedCode } from '../../domain/scanned-code.ts';
import type { SharedCodes } from '../../usecases/check-at-gate.ts';
import type { GateLists } from '../../usecases/gate-list.ts';
import { type GateVisit, recordGateVisits } from '../../usecases/record-gate-visits.ts';
import type { DeviceLimit } from '../device-limit.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { feedIsFull, feedOf, openFeedPlaces } from '../event-stream.ts';
import { deviceOf, deviceToken, type Kiosk } from '../kiosk/device-cookie.ts';
import { noStore } from '../kiosk/kiosk-layout.tsx';
import { smallForms } from '../public/form-routes.tsx';
import { gateState, liveAnswer, photoOfPass } from './gate-answers.ts';
import type { GateGuard } from './gate-guard.ts';

/** The longest code is 448 characters, behind an address of any host. */
const LONGEST_SCAN = 1_000;
/** Two tabs and a reload. */
const FEEDS_OF_GATE = 4;

export interface GateParts {
  readonly guard: GateGuard;
  readonly lists: GateLists;
  readonly codes: SharedCodes;
}

type Gate = Kiosk & { readonly token: string };

/** What the page of an enrolled gate asks by itself; a stranger is told that it is one, and nothing else. */
export function gateDeviceRoutes(deps: WebDeps, { guard, lists, codes }: GateParts): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const takePlace = openFeedPlaces();

  async function asGate(
    c: Context<LibraryEnv>,
    limit: DeviceLimit,
    answer: (gate: Gate) => Response | Promise<Response>,
  ): Promise<Response> {
    noStore(c);
    const token = deviceToken(c, 'gate');
    if (token === null) return c.json({ reason: 'not-enrolled' }, 403);
    const wait = limit.take(token);
    if (wait !== null) {
      c.header('Retry-After', String(wait));
      return c.json({ reason: 'too-many' }, 429);
    }
    const found = await deviceOf(c, deps, 'gate');
    if (!found) return c.json({ reason: 'not-enrolled' }, 403);
    limit.isKnown(token);
    return answer({ ...found, token });
  }

  app.get('/gerbang/keadaan', (c) =>
    asGate(c, guard.own, async ({ device }) => {
      const library = c.get('library');
      const list = await lists.of(library.id);
      // The last thing that is done: how long the list took must not make the clock late.
      return c.json(gateState(library, device, list, deps.now()));
    }),
  );

  app.get('/gerbang/daftar', (c) =>
    asGate(c, guard.own, async () => {
      const { tag, bytes } = await lists.of(c.get('library').id);
      const etag = `"${tag}"`;
      c.header('ETag', etag);
      if (c.req.header('If-None-Match') === etag) return c.body(null, 304);
      return c.body(bytes, 200, { 'Content-Type': 'application/cbor' });
    }),
  );

  app.post('/gerbang/periksa', smallForms(), (c) =>
    asGate(c, guard.checks, async ({ scope, token }) => {
      const { code, scan } = (await readJson(c)) as { readonly code?: unknown; readonly scan?: unknown };
      if (typeof code !== 'string' || code.length > LONGEST_SCAN)
        return c.json({ reason: 'unreadable' }, 400);
      if (typeof scan !== 'string' || !isScanKey(scan)) return c.json({ reason: 'unreadable' }, 400);
      const { kind } = readScannedCode(code);
      const wait = kind === 'number' || kind === 'kta' ? guard.limitNumber(token) : null;
      if (wait !== null) {
        c.header('Retry-After', String(wait));
        return c.json({ reason: 'too-many' }, 429);
      }
      return c.json(await liveAnswer(c, deps, scope, codes, { code, scan }));
    }),
  );

  app.get('/gerbang/foto/:pass', (c) =>
    asGate(c, guard.checks, async ({ scope }) => {
      const jpeg = await photoOfPass(deps, scope, c.req.param('pass') ?? '');
      if (!jpeg) return c.notFound();
      return c.body(new Uint8Array(jpeg), 200, { 'Content-Type': 'image/jpeg' });
    }),
  );

  app.post('/gerbang/kunjungan', smallForms(), (c) =>
    asGate(c, guard.own, async ({ token }) => {
      const visits = readOutboxVisits(await readJson(c));
      if (!visits) return c.json({ reason: 'unreadable' }, 400);
      const outcomes = await recordGateVisits(deps.db, deps, c.get('library'), token, visits.map(visitOf));
      if (outcomes.includes('not-enrolled')) return c.json({ reason: 'not-enrolled' }, 403);
      return c.json({ outcomes });
    }),
  );

  app.get('/gerbang/siaran', (c) =>
    asGate(c, guard.own, ({ device }) => {
      const leave = takePlace([[device.id, FEEDS_OF_GATE]]);
      return leave ? feedOf(c, deps, ({ topic }) => topic === 'card', leave) : feedIsFull(c);
    }),
  );

  return app;
}

function visitOf({ key, at, card, number }: OutboxVisit): GateVisit {
  const who = card === undefined ? (number === undefined ? null : { number }) : { card };
  return { key, at: new Date(at), who };
}

async function readJson(c: Context<LibraryEnv>): Promise<unknown> {
  try {
    const body: unknown = await c.req.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}
