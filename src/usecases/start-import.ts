import type { Db } from '../db/connection.ts';
import { findImport, findUnfinished, type ImportRecord, lockImport } from '../db/import.ts';
import { inLibrary } from '../db/tenancy.ts';
import { coverIdentityNumbers, holdsIdentityNumber } from '../domain/identity-in-text.ts';
import type { ImportId } from '../domain/ids.ts';
import type { ImportFileFacts, ImportMapping } from '../domain/importing/import-state.ts';
import { type IncomingField, type SourceFormat, wantsMapping } from '../domain/importing/incoming-member.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { forgetErased } from './import-erased.ts';

/** Bytes of a piece of an uploaded file: what is in memory of it at any time. */
export const CHUNK_BYTES = 512 * 1024;

export interface NewImport {
  readonly fileName: string;
  readonly format: SourceFormat;
  /** Bytes of a file, members of a database. */
  readonly size: number;
  readonly facts: ImportFileFacts;
  readonly columns: ImportMapping['columns'];
  /** Of the whole source, such as a SHA-256; kept only as a keyed hash. */
  readonly digest: string;
}

/** A row for a file that is on its way in pieces, see `storeChunk`. */
export async function openUpload(db: Db, deps: Deps, scope: Scope, fileName: string): Promise<ImportId> {
  const id = newId<ImportId>(deps, scope.at);
  await inLibrary(db, scope.library.id, (tx) =>
    tx
      .insertInto('import')
      .values({ ...columnsOf(deps, scope, id, 'uploading', placeholder(fileName)), in_service: true })
      .execute(),
  );
  return id;
}

function placeholder(fileName: string): NewImport {
  const facts = { hasHeader: true, dialect: null, titles: [] };
  return { fileName, format: 'csv', size: 0, facts, columns: {}, digest: '' };
}

/** One piece of a file, sealed; all but the last have `CHUNK_BYTES`. */
export async function storeChunk(
  db: Db,
  { vault }: Pick<Deps, 'vault'>,
  scope: Scope,
  importId: ImportId,
  n: number,
  bytes: Uint8Array,
): Promise<void> {
  const { id } = scope.library;
  await inLibrary(db, id, (tx) =>
    tx
      .insertInto('import_chunk')
      .values({ library_id: id, import_id: importId, n, bytes: vault.seal(id, 'import', bytes) })
      .execute(),
  );
}

/** The file is there and was recognised: it is read, or waits for somebody to say which column is what. */
export async function finishUpload(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  input: NewImport,
): Promise<void> {
  const state = wantsMapping(input.format) ? 'mapping' : 'reading';
  const { id: _, library_id: __, ...columns } = columnsOf(deps, scope, importId, state, input);
  await inLibrary(db, scope.library.id, async (tx) => {
    await tx.updateTable('import').set(columns).where('id', '=', importId).execute();
    await writeAudit(tx, deps, scope, {
      action: 'import.upload',
      subjectKind: 'import',
      subjectId: importId,
    });
  });
}

/** An upload that was cut off, or no table at all. */
export async function dropUpload(db: Db, scope: Scope, importId: ImportId): Promise<void> {
  await inLibrary(db, scope.library.id, async (tx) => {
    await tx.deleteFrom('import_chunk').where('import_id', '=', importId).execute();
    await forgetErased(tx, importId);
    await tx.deleteFrom('import').where('id', '=', importId).where('state', '=', 'uploading').execute();
  });
}

/**
 * An import whose source the command reads itself. The same source again goes on where it stopped.
 * @returns `goesOn` where that one was found
 */
export function beginImport(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: NewImport,
): Promise<{ readonly importId: ImportId; readonly goesOn: boolean }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const known = await findUnfinished(tx, sourceHash(deps, scope, input.digest));
    if (known) {
      await tx
        .updateTable('import')
        .set({ paused: false, in_service: false })
        .where('id', '=', known.id)
        .execute();
      return { importId: known.id, goesOn: true };
    }
    const importId = newId<ImportId>(deps, scope.at);
    await tx
      .insertInto('import')
      .values(columnsOf(deps, scope, importId, 'reading', input))
      .execute();
    await writeAudit(tx, deps, scope, { action: 'import.read', subjectKind: 'import', subjectId: importId });
    return { importId, goesOn: false };
  });
}

function sourceHash({ vault }: Pick<Deps, 'vault'>, scope: Scope, digest: string): Buffer {
  return vault.hash(scope.library.id, 'import_source', digest);
}

/** A moment written in one piece, as exports have it, is no number of anybody: by it one list is told from the next. */
function shownName(fileName: string): string {
  return (holdsIdentityNumber(fileName) ? coverIdentityNumbers(fileName) : fileName).slice(0, 200);
}

function columnsOf(deps: Deps, scope: Scope, id: ImportId, state: ImportRecord['state'], input: NewImport) {
  const mapping: ImportMapping = { columns: input.columns, types: {} };
  return {
    library_id: scope.library.id,
    id,
    format: input.format,
    file_name: shownName(input.fileName),
    source_hash: sourceHash(deps, scope, input.digest),
    file_facts: JSON.stringify(input.facts),
    mapping: JSON.stringify(mapping),
    state,
    size: input.size,
    counts: '{}',
    phase_began_at: scope.at,
    beat_at: scope.at,
    created_at: scope.at,
    created_by: scope.actor.kind === 'officer' ? scope.actor.id : null,
  };
}

/** Which column is what, as somebody said; then the reading begins. A name must be among them. */
export function mapColumns(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  columns: Readonly<Record<string, IncomingField>>,
): Promise<
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not-found' | 'not-now' | 'name-unmapped' | 'mapped-twice' }
> {
  const fields = Object.values(columns);
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!(await findImport(tx, importId))) return { ok: false, reason: 'not-found' };
    const record = await lockImport(tx, importId);
    if (record.state !== 'mapping') return { ok: false, reason: 'not-now' };
    if (!fields.includes('name')) return { ok: false, reason: 'name-unmapped' };
    if (new Set(fields).size < fields.length) return { ok: false, reason: 'mapped-twice' };
    const mapping: ImportMapping = { columns, types: {} };
    await tx
      .updateTable('import')
      .set({
        mapping: JSON.stringify(mapping),
        state: 'reading',
        phase_began_at: scope.at,
        beat_at: scope.at,
      })
      .where('id', '=', importId)
      .execute();
    await writeAudit(tx, deps, scope, { action: 'import.map', subjectKind: 'import', subjectId: importId });
    return { ok: true };
  });
}

/** Which of the library's member types the unknown names of the source are; asked before the rows are taken over. */
export function mapTypes(
  db: Db,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
  types: Readonly<Record<string, string>>,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' | 'not-now' }> {
  return inLibrary(db, scope.library.id, async (tx) => {
    if (!(await findImport(tx, importId))) return { ok: false, reason: 'not-found' };
    const record = await lockImport(tx, importId);
    if (record.state !== 'checked') return { ok: false, reason: 'not-now' };
    const { columns, types: before } = record.mapping as ImportMapping;
    const mapping: ImportMapping = { columns, types: { ...before, ...types } };
    await tx
      .updateTable('import')
      .set({ mapping: JSON.stringify(mapping) })
      .where('id', '=', importId)
      .execute();
    await writeAudit(tx, deps, scope, { action: 'import.map', subjectKind: 'import', subjectId: importId });
    return { ok: true };
  });
}
