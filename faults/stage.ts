/** Where the faults happen: the built service on files of its own, prepared, under load. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openGroundOf, reach } from '../bench/ground.ts';
import { type Service, startService } from '../bench/service.ts';
import type { DatabaseAddress } from '../src/db/connection.ts';
import { type Installation, openInstallation } from '../src/db/installation.ts';
import { checkAuditChain } from './audit-chain.ts';
import type { LoadOrder, Word } from './client.ts';
import { ACTS, type Act, readJournal, type Told } from './journal.ts';
import { newTally, openSender, type Tally } from './sender.ts';

export interface Stage {
  readonly dataDir: string;
  readonly origin: string;
  /** Superuser of the database, past every fault. */
  readonly admin: DatabaseAddress;
  /** The running service; another one after `restart`. */
  service(): Service;
  /** Starts the service anew after it was ended. @param settings further ones of its environment */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Waits until an act is done that was sent after `since`, in milliseconds since 1970. Throws when that takes too long.
   * @returns when the answer came
   */
  doneAfter(since: number): Promise<number>;
  /** How many pages that say to come again people were shown until now. */
  outagePages(): number;
  /** Whether the chain of the audit log is whole, by the service's own command: breaks, null where there is no chain. */
  auditChain(): ReturnType<typeof checkAuditChain>;
  /** Ends the load, once each kind of act was done again since the trouble began, or is not for a minute. */
  endLoad(): Promise<{
    readonly tally: Tally;
    readonly told: readonly Told[];
    /** What was not done any more. */
    readonly missing: readonly Act[];
  }>;
  stop(): Promise<void>;
}

export interface StageOptions {
  /** For the data of the service and the journal. */
  readonly folder: string;
  readonly dataDir?: string;
  /** Of the service's own environment: an external database, say. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Superuser, where the database is not the service's own. */
  readonly admin?: DatabaseAddress;
  readonly pauseMs: number;
}

const SLUGS = ['banyuwangi', 'jateng'] as const;
/** Nothing that is mended by itself takes longer, on the slowest machine. */
const PATIENCE_MS = 180_000;
/** So long a counter may take from one card to the next, after the worst. */
const WORK_AGAIN_MS = 60_000;
const OWN_PASSWORD = 'sandi contoh untuk kegagalan';

/** Starts the service, signs its officers in, enrols kiosks, begins the load. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const program = path.join(path.dirname(process.argv[1] ?? ''), 'cli.js');
  const dataDir = options.dataDir ?? path.join(options.folder, 'data');
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const settings = { PAGE_PROCESSES: '2', ...options.settings, PORT: String(port) };
  let service = await startService(program, dataDir, settings);
  let load: Load | undefined;
  const stop = async (): Promise<void> => {
    load?.kill();
    await service.stop();
    // Left behind where the service itself was killed.
    const database = databasePid(dataDir);
    if (database !== undefined) process.kill(database, 'SIGQUIT');
    for (const until = performance.now() + 20_000; performance.now() < until; await sleep(50))
      if (database === undefined || !existsSync(`/proc/${database}`)) break;
  };
  try {
    const installation = await installationOf(dataDir, options.settings);
    load = await beginLoad({ ...options, origin, installation, output: service.output() });
    const admin = options.admin ?? installation.admin ?? installation.owner;
    return {
      dataDir,
      origin,
      admin,
      auditChain: () =>
        checkAuditChain(admin, program, { ...process.env, ...options.settings, DATA_DIR: dataDir }),
      service: () => service,
      async start(more = {}) {
        service = await startService(program, dataDir, { ...settings, ...more });
      },
      doneAfter: load.doneAfter,
      outagePages: load.outagePages,
      endLoad: load.end,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** People at work, in a process of their own. */
export interface Load {
  doneAfter: Stage['doneAfter'];
  outagePages: Stage['outagePages'];
  /** From now on: the longest time in which nothing was done at all, and the longest that one act took. */
  watch(): () => { readonly silenceMs: number; readonly waitMs: number };
  end: Stage['endLoad'];
  kill(): void;
}

