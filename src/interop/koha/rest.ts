import type { KohaServer, KohaTrial } from '../../domain/exporting/feed.ts';
import type { PutAnswer } from '../../domain/exporting/live.ts';
import type { Misfit } from '../../domain/exporting/outgoing-member.ts';

/** A patron as Koha has it. */
export interface KohaPatronThere {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** `stop`: nobody else would fare better now. */
type KohaTrouble = Extract<PutAnswer, { kind: 'refused' | 'stop' }>;
type Attributes = Readonly<Record<string, string | null>>;

export interface KohaRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly redirect: 'error';
}

export interface KohaPorts {
  /** Rejects where nothing came back, and at a redirect. */
  readonly fetch: (url: string, request: KohaRequest) => Promise<Response>;
  readonly wait: (ms: number) => Promise<void>;
  /** Default: a request is tried three times and waits half a minute for its answer. */
  readonly patience?: { readonly tries: number; readonly timeoutMs: number };
}

const PATIENCE = { tries: 3, timeoutMs: 30_000 };
const FIRST_PAUSE_MS = 1_000;
const MOST_NAMED = 5;

/**
 * Reads and writes patrons one by one over `/api/v1/patrons`. A request that met a server that was busy or away is tried
 * again. A new patron whose answer was lost is found by the card number, which Koha keeps unique.
 */
