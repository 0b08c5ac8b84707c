import type { RegionCode } from './ids.ts';

/** Levels of the Kemendagri code: province, regency or city, district, village. */
export type RegionLevel = 1 | 2 | 3 | 4;

/** Province of fictional places, for the demonstration and the tests: no real code begins with 99. */
export const FICTIONAL_PROVINCE = '99';

/** Reads a dotted code such as `33.74.01.1001`, of any level; undefined for any other shape. */
export function parseRegionCode(text: string): RegionCode | undefined {
  const code = text.trim();
  return /^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/.test(code) ? (code as RegionCode) : undefined;
}

export function levelOf(code: RegionCode): RegionLevel {
  return code.split('.').length as RegionLevel;
}

/** The region of a higher level that a code lies in; undefined where the code is higher itself. */
export function ancestorOf(code: RegionCode, level: RegionLevel): RegionCode | undefined {
  const parts = code.split('.');
  return parts.length < level ? undefined : (parts.slice(0, level).join('.') as RegionCode);
}

/**
 * The words a region is searched by: lower case, accents and apostrophes gone (`Du'en` is found as `duen`),
 * all other marks a space. Text that a person types goes through the same.
 */
export function regionKey(text: string): string {
  // Nearly all of the 91 thousand names; the rest of the way costs twenty times as much.
  if (/^[A-Za-z0-9]+( [A-Za-z0-9]+)*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’‘"`]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** Words that say what a region is, not which one: typed or not, they must not change the answer. */
const KIND_WORDS = new Set([
  'desa',
  'ds',
  'kel',
  'kelurahan',
  'kec',
  'kecamatan',
  'distrik',
  'kab',
  'kabupaten',
  'prov',
  'provinsi',
]);

/** The words of a search, kind words left out unless there is nothing else. */
export function regionWords(text: string): readonly string[] {
  const words = regionKey(text)
    .split(' ')
    .filter((word) => word !== '');
  const telling = words.filter((word) => !KIND_WORDS.has(word));
  return (telling.length > 0 ? telling : words).slice(0, 8);
}
