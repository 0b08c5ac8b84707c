import { keepMade } from '../keep-made.ts';

/** Short forms and old names of cities that forms are filled with. */
const SPOKEN: Readonly<Record<string, string>> = {
  jkt: 'jakarta',
  bdg: 'bandung',
  sby: 'surabaya',
  smg: 'semarang',
  yk: 'yogyakarta',
  jogja: 'yogyakarta',
  yogya: 'yogyakarta',
  jogjakarta: 'yogyakarta',
  djogja: 'yogyakarta',
  solo: 'surakarta',
  ska: 'surakarta',
  mlg: 'malang',
  bwi: 'banyuwangi',
  jbr: 'jember',
  kdr: 'kediri',
  mdn: 'medan',
  plg: 'palembang',
  pdg: 'padang',
  pku: 'pekanbaru',
  pbr: 'pekanbaru',
  bjm: 'banjarmasin',
  bpn: 'balikpapan',
  smd: 'samarinda',
  ptk: 'pontianak',
  mks: 'makassar',
  upg: 'makassar',
  ujungpandang: 'makassar',
  mdo: 'manado',
  dps: 'denpasar',
  bgr: 'bogor',
  bks: 'bekasi',
  tng: 'tangerang',
  tgr: 'tangerang',
  pwt: 'purwokerto',
};

/** A place of birth as it is compared: without "Kab." and "Kota", short forms written out; null where nothing is left. */
export const preparePlace = keepMade((place: string): string | null => {
  const plain = place
    .toLowerCase()
    .replace(/[^\p{L}\s.]/gu, '')
    .replace(/\b(?:kab(?:upaten)?|kota(?:madya)?|kodya)\b\.?/gu, '')
    .replace(/[\s.]+/g, '');
  return plain === '' ? null : (SPOKEN[plain] ?? plain);
});
