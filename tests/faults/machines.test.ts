/**
 * Accounts of machines as whoever has the server makes them: the commands of the guide, beside the running program, and
 * each machine at its door. A renewed certificate is the program's own affair as well.
 */
import { generateKeyPairSync } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReceiver, type Receiver } from '../support/receiver.ts';
import { Device, signedIn } from '../support/sip2.ts';
import { selfSigned } from '../support/tls-files.ts';
import {
  build,
  cleanUp,
  makeFolder,
  type RunningService,
  runCommand,
  startService,
  waitUntil,
} from './service.ts';

let folder: string;
let dataDir: string;
let service: RunningService;
let receiver: Receiver;
let sip2Port: number;
let certificate = selfSigned();

beforeAll(async () => {
  build();
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  receiver = await openReceiver();
  putCertificate();
  service = await startService(dataDir, {
    env: {
      SIP2_PORT: '0',
      SIP2_TLS_CERT: path.join(folder, 'cert.pem'),
      SIP2_TLS_KEY: path.join(folder, 'key.pem'),
    },
  });
  sip2Port = Number(/SIP2 +127\.0\.0\.1:(\d+) \(TLS\)/.exec(service.output())?.[1]);
}, 120_000);
afterAll(async () => {
  await receiver?.close();
  await cleanUp(folder);
});

function putCertificate(): void {
  for (const [name, text] of [
    ['cert.pem', certificate.cert],
    ['key.pem', certificate.key],
  ] as const) {
    writeFileSync(path.join(folder, `${name}.new`), text);
    renameSync(path.join(folder, `${name}.new`), path.join(folder, name));
  }
}

/** A command about Banyuwangi, as it is typed. */
async function typed(line: string): Promise<{ readonly code: number | string; readonly output: string }> {
  return runCommand(dataDir, [...line.split(' '), '--library', 'banyuwangi']);
}

/** The same, which must do what it is told. */
async function done(line: string): Promise<string> {
  const { code, output } = await typed(line);
  expect(code, output).toBe(0);
  return output;
}

const printed = (name: string, output: string) =>
  new RegExp(`^${name}: +(\\S+)$`, 'm').exec(output)?.[1] ?? '';

test('a SIP2 device signs in with what the command printed once, until it gets another password or none', async () => {
  const made = await done('client create sip2 --name gerbang-1 --address 127.0.0.0/8');
  const [login, password] = [printed('login', made), printed('password', made)];
  expect(login).toBe('banyuwangi.gerbang-1');
  expect(await done('client list')).toMatch(/^banyuwangi\.gerbang-1 +never used/m);
  const device = await signedIn(sip2Port, { login, password }, certificate.cert);
  expect(await device.ask('9900802.00')).toMatch(/^98YNNNNN/);
  expect(await device.ask('2300020260302    090000AObanyuwangi|AATIDAK-ADA|AC|AD|')).toMatch(/^24.*\|BLN\|/);
  device.destroy();
  await waitUntil(async () => /last used .* from 127\.0\.0\.1, \d+ messages/.test(await done('client list')));
  expect(await done('client list')).not.toContain(password);
  expect((await typed('client create sip2 --name gerbang-1')).code).toBe(1);

  const rotated = printed('password', await done('client rotate --name gerbang-1'));
  await expect(signedIn(sip2Port, { login, password }, certificate.cert)).rejects.toThrow('not signed in');
  const again = await signedIn(sip2Port, { login, password: rotated }, certificate.cert);
  await done('client revoke --name gerbang-1');
  await waitUntil(async () => (await again.ask('9900802.00')) === undefined, 10_000);
  await expect(signedIn(sip2Port, { login, password: rotated }, certificate.cert)).rejects.toThrow(
    'not signed in',
  );
});

test('a certificate that was replaced is shown to the next device, and the log says so', async () => {
  const old = certificate;
  (await Device.connect(sip2Port, old.cert)).destroy();
  certificate = selfSigned();
  putCertificate();
  (await Device.connect(sip2Port, certificate.cert)).destroy();
  await expect(Device.connect(sip2Port, old.cert)).rejects.toThrow();
  expect(service.output()).toContain('"event":"certificate-renewed"');
});

test('a program asks with the key that the command printed once, until it is revoked', async () => {
  const key = printed(
    'key',
    await done('client create api --name situs-web --scopes members.read,cards.verify'),
  );
  const ask = () =>
    fetch(`${service.url}/api/v1/members?fields=id,status`, { headers: { authorization: `Bearer ${key}` } });
  expect((await ask()).status).toBe(200);
  const list = await done('client list api');
  expect(list).toMatch(/^situs-web +last used .*: .*members\.read/m);
  expect(list).not.toContain(key);
  await done('client revoke api --name situs-web');
  expect((await ask()).status).toBe(401);
  expect((await typed('client create api --name situs-web --scopes semuanya')).code).toBe(2);
});

test('a service gets a secret, or none where it signs with a key of its own', async () => {
  const redirect = '--title Buku --redirect https://buku.example/kembali';
  const made = await done(`client create oidc --name buku ${redirect}`);
  expect(printed('client_secret', made)).toMatch(/^[\w-]{43}$/);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [open, secret] = [path.join(folder, 'publik.json'), path.join(folder, 'privat.json')];
  writeFileSync(open, JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
  writeFileSync(secret, JSON.stringify(privateKey.export({ format: 'jwk' })));
  const signs = await done(`client create oidc --name cerita ${redirect} --method jwt --keys ${open}`);
  expect(printed('client_id', signs)).toMatch(/^[0-9a-f-]{36}$/);
  expect(signs).not.toContain('client_secret');
  const refused = await typed(`client create oidc --name lain ${redirect} --method jwt --keys ${secret}`);
  expect([refused.code, refused.output.includes('private key')]).toEqual([1, true]);
  expect(await done('client list oidc')).toContain(printed('client_id', signs));
  await done('client revoke oidc --name buku');
  expect(await done('client list oidc')).toMatch(/^buku .* revoked /m);
});

test('a receiver of webhooks is registered, tried, held and removed by the command', async () => {
  const at = `--name situs-web --url ${receiver.url}`;
  expect((await typed(`webhook create ${at}`)).output).toContain('begins with https://');
  expect((await typed(`webhook create ${at} --inside --events kartu`)).output).toContain('Events are:');
  const secret = printed('secret', await done(`webhook create ${at} --inside`));
  expect(secret).toMatch(/^whsec_/);
  await done('webhook test --name situs-web');
  await waitUntil(() => receiver.heard.some(({ type }) => type === 'webhook.test'), 20_000);
  expect(printed('secret', await done('webhook rotate --name situs-web'))).not.toBe(secret);
  await done('webhook pause --name situs-web');
  expect((await typed('webhook test --name situs-web')).output).toContain('Resume it first');
  const list = await done('webhook list');
  expect(list).toMatch(/^situs-web +paused/m);
  expect(list).not.toContain('whsec_');
  await done('webhook resume --name situs-web');
  await done('webhook remove --name situs-web');
  expect(await done('webhook list')).not.toContain('situs-web');
});
