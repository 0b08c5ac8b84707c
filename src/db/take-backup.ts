/** One backup from beginning to end: written, checked, copied to a second folder with the list of who was erased, remembered, older ones thinned out. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BackupKeep, keptBackups } from '../domain/backup-plan.ts';
import {
  type BackupKind,
  type BackupSource,
  type MadeBackup,
  nameBackup,
  scheduledAt,
  upgradedAt,
  writeBackup,
} from './backup.ts';
import { type CheckedHow, type CheckOptions, checkBackup, freeBytes } from './backup-check.ts';
import type { Secret } from './backup-keys.ts';
import { inspectBackup } from './backup-read.ts';
import { rememberBackup, type SecondCopy } from './backup-run.ts';
import { type BackupReason, BackupTrouble, troubleOf } from './backup-trouble.ts';
import { copyErasures, readErasureFiles } from './erasure-file.ts';
import { eachErasedOnce, readErasureTable } from './restore-erasures.ts';
import { withClient } from './with-client.ts';

/** Backups before an upgrade that stay: each is the way back from one version. */
const KEPT_UPGRADES = 3;
/** A half file of that age belongs to nobody that still runs. */
const STALE_MS = 24 * 3_600_000;
/** Larger ones are not read again before an upgrade: people wait for the start, and each chunk can be told to be whole. */
const MOST_READ_AT_START = 2 * 1024 ** 3;
const TELL_EVERY_MS = 5_000;

export interface TakeOptions extends CheckOptions {
  readonly kind: BackupKind;
  readonly source: BackupSource;
  readonly folder: string;
  /** Instead of a name in `folder`. */
  readonly file?: string | undefined;
  readonly second?: string | undefined;
  readonly verify: CheckedHow | 'none';
  /** For `scheduled`. */
  readonly keep?: { readonly counts: BackupKeep; readonly zone: string } | undefined;
  readonly now: () => Date;
}

export type TakeResult =
  | {
      readonly ok: true;
      readonly made: MadeBackup;
      readonly checked: CheckedHow | null;
      readonly second: SecondCopy | null;
    }
  | { readonly ok: false; readonly reason: BackupReason; readonly detail: string };

/** Never throws for what can happen to a disk, a server or a file; whatever happened is remembered in the database. */
export async function takeBackup(options: TakeOptions): Promise<TakeResult> {
  const startedAt = options.now();
  const result = await tryBackup(options, startedAt).catch((error: unknown): TakeResult => {
    const { reason, detail } = troubleOf(error);
    return { ok: false, reason, detail };
  });
  await withClient(options.source.address, (client) =>
    rememberBackup(client, {
      kind: options.kind,
      startedAt,
      endedAt: options.now(),
      failure: result.ok ? null : result.reason,
      file: result.ok ? path.basename(result.made.file) : null,
      bytes: result.ok ? result.made.bytes : null,
      rows: result.ok ? result.made.rows : null,
      checked: result.ok ? result.checked : null,
      second: result.ok ? result.second : null,
    }),
  ).catch((error: unknown) => options.log(`the backup is not in the list: ${troubleOf(error).detail}`));
  return result;
}

async function tryBackup(options: TakeOptions, startedAt: Date): Promise<TakeResult> {
  const file = options.file ?? (await nameBackup(options.folder, options.kind, startedAt));
  const made = await writeBackup(options.source, file, startedAt, {
    begins: (expected) => enoughRoom(path.dirname(file), expected),
    copied: teller(options),
  });
  // With the lock that needs no person: that it opens is checked by this, too.
  const secrets: readonly Secret[] = [{ kind: 'master', master: options.source.master }];
  let checked: CheckedHow | null = null;
  try {
    if (options.verify === 'restored') checked = await checkBackup(file, secrets, options);
    if (options.verify === 'read' && made.manifest.heapBytes < MOST_READ_AT_START) {
      await inspectBackup(file, secrets);
      checked = 'read';
    }
  } catch (error) {
    const { reason, detail } = troubleOf(error);
    // A database that went away says nothing of the file; one that does not come out as it went in must not be trusted.
    if (reason === 'unreachable' || reason === 'disk-full') throw error;
    await rename(file, `${file}.unusable`).catch(() => undefined);
    throw new BackupTrouble('check-failed', detail, error);
  }
  const erased = eachErasedOnce([
    ...(await withClient(options.source.address, readErasureTable)),
    ...(await readErasureFiles([options.dataDir], options.log)),
  ]);
  // Of those erased after an older backup, this one knows nothing: the list has to outlive this computer as well.
  const keepList = (folder: string) => copyErasures(options.dataDir, folder, erased);
  // The backup is there and good: what it lacks is said, and is in the data folder.
  await keepList(path.dirname(file)).catch((error: unknown) =>
    options.log(`the list of erasures could not be put beside the backup: ${troubleOf(error).detail}`),
  );
  const second =
    options.second === undefined ? null : await copyToSecond(file, options.second, keepList, options.log);
  for (const folder of [options.folder, ...(second === 'copied' ? [options.second ?? ''] : [])]) {
    await thinOut(folder, options);
  }
  return { ok: true, made, checked, second };
}

