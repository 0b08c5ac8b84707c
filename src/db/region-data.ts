/** Fills the table of regions from the data package, with the fictional ones where wanted. */
import { createRequire } from 'node:module';
import { getDistricts, getProvinces, getRegencies, getVillages } from 'idn-area-data';
import { sql } from 'kysely';
import { FICTIONAL_PROVINCE, regionKey } from '../domain/region.ts';
import type { Db, Tx } from './connection.ts';

/** A region as the table holds it. */
export interface RegionRow {
  readonly code: string;
  readonly name: string;
  readonly level: number;
  readonly parent_code: string | null;
  readonly path: string;
  readonly search_key: string;
}

/** Raised when names, paths or keys are made in another way, so that a newer version writes them again. */
const FORM = 1;

interface Source {
  readonly code: string;
  readonly name: string;
}

/**
 * Loads the regions unless this very list is there already: safe at every start. Codes that a newer list
 * no longer has stay, as addresses of members name them.
 * @param owner connection of the owner role: the app only reads regions
 * @param options.fictional also the places of province 99; default false
 * @param options.real the 84 thousand real places; default true
 * @returns how many rows were written, 0 where nothing had to be done
 */
export async function loadRegions(
  owner: Db,
  options: { readonly fictional?: boolean; readonly real?: boolean } = {},
): Promise<number> {
  const { fictional = false, real = true } = options;
  const wanted = [
    `form ${FORM}`,
    ...(real ? [packageVersion()] : []),
    ...(fictional ? ['fictional'] : []),
  ].join(', ');
  return owner.transaction().execute(async (tx) => {
    // Two processes may start at once on one database.
    await sql`select pg_advisory_xact_lock(hashtext('daftar.regions'))`.execute(tx);
    const known = await tx
      .selectFrom('installation')
      .select('value')
      .where('key', '=', 'regions')
      .executeTakeFirst();
    if (known?.value === wanted) return 0;
    const rows = [...(real ? await realRegions() : []), ...(fictional ? fictionalRegions() : [])];
    const first = (await tx.selectFrom('region').select('code').limit(1).execute()).length === 0;
    const rebuild = first && rows.length > 1000 ? await dropIndexes(tx) : [];
    await write(tx, rows);
    for (const definition of rebuild) await sql.raw(definition).execute(tx);
    await sql`analyze region`.execute(tx);
    await tx
      .insertInto('installation')
      .values({ key: 'regions', value: wanted })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: wanted }))
      .execute();
    return rows.length;
  });
}

async function write(tx: Tx, rows: readonly RegionRow[]): Promise<void> {
  const size = 20_000;
  for (let from = 0; from < rows.length; from += size) {
    const part = rows.slice(from, from + size);
    const column = (name: keyof RegionRow) => part.map((row) => row[name]);
    await sql`
      insert into region (code, name, level, parent_code, path, search_key)
      select * from unnest(
        ${column('code')}::text[], ${column('name')}::text[], ${column('level')}::smallint[],
        ${column('parent_code')}::text[], ${column('path')}::text[], ${column('search_key')}::text[])
      on conflict (code) do update set name = excluded.name, level = excluded.level,
        parent_code = excluded.parent_code, path = excluded.path, search_key = excluded.search_key
    `.execute(tx);
  }
}

/** Indexes are built faster once than row by row: they are dropped for the first load and their words kept. */
async function dropIndexes(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ indexname: string; indexdef: string }>`
    select indexname, indexdef from pg_indexes
    where schemaname = current_schema() and tablename = 'region' and indexname <> 'region_pkey'
  `.execute(tx);
  for (const { indexname } of rows) await sql`drop index ${sql.ref(indexname)}`.execute(tx);
  return rows.map((row) => row.indexdef);
}

function packageVersion(): string {
  const require = createRequire(import.meta.url);
  const { name, version } = require('idn-area-data/package.json') as { name: string; version: string };
  return `${name} ${version}`;
}

/** All real provinces, regencies, districts and villages, named as an address is written. */
async function realRegions(): Promise<readonly RegionRow[]> {
  const [provinces, regencies, districts, villages] = await Promise.all([
    getProvinces(),
    getRegencies(),
    getDistricts(),
    getVillages(),
  ]);
  return regionRows([
    ...provinces.map(({ code, name }) => ({ code, name: titleCase(name) })),
    ...regencies.map(({ code, name }) => ({ code, name: titleCase(name) })),
    ...districts,
    ...villages,
  ]);
}

/** Made-up places: sample people live here, and no real address is ever shown. */
export function fictionalRegions(): readonly RegionRow[] {
  const p = FICTIONAL_PROVINCE;
  return regionRows([
    { code: p, name: 'Contoh' },
    { code: `${p}.01`, name: 'Kabupaten Contoh' },
    { code: `${p}.71`, name: 'Kota Contoh' },
    { code: `${p}.01.01`, name: 'Contoh Utara' },
    { code: `${p}.01.02`, name: 'Contoh Selatan' },
    { code: `${p}.71.01`, name: 'Contoh Tengah' },
    { code: `${p}.01.01.2001`, name: 'Sukacontoh' },
    { code: `${p}.01.01.2002`, name: 'Contohrejo' },
    { code: `${p}.01.01.2003`, name: 'Tirtacontoh' },
    { code: `${p}.01.02.2001`, name: 'Karangcontoh' },
    { code: `${p}.01.02.2002`, name: 'Contohsari' },
    { code: `${p}.01.02.2003`, name: 'Sumbercontoh' },
    { code: `${p}.71.01.1001`, name: 'Contoh Kulon' },
    { code: `${p}.71.01.1002`, name: 'Contoh Wetan' },
    { code: `${p}.71.01.1003`, name: 'Pasarcontoh' },
  ]);
}

/** Parents stand before their children. */
function regionRows(sources: readonly Source[]): readonly RegionRow[] {
  const rows = new Map<string, RegionRow>();
  for (const { code, name } of sources) {
    const parentCode = code.includes('.') ? code.slice(0, code.lastIndexOf('.')) : null;
    const parent = parentCode === null ? undefined : rows.get(parentCode);
    rows.set(code, {
      code,
      name,
      level: code.split('.').length,
      parent_code: parentCode,
      path: parent ? `${labelOf(code, name)}, ${parent.path}` : name,
      search_key: parent ? `${keyOf(name)} ${parent.search_key}` : keyOf(name),
    });
  }
  return [...rows.values()];
}

function keyOf(name: string): string {
  return regionKey(name.replace(/^Kabupaten /, ''));
}

/** Provinces of Papua, whose districts are called distrik. */
const PAPUA = /^9[1-6]/;

/** A name as it stands in an address; the first digit of a village's serial tells a kelurahan (1) from a desa. */
function labelOf(code: string, name: string): string {
  const parts = code.split('.');
  if (parts.length === 2) return name.replace(/^Kabupaten /, 'Kab. ');
  if (parts.length === 3) return `${PAPUA.test(code) ? 'Distrik' : 'Kec.'} ${name}`;
  return `${parts[3]?.startsWith('1') ? 'Kel.' : 'Desa'} ${name}`;
}

/** The list writes provinces and regencies in capitals; `DKI` is an abbreviation and stays. */
function titleCase(name: string): string {
  return name.toLowerCase().replace(/[a-z]+/g, (word, at: number) => {
    if (word === 'dki') return 'DKI';
    // After an apostrophe a word goes on.
    return at > 0 && name[at - 1] === "'" ? word : word.charAt(0).toUpperCase() + word.slice(1);
  });
}
