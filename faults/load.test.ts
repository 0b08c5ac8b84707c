import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { kill } from './kill.ts';
import { newTally, openSender, type Sender, type Tally } from './sender.ts';

const CLEAR = '<!doctype html><html lang="id"><p>Silakan tunggu sebentar.</p></html>';
const STACK = '<html><pre>Error: no\n    at run (file:///srv/dist/cli.js:12:34)</pre></html>';
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const AGAIN = { ...HTML, 'retry-after': '5' };
const ANSWERS: Readonly<Record<string, readonly [number, Readonly<Record<string, string>>, string]>> = {
  '/good': [200, HTML, CLEAR],
  '/stack': [200, HTML, STACK],
  '/missing': [404, HTML, CLEAR],
  '/error': [500, AGAIN, CLEAR],
  '/outage': [503, AGAIN, CLEAR],
  '/outage-without-time': [503, HTML, CLEAR],
  '/outage-with-stack': [503, AGAIN, STACK],
  '/outage-of-a-proxy': [503, { 'content-type': 'text/plain', 'retry-after': '5' }, 'no server'],
};

let server: http.Server;
let tally: Tally;
let sender: Sender;
let pages: number;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const answer = ANSWERS[request.url ?? ''];
    if (answer === undefined) return void request.socket.destroy();
    const [status, headers, body] = answer;
    response.writeHead(status, headers).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
beforeEach(() => {
  tally = newTally();
  pages = 0;
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  sender = openSender(origin, tally, new AbortController().signal, () => pages++);
});
afterAll(() => void server.close());

const look = (path: string) => sender.look(path, '10.252.0.1');
const send = (path: string) => sender.once({ path, fields: {}, clientAddress: '10.252.0.1', cookie: '' });

it('a page that is looked at must come, or say in words when to come again', async () => {
  expect(await look('/good')).toMatchObject({ status: 200 });
  expect(await look('/outage')).toBeUndefined();
  expect(tally).toMatchObject({ looks: 2, unseen: 0, outagePages: 1, unclear: [], unknown: 0, hung: 0 });
  expect(pages).toBe(1);
  expect(tally.longestLookMs).toBeGreaterThan(0);
});

it.each(['/stack', '/missing', '/error', '/outage-without-time', '/outage-with-stack', '/outage-of-a-proxy'])(
  '%s is a page that nobody can make anything of',
  async (path) => {
    await look(path);
    expect(tally.unclear).toEqual([expect.stringContaining(path)]);
    expect(tally.outagePages).toBe(0);
  },
);

it('what nobody answered is neither a page nor a refusal, for who looks and for who sends', async () => {
  expect(await look('/cut')).toBeUndefined();
  expect(tally).toMatchObject({ looks: 0, unseen: 1, unknown: 0 });
  expect(await send('/cut')).toBeUndefined();
  expect(await send('/outage')).toBeUndefined();
  expect(tally).toMatchObject({ unseen: 1, unknown: 2, outagePages: 1, hung: 0, unclear: [] });
});

it('a kill counts where somebody was there to be killed', async () => {
  expect(kill(undefined)).toBe(false);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  expect(kill(child.pid)).toBe(true);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(kill(child.pid)).toBe(false);
});
