/** Texts of the area `kta`: the KTA online as its holder shows, keeps and saves it. */
export const kta = {
  gate: {
    open: 'Tunjukkan di gerbang',
    title: 'Kartu anggota, untuk petugas',
    close: 'Tutup',
    bright: 'Sulit dipindai? Naikkan kecerahan layar.',
    until: (date: string) => `Berlaku hingga ${date}`,
    lifetime: 'Berlaku seumur hidup',
  },
  code: {
    moving: 'Kode QR kartu ini, berganti setiap 30 detik',
    still: 'Kode QR gambar kartu ini',
    none: 'Kode untuk gerbang tidak ditampilkan selama kartu tidak berlaku. Nomor anggota tetap dapat dipindai di loket.',
    again: 'Pakai di ponsel ini',
    /** One of them stands under the code. */
    say: {
      moving: 'Kode bergerak: berganti setiap 30 detik. Tangkapan layar tidak berlaku di gerbang.',
      still: 'Kode ini tidak bergerak. Di gerbang, petugas akan melihat orangnya.',
      waiting: 'Menyiapkan kode bergerak…',
      insecure:
        'Halaman ini dibuka lewat http, jadi kodenya tidak dapat bergerak. Di gerbang, petugas akan melihat orangnya.',
      unsupported:
        'Peramban ini tidak dapat membuat kode bergerak. Di gerbang, petugas akan melihat orangnya.',
      offline:
        'Tanpa internet, kode bergerak belum dapat disiapkan. Sambungkan sebentar, atau tunjukkan kode ini: petugas akan melihat orangnya.',
      clock:
        'Jam ponsel ini berubah, jadi kode bergerak tidak dapat dipercaya. Sambungkan ke internet sebentar; sementara ini petugas akan melihat orangnya.',
      soon: 'Kode bergerak. Sambungkan ponsel ke internet sebelum {date}, agar kode tetap bergerak.',
      over: 'Ponsel ini terlalu lama tanpa internet, jadi kodenya berhenti bergerak. Sambungkan sebentar; sementara ini petugas akan melihat orangnya.',
      displaced:
        'Kartu ini sudah disimpan di tiga ponsel yang lebih baru. Kode di ponsel ini akan berhenti bergerak.',
      many: 'Kartu ini baru saja dibuka di terlalu banyak ponsel. Petugas akan melihat orangnya; di loket Anda dapat meminta alamat kartu yang baru.',
      expired: 'Masa berlaku kartu ini sudah habis.',
    },
  },
  remind: {
    title: 'Perpanjang kartu Anda',
    days: 'Berlaku {n} hari lagi',
    lastDay: 'Hari ini hari terakhir',
    soon: (date: string) =>
      `Kartu ini berlaku hingga ${date}. Datang ke loket sebelum itu: nomor dan alamat kartu tetap, dan hari yang tersisa tidak hilang.`,
    bring: 'Bawa kartu ini dan kartu identitas Anda.',
    where: 'Tempat',
    phone: 'Telepon',
    hours: 'Jam buka',
    library: 'Halaman perpustakaan',
  },
  keep: {
    about:
      'Kartu terbuka juga tanpa internet, dan kodenya tetap bergerak selama 28 hari; setiap kali ada internet diperpanjang sendiri. Ponsel menyimpannya sejak pertama dibuka, komputer hanya bila Anda minta. Bukan ponsel Anda? Hapus setelah dipakai.',
    phones: 'Paling banyak tiga ponsel: yang keempat menggantikan yang pertama.',
    forget: 'Hapus dari ponsel ini',
    forgotten: 'Sudah dihapus dari ponsel ini.',
    failed: 'Belum tersimpan. Periksa sambungan internet, lalu coba lagi.',
  },
  save: {
    title: 'Simpan sebagai gambar atau PDF',
    about:
      'Untuk cadangan. Kode pada gambar tidak bergerak: gambar dapat disalin, jadi petugas akan melihat orangnya.',
    png: 'Simpan gambar',
    pdf: 'Simpan PDF',
    offline: 'Mengunduh memerlukan internet.',
  },
  picture: {
    title: (number: string) => `Kartu anggota ${number}`,
    notProof: 'Gambar ini bukan bukti. Petugas akan melihat orangnya.',
    about: (date: string) => `Disimpan ${date}. Kode yang bergerak hanya ada di KTA online.`,
  },
  lost: {
    title: 'Ponsel hilang?',
    text: 'Datang ke loket dengan kartu identitas. Petugas mematikan alamat ini, kode di semua ponsel, gambar yang tersimpan, dan kartu cetak sekaligus, lalu memberi Anda kartu yang baru. Nomor anggota tetap.',
    why: 'Halaman ini sendiri tidak dapat mematikan kartu: siapa pun yang memegang ponselnya akan dapat menekan tombol itu juga.',
  },
};

export type KtaTexts = typeof kta;
