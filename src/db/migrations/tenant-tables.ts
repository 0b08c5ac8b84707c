/**
 * The statements that make tables of a library: each begins with `library_id int not null` and is closed by forced
 * row-level security, so that no later migration forgets it.
 * @param tables `create table` and `create index` statements
 * @param rights what the app may do with a table's rows; everything where it is not named
 */
export function tenantTables(tables: string, rights: Readonly<Record<string, string>> = {}): string {
  const names = [...tables.matchAll(/^create table (\w+)/gm)].map((match) => match[1] ?? '');
  const closed = names.map(
    (table) => `
alter table ${table} enable row level security;
alter table ${table} force row level security;
create policy tenant on ${table} using (library_id = app_library()) with check (library_id = app_library());
grant ${rights[table] ?? 'select, insert, update, delete'} on ${table} to daftar_app;`,
  );
  return `${tables}\n${closed.join('\n')}`;
}
