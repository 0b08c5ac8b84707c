import { promisify } from 'node:util';
import { brotliCompress, constants, gzipSync } from 'node:zlib';
import type { Context, MiddlewareHandler } from 'hono';
import type { LibraryVariables, SiteEnv } from '../env.ts';
import { kioskOfPath } from '../kiosk-path.ts';

const brotli = promisify(brotliCompress);

/** Below this a packet is not saved. */
const LEAST_BYTES = 1_000;
/** Beyond it the bytes gained cost more of a small machine's time than they save on the air. */
const BROTLI_QUALITY = 5;

/** Seven times as fast as brotli, and a seventh longer: 0.1 ms for the form, less than to wake a thread for it. */
const GZIP_LEVEL = 3;

/**
 * Brotli has threads of the pool that photos are drawn in as well: with so many pages there already, one more would wait behind
 * them, for seconds after a rush, and is packed at once instead.
 */
const AT_ONCE = 2;
let underWay = 0;

const HTML = 'text/html; charset=UTF-8';
const JSON_TYPE = 'application/json';

type Arg = number | { readonly status?: number } | undefined;
type Headers = Readonly<Record<string, string | string[]>> | undefined;
/** `c.body` without the overloads that Hono tells the kinds of answers apart by. */
type MakeBody = (data: unknown, arg: Arg, headers: Headers) => Response;

/**
 * How an answer of this status is packed for who asks. Officers and kiosks stand in the library's own network, and who is
 * asked to wait is one of thousands: time counts more than bytes. So it does where many ask at once.
 */
export function encodingFor(c: Context<SiteEnv>, status: number): 'br' | 'gzip' | null {
  const accepted = c.req.header('Accept-Encoding') ?? '';
  const gzips = /\bgzip\b/.test(accepted);
  if (!/\bbr\b/.test(accepted)) return gzips ? 'gzip' : null;
  const officer = (c as unknown as Context<{ Variables: Partial<LibraryVariables> }>).get('officer') ?? null;
  const inHaste =
    status === 503 || officer !== null || kioskOfPath(c.req.path) !== undefined || underWay >= AT_ONCE;
  return gzips && inHaste ? 'gzip' : 'br';
}

/**
 * Compresses pages and JSON for the way: a form of 60 kB travels as 10. Assets are compressed at build, streams never.
 * Each is compressed where it is made (`c.html`, `c.json`, `c.body` with a type of its own): once it is a `Response`, only
 * streams lead to its bytes, and those cost ten times as much as compressing them.
 */
export function compressPages(): MiddlewareHandler<SiteEnv> {
  return (c, next) => {
    const body = c.body as unknown as MakeBody;
    function packed(text: string, type: string, arg: Arg, headers: Headers): Response | Promise<Response> {
      c.header('Vary', 'Accept-Encoding', { append: true });
      const status = (typeof arg === 'number' ? arg : arg?.status) ?? 200;
      const length = Buffer.byteLength(text);
      const encoding = length < LEAST_BYTES ? null : encodingFor(c, status);
      const as = (bytes: Uint8Array | string): Response =>
        body(bytes, arg, {
          'Content-Type': type,
          ...headers,
          ...(encoding === null ? {} : { 'Content-Encoding': encoding }),
        });
      if (encoding === null) return as(text);
      if (encoding === 'gzip') return as(gzipSync(text, { level: GZIP_LEVEL }));
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: length,
      };
      underWay++;
      return brotli(text, { params })
        .finally(() => {
          underWay--;
        })
        .then((bytes) => as(new Uint8Array(bytes)));
    }
    // Hono's own types tell an answer that is there from one that is waited for; whoever calls these hands it on.
    c.html = (async (page: unknown, arg: Arg, headers: Headers) =>
      packed(String(await page), HTML, arg, headers)) as unknown as typeof c.html;
    c.json = ((value: unknown, arg: Arg, headers: Headers) =>
      packed(JSON.stringify(value), JSON_TYPE, arg, headers)) as unknown as typeof c.json;
    c.body = ((data: unknown, arg: Arg, headers: Headers) => {
      const type = headers?.['Content-Type'];
      return typeof data === 'string' &&
        typeof type === 'string' &&
        /^(?:text\/html|application\/json)\b/.test(type)
        ? packed(data, type, arg, headers)
        : body(data, arg, headers);
    }) as unknown as typeof c.body;
    return next();
  };
}
