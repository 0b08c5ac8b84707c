import { sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import type { ImportId } from '../domain/ids.ts';
import { type Comparable, compare, isOneNumber } from '../domain/matching/compare.ts';
import type { Deps, Scope } from './context.ts';
import type { Erased } from './erase-person.ts';
import { comparableOf, slotsOf } from './match-columns.ts';
import { populationFor } from './population.ts';

/** What of an erased person later rows of a list are compared with; hashes as hexadecimal. */
type Remembered = Parameters<typeof comparableOf>[0] & { readonly nik: string | null };

const COLUMNS = [
  'name',
  'former_name_keys',
  'birth_place',
  'birth_date',
  'sex',
  'document_type',
  'document_hash',
  'nik_hash',
  'kk_hash',
  'nik',
  'phone',
  'email',
  'present_same',
  'address_line',
  'address_village',
  'present_line',
  'present_village',
] as const;

/**
 * Lets lists that are being read know whom they must not bring back: the rows still to come would be nobody's on file.
 * Sealed, and gone when the last row was read. Called while the people's data still stand, before rows that were read
 * already are looked for: a batch that is being put aside is waited for.
 */
export async function rememberErased(tx: Tx, deps: Deps, scope: Scope, erased: Erased): Promise<void> {
  const imports = await tx
    .selectFrom('import')
    .select('id')
    .where('state', 'in', ['uploading', 'mapping', 'reading'])
    .orderBy('id')
    .forUpdate()
    .execute();
  if (imports.length === 0) return;
  const rows = [
    ...(erased.members.length === 0
      ? []
      : await tx
          .selectFrom('member')
          .select(COLUMNS)
          .where('id', 'in', [...erased.members])
          .execute()),
    ...(erased.cases.length === 0
      ? []
      : await tx
          .selectFrom('application')
          .select(COLUMNS)
          .where('id', 'in', [...erased.cases])
          .execute()),
  ];
  const { vault } = deps;
  const { id: libraryId } = scope.library;
  const hex = (hash: Buffer | null) => hash?.toString('hex') ?? null;
  for (const { id } of imports)
    for (const row of rows) {
      const person: Remembered = {
        ...row,
        document_hash: hex(row.document_hash),
        nik_hash: hex(row.nik_hash),
        kk_hash: hex(row.kk_hash),
        nik: row.nik === null ? null : vault.openText(libraryId, 'nik', row.nik),
      };
      const content = vault.seal(libraryId, 'import', JSON.stringify(person));
      await sql`
        insert into import_erased (library_id, import_id, n, content)
        select ${libraryId}, ${id}, coalesce(max(n), 0) + 1, ${content} from import_erased where import_id = ${id}`.execute(
        tx,
      );
    }
}

/**
 * Asks of a row whether it is, or may be, somebody who was erased since the list came; undefined where nobody was.
 * The import is locked by the caller.
 */
export async function erasedSince(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  importId: ImportId,
): Promise<((person: Comparable) => boolean) | undefined> {
  const rows = await tx
    .selectFrom('import_erased')
    .select('content')
    .where('import_id', '=', importId)
    .execute();
  if (rows.length === 0) return undefined;
  const { vault } = deps;
  const { id: libraryId, settings } = scope.library;
  const population = await populationFor(tx, deps, scope);
  const gone = rows.map(({ content }) => {
    const person = JSON.parse(vault.openText(libraryId, 'import', content)) as Remembered;
    return comparableOf(
      person,
      person.nik === null ? null : slotsOf(vault, libraryId, person.nik),
      person.nik,
    );
  });
  return (person) =>
    gone.some((each) => {
      const match = compare(person, each, population, settings.crossCheck);
      return match.verdict !== 'different' || isOneNumber(match);
    });
}

/** All rows were read, or will not be. */
export async function forgetErased(tx: Tx, importId: ImportId): Promise<void> {
  await tx.deleteFrom('import_erased').where('import_id', '=', importId).execute();
}
