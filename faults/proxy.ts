/** A way between the service and its database that can be cut, slowed and silenced. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Way =
  | { readonly kind: 'open' }
  /** What is open breaks, nothing new gets through. */
  | { readonly kind: 'cut' }
  /** Everything arrives so much later. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Nothing arrives and nobody is told: it waits on the way. */
  | { readonly kind: 'silent' };

export interface DatabaseWay {
  readonly port: number;
  set(way: Way): void;
  close(): Promise<void>;
}

/** @param target where the database listens now: a folder of a Unix socket or a host, and its port */
export async function openProxy(
  target: () => { readonly host: string; readonly port: number },
): Promise<DatabaseWay> {
  let way: Way = { kind: 'open' };
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    if (way.kind === 'cut') {
      client.destroy();
      return;
    }
    const { host, port } = target();
    const database = host.startsWith('/')
      ? net.connect({ path: `${host}/.s.PGSQL.${port}` })
      : net.connect({ host, port });
    carry(client, database);
    carry(database, client);
  });
  /** In order, whatever the way is like when each part comes. */
  function carry(from: net.Socket, to: net.Socket): void {
    sockets.add(from);
    let before: Promise<void> = Promise.resolve();
    const then = (work: () => void): void => {
      before = before.then(async () => {
        while (way.kind === 'silent') await sleep(20);
        if (way.kind === 'slow') await sleep(way.delayMs);
        work();
      });
    };
    from.on('data', (chunk) => then(() => void to.write(chunk)));
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      then(() => void to.destroy());
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    set(next) {
      way = next;
      if (next.kind === 'cut') for (const socket of sockets) socket.destroy();
    },
    async close() {
      way = { kind: 'open' };
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
