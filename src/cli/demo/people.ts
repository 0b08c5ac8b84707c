import type { Address, ApplicantData, Education, Occupation, Sex } from '../../domain/applicant.ts';
import type { Nik, Phone, RegionCode } from '../../domain/ids.ts';
import { addDays, ageOn, datePartsOf, type PlainDate, plainDateOf } from '../../domain/plain-date.ts';
import type { DocumentType } from '../../domain/procedure.ts';
import type { Chance } from './random.ts';

/**
 * People who do not exist. Given names are common ones; the last name always says that the person is a sample, the NIK
 * begins with 99, a region that exists in no list, and the telephone with 0810, which no operator has.
 */
const MALE = [
  'Adi',
  'Agus',
  'Ahmad',
  'Aji',
  'Arif',
  'Bagas',
  'Bambang',
  'Bayu',
  'Budi',
  'Dani',
  'Dimas',
  'Eko',
  'Fajar',
  'Galih',
  'Gilang',
  'Hadi',
  'Hendra',
  'Ilham',
  'Indra',
  'Joko',
  'Lukman',
  'Muhammad',
  'Nanda',
  'Panji',
  'Rama',
  'Rangga',
  'Rizky',
  'Satria',
  'Slamet',
  'Surya',
  'Taufik',
  'Teguh',
  'Wahyu',
  'Yoga',
  'Yusuf',
];
const FEMALE = [
  'Aisyah',
  'Ajeng',
  'Anggun',
  'Ayu',
  'Citra',
  'Dewi',
  'Dian',
  'Dwi',
  'Eka',
  'Endang',
  'Fitri',
  'Hana',
  'Indah',
  'Intan',
  'Kartika',
  'Kirana',
  'Lestari',
  'Maya',
  'Melati',
  'Nadia',
  'Ningsih',
  'Nur',
  'Putri',
  'Rahma',
  'Ratih',
  'Ratna',
  'Rina',
  'Salsabila',
  'Sari',
  'Sekar',
  'Siti',
  'Sri',
  'Tri',
  'Wulan',
  'Yuni',
];
const SECOND_MALE = [
  'Akbar',
  'Cahyo',
  'Fauzan',
  'Hidayat',
  'Kurnia',
  'Maulana',
  'Nugroho',
  'Prasetyo',
  'Purnomo',
  'Saputra',
  'Setiawan',
  'Wijaya',
];
const SECOND_FEMALE = [
  'Amalia',
  'Anggraini',
  'Cahyani',
  'Handayani',
  'Kusuma',
  'Maharani',
  'Oktaviani',
  'Permata',
  'Puspita',
  'Rahayu',
  'Safitri',
  'Utami',
];
const SAMPLE = [
  'Contohadi',
  'Contohsari',
  'Contowijoyo',
  'Misalnya',
  'Misalwati',
  'Umpamawan',
  'Seumpama',
  'Andaikata',
  'Sampelino',
  'Rekaan',
  'Fiktiwan',
  'Ilustrasi',
];
const STREETS = [
  'Melati',
  'Kenanga',
  'Cempaka',
  'Anggrek',
  'Flamboyan',
  'Bougenvil',
  'Teratai',
  'Dahlia',
  'Mawar',
  'Kamboja',
];

/** A name of one to four words; one in thirty is a single word, as in life. */
export function nameOf(chance: Chance, sex: Sex): string {
  const first = chance.pick(sex === 'L' ? MALE : FEMALE);
  if (chance.often(0.03)) return `${first}contoh`;
  const second = chance.often(0.62) ? ` ${chance.pick(sex === 'L' ? SECOND_MALE : SECOND_FEMALE)}` : '';
  const title = chance.often(0.03) ? chance.pick([', S.Pd.', ', S.E.', ', M.Si.']) : '';
  return `${first}${second} ${chance.pick(SAMPLE)}${title}`;
}

