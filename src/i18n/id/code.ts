/**
 * Texts of one-time codes: the lost link, and proving who asks on a page of one's own. Three words for one thing where the
 * way matters: codes leave by e-mail only, by text message only, or by both.
 */
export const code = {
  lost: {
    link: 'Lupa tautan?',
    title: 'Lupa tautan?',
    lead: {
      email:
        'Tautan ke KTA online atau ke halaman permohonan Anda dapat dibuka lagi dengan kode yang kami kirim ke surel Anda.',
      sms: 'Tautan ke KTA online atau ke halaman permohonan Anda dapat dibuka lagi dengan kode yang kami kirim lewat SMS ke ponsel Anda.',
      both: 'Tautan ke KTA online atau ke halaman permohonan Anda dapat dibuka lagi dengan kode yang kami kirim ke surel atau ponsel Anda.',
    },
    number: 'Nomor anggota atau nomor tiket',
    numberHint: 'Nomor anggota ada di kartu Anda. Belum jadi anggota? Pakai nomor tiket pendaftaran.',
    numberMissing: 'Isi nomor anggota atau nomor tiket.',
    birth: 'Tanggal lahir',
    birthWrong: 'Isi tanggal lahir: tanggal, bulan, dan tahun, misalnya 17 8 1995.',
    submit: 'Kirim kode',
    counter: {
      email:
        'Tidak ada surel di data Anda, atau surelnya sudah berubah? Datanglah ke loket dengan dokumen identitas; petugas membuka tautannya untuk Anda.',
      sms: 'Tidak ada nomor ponsel di data Anda, nomornya sudah berganti, atau SMS-nya tidak tiba (jumlahnya sehari dibatasi)? Datanglah ke loket dengan dokumen identitas; petugas membuka tautannya untuk Anda.',
      both: 'Tidak ada surel atau nomor ponsel di data Anda, sudah berganti, atau kodenya tidak tiba (jumlah SMS sehari dibatasi)? Datanglah ke loket dengan dokumen identitas; petugas membuka tautannya untuk Anda.',
    },
    off: 'Perpustakaan ini belum dapat mengirim surel atau SMS. Datanglah ke loket dengan dokumen identitas; petugas membuka tautannya untuk Anda.',
  },
  way: {
    label: 'Kirim kode lewat',
    hint: 'Bila yang Anda pilih tidak ada di data Anda, kode dikirim lewat yang lain.',
    email: 'Surel',
    sms: 'SMS ke ponsel',
    /** What an e-mail has over it. */
    smsAbout: 'Terbaca oleh siapa pun yang memegang ponsel atau kartu SIM itu.',
  },
  type: {
    title: 'Ketik kode',
    sent: {
      email: (minutes: number) =>
        `Bila data itu cocok dan ada alamat surelnya, kode enam angka sedang dikirim ke sana. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
      sms: (minutes: number) =>
        `Bila data itu cocok dan ada nomor ponselnya, kode enam angka sedang dikirim ke sana lewat SMS. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
      both: (minutes: number) =>
        `Bila data itu cocok dan ada surel atau nomor ponselnya, kode enam angka sedang dikirim ke sana. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
    },
    label: 'Kode enam angka',
    hint: {
      email: 'Dari surel kami. Periksa juga kotak spam. Petugas tidak pernah menanyakan kode ini.',
      sms: 'Dari SMS kami. Petugas tidak pernah menanyakan kode ini.',
      both: 'Dari surel atau SMS kami. Periksa juga kotak spam. Petugas tidak pernah menanyakan kode ini.',
    },
    submit: 'Buka',
    again: 'Minta kode baru',
    wrong: 'Kode itu tidak cocok. Periksa lagi pesan yang terakhir.',
    overTitle: 'Kode tidak berlaku lagi',
    over: 'Kode itu sudah dipakai, sudah lewat waktunya, atau terlalu sering salah. Mintalah kode baru.',
    nothing: 'Kode cocok, tetapi tidak ada KTA online atau permohonan yang dapat dibuka. Datanglah ke loket.',
  },
  prove: {
    title: 'Pastikan ini Anda',
    lead: (to: string, minutes: number) =>
      `Sebelum itu dilakukan, ketik kode enam angka yang baru kami kirim ke ${to}. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
    ask: (to: string) => `Untuk mengunduh, kami kirimkan dulu kode enam angka ke ${to}.`,
    /** Where a text message goes, in the two sentences above. */
    phone: (number: string) => `ponsel ${number} lewat SMS`,
    instead: (to: string) => `Kirim ke ${to}`,
    send: 'Kirim kode',
    kept: 'Isian Anda tetap tersimpan di halaman ini dan dikirim begitu kodenya cocok.',
    submit: 'Lanjutkan',
    cancel: 'Batal',
    other:
      'Surel atau nomor itu tidak Anda pakai lagi? Datanglah ke loket dengan dokumen identitas untuk menggantinya.',
    over: 'Kode itu tidak berlaku lagi. Kami baru mengirim kode yang lain; ketik kode dari pesan yang terakhir.',
  },
  mail: {
    subject: 'Kode Anda',
    text: (code: string, minutes: number, library: string) =>
      `Yth. Bapak/Ibu/Saudara,\n\nKode Anda: ${code}\n\nBerlaku ${minutes} menit, untuk satu kali. Jangan berikan kepada siapa pun; petugas tidak pernah menanyakannya.\n\nBukan Anda yang meminta? Abaikan surel ini; tanpa kode tidak ada yang dapat dibuka.\n\n${library}`,
  },
  /** At most 160 characters with the name, in letters that every phone has (`sms-text.ts`); nothing of the person. */
  sms: {
    code: (library: string, code: string, minutes: number) =>
      `${library}: kode Anda ${code}, berlaku ${minutes} menit. Jangan berikan kode ini kepada siapa pun.`,
  },
  /** Beside the settings of doors: which ways there are here. */
  channels: {
    email:
      'Kode sekali pakai untuk pemustaka dikirim lewat surel saja. Yang tanpa alamat surel dilayani di loket, kecuali SMS dinyalakan (Pengaturan › SMS).',
    sms: 'Kode sekali pakai untuk pemustaka dikirim lewat SMS saja, sebab surel belum diatur di server ini (SMTP_URL). Yang tanpa nomor ponsel dilayani di loket.',
    both: 'Kode sekali pakai untuk pemustaka dikirim lewat surel, atau lewat SMS bagi yang memilihnya atau tidak punya surel. Yang tanpa keduanya dilayani di loket.',
  },
  channelsOff:
    'Kode sekali pakai tidak dapat dikirim: surel belum diatur di server ini (SMTP_URL), dan SMS belum diatur (SMS_URL) atau belum dinyalakan. Pemustaka yang kehilangan tautan dilayani di loket, dan halaman pribadinya tidak meminta kode.',
};

export type CodeTexts = typeof code;
