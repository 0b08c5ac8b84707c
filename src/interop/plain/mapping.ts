import type { IncomingField } from '../../domain/importing/incoming-member.ts';
import { wordKey } from '../../domain/importing/incoming-words.ts';
import { parseNik } from '../../domain/nik.ts';

/** Titles that people give to columns, by what they mean; an officer confirms what is proposed. */
const USUAL_TITLES: Readonly<Partial<Record<IncomingField, string>>> = {
  number:
    'no anggota,nomor anggota,id anggota,no kartu,nomor kartu,member id,member number,number,nomor,kode anggota,id',
  name: 'nama,nama lengkap,nama anggota,name,full name,fullname',
  birth_place: 'tempat lahir,birth place,place of birth',
  birth_date: 'tanggal lahir,tgl lahir,tgllahir,birth date,date of birth,dob',
  sex: 'jenis kelamin,jk,kelamin,l p,sex,gender',
  identity_type: 'jenis identitas,jenis kartu identitas,identity type',
  identity_number:
    'nik,no ktp,nomor ktp,no identitas,nomor identitas,no induk kependudukan,nomor induk kependudukan,identity number',
  address_line: 'alamat,alamat rumah,alamat lengkap,alamat ktp,address',
  address_rt: 'rt',
  address_rw: 'rw',
  address_village: 'desa,kelurahan,desa kelurahan,kelurahan desa,kel,village,kode desa,village code',
  address_district: 'kecamatan,kec,district',
  address_regency: 'kabupaten,kota,kabupaten kota,kab kota,kab,city,regency',
  address_province: 'provinsi,propinsi,province',
  address_postcode: 'kode pos,kodepos,postal code,zip',
  present_line: 'alamat sekarang,alamat domisili,domisili,alamat tinggal',
  phone:
    'no hp,hp,nomor hp,no telepon,telepon,no telp,telp,no wa,whatsapp,nomor telepon,phone,handphone,mobile',
  phone_other: 'telepon rumah,no telp rumah,telp rumah',
  email: 'email,e mail,surel,alamat email',
  member_type: 'jenis anggota,tipe anggota,kategori,keanggotaan,member type,jenis keanggotaan',
  occupation: 'pekerjaan,occupation,profesi',
  education: 'pendidikan,pendidikan terakhir,education',
  institution:
    'instansi,sekolah,nama sekolah,asal sekolah,nama institusi,institusi,lembaga,institution,perguruan tinggi',
  member_since:
    'tanggal daftar,tgl daftar,tanggal pendaftaran,tgl pendaftaran,anggota sejak,member since,registered',
  valid_until:
    'berlaku hingga,berlaku sampai,masa berlaku,tanggal akhir berlaku,tgl berakhir,valid until,expired',
  status: 'status,status anggota',
  photo: 'foto,photo,nama foto,file foto,photo url',
  guardian_name: 'nama wali,wali,nama orang tua,orang tua,guardian',
  guardian_relation: 'hubungan wali,hubungan',
  guardian_phone: 'telepon wali,hp wali,no hp wali,hp orang tua',
};

const FIELD_OF = new Map(
  Object.entries(USUAL_TITLES).flatMap(([field, titles]) =>
    titles.split(',').map((title): [string, IncomingField] => [title, field as IncomingField]),
  ),
);

/** What each column most likely is: by its title, a column full of NIKs by what is in it. No field comes twice. */
export function proposedMapping(
  titles: readonly string[],
  sample: readonly (readonly string[])[],
): Readonly<Record<string, IncomingField>> {
  const mapping: Record<string, IncomingField> = {};
  const taken = new Set<IncomingField>();
  const propose = (title: string, field: IncomingField | undefined): void => {
    if (field === undefined || taken.has(field) || title === '' || mapping[title] !== undefined) return;
    mapping[title] = field;
    taken.add(field);
  };
  for (const title of titles) propose(title.trim(), FIELD_OF.get(wordKey(title)));
  for (const [at, title] of titles.entries()) {
    const cells = sample.map((row) => row[at] ?? '').filter((cell) => cell !== '');
    if (cells.length > 0 && cells.every((cell) => parseNik(cell).ok))
      propose(title.trim(), 'identity_number');
  }
  return mapping;
}
