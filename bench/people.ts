/**
 * Registrations of people who do not exist, each a different one: what a browser would send as the form's POST. NIKs
 * begin with 99, a province that exists in no list.
 */

/** What the form carries besides the person. */
export interface FormSetting {
  /** First part of the library's addresses. */
  readonly slug: string;
  /** Version of the consent texts that the form showed. */
  readonly consentVersion: string;
  readonly memberType: string;
  /** Codes of real villages, as the list of regions has them. */
  readonly villages: readonly string[];
}

const FIRST = ['Contoh', 'Sampel', 'Misal', 'Umpama', 'Tiruan', 'Rekaan', 'Andai', 'Peraga'];
const SYLLABLES = [
  'ra',
  'wi',
  'su',
  'na',
  'di',
  'ka',
  'lo',
  'me',
  'ti',
  'bu',
  'ja',
  'ri',
  'pa',
  'yo',
  'gu',
  'sa',
];
/** 1 January 1950; with the days below everybody is an adult until 2099 ends. */
const FIRST_BIRTH = Date.UTC(1950, 0, 1);
const BIRTH_DAYS = 20_000;
const DAY_MS = 86_400_000;

/** The fields of person number `index`; two numbers are two people with different documents. */
export function formOf(index: number, setting: FormSetting): URLSearchParams {
  const birth = new Date(FIRST_BIRTH + (index % BIRTH_DAYS) * DAY_MS);
  const [year = 0, month = 0, day = 0] = birth.toISOString().slice(0, 10).split('-').map(Number);
  const serial = 1 + Math.floor(index / BIRTH_DAYS);
  const woman = index % 2 === 0;
  const two = (value: number) => String(value).padStart(2, '0');
  // A woman's NIK has 40 added to the day: anything else would be warned about.
  const nik = `990101${two(woman ? day + 40 : day)}${two(month)}${two(year % 100)}${String(serial).padStart(4, '0')}`;
  return new URLSearchParams({
    kunci: submitKeyOf(index),
    consent_version: setting.consentVersion,
    document_type: 'ktp',
    document_number: nik,
    name: nameOf(index),
    birth_place: 'Contohrejo',
    'birth_date.day': String(day),
    'birth_date.month': String(month),
    'birth_date.year': String(year),
    sex: woman ? 'P' : 'L',
    address_line: `Jl. Contoh ${1 + (index % 300)}`,
    address_rt: String(1 + (index % 9)),
    address_rw: String(1 + (index % 7)),
    'address_village.cari': '',
    address_village: setting.villages[index % setting.villages.length] ?? '',
    present_same: 'same',
    'present_village.cari': '',
    present_village: '',
    phone: `0812${String(index % 100_000_000).padStart(8, '0')}`,
    email: '',
    occupation: '',
    institution: '',
    education: '',
    member_type: setting.memberType,
    acknowledged: '1',
    consent_photo_on_card: '1',
  });
}

/** Names are as many as people: the index of names is filled as in real life. */
function nameOf(index: number): string {
  let rest = index;
  let word = '';
  for (let place = 0; place < 5; place++) {
    word += SYLLABLES[rest % SYLLABLES.length] ?? '';
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return `${FIRST[index % FIRST.length]} ${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** A key as the empty form carries it: 22 characters, another one for every person and run. */
export function submitKeyOf(index: number): string {
  return `${RUN}${index.toString(36).padStart(11, '0')}`;
}

const RUN = Math.floor(Math.random() * 36 ** 10)
  .toString(36)
  .padStart(11, '0');

/** An address for every person, as a proxy would tell it: the service's limits count each one apart. */
export function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
