import { type Insertable, sql } from 'kysely';
import type { Tx } from '../../db/connection.ts';
import type { Database } from '../../db/schema.ts';

type TenantTable = Exclude<keyof Database, 'installation' | 'library' | 'region'>;
export type Row<T extends TenantTable> = Insertable<Database[T]>;

/** Columns of jsonb, whose rows carry the JSON as text. */
const JSON_COLUMNS: Partial<Record<TenantTable, string>> = {
  cross_check: 'candidates',
  monthly_report: 'figures',
  visit: 'group_counts',
};
const CHUNK = 2_000;

/**
 * Writes many rows of one table, some thousands a statement, under row-level security like any other.
 * @param shared a picture that all these rows have: sent once, not once a row
 */
export async function insertRows<T extends TenantTable>(
  tx: Tx,
  table: T,
  rows: readonly Row<T>[],
  shared: { readonly column: keyof Row<T> & string; readonly value: Buffer } | null = null,
): Promise<void> {
  const json = JSON_COLUMNS[table];
  const columns = new Set<string>();
  for (const row of rows) for (const column in row) if (column !== shared?.column) columns.add(column);
  const list = sql.join([...columns].map((column) => sql.ref(column)));
  for (let from = 0; from < rows.length; from += CHUNK) {
    const part = rows.slice(from, from + CHUNK).map((row) => {
      const copy: Record<string, unknown> = { ...row };
      for (const column in copy) {
        const value = copy[column];
        if (Buffer.isBuffer(value)) copy[column] = `\\x${value.toString('hex')}`;
        else if (column === json && typeof value === 'string') copy[column] = JSON.parse(value);
      }
      return copy;
    });
    const into = shared === null ? sql`` : sql`, ${sql.ref(shared.column)}`;
    const value = shared === null ? sql`` : sql`, ${shared.value}::bytea`;
    await sql`insert into ${sql.table(table)} (${list}${into})
      select ${list}${value} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(part)}::json)`.execute(
      tx,
    );
  }
}
