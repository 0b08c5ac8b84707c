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
 * Some 49,000 common passwords, from @zxcvbn-ts/language-common (MIT, see NOTICE) with favourites of this country.
 * Read when the first password is set: most processes never need it.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  list ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set([...(dictionary['passwords-common'] as readonly string[]), ...INDONESIAN]),
  );
  return list;
}
