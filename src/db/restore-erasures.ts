/** Whoever was erased after a backup was made is in it; the lists that say so are gathered before it is put in use. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';

/** A person erased: library, id of the member or case, ISO time. */
export interface Erasure {
  readonly library: number;
  readonly subject: string;
  readonly at: string;
}

/** Lines of DATA_DIR/erasures.jsonl; a last line that a power cut cut off is no line. */
export async function readErasureFile(dataDir: string): Promise<Erasure[]> {
  const text = await readFile(path.join(dataDir, 'erasures.jsonl'), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    try {
      const { library, subject, at } = JSON.parse(line) as Partial<Erasure>;
      return typeof library === 'number' && typeof subject === 'string' && typeof at === 'string'
        ? [{ library, subject, at }]
        : [];
    } catch {
      return [];
    }
  });
}

/** The list in a database that may be of an older schema; library by library, as an owner is bound by row-level security. */
export async function readErasureTable(client: pg.ClientBase): Promise<Erasure[]> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.erasure_list') is not null as there`,
  );
  if (rows[0]?.there !== true) return [];
  const libraries = await client.query<{ id: number }>('select id from public.library order by id');
  const entries: Erasure[] = [];
  for (const { id } of libraries.rows) {
    await client.query("select set_config('app.library_id', $1, false)", [String(id)]);
    const found = await client.query<{ subject: string; at: Date }>(
      'select subject::text as subject, at from public.erasure_list where library_id = $1',
      [id],
    );
    for (const { subject, at } of found.rows) entries.push({ library: id, subject, at: at.toISOString() });
  }
  return entries;
}
