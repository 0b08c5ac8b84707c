import { once } from 'node:events';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { takeManyAtOnce } from './rush.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening() {
  let connections = 0;
  const server = createServer((request, answer) => {
    request.resume().on('end', () => answer.end('there'));
  }).on('connection', () => connections++);
  server.listen({ port: 0, host: '127.0.0.1', backlog: 511 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  closing.push(() => server.close().closeAllConnections());
  return { server, port, connections: () => connections };
}

/** Turns of the event loop until so many who all came during one turn are taken. */
async function turnsFor(count: number, port: number, connections: () => number): Promise<number> {
  const clients = Array.from({ length: count }, () =>
    net.connect(port, '127.0.0.1').on('error', () => undefined),
  );
  closing.push(() => {
    for (const client of clients) client.destroy();
  });
  // The system completes the connections meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  for (let turns = 0; ; turns++) {
    if (connections() >= count || turns > 10 * count) return turns;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('takes those who come in a rush in a few turns, where Node alone takes one a turn', async () => {
  const many = await listening();
  const rush = takeManyAtOnce(many.server);
  closing.push(() => rush.close());
  expect(await rush.ready).toBe(32);
  expect(await turnsFor(150, many.port, many.connections)).toBeLessThan(40);
});

it('loses nobody who comes while the handles are being made', async () => {
  const { server, port } = await listening();
  const rush = takeManyAtOnce(server);
  closing.push(() => rush.close());
  let isReady = false;
  void rush.ready.then(() => {
    isReady = true;
  });
  const lost: string[] = [];
  async function come(): Promise<void> {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    if (!text.includes('200 OK')) lost.push(text);
  }
  const people = Array.from({ length: 8 }, async () => {
    while (!isReady) await come().catch((error: unknown) => lost.push(String(error)));
  });
  await Promise.all(people);
  expect(lost).toEqual([]);
});

it('answers on every connection, also to who has said all, and takes none after its end', async () => {
  const { server, port } = await listening();
  const rush = takeManyAtOnce(server);
  await rush.ready;
  for (let n = 0; n < 40; n++) {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toContain('200 OK');
  }
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  await Promise.all([closed, rush.close()]);
  const late = net.connect(port, '127.0.0.1');
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});
