import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayConnect, type OutgoingReach, openGuardedFetch } from './guarded-fetch.ts';

const server = createServer((request, response) => {
  if (request.url === '/away') response.writeHead(302, { location: '/here' }).end();
  else if (request.url === '/large') response.end(Buffer.alloc(1_000_001));
  else response.end(`${request.method} ${request.headers['content-length'] ?? ''}`);
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const GET = { method: 'GET', headers: {} };
const reason = (url: string, reach: OutgoingReach = 'private') =>
  openGuardedFetch(reach)(url, GET).then(
    () => 'answered',
    (error: { reason?: string }) => error.reason,
  );

describe('an address that an admin has typed, or a provider has named', () => {
  it('is never this machine, its link or a cloud’s own, however it is written', () => {
    for (const address of [
      '127.0.0.1',
      '127.8.8.8',
      '0.0.0.0',
      '169.254.169.254',
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:169.254.169.254',
      '::127.0.0.1',
      'fe80::1',
      'ff02::1',
      '64:ff9b::7f00:1',
      '224.0.0.1',
      '100.100.100.200',
      'fd00:ec2::254',
      'fec0::1',
      '4000::1',
      '255.255.255.255',
      'bukan-alamat',
    ])
      expect(mayConnect(address, 'private'), address).toBe(false);
  });

  it('is of an internal network only where the library says so', () => {
    for (const address of [
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '100.64.0.1',
      'fd00::1',
      '::ffff:10.0.0.1',
    ]) {
      expect(mayConnect(address, 'public'), address).toBe(false);
      expect(mayConnect(address, 'private'), address).toBe(true);
    }
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111'])
      expect(mayConnect(address, 'public'), address).toBe(true);
  });

  it('is looked up and refused before anything is sent, in every spelling', async () => {
    for (const url of [
      base,
      base.replace('http:', 'https:'),
      'https://localhost/',
      'https://127.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://[::1]/',
      'https://[::ffff:127.0.0.1]/',
    ])
      expect(await reason(url), url).toBe('address');
    expect(await reason('https://tidak-ada.contoh.invalid/')).toBe('name');
  });
});

it('of an admin’s own network is also this machine and plain http, and never a cloud’s own', async () => {
  expect(await (await openGuardedFetch('inside')(base, GET)).text()).toBe('GET ');
  expect(await reason('http://169.254.169.254/', 'inside')).toBe('address');
  for (const reach of ['public', 'private'] as const) expect(await reason(base, reach)).toBe('address');
});

it('follows no redirect, reads a megabyte at most, and sends forms', async () => {
  const send = openGuardedFetch('inside');
  expect((await send(`${base}/away`, GET)).status).toBe(302);
  await expect(send(`${base}/large`, GET)).rejects.toMatchObject({ reason: 'too-large' });
  const posted = await send(base, { method: 'POST', headers: {}, body: new URLSearchParams({ a: 'é' }) });
  expect(await posted.text()).toBe('POST 8');
  await expect(send('http://127.0.0.1:9/', GET)).rejects.toMatchObject({ reason: 'connection' });
});
