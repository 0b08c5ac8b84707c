/** Words printed on cards and paper forms. */
export const documents = {
  card: {
    title: 'Kartu Anggota Perpustakaan',
    number: 'Nomor anggota',
    memberType: 'Jenis anggota',
    validUntil: 'Berlaku hingga',
    lifetime: 'Seumur hidup',
    rules: 'Ketentuan',
    scan: 'Pindai untuk memeriksa keaslian kartu',
    found: 'Bila menemukan kartu ini, mohon kembalikan kepada',
    file: 'Kartu anggota',
  },
  form: {
    online: 'Lebih cepat: pindai kode ini dan isi lewat ponsel.',
    howToFill: 'Isilah dengan huruf cetak. Beri tanda silang pada kotak pilihan.',
    ticket: 'Nomor tiket',
    day: 'tgl',
    month: 'bln',
    year: 'tahun',
    signatureName: 'Nama terang',
    date: 'Tanggal',
    place: 'Tempat',
    agree: 'Setuju',
    disagree: 'Tidak setuju',
    page: (page: number, of: number) => `Halaman ${page} dari ${of}`,
    address: {
      village: 'Desa/kelurahan',
      district: 'Kecamatan',
      regency: 'Kabupaten/kota',
      province: 'Provinsi',
    },
  },
};

export type DocumentsTexts = typeof documents;