/**
 * Of the size of the tables: rows are packed, and tables may be half empty. What is refused wrongly could not be upgraded.
 */
const LEAST_SHARE = 0.25;

/** Said before the first byte: a disk that fills up under a backup stops the database beside it. */
async function enoughRoom(folder: string, expected: number): Promise<void> {
  const free = await freeBytes(folder);
  const needed = expected * LEAST_SHARE;
  if (free >= needed) return;
  const mib = (bytes: number) => Math.ceil(bytes / MIB);
  throw new BackupTrouble(
    'disk-full',
    `${mib(needed)} MiB or more are needed in ${folder}, ${mib(free)} MiB are free`,
  );
}

const MIB = 1_048_576;

function teller(options: TakeOptions): (done: number, expected: number) => void {
  const began = Date.now();
  let told = began;
  return (done, expected) => {
    if (Date.now() - told < TELL_EVERY_MS) return;
    told = Date.now();
    const share = expected > 0 ? Math.min(0.99, done / expected) : 0;
    const left = share > 0.01 ? ((told - began) * (1 - share)) / share : 0;
    const how = share > 0 ? `, about ${Math.round(share * 100)} %` : '';
    const minutes = left > 60_000 ? `, about ${Math.ceil(left / 60_000)} minutes left` : '';
    options.log(`backup: ${Math.round(done / MIB)} MiB of rows copied${how}${minutes}`);
  };
}

/** A folder that is not there is a disk that is not plugged in: it is not made, or the copy would lie beside it. */
async function copyToSecond(
  file: string,
  folder: string,
  keepList: (folder: string) => Promise<void>,
  log: (line: string) => void,
): Promise<SecondCopy> {
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory() !== true) return 'missing';
  const target = path.join(folder, path.basename(file));
  const part = `${target}.part`;
  try {
    await copyFile(file, part);
    const handle = await open(part, 'r+');
    await handle.sync().finally(() => handle.close());
    if ((await digestOf(part)) !== (await digestOf(file))) throw new BackupTrouble('damaged');
    await rename(part, target);
    await keepList(folder);
    return 'copied';
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    log(`the copy in the second folder failed: ${troubleOf(error).detail}`);
    return 'failed';
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 1_048_576 }))
    hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Only what this program made by itself goes; backups that somebody asked for stay. */
async function thinOut(folder: string, options: TakeOptions): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const dated = (atOf: (name: string) => Date | undefined) =>
    names.flatMap((name) => {
      const at = atOf(name);
      return at === undefined ? [] : [{ name, at }];
    });
  const going: string[] = [];
  if (options.keep !== undefined) {
    const scheduled = dated(scheduledAt);
    const kept = keptBackups(scheduled, options.keep.counts, options.keep.zone);
    going.push(...scheduled.filter(({ name }) => !kept.has(name)).map(({ name }) => name));
  }
  const upgrades = dated(upgradedAt).sort((one, other) => other.at.getTime() - one.at.getTime());
  going.push(...upgrades.slice(KEPT_UPGRADES).map(({ name }) => name));
  for (const name of names.filter((one) => one.endsWith('.dpbackup.part'))) {
    const info = await stat(path.join(folder, name)).catch(() => undefined);
    if (info !== undefined && Date.now() - info.mtimeMs > STALE_MS) going.push(name);
  }
  for (const name of going) await rm(path.join(folder, name), { force: true });
}
