/** Texts of the area `office`; the shape is the type that English must satisfy. */
export const office = {
  nav: {
    desk: 'Loket',
    members: 'Anggota',
    visits: 'Kunjungan',
    reports: 'Laporan',
    settings: 'Pengaturan',
    audit: 'Jejak audit',
  },
  signIn: {
    title: 'Masuk untuk petugas',
    lead: 'Halaman ini untuk pegawai perpustakaan. Pemustaka tidak perlu masuk.',
    library: 'Perpustakaan',
    username: 'Nama pengguna',
    password: 'Kata sandi',
    submit: 'Masuk',
    wrong: 'Nama pengguna atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.',
    unknownLibrary: 'Pilih perpustakaan Anda.',
    tooMany: (minutes: number) =>
      `Terlalu banyak percobaan. Silakan tunggu ${minutes} menit, lalu coba lagi.`,
    forgot: 'Lupa kata sandi? Mintalah admin perpustakaan membuatkan kata sandi baru.',
  },
  password: {
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
  },
};

export type OfficeTexts = typeof office;
