/**
 * The only file that wires database, clock, randomness, storage and channels to the service. Everything below gets
 * what it needs handed in.
 */
import { existsSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { cardThreads } from './card-threads.ts';
import type { Config } from './config.ts';
import { readRecipients } from './db/backup-keys.ts';
import { type Db, openClient, openDatabase } from './db/connection.ts';
import { erasureFile } from './db/erasure-file.ts';
import { type Installation, openInstallation, type Refusal } from './db/installation.ts';
import { holdKeys } from './db/key-holders.ts';
import { openBridge } from './db/notify.ts';
import { randomBytes } from './db/random-bytes.ts';
import { loadRegions } from './db/region-data.ts';
import { documents } from './documents/port.ts';
import { risingUuids } from './domain/ids.ts';
import { importCrews } from './import-threads.ts';
import { backupProcess } from './jobs/backups.ts';
import { mailComposer } from './jobs/compose-mail.ts';
import { type JobPorts, startJobs } from './jobs/schedule.ts';
import { smtpSender } from './jobs/smtp.ts';
import { lendingSystems } from './lending-systems.ts';
import { pdfScans } from './pdf-scans.ts';
import { type Rush, takeManyAtOnce } from './rush.ts';
import type { Sip2Deps } from './sip2/parts.ts';
import { openSip2, type Sip2Opened, type Sip2Server } from './sip2/server.ts';
import { openTlsFiles } from './tls-files.ts';
import { openAddressList } from './usecases/address-list.ts';
import { openSharedCodes } from './usecases/check-at-gate.ts';
import type { Deps, Wake } from './usecases/context.ts';
import { createLibrary, type NewLibrary } from './usecases/create-library.ts';
import { fillImportKeys } from './usecases/fill-import-keys.ts';
import { fillMatchKeys } from './usecases/fill-match-keys.ts';
import { openLibraries } from './usecases/get-library.ts';
import { ensureLibraryKeys } from './usecases/library-keys.ts';
import { sealWords } from './usecases/seal-words.ts';
import { seedLibraries } from './usecases/seed-libraries.ts';
import { createApp } from './web/app.ts';
import type { BackupPlan } from './web/env.ts';
import { openFeed } from './web/live-feed.ts';
import { openRunner } from './web/office/imports/runner.ts';
import { startingPage } from './web/outage.tsx';
import { openRateExchange } from './web/rate-exchange.ts';
import { openRateLimit } from './web/rate-limit.ts';

/** Peers whose trust is remembered. */
const MOST_PEERS = 1_000;

/** How long open requests may take to finish after the service was told to stop. */
const GRACE_MS = 8_000;

export interface Service {
  /** Where people reach it, without a closing slash. */
  readonly url: string;
  readonly installation: Installation;
  /** Where SIP2 devices reach it; null: not at all. */
  readonly sip2Port: number | null;
  /** Libraries made by this start, with passwords that are shown once and kept nowhere. */
  readonly created: Awaited<ReturnType<typeof seedLibraries>>;
  /** First parts of the addresses of all libraries. */
  readonly slugs: readonly string[];
  /**
   * Finishes open requests, closes the connections, stops the embedded database last.
   * @param hurry when it resolves, open requests are waited for no longer
   */
  stop(hurry?: Promise<void>): Promise<void>;
}

export type ServiceRefusal =
  | Refusal
  | { readonly ok: false; readonly reason: 'tls-unusable'; readonly detail: string }
  | Extract<Sip2Opened, { readonly reason: 'sip2-tls-unusable' }>
  | (Extract<Sip2Opened, { readonly reason: 'sip2-cannot-listen' }> & {
      readonly host: string;
      readonly port: number;
    })
  | {
      readonly ok: false;
      readonly reason: 'cannot-listen';
      readonly code: string;
      readonly host: string;
      readonly port: number;
    };

export type LogEntry = Readonly<Record<string, string | number | boolean | null>>;

/** Starts everything; stops again whatever it had started when it must refuse. */
export async function startService(
  config: Config,
  log: (entry: LogEntry) => void,
  say: (line: string) => void,
): Promise<{ readonly ok: true; readonly service: Service } | ServiceRefusal> {
  const server = createServer(config, log);
  if (!server.ok) return server;
  const opened = await openInstallation({ ...config, log: say });
  if (!opened.ok) return opened;
  const { installation } = opened;
  const { db, close } = openDatabase({
    address: installation.app,
    poolSize: config.databasePoolSize,
    onConnectionLost: (error) => log({ event: 'database-connection-lost', error: error.name }),
  });
  const connect = () => openClient(installation.app);
  // The embedded database has this one process; only a shared one needs a way to the others.
  const bridge =
    installation.database === 'external'
      ? openBridge<Wake>(connect, randomBytes(8).toString('hex'))
      : undefined;
  const closeAll = async (): Promise<void> => {
    await bridge?.stop();
    await close();
    await installation.stop();
  };
  try {
    // Before anything is made: a start that is refused for its port must not have used up the passwords shown once.
    const listening = await listen(server.server, config);
    if (!listening.ok) {
      await closeAll();
      return listening;
    }
    const feed = openFeed(bridge);
    const deps = makeDeps(installation, (wake) => feed.publish(wake), config.dataDir);
    const holding = await holdKeys(db, deps.vault, deps.uuid(deps.now()));
    const created = await asOwner(installation, async (owner, app) => {
      await loadRegions(owner);
      await fillMatchKeys(app, owner, deps, say);
      await fillImportKeys(app, deps);
      await sealWords(owner, deps);
      await ensureLibraryKeys(app, deps);
      return seedLibraries(owner, app, deps);
    });
    const codes = openSharedCodes();
    const known = openLibraries(db, deps.now);
    const libraries = await db.selectFrom('library').select('slug').orderBy('id').execute();
    const imports = openRunner({ ...deps, db, log });
    const rates = openRateExchange({ ...deps, db, log });
    const refusals = openRateLimit({
      points: 10,
      seconds: 15 * 60,
      shared: { name: 'sip2', exchange: rates },
    });
    const sip2 = await openDevices(config, { ...deps, db, libraries: known, codes, refusals, log });
    if (!sip2.ok) {
      server.server.close();
      await Promise.all([imports.stop(), rates.stop(), holding.stop()]);
      await closeAll();
      return sip2;
    }
    const lending = lendingSystems(config.lendingHosts);
    const app = createApp({
      ...deps,
      rates,
      codes,
      db,
      imports,
      feed,
      documents,
      cardDrawers: cardThreads(),
      tryLending: lending.tryOut,
      mails: config.smtp !== undefined,
      backups: backupPlan(config),
      drawPdf: pdfScans(),
      libraries: known,
      publicUrl: config.publicUrl ?? null,
      hstsSubdomains: config.hstsSubdomains,
      isTrustedProxy: trustedProxies(config.trustedProxies),
      log,
    });
    server.attach(app.fetch);
    const rush = takeManyAtOnce(server.server);
    const url = config.publicUrl ?? addressOf(config, listening.port);
    await installation.announce(url);
    const jobs = startJobs(db, connect, deps, {
      send: config.smtp === undefined ? null : smtpSender(config.smtp),
      compose: mailComposer(url),
      openLending: lending.open,
      goOnWithImports: imports.goOn,
      backup: scheduledBackup(config),
      log,
    });
    return {
      ok: true,
      service: {
        url,
        sip2Port: sip2.server?.port ?? null,
        installation,
        created,
        slugs: libraries.map((library) => library.slug),
        async stop(hurry) {
          await Promise.all([closeServer(server.server, rush, hurry), sip2.server?.stop(hurry), jobs.stop()]);
          await Promise.all([imports.stop(), rates.stop(), holding.stop()]);
          await closeAll();
        },
      },
    };
  } catch (error) {
    server.server.close();
    await closeAll();
    throw error;
  }
}

/** The door of SIP2 devices, where one is asked for. */
async function openDevices(
  config: Config,
  deps: Sip2Deps,
): Promise<
  | { readonly ok: true; readonly server: Sip2Server | null }
  | Extract<ServiceRefusal, { reason: 'sip2-tls-unusable' | 'sip2-cannot-listen' }>
> {
  if (config.sip2 === undefined) return { ok: true, server: null };
  const { port, host, tls } = config.sip2;
  const opened = await openSip2(deps, {
    port,
    host,
    tls: tls && openTlsFiles(tls, deps.log),
  });
  return !opened.ok && opened.reason === 'sip2-cannot-listen' ? { ...opened, host, port } : opened;
}

/** The program itself, where it was built; run from its sources there is none, and no backup is made by itself. */
const PROGRAM = new URL('./cli.js', import.meta.url);

function scheduledBackup(config: Config): JobPorts['backup'] {
  if (!config.backup.scheduled || !existsSync(PROGRAM)) return null;
  return { time: config.backup.time, run: backupProcess(fileURLToPath(PROGRAM)) };
}

function backupPlan(config: Config): BackupPlan {
  const { passphrase, ...plan } = config.backup;
  return {
    ...plan,
    async openers() {
      const kinds = (await readRecipients(config.dataDir)).map(({ kind }) => kind);
      const all = passphrase === undefined ? kinds : [...kinds, 'passphrase' as const];
      return [...new Set(all)].sort();
    },
  };
}

/** Adds a library with its first officers; the running service finds it by itself. */
export async function addLibrary(
  installation: Installation,
  input: NewLibrary,
): Promise<Awaited<ReturnType<typeof createLibrary>>> {
  const deps = makeDeps(installation, () => undefined);
  return await asOwner(installation, (owner, app) => createLibrary(owner, app, deps, input));
}

/** What a use case is given of an installation. */
export type Reached = Pick<Installation, 'app' | 'vault' | 'ring'>;

/** A command's own work on the service's database, as the service's role; the connections end with it. */
export async function besideService<T>(
  installation: Reached,
  work: (db: Db, deps: Deps) => Promise<T>,
): Promise<T> {
  const { db, close } = openDatabase({ address: installation.app, poolSize: 4 });
  try {
    return await work(
      db,
      makeDeps(installation, () => undefined),
    );
  } finally {
    await close();
  }
}

/** @param dataDir only for the service: what a command erases, the service puts into the list. */
function makeDeps(installation: Reached, wake: Deps['wake'], dataDir?: string): Deps {
  const importCrew = importCrews(installation.app, installation.ring);
  return {
    now: () => new Date(),
    randomBytes,
    uuid: risingUuids(randomBytes),
    vault: installation.vault,
    wake,
    ...(dataDir === undefined ? {} : { keepErasures: erasureFile(dataDir) }),
    ...(importCrew === undefined ? {} : { importCrew }),
  };
}

/** Connections of the owner are open only while libraries are made. */
async function asOwner<T>(installation: Installation, work: (owner: Db, app: Db) => Promise<T>): Promise<T> {
  const owner = openDatabase({ address: installation.owner, poolSize: 1 });
  const app = openDatabase({ address: installation.app, poolSize: 2 });
  try {
    return await work(owner.db, app.db);
  } finally {
    await owner.close();
    await app.close();
  }
}

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

function createServer(
  config: Config,
  log: (entry: LogEntry) => void,
):
  | { readonly ok: true; readonly server: Server; attach(fetch: Fetch): void }
  | Extract<ServiceRefusal, { reason: 'tls-unusable' }> {
  let handler: Fetch = startingPage;
  const fetch: Fetch = (request, env) => handler(request, env);
  try {
    const files = config.tls && openTlsFiles(config.tls, log);
    const server = createAdaptorServer(
      files === undefined
        ? { fetch, createServer: createHttpServer }
        : {
            fetch,
            createServer: createHttpsServer,
            serverOptions: { cert: files.cert, key: files.key },
          },
    ) as Server;
    files?.follow(server as HttpsServer);
    // Longer than a proxy keeps its connections, so that it never writes into one that was just closed.
    server.keepAliveTimeout = 75_000;
    return {
      ok: true,
      server,
      attach(next) {
        handler = next;
      },
    };
  } catch (error) {
    return {
      ok: false,
      reason: 'tls-unusable',
      detail: error instanceof Error ? error.message : String(error),
    };
  }
}

async function listen(
  server: Server,
  config: Config,
): Promise<
  { readonly ok: true; readonly port: number } | Extract<ServiceRefusal, { reason: 'cannot-listen' }>
> {
  return await new Promise((resolve) => {
    server.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message;
      resolve({ ok: false, reason: 'cannot-listen', code, host: config.host, port: config.port });
    });
    // With the usual 511 the system drops who comes in a rush without a word, before anybody can ask them to wait.
    server.listen({ port: config.port, host: config.host, backlog: 4_096 }, () => {
      const address = server.address();
      resolve({
        ok: true,
        port: typeof address === 'object' && address !== null ? address.port : config.port,
      });
    });
  });
}

async function closeServer(server: Server, rush: Rush, hurry: Promise<void> | undefined): Promise<void> {
  const closed = Promise.all([
    new Promise<void>((resolve) => {
      server.close(() => resolve());
    }),
    rush.close(),
  ]);
  server.closeIdleConnections();
  // Live pages hold their connection for ever; the browser reconnects to the next start.
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  void hurry?.then(() => server.closeAllConnections());
  await closed;
  clearTimeout(timer);
}

function addressOf(config: Config, port: number): string {
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const host = everywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
  const standard = config.tls === undefined ? 80 : 443;
  return `${config.tls === undefined ? 'http' : 'https'}://${host}${port === standard ? '' : `:${port}`}`;
}

/** Whether a peer is one of the configured proxies. */
function trustedProxies(ranges: readonly string[]): (address: string) => boolean {
  const isIn = openAddressList(ranges);
  // Every request asks for the same few peers, and the list makes objects to answer.
  const answers = new Map<string, boolean>();
  return (peer) => {
    const known = answers.get(peer);
    if (known !== undefined) return known;
    const answer = isIn(peer);
    if (answers.size >= MOST_PEERS) answers.clear();
    answers.set(peer, answer);
    return answer;
  };
}