/** Signs the officers in, enrols kiosks, lets everybody begin; returns when each kind of act was done once. */
export async function beginLoad(options: {
  readonly origin: string;
  readonly installation: Pick<Installation, 'app' | 'owner' | 'vault'>;
  /** What the service printed at its first start. */
  readonly output: string;
  /** For the journal. */
  readonly folder: string;
  readonly pauseMs: number;
}): Promise<Load> {
  const { origin, installation, folder, pauseMs } = options;
  for (const slug of SLUGS) await ownPassword(origin, slug, options.output);
  const order = await orderOf(installation, origin, path.join(folder, 'journal.jsonl'), pauseMs);
  const child = fork(process.argv[1] ?? '', ['client'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const heard = listen(child);
  child.send(order);
  let begun = 0;
  const load: Load = {
    doneAfter: heard.doneAfter,
    outagePages: heard.outagePages,
    watch: heard.watch,
    async end() {
      const missing = await heard.notDoneAfter(begun, WORK_AGAIN_MS);
      child.send('stop');
      const tally = await heard.end();
      child.disconnect();
      return { tally, told: readJournal(order.journal), missing };
    },
    kill: () => void child.kill('SIGKILL'),
  };
  try {
    const missing = await heard.notDoneAfter(0, PATIENCE_MS);
    if (missing.length > 0) throw new Error(`the load does not begin: no ${missing.join(', no ')}`);
    begun = Date.now();
  } catch (error) {
    load.kill();
    throw error;
  }
  return load;
}

function listen(child: ChildProcess): Pick<Load, 'doneAfter' | 'outagePages' | 'watch'> & {
  /** Waits until each kind of act is done that was sent after `since`. @returns those that are not in this time */
  notDoneAfter(since: number, patienceMs: number): Promise<readonly Act[]>;
  end(): Promise<Tally>;
} {
  const watchers = new Set<{ at: number; silenceMs: number; waitMs: number }>();
  let last = 0;
  let heard = 0;
  let outagePages = 0;
  const lastOf = new Map<Act, number>();
  let over: Error | undefined;
  let end: (tally: Tally) => void = () => undefined;
  const ended = new Promise<Tally>((resolve) => {
    end = resolve;
  });
  child.on('message', (word: Word) => {
    if (word.kind === 'done') {
      last = Math.max(last, word.at);
      lastOf.set(word.act, Math.max(lastOf.get(word.act) ?? 0, word.at));
      heard = Date.now();
      for (const watcher of watchers) {
        watcher.silenceMs = Math.max(watcher.silenceMs, heard - watcher.at);
        watcher.waitMs = Math.max(watcher.waitMs, word.waitedMs);
        watcher.at = heard;
      }
    } else if (word.kind === 'outage-page') outagePages++;
    else if (word.error !== null) over = new Error(word.error);
    else end(word.tally);
  });
  void once(child, 'exit').then(() => {
    over ??= new Error('the load ended');
  });
  const failing = async (): Promise<never> => {
    while (over === undefined) await sleep(100);
    throw over;
  };
  return {
    async doneAfter(since: number): Promise<number> {
      for (const until = performance.now() + PATIENCE_MS; last <= since; ) {
        if (over) throw over;
        if (performance.now() > until) throw new Error('nothing was done any more');
        await sleep(10);
      }
      return heard;
    },
    outagePages: () => outagePages,
    async notDoneAfter(since, patienceMs) {
      for (const until = performance.now() + patienceMs; ; await sleep(50)) {
        if (over) throw over;
        const missing = ACTS.filter((act) => (lastOf.get(act) ?? 0) <= since);
        if (missing.length === 0 || performance.now() > until) return missing;
      }
    },
    watch() {
      const watcher = { at: Date.now(), silenceMs: 0, waitMs: 0 };
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
        return { ...watcher, silenceMs: Math.max(watcher.silenceMs, Date.now() - watcher.at) };
      };
    },
    end: () => Promise.race([ended, failing()]),
  };
}

/** The first sign-in, with the password that the start showed once, and a password of one's own. */
async function ownPassword(origin: string, slug: string, output: string): Promise<void> {
  const shown = new RegExp(`^\\s+${slug}\\s+petugas\\s+(\\S+)`, 'm').exec(output)?.[1];
  if (shown === undefined) throw new Error(`the start showed no password for ${slug}`);
  const sender = openSender(origin, newTally(), new AbortController().signal);
  const from = { clientAddress: '10.253.0.1' };
  const signedIn = await sender.once({
    ...from,
    path: '/masuk',
    cookie: '',
    fields: { perpustakaan: slug, nama: 'petugas', sandi: shown, kembali: '' },
  });
  const cookie = signedIn?.cookies.find((each) => each.startsWith(`sesi-${slug}=`)) ?? '';
  const changed = await sender.once({
    ...from,
    path: `/${slug}/sandi`,
    cookie,
    fields: { sekarang: shown, baru: OWN_PASSWORD, ulang: OWN_PASSWORD },
  });
  if (changed?.status !== 303) throw new Error(`the officer of ${slug} cannot begin: ${changed?.status}`);
}

async function installationOf(
  dataDir: string,
  settings: Readonly<Record<string, string>> | undefined,
): Promise<Installation> {
  const databaseUrl = settings?.DATABASE_URL;
  if (databaseUrl === undefined) return await reach(dataDir);
  const opened = await openInstallation({
    dataDir,
    databaseUrl,
    migrationDatabaseUrl: undefined,
    dataKey: undefined,
    besideService: true,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(`the database cannot be reached: ${opened.reason}`);
  return opened.installation;
}

async function orderOf(
  installation: Pick<Installation, 'app' | 'owner' | 'vault'>,
  origin: string,
  journal: string,
  pauseMs: number,
): Promise<LoadOrder> {
  const forms: LoadOrder['forms'][number][] = [];
  let visits: LoadOrder['visits'] | undefined;
  for (const slug of SLUGS) {
    const ground = await openGroundOf(installation, slug);
    try {
      const registering = await ground.registering();
      if (registering.kind === 'register') forms.push(registering.setting);
      if (visits === undefined) {
        const visiting = await ground.visiting(40, 4_000);
        if (visiting.kind === 'visit') visits = visiting.setting;
      }
    } finally {
      await ground.close();
    }
  }
  if (visits === undefined) throw new Error('no library takes visits');
  const desks = SLUGS.map((slug) => ({ slug, username: 'petugas', password: OWN_PASSWORD }));
  return { origin, journal, forms, visits, desks, pauseMs };
}

export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The database server of a data folder, from the file it keeps; undefined while there is none. */
export function databasePid(dataDir: string): number | undefined {
  try {
    const pid = Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
