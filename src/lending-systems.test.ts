import { createServer } from 'node:http';
import { type AddressInfo, createServer as listenTo, type Server, Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { lendingSystems } from './lending-systems.ts';
import type { LiveServer } from './usecases/run-feed.ts';

// A name server that says something harmless first, and this machine when the connection is made.
vi.mock('node:dns/promises', () => ({ lookup: () => Promise.resolve([{ address: '93.184.215.14' }]) }));

let server: Server | undefined;
afterEach(() => void server?.close());

async function portOf(made: Server): Promise<number> {
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
}

function tryOut(url: string, inside: boolean, plaintext = false) {
  const to: LiveServer = {
    target: 'koha-rest',
    inside,
    codes: { branch: 'UTAMA', categories: {} },
    server: { url, access: { kind: 'basic', user: 'daftar', password: 'sandi' } },
  };
  return lendingSystems([], [], plaintext).tryOut(to);
}

it('connects to Koha at an address that was judged for this very request, whatever its name led to before', async () => {
  let connections = 0;
  const port = await portOf(
    listenTo((socket) => {
      connections += 1;
      socket.destroy();
    }),
  );
  expect((await tryOut(`https://localhost:${port}/`, false)).trial).toBe('koha-unreachable');
  expect(connections).toBe(0);
});

it('speaks http to Koha only where an admin has said that it is inside, and reads no endless answer', async () => {
  let asked = 0;
  const port = await portOf(
    createServer((_, response) => {
      asked += 1;
      response.writeHead(400).end(Buffer.alloc(1_000_001));
    }),
  );
  expect((await tryOut(`http://localhost:${port}/`, false)).trial).toBe('address-refused');
  expect(asked).toBe(0);
  // An answer of 400 would do, were it not so long.
  expect((await tryOut(`http://localhost:${port}/`, true)).trial).toBe('koha-unreachable');
  expect(asked).toBe(1);
});

it('sends no password over http to a Koha on another computer, also inside, unless the operator says so', async () => {
  const connected = vi.spyOn(Socket.prototype, 'connect');
  for (const host of ['koha.contoh.go.id', '10.0.0.5', '[fd00::5]'])
    expect((await tryOut(`http://${host}/`, true)).trial, host).toBe('koha-plaintext');
  expect(connected).not.toHaveBeenCalled();
  const port = await portOf(createServer((_, response) => response.writeHead(404).end()));
  expect((await tryOut(`http://127.0.0.1:${port}/`, true)).trial).toBe('koha-absent');
  connected.mockRestore();
  // Said so, it is judged by its address as ever.
  expect((await tryOut('http://koha.contoh.go.id/', false, true)).trial).toBe('address-refused');
});

it('asks no database on another computer by an address, which no certificate can be held against', async () => {
  const connected = vi.spyOn(Socket.prototype, 'connect');
  const database = { host: '10.0.0.5', port: 3306, user: 'daftar', password: 'sandi', database: 'slims' };
  const to = { target: 'slims-db', inside: true, database, codes: { branch: '', categories: {} } } as const;
  expect((await lendingSystems([]).tryOut(to)).trial).toBe('lending-tls');
  expect(connected).not.toHaveBeenCalled();
  connected.mockRestore();
});
