/**
 * What no client of HTTP sends: bytes on a socket, to the service's own server. `app.request` of the other fuzz run makes
 * well-formed requests of everything; here lengths lie, chunks break off and two readers would read two requests.
 * `RAW_SEED=7 RAW_REQUESTS=5000 npx vitest run --project integration tests/integration/raw-requests.test.ts` asks others.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createServer, listen, type WebServer } from '../../src/http-server.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { phoneCase } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const SEED = Number(process.env.RAW_SEED ?? 1);
const REQUESTS = Number(process.env.RAW_REQUESTS ?? 600);
/** So long is waited for an answer to something that may never be whole. */
const QUIET_MS = 250;
const AT_ONCE = 8;

const SECRET = 'Contoh Rahasia Soket';
/** Words that only an error of the program itself would say. */
const INSIDE =
  /node:internal|node_modules|\.tsx?:\d+|at async |violates|syntax error at|invalid input syntax|kysely|ECONN/i;

let database: TestDatabase;
let site: TestApp;
let web: WebServer;
let port = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  await phoneCase(site, 'banyuwangi', SECRET);
  const read = readConfig({ PORT: '0' });
  if (!read.ok) throw new Error(read.problems.join());
  const created = createServer(read.config, site.deps.log);
  if (!created.ok) throw new Error(created.detail);
  web = created.web;
  web.attach(site.app.fetch);
  const listening = await listen(web.server, read.config);
  if (!listening.ok) throw new Error(listening.code);
  port = listening.port;
}, 60_000);
afterAll(async () => {
  await web.close(Promise.resolve());
  await database.drop();
});

/** All that comes back, until the server closes or says nothing more. */
function tell(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const said: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(QUIET_MS, () => socket.destroy());
    socket.on('data', (piece: Buffer) => said.push(piece));
    // A server that closes while we still send: that is an answer too.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(said).toString('latin1')));
    socket.write(bytes);
  });
}

const raw = (text: string): Buffer => Buffer.from(text, 'latin1');
const HOST = 'Host: localhost';
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://localhost';
const POST = `POST /masuk HTTP/1.1\r\n${HOST}\r\n${FORM}\r\n`;
const GET = `GET / HTTP/1.1\r\n${HOST}\r\n`;
/** Would be answered by itself if somebody took the end of a body for a request. */
const SMUGGLED = `GET /readyz HTTP/1.1\r\n${HOST}\r\nX: `;

