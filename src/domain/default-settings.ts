import { DEFAULT_ADMISSION } from './admission.ts';
import type {
  CodedText,
  ConsentTexts,
  LibraryProfile,
  LibrarySettings,
  MemberType,
} from './library-settings.ts';
import { USUAL_COSTS } from './matching/compare.ts';

/**
 * The settings a library starts with; all of them can be changed under Pengaturan.
 * @param profile who the library is; its name and contact stand in the notice on personal data
 * @param changes rows that this library has differently
 */
export function defaultSettings(
  profile: LibraryProfile,
  changes: Partial<Omit<LibrarySettings, 'profile'>> = {},
): LibrarySettings {
  const office = [{ from: '08:00', until: '15:30' }];
  return {
    profile,
    look: { colour: '#0b5a7a', emblemFileId: null, greeting: 'Selamat datang', farewell: 'Terima kasih' },
    servicePoints: [
      { code: 'UTAMA', name: 'Ruang layanan', kind: 'ruang', locationCode: '01', active: true },
    ],
    openingHours: {
      monday: office,
      tuesday: office,
      wednesday: office,
      thursday: office,
      friday: office,
      saturday: [],
      sunday: [],
    },
    holidays: [],
    memberTypes: standardMemberTypes(),
    services: [
      { code: 'BACA', name: { id: 'Baca di tempat', en: 'Reading in the library' }, active: true },
      { code: 'PINJAM', name: { id: 'Peminjaman buku', en: 'Borrowing books' }, active: true },
      {
        code: 'KEMBALI',
        name: { id: 'Perpanjangan/pengembalian buku', en: 'Renewing or returning books' },
        active: true,
      },
      { code: 'REFERENSI', name: { id: 'Layanan referensi', en: 'Reference service' }, active: true },
      { code: 'DAFTAR', name: { id: 'Pendaftaran anggota', en: 'Registering as a member' }, active: true },
      { code: 'LAIN', name: { id: 'Lainnya', en: 'Something else' }, active: true },
    ],
    numberFormat: { pattern: 'YYMMDD99999', prefix: '' },
    publicNumberIsNik: false,
    lendingSystem: { identityNumbers: false, fillerReady: false, kohaBranch: '', kohaCategories: [] },
    consents: standardConsents(profile),
    officials: [],
    roleNames: {
      petugas: { id: 'Petugas', en: 'Officer' },
      sub_koordinator: { id: 'Sub Koordinator', en: 'Sub-coordinator' },
      kepala_bidang: { id: 'Kepala Bidang', en: 'Head of division' },
      kepala_skpd: { id: 'Kepala SKPD', en: 'Head of office' },
      admin: { id: 'Admin', en: 'Administrator' },
    },
    visitRules: { repeat: { rule: 'once_a_day' } },
    auditAnchor: { email: '' },
    memberSignIn: { enabled: false },
    whatsApp: { enabled: false },
    sms: { enabled: false, gateway: '', most: 200, numberHour: 3, numberDay: 6 },
    gate: { ...DEFAULT_ADMISSION, attended: true, purpose: null },
    signIn: {
      secondFactor: {
        petugas: false,
        sub_koordinator: false,
        kepala_bidang: false,
        kepala_skpd: false,
        admin: true,
      },
      graceDays: 14,
    },
    retention: {
      draftDays: 14,
      lapseDays: 30,
      scanUntil: 'verified',
      scanAfterDecision: 'delete',
      rejectedMonths: 12,
      visitorMonths: 24,
      endedMemberMonths: null,
    },
    card: {
      rules: [
        'Kartu ini milik perpustakaan dan tidak dapat dipindahtangankan.',
        'Tunjukkan kartu ini setiap kali menggunakan layanan perpustakaan.',
        'Laporkan segera kepada petugas jika kartu hilang atau data berubah.',
        'Pemegang kartu menaati tata tertib perpustakaan.',
      ],
      photoRequired: true,
      photoBackground: 'any',
    },
    cardDesigns: { own: [], usual: 'shelf', byType: {} },
    crossCheck: { ...USUAL_COSTS, limit: 8 },
    correctionReasons: CORRECTION_REASONS,
    rejectionReasons: REJECTION_REASONS,
    noDocumentReasons: NO_DOCUMENT_REASONS,
    revealReasons: REVEAL_REASONS,
    suspensionReasons: SUSPENSION_REASONS,
    replacementReasons: REPLACEMENT_REASONS,
    homeRegion: null,
    languages: ['id', 'en'],
    toConfirm: [],
    ...changes,
  };
}

