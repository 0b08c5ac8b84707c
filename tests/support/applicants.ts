/** Plainly fictional applicants; their NIK begins with 99, the region that exists in no list. */
import { createHash } from 'node:crypto';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { Nik } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';

let made = 0;

const DAY_MS = 86_400_000;

/**
 * An adult with a document of their own; `changes` replaces what a test is about. The name tells on which day they were born, and
 * numbers differ in several digits: in whatever order tests run, nobody is asked whether two of them are one.
 */
export function applicantNamed(name: string, changes: Partial<ApplicantData> = {}): ApplicantData {
  const days = createHash('sha256').update(name).digest().readUInt16BE() % 18_000;
  const born = new Date(Date.UTC(1950, 0, 1) + days * DAY_MS).toISOString().slice(0, 10);
  const [year = '', month = '', day = ''] = born.split('-');
  const serial = String((++made * 4_099) % 10_000).padStart(4, '0');
  // A woman's has 40 added to the day.
  const nik = `990101${Number(day) + 40}${month}${year.slice(2)}${serial}` as Nik;
  return {
    documentType: 'ktp',
    documentNumber: nik,
    nik,
    kk: null,
    noDocumentReason: null,
    name,
    birthPlace: 'Contoh',
    birthDate: born as PlainDate,
    sex: 'P',
    address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: null },
    presentSame: true,
    present: null,
    phone: null,
    email: null,
    occupation: null,
    institution: null,
    education: null,
    memberType: 'UMUM',
    guardian: null,
    acknowledged: true,
    consents: { photo_on_card: true, messages: false },
    consentVersion: '1',
    ...changes,
  };
}

const WORDS = [
  'Bagus',
  'Citra',
  'Dewangga',
  'Endah',
  'Fajar',
  'Gayatri',
  'Hendra',
  'Intan',
  'Joko',
  'Kartika',
];

/** Names that nobody takes for one another. */
export function spelled(n: number): string {
  return [...String(n)].map((digit) => WORDS[Number(digit)]).join(' ');
}

/** What the forms of correcting send of such an applicant besides what a test is about. */
export const CORRECTING = {
  document_type: 'ktp',
  birth_place: 'Contoh',
  'birth_date.day': '17',
  'birth_date.month': '8',
  'birth_date.year': '1999',
  sex: 'P',
  address_line: 'Jl. Contoh 1',
  address_rt: '001',
  address_rw: '002',
  address_village: '99.01.01.2001',
  present_same: 'same',
  phone: '081234567890',
  member_type: 'UMUM',
} as const;
