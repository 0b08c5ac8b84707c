import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, getCiphers, type SecureVersion } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../tests/support/tls-files.ts';
import { type Config, readConfig } from './config.ts';
import { createServer, listen, type WebServer } from './http-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'daftar-door-'));
const files = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };

interface Door {
  readonly web: WebServer;
  readonly port: number;
}

async function open(env: Readonly<Record<string, string>>): Promise<Door> {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.problems.join());
  const config: Config = { ...read.config, port: 0 };
  const made = createServer(config, () => undefined);
  if (!made.ok) throw new Error(made.detail);
  made.web.attach(async (request) => new Response(`${request.method} ${await request.text()}`));
  const listening = await listen(made.web.server, config);
  if (!listening.ok) throw new Error(listening.code);
  return { web: made.web, port: listening.port };
}

function put(): void {
  const { cert, key } = selfSigned();
  writeFileSync(files.TLS_CERT, cert);
  writeFileSync(files.TLS_KEY, key);
}

let plain: Door;
let secure: Door;
beforeAll(async () => {
  put();
  plain = await open({});
  secure = await open(files);
});
afterAll(async () => {
  for (const { web } of [plain, secure]) await web.close(Promise.resolve());
  rmSync(folder, { recursive: true });
});

/** What a client that takes nothing else is given: `TLSv1.3 TLS_AES_256_GCM_SHA384`, or the code of the refusal. */
function handshake(minVersion: SecureVersion, maxVersion: SecureVersion, ciphers: string): Promise<string> {
  return new Promise((resolve) => {
    const at = { port: secure.port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false };
    try {
      // The client's own rules are off, so that it is the server that refuses.
      const asked = { ...at, minVersion, maxVersion, ciphers: `${ciphers}:@SECLEVEL=0` };
      const socket = connect(asked, () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
        socket.destroy();
      });
      socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    } catch {
      resolve('unknown to this client');
    }
  });
}

describe('pages over https', () => {
  it('speak TLS 1.3 and 1.2, and nothing older', async () => {
    expect(await handshake('TLSv1', 'TLSv1.3', 'ALL')).toBe('TLSv1.3 TLS_AES_256_GCM_SHA384');
    expect(await handshake('TLSv1.2', 'TLSv1.2', 'ALL')).toBe('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384');
    // The server's own alert: the client would have gone on.
    for (const old of ['TLSv1', 'TLSv1.1'] as const)
      expect(await handshake(old, old, 'ALL'), old).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  it('take of all ciphers those that authenticate and forget their keys, also after a new certificate', async () => {
    const taken = async () => {
      const names = getCiphers().filter((name) => !name.startsWith('tls_'));
      const all: string[] = [];
      for (const name of names)
        if ((await handshake('TLSv1.2', 'TLSv1.2', name.toUpperCase())).startsWith('TLSv1.2')) all.push(name);
      return all.sort();
    };
    const good = [
      'ecdhe-ecdsa-aes128-gcm-sha256',
      'ecdhe-ecdsa-aes256-gcm-sha384',
      'ecdhe-ecdsa-chacha20-poly1305',
    ];
    expect(await taken()).toEqual(good);
    put();
    utimesSync(files.TLS_CERT, 1, 1);
    expect(await taken()).toEqual(good);
    expect(await handshake('TLSv1.1', 'TLSv1.1', 'ALL')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });
});

/** Everything that comes back for these bytes, until the server hangs up. */
function said(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const socket = connectPlain(plain.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (piece) => {
      all += piece;
    });
    socket.once('close', () => resolve(all)).once('error', reject);
  });
}

it('where one request ends and the next begins is said in one way only', async () => {
  const post = (...headers: string[]) => ['POST / HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n');
  const smuggled = 'GET /admin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const twice: Readonly<Record<string, string>> = {
    'length and pieces': `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
    'two lengths': `${post('Content-Length: 0', `Content-Length: ${smuggled.length}`)}${smuggled}`,
    'pieces by another name': `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${smuggled}`,
    'pieces before the end of a list': `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n${smuggled}`,
    'a blank before the colon': `${post('Content-Length : 0')}${smuggled}`,
    'a folded header': `${post('A: b', ' Content-Length: 0')}${smuggled}`,
    'a bare line feed': `POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\n\n${smuggled}`,
    'a length with a sign': `${post('Content-Length: +0')}${smuggled}`,
  };
  for (const [how, bytes] of Object.entries(twice)) {
    const answer = await said(bytes);
    expect(answer, how).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1 /g), how).toHaveLength(1);
  }
  const good = await said(`${post('Content-Length: 2')}ok${smuggled}`);
  expect(good.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});
