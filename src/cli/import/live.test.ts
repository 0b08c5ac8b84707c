import { afterEach, expect, it, vi } from 'vitest';
import { openLive } from './live.ts';

afterEach(() => void vi.unstubAllEnvs());

it.each([
  'mysql://root:geheim#ss@db.contoh.go.id/slims',
  // Read as a host and a port, with the rest of the password behind them.
  'mysql://root:12#geheim@db.contoh.go.id/slims',
  'mysql://root:12/geheim@db.contoh.go.id/slims',
  'mysql://root:12?geheim@db.contoh.go.id/slims',
])('an address that cannot be read is refused without a word of it: %s', async (address) => {
  const said = await openLive(address);
  expect(said).toContain('The address cannot be read');
  expect(said).not.toContain('geheim');
});

it('an address that is shown has no password in it, whatever signs it holds', async () => {
  vi.stubEnv('OUTGOING_HOSTS', 'lain.contoh.go.id');
  for (const password of ['geheim', 'geheim:geheim', 'geheim%23', 'a@geheim'])
    expect(await openLive(`mysql://root:${password}@db.contoh.go.id:3306/slims`)).toMatch(
      /^mysql:\/\/root@db\.contoh\.go\.id:3306\/slims is not in OUTGOING_HOSTS/,
    );
});

it('a database on another computer is read over TLS with its name checked, unless the operator says otherwise', async () => {
  const said = await openLive('mysql://root:geheim@10.255.255.1:1/slims');
  expect(said).toContain('has no TLS with a certificate for the name in the address');
  expect(said).toContain('ALLOW_PLAINTEXT=lending');
  expect(said).not.toContain('geheim');
  // On this computer none is asked for: nobody listens at this port.
  expect(await openLive('mysql://root:geheim@127.0.0.1:1/slims')).toContain(
    'cannot be reached (ECONNREFUSED)',
  );
});
