/** Anchors of the audit trail: the page and the mail. */
export const anchor = {
  title: 'Jangkar jejak audit',
  link: 'Jangkar untuk dicetak',
  lead: 'Jejak audit disegel terus-menerus; setiap segel mengikat semua catatan sebelumnya. Simpan jangkar ini di luar layanan: dicetak, ditulis, atau dibacakan kepada orang lain. Dengan jangkar itu kelak dapat dibuktikan bahwa jejak audit sampai hari itu tidak pernah diubah.',
  ofDay: (day: string) => `Jangkar ${day}`,
  soFar: 'Hari ini belum selesai: jangkar ini mencakup catatan sampai segel terakhir.',
  seal: 'Segel nomor',
  rows: 'Jumlah catatan yang tercakup',
  sealedAt: 'Disegel',
  digest: 'Sidik jari',
  digestHint: 'Enam belas kelompok berisi empat, angka 0–9 dan huruf a–f. Bacakan baris demi baris.',
  qr: 'Kode QR berisi perpustakaan, tanggal, nomor segel, dan sidik jari yang sama',
  print: 'Cetak halaman ini',
  library: 'Perpustakaan',
  signed: 'Disimpan oleh (nama, tanggal, tanda tangan)',
  none: 'Belum ada catatan yang disegel.',
  noneAbout: 'Catatan pertama disegel dalam beberapa detik setelah layanan berjalan.',
  days: 'Hari-hari terakhir',
  day: 'Tanggal',
  begins: 'Awal sidik jari',
  open: (day: string) => `Buka jangkar ${day}`,
  today: 'Jangkar hari ini',
  verify: 'Memeriksa jangkar lama',
  verifyAbout:
    'Pengelola server menjalankan perintah ini dengan sidik jari yang tercetak. Perintah itu menghitung ulang semua segel dan mengatakan apakah jangkar masih berdiri.',
  mail: {
    subject: (day: string, library: string) => `Jangkar jejak audit ${day}, ${library}`,
    text: (library: string, day: string, seal: string, rows: string, digest: string) =>
      `${library}\n\nJangkar jejak audit sampai akhir ${day}:\n\nSegel nomor ${seal}, mencakup ${rows} catatan.\n\n${digest}\n\nSimpan surel ini. Dengan sidik jari di atas kelak dapat dibuktikan bahwa jejak audit sampai hari itu tidak pernah diubah:\nnpm run audit:verify -- --anchor <sidik jari>\n\nSurel ini dikirim otomatis setiap hari dan tidak memuat data pribadi.\n`,
  },
};
