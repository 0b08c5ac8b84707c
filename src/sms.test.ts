/** That text messages reach a gateway over a real connection, in each of the usual shapes, and what its answers come to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import type { Phone } from './domain/ids.ts';
import { smsSender } from './jobs/sms.ts';

interface Heard {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
const heard: Heard[] = [];
const NOTHING: Heard = { method: undefined, url: '', headers: {}, body: '' };
let answer: (response: ServerResponse) => void;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url = '', headers } = request;
    heard.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
    answer(response);
  });
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  heard.length = 0;
  answer = (response) => void response.end('{"state":"Pending"}');
});

const MESSAGE = {
  to: '+6281234567890' as Phone,
  text: 'Perpus & "Kota" 100%: kode Anda 012345, a+b=c?',
};

/** As the service reads the environment. */
function sender(env: Readonly<Record<string, string>>, timeoutMs = 5_000) {
  const read = readConfig(env);
  if (!read.ok || read.config.sms === undefined)
    throw new Error(read.ok ? 'no gateway' : read.problems.join());
  return smsSender(read.config.sms, read.config.outgoingHosts, timeoutMs);
}

it('an app on a phone: JSON by POST, with the user and password of its address', async () => {
  const send = sender({
    SMS_URL: `http://perpus:rahasia%3A1@${base}/message`,
    SMS_BODY: '{"textMessage":{"text":"{teks}"},"phoneNumbers":["{nomor}"]}',
  });
  expect(await send(MESSAGE)).toEqual({ ok: true });
  const [{ method, url, headers, body } = NOTHING] = heard;
  expect([method, url, headers['content-type']]).toEqual(['POST', '/message', 'application/json']);
  expect(headers.authorization).toBe(`Basic ${Buffer.from('perpus:rahasia:1').toString('base64')}`);
  expect(JSON.parse(body)).toEqual({ textMessage: { text: MESSAGE.text }, phoneNumbers: [MESSAGE.to] });
});

it('Kannel or playSMS: everything in the query of a GET', async () => {
  const send = sender({
    SMS_URL: `http://${base}/cgi-bin/sendsms?username=perpus&password=a%26b&to={nomor-62}&text={teks}`,
    SMS_OK: 'Accepted for delivery',
  });
  answer = (response) => void response.writeHead(202).end('0: Accepted for delivery');
  expect(await send(MESSAGE)).toEqual({ ok: true });
  const { searchParams } = new URL(heard[0]?.url ?? '', 'http://x');
  expect([heard[0]?.method, heard[0]?.body]).toEqual(['GET', '']);
  expect(Object.fromEntries(searchParams)).toEqual({
    username: 'perpus',
    password: 'a&b',
    to: '6281234567890',
    text: MESSAGE.text,
  });
  answer = (response) => void response.writeHead(200).end('4: Temporal failure, try again later');
  expect(await send(MESSAGE)).toEqual({ ok: false, code: 'sms-refused', permanent: true, maybeSent: true });
});

it('a provider: a form with a key in a header, or in the form', async () => {
  const send = sender({
    SMS_URL: `http://${base}/api/v2/sms`,
    SMS_BODY: 'sender=PERPUS&to={nomor-0}&message={teks}',
    SMS_AUTHORIZATION: 'X-Api-Key: kunci-contoh',
  });
  expect(await send(MESSAGE)).toEqual({ ok: true });
  const [{ headers, body } = NOTHING] = heard;
  expect([headers['content-type'], headers['x-api-key'], headers.authorization]).toEqual([
    'application/x-www-form-urlencoded',
    'kunci-contoh',
    undefined,
  ]);
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    sender: 'PERPUS',
    to: '081234567890',
    message: MESSAGE.text,
  });
});

const GET = '?to={nomor}&text={teks}';

it.each([
  [400, 'sms-400', true, false],
  [401, 'sms-401', true, false],
  [429, 'sms-429', false, false],
  [500, 'sms-500', false, true],
  [503, 'sms-503', false, true],
])('an answer of %i comes to %s', async (status, code, permanent, maybeSent) => {
  answer = (response) => void response.writeHead(status).end(MESSAGE.text);
  const send = sender({ SMS_URL: `http://${base}/${GET}` });
  expect(await send(MESSAGE)).toEqual({ ok: false, code, permanent, maybeSent });
});

it('a redirect is not followed', async () => {
  answer = (response) => void response.writeHead(307, { location: `http://${base}/lain` }).end();
  const send = sender({ SMS_URL: `http://${base}/${GET}` });
  const outcome = { ok: false, code: 'sms-redirect', permanent: true, maybeSent: true };
  expect(await send(MESSAGE)).toEqual(outcome);
  expect(heard).toHaveLength(1);
});

it('a gateway that is slow, hangs up or is away is tried again, and counts where it may have sent', async () => {
  const send = sender({ SMS_URL: `http://${base}/${GET}` }, 300);
  const held: ServerResponse[] = [];
  answer = (response) => void held.push(response);
  expect(await send(MESSAGE)).toEqual({ ok: false, code: 'sms-slow', permanent: false, maybeSent: true });
  answer = (response) => void response.destroy();
  expect(await send(MESSAGE)).toMatchObject({ code: 'sms-connection', permanent: false, maybeSent: true });
  // A port that was free a moment ago.
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const away = sender({ SMS_URL: `http://127.0.0.1:${port}/${GET}` });
  expect(await away(MESSAGE)).toEqual({
    ok: false,
    code: 'sms-connection',
    permanent: false,
    maybeSent: false,
  });
  const cut = new AbortController();
  answer = (response) => {
    held.push(response);
    cut.abort();
  };
  expect(await sender({ SMS_URL: `http://${base}/${GET}` })(MESSAGE, cut.signal)).toMatchObject({
    ok: false,
  });
});

it('nothing is asked of a host that the operator has not named, but of this computer', async () => {
  const sendBy = (url: string) => {
    const read = readConfig({ SMS_URL: `${url}${GET}` });
    if (!read.ok || read.config.sms === undefined) throw new Error('no gateway');
    return smsSender(read.config.sms, ['lain.contoh.go.id'], 2_000)(MESSAGE);
  };
  const refused = { ok: false, code: 'sms-address', permanent: false, maybeSent: false };
  expect(await sendBy('https://gerbang.contoh.go.id/')).toEqual(refused);
  expect(await sendBy('https://10.0.0.9/')).toEqual(refused);
  expect(await sendBy(`http://${base}/`)).toEqual({ ok: true });
  expect(heard).toHaveLength(1);
});
