/** Every column that is sealed with a data key; what is sealed with a person's key needs only that key wrapped anew. */
import { type RawBuilder, sql } from 'kysely';
import type { LibraryId } from '../domain/ids.ts';
import type { Db, Tx } from './connection.ts';
import { inLibrary } from './tenancy.ts';
import type { SecretKind, Vault } from './vault.ts';

export interface SealedTable {
  readonly table: string;
  /** Of the primary key after library_id, in order. */
  readonly key: readonly { readonly column: string; readonly type: 'uuid' | 'int' | 'text' | 'bytea' }[];
  readonly columns: readonly { readonly column: string; readonly kind: SecretKind }[];
  /** Rows sealed anew in one transaction: few where a value is a picture. */
  readonly batch: number;
}

const PERSON: SealedTable['columns'] = [
  { column: 'document_number', kind: 'document' },
  { column: 'nik', kind: 'nik' },
  { column: 'kk', kind: 'kk' },
  { column: 'person_key', kind: 'person_key' },
];
const BY_ID: SealedTable['key'] = [{ column: 'id', type: 'uuid' }];
const OF_IMPORT: SealedTable['key'] = [
  { column: 'import_id', type: 'uuid' },
  { column: 'n', type: 'int' },
];

/** A test holds this against the columns that the database has. */
export const SEALED_TABLES: readonly SealedTable[] = [
  { table: 'application', key: BY_ID, columns: PERSON, batch: 500 },
  { table: 'member', key: BY_ID, columns: PERSON, batch: 500 },
  { table: 'officer', key: BY_ID, columns: [{ column: 'totp_secret', kind: 'totp' }], batch: 500 },
  { table: 'draft', key: BY_ID, columns: [{ column: 'content', kind: 'draft' }], batch: 500 },
  {
    table: 'correction',
    key: [{ column: 'application_id', type: 'uuid' }, ...BY_ID],
    columns: [{ column: 'message', kind: 'message' }],
    batch: 500,
  },
  { table: 'import_row', key: OF_IMPORT, columns: [{ column: 'content', kind: 'import' }], batch: 500 },
  { table: 'import_erased', key: OF_IMPORT, columns: [{ column: 'content', kind: 'import' }], batch: 500 },
  { table: 'import_chunk', key: OF_IMPORT, columns: [{ column: 'bytes', kind: 'import' }], batch: 8 },
  {
    table: 'library_key',
    key: [{ column: 'key_id', type: 'bytea' }],
    columns: [{ column: 'sealed_seed', kind: 'library_key' }],
    batch: 500,
  },
  {
    table: 'feed',
    key: [{ column: 'target', type: 'text' }],
    columns: [{ column: 'secret', kind: 'feed' }],
    batch: 500,
  },
  {
    table: 'sign_on_provider',
    key: [{ column: 'issuer', type: 'text' }],
    columns: [{ column: 'client_secret', kind: 'sign_on' }],
    batch: 500,
  },
  {
    table: 'lending_link',
    key: [
      { column: 'target', type: 'text' },
      { column: 'member_id', type: 'uuid' },
    ],
    columns: [
      { column: 'foreign_id', kind: 'lending' },
      { column: 'differences', kind: 'lending' },
    ],
    batch: 500,
  },
  {
    table: 'api_request',
    key: [
      { column: 'client_id', type: 'uuid' },
      { column: 'key_hash', type: 'bytea' },
    ],
    columns: [{ column: 'answer', kind: 'api_answer' }],
    batch: 500,
  },
  {
    table: 'webhook',
    key: BY_ID,
    columns: [
      { column: 'secret', kind: 'webhook' },
      { column: 'old_secret', kind: 'webhook' },
    ],
    batch: 500,
  },
  {
    table: 'oidc_key',
    key: [{ column: 'kid', type: 'text' }],
    columns: [{ column: 'sealed_key', kind: 'oidc_key' }],
    batch: 500,
  },
  {
    table: 'oidc_record',
    key: [
      { column: 'model', type: 'text' },
      { column: 'id_hash', type: 'bytea' },
    ],
    columns: [{ column: 'content', kind: 'oidc_record' }],
    batch: 500,
  },
  { table: 'file', key: BY_ID, columns: [{ column: 'bytes', kind: 'file' }], batch: 16 },
];

