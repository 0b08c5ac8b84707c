import { defaultSettings } from '../domain/default-settings.ts';
import type { LibraryProfile } from '../domain/library-settings.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Official, Procedure } from '../domain/procedure.ts';
import { NATIONAL_HOLIDAYS } from './national-holidays.ts';
import type { LibraryPreset } from './preset.ts';

const head: Official = {
  role: 'kepala_skpd',
  title: 'Kepala Dinas Perpustakaan dan Kearsipan Kabupaten Banyuwangi',
  name: 'Drs. Zen Kostolani, M.Si.',
  rank: 'Pembina Utama Muda',
  nip: '19650908 199303 1 009',
  from: null,
  until: null,
  acting: null,
};

const madeOn = '2025-01-13' as PlainDate;

/**
 * SOP-B: Layanan Pendaftaran Anggota Perpustakaan Online, Kabupaten Banyuwangi. The marks in its Pelaksana
 * columns are lost in the copy at hand: the actors are inferred ("perlu dipastikan") and so are the symbols,
 * all boxes here. Cost and complaint channels are not part of the document and stay empty.
 */
const procedure: Procedure = {
  serviceName: 'Layanan Pendaftaran Anggota Perpustakaan Online',
  identity: {
    title: 'Layanan Pendaftaran Anggota Perpustakaan Online',
    unit: 'Dinas Perpustakaan dan Kearsipan',
    government: 'Pemerintah Kabupaten Banyuwangi',
    number: '188/OU/429.118/2025',
    createdOn: madeOn,
    revisedOn: null,
    revision: '-',
    effectiveOn: madeOn,
    ratifiedBy: head,
  },
  legalBasis: [
    'UU No. 43 Tahun 2007 tentang Perpustakaan',
    'Peraturan Bupati Banyuwangi Nomor 30 Tahun 2024 tentang Kedudukan, Susunan Organisasi, Tugas dan Fungsi serta Tata Kerja Dinas Perpustakaan dan Kearsipan',
  ],
  qualifications: [
    'Pendidikan minimal SLTA',
    'Memahami sistem layanan perpustakaan',
    'Memahami pengoperasian komputer dan Android',
  ],
  relatedProcedures: [
    'SOP Perpanjangan Keanggotaan',
    'Layanan Baca di Tempat',
    'Peminjaman Buku',
    'Perpanjangan/Pengembalian Buku',
    'Layanan DIRECT (Digital Reading Counter)',
    'Layanan Referensi/Konten Lokal',
    'Layanan KLIK (Klinik Kepustakawanan)',
    'Lare Osing (Layanan Referensi Online Singkat)',
    'POCADI (Pojok Baca Digital)',
  ],
  equipment: ['Komputer/laptop', 'Smartphone', 'Internet', 'KTP/KIA/FC KK'],
  warning: 'Jika prosedur dan persyaratan tidak dipenuhi maka permohonan tidak akan dikabulkan',
  records: ['Jumlah keanggotaan perpustakaan'],
  actorColumns: [
    { actor: 'pemustaka', label: 'Pemustaka' },
    { actor: 'petugas', label: 'Petugas' },
    { actor: 'sub_koordinator', label: 'Sub Koord' },
    { actor: 'kepala_bidang', label: 'Kepala Bidang' },
    { actor: 'kepala_skpd', label: 'Kepala SKPD' },
  ],
  steps: [
    {
      no: 1,
      text: 'Melaporkan kedatangan kepada petugas dan mengisi daftar kunjungan di komputer (kolom Anggota / non Anggota)',
      kind: 'process',
      actors: ['pemustaka'],
      actorsInferred: true,
      completeness: ['Komputer'],
      standardSeconds: 120,
      output: 'Data dan informasi pemustaka diterima',
      note: '',
      branches: [],
      acts: ['arrive'],
    },
    {
      no: 2,
      text: 'Meminta identitas (KTP/KIA/FC KK) dan menjelaskan pengisian form',
      kind: 'process',
      actors: ['petugas'],
      actorsInferred: true,
      completeness: ['KTP/KIA/FC KK'],
      standardSeconds: 180,
      output: 'Data dan informasi pemustaka diterima',
      note: '',
      branches: [],
      acts: ['see_identity'],
    },
    {
      no: 3,
      text: 'a. mengisi formulir mandiri melalui tautan, dan/atau b. diisikan petugas',
      kind: 'process',
      actors: ['pemustaka', 'petugas'],
      actorsInferred: true,
      completeness: ['Form isian di tautan'],
      standardSeconds: 300,
      output: 'Kelengkapan data',
      note: '',
      branches: [],
      acts: ['fill_form'],
    },
    {
      no: 4,
      text: 'Verifikasi keterisian data terhadap KTP/KIA/FC KK',
      kind: 'process',
      actors: ['petugas'],
      actorsInferred: true,
      completeness: ['KTP/KIA/FC KK'],
      standardSeconds: 180,
      output: 'Kelengkapan data',
      note: '',
      branches: [],
      acts: ['verify'],
    },
    {
      no: 5,
      text: 'Jika isian benar, pemustaka mengirim foto kepada petugas; KTA online diproses',
      kind: 'process',
      actors: ['pemustaka', 'petugas'],
      actorsInferred: true,
      completeness: ['Komputer', 'Smartphone'],
      standardSeconds: 300,
      output: 'Foto pemustaka',
      note: '',
      branches: [],
      acts: ['photo', 'issue_card'],
    },
    {
      no: 6,
      text: 'Memberikan KTA online kepada pemustaka',
      kind: 'process',
      actors: ['petugas'],
      actorsInferred: true,
      completeness: ['KTA online'],
      standardSeconds: 60,
      output: 'KTA perpustakaan',
      note: '',
      branches: [],
      acts: ['hand_over'],
    },
  ],
  publicSteps: [1, 2, 3, 4, 5, 6],
  documents: [
    { type: 'ktp', forms: ['original', 'ikd', 'upload'] },
    { type: 'kia', forms: ['original', 'upload'] },
    // FC KK: a photocopy is what the SOP names; who brings the original is not sent away.
    { type: 'kk', forms: ['copy', 'original', 'upload'] },
  ],
  documentsRule: 'any',
  requirements: ['KTP', 'KIA', 'FC KK'],
  cost: '',
  product: 'KTA perpustakaan',
  publishedTotalSeconds: 1140,
  complaintChannels: [],
  sourceLink: 'https://inlisite.ebookbanyuwangi.id/pendaftaran',
};

