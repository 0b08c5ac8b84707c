import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { SiteEnv } from '../env.ts';
import { whole } from '../form-body.ts';

/** A provider as it is asked. */
interface Asked {
  readonly callback: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** What went wrong inside, which its answer does not tell. */
  trouble(req: IncomingMessage): unknown;
}

/** Which of our requests is behind one that the provider was given. */
const behind = new WeakMap<IncomingMessage, Context<SiteEnv>>();

/** Our own request behind the one that the provider has in hand. */
export function requestBehind(req: IncomingMessage): Context<SiteEnv> {
  const found = behind.get(req);
  if (!found) throw new Error('a request that no page handed on');
  return found;
}

/** Keeps what is written to it, instead of sending it. */
class KeptAnswer extends ServerResponse {
  readonly chunks: Buffer[] = [];

  override write(chunk: unknown): boolean {
    this.keep(chunk);
    return true;
  }

  override end(chunk?: unknown): this {
    this.keep(chunk);
    this.finished = true;
    this.emit('finish');
    return this;
  }

  private keep(chunk: unknown): void {
    if (typeof chunk === 'string') this.chunks.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) this.chunks.push(Buffer.from(chunk));
  }
}

/**
 * A request in the form that the provider, a Node callback, knows: as if it came straight from the browser to the address
 * it shows, whatever stands between. Nothing a proxy or a client says of scheme or host gets through but what
 * `readRequest` believed.
 * @param mount path under which the provider believes it stands, such as `/jateng/oidc`
 */
export async function toNode(
  c: Context<SiteEnv>,
  mount: string,
  what: 'whole' | 'without body' = 'whole',
): Promise<{ readonly req: IncomingMessage; readonly res: KeptAnswer }> {
  const url = new URL(c.req.url);
  const origin = new URL(c.get('origin'));
  const req = new IncomingMessage(new Socket());
  const own = url.pathname.slice(mount.length) || '/';
  req.method = c.req.method;
  req.url = `${own}${url.search}`;
  Object.assign(req, { originalUrl: `${url.pathname}${url.search}` });
  const headers: Record<string, string> = {};
  for (const [name, value] of c.req.raw.headers) if (!name.startsWith('x-forwarded-')) headers[name] = value;
  headers.host = origin.host;
  headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
  if (what === 'whole' && c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const body = Buffer.from(await whole(c.req.arrayBuffer()));
    headers['content-length'] = String(body.length);
    delete headers['transfer-encoding'];
    req.push(body);
  }
  req.push(null);
  req.headers = headers;
  behind.set(req, c);
  return { req, res: new KeptAnswer(req) };
}

/**
 * Lets the provider answer a request.
 * @param policy content policy of the page; the provider adds the hash of the one script that it may write into it
 */
export async function handOver(
  c: Context<SiteEnv>,
  mount: string,
  policy: string,
  provider: Asked,
): Promise<Response> {
  const { req, res } = await toNode(c, mount);
  res.setHeader('Content-Security-Policy', policy);
  await provider.callback(req, res);
  const trouble = provider.trouble(req);
  if (trouble !== undefined) throw trouble;
  const headers = new Headers();
  for (const [name, value] of Object.entries(res.getHeaders())) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [String(value)]) headers.append(name, one);
  }
  headers.delete('content-length');
  const isPage = headers.get('content-type')?.startsWith('text/html') === true;
  if (!isPage) headers.delete('content-security-policy');
  const empty = c.req.method === 'HEAD' || res.statusCode === 204 || res.statusCode === 304;
  const body = empty ? null : Buffer.concat(res.chunks);
  if (!isPage || body === null) return new Response(body, { status: res.statusCode, headers });
  // As every other page is sent, packed.
  const page = await c.html(body.toString('utf8'), res.statusCode as ContentfulStatusCode);
  for (const [name, value] of headers) if (name !== 'content-type') page.headers.append(name, value);
  return page;
}
