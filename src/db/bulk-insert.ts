import { sql } from 'kysely';
import type { Tx } from './connection.ts';
import type { Database } from './schema.ts';

/** Types of columns by table and name, as the database knows them; a schema does not change while a process runs. */
const known = new Map<string, ReadonlyMap<string, string>>();

/**
 * Inserts many rows with one statement whose text does not grow with them: an array for each column. All rows have the
 * columns of the first. Tells of no conflict: the caller has looked.
 */
export async function insertRows(
  tx: Tx,
  table: keyof Database,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const types = await typesOf(tx, table);
  const columns = Object.keys(first).filter((column) => first[column] !== undefined);
  const arrays = columns.map((column) => {
    const type = types.get(column);
    if (type === undefined) throw new Error(`${table} has no column ${column}`);
    // Rows of arrays of different lengths are no array: they go as texts.
    const asText = type.endsWith('[]') || type === 'jsonb';
    const values = rows.map((row) => written(row[column], type));
    return sql`${values}::${sql.raw(asText ? 'text' : type)}[]`;
  });
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const picked = sql.join(
    columns.map((column) => sql`r.${sql.ref(column)}::${sql.raw(types.get(column) ?? 'text')}`),
  );
  await sql`insert into ${sql.table(table)} (${names}) select ${picked} from unnest(${sql.join(arrays)}) as r (${names})`.execute(
    tx,
  );
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