export function openKoha(
  server: KohaServer,
  ports: KohaPorts,
): {
  /** Null: no patron has this id any more. */
  read(id: string): Promise<KohaPatronThere | null | KohaTrouble>;
  /** By card number; a list of one or none. */
  find(number: string): Promise<readonly KohaPatronThere[] | KohaTrouble>;
  create(patron: Attributes): Promise<KohaPatronThere | KohaTrouble>;
  change(id: string, patron: Attributes): Promise<KohaPatronThere | KohaTrouble>;
  tryOut(branch: string): Promise<KohaTrial>;
} {
  const { tries, timeoutMs } = ports.patience ?? PATIENCE;
  const base = `${server.url.replace(/\/+$/, '')}/api/v1`;
  let token: string | null = null;

  async function authorisation(): Promise<{ readonly header: string } | 'unreachable' | 'denied'> {
    const { access } = server;
    if (access.kind === 'basic')
      return { header: `Basic ${Buffer.from(`${access.user}:${access.password}`).toString('base64')}` };
    if (token !== null) return { header: `Bearer ${token}` };
    const response = await attempt(`${base}/oauth/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: access.clientId,
        client_secret: access.clientSecret,
      }).toString(),
    });
    if (response === undefined) return 'unreachable';
    const body = response.status === 200 ? await jsonOf(response) : null;
    token = typeof body?.access_token === 'string' ? body.access_token : null;
    return token === null ? 'denied' : { header: `Bearer ${token}` };
  }

  /** Undefined where the server could not be reached in several tries. */
  async function attempt(
    url: string,
    init: Omit<KohaRequest, 'signal' | 'redirect'>,
  ): Promise<Response | undefined> {
    for (let n = 0; n < tries; n++) {
      if (n > 0) await ports.wait(FIRST_PAUSE_MS * 2 ** (n - 1));
      const response = await ports
        .fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
        .catch(() => undefined);
      if (response === undefined) continue;
      if (response.status !== 429 && response.status < 500) return response;
      await response.body?.cancel();
    }
    return undefined;
  }

  async function request(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Response | 'unreachable' | 'denied'> {
    for (let n = 0; ; n++) {
      const known = await authorisation();
      if (typeof known === 'string') return known;
      const response = await attempt(`${base}${path}`, {
        method,
        headers: {
          Accept: 'application/json',
          Authorization: known.header,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response === undefined) return 'unreachable';
      if (response.status !== 401 && response.status !== 403) return response;
      await response.body?.cancel();
      // A token lives an hour; a new one is asked for once.
      if (server.access.kind === 'basic' || n > 0 || response.status === 403) return 'denied';
      token = null;
    }
  }

  const stop = (why: 'unreachable' | 'denied' | 'absent'): KohaTrouble => ({
    kind: 'stop',
    failure: `koha-${why}`,
    note: null,
  });

  async function written(
    response: Response | 'unreachable' | 'denied',
  ): Promise<KohaPatronThere | KohaTrouble> {
    if (typeof response === 'string') return stop(response);
    if (response.ok) return patronOf(await jsonOf(response)) ?? stop('absent');
    // No member's fault: nobody would fare better at this address.
    if (isAbsent(response.status)) return stop('absent');
    if (response.status !== 409) return refusalOf(response);
    await response.body?.cancel();
    return { kind: 'refused', misfits: ['number_taken'] };
  }

  async function find(number: string): Promise<readonly KohaPatronThere[] | KohaTrouble> {
    const query = encodeURIComponent(JSON.stringify({ cardnumber: number }));
    const response = await request('GET', `/patrons?q=${query}`);
    if (typeof response === 'string') return stop(response);
    const list: unknown = response.ok ? await response.json().catch(() => null) : null;
    // A page that greets everybody knows nobody.
    if (!Array.isArray(list)) return stop('absent');
    return list.flatMap((one: unknown) => {
      const patron = patronOf(one);
      return patron?.values.cardnumber === number ? [patron] : [];
    });
  }

  return {
    find,
    async read(id) {
      const response = await request('GET', `/patrons/${encodeURIComponent(id)}`);
      if (typeof response === 'string') return stop(response);
      if (response.ok) return patronOf(await jsonOf(response)) ?? stop('absent');
      await response.body?.cancel();
      return response.status === 404 ? null : stop('absent');
    },
    async create(patron) {
      const response = await request('POST', '/patrons', patron);
      const answer = await written(response);
      if (!('kind' in answer) || answer.kind !== 'refused' || answer.misfits[0] !== 'number_taken')
        return answer;
      // A first try may have arrived although its answer did not.
      const found = await find(patron.cardnumber ?? '');
      if ('kind' in found) return found;
      const [there] = found;
      return there !== undefined && isWhatWeSent(there, patron) ? there : answer;
    },
    async change(id, patron) {
      return written(await request('PUT', `/patrons/${encodeURIComponent(id)}`, patron));
    },
    async tryOut(branch) {
      // Koha looks at who asks before it looks at what was sent: an empty patron is refused as incomplete (400) only
      // to those who may add one, and adds nobody.
      const response = await request('POST', '/patrons', {});
      if (typeof response === 'string') return `koha-${response}`;
      await response.body?.cancel();
      if (response.status !== 400) return 'koha-absent';
      const library = await request('GET', `/libraries/${encodeURIComponent(branch)}`);
      if (typeof library === 'string') return 'ok';
      await library.body?.cancel();
      return library.status === 404 ? 'branch-unknown' : 'ok';
    },
  };
}

/** Another server, or another part of this one. */
function isAbsent(status: number): boolean {
  return status === 404 || status === 405;
}

function patronOf(body: unknown): KohaPatronThere | null {
  if (typeof body !== 'object' || body === null || !('patron_id' in body)) return null;
  return { id: String(body.patron_id), values: body as Readonly<Record<string, unknown>> };
}

function isWhatWeSent({ values }: KohaPatronThere, patron: Attributes): boolean {
  return Object.entries(patron).every(([name, value]) => String(values[name] ?? '') === (value ?? ''));
}

/** The places that the server names, never what it says: that may repeat a person's data. */
async function refusalOf(response: Response): Promise<KohaTrouble> {
  const body = await jsonOf(response);
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  const paths = errors.flatMap((error: unknown) => {
    const path = typeof error === 'object' && error !== null && 'path' in error ? String(error.path) : '';
    return /^[\w/.-]{1,60}$/.test(path) ? [path] : [];
  });
  const named = [...new Set(paths)].slice(0, MOST_NAMED);
  return {
    kind: 'refused',
    misfits:
      named.length > 0 ? named.map((path): Misfit => `refused:${path}`) : [`refused:${response.status}`],
  };
}

async function jsonOf(response: Response): Promise<Record<string, unknown> | null> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : null;
}
