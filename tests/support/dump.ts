/** All columns of all rows of all tables as a dump writes them, looked through for numbers that nobody may find there. */
import type pg from 'pg';
import { expect } from 'vitest';

/** Everything that a stored text may be: itself, its figures without what stands between them, and what it encodes. */
function* readings(text: string, depth = 0): Generator<string> {
  yield text;
  yield text.replaceAll('\0', '').replace(/[\s.\-/_,:]+/g, '');
  if (depth === 2) return;
  const decoded = (run: string, encoding: 'hex' | 'base64', widths: number): Buffer[] =>
    Array.from({ length: widths }, (_, from) => Buffer.from(run.slice(from), encoding));
  const runs = [
    ...(text.match(/[0-9a-fA-F]{16,}/g) ?? []).flatMap((run) => decoded(run, 'hex', 2)),
    ...(text.match(/[A-Za-z0-9+/_-]{11,}/g) ?? []).flatMap((run) => decoded(run, 'base64', 4)),
  ];
  // Of UTF-16 as well, without the zeros between.
  for (const bytes of runs) yield* readings(bytes.toString('latin1'), depth + 1);
}

/** Names of the numbers that a text holds, however they would lie there. */
export function numbersFoundIn(text: string, numbers: Readonly<Record<string, string>>): string[] {
  const wanted = Object.entries(numbers);
  const found = new Set<string>();
  for (const reading of readings(text)) {
    const upper = reading.toUpperCase();
    for (const [way, number] of wanted) if (upper.includes(number)) found.add(way);
  }
  return [...found];
}

/** @param admin superuser, who sees all rows @returns `table.column name` of every number that is found */
export async function numbersInDump(
  admin: pg.Client,
  numbers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
       and c.relname <> 'region'`,
  );
  expect(tables.length).toBeGreaterThan(40);
  const found = new Set<string>();
  for (const { name } of tables) {
    const { rows } = await admin.query<Record<string, unknown>>({
      text: `select * from ${name}`,
      types: ASIS,
    });
    for (const row of rows) {
      for (const [column, value] of Object.entries(row))
        if (value !== null)
          for (const way of numbersFoundIn(String(value), numbers)) found.add(`${name}.${column} ${way}`);
    }
  }
  return [...found];
}
/** Every value in the text form of the server: bytes as hex. */
const ASIS: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value };
