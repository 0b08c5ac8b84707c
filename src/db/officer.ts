import { sql } from 'kysely';
import type { Tx } from './connection.ts';

/** Names of officers by id; who is not there any more, or is nobody, is left out. */
export async function officerNames(
  tx: Tx,
  ids: readonly (string | null | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const asked = new Set(ids.filter((id) => id !== null && id !== undefined));
  if (asked.size === 0) return new Map();
  // The ids as a subselect: how many they are must not make the database think of a plan each time.
  const rows = await tx
    .selectFrom('officer')
    .select(['id', 'name'])
    .where(sql<boolean>`id = any((select ${[...asked]}::uuid[])::uuid[])`)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