/** Where sample people live: real districts make the figures read true, the streets exist nowhere. */
export interface Places {
  readonly villages: readonly (readonly [RegionCode, number])[];
  readonly birthPlace: string;
}

export interface SamplePerson {
  readonly sex: Sex;
  readonly birthDate: PlainDate;
  readonly applicant: ApplicantData;
}

interface Wanted {
  /** The day the person applies or joins. */
  readonly on: PlainDate;
  readonly consentVersion: string;
  readonly documents: readonly DocumentType[];
  /** Whether a child's guardian consents on the form itself; default true. */
  readonly guardianConsents?: boolean;
  /** Only people in these years. */
  readonly age?: readonly [number, number];
}

/** Makes people one after the other; numbers never repeat. */
export function peopleOf(chance: Chance, places: Places): (wanted: Wanted) => SamplePerson {
  let serial = 0;
  return (wanted) => {
    serial++;
    const sex: Sex = chance.often(0.57) ? 'P' : 'L';
    const age = wanted.age
      ? chance.int(wanted.age[0], wanted.age[1])
      : chance.weighted([
          [chance.int(5, 12), 17],
          [chance.int(13, 17), 25],
          [chance.int(18, 24), 27],
          [chance.int(25, 44), 20],
          [chance.int(45, 59), 8],
          [chance.int(60, 78), 3],
        ]);
    const birthDate = addDays(yearsBefore(wanted.on, age), -chance.int(1, 360));
    return { sex, birthDate, applicant: applicantOf(chance, places, wanted, { sex, birthDate, serial }) };
  };
}

function yearsBefore(day: PlainDate, years: number): PlainDate {
  const { year, month, day: date } = datePartsOf(day);
  const moved = plainDateOf({ year: year - years, month, day: Math.min(date, 28) });
  if (!moved) throw new RangeError('age out of range');
  return moved;
}

/** PPRRKK of the made-up province, the date with a woman's day moved by 40, and a running number. */
function nikOf(sex: Sex, birthDate: PlainDate, serial: number): Nik {
  const { year, month, day } = datePartsOf(birthDate);
  const two = (value: number) => String(value % 100).padStart(2, '0');
  const area = `99${two(Math.floor(serial / 9000) + 1)}01`;
  return `${area}${two(sex === 'P' ? day + 40 : day)}${two(month)}${two(year)}${String((serial % 9000) + 1).padStart(4, '0')}` as Nik;
}

function applicantOf(
  chance: Chance,
  places: Places,
  wanted: Wanted,
  base: { readonly sex: Sex; readonly birthDate: PlainDate; readonly serial: number },
): ApplicantData {
  const { sex, birthDate, serial } = base;
  const age = ageOn(birthDate, wanted.on);
  const nik = nikOf(sex, birthDate, serial);
  const name = nameOf(chance, sex);
  const family = name.replace(/,.*$/, '').split(' ').at(-1) ?? 'Contohadi';
  const documentType = documentOf(chance, wanted.documents, age);
  const isChild = age < 18;
  const home = addressOf(chance, places);
  const elsewhere = !isChild && chance.often(0.14);
  const work = workOf(chance, age);
  return {
    documentType,
    documentNumber: documentType === 'ktm' ? `C99.${String(serial).padStart(6, '0')}` : nik,
    nik: documentType === 'ktm' || documentType === 'kk' ? null : nik,
    kk: null,
    noDocumentReason: null,
    name,
    birthPlace: chance.often(0.8) ? places.birthPlace : 'Contoh',
    birthDate,
    sex,
    address: home,
    presentSame: !elsewhere,
    present: elsewhere ? addressOf(chance, places) : null,
    phone: isChild || chance.often(0.25) ? null : phoneOf(serial),
    email: !isChild && chance.often(0.35) ? `anggota${serial}@contoh.example` : null,
    occupation: work.occupation,
    institution: work.institution,
    education: work.education,
    memberType: memberTypeOf(chance, age, work.occupation),
    guardian: isChild
      ? {
          name: `${chance.pick(chance.often(0.6) ? FEMALE : MALE)} ${family}`,
          relation: chance.weighted([
            ['mother', 58],
            ['father', 34],
            ['grandparent', 5],
            ['legal_guardian', 3],
          ]),
          phone: chance.often(0.85) ? phoneOf(serial) : null,
          consented: wanted.guardianConsents ?? true,
        }
      : null,
    acknowledged: true,
    consents: { photo_on_card: chance.often(0.94), messages: chance.often(0.7) },
    consentVersion: wanted.consentVersion,
  };
}

