/** Texts of one-time codes: the lost link, and proving who asks on a page of one's own. */
export const code = {
  lost: {
    link: 'Lupa tautan?',
    title: 'Lupa tautan?',
    lead: 'Tautan ke KTA online atau ke halaman permohonan Anda dapat dibuka lagi dengan kode yang kami kirim ke surel Anda.',
    number: 'Nomor anggota atau nomor tiket',
    numberHint: 'Nomor anggota ada di kartu Anda. Belum jadi anggota? Pakai nomor tiket pendaftaran.',
    numberMissing: 'Isi nomor anggota atau nomor tiket.',
    birth: 'Tanggal lahir',
    birthWrong: 'Isi tanggal lahir: tanggal, bulan, dan tahun, misalnya 17 8 1995.',
    submit: 'Kirim kode',
    counter:
      'Tidak ada surel di data Anda, atau surelnya sudah berubah? Datanglah ke loket dengan dokumen identitas; petugas membuka tautannya untuk Anda.',
    off: 'Perpustakaan ini belum dapat mengirim surel. Datanglah ke loket dengan dokumen identitas; petugas membuka tautannya untuk Anda.',
  },
  type: {
    title: 'Ketik kode',
    sent: (minutes: number) =>
      `Bila data itu cocok dan ada alamat surelnya, kode enam angka sedang dikirim ke sana. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
    label: 'Kode enam angka',
    hint: 'Dari surel kami. Periksa juga kotak spam. Petugas tidak pernah menanyakan kode ini.',
    submit: 'Buka',
    again: 'Minta kode baru',
    wrong: 'Kode itu tidak cocok. Periksa lagi surel yang terakhir.',
    overTitle: 'Kode tidak berlaku lagi',
    over: 'Kode itu sudah dipakai, sudah lewat waktunya, atau terlalu sering salah. Mintalah kode baru.',
    nothing: 'Kode cocok, tetapi tidak ada KTA online atau permohonan yang dapat dibuka. Datanglah ke loket.',
  },
  prove: {
    title: 'Pastikan ini Anda',
    lead: (mail: string, minutes: number) =>
      `Sebelum itu dilakukan, ketik kode enam angka yang baru kami kirim ke ${mail}. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
    ask: (mail: string) => `Untuk mengunduh, kami kirimkan dulu kode enam angka ke ${mail}.`,
    send: 'Kirim kode',
    kept: 'Isian Anda tetap tersimpan di halaman ini dan dikirim begitu kodenya cocok.',
    submit: 'Lanjutkan',
    cancel: 'Batal',
    other: 'Surel itu tidak Anda pakai lagi? Datanglah ke loket dengan dokumen identitas untuk menggantinya.',
    over: 'Kode itu tidak berlaku lagi. Kami baru mengirim kode yang lain; ketik kode dari surel yang terakhir.',
  },
  mail: {
    subject: 'Kode Anda',
    text: (code: string, minutes: number, library: string) =>
      `Yth. Bapak/Ibu/Saudara,\n\nKode Anda: ${code}\n\nBerlaku ${minutes} menit, untuk satu kali. Jangan berikan kepada siapa pun; petugas tidak pernah menanyakannya.\n\nBukan Anda yang meminta? Abaikan surel ini; tanpa kode tidak ada yang dapat dibuka.\n\n${library}`,
  },
  channels:
    'Kode sekali pakai untuk pemustaka dikirim lewat surel saja: layanan ini tidak punya gerbang SMS. Pemustaka tanpa alamat surel dilayani di loket.',
  channelsOff:
    'Surel belum diatur di server ini (SMTP_URL): pemustaka yang kehilangan tautan dilayani di loket, dan halaman pribadinya tidak meminta kode.',
};

export type CodeTexts = typeof code;
