/** Texts of signing in, the own password, sessions and second factor. */
export const signIn = {
  over: {
    title: 'Sesi Anda berakhir',
    lead: 'Isian Anda belum tersimpan, tetapi masih ada di halaman ini. Masuklah di tab baru, kembali ke sini, lalu kirim lagi.',
    signIn: 'Masuk di tab baru',
    again: 'Kirim lagi',
  },
  title: 'Masuk untuk petugas',
  lead: 'Halaman ini untuk pegawai perpustakaan. Pemustaka tidak perlu masuk.',
  library: 'Perpustakaan',
  username: 'Nama pengguna',
  password: 'Kata sandi',
  submit: 'Masuk',
  wrong: 'Nama pengguna atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.',
  unknownLibrary: 'Pilih perpustakaan Anda.',
  tooMany: (minutes: number) => `Terlalu banyak percobaan. Silakan tunggu ${minutes} menit, lalu coba lagi.`,
  forgot: 'Lupa kata sandi? Mintalah admin perpustakaan membuatkan kata sandi baru.',
};

export const password = {
  title: 'Ganti kata sandi',
  first: 'Kata sandi awal hanya berlaku sekali. Buatlah kata sandi Anda sendiri sebelum mulai bekerja.',
  current: 'Kata sandi sekarang',
  next: 'Kata sandi baru',
  nextAbout: (length: number) =>
    `Paling sedikit ${length} karakter. Beberapa kata yang mudah Anda ingat sudah cukup.`,
  repeat: 'Ulangi kata sandi baru',
  submit: 'Simpan kata sandi',
  wrong: 'Kata sandi sekarang tidak cocok.',
  tooShort: (length: number) => `Kata sandi baru harus paling sedikit ${length} karakter.`,
  tooLong: (length: number) => `Kata sandi baru paling panjang ${length} karakter.`,
  unchanged: 'Kata sandi baru harus berbeda dari yang sekarang.',
  differs: 'Kedua kata sandi baru tidak sama. Ketik ulang.',
};

export const sessions = {
  title: 'Sesi masuk',
  lead: 'Tempat Anda sedang masuk. Akhiri yang tidak Anda kenal, lalu ganti kata sandi.',
  officer: 'Petugas',
  current: 'sesi ini',
  created: 'Masuk sejak',
  lastSeen: 'Terakhir dipakai',
  end: 'Akhiri',
  endOf: (name: string) => `Akhiri sesi ${name}`,
  ended: 'Sesi diakhiri.',
  notEnded: 'Tidak ada yang diakhiri: sesi itu sudah berakhir, atau bukan milik Anda.',
  empty: 'Tidak ada sesi yang terbuka.',
};

export const factor = {
  title: 'Faktor kedua',
  lead: 'Selain kata sandi, kode enam angka dari aplikasi autentikator di ponsel Anda.',
  on: 'Faktor kedua aktif.',
  off: 'Belum aktif.',
  scan: 'Pindai dengan aplikasi autentikator',
  typed: 'Atau ketik kunci ini',
  code: 'Kode enam angka',
  codeHint: 'Dari aplikasi autentikator; berganti setiap 30 detik.',
  enable: 'Aktifkan',
  disable: 'Matikan faktor kedua',
  wrong: 'Kode tidak cocok. Periksa jam ponsel, lalu ketik kode yang sekarang tampil.',
  clockDiffers:
    'Kode itu sudah berganti, atau jam ponsel berbeda dari jam layanan. Tunggu kode berikutnya, lalu ketik kode itu.',
  expired: 'Waktu habis. Masuk kembali dengan kata sandi.',
  enabled: 'Faktor kedua aktif. Berikutnya Anda diminta kode saat masuk.',
  disabled: 'Faktor kedua dimatikan.',
  signIn: 'Faktor kedua',
  signInLead: 'Kata sandi cocok. Sekarang kunci sandi atau kode enam angka dari aplikasi autentikator.',
  submit: 'Masuk',
  lost: 'Ponsel hilang? Mintalah admin perpustakaan menghapus faktor kedua.',
};
