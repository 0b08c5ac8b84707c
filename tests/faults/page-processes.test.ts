import http, { type IncomingMessage } from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ground, openGround } from '../../bench/ground.ts';
import { formOf } from '../../bench/people.ts';
import { pageProcessesOf } from '../../faults/kill.ts';
import {
  build,
  cleanUp,
  databasePid,
  isRunning,
  makeFolder,
  type RunningService,
  startService,
  waitUntil,
} from './service.ts';

const folder = makeFolder();
const dataDir = path.join(folder, 'data');
const TWO = { env: { PAGE_PROCESSES: '2' } };
let service: RunningService;
let ground: Ground;
let home: string;

beforeAll(async () => {
  build();
  service = await startService(dataDir, TWO);
  ground = await openGround(dataDir);
  home = `${service.url}/banyuwangi`;
});
afterAll(async () => {
  await ground.close();
  await cleanUp(folder);
});

/** The one page process there is, once it serves. */
async function pageProcess(): Promise<number> {
  let [pid] = pageProcessesOf(service.pid);
  await waitUntil(() => {
    [pid] = pageProcessesOf(service.pid);
    return pid !== undefined;
  });
  return pid ?? 0;
}

/** Lets only one of the processes run meanwhile: what is asked, it answers. */
async function alone<T>(stopped: number, work: () => Promise<T>): Promise<T> {
  process.kill(stopped, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(stopped, 'SIGCONT');
  }
}

/** A connection of its own each time, which `fetch` does not promise: a kept one stays with who took it. */
const ask = (url: string, { body, ...options }: http.RequestOptions & { body?: URLSearchParams } = {}) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const request = http.request(
      url,
      { ...options, agent: false, method: body ? 'POST' : 'GET', signal: AbortSignal.timeout(20_000) },
      (answer) => resolve(answer.setEncoding('utf8')),
    );
    request.on('error', reject);
    if (body) request.setHeader('content-type', 'application/x-www-form-urlencoded');
    request.end(body?.toString());
  });

/** The status alone, its page let go. */
async function statusOf(...asked: Parameters<typeof ask>): Promise<number | undefined> {
  const answer = await ask(...asked);
  answer.resume();
  return answer.statusCode;
}

describe('two processes that serve pages', () => {
  it('each answer alone, on the one port', async () => {
    const pages = await pageProcess();
    expect(await alone(pages, () => statusOf(home))).toBe(200);
    expect(await alone(service.pid, () => statusOf(home))).toBe(200);
  });

  it('keep the long queue of the system for who comes in a rush', async () => {
    // Each handle that listens says the length anew, and the last one counts.
    const people = Array.from({ length: 600 }, () => net.connect(Number(new URL(home).port), '127.0.0.1'));
    let connected = 0;
    for (const socket of people) socket.on('connect', () => connected++).on('error', () => undefined);
    const pages = await pageProcess();
    await alone(pages, () => alone(service.pid, () => waitUntil(() => connected === people.length)));
    for (const socket of people) socket.destroy();
  });

  it('tell each other what changed: an open page of one hears of an act in the other', async () => {
    const pages = await pageProcess();
    const stream = await alone(service.pid, () => ask(`${home}/antrean/siaran`));
    expect(stream.headers['content-type']).toContain('text/event-stream');
    const { kind, setting } = await ground.registering();
    if (kind !== 'register') throw new Error('the ground offers no registration');
    const sent = await alone(pages, () =>
      ask(`${home}/daftar`, { body: formOf(1, setting), headers: { origin: service.url } }),
    );
    sent.resume();
    expect(sent.headers.location).toContain('/banyuwangi/permohonan/');
    let text = '';
    for await (const chunk of stream) {
      text += String(chunk);
      // Leaving the loop closes the stream.
      if (/^event: (?!ping)/m.test(text)) break;
    }
    expect(text).toMatch(/^event: (?!ping)/m);
  });

  it('count together what a kiosk may send in a minute', async () => {
    const pages = await pageProcess();
    const { kind, setting } = await ground.visiting(1, 1);
    if (kind !== 'visit') throw new Error('the ground offers no visit');
    const headers = { origin: service.url, cookie: `perangkat-banyuwangi=${setting.devices[0]}` };
    const body = new URLSearchParams({ jenis: 'non_member', tujuan: setting.purpose });
    const send = () => statusOf(`${home}/buku-tamu`, { headers, body });
    const some = async () => {
      const statuses: (number | undefined)[] = [];
      for (let n = 0; n < 60; n++) statuses.push(await send());
      return new Set(statuses);
    };
    expect(await alone(service.pid, some)).toEqual(new Set([303]));
    expect(await alone(pages, some)).toEqual(new Set([303]));
    // Half of what one alone lets pass: without hearing of each other both would for a long while yet.
    for (const other of [pages, service.pid]) {
      let last: number | undefined;
      for (let n = 0; n < 10 && last !== 429; n++) {
        last = await alone(other, send);
        await sleep(500);
      }
      expect(last).toBe(429);
    }
  });

  it('go on when one of them is killed, and it comes back', async () => {
    const killed = await pageProcess();
    process.kill(killed, 'SIGKILL');
    await waitUntil(() => !isRunning(killed));
    for (let n = 0; n < 20; n++) expect(await statusOf(home)).toBe(200);
    await waitUntil(() => pageProcessesOf(service.pid).some((pid) => pid !== killed));
    await waitUntil(async () => {
      await pageProcess();
      return alone(service.pid, async () => (await statusOf(home).catch(() => undefined)) === 200);
    });
    expect(service.output()).toContain('page-process-ended');
  });

  it('end with the service, killed or told to stop, and leave its port free', async () => {
    const before = await pageProcess();
    process.kill(service.pid, 'SIGKILL');
    await service.ended();
    await waitUntil(() => !isRunning(before));
    service = await startService(dataDir, { env: { ...TWO.env, PORT: new URL(service.url).port } });
    home = `${service.url}/banyuwangi`;
    const after = await pageProcess();
    expect(await statusOf(home)).toBe(200);
    const database = databasePid(dataDir);
    // Pages that stay open do not keep the service.
    const live = await Promise.all(Array.from({ length: 8 }, () => fetch(`${home}/antrean/siaran`)));
    expect(live.map(({ status }) => status)).toEqual(Array.from(live, () => 200));
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);
    expect([after, database].filter(isRunning)).toEqual([]);
  });
});
