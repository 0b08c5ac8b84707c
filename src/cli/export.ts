import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/connection.ts';
import type { ExportRecord } from '../db/export.ts';
import { exportFile } from '../documents/export-file.ts';
import { misfitColumns, misfitRow } from '../documents/export-misfits.ts';
import { csvLines } from '../documents/table-csv.ts';
import type { KohaServer } from '../domain/exporting/feed.ts';
import { type FileTarget, isFileTarget, type LiveTarget } from '../domain/exporting/outgoing-member.ts';
import type { ExportId } from '../domain/ids.ts';
import { partsOf } from '../domain/parts.ts';
import { texts } from '../i18n/index.ts';
import { exportFormat } from '../interop/export-formats.ts';
import { openKoha } from '../interop/koha/rest.ts';
import { kohaTarget } from '../interop/koha/target.ts';
import { isOpenKoha, lendingSystems } from '../lending-systems.ts';
import { type Deps, type Scope, todayOf } from '../usecases/context.ts';
import { beginExport, type ExportRefusal, exportRows, kohaCodesOf } from '../usecases/export-members.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import { readExport, toldMembers } from '../usecases/read-export.ts';
import { runFeed } from '../usecases/run-feed.ts';
import { sendLive } from '../usecases/send-live.ts';
import { besideDatabase } from './beside.ts';
import { type ExportArguments, readExportArguments } from './export/arguments.ts';

const REFUSALS: Readonly<Record<ExportRefusal, string>> = {
  'not-allowed': 'Not allowed.',
  'filler-not-ready':
    'INLISLite 3.3 takes the first row of a list for an empty cell. Make a row "Tidak dicatat" in each of its lists, then say so under Pengaturan, Sistem peminjaman.',
  'branch-missing': "Koha's code of this library is missing: Pengaturan, Sistem peminjaman.",
};

/** `export`: members to the lending system; while the service runs or not. */
export async function exportCommand(args: readonly string[]): Promise<number> {
  const input = readExportArguments(args, process.env);
  if (typeof input === 'string') {
    console.error(input);
    return 2;
  }
  return besideDatabase((db, deps) => work(db, deps, input));
}

/** The command itself, on an opened database. */
async function work(db: Db, deps: Deps, input: ExportArguments): Promise<number> {
  const stop = new AbortController();
  const halt = () => stop.abort();
  process.once('SIGINT', halt);
  process.once('SIGTERM', halt);
  try {
    const library = await loadLibrary(db, input.library, deps.now());
    if (!library) {
      console.error(`There is no library ${input.library}.`);
      return 1;
    }
    const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'export' };
    return await runOnce(db, deps, scope, input, stop.signal);
  } finally {
    process.off('SIGINT', halt);
    process.off('SIGTERM', halt);
  }
}

async function runOnce(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: ExportArguments,
  signal: AbortSignal,
): Promise<number> {
  const { target, changedOnly } = input;
  if (input.koha !== null && isOpenKoha(input.koha.url) && !allowsPlaintext()) {
    console.error(
      'Koha is on another computer and would be asked over http: name its https:// address, or set ALLOW_PLAINTEXT=lending where the network between the two is your own.',
    );
    return 1;
  }
  if (!isFileTarget(target) && input.koha === null)
    return await runConnection(db, deps, scope, target, signal);
  const begun = await beginExport(db, deps, scope, { target, changedOnly });
  if (!begun.ok) {
    console.error(REFUSALS[begun.reason]);
    return 1;
  }
  const { exportId } = begun;
  if (isFileTarget(target)) await toFile(db, deps, scope, exportId, target, input);
  else if (input.koha !== null) await toKoha(db, deps, scope, exportId, input.koha, signal);
  const record = await readExport(db, scope, exportId);
  if (!record) return 1;
  summary(record);
  if (input.misfits !== null) await writeMisfits(db, scope, exportId, input.misfits, input.lang);
  return record.state === 'done' ? 0 : 1;
}

/** One run of the connection that an admin has set: whoever is new or has changed. */
async function runConnection(
  db: Db,
  deps: Deps,
  scope: Scope,
  target: LiveTarget,
  signal: AbortSignal,
): Promise<number> {
  const { LENDING_HOSTS, OUTGOING_HOSTS } = process.env;
  const run = await runFeed(db, deps, scope.library, target, {
    open: lendingSystems(partsOf(LENDING_HOSTS), partsOf(OUTGOING_HOSTS), allowsPlaintext()).open(signal),
    stopping: () => signal.aborted,
    asked: true,
  });
  switch (run.kind) {
    case 'not-due':
      console.error('There is no such connection: Pengaturan, Sambungan sistem peminjaman.');
      return 1;
    case 'idle':
      console.log('sent: 0');
      return 0;
    case 'ran':
      console.log(`sent: ${run.sent}\ndid not fit or waits for a person: ${run.misfit}`);
      return 0;
    case 'failed':
      console.error(`Failed: ${run.failure}${run.note === null ? '' : `\n${run.note}`}`);
      return 1;
    case 'interrupted':
      console.error('Stopped. The next run goes on with the rest.');
      return 1;
  }
}

function allowsPlaintext(): boolean {
  return partsOf(process.env.ALLOW_PLAINTEXT).includes('lending');
}

async function toFile(
  db: Db,
  deps: Deps,
  scope: Scope,
  exportId: ExportId,
  target: FileTarget,
  input: ExportArguments,
): Promise<void> {
  const rows = exportRows(db, deps, scope, exportId, exportFormat(target, kohaCodesOf(scope)));
  const file = exportFile(target, rows);
  const path = input.out ?? `${scope.library.slug}-${target}-${todayOf(scope)}.${file.extension}`;
  // Half a file never stands under the name of a whole one.
  const part = `${path}.part`;
  try {
    await pipeline(file.bytes, createWriteStream(part, { mode: 0o600 }));
    await rename(part, path);
    console.log(path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function toKoha(
  db: Db,
  deps: Deps,
  scope: Scope,
  exportId: ExportId,
  server: KohaServer,
  signal: AbortSignal,
): Promise<void> {
  const koha = openKoha(server, { fetch, wait: (ms) => wait(ms) });
  await sendLive(db, deps, scope, exportId, {
    system: kohaTarget(koha, kohaCodesOf(scope)),
    first: 'ask',
    stopped: () => signal.aborted,
  });
}

function summary(record: ExportRecord): void {
  console.log(`sent: ${record.sent}`);
  console.log(`did not fit: ${record.misfit}`);
  if (record.failure === 'koha-unreachable')
    console.error('Koha did not answer. The same command goes on where it was with --changed.');
  if (record.failure === 'koha-denied')
    console.error('Koha let us not in: check the user or client and its permission borrowers.');
  if (record.failure === 'koha-absent')
    console.error('There is no REST API of Koha at this address: name its staff interface.');
  if (record.failure === 'interrupted')
    console.error('Stopped. With --changed the next run goes on with the rest.');
}

async function writeMisfits(
  db: Db,
  scope: Scope,
  exportId: ExportId,
  path: string,
  lang: 'id' | 'en',
): Promise<void> {
  const all = texts(lang);
  const columns = misfitColumns(all);
  const out = createWriteStream(path, { mode: 0o600 });
  const put = async (line: string): Promise<void> => {
    if (!out.write(line)) await once(out, 'drain');
  };
  for (const line of csvLines(columns, [])) await put(line);
  for await (const member of toldMembers(db, scope, exportId)) {
    const [, line = ''] = [...csvLines(columns, [misfitRow(all, member)])];
    await put(line);
  }
  out.end();
  await once(out, 'finish');
  console.log(path);
}
