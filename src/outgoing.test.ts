/** That nothing leaves for a host that the operator has not named, and that no way out was added without it. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { SettingsService } from '@simplewebauthn/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { mayAskHost } from './domain/outgoing-hosts.ts';
import { openGuardedFetch } from './interop/guarded-fetch.ts';
import { reach } from './interop/reach.ts';
import { sendWebhook } from './interop/webhook/send.ts';
import { lendingSystems } from './lending-systems.ts';
import { MOST_PASSKEYS } from './usecases/webauthn.ts';

const heard: string[] = [];
const server = createServer((request, response) => {
  heard.push(request.url ?? '');
  response.end();
});
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

const LISTED = ['lain.contoh.go.id', '*.contoh.example'];

describe('the operator’s list of hosts', () => {
  it('names hosts, everything below a name, or addresses', () => {
    expect(mayAskHost([], 'apa.saja.example')).toBe(true);
    for (const host of ['lain.contoh.go.id', 'LAIN.contoh.go.id.', 'a.contoh.example', 'a.b.contoh.example'])
      expect(mayAskHost(LISTED, host), host).toBe(true);
    for (const host of [
      'contoh.go.id',
      'contoh.example',
      'xcontoh.example',
      'lain.contoh.go.id.jahat.example',
      '',
    ])
      expect(mayAskHost(LISTED, host), host).toBe(false);
    expect(mayAskHost(['2001:db8::1', '10.0.0.5'], '[2001:db8::1]')).toBe(true);
  });

  it('holds for lending systems, identity providers and webhooks, whatever an admin has ticked', async () => {
    const url = `http://127.0.0.1:${port}/x`;
    const get = { method: 'GET', headers: {} };
    await expect(openGuardedFetch('inside', 5_000, LISTED)(url, get)).rejects.toMatchObject({
      reason: 'address',
    });
    const hook = { url, body: '{}', headers: {} };
    const ports = { mayReach: () => true, timeoutMs: 5_000 };
    expect(await sendWebhook(hook, { ...ports, hosts: LISTED })).toMatchObject({
      ok: false,
      failure: 'address',
    });
    expect(await reach('127.0.0.1', { inside: true, hosts: ['127.0.0.1'], outgoing: LISTED })).toEqual({
      ok: false,
      reason: 'refused',
    });
    const database = { host: '127.0.0.1', port, user: 'a', password: 'b', database: 'c' };
    const open = lendingSystems([], LISTED).open(new AbortController().signal);
    expect(await open({ target: 'slims-db', database, inside: true } as never)).toMatchObject({
      failure: 'address-refused',
    });
    expect(heard).toEqual([]);
    // And lets through what it names.
    const own = ['127.0.0.1'];
    expect((await openGuardedFetch('inside', 5_000, own)(url, get)).status).toBe(200);
    expect(await sendWebhook(hook, { ...ports, hosts: own })).toMatchObject({ ok: true });
    expect(heard).toEqual(['/x', '/x']);
  });

  it('is held against the database, the mail server, the SMS gateway and the collector at the start', () => {
    const far = {
      DATABASE_URL: 'postgres://a:b@basis.contoh.go.id/daftar?sslmode=verify-full',
      SMTP_URL: 'smtps://surat.contoh.go.id',
      SMTP_FROM: 'perpus@contoh.go.id',
      AUDIT_TO: 'syslogs://log.contoh.go.id',
      SMS_URL: 'https://sms.contoh.go.id/?to={nomor}&text={teks}',
    };
    const wrong = readConfig({ ...far, OUTGOING_HOSTS: 'lain.contoh.go.id' });
    expect(wrong.ok ? [] : wrong.problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'AUDIT_TO',
      'DATABASE_URL',
      'SMS_URL',
      'SMTP_URL',
    ]);
    expect(readConfig({ ...far, OUTGOING_HOSTS: '*.contoh.go.id' }).ok).toBe(true);
    expect(readConfig(far).ok).toBe(true);
    expect(readConfig({ OUTGOING_HOSTS: 'lain.contoh.go.id' }).ok).toBe(true);
    expect(readConfig({ OUTGOING_HOSTS: 'https://lain.contoh.go.id' }).ok).toBe(false);
  });
});

it('nothing is fetched to judge a passkey, whatever its statement names', () => {
  expect(MOST_PASSKEYS).toBeGreaterThan(0);
  for (const identifier of [
    'android-key',
    'android-safetynet',
    'apple',
    'fido-u2f',
    'packed',
    'tpm',
    'mds',
  ] as const)
    expect(SettingsService.getRootCertificates({ identifier }), identifier).toEqual([]);
});

/** Modules that hardly do anything else; of `net`, `tls` and `pg` it is said which of their functions. */
const CONNECTING = String.raw`(?:node:)?(?:http|https|http2|dgram|undici|mysql2(?:/\w+)?|nodemailer)`;
const OPENS: readonly RegExp[] = [
  new RegExp(`^(?:import|export) (?!type )[^';]*from '${CONNECTING}'`, 'm'),
  new RegExp(
    String.raw`\b(?:import|require|getBuiltinModule)\(\s*['"\x60](?:${CONNECTING}|(?:node:)?(?:net|tls)|pg)['"\x60]`,
  ),
  /^(?:import|export) (?!type )[^';]*(?<!\btype )\b(?:connect|createConnection|Socket|TLSSocket)\b[^';]*from '(?:node:)?(?:net|tls)'/m,
  // Under another name the next would not find it.
  /^(?:import (?!type |\{|net from|tls from)|export \*)[^';]*from '(?:node:)?(?:net|tls)'/m,
  /\b(?:net|tls)\.(?:connect|createConnection|Socket|TLSSocket)\(/,
  /^import (?!type )[^';]*(?<!\btype )\b(?:Client|Pool)\b[^';]*from 'pg'/m,
  /\bnew pg\.(?:Client|Pool)\(|\bnew (?:WebSocket|EventSource)\(/,
  /\bglobalThis\.fetch|(?<![\w.])fetch\(/,
];
const canConnect = (source: string): boolean => OPENS.some((pattern) => pattern.test(source));

it.each([
  "import net from 'node:net';\nnet.createConnection(1)",
  "import net from 'net';\nnew net.Socket()",
  "import { connect } from 'node:net';",
  "import { connect as go, isIP } from 'node:tls';",
  "import {\n  type Server,\n  createConnection,\n} from 'net';",
  "import * as sockets from 'node:net';",
  "import sockets from 'node:tls';",
  "import {\n  request,\n} from 'node:https';",
  "const { get } = await import('node:https');",
  'await import("net");',
  "require('http')",
  "process.getBuiltinModule('node:http2')",
  "export { request } from 'node:http';",
  "import { Client } from 'pg';",
  "new WebSocket('wss://contoh.example')",
  'await fetch(url)',
])('what can connect is found: %j', (source) => expect(canConnect(source)).toBe(true));

it.each([
  "import { isIP, type Socket } from 'node:net';",
  "import type { Socket } from 'node:net';\nimport { x } from './x.ts';",
  "import { createServer, type TLSSocket } from 'node:tls';",
  "import type { IncomingMessage } from 'node:http';",
  "import net from 'node:net';\nnet.isIP('')",
  "import { Server } from 'node:net';\nimport { connect } from './connection.ts';",
  'guarded.fetch(url)',
])('and what cannot is not: %j', (source) => expect(canConnect(source)).toBe(false));

it('no other file of the service can connect anywhere', () => {
  const root = import.meta.dirname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith('islands'),
  );
  const found = files.filter((file) => canConnect(readFileSync(path.join(root, file), 'utf8'))).sort();
  expect(found).toEqual(
    [
      // Judged by the list at each request.
      'interop/guarded-fetch.ts',
      'interop/webhook/send.ts',
      // To an address that `reach` has judged; of a command: cli/import/live.ts.
      'db/foreign/connect.ts',
      'db/foreign/live-connection.ts',
      'db/foreign/tls.ts',
      // Addresses of the environment, held against the list at the start.
      'db/connection.ts',
      'db/copy-out.ts',
      'db/embedded/roles.ts',
      'db/embedded/server.ts',
      'db/pipeline.ts',
      'interop/audit-sink.ts',
      'jobs/smtp.ts',
      // Servers only, and requests of ours handed on.
      'http-server.ts',
      'web/oidc/bridge.ts',
    ].sort(),
  );
});
