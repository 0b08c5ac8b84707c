import type { Db } from '../db/connection.ts';

/** Names of districts by code, with the regency where it is another one's; regions belong to no library. */
export async function readDistrictNames(
  db: Db,
  codes: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const wanted = [...new Set(codes)].filter((code) => code !== 'unknown');
  if (wanted.length === 0) return {};
  const rows = await db.selectFrom('region').select(['code', 'path']).where('code', 'in', wanted).execute();
  // `Kec. Genteng, Kab. Banyuwangi, Jawa Timur`: the province goes without saying.
  return Object.fromEntries(rows.map(({ code, path }) => [code, path.split(', ').slice(0, 2).join(', ')]));
}
