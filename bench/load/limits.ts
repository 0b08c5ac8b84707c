/** What the computer itself allows in the same minute: an empty handler over HTTP, and the bare statements of a registration. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { closedLoop, percentile, perSecond } from '../closed-loop.ts';
import { openGround } from '../ground.ts';
import { startWorker } from '../worker-process.ts';
import { openConnection } from './connection.ts';

export interface Limits {
  readonly httpPerSecond: number;
  readonly httpP95: number;
  readonly writesPerSecond: number;
  readonly writeP95: number;
}

/** As many at once as a service of ten milliseconds has under way at two hundred a second, and some. */
const AT_ONCE = 4;
const PATIENCE_MS = 10_000;

export async function measureLimits(where: {
  readonly url: string;
  readonly dataDir: string;
  readonly seconds: number;
}): Promise<Limits> {
  const empty = await askNothing(where.seconds);
  const ground = await openGround(where.dataDir);
  const worker = startWorker(where);
  try {
    const bare = await worker.run(await ground.registering(), 'database', AT_ONCE, where.seconds);
    return {
      httpPerSecond: perSecond(empty),
      httpP95: percentile(empty, 95),
      writesPerSecond: perSecond(bare),
      writeP95: percentile(bare, 95),
    };
  } finally {
    worker.stop();
    await ground.close();
  }
}

async function askNothing(seconds: number) {
  const child: ChildProcess = fork(process.argv[1] ?? '', ['load-empty']);
  try {
    const [port] = (await once(child, 'message')) as [number];
    const connections = await Promise.all(
      Array.from({ length: AT_ONCE }, () => openConnection('127.0.0.1', port, PATIENCE_MS)),
    );
    const request = [`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`];
    const measured = await closedLoop(
      connections.map((connection) => async () => (await connection.send(request)).status === 204),
      seconds,
    );
    for (const connection of connections) connection.close();
    return measured;
  } finally {
    child.disconnect();
  }
}

/** The empty handler, in a process of its own as the service is. */
export function serveNothing(): void {
  const server = http.createServer((_request, response) => {
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit(0));
}
