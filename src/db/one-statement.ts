import type { Insertable } from 'kysely';
import { CompiledQuery } from 'kysely';
import type { LibraryId } from '../domain/ids.ts';
import { type Db, PREPARED } from './connection.ts';
import { gathering } from './gather.ts';
import { jsonRow } from './json-row.ts';
import type { Database } from './schema.ts';

/** None of them has a column of JSON: its text would arrive as a text within the JSON that carries the rows. */
type WrittenTable = 'application' | 'application_event' | 'consent' | 'audit_log';
type Columns<T extends WrittenTable> = Omit<Insertable<Database[T]>, 'library_id'>;

/** A row to write; its `library_id` comes from the statement. */
export type NewRow = {
  [T in WrittenTable]: { readonly table: T; readonly row: Columns<T> };
}[WrittenTable];

/** A row that belongs to the first one: `of` is its column that holds the id of that. */
export type NewRowOfFirst = {
  [T in WrittenTable]: {
    readonly table: T;
    readonly of: keyof Columns<T> & string;
    readonly row: Columns<T>;
  };
}[WrittenTable];

/** Rows of one table with the same columns: one `insert` of the statement. */
interface Part {
  readonly table: WrittenTable;
  readonly columns: string;
  /** '' for the first row. */
  readonly of: string;
  readonly rows: Readonly<Record<string, unknown>>[];
}

interface Once {
  readonly libraryId: LibraryId;
  readonly text: string;
  /** The part of the first row comes first. */
  readonly parts: readonly Part[];
  /** Of the first row. */
  readonly id: string;
}

const writeTogether = gathering<Once, boolean>(async (db, items) => {
  const [any] = items;
  if (!any) return [];
  const rows = any.parts.map((_, at) => JSON.stringify(items.flatMap((item) => item.parts[at]?.rows ?? [])));
  const result = await db.executeQuery<{ id: string }>(
    CompiledQuery.raw(any.text, [String(any.libraryId), ...rows]),
  );
  const written = new Set(result.rows.map((row) => row.id));
  return items.map((item) => written.has(item.id));
});

/** Texts of statements by what they write; there are as many as kinds of callers, so nothing needs to leave. */
const texts = new Map<string, string>();

/**
 * Inserts `first` and, if it was new, all `others`, in one statement and one commit, together with what others of the
 * library have waiting (see `gathering`). The library is set inside the statement; every row is checked by row-level
 * security after that, because the inserts read from the CTE that sets it.
 * @param unlessExists columns of the unique key that makes a repeated request the same one
 * @returns whether `first` was written; false means an equal key exists and nothing at all was written
 */
export function insertOnce(
  db: Db,
  libraryId: LibraryId,
  first: NewRow,
  unlessExists: readonly string[],
  others: readonly NewRowOfFirst[],
): Promise<boolean> {
  const named = new Map<string, Part>();
  const add = (table: WrittenTable, of: string, row: NewRow['row']): void => {
    const columns = columnsOf(row);
    const name = `${table} ${of} ${columns}`;
    const part = named.get(name) ?? { table, of, columns, rows: [] };
    named.set(name, part);
    part.rows.push(jsonRow(row));
  };
  add(first.table, '', first.row);
  for (const { table, of, row } of others) add(table, of, row);
  const parts = [...named.values()];
  const shape = `${unlessExists.join(' ')};${[...named.keys()].join(';')}`;
  const text = texts.get(shape) ?? statementText(parts, unlessExists);
  texts.set(shape, text);
  return writeTogether(db, `${libraryId} ${shape}`, { libraryId, text, parts, id: first.row.id });
}

/** Those that are given; a null is given, the default of the table stands for what is not. */
function columnsOf(row: object): string {
  let columns = '';
  for (const column in row) {
    if ((row as Readonly<Record<string, unknown>>)[column] === undefined) continue;
    columns += columns === '' ? column : `, ${column}`;
  }
  return columns;
}

/** Firsts in the order of their keys: two processes that hold the same two would else wait for each other. */
function statementText(parts: readonly Part[], unlessExists: readonly string[]): string {
  const inserts = parts.map(({ table, columns, of }, at) => {
    const picked = columns.replace(/\w+/g, 'r.$&');
    const rows = `json_populate_recordset(null::${table}, $${at + 2}::json) r`;
    const from =
      at === 0
        ? `scope cross join ${rows} order by ${unlessExists.join(', ')}
  on conflict (${unlessExists.join(', ')}) do nothing returning library_id, id`
        : `first_row join ${rows} on r.${of}::text = first_row.id::text`;
    return `${at === 0 ? 'first_row' : `row_${at}`} as (insert into ${table} (library_id, ${columns})
  select ${at === 0 ? 'scope' : 'first_row'}.library_id, ${picked} from ${from})`;
  });
  return `${PREPARED} with scope as materialized (
  select set_config('app.library_id', $1::text, true)::int as library_id
), ${inserts.join(', ')}
select id from first_row`;
}
