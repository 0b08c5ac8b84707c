import type { MatchReasonCode } from '../../domain/matching/compare.ts';

/** Why two records may be, or may not be, one person. */
export const matching = {
  reasons: {
    nik_same: 'NIK sama',
    nik_one_digit: 'NIK berbeda satu angka',
    nik_swapped: 'dua angka NIK tertukar',
    nik_differs: 'NIK berbeda',
    document_same: 'nomor dokumen sama',
    document_differs: 'nomor dokumen berbeda',
    family_card_same: 'nomor KK sama',
    family_card_differs: 'nomor KK berbeda',
    phone_same: 'telepon sama',
    phone_differs: 'telepon berbeda',
    email_same: 'surel sama',
    email_differs: 'surel berbeda',
    name_same: 'nama sama',
    name_spelling: 'nama sama, ejaan berbeda',
    name_slip: 'nama sangat mirip',
    name_ending: 'nama sama kecuali huruf terakhir',
    name_shortened: 'nama sama, sebagian disingkat atau tidak ditulis',
    name_headless: 'nama sama, tetapi kata pertama tidak ada',
    name_neighbour: 'nama mirip, tetapi lazim sebagai dua nama',
    name_renamed: 'nama panggilan sama, kata lainnya berbeda',
    name_differs: 'nama berbeda',
    birth_date_same: 'tanggal lahir sama',
    birth_date_swapped: 'tanggal dan bulan lahir tertukar',
    birth_date_slip: 'tanggal lahir berbeda satu angka',
    birth_date_day_unknown: 'tahun lahir sama, salah satunya 1 Januari',
    birth_date_next_day: 'tanggal lahir selisih satu hari',
    birth_date_part: 'tahun lahir sama, tanggal atau bulannya berbeda',
    birth_date_year_differs: 'hari dan bulan lahir sama, tahun berbeda',
    birth_date_differs: 'tanggal lahir berbeda',
    birth_place_same: 'tempat lahir sama',
    birth_place_differs: 'tempat lahir berbeda',
    sex_same: 'jenis kelamin sama',
    sex_differs: 'jenis kelamin berbeda',
    village_same: 'desa/kelurahan sama',
    district_same: 'kecamatan sama',
    region_differs: 'wilayah berbeda',
    address_same: 'alamat sama',
    address_differs: 'alamat berbeda',
  } satisfies Record<MatchReasonCode, string>,
  /** "nama sangat mirip: Moh. Abdurahman ~ Muhammad Abdurrahman" */
  names: (reason: string, one: string, other: string) => `${reason}: ${one} ~ ${other}`,
};

export type MatchingTexts = typeof matching;
