import { type RawBuilder, sql } from 'kysely';
import { type ArrayType, binaryArray } from './binary-array.ts';
import type { Tx } from './connection.ts';
import type { Database } from './schema.ts';

/** Types of columns by table and name, as the database knows them; a schema does not change while a process runs. */
const known = new Map<string, ReadonlyMap<string, string>>();

/** Rows of another table that some columns are filled from, so that what the database has already is not sent to it. */
export interface FilledFrom {
  /** The table, with a name for it. */
  readonly table: RawBuilder<unknown>;
  /** Which of its rows goes with which row `r`, one each. */
  readonly on: RawBuilder<unknown>;
  /** A value of each column, of `r.<column>` or that table. */
  readonly columns: Readonly<Record<string, RawBuilder<unknown>>>;
  /** By which `on` finds the row: a number for each row, sent as `r.key`. */
  readonly keys: readonly number[];
}

/**
 * Inserts many rows with one statement whose text does not grow with them: a value for a column in which all rows agree,
 * an array, as the database stores it, for any other. All rows have the columns of the first. Tells of no conflict: the
 * caller has looked.
 */
export async function insertRows(
  tx: Tx,
  table: keyof Database,
  rows: readonly Readonly<Record<string, unknown>>[],
  from?: FilledFrom,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const types = await typesOf(tx, table);
  const columns = Object.keys(first).filter((column) => first[column] !== undefined);
  const arrays: RawBuilder<unknown>[] = [];
  const names: RawBuilder<unknown>[] = [];
  const picked = columns.map((column) => {
    const type = types.get(column);
    if (type === undefined) throw new Error(`${table} has no column ${column}`);
    const other = from?.columns[column];
    const value = first[column];
    if (rows.every((row) => row[column] === value)) {
      const one = sql`${written(value, type)}::${sql.raw(type)}`;
      return other === undefined ? one : sql`coalesce(${one}, ${other})`;
    }
    const flat = type === 'integer[]' ? flatNumbers(rows.map((row) => row[column])) : undefined;
    if (flat !== undefined) {
      const [begin, end] = [sql.ref(`${column}_from`), sql.ref(`${column}_to`)];
      arrays.push(sql`${binaryArray('integer', flat.from)}::integer[]`);
      arrays.push(sql`${binaryArray('integer', flat.to)}::integer[]`);
      names.push(begin, end);
      const one = sql`(${binaryArray('integer', flat.numbers)}::integer[])[r.${begin}:r.${end}]`;
      return other === undefined ? one : sql`coalesce(${one}, ${other})`;
    }
    const sent = sentAs(type);
    const values = rows.map((row) => (sent === 'text' ? written(row[column], type) : row[column]));
    arrays.push(sql`${binaryArray(sent, values)}::${sql.raw(sent)}[]`);
    names.push(sql.ref(column));
    const each = sql`r.${sql.ref(column)}`;
    const one = sent === type ? each : sql`${each}::${sql.raw(type)}`;
    return other === undefined ? one : sql`coalesce(${one}, ${other})`;
  });
  if (from) {
    arrays.push(sql`${binaryArray('integer', from.keys)}::integer[]`);
    names.push(sql.ref('key'));
  }
  const source =
    arrays.length === 0
      ? sql`generate_series(1, ${rows.length}::int) as r`
      : sql`unnest(${sql.join(arrays)}) as r (${sql.join(names)})`;
  const joined = from === undefined ? source : sql`${source} join ${from.table} on ${from.on}`;
  const refs = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into ${sql.table(table)} (${refs}) select ${sql.join(picked)} from ${joined}`.execute(tx);
}

/** Lists of numbers behind one another in one array, with the places where each begins and ends; undefined for others. */
function flatNumbers(
  lists: readonly unknown[],
):
  | { readonly numbers: number[]; readonly from: (number | null)[]; readonly to: (number | null)[] }
  | undefined {
  const numbers: number[] = [];
  const from: (number | null)[] = [];
  const to: (number | null)[] = [];
  for (const list of lists) {
    const none = list === null || list === undefined;
    if (!none && !Array.isArray(list)) return undefined;
    from.push(none ? null : numbers.length + 1);
    if (!none) for (const each of list as readonly number[]) numbers.push(each);
    to.push(none ? null : numbers.length);
  }
  return { numbers, from, to };
}

/** Rows of arrays of different lengths are no array: they go as texts, like what is rare. */
function sentAs(type: string): ArrayType {
  return type === 'bytea' || type === 'integer' || type === 'uuid' || type === 'boolean' ? type : 'text';
}

function written(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return arrayText(value);
  if (value instanceof Date) return value.toISOString();
  if (type === 'jsonb' && typeof value !== 'string') return JSON.stringify(value);
  return value;
}

/** As PostgreSQL writes an array of numbers or texts. */
export function arrayText(values: readonly unknown[]): string {
  return `{${values
    .map((value) => (typeof value === 'number' ? value : `"${String(value).replace(/["\\]/g, '\\$&')}"`))
    .join(',')}}`;
}

async function typesOf(tx: Tx, table: string): Promise<ReadonlyMap<string, string>> {
  const there = known.get(table);
  if (there) return there;
  const { rows } = await sql<{ name: string; type: string }>`
    select attname as name, format_type(atttypid, null) as type from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`.execute(tx);
  const types = new Map(rows.map((row) => [row.name, row.type]));
  known.set(table, types);
  return types;
}
