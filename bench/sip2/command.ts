/**
 * `npm run bench -- sip2`: how many patron status requests (23/24) 32 devices are answered a second, in the program as
 * it is started. Beside it, in turn, its limits: an empty server with the same framing in a process of its own, and the
 * one statement that each request needs, over as many connections.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { PATRON_NOW } from '../../src/db/patron.ts';
import { DEFAULT_SIP2, PER_MINUTE } from '../../src/domain/client.ts';
import { openFramer } from '../../src/domain/sip2-grammar/framing.ts';
import { besideService } from '../../src/main.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createSip2Client } from '../../src/usecases/manage-client.ts';
import { closedLoop, type Measured, percentile, perSecond, together } from '../closed-loop.ts';
import { openGround, reach, SLUG } from '../ground.ts';
import { startService } from '../service.ts';

type Print = (name: string, value: number, unit: string) => void;

export const SIP2_USAGE = 'npm run bench -- sip2 [--seconds 5] [--rounds 2]';
const CLIENTS = 32;
const MEMBERS = 20_000;

/** @returns the exit code */
export async function sip2(args: readonly string[], print: Print): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { seconds: text, rounds: text }, strict: false });
  const seconds = Number(values.seconds ?? 5);
  const rounds = Number(values.rounds ?? 2);
  if (!(seconds > 0 && rounds >= 1)) {
    console.error(SIP2_USAGE);
    return 2;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-sip2-'));
  const running: (() => Promise<void>)[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const stop of running.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    await measure({ seconds, rounds, dataDir: path.join(folder, 'data') }, running, print);
    return 0;
  } finally {
    await cleanUp();
  }
}

async function measure(
  { seconds, rounds, dataDir }: { seconds: number; rounds: number; dataDir: string },
  running: (() => Promise<void>)[],
  print: Print,
): Promise<void> {
  const port = await freePort();
  const program = path.join(path.dirname(process.argv[1] ?? ''), 'cli.js');
  const service = await startService(program, dataDir, { SIP2_PORT: String(port) });
  running.push(service.stop);
  const ground = await openGround(dataDir);
  running.push(ground.close);
  const task = await ground.visiting(1, MEMBERS);
  if (task.kind !== 'visit') throw new Error('no members');
  await ground.analyse();
  const { members } = task.setting;
  const installation = await reach(dataDir);
  const { libraryId, accounts } = await besideService(installation, async (db, deps) => {
    const library = await loadLibrary(db, SLUG, deps.now());
    if (!library) throw new Error('not seeded');
    const scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'bench' } as const;
    const made = [];
    for (let at = 0; at < CLIENTS; at++)
      made.push(
        await createSip2Client(db, deps, scope, {
          name: `gerbang-${at}`,
          scopes: ['patron.read'],
          settings: DEFAULT_SIP2,
          addresses: [],
          perMinute: PER_MINUTE.max,
          servicePointId: null,
        }),
      );
    return { libraryId: library.id, accounts: made };
  });
  const echo = await startEcho();
  running.push(echo.stop);

  let turn = 0;
  const request = () => {
    const number = members[turn++ % members.length] ?? '';
    return `2300020260302    090000AObanyuwangi|AA${number}|AC|AD|AY${turn % 10}AZ`;
  };
  const devices = await Promise.all(
    accounts.map(async (account) => {
      if (!account.ok) throw new Error(account.reason);
      const device = await dial(port);
      const entered = await device.ask(`9300CN${account.login}|CO${account.password}|`);
      if (!entered.startsWith('941')) throw new Error('a device was not let in');
      return async () => (await device.ask(summed(request()))).includes('|BLY|');
    }),
  );
  const empty = await Promise.all(
    accounts.map(async () => {
      const device = await dial(echo.port);
      return async () => (await device.ask(summed(request()))).startsWith('23');
    }),
  );
  const pool = new pg.Pool({ ...installation.app, max: CLIENTS });
  running.push(() => pool.end());
  const straight = Array.from({ length: CLIENTS }, () => async () => {
    const values = [String(libraryId), [members[turn++ % members.length]]];
    return (await pool.query({ name: 'patron', text: PATRON_NOW, values })).rowCount === 1;
  });

  const measured: Record<'sip2' | 'echo' | 'query', Measured[]> = { sip2: [], echo: [], query: [] };
  await closedLoop(devices, Math.min(2, seconds));
  await closedLoop(straight, 1);
  for (let round = 0; round < rounds; round++) {
    measured.sip2.push(await closedLoop(devices, seconds));
    measured.echo.push(await closedLoop(empty, seconds / 2));
    measured.query.push(await closedLoop(straight, seconds / 2));
  }
  const [asked, echoed, queried] = [measured.sip2, measured.echo, measured.query].map(together);
  if (!asked || !echoed || !queried) throw new Error('nothing was measured');
  if (asked.failed > 0) throw new Error(`${asked.failed} requests were not answered as they should be`);
  print('sip2_c32', perSecond(asked), 'req/s');
  print('sip2_p95', percentile(asked, 95), 'ms');
  print('sip2_limit_echo', perSecond(echoed), 'req/s');
  print('sip2_limit_query', perSecond(queried), 'req/s');
  console.log(
    `  sip2_c32 is ${Math.round((100 * perSecond(asked)) / perSecond(queried))} % of its query alone, ` +
      'which asks for each request by itself',
  );
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startEcho(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child = fork(process.argv[1] ?? '', ['sip2-echo']);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The empty server: the same framing, and each message back as it came. */
export function echo(): void {
  const server = createServer((socket) => {
    const framer = openFramer();
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      const messages = framer.push(chunk);
      if (messages === 'too-long') socket.destroy();
      else for (const message of messages) socket.write(Buffer.concat([message, Buffer.of(0x0d)]));
    });
  }).listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit(0));
}

interface Dialled {
  /** One message, and the next one that comes. */
  ask(message: string): Promise<string>;
}

async function dial(port: number): Promise<Dialled> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  // The bench is over when everything is: no line keeps the process.
  socket.unref();
  let heard = '';
  let answer: ((message: string) => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    const end = heard.indexOf('\r');
    if (end < 0) return;
    const message = heard.slice(0, end);
    heard = heard.slice(end + 1);
    answer?.(message);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => fail?.(new Error('the line was closed')));
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        answer = resolve;
        fail = reject;
        socket.write(`${message}\r`, 'latin1');
      }),
  };
}

function summed(message: string): string {
  let sum = 0;
  for (let at = 0; at < message.length; at++) sum += message.charCodeAt(at);
  return `${message}${(-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0')}`;
}
