/** `npm run bench -- verify`: how fast cards are checked, online with the whole way to the database, and by a gate alone. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Measured, perSecond, together } from '../closed-loop.ts';
import type { Ground } from '../ground.ts';
import { type CpuTime, cpuOf } from '../service.ts';
import { startWorker } from '../worker-process.ts';
import { measureOffline } from './offline.ts';

type Print = (name: string, value: number, unit: string) => void;

const CLIENTS = 32;
const NOTHING: CpuTime = { app: 0, database: 0 };

/**
 * @param running what has to be stopped when the measure is broken off
 */
export async function measureVerify(
  options: { readonly seconds: number; readonly rounds: number; readonly dataDir: string },
  ground: Ground,
  running: Set<() => Promise<void>>,
  print: Print,
): Promise<void> {
  const { seconds, rounds, dataDir } = options;
  const codes = await ground.cards();
  const server = await startServer(dataDir);
  const stop = async (): Promise<void> => {
    server.child.disconnect();
    await server.ended;
  };
  running.add(stop);
  const worker = startWorker({ url: server.url, dataDir });
  try {
    const run = (way: 'check' | 'page' | 'signature', length: number) =>
      worker.run({ kind: 'verify', setting: { codes, way } }, 'service', CLIENTS, length);
    for (const way of ['check', 'page', 'signature'] as const) await run(way, Math.min(2, seconds));
    const measured = { check: [] as Measured[], page: [] as Measured[], signature: [] as Measured[] };
    const taken = { check: NOTHING, page: NOTHING, signature: NOTHING };
    const pid = server.child.pid ?? 0;
    for (let round = 0; round < rounds; round++)
      for (const way of ['check', 'page', 'signature'] as const) {
        const before = cpuOf({ pid }, dataDir);
        measured[way].push(await run(way, seconds));
        const after = cpuOf({ pid }, dataDir);
        taken[way] = {
          app: taken[way].app + after.app - before.app,
          database: taken[way].database + after.database - before.database,
        };
      }
    const rate = (way: keyof typeof measured) => perSecond(together(measured[way]));
    print('verify_online_c32', rate('check'), 'req/s');
    print('verify_page_c32', rate('page'), 'req/s');
    print('verify_limit_per_s', rate('signature'), 'req/s');
    // Of the processors: to compare by on a machine that does something else as well.
    for (const way of ['check', 'page', 'signature'] as const) {
      const { count } = together(measured[way]);
      print(`verify_${way}_cpu_app`, (1000 * taken[way].app) / count, 'us');
      if (way !== 'signature') print(`verify_${way}_cpu_db`, (1000 * taken[way].database) / count, 'us');
    }
    console.log(
      `  verify_online_c32 is ${Math.round((100 * rate('check')) / rate('signature'))} % of its limit`,
    );
  } finally {
    worker.stop();
    running.delete(stop);
    await stop();
  }
  await measureOffline(seconds, print);
}

async function startServer(
  dataDir: string,
): Promise<{ readonly child: ChildProcess; readonly url: string; readonly ended: Promise<unknown> }> {
  const child = fork(process.argv[1] ?? '', ['verify-server', dataDir]);
  const ended = once(child, 'exit');
  const [url] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => {
      throw new Error('the server for checking cards did not start');
    }),
  ])) as [string];
  return { child, url, ended };
}
