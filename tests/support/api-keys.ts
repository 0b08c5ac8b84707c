/** Programs with a key of the API, as a command makes one. */

import type { ApiAccount } from '../../src/domain/api-scope.ts';
import { API_SCOPES, type ApiScope, DEFAULT_API } from '../../src/domain/api-scope.ts';
import type { ClientId } from '../../src/domain/ids.ts';
import { createApiKey } from '../../src/usecases/api-key.ts';
import type { TestApp } from './app.ts';
import { libraryOf } from './cases.ts';

export interface Program {
  readonly id: ClientId;
  readonly key: string;
  /** Asks with its key; a body is sent as JSON. */
  ask(
    method: string,
    path: string,
    more?: {
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      /** Network address. */
      readonly from?: string;
    },
  ): Promise<Response>;
}

let made = 0;

export async function programOf(
  app: TestApp,
  slug: string,
  scopes: readonly ApiScope[] = API_SCOPES,
  changes: Partial<ApiAccount> = {},
  /** Where the service listens, to be asked over the network; else it is asked without one. */
  url?: string,
): Promise<Program> {
  const library = await libraryOf(app, slug);
  const outcome = await createApiKey(
    app.deps.db,
    app.deps,
    { library, actor: { kind: 'system' }, at: app.deps.now(), requestId: 'test' },
    {
      name: `contoh-${++made}`,
      scopes,
      settings: { ...DEFAULT_API, language: 'en' },
      addresses: [],
      perMinute: 10_000,
      servicePointId: null,
      ...changes,
    },
  );
  if (!outcome.ok) throw new Error(outcome.reason);
  const { id, key } = outcome;
  return {
    id,
    key,
    async ask(method, path, more = {}) {
      const request: RequestInit = {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...more.headers,
        },
        ...(more.body === undefined
          ? {}
          : { body: typeof more.body === 'string' ? more.body : JSON.stringify(more.body) }),
      };
      return url === undefined
        ? await app.app.request(`/api/v1${path}`, request, connectionFrom(more.from))
        : await fetch(`${url}/api/v1${path}`, request);
    },
  };
}

/** A key for an `Idempotency-Key`, new each time. */
export function onceKey(): string {
  return `contoh-idempotensi-${++made}-${Math.random()}`;
}

/** What the server of a process knows of a connection. */
export function connectionFrom(address: string | undefined): object {
  return address === undefined ? {} : { incoming: { socket: { remoteAddress: address } } };
}
