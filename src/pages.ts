/** What serves pages, in whichever process: the use cases' wiring, and the app with what works behind it. */
import { breachedPasswords } from './breached-passwords.ts';
import { cardThreads } from './card-threads.ts';
import type { Config } from './config.ts';
import { readRecipients } from './db/backup-keys.ts';
import type { Db } from './db/connection.ts';
import { type ErasureFolders, erasureFile } from './db/erasure-file.ts';
import type { Installation } from './db/installation.ts';
import { randomBytes } from './db/random-bytes.ts';
import { documents } from './documents/port.ts';
import { risingUuids } from './domain/ids.ts';
import type { Fetch, LogEntry } from './http-server.ts';
import { importCrews } from './import-threads.ts';
import { lendingSystems } from './lending-systems.ts';
import { pdfScans } from './pdf-scans.ts';
import { openAddressList } from './usecases/address-list.ts';
import type { SharedCodes } from './usecases/check-at-gate.ts';
import type { Deps } from './usecases/context.ts';
import type { Libraries } from './usecases/get-library.ts';
import { createApp } from './web/app.ts';
import type { BackupPlan, Feed } from './web/env.ts';
import { type ImportRunner, openRunner } from './web/office/imports/runner.ts';
import { openRateExchange, type RunningExchange } from './web/rate-exchange.ts';

/** Peers whose trust is remembered. */
const MOST_PEERS = 1_000;

/** What a use case is given of an installation. */
export type Reached = Pick<Installation, 'app' | 'vault' | 'ring'>;

/** @param erasures only for the service: what a command erases, the service puts into the list. */
export function makeDeps(installation: Reached, wake: Deps['wake'], erasures?: ErasureFolders): Deps {
  const importCrew = importCrews(installation.app, installation.ring);
  return {
    now: () => new Date(),
    randomBytes,
    uuid: risingUuids(randomBytes),
    vault: installation.vault,
    wake,
    ...(erasures === undefined ? {} : { keepErasures: erasureFile(erasures) }),
    ...(importCrew === undefined ? {} : { importCrew }),
  };
}

export interface PagesParts {
  readonly deps: Deps;
  readonly db: Db;
  readonly libraries: Libraries;
  /** A library's settings changed here: the other processes are told. */
  readonly tellForgotten: (slug: string) => void;
  readonly feed: Feed;
  readonly codes: SharedCodes;
  readonly log: (entry: LogEntry) => void;
}

export interface Pages {
  readonly fetch: Fetch;
  readonly imports: ImportRunner;
  readonly rates: RunningExchange;
  stop(): Promise<void>;
}

export function openPages(config: Config, { deps, libraries, tellForgotten, ...parts }: PagesParts): Pages {
  const { db, log } = parts;
  const imports = openRunner({ ...deps, db, log });
  const rates = openRateExchange({ ...deps, db, log });
  const app = createApp({
    ...deps,
    ...parts,
    libraries: {
      ...libraries,
      forget(slug) {
        libraries.forget(slug);
        tellForgotten(slug);
      },
    },
    rates,
    imports,
    ...(config.breachedPasswords === undefined
      ? {}
      : { isBreached: breachedPasswords(config.breachedPasswords) }),
    documents,
    cardDrawers: cardThreads(),
    tryLending: lendingSystems(config.lendingHosts, config.outgoingHosts, config.lendingPlaintext).tryOut,
    outgoingHosts: config.outgoingHosts,
    mails: config.smtp !== undefined,
    texts: config.sms !== undefined,
    backups: backupPlan(config),
    drawPdf: pdfScans(),
    publicUrl: config.publicUrl ?? null,
    hstsSubdomains: config.hstsSubdomains,
    isTrustedProxy: trustedProxies(config.trustedProxies),
  });
  return {
    fetch: app.fetch,
    imports,
    rates,
    async stop() {
      await Promise.all([imports.stop(), rates.stop()]);
    },
  };
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
