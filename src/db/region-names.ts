import type { RegionCode } from '../domain/ids.ts';
import type { RegionNames } from '../domain/importing/loose-address.ts';
import { regionKey } from '../domain/region.ts';
import type { Db } from './connection.ts';

/** Finds the code of a village by the names that an address gives. */
export interface RegionFinder {
  /** The one village that all names given lead to; null where they lead to none, or to more than one. */
  find(names: RegionNames): Promise<RegionCode | null>;
}

interface Place {
  readonly code: string;
  /** Without "Kabupaten": names of regencies come with and without. */
  readonly key: string;
  readonly isCity: boolean;
}

/** Answers kept: the addresses of a library repeat a few thousand places. */
const MOST_KEPT = 50_000;

/**
 * Looks names up in the list of regions, province to district in memory (some seven thousand), villages a district at a
 * time. Certain is a village whose name only one place below the given district or regency has; nothing is guessed.
 */
export async function openRegionFinder(db: Db): Promise<RegionFinder> {
  const rows = await db
    .selectFrom('region')
    .select(['code', 'name', 'level'])
    .where('level', '<=', 3)
    .execute();
  const level = (wanted: number) => rows.filter((row) => row.level === wanted).map(placeOf);
  const [provinces, regencies, districts] = [level(1), level(2), level(3)];
  const districtsByName = groupBy(districts, (place) => place.key);
  const villages = new Map<string, readonly Place[]>();
  const kept = new Map<string, RegionCode | null>();

  async function villagesOf(parents: readonly string[]): Promise<readonly Place[]> {
    const unknown = parents.filter((code) => !villages.has(code));
    if (unknown.length > 0) {
      const found = await db
        .selectFrom('region')
        .select(['code', 'name', 'level', 'parent_code'])
        .where('parent_code', 'in', unknown)
        .execute();
      for (const code of unknown)
        villages.set(code, found.filter((row) => row.parent_code === code).map(placeOf));
    }
    return parents.flatMap((code) => villages.get(code) ?? []);
  }

  async function look(names: RegionNames): Promise<RegionCode | null> {
    const code = codeIn(names.village);
    if (code !== undefined) {
      const place = (await villagesOf([code.slice(0, 8)])).find((village) => village.code === code);
      return (place?.code as RegionCode | undefined) ?? null;
    }
    if (names.village === '' || (names.district === '' && names.regency === '')) return null;
    let parents =
      names.district === ''
        ? districts
        : (districtsByName.get(keyOf(names.district)) ?? byCode(names.district));
    const above = within(provinces, names.province);
    if (above !== null)
      parents = parents.filter((place) => above.some((one) => place.code.startsWith(`${one.code}.`)));
    const around = within(regencies, names.regency);
    if (around !== null)
      parents = parents.filter((place) => around.some((one) => place.code.startsWith(`${one.code}.`)));
    // A district's name alone is certain where only one in the country has it; a whole province is too much to search.
    if (parents.length === 0 || parents.length > 60) return null;
    const key = keyOf(names.village);
    const found = (await villagesOf(parents.map((place) => place.code))).filter((place) => place.key === key);
    return found.length === 1 ? (found[0]?.code as RegionCode) : null;
  }

  function byCode(text: string): readonly Place[] {
    const digits = text.replace(/\D/g, '');
    return digits.length === 6 ? districts.filter((place) => place.code.replaceAll('.', '') === digits) : [];
  }

  return {
    async find(names) {
      const key = JSON.stringify(names);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const found = await look(names);
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(key, found);
      return found;
    },
  };
}

/** Places of this name or code; null where none was given, so that nothing is left out by it. */
function within(places: readonly Place[], text: string): readonly Place[] | null {
  if (text === '') return null;
  const digits = /^[\d.\s]+$/.test(text) ? text.replace(/\D/g, '') : '';
  if (digits !== '') return places.filter((place) => place.code.replaceAll('.', '') === digits);
  const key = keyOf(text);
  const isCity = /^\s*(?:kota|kodya|kotamadya)\b/i.test(text);
  const isRegency = /^\s*kab/i.test(text);
  // "Semarang" may be the city or the regency: both stay, and the district tells.
  return places.filter(
    (place) => place.key === key && !(isCity && !place.isCity) && !(isRegency && place.isCity),
  );
}

function placeOf(row: { readonly code: string; readonly name: string }): Place {
  return { code: row.code, key: keyOf(row.name), isCity: /^kota\b/i.test(row.name) };
}

const KIND =
  /^(?:kabupaten|kab|kota adm(?:inistrasi)?|kota|kotamadya|kodya|provinsi|propinsi|prov|kecamatan|kec|distrik|kelurahan|kel|desa|ds|di|dki|daerah istimewa|daerah khusus ibukota) /;

/** A name as it is compared: what kind of place it is does not matter, nor where words are parted. */
function keyOf(name: string): string {
  return regionKey(name).replace(KIND, '').replaceAll(' ', '');
}

function codeIn(text: string): string | undefined {
  const digits = /^[\d.\s]+$/.test(text) ? text.replace(/\D/g, '') : '';
  return digits.length === 10
    ? `${digits.slice(0, 2)}.${digits.slice(2, 4)}.${digits.slice(4, 6)}.${digits.slice(6)}`
    : undefined;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
