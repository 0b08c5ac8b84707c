import type pg from 'pg';
import { SEALED_TABLES } from '../../src/db/sealed-columns.ts';
import type { Vault } from '../../src/db/vault.ts';
import type { LibraryId } from '../../src/domain/ids.ts';

/** Everything that is sealed, opened: by table, library, row and column. Throws where a key is not in the vault. */
export async function openAll(admin: pg.ClientBase, vault: Vault): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const { table, key, columns } of SEALED_TABLES) {
    const names = key.map(({ column }) => `"${column}"::text`).join(` || '/' || `);
    for (const { column, kind } of columns) {
      const { rows } = await admin.query<{ library_id: LibraryId; at: string; value: Buffer }>(
        `select library_id, ${names} as at, "${column}" as value from ${table} where length("${column}") > 0`,
      );
      for (const row of rows) {
        const text = vault.open(row.library_id, kind, row.value).toString('base64');
        all.set(`${table} ${row.library_id} ${row.at} ${column}`, text);
      }
    }
  }
  return all;
}
