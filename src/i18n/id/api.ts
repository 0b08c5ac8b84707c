import type { ApiScope } from '../../domain/api-scope.ts';

interface Operation {
  readonly summary: string;
  readonly about: string;
}

const OPERATIONS = [
  'getLibrary',
  'listMembers',
  'getMember',
  'changeContact',
  'suspendMember',
  'resumeMember',
  'verifyCard',
  'listCards',
  'submitApplication',
  'listApplications',
  'getApplication',
  'recordVisit',
  'listVisits',
  'getMonth',
] as const;
const PROBLEM_CODES = [
  'invalid-request',
  'idempotency-key-missing',
  'unauthorized',
  'address-not-allowed',
  'scope-missing',
  'not-found',
  'method-not-allowed',
  'not-acceptable',
  'request-under-way',
  'not-allowed',
  'precondition-failed',
  'too-large',
  'unsupported-media-type',
  'invalid-content',
  'needs-confirmation',
  'idempotency-key-reused',
  'precondition-required',
  'too-many-requests',
  'internal',
  'unavailable',
] as const;
const FIELD_CODES = [
  'required',
  'unexpected',
  'too_long',
  'too_short',
  'out_of_range',
  'type',
  'format',
  'unknown_choice',
  'twice',
  'cursor',
  'not_json',
  'effective_date',
  'control_characters',
  'identity_number',
  'member_unreadable',
  'phone_unreadable',
  'not_a_count',
  'does_not_add_up',
] as const;

/** Texts of the area `api`: the interface for programs, and the page that describes it. */
export interface ApiTexts {
  readonly title: string;
  readonly lead: string;
  readonly document: string;
  readonly key: string;
  readonly scopeNeeded: string;
  readonly scopesTitle: string;
  readonly scopes: Readonly<Record<ApiScope, string>>;
  readonly tags: Readonly<
    Record<'library' | 'members' | 'cards' | 'applications' | 'visits' | 'reports', string>
  >;
  readonly rulesTitle: string;
  readonly rules: readonly string[];
  readonly problemsTitle: string;
  readonly problemAbout: string;
  readonly parametersTitle: string;
  readonly requestTitle: string;
  readonly answerTitle: string;
  readonly problemList: string;
  readonly required: string;
  readonly notModified: string;
  readonly parameters: Readonly<
    Record<'fields' | 'limit' | 'cursor' | 'changed_since' | 'submitted_since' | 'number', string>
  >;
  readonly headers: Readonly<Record<'once' | 'match' | 'etag' | 'rate' | 'policy' | 'replayed', string>>;
  readonly operations: Readonly<Record<(typeof OPERATIONS)[number], Operation>>;
  readonly problems: Readonly<
    Record<(typeof PROBLEM_CODES)[number], { readonly title: string; readonly detail: string }>
  >;
  readonly fields: Readonly<Record<(typeof FIELD_CODES)[number], string>>;
  readonly keys: {
    readonly title: string;
    readonly about: string;
    readonly lead: string;
    readonly empty: string;
    readonly add: string;
    readonly create: string;
    readonly shownFor: (name: string) => string;
    readonly keyLabel: string;
    readonly shownOnce: string;
    readonly nameHint: string;
    readonly scopes: string;
    readonly scopesHint: string;
    readonly rights: string;
    readonly numbers: string;
    readonly attended: string;
    readonly language: string;
    readonly addresses: string;
    readonly perMinute: string;
    readonly revoked: string;
    readonly changed: string;
    readonly describedAt: string;
    readonly none: string;
  };
}

