import type pg from 'pg';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { OutgoingHosts } from '../domain/outgoing-hosts.ts';
import { within } from '../domain/within.ts';
import { applyRetention } from '../usecases/apply-retention.ts';
import { askForAnchorMail } from '../usecases/audit-anchor.ts';
import { sealWaiting } from '../usecases/audit-seal.ts';
import type { Deps } from '../usecases/context.ts';
import { type ComposeMail, deliverMessages, type SendMail } from '../usecases/deliver-messages.ts';
import { type ComposeText, deliverTexts, sortCodes } from '../usecases/deliver-texts.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import { forgetOldRecords } from '../usecases/oidc-record.ts';
import { strengthenRecoveryCodes } from '../usecases/recovery-codes.ts';
import type { FeedPorts } from '../usecases/run-feed.ts';
import { type SendLines, sendAudit } from '../usecases/send-audit.ts';
import type { SendText } from '../usecases/send-text.ts';
import { forgetOldTexts } from '../usecases/sms-sent.ts';
import { type BackupJobPorts, openBackupJob } from './backups.ts';
import { openCovering } from './cover-texts.ts';
import { openFeedRunner } from './feeds.ts';
import { openSealing, SEAL_EVERY_MS } from './seal-audit.ts';
import { openWebhookRunner } from './webhooks.ts';

/** Held by the one process that runs the jobs; any constant, the same in every version. */
export const LEADER_LOCK = 7_216_441_904;
const LOOK_EVERY_MS = 10_000;
/** Programs that are told what happened show it to people who wait. */
const WEBHOOKS_EVERY_MS = 2_000;
/** The holder of the lock asks its connection so long whether it still is one. */
const ANSWER_WITHIN_MS = 5_000;
/** Turns left out after the collector of the audit log did not answer: half a minute. */
const AUDIT_PAUSE = 6;
/**
 * The server holds the lock for a leader whose computer vanished without a word until it notices, two hours by default:
 * asked after 5 s of silence and given up 6 s later. No effect on a Unix socket, whose end is never silent.
 */
const NOTICE_SOON = `select set_config('tcp_keepalives_idle', '5', false),
  set_config('tcp_keepalives_interval', '2', false), set_config('tcp_keepalives_count', '3', false)`;
/** The first time: what a stop interrupted goes on, without standing in the way of the start. */
const AFTER_START_MS = 500;
const RETENTION_EVERY_MS = 6 * 3_600_000;

export interface JobPorts {
  /** Null where no mail server is set: messages wait in the outbox. */
  readonly send: SendMail | null;
  readonly compose: ComposeMail;
  /** Null where no SMS gateway is set. */
  readonly texts?: { readonly send: SendText; readonly compose: ComposeText } | null;
  /** Opens a lending system; the signal ends what is under way. */
  readonly openLending: (cut: AbortSignal) => FeedPorts['open'];
  /** Where the audit log goes besides the database; null: nowhere. */
  readonly sendAudit?: SendLines | null;
  /** What webhooks may be sent to at all; none: as their own rules say. */
  readonly outgoingHosts?: OutgoingHosts;
  /** Begins imports again that a stop of the service interrupted; does not wait for them. */
  readonly goOnWithImports: () => Promise<void>;
  /** Null where this process makes no backups by itself. */
  readonly backup?: Omit<BackupJobPorts, 'log'> | null | undefined;
  readonly log: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
}

/**
 * Runs the service's own work in the app process. Of several processes on one database only the holder of an advisory
 * lock works; its connection's end, for whatever reason, lets another one follow at its next try.
 * @returns stops and waits for the run in progress
 */
