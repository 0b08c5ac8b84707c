/** When the database cannot be reached, is full or has too much to do: pages for everybody, not for technicians. */
export const outage = {
  titles: {
    unreachable: 'Layanan sedang disambungkan kembali',
    full: 'Layanan belum dapat menyimpan data baru',
    busy: 'Layanan sedang padat',
    crowded: 'Layanan sedang padat',
  },
  causes: {
    unreachable:
      'Penyimpanan data perpustakaan sedang tidak dapat dihubungi. Biasanya pulih sendiri dalam satu menit.',
    full: 'Tempat penyimpanan data perpustakaan sedang penuh. Beri tahu petugas: ruang kosong perlu ditambah. Data yang sudah tersimpan tetap aman.',
    crowded: 'Banyak orang memakai layanan ini pada saat yang sama. Silakan tunggu sebentar.',
    busy: 'Permintaan yang masuk lebih banyak daripada yang dapat dilayani saat ini. Silakan tunggu sebentar.',
  },
  again: 'Coba lagi',
  againByItself: (seconds: number) => `Halaman ini mencoba lagi sendiri setiap ${seconds} detik.`,
  starting: {
    title: 'Layanan sedang dimulai',
    text: 'Silakan tunggu sebentar. Bila Anda baru saja mengirim isian, kembali ke isiannya dan kirim sekali lagi: isian itu tidak akan tercatat dua kali.',
  },
  sent: {
    title: 'Kiriman Anda belum dipastikan tersimpan',
    notSent: 'Data Anda belum terkirim',
    /** Before and after the number of seconds. */
    byItselfNotSent: {
      before: 'Data Anda belum terkirim dan akan dicoba lagi dalam',
      after: 'detik, selama halaman ini terbuka.',
    },
    byItself: { before: 'Isian Anda akan dicoba lagi dalam', after: 'detik, selama halaman ini terbuka.' },
    kept: 'Isian Anda masih ada di halaman ini. Jangan tutup halaman ini; tunggu sebentar, lalu pilih “Coba kirim lagi”.',
    once: 'Bila kiriman pertama ternyata sudah tersimpan, kiriman ulang tidak mencatatnya dua kali.',
    seeAfter:
      'Bila kiriman pertama ternyata sudah tersimpan, halaman berikutnya menunjukkan keadaan terakhirnya.',
    resend: 'Coba kirim lagi',
    file: 'Pilih lagi berkasnya',
    fileAbout: 'Berkas tidak dapat disimpan di halaman ini, sehingga perlu dipilih sekali lagi.',
    secret:
      'Demi keamanan, kata sandi dan kode tidak disimpan di halaman ini. Buka kembali halamannya dan isi sekali lagi.',
    unread: 'Isian Anda tidak dapat ditampilkan di sini. Buka kembali halamannya dan isi sekali lagi.',
    open: 'Buka kembali halamannya',
  },
};
export type OutageTexts = typeof outage;
