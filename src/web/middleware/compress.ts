import { promisify } from 'node:util';
import { brotliCompress, constants, gzipSync } from 'node:zlib';
import type { Context, MiddlewareHandler } from 'hono';
import type { LibraryVariables, SiteEnv } from '../env.ts';

const brotli = promisify(brotliCompress);

/** Below this a packet is not saved. */
const LEAST_BYTES = 1_000;
/** Beyond it the bytes gained cost more of a small machine's time than they save on the air. */
const BROTLI_QUALITY = 5;

/** Seven times as fast as brotli, and a seventh longer: 0.1 ms for the form, less than to wake a thread for it. */
const GZIP_LEVEL = 3;

/** Officers sit in the library's own network, and who is asked to wait is one of thousands: time counts more than bytes. */
function isInHaste(c: Context<SiteEnv>): boolean {
  const { officer } = (c as unknown as Context<{ Variables: Partial<LibraryVariables> }>).var;
  return c.res.status === 503 || (officer ?? null) !== null;
}

/** Compresses pages for the way: a form of 60 kB travels as 10. Assets are compressed at build, streams never. */
export function compressPages(): MiddlewareHandler<SiteEnv> {
  return async (c, next) => {
    await next();
    const { res } = c;
    const type = res.headers.get('Content-Type') ?? '';
    if (!/^(text\/html|application\/json)/.test(type) || !res.body || res.headers.has('Content-Encoding'))
      return;
    const accepted = c.req.header('Accept-Encoding') ?? '';
    const gzips = /\bgzip\b/.test(accepted);
    const brotlis = /\bbr\b/.test(accepted) && !(gzips && isInHaste(c));
    const encoding = brotlis ? 'br' : gzips ? 'gzip' : null;
    const headers = new Headers(res.headers);
    headers.append('Vary', 'Accept-Encoding');
    const plain = Buffer.from(await res.arrayBuffer());
    if (encoding === null || plain.length < LEAST_BYTES) {
      c.res = new Response(plain, { status: res.status, headers });
      return;
    }
    const body =
      encoding === 'br'
        ? await brotli(plain, {
            params: {
              [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
              [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
            },
          })
        : gzipSync(plain, { level: GZIP_LEVEL });
    headers.set('Content-Encoding', encoding);
    headers.delete('Content-Length');
    c.res = undefined;
    c.res = new Response(new Uint8Array(body), { status: res.status, headers });
  };
}
