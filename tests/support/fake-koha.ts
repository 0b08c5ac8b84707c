/** A small server that plays Koha's REST API as its documentation says. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Patron = Record<string, unknown> & { cardnumber: string; patron_id: number };
type Early = { readonly status: number; readonly body?: unknown } | 'drop' | undefined;

export interface FakeKoha {
  readonly url: string;
  readonly patrons: Map<number, Patron>;
  readonly asked: string[];
  /** Answers before anything else looks at the request; undefined goes on. */
  before: (request: IncomingMessage) => Early | Promise<Early>;
  /** Called when a request has been done, before anybody is told so. */
  done: (request: IncomingMessage) => void | Promise<void>;
  close(): Promise<void>;
}

/** Whom it lets in, beside the OAuth client with the secret `rahasia`. */
export const KOHA_USER = { user: 'daftar', password: 'sandi:contoh' } as const;

/** Documented for `/api/v1/patrons`, `/libraries` and `/oauth/token`; it has one library, `UTAMA`. */
export async function fakeKoha(): Promise<FakeKoha> {
  const patrons = new Map<number, Patron>();
  const asked: string[] = [];
  let tokens = 0;
  const answer = async (request: IncomingMessage): Promise<{ status: number; body?: unknown } | 'drop'> => {
    const url = new URL(request.url ?? '/', 'http://koha');
    asked.push(`${request.method} ${url.pathname}`);
    const early = await koha.before(request);
    if (early !== undefined) return early;
    const content = await text(request);
    if (url.pathname === '/api/v1/oauth/token') {
      const form = new URLSearchParams(content);
      const known =
        form.get('grant_type') === 'client_credentials' && form.get('client_secret') === 'rahasia';
      return known
        ? { status: 200, body: { access_token: `token${++tokens}`, token_type: 'Bearer', expires_in: 3600 } }
        : { status: 403, body: { error: 'unauthorized_client' } };
    }
    const { authorization } = request.headers;
    const basic = `Basic ${Buffer.from(`${KOHA_USER.user}:${KOHA_USER.password}`).toString('base64')}`;
    if (authorization !== basic && authorization !== `Bearer token${tokens}`)
      return { status: 401, body: { error: 'Authentication failure.' } };
    if (url.pathname.startsWith('/api/v1/libraries/'))
      return url.pathname.endsWith('/UTAMA') ? { status: 200, body: {} } : { status: 404 };
    if (!url.pathname.startsWith('/api/v1/patrons')) return { status: 404 };
    const named = /^\/api\/v1\/patrons\/([^/]+)$/.exec(url.pathname)?.[1];
    if (request.method === 'GET' && named !== undefined) {
      const found = patrons.get(Number(named));
      return found ? { status: 200, body: found } : { status: 404, body: { error: 'Patron not found.' } };
    }
    if (request.method === 'GET') {
      const wanted = JSON.parse(url.searchParams.get('q') ?? '{}') as { cardnumber: string };
      return {
        status: 200,
        body: [...patrons.values()].filter((one) => one.cardnumber === wanted.cardnumber),
      };
    }
    const sent = JSON.parse(content) as Patron;
    if (sent.surname === undefined || sent.library_id === undefined || sent.category_id === undefined)
      return { status: 400, body: { errors: [{ message: 'Missing property.', path: '/body/surname' }] } };
    if (!/^[^@]*@?[^@]*$/.test(String(sent.email ?? '')) || sent.surname === 'Salah')
      return {
        status: 400,
        body: { errors: [{ message: `${sent.surname} is wrong`, path: '/body/surname' }], status: 400 },
      };
    const id = Number(
      /^\/api\/v1\/patrons\/(\d+)$/.exec(url.pathname)?.[1] ?? Math.max(0, ...patrons.keys()) + 1,
    );
    if ([...patrons.values()].some((one) => one.cardnumber === sent.cardnumber && one.patron_id !== id))
      return {
        status: 409,
        body: { error: 'A patron record matching these details already exists', conflict: 'cardnumber' },
      };
    const patron = { ...patrons.get(id), ...sent, patron_id: id };
    patrons.set(id, patron);
    return { status: request.method === 'POST' ? 201 : 200, body: patron };
  };
  const server: Server = createServer((request, response) => {
    void answer(request).then(async (result) => {
      if (result === 'drop') return request.destroy();
      await koha.done(request);
      response.writeHead(result.status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(result.body ?? {}));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const koha: FakeKoha = {
    url: `http://127.0.0.1:${port}/`,
    patrons,
    asked,
    before: () => undefined,
    done: () => undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return koha;
}
