import type { FeedFailure, KohaFeedProblem, KohaTrial } from '../../../domain/exporting/feed.ts';

/** Members that go to the lending system by themselves. */
export const feeding = {
  title: 'Umpan otomatis',
  lead: 'Anggota yang baru atau berubah berpindah ke sistem peminjaman dengan sendirinya. Setiap pengiriman tercatat di daftar ekspor di bawah.',
  koha: {
    title: 'Dikirim ke Koha (REST)',
    about:
      'Layanan ini menghubungi server Koha sendiri. Di Koha: aktifkan RESTBasicAuth untuk nama pengguna dan kata sandi, atau RESTOAuth2ClientCredentials untuk ID klien. Akunnya memerlukan izin borrowers.',
    none: 'Belum diatur.',
    set: 'Atur sambungan',
    change: 'Ubah sambungan',
    state: 'Keadaan',
    address: 'Alamat',
    lastRun: 'Terakhir dikirim',
    never: 'Belum pernah',
    sent: (sent: string, misfit: string) => `${sent} terkirim, ${misfit} tidak muat`,
    soFar: (sent: string) => `${sent} terkirim sejauh ini`,
    looked: 'Terakhir diperiksa',
    next: 'Berikutnya',
    every: (minutes: string) => `setiap ${minutes} menit`,
    switchedOff: 'Umpan tidak aktif',
    soon: 'Dalam beberapa detik',
    states: {
      sending: 'Sedang mengirim',
      asked: 'Menunggu giliran',
      failed: 'Gagal',
      on: 'Aktif',
      off: 'Tidak aktif',
    },
    failures: {
      'koha-unreachable': {
        title: 'Koha tidak menjawab.',
        text: 'Pastikan server Koha menyala, alamatnya benar, dan dapat dijangkau dari server ini. Sertifikat https-nya harus sah.',
      },
      'koha-denied': {
        title: 'Koha menolak akun kita.',
        text: 'Periksa nama pengguna atau ID klien, ketik ulang kata sandi atau rahasianya, dan periksa izin borrowers serta RESTBasicAuth di Koha. Terlalu banyak percobaan dapat mengunci akun di Koha.',
      },
      'koha-absent': {
        title: 'Di alamat itu tidak ada layanan REST Koha.',
        text: 'Isi alamat antarmuka staf Koha, bukan OPAC, tanpa halaman di belakangnya.',
      },
      'branch-missing': {
        title: 'Kode perpustakaan di Koha belum diisi.',
        text: 'Admin mengisinya di Pengaturan, Sistem peminjaman.',
      },
      unexpected: {
        title: 'Pengiriman gagal karena kesalahan di layanan ini.',
        text: 'Beri tahu pengelola server; penyebabnya ada di catatan layanan. Anggota yang belum terkirim tetap ikut berikutnya.',
      },
    } satisfies Record<FeedFailure, { title: string; text: string }>,
    again: (at: string) => `Dicoba lagi ${at}.`,
    refused:
      'Yang tidak muat atau ditolak baru dicoba lagi setelah datanya berubah. "Kirim sekarang" mencoba semuanya lagi.',
    send: 'Kirim sekarang',
    test: 'Uji sambungan',
    remove: 'Hapus sambungan',
    form: {
      url: 'Alamat antarmuka staf Koha',
      urlHint:
        'Misalnya https://koha.contoh.go.id. Lewat http, data dan kata sandi dapat dibaca di jaringan.',
      access: 'Cara masuk',
      basic: 'Nama pengguna dan kata sandi',
      oauth: 'ID klien dan rahasia klien',
      account: 'Nama pengguna atau ID klien',
      secret: 'Kata sandi atau rahasia klien',
      secretHint: 'Disimpan terenkripsi dan tidak pernah ditampilkan lagi.',
      secretKept: 'Sudah tersimpan. Kosongkan bila tidak diganti; isi lagi bila alamat atau akunnya berubah.',
      every: 'Setiap berapa menit',
      everyHint: '5 sampai 1440 (sehari sekali).',
      active: 'Aktifkan umpan',
      activeHint: 'Dikirim dengan sendirinya selama layanan ini berjalan.',
      save: 'Simpan sambungan',
    },
    problems: {
      'url-wrong':
        'Ketik alamat lengkap yang diawali https:// atau http://, tanpa kata sandi dan tanpa tanda tanya.',
      'access-missing': 'Pilih cara masuk.',
      'account-missing': 'Ketik nama pengguna atau ID klien.',
      'account-wrong': 'Nama pengguna tidak boleh memuat titik dua, dan paling banyak 200 karakter.',
      'secret-missing': 'Ketik kata sandi atau rahasia klien.',
      'secret-elsewhere':
        'Alamat, cara masuk, atau akunnya berubah: ketik kata sandi atau rahasianya lagi. Yang tersimpan hanya dikirim ke tempat semula.',
      'secret-too-long': 'Paling banyak 500 karakter.',
      'every-wrong': 'Ketik angka 5 sampai 1440.',
    } satisfies Record<KohaFeedProblem['reason'], string>,
    trials: {
      ok: 'Sambungan berhasil: Koha menerima akun ini dan mengizinkan menambah anggota. Tidak ada data yang dikirim.',
      'branch-unknown':
        'Koha menerima akun ini, tetapi tidak mengenal kode perpustakaan kita. Betulkan di Pengaturan, Sistem peminjaman.',
    } satisfies Partial<Record<KohaTrial, string>>,
  },
  pull: {
    title: 'Diambil oleh sistem lain',
    about:
      'INLISLite, SLiMS, dan impor Koha membaca berkas. Komputer tempat sistem itu berjalan mengambil berkasnya dari sini dengan token, misalnya lewat cron. Setiap berkas berisi yang baru atau berubah sejak berkas utuh terakhir; bila tidak ada, tidak ada berkas.',
    format: 'Berkas',
    state: 'Token',
    none: 'Belum ada',
    since: (at: string) => `Berlaku sejak ${at}`,
    lastFile: 'Berkas terakhir',
    lastLook: 'Terakhir diminta',
    never: 'Belum pernah',
    file: (at: string, sent: string) => `${at}: ${sent} anggota`,
    brokenOff: (at: string) => `${at}: terputus, tidak dihitung`,
    actions: 'Tindakan',
    make: 'Buat token',
    renew: 'Ganti',
    revoke: 'Cabut',
    makeOf: (format: string) => `Buat token: ${format}`,
    renewOf: (format: string) => `Ganti token: ${format}`,
    revokeOf: (format: string) => `Cabut token: ${format}`,
    newToken: (format: string) => `Token untuk ${format}`,
    once: 'Token ini hanya ditampilkan sekali. Siapa pun yang memegangnya dapat mengambil data anggota: simpan seperti kata sandi.',
    cronFor: (format: string) => `Baris cron untuk ${format}`,
    cron: 'Baris cron',
    cronAbout:
      'Ganti /srv/anggota dengan folder di komputer itu. Dengan ?semua=1 di belakang alamat, berkasnya berisi semua anggota.',
    cronToken: 'Ganti TOKEN dengan token yang ditampilkan ketika dibuat.',
    withdraw:
      'Berkas yang hilang di sana dapat ditarik di daftar ekspor dengan "Tidak jadi dipakai": anggotanya ikut lagi.',
  },
  notices: {
    saved: 'Sambungan disimpan.',
    removed: 'Sambungan dihapus. Kata sandinya tidak tersimpan lagi.',
    asked: 'Pengiriman dimulai dalam beberapa detik. Muat ulang halaman ini untuk melihat hasilnya.',
    revoked: 'Token dicabut. Berkas itu tidak dapat diambil lagi.',
    gone: 'Itu sudah tidak ada.',
    changed: 'Sambungan ini baru saja diubah orang lain. Periksa lagi, lalu simpan.',
  },
  byItself: 'otomatis',
};

export type FeedTexts = typeof feeding;