/** The member types in use in the field, each valid for a year until the library decides otherwise. */
function standardMemberTypes(): readonly MemberType[] {
  const nothing = { id: '', en: '' };
  const year = { months: 12 };
  const base = {
    validity: year,
    minAge: null,
    maxAge: null,
    requirement: nothing,
    cardAllowed: true,
    active: true,
  };
  return [
    { ...base, code: 'UMUM', name: { id: 'Umum', en: 'General public' } },
    {
      ...base,
      code: 'PELAJAR',
      name: { id: 'Pelajar', en: 'Pupil' },
      requirement: { id: 'Nama sekolah.', en: 'Name of the school.' },
    },
    {
      ...base,
      code: 'MAHASISWA',
      name: { id: 'Mahasiswa', en: 'University student' },
      requirement: { id: 'Nama perguruan tinggi.', en: 'Name of the university.' },
    },
    {
      ...base,
      code: 'ASN',
      name: { id: 'ASN/TNI/Polri', en: 'Civil service, military, police' },
      minAge: 17,
      requirement: { id: 'Nama instansi.', en: 'Name of the institution.' },
    },
    { ...base, code: 'ANAK', name: { id: 'Anak', en: 'Child' }, maxAge: 12 },
    { ...base, code: 'LANSIA', name: { id: 'Lansia', en: 'Senior (60 and over)' }, minAge: 60 },
    {
      ...base,
      code: 'LUAR',
      name: { id: 'Luar daerah', en: 'From outside the region' },
      requirement: {
        id: 'Surat keterangan domisili, kerja, atau sekolah.',
        en: 'A letter confirming domicile, work or school.',
      },
    },
  ];
}

/** The texts of UU 27/2022 (PDP): what stands before the first field, and what is asked separately. */
export function standardConsents(profile: LibraryProfile): ConsentTexts {
  const { name, unit, phone } = profile;
  const place = [profile.address, profile.city].filter((part) => part !== '').join(', ');
  return {
    version: '2026-1',
    notice: {
      controller: {
        id: `Data Anda diproses oleh ${name}, ${unit}.`,
        en: `Your data are processed by ${name}, ${unit}.`,
      },
      legal_basis: {
        id: 'Dasarnya adalah pelayanan publik di bidang perpustakaan (UU 43/2007; UU 27/2022 Pasal 20). Persetujuan hanya diminta untuk hal yang bersifat pilihan.',
        en: 'The basis is the public service of libraries (Act 43/2007; Act 27/2022, article 20). Consent is asked only for what is optional.',
      },
      purpose: {
        id: 'Untuk mendaftarkan Anda sebagai anggota, menerbitkan kartu, mencegah pendaftaran ganda, dan menghitung jumlah anggota.',
        en: 'To register you as a member, issue your card, prevent double registration and count members.',
      },
      data: {
        id: 'Identitas, tanggal lahir, jenis kelamin, alamat, dan foto untuk kartu. Kontak, pekerjaan, dan pendidikan boleh tidak diisi. Nomor identitas disimpan tersandi dan tidak dicetak pada kartu.',
        en: 'Identity, date of birth, sex, address, and a photo for the card. Contact, occupation and education may be left empty. Identity numbers are stored encrypted and never printed on the card.',
      },
      retention: {
        id: 'Selama Anda menjadi anggota, lalu mengikuti jadwal retensi arsip. Pindaian dokumen identitas dihapus setelah permohonan diputuskan.',
        en: 'While you are a member, then as the archive schedule says. Scans of identity documents are deleted once your application is decided.',
      },
      recipients: {
        id: 'Petugas perpustakaan yang berwenang. Data tidak dijual dan tidak diberikan kepada pihak lain tanpa dasar hukum.',
        en: 'Authorised library staff. Data are not sold, nor given to others without a legal basis.',
      },
      rights: {
        id: 'Anda berhak melihat, memperbaiki, dan menghapus data, serta menarik persetujuan. Permintaan dijawab paling lambat 3 × 24 jam.',
        en: 'You may see, correct and erase your data and withdraw consent. Requests are answered within 3 × 24 hours.',
      },
      contact: {
        id: `Sampaikan kepada petugas di ${place}${phone ? `, atau telepon ${phone}` : ''}.`,
        en: `Ask an officer at ${place}${phone ? `, or call ${phone}` : ''}.`,
      },
    },
    acknowledgement: {
      id: 'Saya telah membaca pemberitahuan ini. Data yang saya isi benar dan saya akan menaati tata tertib perpustakaan.',
      en: 'I have read this notice. The data I give are true and I will follow the rules of the library.',
    },
    guardianConsent: {
      id: 'Saya orang tua atau wali anak ini. Saya menyetujui pendaftarannya sebagai anggota perpustakaan dan pemrosesan data pribadinya seperti tertulis dalam pemberitahuan.',
      en: 'I am the parent or guardian of this child. I agree to the registration as a library member and to the processing of the personal data as the notice says.',
    },
    items: [
      {
        purpose: 'photo_on_card',
        text: {
          id: 'Foto saya boleh ditampilkan pada kartu anggota.',
          en: 'My photo may be shown on the member card.',
        },
      },
      {
        purpose: 'messages',
        text: {
          id: 'Perpustakaan boleh mengirim pesan kepada saya melalui surel.',
          en: 'The library may send me messages by e-mail.',
        },
      },
    ],
    visitNotice: {
      id: 'Data kunjungan hanya digunakan untuk laporan perpustakaan. Nama boleh tidak diisi.',
      en: 'Visit data are used only for the reports of the library. You may leave the name empty.',
    },
  };
}