export const api: ApiTexts = {
  title: 'Antarmuka program (REST)',
  lead: 'Untuk sistem lain milik perpustakaan: situs web, penyedia buku elektronik, sistem sirkulasi. Nomor identitas (NIK, KK, nomor dokumen) tidak pernah keluar.',
  document: 'Dokumen OpenAPI 3.1',
  key: 'Kunci dibuat oleh admin pada Pengaturan, dikirim sebagai Authorization: Bearer dp_…, ditunjukkan satu kali dan disimpan sebagai hash. Perpustakaannya adalah perpustakaan pemilik kunci.',
  scopeNeeded: 'Hak yang diperlukan',
  scopesTitle: 'Hak sebuah kunci',
  scopes: {
    'cards.verify': 'memeriksa apakah sebuah kartu atau nomor berlaku',
    'members.read': 'nama, nomor, jenis, masa berlaku, dan status anggota',
    'members.contact': 'tanggal lahir, telepon, surel, dan alamat anggota dewasa',
    'members.children': 'data yang sama dari anggota di bawah 18 tahun',
    'members.write': 'memperbaiki telepon, surel, dan alamat sekarang',
    'members.suspend': 'menangguhkan dan mengaktifkan kembali keanggotaan',
    'cards.read': 'daftar kartu, tanpa kode kartu',
    'applications.read': 'daftar dan status permohonan, tanpa nama',
    'applications.names': 'nama pada daftar permohonan',
    'applications.write': 'mengirim permohonan',
    'visits.read': 'kunjungan, tanpa nama',
    'visits.names': 'siapa yang berkunjung',
    'visits.write': 'mencatat kunjungan',
    'reports.read': 'angka laporan bulanan',
  },
  tags: {
    library: 'Perpustakaan',
    members: 'Anggota',
    cards: 'Kartu',
    applications: 'Permohonan',
    visits: 'Kunjungan',
    reports: 'Laporan',
  },
  rulesTitle: 'Aturan untuk semua permintaan',
  rules: [
    'Daftar dibagi atas halaman: next berisi penunjuk halaman berikutnya untuk parameter cursor, atau null pada halaman terakhir. Penunjuk hanya berlaku untuk pertanyaan yang sama. Urutannya tetap: anggota menurut perubahan terakhir, yang lain menurut waktu dibuat.',
    'Untuk mengikuti perubahan, kirim changed_since dengan updated_at terakhir dikurangi satu menit. Anggota yang sama dapat datang dua kali, tidak ada yang terlewat.',
    'fields memilih isi jawaban. Mintalah hanya yang diperlukan: setiap kali nama atau kontak seorang anggota dikirim, hal itu dicatat dan dapat dilihat anggota tersebut. contact hanya dikirim bila diminta dengan nama.',
    'Setiap jawaban yang dibaca memiliki ETag. Dengan If-None-Match jawaban yang sama adalah 304. Perubahan data memerlukan If-Match dengan ETag yang terakhir dibaca, sehingga tidak ada yang tertimpa tanpa terlihat.',
    'POST yang menulis memerlukan Idempotency-Key, 16 sampai 128 huruf yang acak. Permintaan yang sama dengan kunci yang sama dijawab sama selama 24 jam dan hanya dikerjakan satu kali.',
    'RateLimit menyebut sisa permintaan dalam menit ini. Setelah 429, tunggu selama Retry-After.',
    'Masalah dijawab sebagai application/problem+json (RFC 9457). Bidang yang salah disebut dalam errors; isi yang dikirim tidak pernah diulang.',
  ],
  problemsTitle: 'Masalah',
  problemAbout: 'Masalah menurut RFC 9457; type menunjuk ke penjelasannya.',
  parametersTitle: 'Parameter',
  requestTitle: 'Contoh permintaan',
  answerTitle: 'Contoh jawaban',
  problemList: 'Masalah yang mungkin',
  required: 'wajib',
  notModified: 'Tidak berubah sejak ETag yang dikirim.',
  parameters: {
    fields: 'Isi yang diminta, dipisahkan koma; id selalu ada. Pilihan:',
    limit: 'Banyaknya per halaman.',
    cursor: 'next dari halaman sebelumnya, dengan saringan yang sama.',
    changed_since: 'Berubah pada atau sesudah saat ini.',
    submitted_since: 'Dikirim pada atau sesudah saat ini.',
    number: 'Nomor anggota, tepat.',
  },
  headers: {
    once: 'Acak dan baru untuk setiap hal yang ditulis; sama bila permintaan diulang.',
    match: 'ETag yang terakhir dibaca.',
    etag: 'Untuk If-None-Match dan If-Match.',
    rate: 'Sisa permintaan (r) dan detik sampai dihitung baru (t).',
    policy: 'Batas permintaan (q) setiap w detik.',
    replayed: 'true: jawaban dari permintaan yang sama sebelumnya.',
  },
  operations: {
    getLibrary: {
      summary: 'Perpustakaan pemilik kunci',
      about: 'Nama, hak kunci ini, dan kode-kode yang disebut dalam permintaan lain.',
    },
    listMembers: {
      summary: 'Daftar anggota',
      about: 'Menurut perubahan terakhir. Anggota yang berubah selama halaman dibaca datang lagi di akhir.',
    },
    getMember: {
      summary: 'Satu anggota',
      about: 'Anggota yang digabungkan menyebut penggantinya dalam merged_into.',
    },
    changeContact: {
      summary: 'Memperbaiki kontak anggota',
      about:
        'Telepon, surel, dan alamat sekarang; null mengosongkan. Yang tertulis pada dokumen hanya diubah di loket. Memerlukan juga members.contact, untuk anak members.children.',
    },
    suspendMember: {
      summary: 'Menangguhkan keanggotaan',
      about: 'Kartu ditolak di mana-mana sejak saat itu.',
    },
    resumeMember: {
      summary: 'Mengaktifkan kembali keanggotaan',
      about: 'Setelah penangguhan, bebas pustaka, atau berhenti.',
    },
    verifyCard: {
      summary: 'Memeriksa kartu atau nomor',
      about:
        'Jawaban yang sama dengan gerbang dan SIP2. Kode bergerak pada ponsel berlaku satu kali. Nama hanya dengan members.read.',
    },
    listCards: {
      summary: 'Daftar kartu',
      about: 'Menurut waktu diterbitkan. Kode kartu tidak ada di dalamnya.',
    },
    submitApplication: {
      summary: 'Mengirim permohonan',
      about:
        'Aturannya sama dengan formulir untuk umum: bidang yang ditanyakan bergantung pada jawaban, anak memerlukan wali, dan naskah persetujuan yang dibaca harus yang berlaku. status_url adalah alamat rahasia milik pemohon.',
    },
    listApplications: { summary: 'Daftar permohonan', about: 'Menurut waktu dibuat.' },
    getApplication: {
      summary: 'Satu permohonan',
      about: 'Statusnya sekarang; member_id bila sudah menjadi anggota.',
    },
    recordVisit: {
      summary: 'Mencatat kunjungan',
      about:
        'Anggota, bukan anggota, atau rombongan. Nomor yang tidak dikenal dicatat dan dijawab sama, seperti di buku tamu.',
    },
    listVisits: { summary: 'Daftar kunjungan', about: 'Menurut waktu dicatat.' },
    getMonth: {
      summary: 'Angka satu bulan',
      about:
        'Dari lembar yang diperiksa atau disahkan bila ada, kalau tidak yang dihitung sekarang. Tanpa data orang.',
    },
  },
  problems: {
    'invalid-request': {
      title: 'Permintaan tidak terbaca',
      detail: 'Parameter atau isi permintaan tidak sesuai dengan dokumen; lihat errors.',
    },
    'idempotency-key-missing': {
      title: 'Idempotency-Key tidak ada',
      detail: 'Kirim Idempotency-Key: 16 sampai 128 huruf yang acak, baru untuk setiap hal yang ditulis.',
    },
    unauthorized: {
      title: 'Kunci tidak berlaku',
      detail: 'Kirim kunci yang berlaku sebagai Authorization: Bearer dp_…. Kunci mungkin sudah dicabut.',
    },
    'address-not-allowed': {
      title: 'Alamat jaringan tidak diizinkan',
      detail: 'Kunci ini hanya dapat dipakai dari alamat yang ditetapkan admin.',
    },
    'scope-missing': {
      title: 'Kunci tidak memiliki hak ini',
      detail: 'Hak yang diperlukan disebut dalam scope. Mintalah kunci dengan hak itu kepada admin.',
    },
    'not-found': { title: 'Tidak ditemukan', detail: 'Tidak ada yang bernama demikian di perpustakaan ini.' },
    'method-not-allowed': {
      title: 'Metode tidak dikenal di sini',
      detail: 'Metode yang dikenal disebut dalam Allow.',
    },
    'not-acceptable': {
      title: 'Bentuk jawaban tidak tersedia',
      detail: 'Jawaban tersedia sebagai application/json.',
    },
    'request-under-way': {
      title: 'Permintaan yang sama sedang dikerjakan',
      detail: 'Ulangi sebentar lagi dengan Idempotency-Key yang sama.',
    },
    'not-allowed': {
      title: 'Tidak mungkin pada status ini',
      detail: 'Status sekarang disebut dalam state.',
    },
    'precondition-failed': {
      title: 'Data sudah berubah',
      detail: 'Baca sekali lagi, lalu kirim dengan ETag yang baru.',
    },
    'too-large': { title: 'Isi terlalu besar', detail: 'Paling banyak 64 KiB.' },
    'unsupported-media-type': {
      title: 'Bentuk isi tidak dikenal',
      detail: 'Kirim JSON sebagai application/json.',
    },
    'invalid-content': { title: 'Isi belum benar', detail: 'Perbaiki yang disebut dalam errors.' },
    'needs-confirmation': {
      title: 'Perlu dipastikan',
      detail: 'Ada yang tidak biasa, lihat errors. Bila benar, kirim lagi dengan confirmed: true.',
    },
    'idempotency-key-reused': {
      title: 'Idempotency-Key sudah dipakai',
      detail: 'Kunci ini sudah dipakai untuk permintaan lain. Pakai yang baru.',
    },
    'precondition-required': {
      title: 'If-Match tidak ada',
      detail: 'Kirim ETag yang terakhir dibaca sebagai If-Match.',
    },
    'too-many-requests': {
      title: 'Terlalu banyak permintaan',
      detail: 'Ulangi setelah waktu dalam Retry-After.',
    },
    internal: {
      title: 'Kesalahan pada layanan',
      detail: 'Sebutkan nomor dalam instance kepada pengelola layanan.',
    },
    unavailable: { title: 'Belum dapat dilayani', detail: 'Ulangi setelah waktu dalam Retry-After.' },
  },
  fields: {
    required: 'Harus diisi.',
    unexpected: 'Tidak dikenal di sini.',
    too_long: 'Terlalu panjang.',
    too_short: 'Terlalu pendek.',
    out_of_range: 'Di luar batas.',
    type: 'Jenis isi tidak sesuai.',
    format: 'Bentuknya tidak sesuai.',
    unknown_choice: 'Bukan salah satu pilihan.',
    twice: 'Disebut lebih dari satu kali.',
    cursor: 'Bukan penunjuk halaman dari pertanyaan ini.',
    not_json: 'Bukan JSON dalam UTF-8.',
    effective_date: 'Tidak mungkin berlaku pada hari itu.',
    identity_number: 'Nomor identitas tidak boleh ditulis di sini.',
    control_characters: 'Ada huruf yang tidak terbaca.',
    member_unreadable: 'Bukan nomor anggota atau kode kartu yang dapat diterima.',
    phone_unreadable: 'Bukan nomor telepon.',
    not_a_count: 'Bukan bilangan.',
    does_not_add_up: 'Jumlahnya tidak sesuai dengan total.',
  },
  keys: {
    title: 'Kunci program (REST)',
    about: 'Situs web, penyedia buku elektronik, dan sistem lain yang bertanya lewat /api/v1.',
    lead: 'Satu kunci untuk satu program, dengan hak sesedikit mungkin. Setiap kali nama atau kontak anggota dibaca, hal itu tercatat.',
    empty: 'Belum ada kunci.',
    add: 'Buat kunci',
    create: 'Buat kunci',
    shownFor: (name) => `Kunci ${name}`,
    keyLabel: 'Kunci',
    shownOnce: 'Kunci hanya ditunjukkan sekarang. Simpan pada program, lalu tutup halaman ini.',
    nameHint: 'Huruf kecil, angka, tanda hubung, misalnya situs-web.',
    scopes: 'Hak',
    scopesHint: 'Hanya yang diperlukan program ini.',
    rights: 'Cara memeriksa kartu',
    numbers: 'Nomor anggota saja sudah cukup',
    attended: 'Petugas membandingkan foto',
    language: 'Bahasa pesan',
    addresses: 'Alamat jaringan program',
    perMinute: 'Permintaan per menit paling banyak',
    revoked: 'Kunci dicabut dan langsung ditolak.',
    changed: 'Perubahan disimpan dan berlaku sejak permintaan berikutnya.',
    describedAt: 'Penjelasan untuk pembuat program',
    none: 'hanya data perpustakaan',
  },
};
