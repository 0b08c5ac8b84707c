import type { Education, GuardianRelation, Occupation, Sex } from '../applicant.ts';
import type { MemberState } from '../member.ts';
import type { DocumentType } from '../procedure.ts';

/**
 * What the words of other systems mean here. Their lists differ from library to library: what is not found is kept in
 * the report, never guessed. Keys are small letters without marks, see `wordKey`.
 */
export function wordKey(text: string): string {
  // Nearly all texts are plain, and taking marks apart costs more than all the rest.
  const plain = /^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFKD');
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

const words = <Meaning extends string>(
  lists: Readonly<Record<Meaning, string>>,
): ReadonlyMap<string, Meaning> =>
  new Map(
    (Object.entries(lists) as [Meaning, string][]).flatMap(([meaning, list]) =>
      list.split(',').map((word): [string, Meaning] => [wordKey(word), meaning]),
    ),
  );

export const SEX_WORDS = words<Sex>({
  L: 'l,lk,laki,laki laki,pria,male,m',
  P: 'p,pr,perempuan,wanita,female,f',
});

export const IDENTITY_WORDS = words<DocumentType>({
  ktp: 'ktp,e ktp,ektp,kartu tanda penduduk,nik,identitas ktp',
  kia: 'kia,kartu identitas anak',
  kk: 'kk,kartu keluarga',
  sim: 'sim,sim a,sim b,sim c,surat izin mengemudi',
  ktm: 'ktm,kartu tanda mahasiswa,kartu mahasiswa,kartu pelajar,nis,nisn,nim,kartu siswa,kartu osis,pelajar',
  paspor: 'paspor,passport,pasport',
});

export const OCCUPATION_WORDS = words<Occupation>({
  pupil: 'pelajar,siswa,siswi,murid,pelajar sd,pelajar smp,pelajar sma',
  student: 'mahasiswa,mahasiswi,pelajar mahasiswa',
  civil_servant: 'pns,asn,pegawai negeri,pegawai negeri sipil,pppk,p3k,pegawai pemerintah,bumn',
  military_police: 'tni,polri,tni polri,abri,polisi,tentara',
  teacher: 'guru,dosen,guru dosen,pengajar,ustadz',
  private_employee: 'pegawai swasta,karyawan swasta,swasta,karyawan,pegawai,honorer,karyawan bumn,peneliti',
  entrepreneur: 'wiraswasta,wirausaha,pengusaha,pedagang,dagang,usaha sendiri',
  farmer_fisher: 'petani,nelayan,petani nelayan,peternak,tani,pekebun',
  labourer: 'buruh,buruh harian lepas,pekerja lepas,sopir,tukang',
  homemaker: 'ibu rumah tangga,irt,mengurus rumah tangga,rumah tangga',
  retired: 'pensiunan,pensiun,purnawirawan',
  not_working: 'tidak bekerja,belum bekerja,belum tidak bekerja,tidak belum bekerja,pengangguran',
  other: 'lain lain,lainnya,lain',
});

export const EDUCATION_WORDS = words<Education>({
  none: 'tidak sekolah,belum sekolah,tidak belum sekolah,tk,paud,tidak ada',
  sd: 'sd,mi,sd mi,sekolah dasar,sd sederajat,tamat sd',
  smp: 'smp,sltp,mts,smp mts,sltp sederajat,smp sederajat',
  sma: 'sma,slta,smk,ma,smu,sma smk,sma smk ma,slta sederajat,sma sederajat,stm,smea',
  diploma:
    'diploma,d1,d2,d3,d4,d i,d ii,d iii,d iv,diploma i,diploma ii,diploma iii,diploma 3,akademi,sarjana muda',
  s1: 's1,s 1,sarjana,strata 1,strata i,sarjana s1,d4 s1',
  s2: 's2,s 2,magister,master,strata 2,strata ii,pasca sarjana,pascasarjana',
  s3: 's3,s 3,doktor,strata 3,strata iii',
});

/** `Baru` is INLISLite's online member whom nobody has looked at yet. */
export const STATUS_WORDS = words<MemberState | 'unconfirmed'>({
  active: 'aktif,active,berlaku',
  suspended:
    'suspend,suspended,ditangguhkan,tangguh,nonaktif,non aktif,tidak aktif,blokir,pending,is pending',
  cleared: 'bebas pustaka,bebas perpustakaan,bebaspustaka',
  ended: 'berhenti,keluar,meninggal,pindah',
  unconfirmed: 'baru,belum aktif,online,new',
});

export const RELATION_WORDS = words<GuardianRelation>({
  father: 'ayah,bapak,bapak kandung,ayah kandung,ayah tiri',
  mother: 'ibu,ibu kandung,mama,ibu tiri',
  grandparent: 'kakek,nenek,kakek nenek',
  sibling: 'kakak,saudara kandung,adik,kakak kandung',
  relative: 'paman,bibi,tante,om,pakde,bude,saudara,famili,kerabat,keluarga',
  legal_guardian: 'wali,orang tua,orangtua,ortu,orang tua wali',
});

/** Member types as other systems name them, by the code that a library of ours begins with. */
export const TYPE_WORDS = words<string>({
  UMUM: 'umum,masyarakat umum,masyarakat,standard,anggota umum,dewasa',
  PELAJAR: 'pelajar,siswa,pelajar siswa,student sekolah,sekolah',
  MAHASISWA: 'mahasiswa,student',
  ASN: 'asn,pns,tni,polri,asn tni polri,pegawai negeri,pegawai,karyawan',
  ANAK: 'anak,anak anak,balita,paud',
  LANSIA: 'lansia,manula,lanjut usia',
  LUAR: 'luar daerah,luar kota,luar biasa,luar',
});
