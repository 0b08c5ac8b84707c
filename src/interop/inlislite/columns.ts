import type { ForeignColumn } from '../column-list.ts';

/** Excel sheet of INLISLite 3.2: columns A to AW in this order (`interop.md`). */
export const INLISLITE_32: readonly ForeignColumn[] = [
  { title: 'NO', field: null },
  { title: 'NO ANGGOTA', field: 'number' },
  { title: 'NAMA', field: 'name' },
  { title: 'TEMPAT LAHIR', field: 'birth_place' },
  { title: 'TANGGAL LAHIR', field: 'birth_date' },
  { title: 'ALAMAT SESUAI KTP', field: 'address_line' },
  { title: 'KECAMATAN SESUAI KTP', field: 'address_district' },
  { title: 'KELURAHAN SESUAI KTP', field: 'address_village' },
  { title: 'RT SESUAI KTP', field: 'address_rt' },
  { title: 'RW SESUAI KTP', field: 'address_rw' },
  { title: 'PROPINSI SESUAI KTP', field: 'address_province' },
  { title: 'KABUPATEN / KOTA SESUAI KTP', field: 'address_regency' },
  { title: 'ALAMAT TEMPAT TINGGAL SEKARANG', field: 'present_line' },
  { title: 'KECAMATAN SEKARANG', field: 'present_district' },
  { title: 'KELURAHAN SEKARANG', field: 'present_village' },
  { title: 'RT SEKARANG', field: 'present_rt' },
  { title: 'RW SEKARANG', field: 'present_rw' },
  { title: 'PROPINSI SEKARANG', field: 'present_province' },
  { title: 'KABUPATEN / KOTA SEKARANG', field: 'present_regency' },
  { title: 'NO. HP', field: 'phone' },
  { title: 'NO. TELP RUMAH', field: 'phone_other' },
  { title: 'JENIS IDENTITAS', field: 'identity_type' },
  { title: 'NO. IDENTITAS', field: 'identity_number' },
  { title: 'JENIS KELAMIN', field: 'sex' },
  { title: 'AGAMA', field: null },
  { title: 'PEKERJAAN', field: 'occupation' },
  { title: 'IBU KANDUNG', field: null },
  { title: 'ALAMAT EMAIL', field: 'email' },
  { title: 'JENIS ANGGOTA', field: 'member_type' },
  { title: 'PENDIDIKAN TERAKHIR', field: 'education' },
  { title: 'STATUS PERKAWINAN', field: null },
  { title: 'TANGGAL PENDAFTARAN', field: 'member_since' },
  { title: 'TANGGAL AKHIR BERLAKU', field: 'valid_until' },
  { title: 'JENIS PERMOHONAN', field: null },
  { title: 'STATUS ANGGOTA', field: 'status' },
  { title: 'NAMA INSTITUSI', field: 'institution' },
  { title: 'ALAMAT INSTITUSI', field: null },
  { title: 'NO TELP INSTITUSI', field: null },
  { title: 'NAMA (KEADAAN DARURAT)', field: 'guardian_name' },
  { title: 'ALAMAT (KEADAAN DARURAT)', field: null },
  { title: 'NO TELP (KEADAAN DARURAT)', field: 'guardian_phone' },
  { title: 'STATUS HUBUNGAN (DARURAT)', field: 'guardian_relation' },
  { title: 'UNIT KERJA', field: null },
  { title: 'TAHUN AJARAN', field: null },
  { title: 'FAKULTAS', field: null },
  { title: 'JURUSAN', field: null },
  { title: 'PROGRAM STUDI', field: null },
  { title: 'KELAS SISWA', field: null },
  { title: 'PHOTO URL', field: 'photo' },
];

/** What 3.3 calls differently; its importer loses these silently where they are written as in 3.2. */
const RENAMED: Readonly<Record<string, string>> = {
  'NO. IDENTITAS': 'nomor identitas',
  'KABUPATEN / KOTA SESUAI KTP': 'kabupaten/kota sesuai ktp',
  'KABUPATEN / KOTA SEKARANG': 'kabupaten/kota sekarang',
  'KELAS SISWA': 'kelas',
  'NO. TELP RUMAH': 'phone',
};
const NOT_IN_33 = /^JURUSAN$|DARURAT\)$/;

/** The sheet of INLISLite 3.3: titles are matched as small letters; no department, no emergency contact. */
export const INLISLITE_33: readonly ForeignColumn[] = INLISLITE_32.filter(
  ({ title }) => !NOT_IN_33.test(title),
).map(({ title, field }) => ({ title: RENAMED[title] ?? title.toLowerCase(), field }));