/** Address, telephone and e-mail are not in the source; the library fills them in under Pengaturan. */
const profile: LibraryProfile = {
  name: 'Perpustakaan Kabupaten Banyuwangi',
  shortName: 'Perpustakaan Banyuwangi',
  government: 'Pemerintah Kabupaten Banyuwangi',
  unit: 'Dinas Perpustakaan dan Kearsipan Kabupaten Banyuwangi',
  address: '',
  city: 'Banyuwangi',
  postalCode: '',
  phone: '',
  website: '',
  email: '',
  npp: null,
  timezone: 'Asia/Jakarta',
  locale: 'id-ID',
};

const weekday = [{ from: '08:00', until: '15:30' }];

/** Dinas Perpustakaan dan Kearsipan Kabupaten Banyuwangi. */
export const banyuwangi: LibraryPreset = {
  slug: 'banyuwangi',
  procedure,
  settings: defaultSettings(profile, {
    look: {
      colour: '#0f5f57',
      emblemFileId: null,
      greeting: 'Selamat datang di perpustakaan',
      farewell: 'Terima kasih atas kunjungan Anda',
    },
    cardDesigns: { own: [], usual: 'shelf', byType: {} },
    servicePoints: [
      { code: 'UTAMA', name: 'Ruang layanan umum', kind: 'ruang', locationCode: '01', active: true },
      {
        code: 'POCADI',
        name: 'Pojok Baca Digital (POCADI)',
        kind: 'pocadi',
        locationCode: '02',
        active: true,
      },
      { code: 'PUSLING', name: 'Perpustakaan keliling', kind: 'pusling', locationCode: '03', active: true },
    ],
    openingHours: {
      monday: weekday,
      tuesday: weekday,
      wednesday: weekday,
      thursday: weekday,
      friday: [
        { from: '07:30', until: '11:00' },
        { from: '13:00', until: '15:00' },
      ],
      saturday: [{ from: '08:00', until: '12:00' }],
      sunday: [],
    },
    holidays: NATIONAL_HOLIDAYS,
    services: [
      { code: 'BACA', name: { id: 'Baca di tempat', en: 'Reading in the library' }, active: true },
      { code: 'PINJAM', name: { id: 'Peminjaman buku', en: 'Borrowing books' }, active: true },
      {
        code: 'KEMBALI',
        name: { id: 'Perpanjangan/pengembalian buku', en: 'Renewing or returning books' },
        active: true,
      },
      {
        code: 'DIRECT',
        name: { id: 'DIRECT (Digital Reading Counter)', en: 'DIRECT (Digital Reading Counter)' },
        active: true,
      },
      {
        code: 'REFERENSI',
        name: { id: 'Referensi/konten lokal', en: 'Reference and local content' },
        active: true,
      },
      {
        code: 'KLIK',
        name: { id: 'KLIK (Klinik Kepustakawanan)', en: 'KLIK (librarianship clinic)' },
        active: true,
      },
      {
        code: 'LARE_OSING',
        name: {
          id: 'Lare Osing (Layanan Referensi Online Singkat)',
          en: 'Lare Osing (short online reference)',
        },
        active: true,
      },
      {
        code: 'POCADI',
        name: { id: 'POCADI (Pojok Baca Digital)', en: 'POCADI (digital reading corner)' },
        active: true,
      },
      { code: 'DAFTAR', name: { id: 'Pendaftaran anggota', en: 'Registering as a member' }, active: true },
      { code: 'LAIN', name: { id: 'Lainnya', en: 'Something else' }, active: true },
    ],
    numberFormat: { pattern: 'YYMMDD99999', prefix: '' },
    homeRegion: '35.10',
    officials: [head],
    toConfirm: [
      'profile',
      'servicePoints',
      'openingHours',
      'holidays',
      'memberTypes',
      'numberFormat',
      'officials',
    ],
  }),
};
