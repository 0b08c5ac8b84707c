/** Members that another system fetches as a file. */
export const feeding = {
  title: 'Umpan otomatis',
  lead: 'Anggota yang baru atau berubah diambil sebagai berkas oleh sistem lain. Setiap pengambilan tercatat di daftar ekspor di bawah.',
  live: 'Sambungan langsung ke INLISLite, SLiMS, atau Koha',
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
    revoked: 'Token dicabut. Berkas itu tidak dapat diambil lagi.',
    gone: 'Itu sudah tidak ada.',
  },
  byItself: 'otomatis',
};

export type FeedTexts = typeof feeding;
