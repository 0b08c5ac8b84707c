import type { Context, MiddlewareHandler } from 'hono';
import type { SiteEnv } from '../env.ts';
import { isMultipart } from '../form-body.ts';
import { siteFrame } from '../frame.tsx';
import { kioskOfPath } from '../kiosk-path.ts';
import { outagePage, sayWhenToComeAgain, wantsNoPage } from '../outage.tsx';
import { encodingFor } from './compress.ts';
import { isPatient } from './request.ts';

/**
 * Requests under way at one time, of this process. The first to be asked to wait are those who look at public pages, then
 * everybody who only looks; what somebody has typed comes last. Answers of ten milliseconds keep five under way at five
 * hundred a second: these numbers are far beyond any day of a library, and short of what makes everybody wait.
 */
const MOST = { visitors: 128, looks: 192, writes: 256 } as const;
type Limits = Readonly<Record<keyof typeof MOST, number>>;

/**
 * A page that looks again by itself makes nobody wait who waits for an answer: with so many under way it stays until there
 * are fewer, or this is over. Its own pace follows from how long it took (`whenToLook` of the live queue).
 */
const CALM = { underWay: 8, longestMs: 5_000 } as const;

/** Pages that are kept; which kiosk it is stands in the asker's address, and ever new ones must not fill the memory. */
const MOST_KEPT = 100;

interface Kept {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding: string | null;
}

/**
 * Past its limit a request is answered at once with a page that says so, keeps what was typed and sends it again; without
 * that all would wait until the patience of every browser was over, and then ask once more. Who only looks gets the page
 * that somebody like them got before: thousands may be told so in a minute in which there is no time for anything.
 * @returns status 503 with Retry-After; nothing of such a request was done
 */
export function backPressure(
  most: Limits = MOST,
  calm: { readonly underWay: number; readonly longestMs: number } = CALM,
): MiddlewareHandler<SiteEnv> {
  let underWay = 0;
  /** Of those, without files on their way here: a slow line keeps nobody busy. */
  let working = 0;
  /** Those that nobody waits for, in the order in which they came. */
  const patient = new Set<() => void>();
  const kept = new Map<string, Kept>();

  async function turnAway(c: Context<SiteEnv>): Promise<Response> {
    if (c.req.method !== 'GET' || wantsNoPage(c)) return outagePage(c, 'crowded');
    const key = likenessOf(c);
    const known = kept.get(key);
    if (known !== undefined) return again(c, known);
    const page = await outagePage(c, 'crowded');
    const made = {
      body: new Uint8Array(await page.arrayBuffer()),
      encoding: page.headers.get('Content-Encoding'),
    };
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= MOST_KEPT) kept.delete(oldest);
    kept.set(key, made);
    return again(c, made);
  }

  /** @returns whether its page is still open */
  async function turnOf(c: Context<SiteEnv>): Promise<boolean> {
    // Asked for before it waits: later it would not know of a page that was left meanwhile.
    const { signal } = c.req.raw;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(go, calm.longestMs);
      function go(): void {
        clearTimeout(timer);
        patient.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      }
      patient.add(go);
      signal.addEventListener('abort', go);
    });
    return !signal.aborted;
  }

  /** The one that waits longest goes on where there is room; as it begins it calls the next. */
  function callNext(): void {
    const [first] = patient;
    if (working < calm.underWay) first?.();
  }

  return async (c, next) => {
    const kind = kindOf(c);
    // Officers' pages only: before the screen in the hall people wait for their number.
    if (working >= calm.underWay && kind === 'looks' && isPatient(c)) {
      if (patient.size >= most[kind]) return turnAway(c);
      if (!(await turnOf(c))) return c.body(null, 204);
    }
    if (underWay >= most[kind]) return turnAway(c);
    const works = isMultipart(c) ? 0 : 1;
    underWay++;
    working += works;
    callNext();
    try {
      return await next();
    } finally {
      underWay--;
      working -= works;
      callNext();
    }
  };
}

function again(c: Context<SiteEnv>, { body, encoding }: Kept): Response {
  sayWhenToComeAgain(c, 'crowded');
  c.header('Vary', 'Accept-Encoding');
  return c.body(body, 503, {
    'Content-Type': 'text/html; charset=UTF-8',
    ...(encoding === null ? {} : { 'Content-Encoding': encoding }),
  });
}

function kindOf(c: Context<SiteEnv>): keyof Limits {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return 'writes';
  // Whether the session is a true one is found out later; here it only decides who waits first.
  return /(?:^|;\s*)(?:__Host-)?sesi-/.test(c.req.header('cookie') ?? '') ? 'looks' : 'visitors';
}

/** All that the page for who only looks depends on: language, kiosk, how it is packed, and whether https is missing. */
function likenessOf(c: Context<SiteEnv>): string {
  const { lang, insecureWarning } = siteFrame(c);
  return `${lang} ${insecureWarning} ${encodingFor(c, 503)} ${kioskOfPath(c.req.path) ?? ''}`;
}