export function startJobs(
  db: Db,
  connect: () => pg.Client,
  deps: Deps,
  ports: JobPorts,
): { stop(): Promise<void> } {
  let leader: pg.Client | null = null;
  let nextRetention = 0;
  let lookedInHour = Number.NaN;
  let electing: Promise<boolean> | undefined;
  let tookOver: pg.Client | null = null;
  let running: Promise<void> = Promise.resolve();
  let feeding: Promise<void> = Promise.resolve();
  let mailing: Promise<void> = Promise.resolve();
  let texting: Promise<void> = Promise.resolve();
  let sealing: Promise<void> = Promise.resolve();
  let covering: Promise<void> | undefined;
  let stopped = false;
  const feeds = openFeedRunner(db, deps, {
    open: ports.openLending,
    leading: () => leader !== null,
    log: ports.log,
  });

  const webhooks = openWebhookRunner(db, deps, {
    leading: () => leader !== null,
    log: ports.log,
    network: { hosts: ports.outgoingHosts ?? [] },
  });
  const texts = openCovering(db, deps, { leader: () => leader, log: ports.log });
  let looking: Promise<void> | undefined;
  const tickWebhooks = (): void => {
    looking ??= webhooksOnce()
      .catch(failed)
      .finally(() => {
        looking = undefined;
      });
  };
  const seal = openSealing(db, deps.now, () => !stopped);
  // On a line of its own: a collector that is away holds up no seal.
  let sendingAudit: Promise<void> | undefined;
  const leaving = new AbortController();
  let auditWaits = 0;
  let auditTold = false;
  const tickAudit = (): void => {
    if (!ports.sendAudit || auditWaits-- > 0) return;
    auditWaits = 0;
    sendingAudit ??= sendAuditOnce(ports.sendAudit)
      .catch((error: unknown) => {
        auditWaits = AUDIT_PAUSE;
        if (!auditTold) ports.log({ event: 'audit-not-sent', error: causeOf(error) });
        auditTold = true;
      })
      .finally(() => {
        sendingAudit = undefined;
      });
  };
  const backups = ports.backup ? openBackupJob(db, deps.now, { ...ports.backup, log: ports.log }) : undefined;

  const failed = (error: unknown) =>
    ports.log({ event: 'job-failed', error: error instanceof Error ? error.name : 'unknown' });
  // Of one library, while the others go on: its name and the kind of error, nothing else.
  const failedFor = (job: string) => (library: LibraryId, error: unknown) =>
    ports.log({ event: 'job-failed', job, library, error: error instanceof Error ? error.name : 'unknown' });
  /** Each library by itself: one that cannot be looked after holds up no other, and has its turn again at the next time. */
  const forEach = async (
    job: string,
    work: (library: { readonly id: LibraryId; readonly slug: string }) => Promise<void>,
  ): Promise<void> => {
    for (const library of await listLibraries(db))
      await work(library).catch((error: unknown) => failedFor(job)(library.id, error));
  };
  const tick = (): void => {
    // Each line one run at a time: what is slow must not pile up runs.
    running = running.then(runOnce).catch(failed);
    // Lines of their own: a code waits for no slow mail server, and no mail for a slow gateway.
    mailing = mailing.then(mailOnce).catch(failed);
    texting = texting.then(textOnce).catch(failed);
    // On a line of their own: mail waits for no lending system, and none of them for mail.
    feeding = feeding.then(feedOnce).catch(failed);
    // It may take minutes where there is a lot to look through.
    covering ??= coverOnce()
      .catch(failed)
      .finally(() => {
        covering = undefined;
      });
  };
  // On a line of its own as well: a seal is due within seconds, whatever else is slow.
  let sealsNow = false;
  const tickSeal = (): void => {
    if (sealsNow) return;
    sealsNow = true;
    sealing = sealOnce()
      .catch(failed)
      .finally(() => {
        sealsNow = false;
      });
  };
  // The jobs alone keep no process alive.
  const first = setTimeout(() => {
    tick();
    tickSeal();
    tickWebhooks();
  }, AFTER_START_MS).unref();
  const sealTimer = setInterval(tickSeal, SEAL_EVERY_MS).unref();
  const auditTimer = setInterval(tickAudit, SEAL_EVERY_MS).unref();
  const webhookTimer = setInterval(tickWebhooks, WEBHOOKS_EVERY_MS).unref();
  const timer = setInterval(tick, LOOK_EVERY_MS).unref();

  async function runOnce(): Promise<void> {
    if (stopped || !(await lead())) return;
    // What one of them throws is told, and keeps none of those after it from their turn.
    await ports.goOnWithImports().catch(failed);
    await backups?.look().catch(failed);
    await everyHour();
    const now = deps.now().getTime();
    if (now < nextRetention) return;
    await forEach('retention', async ({ slug }) => {
      const library = await loadLibrary(db, slug, deps.now());
      if (library)
        ports.log({ event: 'retention', library: slug, ...(await applyRetention(db, deps, library)) });
    });
    nextRetention = now + RETENTION_EVERY_MS;
  }

  async function mailOnce(): Promise<void> {
    if (ports.send === null || stopped || !(await lead())) return;
    const { send, compose } = ports;
    if (ports.texts) await sortCodes(db, deps, { mails: true, failed: failedFor('codes') });
    const sent = await deliverMessages(db, deps, {
      ...{ send, compose, texts: Boolean(ports.texts) },
      failed: failedFor('mails'),
      stopped: () => stopped,
    });
    if (sent > 0) ports.log({ event: 'mail-sent', count: sent });
  }

  /** Enough for what is due once a day, and for what anybody at the door of services can let grow. */
  async function everyHour(): Promise<void> {
    const hour = Math.floor(deps.now().getTime() / 3_600_000);
    if (hour === lookedInHour) return;
    await forEach('hourly', async ({ id }) => {
      if (ports.send !== null) await askForAnchorMail(db, deps, id);
      await forgetOldRecords(db, deps, id);
      await strengthenRecoveryCodes(db, deps, id);
      await inLibrary(db, id, (tx) => forgetOldTexts(tx, deps.now()));
    });
    lookedInHour = hour;
  }

  async function textOnce(): Promise<void> {
    if (!ports.texts || stopped || !(await lead())) return;
    const done = await deliverTexts(db, deps, {
      ...ports.texts,
      mails: ports.send !== null,
      failed: failedFor('codes'),
      cut: leaving.signal,
    });
    if (done.sent > 0) ports.log({ event: 'sms-sent', count: done.sent });
    if (done.limited > 0) ports.log({ event: 'sms-limit', count: done.limited });
    if (done.failed > 0) ports.log({ event: 'sms-failed', count: done.failed, error: done.failure });
  }

  async function feedOnce(): Promise<void> {
    if (stopped || !(await lead())) return;
    if (tookOver !== leader) {
      await feeds.takeOver();
      tookOver = leader;
    }
    await feeds.look();
  }

  async function coverOnce(): Promise<void> {
    if (stopped || !(await lead())) return;
    await texts.look();
  }

  async function sendAuditOnce(send: SendLines): Promise<void> {
    if (stopped || !(await lead())) return;
    await sendAudit(db, deps.now, send, () => !stopped && leader !== null, leaving.signal);
    if (auditTold) ports.log({ event: 'audit-sent-again' });
    auditTold = false;
  }

  async function webhooksOnce(): Promise<void> {
    if (stopped || !(await lead())) return;
    await webhooks.look();
  }

  async function sealOnce(): Promise<void> {
    if (stopped || !(await lead())) return;
    await seal();
  }

  /** Whether this process holds the lock, trying to get it where it does not; one try for all who ask meanwhile. */
  async function lead(): Promise<boolean> {
    electing ??= (leader === null ? elect() : confirm(leader)).finally(() => {
      electing = undefined;
    });
    return await electing;
  }

  /**
   * The lock lives on a connection that is silent for long: behind a proxy or after a failover it may be gone while
   * this side still believes in it, and another process lead already. A server that only reads gave its locks up.
   */
  async function confirm(client: pg.Client): Promise<boolean> {
    try {
      const { rows } = await soon(
        client.query<{ held: boolean }>(
          `select not pg_is_in_recovery() and exists (select from pg_locks where locktype = 'advisory'
             and pid = pg_backend_pid() and granted and classid::bigint << 32 | objid::bigint = $1) as held`,
          [LEADER_LOCK],
        ),
      );
      if (rows[0]?.held === true) return true;
    } catch {
      // Gone, or as good as gone.
    }
    if (leader === client) leader = null;
    drop(client);
    return await elect();
  }

  async function elect(): Promise<boolean> {
    const client = connect();
    client.on('error', () => {
      if (leader === client) leader = null;
    });
    client.on('end', () => {
      if (leader === client) leader = null;
    });
    try {
      await client.connect();
      await soon(client.query(NOTICE_SOON));
      const { rows } = await soon(
        client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [LEADER_LOCK]),
      );
      if (rows[0]?.held !== true) {
        drop(client);
        return false;
      }
    } catch (error) {
      drop(client);
      throw error;
    }
    leader = client;
    return true;
  }

  return {
    async stop() {
      stopped = true;
      clearTimeout(first);
      clearInterval(timer);
      clearInterval(sealTimer);
      clearInterval(auditTimer);
      clearInterval(webhookTimer);
      leaving.abort();
      texts.stop();
      await Promise.all([
        running,
        mailing,
        feeding,
        texting,
        sealing,
        covering,
        sendingAudit,
        looking,
        feeds.stop(),
        webhooks.stop(),
        backups?.stop(),
      ]);
      // What was done until now waits for no next start; an old log that is still being sealed may.
      let portions = 3;
      if (leader !== null) await sealWaiting(db, () => portions-- > 0).catch(failed);
      const client = leader;
      leader = null;
      await client?.end();
    },
  };
}

/** A code such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`, which tells where to look; never a message, which may hold more. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** A connection that may be dead is waited for by nobody. */
function drop(client: pg.Client): void {
  client.end().catch(() => undefined);
}

function soon<T>(answer: Promise<T>): Promise<T> {
  return within(answer, ANSWER_WITHIN_MS, () => new Error('the leader’s connection does not answer'));
}
