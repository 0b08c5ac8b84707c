import { createHash } from 'node:crypto';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { ClientId } from '../domain/ids.ts';
import { TLS_RULES } from '../tls-files.ts';
import { plainAddress } from '../usecases/address-list.ts';
import { carry, type Line } from './connection.ts';
import { openConversation, type Shared } from './conversation.ts';
import { openPace } from './pace.ts';
import { openTurns, type Sip2Deps, type Sip2Limits, USUAL_LIMITS } from './parts.ts';
import { openDoor } from './sign-in.ts';

export interface Sip2Server {
  readonly port: number;
  /** Lines that are open now. */
  size(): number;
  /**
   * Takes no more lines, answers what has arrived, closes.
   * @param hurry when it resolves, nothing is waited for any longer
   */
  stop(hurry?: Promise<void>): Promise<void>;
}

export type Sip2Opened =
  | { readonly ok: true; readonly server: Sip2Server }
  | { readonly ok: false; readonly reason: 'sip2-tls-unusable'; readonly detail: string }
  | { readonly ok: false; readonly reason: 'sip2-cannot-listen'; readonly code: string };

/** Certificate chain and key in PEM. */
export interface Sip2Tls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Hears of the server, to give it a newer pair later. */
  follow?(server: TlsServer): void;
}

/** Opens the door for SIP2 devices. @param at.tls undefined: in the clear */
export async function openSip2(
  deps: Sip2Deps,
  at: {
    readonly port: number;
    readonly host: string;
    readonly tls?: Sip2Tls | undefined;
  },
  changes: Partial<Sip2Limits> = {},
): Promise<Sip2Opened> {
  const limits = { ...USUAL_LIMITS, ...changes };
  const shared: Shared = {
    deps,
    limits,
    door: openDoor(deps),
    pace: openPace({ exchange: deps.rates }),
    turns: openTurns((shown) => createHash('sha256').update(shown).digest('base64')),
  };
  const lines = new Map<Line, { readonly address: string; client: ClientId | null }>();
  const closing = new Set<Promise<void>>();
  let stopping = false;

  function accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const strangers = [...lines.values()].filter((one) => one.client === null && one.address === address);
    if (stopping || lines.size >= limits.mostConnections || strangers.length >= limits.mostStrangers) {
      socket.destroy();
      return;
    }
    const conversation = openConversation(shared, address);
    let done: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      done = resolve;
    });
    closing.add(closed);
    const line = carry(socket, conversation, limits, {
      signedIn() {
        const client = conversation.client();
        // Looked up in the map and put at its end: the oldest of a device is the first of its lines.
        lines.delete(line);
        lines.set(line, { address, client });
        if (client !== null) makeRoom(client);
      },
      closed() {
        lines.delete(line);
        closing.delete(closed);
        done();
      },
      failed: (error) =>
        deps.log({
          level: 'error',
          event: 'sip2-line-failed',
          error: error instanceof Error ? error.name : 'unknown',
        }),
    });
    lines.set(line, { address, client: null });
  }

  /** A device that was switched off leaves lines behind that nobody closes. */
  function makeRoom(client: ClientId): void {
    const own = [...lines].filter(([, one]) => one.client === client);
    for (const [line] of own.slice(0, Math.max(0, own.length - limits.mostPerClient))) line.cut();
  }

  const made = createServer(at.tls, accept);
  if (!made.ok) return made;
  const { server } = made;
  server.maxConnections = limits.mostConnections;
  const listening = await listen(server, at);
  if (!listening.ok) return listening;
  return {
    ok: true,
    server: {
      port: listening.port,
      size: () => lines.size,
      async stop(hurry) {
        stopping = true;
        const shut = new Promise<void>((resolve) => server.close(() => resolve()));
        for (const line of lines.keys()) line.finish();
        const cutAll = () => {
          for (const line of lines.keys()) line.cut();
        };
        const timer = setTimeout(cutAll, limits.graceMs);
        void hurry?.then(cutAll);
        await shut;
        await Promise.all(closing);
        clearTimeout(timer);
      },
    },
  };
}

function createServer(
  tls: Sip2Tls | undefined,
  accept: (socket: Socket) => void,
): { readonly ok: true; readonly server: Server } | Extract<Sip2Opened, { reason: 'sip2-tls-unusable' }> {
  try {
    if (tls === undefined) return { ok: true, server: createPlainServer({ allowHalfOpen: true }, accept) };
    const { cert, key } = tls;
    const server = createTlsServer(
      { cert, key, ...TLS_RULES, handshakeTimeout: 10_000, allowHalfOpen: true },
      accept,
    );
    tls.follow?.(server);
    // Who speaks no TLS is gone by now.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return { ok: true, server };
  } catch (error) {
    return {
      ok: false,
      reason: 'sip2-tls-unusable',
      detail: error instanceof Error ? error.message : String(error),
    };
  }
}

function listen(
  server: Server,
  at: { readonly port: number; readonly host: string },
): Promise<
  { readonly ok: true; readonly port: number } | Extract<Sip2Opened, { reason: 'sip2-cannot-listen' }>
> {
  return new Promise((resolve) => {
    server.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message;
      resolve({ ok: false, reason: 'sip2-cannot-listen', code });
    });
    server.listen(at.port, at.host, () => {
      const address = server.address();
      resolve({
        ok: true,
        port: typeof address === 'object' && address !== null ? address.port : at.port,
      });
    });
  });
}