/** `once`: read in two ways it would be two requests; at most one answer may come, and none to what was smuggled. */
const SHAPES: readonly (readonly [what: string, bytes: string, once?: 'once'])[] = [
  ['a length that is no number', `${POST}Content-Length: zehn\r\n\r\na=b`],
  ['a negative length', `${POST}Content-Length: -1\r\n\r\na=b`],
  ['a length with a sign', `${POST}Content-Length: +3\r\n\r\na=b`],
  ['a length in hex', `${POST}Content-Length: 0x3\r\n\r\na=b`],
  ['a length past all numbers', `${POST}Content-Length: 99999999999999999999999\r\n\r\na=b`],
  ['two lengths', `${POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b`, 'once'],
  ['the same length twice', `${POST}Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b`],
  ['two lengths in a line', `${POST}Content-Length: 3, 4\r\n\r\na=b`, 'once'],
  ['a length that is too long', `${POST}Content-Length: 50\r\n\r\na=b`],
  ['a length that is too short', `${POST}Content-Length: 3\r\n\r\na=b${SMUGGLED}`],
  ['a chunk of no size', `${POST}Transfer-Encoding: chunked\r\n\r\n\r\na=b\r\n0\r\n\r\n`],
  ['a chunk of a wrong size', `${POST}Transfer-Encoding: chunked\r\n\r\n9\r\na=b\r\n0\r\n\r\n`],
  ['a chunk of a negative size', `${POST}Transfer-Encoding: chunked\r\n\r\n-3\r\na=b\r\n0\r\n\r\n`],
  [
    'a chunk past all sizes',
    `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na=b\r\n0\r\n\r\n`,
  ],
  ['a chunk that breaks off', `${POST}Transfer-Encoding: chunked\r\n\r\n3\r\na`],
  [
    'a chunk with a long extension',
    `${POST}Transfer-Encoding: chunked\r\n\r\n3;${'x'.repeat(40_000)}\r\na=b\r\n0\r\n\r\n`,
  ],
  ['chunks with bare line feeds', `${POST}Transfer-Encoding: chunked\r\n\r\n3\na=b\n0\n\n`, 'once'],
  [
    'a trailer that names a length',
    `${POST}Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n`,
  ],
  [
    'length and chunks',
    `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'once',
  ],
  [
    'chunks and length',
    `${POST}Transfer-Encoding: chunked\r\nContent-Length: 60\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'once',
  ],
  [
    'chunks twice',
    `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'once',
  ],
  [
    'chunks that are not last',
    `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'once',
  ],
  ['chunks spelt oddly', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`, 'once'],
  [
    'chunks behind a tab',
    `${POST}Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'once',
  ],
  [
    'a space before the colon',
    `${POST}Transfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\na=b${SMUGGLED}`,
    'once',
  ],
  [
    'chunks in HTTP/1.0',
    `POST /masuk HTTP/1.0\r\n${HOST}\r\n${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'once',
  ],
  ['a line that is folded', `${GET}X-A: a\r\n b\r\n\r\n`],
  ['a length that is folded', `${POST}Content-Length:\r\n 3\r\n\r\na=b`],
  ['a first header that is folded', `GET / HTTP/1.1\r\n ${HOST}\r\n\r\n`],
  ['a header without a colon', `${GET}nonsense\r\n\r\n`],
  ['a header without a name', `${GET}: x\r\n\r\n`],
  ['NUL in a header', `${GET}X-A: a\0b\r\n\r\n`],
  ['NUL in the name of a header', `${GET}X\0A: b\r\n\r\n`],
  ['NUL in the path', `GET /\0banyuwangi HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['raw bytes in the path', `GET /banyu\xff\xfe\x80wangi HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['raw bytes in the query', `GET /banyuwangi?q=\xff\xfe HTTP/1.1\r\n${HOST}\r\n\r\n`],
  [
    'raw bytes in headers',
    `${GET}Cookie: bahasa=\xff\xfe; sesi-banyuwangi=\x80\r\nAccept-Language: \xff\r\n\r\n`,
  ],
  ['a bare carriage return in a header', `${GET}X-A: a\rSet-Cookie: x=1\r\n\r\n`],
  ['bare line feeds', `GET / HTTP/1.1\n${HOST}\n\n`],
  ['a space in the path', `GET / etc HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['100 KB in a header', `${GET}X-A: ${'a'.repeat(100_000)}\r\n\r\n`],
  [
    '100 KB of headers',
    `${GET}${Array.from({ length: 4_000 }, (_, n) => `X-${n}: ${'a'.repeat(15)}\r\n`).join('')}\r\n`,
  ],
  ['a cookie of 15 KB', `${GET}Cookie: ${'a=b; '.repeat(3_000)}\r\n\r\n`],
  ['a path of 100 KB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['an encoding that nobody knows', `${POST}Content-Encoding: contoh\r\nContent-Length: 3\r\n\r\na=b`],
  ['gzip that is none', `${POST}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\na=b`],
  ['HTTP/0.9', 'GET /\r\n'],
  ['HTTP/1.2', `GET / HTTP/1.2\r\n${HOST}\r\n\r\n`],
  ['HTTP/3.0', `GET / HTTP/3.0\r\n${HOST}\r\n\r\n`],
  ['HTTP/9.9', `GET / HTTP/9.9\r\n${HOST}\r\n\r\n`],
  ['another protocol', `GET / RTSP/1.0\r\n${HOST}\r\n\r\n`],
  ['HTTP/2 by itself', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'],
  ['the beginning of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['an absolute target', `GET http://localhost/banyuwangi HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['an absolute target of another host', `GET http://evil.example/banyuwangi HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['an absolute target of another kind', `GET file:///etc/passwd HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['an absolute target of nothing', `GET http:// HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['an absolute target with a password', `GET http://a:b@localhost:99999/ HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['a target of two slashes', `GET //evil.example/x HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['a target without a slash', `GET banyuwangi HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['a star', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['an upgrade', `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n`],
  ['h2c', `${GET}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n\r\n`],
  ['TRACE', `TRACE / HTTP/1.1\r\n${HOST}\r\nX-Secret: a\r\n\r\n`],
  ['a method that nobody knows', `CONTOH / HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['a method in small letters', `get / HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two hosts', `GET / HTTP/1.1\r\n${HOST}\r\nHost: evil.example\r\n\r\n`],
  ['an empty host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: <script>\r\n\r\n'],
  ['a host with a path', 'GET / HTTP/1.1\r\nHost: localhost/../x?y#z\r\n\r\n'],
  ['a host with raw bytes', 'GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n'],
  ['a port past all ports', 'GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n'],
  ...[
    '.1',
    '1.2.3.4.5',
    '1.1.1.300',
    '0x',
    '[::1',
    '[]',
    'a..b',
    'xn--',
    'localhost:',
    '-',
    '_',
    '%',
    '1e9',
    '..',
  ].map((host) => [`the host ${host}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`] as const),
  ['an expectation that nobody knows', `${POST}Expect: contoh\r\nContent-Length: 3\r\n\r\na=b`],
  ['a body to a GET', `${GET}Content-Length: 3\r\n\r\na=b`],
  ['a GET in chunks', `${GET}Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n`],
  ['two requests at once', `${GET}\r\n${GET}Connection: close\r\n\r\n`],
  ['many requests at once', `${GET}\r\n`.repeat(60)],
  ['nothing but line ends', '\r\n'.repeat(5_000)],
  ['nothing but NUL', '\0'.repeat(5_000)],
];

/** Honest requests, which the second part spoils. */
const HONEST = [
  `${GET}Accept-Encoding: gzip, br\r\nCookie: bahasa=en\r\n\r\n`,
  `GET /banyuwangi/daftar?lang=en HTTP/1.1\r\n${HOST}\r\n\r\n`,
  `${POST}Content-Length: 44\r\n\r\nperpustakaan=banyuwangi&nama=siapa&sandi=abc`,
  `POST /banyuwangi/daftar HTTP/1.1\r\n${HOST}\r\n${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nname=abc\r\n0\r\n\r\n`,
  `POST /banyuwangi/permohonan/AAAAAAAAAAAAAAAAAAAAAA/foto HTTP/1.1\r\n${HOST}\r\nOrigin: http://localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 91\r\n\r\n--x\r\nContent-Disposition: form-data; name="foto-berkas"; filename="a.jpg"\r\n\r\n\xff\xd8\xff\r\n--x--\r\n`,
  `POST /api/v1/members HTTP/1.1\r\n${HOST}\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
] as const;
const SPOILS = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  '\xff',
  '%',
  '%00',
  ';',
  ',',
  '0',
  '-1',
  '\x7f',
  '"',
  '\\',
];

/** The same numbers for the same seed. */
function seeded(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

function spoilt(pick: (most: number) => number): string {
  let text: string = HONEST[pick(HONEST.length)] ?? '';
  for (let times = 1 + pick(4); times > 0; times--) {
    const at = pick(text.length);
    const other = pick(text.length);
    const [from, to] = [Math.min(at, other), Math.max(at, other)];
    const spoil = SPOILS[pick(SPOILS.length)] ?? '';
    text =
      [
        () => text.slice(0, at) + spoil + text.slice(at),
        () => text.slice(0, at) + spoil + text.slice(at + spoil.length),
        () => text.slice(0, from) + text.slice(to),
        () => text.slice(0, to) + text.slice(from),
        () => text.slice(0, at),
        () => text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1),
      ][pick(6)]?.() ?? text;
  }
  return text;
}

const statusesOf = (said: string) =>
  [...said.matchAll(/(?:^|\n|\})HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));

it('bytes that are no request are refused or left, and the next one is served', {
  timeout: 300_000,
}, async () => {
  const wrong: string[] = [];
  const seen = new Map<number | 'closed', number>();
  let asked = 0;

  async function ask(what: string, bytes: Buffer, once: boolean): Promise<void> {
    const said = await tell(bytes);
    asked++;
    const statuses = statusesOf(said);
    for (const status of statuses.length === 0 ? (['closed'] as const) : statuses)
      seen.set(status, (seen.get(status) ?? 0) + 1);
    const complain = (fault: string) =>
      wrong.push(`${fault}: ${what}: ${JSON.stringify(said.slice(0, 400))}`);
    // What this server does not do at all, it may say so.
    if (statuses.some((status) => status >= 500 && status !== 501 && status !== 505))
      complain(String(statuses));
    if (said !== '' && statuses.length === 0) complain('no answer of HTTP');
    if (once && (statuses.length > 1 || statuses[0] === 200)) complain('read as two');
    if (said.includes(SECRET) || INSIDE.test(said)) complain('leak');
    if (/^set-cookie: x=1/im.test(said)) complain('header');
    if (/^location: (?!\/(?!\/)|http:\/\/localhost)/im.test(said)) complain('away');
    const next = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { connection: 'close' } });
    if (next.status !== 200) complain(`the next one got ${next.status}`);
    await next.arrayBuffer();
  }

  const all = [
    ...SHAPES.map(([what, bytes, once]) => ({ what, bytes: raw(bytes), once: once === 'once' })),
    ...Array.from({ length: REQUESTS }, (_, n) => {
      const bytes = spoilt(seeded(SEED * 1_000_003 + n));
      return {
        what: `spoilt ${n} of seed ${SEED}: ${JSON.stringify(bytes.slice(0, 300))}`,
        bytes: raw(bytes),
        once: false,
      };
    }),
  ];
  const waiting = all[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const { what, bytes, once } of waiting) await ask(what, bytes, once);
    }),
  );
  console.log(
    `raw_seed: ${SEED}\nraw_requests: ${asked}\nraw_answers: ${JSON.stringify(Object.fromEntries(seen))}\nraw_faults: ${wrong.length}`,
  );
  expect(wrong).toEqual([]);
  // None of it was a fault of the service's own, nor is anybody named in its log.
  expect(site.logged.filter(({ level }) => level === 'error')).toEqual([]);
  expect(JSON.stringify(site.logged)).not.toContain(SECRET);
  expect(seen.get(400) ?? 0).toBeGreaterThan(SHAPES.length / 3);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});
