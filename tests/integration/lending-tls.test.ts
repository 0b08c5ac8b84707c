/** Databases of lending systems on other computers: a real server with TLS, and one without. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLive } from '../../src/db/foreign/live-connection.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { selfSigned } from '../support/tls-files.ts';

describe.skipIf(!hasMariaDb)('a database of a lending system on another computer', () => {
  const files = selfSigned();
  let secure: MariaDb;
  let open: MariaDb;
  beforeAll(async () => {
    [secure, open] = await Promise.all([startMariaDb(files), startMariaDb()]);
    for (const server of [secure, open]) {
      const root = await server.connect();
      await root.query(
        "create database slims; create user 'daftar'@'127.0.0.1' identified by 'sandi contoh'; grant select on slims.* to 'daftar'@'127.0.0.1'",
      );
      await root.end();
    }
  }, 60_000);
  afterAll(() => Promise.all([secure.stop(), open.stop()]));

  /** What stands on another computer for the service: the name leads to an address that was looked up before. */
  const reach = (
    server: MariaDb,
    way: { readonly host?: string; readonly ca?: string; readonly tls?: boolean } = {},
  ) =>
    connectLive(
      {
        host: way.host ?? 'localhost',
        port: server.port,
        database: 'slims',
        user: 'daftar',
        password: 'sandi contoh',
      },
      { address: '127.0.0.1', tls: way.tls ?? true, ca: way.ca },
      new AbortController().signal,
    );

  it('is spoken to in TLS, by a certificate that is believed and has the name that was typed', async () => {
    const live = await reach(secure, { ca: files.cert });
    if ('failure' in live) throw new Error(live.failure);
    const [cipher] = await live.query("show status like 'Ssl_cipher'");
    expect(Object.values(cipher ?? {}).join(' ')).toMatch(/^Ssl_cipher \S+/);
    await live.close();
  });

  it.each([
    ['without TLS', () => reach(open, { ca: files.cert })],
    ['with a certificate that nobody vouches for', () => reach(secure)],
    ['with a certificate of another', () => reach(secure, { ca: selfSigned().cert })],
    ['with a certificate for another name', () => reach(secure, { host: 'basis.contoh', ca: files.cert })],
    ['named by an address', () => reach(secure, { host: '127.0.0.1', ca: files.cert })],
  ])('is told nothing %s', async (_, connect) => {
    expect(await connect()).toEqual({ failure: 'lending-tls', note: null });
  });

  it('is spoken to without where it stands on this computer, or the operator has said so', async () => {
    const live = await reach(open, { tls: false });
    if ('failure' in live) throw new Error(live.failure);
    const [cipher] = await live.query("show status like 'Ssl_cipher'");
    expect(Object.values(cipher ?? {}).join(' ')).toBe('Ssl_cipher ');
    await live.close();
  });
});
