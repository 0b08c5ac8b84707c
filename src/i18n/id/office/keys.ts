/** Texts of the keys that sign cards. */
export const keys = {
  title: 'Kunci kartu',
  lead: 'Kunci menandatangani kode pada kartu dan KTA online, sehingga kode palsu dikenali di mana saja.',
  key: 'Kunci',
  state: 'Keadaan',
  states: { active: 'Menandatangani', retired: 'Masih dikenali', revoked: 'Dicabut' },
  former: 'Kunci bersama dari sebelum tiap perpustakaan punya kunci sendiri',
  made: 'Dibuat',
  ended: 'Diganti atau dicabut',
  actions: 'Tindakan',
  empty: 'Belum ada kunci.',
  published: 'Kunci publik untuk pemeriksa lain',
  publishedAbout:
    'Sistem lain dapat memeriksa kartu tanpa menghubungi layanan ini. Bagian rahasia kunci disimpan tersandi dan tidak pernah keluar.',
  rotate: {
    title: 'Ganti kunci',
    about:
      'Mulai sekarang kode ditandatangani dengan kunci baru. Kartu yang sudah tercetak tetap berlaku. Cukup setahun sekali, atau saat pengelola server berganti.',
    button: 'Buat kunci baru',
  },
  revoke: {
    link: 'Cabut…',
    linkOf: (key: string) => `Cabut kunci ${key}`,
    title: (key: string) => `Cabut kunci ${key}`,
    lead: 'Hanya bila kunci ini mungkin dimiliki orang lain, misalnya cadangan beserta kunci datanya hilang.',
    effect:
      'Semua kartu, gambar, dan KTA di ponsel yang ditandatangani dengan kunci ini langsung ditolak dengan alasan itu. Kartunya harus dicetak ulang. Ini tidak dapat dibatalkan.',
    effectActive: 'Kunci ini sedang dipakai: kunci baru dibuat sekaligus untuk menggantikannya.',
    button: 'Cabut kunci',
  },
  changedMeanwhile: 'Kunci sudah diganti orang lain sementara ini. Lihat keadaannya sekarang.',
  done: {
    ganti: 'Kunci baru sudah dipakai. Kartu lama tetap berlaku.',
    cabut: 'Kunci dicabut. Kode yang ditandatanganinya sekarang ditolak.',
  },
};
