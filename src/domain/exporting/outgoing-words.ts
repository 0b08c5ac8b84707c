import type { Education, GuardianRelation, Occupation, Sex } from '../applicant.ts';
import type { MemberState } from '../member.ts';
import type { DocumentType } from '../procedure.ts';

/** Words of INLISLite's lists; each is read back by `importing/incoming-words.ts`. */
export const SEX_OUT: Readonly<Record<Sex, string>> = { L: 'Laki-laki', P: 'Perempuan' };

export const OCCUPATION_OUT: Readonly<Record<Occupation, string>> = {
  pupil: 'Pelajar',
  student: 'Mahasiswa',
  civil_servant: 'PNS',
  military_police: 'TNI/Polri',
  teacher: 'Guru/Dosen',
  private_employee: 'Pegawai Swasta',
  entrepreneur: 'Wiraswasta',
  farmer_fisher: 'Petani/Nelayan',
  labourer: 'Buruh',
  homemaker: 'Ibu Rumah Tangga',
  retired: 'Pensiunan',
  not_working: 'Belum/Tidak Bekerja',
  other: 'Lainnya',
};

export const EDUCATION_OUT: Readonly<Record<Education, string>> = {
  none: 'Tidak Sekolah',
  sd: 'SD',
  smp: 'SMP',
  sma: 'SMA',
  diploma: 'Diploma',
  s1: 'S1',
  s2: 'S2',
  s3: 'S3',
};

export const IDENTITY_OUT: Readonly<Record<DocumentType, string>> = {
  ktp: 'KTP',
  kia: 'KIA',
  kk: 'Kartu Keluarga',
  sim: 'SIM',
  ktm: 'KARTU PELAJAR',
  paspor: 'Paspor',
};

export const RELATION_OUT: Readonly<Record<GuardianRelation, string>> = {
  father: 'Ayah',
  mother: 'Ibu',
  grandparent: 'Kakek/Nenek',
  sibling: 'Saudara Kandung',
  relative: 'Keluarga',
  legal_guardian: 'Wali',
};

export const STATE_OUT: Readonly<Record<MemberState, string>> = {
  active: 'Aktif',
  suspended: 'Suspend',
  cleared: 'Bebas Pustaka',
  ended: 'Berhenti',
};

/** For systems whose import has no column for it: an officer there must learn of it. Empty where there is nothing to say. */
export const STATE_NOTE: Readonly<Record<MemberState, string>> = {
  active: '',
  suspended: 'Ditangguhkan di perpustakaan',
  cleared: 'Bebas pustaka',
  ended: 'Berhenti',
};

/** What stands in a list where this product never asks. */
export const NOT_RECORDED = 'Tidak dicatat';
