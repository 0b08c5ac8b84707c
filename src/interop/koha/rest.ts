import type { KohaServer, KohaTrial } from '../../domain/exporting/feed.ts';
import type { Misfit } from '../../domain/exporting/outgoing-member.ts';
import type { KohaPatron } from './write.ts';

/** What became of one patron. `stop`: nobody else would fare better now. */
export type KohaAnswer =
  | { readonly kind: 'created' | 'updated' }
  | { readonly kind: 'refused'; readonly misfits: readonly Misfit[] }
  | { readonly kind: 'stop'; readonly reason: 'koha-unreachable' | 'koha-denied' | 'koha-absent' };

export interface KohaPorts {
  readonly fetch: typeof fetch;
  readonly wait: (ms: number) => Promise<void>;
  /** Default: a request is tried three times and waits half a minute for its answer. */
  readonly patience?: { readonly tries: number; readonly timeoutMs: number };
}

const PATIENCE = { tries: 3, timeoutMs: 30_000 };
const FIRST_PAUSE_MS = 1_000;
const MOST_NAMED = 5;

/**
 * Puts patrons into Koha one by one over `/api/v1/patrons`. A request that met a server that was busy or away is tried
 * again; because the first may have arrived, a card number that is there already is the same person's where name or
 * birth date say so, and is then brought up to date instead.
 */
export function openKoha(
  server: KohaServer,
  ports: KohaPorts,
): { put(patron: KohaPatron): Promise<KohaAnswer>; tryOut(branch: string): Promise<KohaTrial> } {
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
  async function attempt(url: string, init: RequestInit): Promise<Response | undefined> {
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

  const stop = (why: 'unreachable' | 'denied' | 'absent'): KohaAnswer => ({
    kind: 'stop',
    reason: `koha-${why}`,
  });

  async function update(patron: KohaPatron): Promise<KohaAnswer> {
    const query = encodeURIComponent(JSON.stringify({ cardnumber: patron.cardnumber }));
    const found = await request('GET', `/patrons?q=${query}`);
    if (typeof found === 'string') return stop(found);
    const list: unknown = found.ok ? await found.json().catch(() => null) : null;
    const there = (Array.isArray(list) ? list : []).find(
      (one: Record<string, unknown>) => one?.cardnumber === patron.cardnumber,
    ) as Record<string, unknown> | undefined;
    // Another field than the card number is taken, or it is somebody else's.
    if (there === undefined || !isSamePerson(there, patron))
      return { kind: 'refused', misfits: ['number_taken'] };
    const response = await request('PUT', `/patrons/${encodeURIComponent(String(there.patron_id))}`, patron);
    if (typeof response === 'string') return stop(response);
    if (response.ok) return { kind: 'updated' };
    return response.status === 409 ? { kind: 'refused', misfits: ['number_taken'] } : refusalOf(response);
  }

  return {
    async put(patron) {
      const response = await request('POST', '/patrons', patron);
      if (typeof response === 'string') return stop(response);
      if (response.status === 201 || response.status === 200) {
        const isJson = response.headers.get('Content-Type')?.includes('json') === true;
        await response.body?.cancel();
        // A page that greets everybody has taken nobody in.
        return isJson ? { kind: 'created' } : stop('absent');
      }
      // No member's fault: nobody would fare better at this address.
      if (isAbsent(response.status)) return stop('absent');
      if (response.status !== 409) return refusalOf(response);
      await response.body?.cancel();
      return update(patron);
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

function isSamePerson(there: Record<string, unknown>, patron: KohaPatron): boolean {
  const key = (...parts: readonly unknown[]) =>
    parts
      .map((part) => String(part ?? ''))
      .join(' ')
      .normalize('NFKC')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
      .sort()
      .join(' ');
  const hasBoth = typeof there.date_of_birth === 'string' && patron.date_of_birth !== undefined;
  if (key(there.firstname, there.surname) !== key(patron.surname))
    return hasBoth && there.date_of_birth === patron.date_of_birth;
  return !hasBoth || there.date_of_birth === patron.date_of_birth;
}

/** The places that the server names, never what it says: that may repeat a person's data. */
async function refusalOf(response: Response): Promise<KohaAnswer> {
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
