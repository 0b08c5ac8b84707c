/** Files of other systems with people who do not exist, and an import of one from its beginning to its report. */
import { createHash } from 'node:crypto';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ImportId } from '../../src/domain/ids.ts';
import { bytesInMemory } from '../../src/interop/byte-source.ts';
import { memberSource } from '../../src/interop/member-source.ts';
import { recognise } from '../../src/interop/recognise.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { orderImport, runImport } from '../../src/usecases/run-import.ts';
import { beginImport } from '../../src/usecases/start-import.ts';
import type { TestDatabase } from './database.ts';

export const HEADER =
  'No Anggota,Nama,Tempat Lahir,Tanggal Lahir,Jenis Kelamin,NIK,Alamat,Desa,Kecamatan,Kabupaten,No HP,Jenis Anggota,Tanggal Daftar,Berlaku Hingga,Agama';

/** A CSV of these rows below `HEADER`. */
export function fileOf(...rows: readonly string[]): Uint8Array {
  return new TextEncoder().encode([HEADER, ...rows, ''].join('\n'));
}

/** Person number `n`, of whom no two are alike. */
export function rowOf(n: number): string {
  const day = new Date(Date.UTC(1950, 0, 1 + ((n * 37) % 20_000))).toISOString().slice(0, 10);
  const word = [0, 1, 2, 3, 4].map((at) => SYLLABLES[Math.floor(n / 16 ** at) % 16]).join('');
  const nik = `9901${String(100_000_000_000 + n * 7_919).slice(-12)}`;
  return `A${String(n).padStart(6, '0')},${FIRST[n % FIRST.length]} ${word},Contohrejo,${day},${n % 2 ? 'L' : 'P'},${nik},Jl. Contoh ${n % 300},Sukacontoh,Contoh Utara,Kab. Contoh,0812${String(n).padStart(8, '0')},Umum,2020-01-02,2030-01-02,`;
}
const SYLLABLES = [
  'ra',
  'wi',
  'su',
  'na',
  'di',
  'ka',
  'lo',
  'me',
  'ti',
  'bu',
  'ja',
  'ri',
  'pa',
  'yo',
  'gu',
  'sa',
];
const FIRST = ['Budi', 'Siti', 'Agus', 'Dewi', 'Eko', 'Wulan', 'Hendra', 'Ratna', 'Joko', 'Intan', 'Yusuf'];

export interface Started {
  readonly importId: ImportId;
  readonly goesOn: boolean;
  readonly ended: Awaited<ReturnType<typeof runImport>>;
}

/** Reads a file as the command does, up to the report of the dry run. */
export async function dryRun(
  database: TestDatabase,
  deps: Deps,
  scope: Scope,
  bytes: Uint8Array,
  stopped?: () => boolean,
): Promise<Started> {
  const source = bytesInMemory(bytes);
  const file = await recognise(source);
  if (!file.ok) throw new Error(file.reason);
  const { importId, goesOn } = await beginImport(database.db, deps, scope, {
    fileName: 'anggota.csv',
    format: file.format,
    size: bytes.length,
    facts: { hasHeader: file.hasHeader, dialect: file.dialect, titles: file.titles },
    columns: file.mapping,
    digest: createHash('sha256').update(bytes).digest('hex'),
  });
  const ports = { source: memberSource(source, file, file.mapping), ...(stopped ? { stopped } : {}) };
  return { importId, goesOn, ended: await runImport(database.db, deps, scope, importId, ports) };
}

export async function apply(
  database: TestDatabase,
  deps: Deps,
  scope: Scope,
  importId: ImportId,
): Promise<Awaited<ReturnType<typeof runImport>>> {
  const ordered = await orderImport(database.db, deps, scope, importId, 'apply');
  if (!ordered.ok) throw new Error(ordered.reason);
  return runImport(database.db, deps, scope, importId, { source: null });
}

/** Rows with their outcomes and reasons, in the order of the file. */
export function rowsOf(database: TestDatabase, scope: Scope, importId: ImportId) {
  return inLibrary(database.db, scope.library.id, (tx) =>
    tx
      .selectFrom('import_row')
      .select(['n', 'outcome', 'reasons', 'member_id', 'candidates'])
      .where('import_id', '=', importId)
      .orderBy('n')
      .execute(),
  );
}
