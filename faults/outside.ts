/** A database that somebody else runs, and the way to it: cut, slow, silent, started again. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedDatabase, startEmbedded } from '../src/db/embedded/start.ts';
import type { FaultOptions, Outcome } from './faults.ts';
import { type DatabaseWay, openProxy, type Way } from './proxy.ts';
import { TIMEOUT_MS } from './sender.ts';
import { openStage, type Stage } from './stage.ts';

interface Outside {
  readonly stage: Stage;
  readonly way: DatabaseWay;
  /** Fast shutdown, as an operator's restart does it, and a new start. */
  restart(downMs: number): Promise<void>;
  end(): Promise<void>;
}

async function openOutside(options: FaultOptions, pauseMs: number): Promise<Outside> {
  const dataDir = path.join(options.folder, 'server');
  const start = async (): Promise<EmbeddedDatabase> => {
    const started = await startEmbedded({ dataDir, log: () => undefined });
    if (!started.ok) throw new Error(`no database: ${started.reason}`);
    return started.embedded;
  };
  let server = await start();
  options.atEnd(() => server.stop());
  const addressOf = (role: 'admin' | 'owner' | 'app') => {
    const address = server.connections[role];
    if ('connectionString' in address) throw new Error('the database has an address of its own');
    return address;
  };
  const way = await openProxy(() => addressOf('admin'));
  options.atEnd(() => way.close().catch(() => undefined));
  const through = (role: 'owner' | 'app') => {
    const { user, password, database } = addressOf(role);
    return `postgres://${user}:${password}@127.0.0.1:${way.port}/${database}`;
  };
  const stage = await openStage({
    folder: options.folder,
    // Both roles as they are there: a password that the service made would be none after the server's next start.
    settings: { DATABASE_URL: through('app'), MIGRATION_DATABASE_URL: through('owner') },
    admin: addressOf('admin'),
    pauseMs,
  });
  options.atEnd(stage.stop);
  return {
    stage,
    way,
    async restart(downMs) {
      await server.stop();
      await sleep(downMs);
      server = await start();
    },
    async end() {
      await way.close();
      await server.stop();
    },
  };
}

interface Trouble {
  readonly what: string;
  /** So long that people must be told meanwhile. */
  readonly tells: boolean;
  run(): Promise<void>;
}

/** Does each trouble in turn; it is over when people are answered again. */
async function inTurn(
  options: FaultOptions,
  outside: Outside,
  troubles: readonly Trouble[],
): Promise<Outcome> {
  const { stage } = outside;
  let worst = 0;
  const notShown: string[] = [];
  for (const { what, tells, run } of troubles) {
    await sleep(200 + options.random() * 800);
    const pagesBefore = stage.outagePages();
    await run();
    const pages = stage.outagePages() - pagesBefore;
    if (tells && pages === 0) notShown.push(`${what}: nobody was told to come again`);
    // Over now: from here it counts how long people still wait.
    const over = Date.now();
    const taken = (await stage.doneAfter(over)) - over;
    worst = Math.max(worst, taken);
    options.say(`${what}: ${pages} pages said to come again, done again after ${Math.round(taken)} ms`);
  }
  return {
    stage,
    survived: troubles.length,
    worstRecoveryMs: worst,
    notShown,
    nobodyHangs: true,
    end: outside.end,
  };
}

/** Longer than the load has patience: whom the service does not tell (docs/decisions/055) hangs, and is counted. */
const SILENT_MS = TIMEOUT_MS + 1_000;

/** A question and its answer take six seconds. */
const CRAWLING: Way = { kind: 'slow', delayMs: 3_000 };

/** The connection to the database is cut, slow, silent. */
export async function cutWay(options: FaultOptions, pauseMs: number): Promise<Outcome> {
  const outside = await openOutside(options, pauseMs);
  const during = async (way: Way, leastMs = 0): Promise<void> => {
    outside.way.set(way);
    await sleep(leastMs + options.seconds * 1000 * (0.5 + options.random()));
    outside.way.set({ kind: 'open' });
  };
  /** Broken and there again at once: who was being answered does not know whether it is kept. */
  const snap = async (): Promise<void> => {
    for (let times = 0; times < 10; times++) {
      outside.way.set({ kind: 'cut' });
      outside.way.set({ kind: 'open' });
      await sleep(30 + options.random() * 300);
    }
  };
  return await inTurn(options, outside, [
    { what: 'ten short cuts', tells: false, run: snap },
    { what: 'cut', tells: true, run: () => during({ kind: 'cut' }) },
    { what: 'slow', tells: false, run: () => during({ kind: 'slow', delayMs: 250 }) },
    { what: 'slow as if it were not there', tells: true, run: () => during(CRAWLING, SILENT_MS) },
    { what: 'silent', tells: true, run: () => during({ kind: 'silent' }, SILENT_MS) },
    { what: 'ten short cuts', tells: false, run: snap },
  ]);
}

/** The database is started again by whoever runs it. */
export async function restartDatabase(options: FaultOptions, pauseMs: number): Promise<Outcome> {
  const outside = await openOutside(options, pauseMs);
  const times = Math.min(options.rounds, 5);
  const troubles = Array.from({ length: times }, (_, at) => ({
    what: `restart ${at + 1}`,
    tells: true,
    run: () => outside.restart(options.random() * 2_000),
  }));
  return await inTurn(options, outside, troubles);
}
