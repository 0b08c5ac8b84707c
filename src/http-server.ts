/** The door of the web: a server of HTTP, with TLS or without, that listens before it knows what it will serve. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Config } from './config.ts';
import { BACKLOG } from './rush.ts';
import { openTlsFiles, TLS_RULES } from './tls-files.ts';
import { startingPage } from './web/outage.tsx';

export type LogEntry = Readonly<Record<string, string | number | boolean | null>>;

export interface CannotListen {
  readonly ok: false;
  readonly reason: 'cannot-listen';
  readonly code: string;
  readonly host: string;
  readonly port: number;
}

/** How long open requests may take to finish after the service was told to stop. */
export const GRACE_MS = 8_000;

export type Fetch = (request: Request, env: object) => Response | Promise<Response>;

export interface WebServer {
  readonly server: Server;
  /** What it serves from now on. */
  attach(fetch: Fetch): void;
  /**
   * Takes nobody any more, and waits for who is being served.
   * @param hurry when it resolves, nobody is waited for any longer
   */
  close(hurry: Promise<void> | undefined): Promise<void>;
}

export function createServer(
  config: Config,
  log: (entry: LogEntry) => void,
):
  | { readonly ok: true; readonly web: WebServer }
  | { readonly ok: false; readonly reason: 'tls-unusable'; readonly detail: string } {
  let handler: Fetch = startingPage;
  const fetch: Fetch = (request, env) => handler(request, env);
  try {
    const files = config.tls && openTlsFiles(config.tls, log);
    const server = createAdaptorServer(
      files === undefined
        ? { fetch, createServer: createHttpServer }
        : {
            fetch,
            createServer: createHttpsServer,
            serverOptions: { cert: files.cert, key: files.key, ...TLS_RULES },
          },
    ) as Server;
    files?.follow(server as HttpsServer);
    // Longer than a proxy keeps its connections, so that it never writes into one that was just closed.
    server.keepAliveTimeout = 75_000;
    // Also those that have asked nothing yet, or not even ended the handshake of TLS: the server itself does not know them.
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => void sockets.delete(socket));
    });
    const cutOff = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    return {
      ok: true,
      web: {
        server,
        attach(next) {
          handler = next;
        },
        async close(hurry) {
          const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
          server.closeIdleConnections();
          // Live pages hold their connection for ever; the browser reconnects to the next start.
          const timer = setTimeout(cutOff, GRACE_MS);
          void hurry?.then(cutOff);
          await closed;
          // Node counts those alone that came by the server's own handle.
          while (sockets.size > 0)
            await Promise.all(
              [...sockets].map((socket) => new Promise((gone) => socket.once('close', gone))),
            );
          clearTimeout(timer);
        },
      },
    };
  } catch (error) {
    return {
      ok: false,
      reason: 'tls-unusable',
      detail: error instanceof Error ? error.message : String(error),
    };
  }
}

export async function listen(
  server: Server,
  config: Config,
): Promise<{ readonly ok: true; readonly port: number } | CannotListen> {
  return await new Promise((resolve) => {
    server.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message;
      resolve({ ok: false, reason: 'cannot-listen', code, host: config.host, port: config.port });
    });
    server.listen({ port: config.port, host: config.host, backlog: BACKLOG }, () => {
      const address = server.address();
      resolve({
        ok: true,
        port: typeof address === 'object' && address !== null ? address.port : config.port,
      });
    });
  });
}
