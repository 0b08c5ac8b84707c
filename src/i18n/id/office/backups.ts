/** Texts of the page about backups. */
export const backups = {
  title: 'Cadangan',
  lead: 'Salinan terkunci dari seluruh isi layanan ini, dengan foto dan pindaian, supaya tidak ada yang hilang bila komputer rusak.',
  health: {
    good: (when: string) =>
      `Cadangan terakhir selesai ${when}. Cadangan itu telah dicoba: isinya dapat dipulihkan.`,
    none: 'Belum ada cadangan. Bila komputer rusak sekarang, semua data hilang. Jalankan "npm run backup" di komputer server.',
    failed: 'Cadangan yang terakhir dicoba gagal. Sebab dan tindakannya ada di daftar di bawah.',
    late: (when: string) =>
      `Cadangan terakhir sudah lama: ${when}. Periksa apakah komputer server menyala dan layanan berjalan.`,
    lateNever:
      'Sudah lama tidak ada cadangan yang berhasil. Periksa apakah komputer server menyala dan layanan berjalan.',
    unchecked: (when: string) =>
      `Cadangan terakhir selesai ${when}, tetapi belum dicoba dipulihkan. Jalankan "npm run backup" tanpa --no-verify.`,
  },
  elsewhere:
    'Cadangan dibuat oleh pengelola server basis data, bukan oleh layanan ini. Tanyakan kepadanya kapan yang terakhir dicoba dipulihkan.',
  second: {
    missing:
      'Salinan kedua tidak dibuat: cakram kedua tidak terpasang. Pasang cakram itu; cadangan berikutnya disalin ke sana.',
    failed: 'Salinan kedua gagal dibuat. Periksa apakah cakram kedua penuh atau rusak.',
    none: 'Semua cadangan ada di satu komputer. Bila komputer itu hilang atau terbakar, cadangannya ikut hilang. Minta pengelola server mengatur BACKUP_SECOND_DIR, misalnya ke cakram USB.',
  },
  unlocked:
    'Cadangan terjadwal hanya dapat dibuka dengan kunci komputer ini. Buat kunci pemulihan di kertas dengan menjalankan perintah ini di komputer server:',
  plan: 'Pengaturan cadangan',
  schedule: 'Jadwal',
  daily: (time: string) => `Setiap hari pukul ${time}, atau segera setelah komputer menyala`,
  off: 'Tidak terjadwal (BACKUP=off atau basis data di server lain)',
  kept: 'Disimpan',
  keptOf: (daily: string, weekly: string, monthly: string) =>
    `${daily} harian, ${weekly} mingguan, ${monthly} bulanan`,
  folder: 'Tempat',
  secondFolder: 'Tempat kedua',
  noSecond: 'Tidak ada',
  opens: 'Dibuka dengan',
  keys: {
    master: 'kunci komputer ini',
    passphrase: 'frasa sandi',
    recovery: 'kunci pemulihan di kertas',
  },
  planAbout: 'Diatur oleh pengelola server, sebab cadangan memuat semua perpustakaan di layanan ini.',
  runs: 'Cadangan terakhir',
  when: 'Waktu',
  kind: 'Jenis',
  kinds: {
    scheduled: 'Terjadwal',
    manual: 'Atas perintah',
    upgrade: 'Sebelum pemutakhiran',
    replaced: 'Sebelum pemulihan',
  },
  result: 'Hasil',
  made: 'Berhasil',
  failed: 'Gagal',
  size: 'Ukuran',
  megabytes: (size: string) => `${size}\u00a0MB`,
  checked: 'Dicoba',
  checks: { restored: 'Dipulihkan dan cocok', read: 'Dibaca utuh', none: 'Belum' },
  empty: 'Belum ada cadangan.',
  reasons: {
    'disk-full': 'Cakram penuh. Kosongkan ruang atau pilih tempat lain (BACKUP_DIR).',
    'folder-unusable': 'Tempat cadangan tidak dapat ditulis. Periksa BACKUP_DIR dan hak aksesnya.',
    unreachable: 'Basis data tidak terjangkau. Cadangan dicoba lagi dalam satu jam.',
    'check-failed':
      'Isi cadangan tidak cocok saat dicoba. Berkasnya disisihkan (.unusable). Periksa kesehatan cakram.',
    'unknown-policy': 'Ada tabel dengan aturan akses dari luar program ini. Hubungi pengelola server.',
    other: 'Sebabnya ada di catatan (log) layanan. Cadangan dicoba lagi dalam satu jam.',
  },
  drill: 'Bila komputer rusak',
  drillAbout: 'Latihlah langkah ini sekali setiap tiga bulan di komputer lain.',
  drillSteps: [
    'Pasang program ini di komputer lain, jangan mulai layanannya dahulu.',
    'Salin berkas cadangan terbaru (.dpbackup) dari tempat kedua ke sana.',
    'Jalankan perintah di bawah ini. Frasa sandi atau kunci pemulihan diminta.',
    'Mulai layanan dengan "npm start", lalu masuk dan cari satu anggota yang Anda kenal.',
  ],
  drillMore: 'Selengkapnya ada di docs/operations.md.',
};
