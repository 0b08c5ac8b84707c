import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Db } from '../db/connection.ts';
import type { ImportRecord } from '../db/import.ts';
import { reportColumns, reportRow } from '../documents/import-report.ts';
import { preparePhoto } from '../documents/photo.ts';
import { csvLines } from '../documents/table-csv.ts';
import type { ImportId } from '../domain/ids.ts';
import { isRunning } from '../domain/importing/import-state.ts';
import { wantsMapping } from '../domain/importing/incoming-member.ts';
import { ROW_OUTCOMES } from '../domain/importing/row-outcome.ts';
import { texts } from '../i18n/index.ts';
import { memberSource } from '../interop/member-source.ts';
import { recognise } from '../interop/recognise.ts';
import { attachImportPhotos } from '../usecases/attach-import-photos.ts';
import type { Deps, Scope } from '../usecases/context.ts';
import { loadLibrary } from '../usecases/get-library.ts';
import { everyRow, type ImportView, viewImport, viewOf } from '../usecases/read-import.ts';
import { type MemberSource, orderImport, runImport } from '../usecases/run-import.ts';
import { beginImport, type NewImport } from '../usecases/start-import.ts';
import { besideDatabase } from './beside.ts';
import { type ImportArguments, readArguments } from './import/arguments.ts';
import { digestOf, fileBytes } from './import/file-bytes.ts';
import { type OpenedDatabase, openLive } from './import/live.ts';

/** `import <file>`: members of another system, checked first, taken over where told to; while the service runs or not. */
export async function importCommand(args: readonly string[]): Promise<number> {
  const input = readArguments(args);
  if (typeof input === 'string') {
    console.error(input);
    return 2;
  }
  const opened = await openSource(input);
  if (typeof opened === 'string') {
    console.error(opened);
    return 1;
  }
  try {
    return await besideDatabase((db, deps) => work(db, deps, input, opened));
  } finally {
    await opened.live?.close();
  }
}

interface OpenedSource {
  readonly about: NewImport;
  readonly source: MemberSource;
  readonly live: OpenedDatabase | null;
}

async function openSource(input: ImportArguments): Promise<OpenedSource | string> {
  if (/^(?:mysql|mariadb):\/\//.test(input.source)) {
    const live = await openLive(input.source);
    return typeof live === 'string' ? live : { about: live.about, source: live.source, live };
  }
  let bytes: ReturnType<typeof fileBytes>;
  try {
    bytes = fileBytes(input.source);
  } catch {
    return `${input.source} cannot be read: is it there, and may it be opened?`;
  }
  const file = await recognise(bytes);
  if (!file.ok) {
    const words = {
      empty: 'is empty',
      'not-a-table': 'is no table that can be read',
      'old-excel': 'is of an old Excel (.xls): save it as XLSX',
    };
    return `${input.source} ${words[file.reason]}.`;
  }
  const columns = input.columns ?? file.mapping;
  if (wantsMapping(file.format) && !Object.values(columns).includes('name'))
    return `${input.source} has no format that is known. Say with --map which of its columns is the name: ${file.titles.join(', ')}`;
  return {
    about: {
      fileName: basename(input.source),
      format: file.format,
      size: bytes.size,
      facts: { hasHeader: file.hasHeader, dialect: file.dialect, titles: file.titles },
      columns,
      digest: `${await digestOf(bytes)} ${JSON.stringify(columns)}`,
    },
    source: memberSource(bytes, file, columns),
    live: null,
  };
}

