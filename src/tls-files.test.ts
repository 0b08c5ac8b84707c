import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterAll, expect, it } from 'vitest';
import { selfSigned } from '../tests/support/tls-files.ts';
import { openTlsFiles } from './tls-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'daftar-tls-'));
const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
afterAll(() => rmSync(folder, { recursive: true }));

function put({ cert, key }: { readonly cert: string; readonly key: string }): void {
  for (const [file, text] of [
    [files.certFile, cert],
    [files.keyFile, key],
  ] as const) {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
}

/** What a browser is shown. */
function shownAt(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerCertificate());
        socket.destroy();
      },
    );
    socket.once('error', reject);
  });
}

/** A server that follows the files, and its port. */
async function serve(log: (entry: Readonly<Record<string, string>>) => void) {
  const opened = openTlsFiles(files, log);
  const server = createServer({ cert: opened.cert, key: opened.key });
  opened.follow(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

it('pages over https show a certificate that was replaced from the next connection on', async () => {
  put(selfSigned());
  const { port, close } = await serve(() => undefined);
  const first = await shownAt(port);
  expect((await shownAt(port)).fingerprint256).toBe(first.fingerprint256);
  put(selfSigned());
  const second = await shownAt(port);
  expect(second.fingerprint256).not.toBe(first.fingerprint256);
  expect((await shownAt(port)).fingerprint256).toBe(second.fingerprint256);
  await close();
});

it('a path that leads nowhere leaves the last certificate in use, is told once, and is followed again', async () => {
  put(selfSigned());
  const told: Readonly<Record<string, string>>[] = [];
  const { port, close } = await serve((entry) => told.push(entry));
  const first = await shownAt(port);
  rmSync(folder, { recursive: true });
  // A plain file where a folder was, then a link to itself, then nothing.
  const broken = [
    ['ENOTDIR', () => writeFileSync(folder, '')],
    ['ELOOP', () => symlinkSync(folder, folder)],
    ['ENOENT', () => undefined],
  ] as const;
  for (const [code, make] of broken) {
    make();
    expect((await shownAt(port)).fingerprint256).toBe(first.fingerprint256);
    expect((await shownAt(port)).fingerprint256).toBe(first.fingerprint256);
    expect(told.splice(0)).toEqual([
      { level: 'error', event: 'certificate-not-renewed', file: files.certFile, reason: code },
    ]);
    rmSync(folder, { force: true });
  }
  mkdirSync(folder);
  put(selfSigned());
  expect((await shownAt(port)).fingerprint256).not.toBe(first.fingerprint256);
  expect(told.map(({ event }) => event)).toEqual(['certificate-renewed']);
  await close();
});