function documentOf(chance: Chance, accepted: readonly DocumentType[], age: number): DocumentType {
  const fitting: readonly (readonly [DocumentType, number])[] =
    age < 17
      ? [
          ['kia', 70],
          ['kk', 40],
        ]
      : [
          ['ktp', 86],
          ['ktm', age < 26 ? 14 : 0],
          ['sim', 4],
          ['kk', 4],
        ];
  const possible = fitting.filter(([type, weight]) => weight > 0 && accepted.includes(type));
  return possible.length > 0 ? chance.weighted(possible) : (accepted[0] ?? 'ktp');
}

function addressOf(chance: Chance, places: Places): Address {
  const three = (value: number) => String(value).padStart(3, '0');
  return {
    line: `Jl. Contoh ${chance.pick(STREETS)} No. ${chance.int(1, 120)}`,
    rt: three(chance.int(1, 9)),
    rw: three(chance.int(1, 12)),
    village: chance.weighted(places.villages),
  };
}

function phoneOf(serial: number): Phone {
  return `+62810${String(90_000_000 + serial)}` as Phone;
}

function workOf(
  chance: Chance,
  age: number,
): {
  readonly occupation: Occupation | null;
  readonly institution: string | null;
  readonly education: Education | null;
} {
  if (age < 7) return { occupation: null, institution: `TK Contoh ${chance.int(1, 6)}`, education: 'none' };
  if (age < 13)
    return { occupation: 'pupil', institution: `SD Contoh ${chance.int(1, 12)}`, education: 'sd' };
  if (age < 16)
    return { occupation: 'pupil', institution: `SMP Contoh ${chance.int(1, 9)}`, education: 'smp' };
  if (age < 18)
    return { occupation: 'pupil', institution: `SMA Contoh ${chance.int(1, 7)}`, education: 'sma' };
  if (age < 25 && chance.often(0.72))
    return {
      occupation: 'student',
      institution: `Universitas Contoh ${chance.pick(['Bahari', 'Nusantara', 'Merdeka'])}`,
      education: 's1',
    };
  const occupation = chance.weighted<Occupation>([
    ['private_employee', 24],
    ['civil_servant', 14],
    ['teacher', 14],
    ['entrepreneur', 14],
    ['homemaker', 14],
    ['labourer', 5],
    ['farmer_fisher', 5],
    ['military_police', 3],
    ['not_working', 4],
    ['retired', age > 57 ? 30 : 0],
  ]);
  const education = chance.weighted<Education>([
    ['sma', 36],
    ['diploma', 14],
    ['s1', 40],
    ['s2', 8],
    ['smp', 4],
  ]);
  return { occupation, institution: null, education: chance.often(0.85) ? education : null };
}

function memberTypeOf(chance: Chance, age: number, occupation: Occupation | null): string {
  if (age <= 12 && chance.often(0.8)) return 'ANAK';
  if (occupation === 'pupil' || age < 18) return 'PELAJAR';
  if (occupation === 'student') return 'MAHASISWA';
  if (occupation === 'civil_servant' || occupation === 'military_police') return 'ASN';
  if (age >= 60) return 'LANSIA';
  return chance.often(0.06) ? 'LUAR' : 'UMUM';
}