async function work(db: Db, deps: Deps, input: ImportArguments, opened: OpenedSource): Promise<number> {
  const library = await loadLibrary(db, input.library, deps.now());
  if (!library) {
    console.error(`There is no library ${input.library}.`);
    return 1;
  }
  const scope = (): Scope => ({ library, actor: { kind: 'system' }, at: deps.now(), requestId: 'import' });
  const { importId, goesOn } = await beginImport(db, deps, scope(), opened.about);
  const { formats } = texts(input.lang).office.importing;
  console.log(
    `${opened.about.fileName}: ${formats[opened.about.format]}${goesOn ? ', goes on where it stopped' : ''}`,
  );
  let told = 0;
  let halted = false;
  const halt = () => {
    halted = true;
  };
  process.once('SIGINT', halt);
  process.once('SIGTERM', halt);
  const onProgress = (record: ImportRecord): void => {
    if (!isRunning(record.state) || Date.now() - told < 2_000) return;
    told = Date.now();
    console.log(progressLine(viewOf(record, deps.now(), 0)));
  };
  const run = () =>
    runImport(db, deps, scope(), importId, { source: opened.source, onProgress, stopped: () => halted });
  let ended = await run();
  if (ended === 'checked' && input.apply) {
    const ordered = await orderImport(db, deps, scope(), importId, 'apply');
    if (ordered.ok) ended = await run();
  }
  if (ended === 'done' && input.photos !== null) await takePhotos(db, deps, scope(), importId, input.photos);
  if (ended === 'done' && opened.live !== null && input.visits)
    await opened.live.takeVisits(db, deps, scope(), importId, () => halted);
  const view = await viewImport(db, scope(), importId);
  if (view) summary(view, input);
  if (input.report !== null) await writeReport(db, deps, scope(), importId, input);
  if (ended === 'busy') {
    console.error(
      'Another process is at this import already. Its page under Pengaturan, Impor shows how far it is.',
    );
    return 1;
  }
  if (halted || ended === 'stopped') {
    const failed = view?.state === 'failed';
    console.error(
      failed
        ? 'The source cannot be read to its end; what was read has changed nothing.'
        : 'Stopped. The same command goes on where it was.',
    );
    return 1;
  }
  return 0;
}

function progressLine(view: ImportView): string {
  const left = view.secondsLeft === null ? '' : `, about ${Math.ceil(view.secondsLeft)} s left`;
  const share = view.share === null ? '' : ` ${Math.floor(view.share * 100)} %`;
  return `${view.state}${share}, row ${view.lastRow}${left}`;
}

function summary(view: ImportView, { lang }: ImportArguments): void {
  const { importing } = texts(lang).office;
  const words = { ...importing.reasons, ...importing.notes } as Readonly<Record<string, string>>;
  for (const outcome of ROW_OUTCOMES)
    console.log(`${importing.outcomes[outcome]}: ${view.counts.outcomes?.[outcome] ?? 0}`);
  for (const [code, count] of Object.entries(view.counts.reasons ?? {}))
    console.log(`  ${words[code] ?? code}: ${count}`);
  for (const [title, count] of Object.entries(view.counts.leftOver ?? {}))
    console.log(
      `  ${importing.leftOverOf(importing.fields[title as keyof typeof importing.fields] ?? title)}: ${count}`,
    );
  for (const [name, count] of Object.entries(view.counts.types ?? {}))
    console.log(`  ${importing.types.title}: ${name} (${count})`);
  if (view.counts.applied) console.log(importing.report.applied(String(view.counts.applied)));
  if (view.counts.photos) console.log(importing.report.photos(String(view.counts.photos)));
  if (view.counts.visits) console.log(importing.report.visits(String(view.counts.visits)));
  if (view.state === 'checked' && view.toApply > 0)
    console.log('Nothing has changed yet. Repeat with --apply, or open the report under Pengaturan, Impor.');
}

async function takePhotos(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  folder: string,
): Promise<void> {
  await attachImportPhotos(db, deps, scope, importId, {
    // A name is a name: whatever the source says, nothing outside the folder is opened.
    find: (name) => readFile(join(folder, basename(name.replaceAll('\\', '/')))).catch(() => undefined),
    prepare: async (bytes) => {
      const photo = await preparePhoto(bytes);
      return photo.ok ? photo.jpeg : undefined;
    },
  });
}

async function writeReport(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  input: ImportArguments,
): Promise<void> {
  if (input.report === null) return;
  const all = texts(input.lang);
  const out = createWriteStream(input.report, { mode: 0o600 });
  const put = async (line: string): Promise<void> => {
    if (!out.write(line)) await once(out, 'drain');
  };
  for (const line of csvLines(reportColumns(all), [])) await put(line);
  for await (const row of everyRow(db, deps, scope, importId)) {
    const [, line = ''] = [...csvLines(reportColumns(all), [reportRow(all, row)])];
    await put(line);
  }
  out.end();
  await once(out, 'finish');
  console.log(`${input.report}`);
}
