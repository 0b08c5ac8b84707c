/**
 * The only file that wires database, clock, randomness, storage and channels to the service. Everything below gets
 * what it needs handed in.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import { type Db, openClient, openDatabase } from './db/connection.ts';
import { erasureFolders, readErasureFiles } from './db/erasure-file.ts';
import { type Installation, openInstallation, type Refusal } from './db/installation.ts';
import { holdKeys } from './db/key-holders.ts';
import { openBridge } from './db/notify.ts';
import { randomBytes } from './db/random-bytes.ts';
import { loadRegions } from './db/region-data.ts';
import { type CannotListen, createServer, type LogEntry, listen } from './http-server.ts';
import { openAuditSink } from './interop/audit-sink.ts';
import { backupProcess } from './jobs/backups.ts';
import { composeText, mailComposer } from './jobs/compose-mail.ts';
import { type JobPorts, startJobs } from './jobs/schedule.ts';
import { smsSender } from './jobs/sms.ts';
import { smtpSender } from './jobs/smtp.ts';
import { lendingSystems } from './lending-systems.ts';
import { openPageProcesses } from './page-processes.ts';
import { makeDeps, openPages, type Reached } from './pages.ts';
import { takeManyAtOnce } from './rush.ts';
import type { Sip2Deps } from './sip2/parts.ts';
import { openSip2, type Sip2Opened, type Sip2Server } from './sip2/server.ts';
import { openTlsFiles } from './tls-files.ts';
import { openSharedCodes } from './usecases/check-at-gate.ts';
import type { Deps, Wake } from './usecases/context.ts';
import { createLibrary, type NewLibrary } from './usecases/create-library.ts';
import { eraseAgain } from './usecases/erase-again.ts';
import { fillImportKeys } from './usecases/fill-import-keys.ts';
import { fillMatchKeys } from './usecases/fill-match-keys.ts';
import { openLibraries } from './usecases/get-library.ts';
import { ensureLibraryKeys } from './usecases/library-keys.ts';
import { sealWords } from './usecases/seal-words.ts';
import { seedLibraries } from './usecases/seed-libraries.ts';
import { joinBridges, openFeed } from './web/live-feed.ts';
import { openRateLimit } from './web/rate-limit.ts';

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
  | Extract<ReturnType<typeof createServer>, { readonly ok: false }>
  | Extract<Sip2Opened, { readonly reason: 'sip2-tls-unusable' }>
  | (Extract<Sip2Opened, { readonly reason: 'sip2-cannot-listen' }> & {
      readonly host: string;
      readonly port: number;
    })
  | CannotListen;

/** Starts everything; stops again whatever it had started when it must refuse. */
export async function startService(
  config: Config,
  log: (entry: LogEntry) => void,
  say: (line: string) => void,
): Promise<{ readonly ok: true; readonly service: Service } | ServiceRefusal> {
  const made = createServer(config, log);
  if (!made.ok) return made;
  const { web } = made;
  // Before anything is made: a start that is refused for its port leaves no database behind, and has not used up the
  // passwords shown once. Who comes meanwhile reads that the service is starting.
  const listening = await listen(web.server, config);
  if (!listening.ok) return listening;
  const hangUp = (): void => {
    web.server.close();
    web.server.closeAllConnections();
  };
  const opened = await openInstallation({ ...config, log: say }).catch((error: unknown) => {
    hangUp();
    throw error;
  });
  if (!opened.ok) {
    hangUp();
    return opened;
  }
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
  let endOthers: () => Promise<void> | undefined = () => undefined;
  const closeAll = async (): Promise<void> => {
    await bridge?.stop();
    await close();
    await installation.stop();
  };
  try {
    const codes = openSharedCodes();
    const others = openPageProcesses(config.pageProcesses - 1, {
      codes,
      onForget: (slug) => known.forget(slug),
      log,
    });
    const feed = openFeed(joinBridges(bridge, others?.feed));
    const erasures = erasureFolders(config);
    const deps = makeDeps(installation, (wake) => feed.publish(wake), erasures);
    const holding = await holdKeys(db, deps.vault, deps.uuid(deps.now()));
    const created = await asOwner(installation, async (owner, app) => {
      await loadRegions(owner);
      await fillMatchKeys(app, owner, deps, say);
      await fillImportKeys(app, deps);
      await sealWords(owner, deps);
      await ensureLibraryKeys(app, deps);
      // A database that went back in time, by whatever way, and one that was filled while another still served.
      await eraseAgain(app, deps, await readErasureFiles(erasures, say), (slug, error) =>
        say(
          `Warning: somebody of ${slug} who had been erased is in the database again and could not be erased (${error instanceof Error ? error.name : 'unknown'}). The next start tries again.`,
        ),
      );
      return seedLibraries(owner, app, deps);
    });
    const known = openLibraries(db, deps.now);
    const libraries = await db.selectFrom('library').select('slug').orderBy('id').execute();
    const pages = openPages(config, {
      deps,
      db,
      libraries: known,
      tellForgotten: (slug) => others?.forget(slug),
      feed,
      codes,
      log,
    });
    const refusals = openRateLimit({
      points: 10,
      seconds: 15 * 60,
      shared: { name: 'sip2', exchange: pages.rates },
    });
    const sip2 = await openDevices(config, {
      ...deps,
      db,
      libraries: known,
      codes,
      refusals,
      rates: pages.rates,
      log,
    });
    if (!sip2.ok) {
      hangUp();
      await Promise.all([pages.stop(), holding.stop()]);
      await closeAll();
      return sip2;
    }
    web.attach(pages.fetch);
    const rush = takeManyAtOnce(web.server);
    const url = config.publicUrl ?? addressOf(config, listening.port);
    await installation.announce(url);
    endOthers = () => others?.stop();
    await others?.begin(web.server, { config, address: installation.app, ring: installation.ring });
    const jobs = startJobs(db, connect, deps, {
      send: config.smtp === undefined ? null : smtpSender(config.smtp),
      compose: mailComposer(url),
      texts:
        config.sms === undefined
          ? null
          : { send: smsSender(config.sms, config.outgoingHosts), compose: composeText },
      openLending: lendingSystems(config.lendingHosts, config.outgoingHosts, config.lendingPlaintext).open,
      outgoingHosts: config.outgoingHosts,
      sendAudit: config.auditTo === undefined ? null : openAuditSink(config.auditTo, deps),
      goOnWithImports: pages.imports.goOn,
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
          await Promise.all([
            web.close(hurry),
            rush.close(),
            others?.stop(hurry),
            sip2.server?.stop(hurry),
            jobs.stop(),
          ]);
          await Promise.all([pages.stop(), holding.stop()]);
          await closeAll();
        },
      },
    };
  } catch (error) {
    hangUp();
    await endOthers();
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

function addressOf(config: Config, port: number): string {
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const host = everywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
  const standard = config.tls === undefined ? 80 : 443;
  return `${config.tls === undefined ? 'http' : 'https'}://${host}${port === standard ? '' : `:${port}`}`;
}
