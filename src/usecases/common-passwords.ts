import { createRequire } from 'node:module';
import { PASSWORD_LENGTH } from '../domain/password-rules.ts';

/** Favourites of this country that a list made elsewhere does not know; small letters, letters and digits only. */
const INDONESIAN = [
  'bismillahirrahmanirrahim',
  'assalamualaikum',
  'alhamdulillah',
  'subhanallah',
  'astaghfirullah',
  'merdeka1945',
  'indonesiaraya',
  'indonesiamerdeka',
  'bhinnekatunggalika',
  'pancasila',
  'garudapancasila',
  'majapahit',
  'rahasiaku',
  'rahasiasaya',
  'passwordku',
  'katasandiku',
  'sayangku',
  'akucintakamu',
  'akusayangkamu',
  'cintaku',
  'kamusayang',
  'selamatpagi',
  'selamatdatang',
  'terimakasih',
  'bukubuku',
  'bacabuku',
  'literasi',
  'pemerintah',
  'kabupaten',
  'provinsi',
  'persija',
  'persebaya',
  'persibbandung',
  'arema',
  'jakarta',
  'bandung',
  'surabaya',
  'semarang',
  'yogyakarta',
  'banyuwangi',
  'jawatengah',
  'jawatimur',
  'makassar',
  'denpasar',
  'palembang',
];

let list: Promise<ReadonlySet<string>> | undefined;

/**
 * Some 49,000 common passwords, from @zxcvbn-ts/language-common, and some 4,000 that are as long as the rule asks, from
 * popular-passwords (both MIT, see NOTICE), with favourites of this country: ASVS 6.2.4 wants the 3,000 commonest that
 * fit the rule. Read when the first password is set: most processes never need it.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  list ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) =>
      new Set([...(dictionary['passwords-common'] as readonly string[]), ...longOnes(), ...INDONESIAN]),
  );
  return list;
}

/** The shorter ones of that list are refused for their length, and would only forbid more parts of longer ones. */
function longOnes(): readonly string[] {
  const require = createRequire(import.meta.url);
  const all = require('popular-passwords') as readonly string[];
  return all.filter((word) => word.length >= PASSWORD_LENGTH.min);
}