const CORRECTION_REASONS: readonly CodedText[] = [
  {
    code: 'differs',
    id: 'Isian berbeda dengan dokumen identitas.',
    en: 'An entry differs from the identity document.',
  },
  { code: 'incomplete', id: 'Isian belum lengkap.', en: 'An entry is missing.' },
  { code: 'unclear', id: 'Isian tidak jelas atau salah ketik.', en: 'An entry is unclear or mistyped.' },
  { code: 'address', id: 'Alamat sekarang belum jelas.', en: 'The present address is unclear.' },
  {
    code: 'photo',
    id: 'Foto tidak dapat digunakan. Kirim foto wajah yang terang dan jelas.',
    en: 'The photo cannot be used. Send a bright and clear photo of the face.',
  },
  {
    code: 'contact',
    id: 'Nomor telepon atau surel tidak dapat dihubungi.',
    en: 'The phone number or e-mail cannot be reached.',
  },
  {
    code: 'guardian',
    id: 'Data orang tua/wali belum lengkap.',
    en: 'The data of the parent or guardian are incomplete.',
  },
];

const REJECTION_REASONS: readonly CodedText[] = [
  {
    code: 'no_document',
    id: 'Tidak ada dokumen identitas yang dapat diterima. Daftarlah kembali dengan membawa salah satu dokumen pada persyaratan.',
    en: 'No acceptable identity document was shown. Apply again with one of the documents in the requirements.',
  },
  {
    code: 'requirements',
    id: 'Persyaratan tidak dipenuhi. Daftarlah kembali setelah persyaratan lengkap.',
    en: 'The requirements are not met. Apply again once they are complete.',
  },
  {
    code: 'not_own_document',
    id: 'Dokumen bukan milik pemohon. Daftarlah kembali dengan dokumen sendiri.',
    en: 'The document belongs to somebody else. Apply again with your own document.',
  },
  {
    code: 'false_data',
    id: 'Data tidak benar. Daftarlah kembali dengan data sesuai dokumen.',
    en: 'The data are not true. Apply again with the data on your document.',
  },
  {
    code: 'no_guardian',
    id: 'Persetujuan orang tua/wali tidak diberikan. Daftarlah kembali bersama orang tua/wali.',
    en: 'The parent or guardian did not consent. Apply again together with a parent or guardian.',
  },
  {
    code: 'twice',
    id: 'Permohonan ganda: permohonan lain atas nama Anda sedang diproses.',
    en: 'Applied twice: another application of yours is being processed.',
  },
];

const NO_DOCUMENT_REASONS: readonly CodedText[] = [
  { code: 'lost', id: 'Dokumen hilang', en: 'Document lost' },
  { code: 'in_process', id: 'Dokumen sedang diurus', en: 'Document being issued' },
  { code: 'never_recorded', id: 'Belum pernah terdata', en: 'Never recorded' },
  { code: 'care', id: 'Tinggal di panti atau asrama', en: 'Lives in a care home or dormitory' },
  { code: 'disaster', id: 'Terdampak bencana', en: 'Affected by a disaster' },
  { code: 'foreigner', id: 'Warga negara asing tanpa NIK', en: 'Foreign national without NIK' },
];

const REVEAL_REASONS: readonly CodedText[] = [
  { code: 'request', id: 'Permintaan pemilik data', en: 'Request of the person concerned' },
  { code: 'compare', id: 'Mencocokkan dokumen', en: 'Comparing a document' },
  { code: 'duplicate', id: 'Memeriksa data ganda', en: 'Checking a duplicate' },
  { code: 'complaint', id: 'Menangani pengaduan', en: 'Handling a complaint' },
  { code: 'legal', id: 'Permintaan resmi berdasarkan hukum', en: 'Official request under the law' },
];

const SUSPENSION_REASONS: readonly CodedText[] = [
  { code: 'overdue', id: 'Pinjaman belum dikembalikan', en: 'Loans not returned' },
  { code: 'rules', id: 'Pelanggaran tata tertib', en: 'Breach of the rules' },
  { code: 'data', id: 'Data perlu diperiksa', en: 'Data must be checked' },
  { code: 'request', id: 'Permintaan anggota', en: 'Request of the member' },
];

const REPLACEMENT_REASONS: readonly CodedText[] = [
  { code: 'lost', id: 'Kartu hilang', en: 'Card lost' },
  { code: 'phone_lost', id: 'Ponsel hilang', en: 'Phone lost' },
  { code: 'damaged', id: 'Kartu rusak', en: 'Card damaged' },
  { code: 'changed', id: 'Data pada kartu berubah', en: 'Data on the card changed' },
  { code: 'misprint', id: 'Salah cetak', en: 'Misprint' },
];