/** Rows looked at by one statement. */
const PAGE = 2_000;

/** Of one way through a table. */
export interface Resealed {
  readonly changed: number;
  /** Locked by somebody else, who may have written the older value: another way through finds them. */
  readonly left: number;
  /** Could not be opened: damaged, or of a key that is not here. They stay as they are. */
  readonly unreadable: number;
}

interface Row {
  readonly needs: boolean;
  /** Of the primary key, as text. */
  readonly at: readonly string[];
}

/**
 * Goes once through a table of a library and seals anew what is sealed with another key than the active one, in batches
 * that each are a transaction: stopped anywhere, a later way through goes on. Never waits for a row, so it holds up nobody
 * for longer than a batch takes and cannot be part of a deadlock.
 * @param owner of the tables: the app may not change all of them
 * @param each is told after each batch, and may throw to stop
 */
export async function resealTable(
  owner: Db,
  vault: Vault,
  libraryId: LibraryId,
  table: SealedTable,
  each: (done: number) => void,
): Promise<Resealed> {
  const { active } = vault.dataKeys();
  let changed = 0;
  let left = 0;
  let unreadable = 0;
  let last: readonly string[] | undefined;
  for (;;) {
    const page = await inLibrary(owner, libraryId, (tx) => readPage(tx, libraryId, table, active, last));
    const wanted = page.filter(({ needs }) => needs).map(({ at }) => at);
    for (let from = 0; from < wanted.length; from += table.batch) {
      const batch = wanted.slice(from, from + table.batch);
      const done = await inLibrary(owner, libraryId, (tx) =>
        resealRows(tx, vault, libraryId, table, active, batch),
      );
      changed += done.changed;
      unreadable += done.unreadable;
      left += batch.length - done.found;
      each(done.changed);
    }
    each(0);
    last = page.at(-1)?.at;
    if (page.length < PAGE || last === undefined) return { changed, left, unreadable };
  }
}

/** How many values this data key has sealed, by table; tables without any are left out. */
export async function countSealedBy(
  owner: Db,
  libraryIds: readonly LibraryId[],
  id: number,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const libraryId of libraryIds) {
    for (const { table, columns } of SEALED_TABLES) {
      const found = await inLibrary(owner, libraryId, (tx) =>
        sql<{ n: number }>`
          select ${sql.join(
            columns.map(
              ({ column }) => sql`count(*) filter (where ${versionOf(column)} = ${byteOf(id)}::bytea)`,
            ),
            sql` + `,
          )} as n from ${sql.table(table)} where library_id = ${libraryId}`.execute(tx),
      );
      const n = Number(found.rows[0]?.n ?? 0);
      if (n > 0) counts.set(table, (counts.get(table) ?? 0) + n);
    }
  }
  return counts;
}

async function readPage(
  tx: Tx,
  libraryId: LibraryId,
  { table, key, columns }: SealedTable,
  active: number,
  last: readonly string[] | undefined,
): Promise<readonly Row[]> {
  const names = sql.join(key.map(({ column }) => sql.ref(column)));
  const after =
    last === undefined
      ? sql``
      : sql`and (${names}) > (${sql.join(key.map(({ type }, index) => cast(sql`${last[index]}`, type)))})`;
  const needs = sql.join(
    columns.map(
      ({ column }) => sql`coalesce(${versionOf(column)} not in ('', ${byteOf(active)}::bytea), false)`,
    ),
    sql` or `,
  );
  const { rows } = await sql<Row>`
    select ${needs} as needs, array[${sql.join(key.map(({ column, type }) => asText(column, type)))}] as at
    from ${sql.table(table)} where library_id = ${libraryId} ${after}
    order by ${names} limit ${sql.lit(PAGE)}`.execute(tx);
  return rows;
}

