import type { GateState, LiveAnswer, OutboxVisit } from '../../domain/gate-protocol.ts';

/**
 * What the server answered. `away`: it was not reached in time, is in trouble, or something on the way answered in its
 * place; `stranger`: this is no enrolled gate, or no longer; `unreadable`: it is no request of a gate; `refused`: too often.
 */
export type Answered<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: 'away' | 'stranger' | 'unreadable' | 'refused' };

export type VisitOutcome = 'recorded' | 'known' | 'too-late';

export interface GateServer {
  state(): Promise<Answered<GateState>>;
  keys(): Promise<Answered<unknown>>;
  list(): Promise<Answered<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly tag: string }>>;
  check(code: string, scan: string): Promise<Answered<LiveAnswer>>;
  deliver(visits: readonly OutboxVisit[]): Promise<Answered<readonly VisitOutcome[]>>;
}

/** Longer than any answer of a server that is there; a check is of use only for a moment. */
const PATIENCE_MS = { ask: 6_000, check: 2_000, list: 30_000 };

/** @param base `/{library}/gerbang` @param keysAddress where the library's public keys are */
export function gateServer(base: string, keysAddress: string): GateServer {
  async function ask<Value>(
    address: string,
    patience: number,
    read: (response: Response) => Promise<Value>,
    body?: unknown,
  ): Promise<Answered<Value>> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const response = await fetch(address, {
        method: body === undefined ? 'GET' : 'POST',
        cache: 'no-cache',
        credentials: 'same-origin',
        signal: stop.signal,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      });
      if (response.status === 403 || response.status === 400)
        return { ok: false, reason: await why(response) };
      if (response.status >= 500) return { ok: false, reason: 'away' };
      if (!response.ok) return { ok: false, reason: 'refused' };
      return { ok: true, value: await read(response) };
    } catch {
      return { ok: false, reason: 'away' };
    } finally {
      clearTimeout(timer);
    }
  }
  /** What deletes keys and visits is believed of our own server alone: filters and portals answer 403, too. */
  async function why(response: Response): Promise<'stranger' | 'unreadable' | 'away'> {
    const { reason } = ((await response.json()) ?? {}) as { readonly reason?: unknown };
    if (response.status === 403 && reason === 'not-enrolled') return 'stranger';
    return response.status === 400 && reason === 'unreadable' ? 'unreadable' : 'away';
  }
  const json = <Value>(response: Response) => response.json() as Promise<Value>;
  return {
    state: () => ask(`${base}/keadaan`, PATIENCE_MS.ask, json<GateState>),
    keys: () => ask(keysAddress, PATIENCE_MS.ask, json<unknown>),
    list: () =>
      ask(`${base}/daftar`, PATIENCE_MS.list, async (response) => ({
        bytes: new Uint8Array(await response.arrayBuffer()),
        tag: (response.headers.get('ETag') ?? '').replace(/^(?:W\/)?"|"$/g, ''),
      })),
    check: (code, scan) => ask(`${base}/periksa`, PATIENCE_MS.check, json<LiveAnswer>, { code, scan }),
    deliver: (visits) =>
      ask(
        `${base}/kunjungan`,
        PATIENCE_MS.ask,
        async (response) => (await json<{ readonly outcomes: readonly VisitOutcome[] }>(response)).outcomes,
        { visits },
      ),
  };
}
