import { defaultSettings, standardConsents } from '../domain/default-settings.ts';
import type { LibraryProfile } from '../domain/library-settings.ts';
import type { Official, Procedure } from '../domain/procedure.ts';
import { NATIONAL_HOLIDAYS } from './national-holidays.ts';
import type { LibraryPreset } from './preset.ts';

const head: Official = {
  role: 'kepala_skpd',
  title: 'Kepala Dinas Kearsipan dan Perpustakaan Provinsi Jawa Tengah',
  // As the document prints it; an official is a dated setting, to be corrected there.
  name: 'PRJO ANGGORO, SH, M.Si',
  rank: 'Pembina Utama Madya',
  nip: '19610822 199003 1 005',
  from: null,
  until: null,
  acting: null,
};

/**
 * SOP-J: Pembuatan Kartu Anggota, Perpustakaan Daerah Provinsi Jawa Tengah. Kelengkapan and Output are
 * empty in the source. Its only Pelaksana column is Pengolahan, so every step is marked there; where the
 * Keterangan names the calon anggota, the citizen is an actor as well.
 */
const procedure: Procedure = {
  serviceName: 'Pembuatan Kartu Anggota',
  identity: {
    title: 'Pendaftaran Anggota Perpustakaan Daerah',
    unit: 'Bidang Pengelolaan Perpustakaan, Dinas Kearsipan dan Perpustakaan',
    government: 'Pemerintah Provinsi Jawa Tengah',
    number: '',
    createdOn: null,
    revisedOn: null,
    revision: '',
    effectiveOn: null,
    ratifiedBy: head,
  },
  legalBasis: [],
  qualifications: [],
  relatedProcedures: [],
  equipment: [],
  warning: '',
  records: [],
  actorColumns: [{ actor: 'petugas', label: 'Pengolahan' }],
  steps: [
    {
      no: 1,
      text: 'Mulai',
      kind: 'start',
      actors: ['petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: null,
      output: '',
      note: '',
      branches: [],
      acts: [],
    },
    {
      no: 2,
      text: 'Mendaftar kepada petugas',
      kind: 'process',
      actors: ['pemustaka', 'petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 10,
      output: '',
      note: 'Calon anggota menyerahkan syarat-syarat menjadi anggota',
      branches: [],
      acts: ['arrive', 'see_identity'],
    },
    {
      no: 3,
      text: 'Mengisi formulir pendaftaran',
      kind: 'decision',
      actors: ['pemustaka', 'petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 300,
      output: '',
      note: 'Formulir; calon anggota mengisi secara tertulis',
      branches: [
        { label: 'tanpa revisi', to: 4 },
        { label: 'revisi', to: 3 },
      ],
      acts: ['fill_form'],
    },
    {
      no: 4,
      text: 'Inputing data calon anggota ke database',
      kind: 'process',
      actors: ['pemustaka', 'petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 300,
      output: '',
      note: 'Inputing; calon anggota mengisi formulir secara online',
      branches: [],
      // The same act as step 3: what the paper form held is typed once, so both steps end with it.
      acts: ['fill_form'],
    },
    {
      no: 5,
      text: 'Kros cek data calon anggota ke database',
      kind: 'decision',
      actors: ['petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 60,
      output: '',
      note: 'Oleh petugas',
      branches: [
        { label: 'tanpa revisi', to: 7 },
        { label: 'revisi', to: 6 },
      ],
      acts: ['cross_check'],
    },
    {
      no: 6,
      text: 'Revisi data / tanpa revisi',
      kind: 'process',
      actors: ['petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 120,
      output: '',
      note: 'Petugas merevisi bila ada kesalahan informasi',
      branches: [],
      acts: ['revise'],
    },
    {
      no: 7,
      text: 'Foto kartu anggota',
      kind: 'process',
      actors: ['petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 30,
      output: '',
      note: 'Pengambilan foto anggota',
      branches: [],
      acts: ['photo'],
    },
    {
      no: 8,
      text: 'Cetak kartu anggota',
      kind: 'process',
      actors: ['petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: 10,
      output: '',
      note: 'Mencetak kartu anggota',
      branches: [],
      acts: ['issue_card', 'print_card'],
    },
    {
      no: 9,
      text: 'Selesai',
      kind: 'end',
      actors: ['petugas'],
      actorsInferred: false,
      completeness: [],
      standardSeconds: null,
      output: '',
      note: '',
      branches: [],
      // The end of the procedure is the card in the hand; the source gives it no time.
      acts: ['hand_over'],
    },
  ],
  // The public service page of the library shows these rows only.
  publicSteps: [2, 3, 4, 5],
  documents: [
    { type: 'ktp', forms: ['original', 'ikd'] },
    { type: 'kk', forms: ['original'] },
    { type: 'ktm', forms: ['original'] },
    { type: 'sim', forms: ['original'] },
  ],
  documentsRule: 'any',
  requirements: ['KTP', 'KK', 'KTM', 'SIM'],
  cost: 'Tidak dipungut biaya',
  product: 'Kartu Anggota Perpustakaan',
  // 14 menit; the steps add up to 13 menit 50 detik, and both are shown.
  publishedTotalSeconds: 840,
  complaintChannels: [
    { kind: 'phone', value: '024-8317963' },
    { kind: 'sms', value: '08179504572' },
    { kind: 'email', value: 'perpusdajateng@yahoo.com' },
  ],
  sourceLink: null,
};

const profile: LibraryProfile = {
  name: 'Perpustakaan Daerah Provinsi Jawa Tengah',
  shortName: 'Perpusda Jawa Tengah',
  government: 'Pemerintah Provinsi Jawa Tengah',
  unit: 'Dinas Kearsipan dan Perpustakaan Provinsi Jawa Tengah',
  address: 'Jl. Sriwijaya No. 49A',
  city: 'Semarang',
  postalCode: '50263',
  // As printed; it looks like a placeholder and waits for the library's word (toConfirm).
  phone: '6285641000000',
  website: 'https://perpus.jatengprov.go.id',
  email: 'perpusdajateng@yahoo.com',
  npp: null,
  timezone: 'Asia/Jakarta',
  locale: 'id-ID',
};

const weekday = [{ from: '08:00', until: '16:00' }];

/** Perpustakaan Daerah Provinsi Jawa Tengah, Semarang. */
export const jateng: LibraryPreset = {
  slug: 'jateng',
  procedure,
  settings: defaultSettings(profile, {
    look: { colour: '#7a1f3d', emblemFileId: null, greeting: 'Sugeng rawuh', farewell: 'Matur nuwun' },
    cardDesigns: { own: [], usual: 'seal', byType: {} },
    servicePoints: [
      { code: 'UTAMA', name: 'Ruang layanan umum', kind: 'ruang', locationCode: '01', active: true },
      { code: 'ANAK', name: 'Ruang layanan anak', kind: 'ruang', locationCode: '02', active: true },
      { code: 'PUSLING', name: 'Perpustakaan keliling', kind: 'pusling', locationCode: '03', active: true },
    ],
    openingHours: {
      monday: weekday,
      tuesday: weekday,
      wednesday: weekday,
      thursday: weekday,
      friday: [
        { from: '08:00', until: '11:30' },
        { from: '13:00', until: '16:00' },
      ],
      saturday: [{ from: '08:00', until: '13:00' }],
      sunday: [],
    },
    holidays: NATIONAL_HOLIDAYS,
    numberFormat: { pattern: 'PREFIX-LOC-YYYY-000001', prefix: 'JTG' },
    // People who want to use their rights must reach somebody: the office line, not the doubtful number.
    consents: standardConsents({ ...profile, phone: '024-8317963' }),
    homeRegion: '33',
    officials: [head],
    toConfirm: [
      'profile',
      'servicePoints',
      'openingHours',
      'holidays',
      'memberTypes',
      'services',
      'numberFormat',
      'officials',
    ],
  }),
};