async function resealRows(
  tx: Tx,
  vault: Vault,
  libraryId: LibraryId,
  { table, key, columns }: SealedTable,
  active: number,
  wanted: readonly (readonly string[])[],
): Promise<{ readonly found: number; readonly changed: number; readonly unreadable: number }> {
  const same = sql.join(
    key.map(
      ({ column, type }, index) =>
        sql`t.${sql.ref(column)} = ${cast(sql`made.${sql.ref(`k${index}`)}`, type)}`,
    ),
    sql` and `,
  );
  const keyColumns = key.map((_, index) => sql.ref(`k${index}`));
  const keyArrays = (rows: readonly (readonly string[])[]) =>
    key.map((_, index) => sql`${rows.map((row) => row[index])}::text[]`);
  const { rows } = await sql<{ at: readonly string[]; values: readonly (Buffer | null)[] }>`
    select array[${sql.join(keyColumns.map((name) => sql`made.${name}`))}] as at,
      array[${sql.join(columns.map(({ column }) => sql`t.${sql.ref(column)}`))}] as values
    from ${sql.table(table)} t join unnest(${sql.join(keyArrays(wanted))}) as made (${sql.join(keyColumns)}) on ${same}
    where t.library_id = ${libraryId} for update of t skip locked`.execute(tx);
  let unreadable = 0;
  const made: { readonly at: readonly string[]; readonly values: readonly (string | null)[] }[] = [];
  for (const { at, values } of rows) {
    try {
      const sealed = columns.map(({ kind }, index) => {
        const value = values[index] ?? null;
        if (value === null || value.length === 0 || value[0] === active) return null;
        return `\\x${vault.seal(libraryId, kind, vault.open(libraryId, kind, value)).toString('hex')}`;
      });
      if (sealed.some((value) => value !== null)) made.push({ at, values: sealed });
    } catch {
      unreadable += 1;
    }
  }
  if (made.length > 0) {
    const valueArrays = columns.map(
      (_, index) => sql`${made.map(({ values }) => values[index] ?? null)}::text[]`,
    );
    const valueColumns = columns.map((_, index) => sql.ref(`v${index}`));
    await sql`
      update ${sql.table(table)} t set ${sql.join(
        columns.map(
          ({ column }, index) =>
            sql`${sql.ref(column)} = coalesce(made.${sql.ref(`v${index}`)}::bytea, t.${sql.ref(column)})`,
        ),
      )}
      from unnest(${sql.join([...keyArrays(made.map(({ at }) => at)), ...valueArrays])})
        as made (${sql.join([...keyColumns, ...valueColumns])})
      where t.library_id = ${libraryId} and ${same}`.execute(tx);
  }
  return { found: rows.length, changed: made.length, unreadable };
}

/** Of an emptied value (a person who was erased) it is empty. */
function versionOf(column: string): RawBuilder<unknown> {
  return sql`substring(${sql.ref(column)} from 1 for 1)`;
}

function byteOf(id: number): RawBuilder<unknown> {
  return sql.lit(`\\x${id.toString(16).padStart(2, '0')}`);
}

function cast(text: RawBuilder<unknown>, type: SealedTable['key'][number]['type']): RawBuilder<unknown> {
  return type === 'bytea' ? sql`decode(${text}::text, 'hex')` : sql`${text}::text::${sql.raw(type)}`;
}

function asText(column: string, type: SealedTable['key'][number]['type']): RawBuilder<unknown> {
  return type === 'bytea' ? sql`encode(${sql.ref(column)}, 'hex')` : sql`${sql.ref(column)}::text`;
}
