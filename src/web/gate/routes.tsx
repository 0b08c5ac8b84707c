import { type Context, Hono } from 'hono';
import { isUuid } from '../../domain/card-claims.ts';
import { isScanKey, numberOfVisit, readOutboxVisits } from '../../domain/gate-protocol.ts';
import type { LibraryId } from '../../domain/ids.ts';
import { readScannedCode } from '../../domain/scanned-code.ts';
import { openSharedCodes } from '../../usecases/check-at-gate.ts';
import { openGateLists } from '../../usecases/gate-list.ts';
import { pairDevice } from '../../usecases/pair-device.ts';
import { recordGateVisits } from '../../usecases/record-gate-visits.ts';
import { assetUrl } from '../assets.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import {
  clearDeviceCookie,
  deviceOf,
  deviceToken,
  type Kiosk,
  setDeviceCookie,
} from '../kiosk/device-cookie.ts';
import { keptKey, newKey, noStore } from '../kiosk/kiosk-layout.tsx';
import { smallForms } from '../public/form-routes.tsx';
import { waitPage } from '../wait-page.tsx';
import { gateDeviceRoutes } from './device-routes.ts';
import { liveAnswer, wordsOf } from './gate-answers.ts';
import { openGateGuard } from './gate-guard.ts';
import { enrolGatePage, type GateShown, gatePage } from './gate-page.tsx';

/**
 * `/{library}/gerbang`: the gate at an entrance, on an enrolled device. The page judges codes by itself (decision 017);
 * without script, or over plain http, its form has the server judge them.
 */
export function gateRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const guard = openGateGuard(deps);
  const codes = deps.codes ?? openSharedCodes();
  const lists = openGateLists(deps.db, deps);
  const watched = new Set<LibraryId>();
  app.route(
    '/',
    gateDeviceRoutes(deps, {
      guard,
      codes,
      lists: {
        ...lists,
        of(libraryId) {
          if (!watched.has(libraryId)) {
            watched.add(libraryId);
            deps.feed.subscribe(libraryId, ({ topic }) => topic === 'card' && lists.forget(libraryId));
          }
          return lists.of(libraryId);
        },
      },
    }),
  );

  app.get('/gerbang', async (c) => {
    noStore(c);
    const token = deviceToken(c, 'gate');
    const gate = await deviceOf(c, deps, 'gate');
    if (!gate || token === null) {
      if (token !== null) clearDeviceCookie(c, 'gate');
      return c.html(enrolGatePage(c, null));
    }
    setDeviceCookie(c, token, 'gate');
    return page(c, gate, c.req.query('masuk') === '1' ? { verdict: 'admit', recorded: true } : null);
  });

  app.post('/gerbang/pasang', smallForms(), async (c) => {
    noStore(c);
    const { enrol } = textsOf(c).gate;
    const library = c.get('library');
    const wait = guard.limitPairing(library.id, c.get('clientAddress'));
    if (wait !== null) return waitPage(c, wait);
    const body = await readForm(c);
    const paired = await pairDevice(deps.db, deps, scopeOf(c, deps), body.text('kode'), 'gate');
    if (!paired.ok) return c.html(enrolGatePage(c, enrol.wrong), 422);
    setDeviceCookie(c, paired.token, 'gate');
    return c.redirect(`/${library.slug}/gerbang`, 303);
  });

  // Only where no script runs: the server's verdict, and the visit with it.
  app.post('/gerbang', smallForms(), (c) =>
    asGate(c, async (gate, token) => {
      const body = await readForm(c);
      const code = body.text('kode').slice(0, 1_000);
      const scan = keptKey(body.text('kunci'), deps.randomBytes);
      if (code.trim() === '') return page(c, gate, null, textsOf(c).gate.missing, 422);
      const read = readScannedCode(code);
      const slow = read.kind === 'number' ? guard.limitNumber(token) : null;
      if (slow !== null) return waitPage(c, slow);
      const { admission, person } = await liveAnswer(c, deps, gate.scope, codes, { code, scan });
      const { word, reason } = wordsOf(c, admission);
      if (admission.verdict === 'refuse') return page(c, gate, { verdict: 'refuse', word, reason, person });
      const who =
        admission.card === undefined
          ? read.kind === 'number'
            ? { nomor: read.text }
            : {}
          : { kartu: admission.card };
      if (admission.verdict === 'admit') {
        await record(c, token, scan, who);
        return page(c, gate, { verdict: 'admit', word, reason, person, recorded: true });
      }
      const { attended } = c.get('library').settings.gate;
      return page(c, gate, {
        verdict: 'look',
        word,
        reason,
        person,
        ...(attended ? { decide: { ...who, kunci: scan } } : {}),
      });
    }),
  );

  app.post('/gerbang/masuk', smallForms(), (c) =>
    asGate(c, async (_gate, token) => {
      const body = await readForm(c);
      const [scan, kartu, nomor] = [body.text('kunci'), body.text('kartu'), body.text('nomor')];
      if (body.text('putusan') !== 'admit' || !isScanKey(scan)) return toGate(c, '');
      const isKnown = isUuid(kartu);
      await record(c, token, scan, isKnown ? { kartu } : nomor === '' ? {} : { nomor });
      return toGate(c, '?masuk=1');
    }),
  );

  // May answer for this one page and nothing else.
  app.get('/gerbang/pekerja.js', (c) => {
    c.header('Content-Type', 'text/javascript; charset=utf-8');
    c.header('Cache-Control', 'no-cache');
    c.header('Service-Worker-Allowed', `/${c.get('library').slug}/gerbang`);
    return c.body(`importScripts(${JSON.stringify(assetUrl('gate-worker.js'))});\n`);
  });

  async function asGate(
    c: Context<LibraryEnv>,
    answer: (gate: Kiosk, token: string) => Response | Promise<Response>,
  ): Promise<Response> {
    noStore(c);
    const token = deviceToken(c, 'gate');
    const wait = token === null ? null : guard.checks.take(token);
    if (wait !== null) return waitPage(c, wait);
    const gate = await deviceOf(c, deps, 'gate');
    if (gate && token !== null) {
      guard.checks.isKnown(token);
      return answer(gate, token);
    }
    clearDeviceCookie(c, 'gate');
    return c.html(enrolGatePage(c, null), 403);
  }

  async function record(
    c: Context<LibraryEnv>,
    token: string,
    key: string,
    { kartu, nomor }: { readonly kartu?: string; readonly nomor?: string },
  ): Promise<void> {
    const at = deps.now();
    const number = nomor && numberOfVisit(nomor);
    const named = { key, at: at.getTime(), ...(kartu ? { card: kartu } : number ? { number } : {}) };
    const [visit] = readOutboxVisits({ visits: [named] }) ?? [];
    if (!visit) return;
    const who = visit.card ? { card: visit.card } : visit.number ? { number: visit.number } : null;
    await recordGateVisits(deps.db, deps, c.get('library'), token, [{ key, at, who }]);
  }

  function page(
    c: Context<LibraryEnv>,
    gate: Kiosk,
    shown: GateShown | null,
    error: string | null = null,
    status: 200 | 422 = 200,
  ) {
    // What the worker of the page may keep: a gate's page, and no other at this address.
    c.header('Gate-Page', 'enrolled');
    const key = newKey(deps.randomBytes);
    return c.html(gatePage(c, { device: gate.device, shown, error, key }), status);
  }

  return app;
}

function toGate(c: Context<LibraryEnv>, query: string) {
  return c.redirect(`/${c.get('library').slug}/gerbang${query}`, 303);
}
