/**
 * The only file that wires database, clock, randomness, storage and channels to the service. Everything below gets
 * what it needs handed in.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import pg from 'pg';
import { cardThreads } from './card-threads.ts';
import type { Config } from './config.ts';
import { type Db, openDatabase } from './db/connection.ts';
import { type Installation, openInstallation, type Refusal } from './db/installation.ts';
import { openBridge } from './db/notify.ts';
import { randomBytes } from './db/random-bytes.ts';
import { loadRegions } from './db/region-data.ts';
import { documents } from './documents/port.ts';
import { risingUuids } from './domain/ids.ts';
import { importCrews } from './import-threads.ts';
import { mailComposer } from './jobs/compose-mail.ts';
import { kohaOpener } from './jobs/koha.ts';
import { startJobs } from './jobs/schedule.ts';
import { smtpSender } from './jobs/smtp.ts';
import type { Deps, Wake } from './usecases/context.ts';
import { createLibrary, type NewLibrary } from './usecases/create-library.ts';
import { fillMatchKeys } from './usecases/fill-match-keys.ts';
import { openLibraries } from './usecases/get-library.ts';
import { ensureLibraryKeys } from './usecases/library-keys.ts';
import { seedLibraries } from './usecases/seed-libraries.ts';
import { createApp } from './web/app.ts';
import { openFeed } from './web/live-feed.ts';
import { openRunner } from './web/office/imports/runner.ts';

/** Peers whose trust is remembered. */
const MOST_PEERS = 1_000;

/** How long open requests may take to finish after the service was told to stop. */
const GRACE_MS = 8_000;

export interface Service {
  /** Where people reach it, without a closing slash. */
  readonly url: string;
  readonly installation: Installation;
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
  const server = createServer(config);
  if (!server.ok) return server;
  const opened = await openInstallation({ ...config, log: say });
  if (!opened.ok) return opened;
  const { installation } = opened;
  const { db, close } = openDatabase({
    address: installation.app,
    poolSize: config.databasePoolSize,
    onConnectionLost: (error) => log({ event: 'database-connection-lost', error: error.name }),
  });
  const connect = () => new pg.Client({ ...installation.app, application_name: 'daftar-pustaka' });
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
    const deps = makeDeps(installation, (wake) => feed.publish(wake));
    const created = await asOwner(installation, async (owner, app) => {
      await loadRegions(owner);
      await fillMatchKeys(app, owner, deps, say);
      await ensureLibraryKeys(app, deps);
      return seedLibraries(owner, app, deps);
    });
    const libraries = await db.selectFrom('library').select('slug').orderBy('id').execute();
    const imports = openRunner({ ...deps, db, log });
    const app = createApp({
      ...deps,
      db,
      imports,
      feed,
      documents,
      cardDrawers: cardThreads(),
      libraries: openLibraries(db, deps.now),
      publicUrl: config.publicUrl ?? null,
      isTrustedProxy: trustedProxies(config.trustedProxies),
      log,
    });
    server.attach(app.fetch);
    const url = config.publicUrl ?? addressOf(config, listening.port);
    await installation.announce(url);
    const jobs = startJobs(db, connect, deps, {
      send: config.smtp === undefined ? null : smtpSender(config.smtp),
      compose: mailComposer(url),
      openKoha: kohaOpener,
      goOnWithImports: imports.goOn,
      log,
    });
    return {
      ok: true,
      service: {
        url,
        installation,
        created,
        slugs: libraries.map((library) => library.slug),
        async stop(hurry) {
          await Promise.all([closeServer(server.server, hurry), jobs.stop()]);
          await imports.stop();
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

/** Adds a library with its first officers; the running service finds it by itself. */
export async function addLibrary(
  installation: Installation,
  input: NewLibrary,
): Promise<Awaited<ReturnType<typeof createLibrary>>> {
  const deps = makeDeps(installation, () => undefined);
  return await asOwner(installation, (owner, app) => createLibrary(owner, app, deps, input));
}

/** A command's own work on the service's database, as the service's role; the connections end with it. */
export async function besideService<T>(
  installation: Installation,
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

function makeDeps(installation: Installation, wake: Deps['wake']): Deps {
  const importCrew = importCrews(installation.app, installation.masterKey);
  return {
    now: () => new Date(),
    randomBytes,
    uuid: risingUuids(randomBytes),
    vault: installation.vault,
    wake,
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
):
  | { readonly ok: true; readonly server: Server; attach(fetch: Fetch): void }
  | Extract<ServiceRefusal, { reason: 'tls-unusable' }> {
  let handler: Fetch = () => new Response(null, { status: 503 });
  const fetch: Fetch = (request, env) => handler(request, env);
  try {
    const server = createAdaptorServer(
      config.tls === undefined
        ? { fetch, createServer: createHttpServer }
        : {
            fetch,
            createServer: createHttpsServer,
            serverOptions: { cert: readFileSync(config.tls.certFile), key: readFileSync(config.tls.keyFile) },
          },
    ) as Server;
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
    server.listen(config.port, config.host, () => {
      const address = server.address();
      resolve({
        ok: true,
        port: typeof address === 'object' && address !== null ? address.port : config.port,
      });
    });
  });
}

async function closeServer(server: Server, hurry: Promise<void> | undefined): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
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
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  // Every request asks for the same few peers, and the list makes objects to answer.
  const answers = new Map<string, boolean>();
  return (peer) => {
    const known = answers.get(peer);
    if (known !== undefined) return known;
    // A server that listens on both families sees IPv4 peers in IPv6 form.
    const address = peer.startsWith('::ffff:') && isIP(peer.slice(7)) === 4 ? peer.slice(7) : peer;
    const family = isIP(address);
    const answer = family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
    if (answers.size >= MOST_PEERS) answers.clear();
    answers.set(peer, answer);
    return answer;
  };
}
