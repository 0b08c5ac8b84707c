/** Texts of signing in to other services: for members, and for the admin who connects a service. */
export const signIn = {
  enter: {
    title: (service: string) => `Masuk ke ${service}`,
    lead: (service: string, library: string) =>
      `${service} meminta Anda masuk sebagai anggota ${library}. Kata sandi tidak diperlukan.`,
    number: 'Nomor anggota',
    numberHint: {
      email: 'Ada di kartu atau KTA online Anda. Kami kirim kode ke surel yang tercatat.',
      sms: 'Ada di kartu atau KTA online Anda. Kami kirim kode lewat SMS ke nomor ponsel yang tercatat.',
      both: 'Ada di kartu atau KTA online Anda. Kami kirim kode ke surel atau nomor ponsel yang tercatat.',
    },
    numberMissing: 'Isi nomor anggota.',
    send: 'Kirim kode',
    passkeyTitle: 'Sudah punya kunci sandi di perangkat ini?',
    passkey: 'Masuk dengan kunci sandi',
    passkeyFailed: 'Kunci sandi itu tidak dikenal di sini, atau sudah dihapus. Masuklah dengan kode.',
    off: 'Perpustakaan ini belum dapat mengirim surel atau SMS, sehingga kode tidak dapat dikirim. Hubungi perpustakaan.',
    counter: {
      email:
        'Tidak ada surel di data Anda, atau surelnya sudah berubah? Datanglah ke loket dengan dokumen identitas.',
      sms: 'Tidak ada nomor ponsel di data Anda, nomornya sudah berganti, atau SMS-nya tidak tiba (jumlahnya sehari dibatasi)? Datanglah ke loket dengan dokumen identitas.',
      both: 'Tidak ada surel atau nomor ponsel di data Anda, sudah berganti, atau kodenya tidak tiba (jumlah SMS sehari dibatasi)? Datanglah ke loket dengan dokumen identitas.',
    },
    cancel: (service: string) => `Batal dan kembali ke ${service}`,
  },
  code: {
    title: 'Ketik kode',
    sent: {
      email: (minutes: number) =>
        `Bila nomor itu nomor anggota dan ada alamat surelnya, kode enam angka sedang dikirim ke sana. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
      sms: (minutes: number) =>
        `Bila nomor itu nomor anggota dan ada nomor ponselnya, kode enam angka sedang dikirim ke sana lewat SMS. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
      both: (minutes: number) =>
        `Bila nomor itu nomor anggota dan ada surel atau nomor ponselnya, kode enam angka sedang dikirim ke sana. Kode tiba dalam satu menit dan berlaku ${minutes} menit.`,
    },
    submit: 'Masuk',
    again: 'Minta kode baru',
    over: 'Kode itu sudah dipakai, sudah lewat waktunya, atau terlalu sering salah. Mintalah kode baru.',
  },
  keep: {
    title: 'Lain kali tanpa menunggu kode?',
    lead: 'Simpan kunci sandi di ponsel atau komputer Anda sendiri. Lain kali cukup sidik jari, wajah, atau PIN perangkat. Jangan di komputer bersama.',
    label: 'Nama kunci sandi',
    labelHint: 'Supaya Anda mengenalinya, misalnya “ponsel saya”.',
    usual: 'Perangkat saya',
    make: 'Simpan kunci sandi',
    skip: 'Lewati dan lanjutkan',
    refused: 'Kunci sandi tidak jadi disimpan. Coba lagi, atau lewati.',
    'too-many': 'Sudah ada terlalu banyak kunci sandi. Hapus satu di halaman “Data saya”.',
    'label-missing': 'Isi nama kunci sandi, paling panjang 60 huruf.',
  },
  consent: {
    title: (service: string) => `Izinkan ${service}?`,
    lead: (service: string) => `Bila Anda izinkan, ${service} akan mengetahui:`,
    knows: {
      openid: 'bahwa Anda anggota perpustakaan ini, dengan kode khusus untuk layanan itu',
      profile: 'nama Anda',
      membership: 'nomor anggota, jenis anggota, masa berlaku, dan status keanggotaan Anda',
      offline_access: 'perubahan data itu juga saat Anda tidak sedang memakainya, sampai Anda mengakhirinya',
    },
    not: 'Tidak yang lain: NIK, alamat, tanggal lahir, surel, telepon, foto, dan kunjungan Anda tidak diberitahukan.',
    once: 'Izin ini diingat. Anda dapat melihat dan mengakhirinya kapan saja di halaman “Data saya” dari KTA online.',
    always: 'Anda akan ditanya setiap kali masuk.',
    leads: (host: string) => `Setelah itu Anda dibawa ke ${host}.`,
    allow: 'Izinkan',
    refuse: 'Jangan izinkan',
  },
  stopped: {
    title: 'Belum dapat masuk',
    'not-active': (service: string) =>
      `${service} hanya untuk anggota yang keanggotaannya aktif. Keanggotaan Anda sedang tidak aktif atau sudah lewat masa berlakunya. Perpanjang atau tanyakan di loket.`,
    child: (service: string) =>
      `${service} tidak dapat dipakai oleh anggota di bawah 18 tahun, atau persetujuan orang tua/wali atau tanggal lahir Anda belum tercatat. Tanyakan di loket.`,
    gone: 'Keanggotaan ini sudah berakhir, sehingga tidak dapat dipakai untuk masuk.',
    back: (service: string) => `Kembali ke ${service}`,
  },
  problem: {
    overTitle: 'Permintaan masuk sudah lewat',
    over: 'Permintaan ini sudah dipakai atau terlalu lama dibiarkan. Kembali ke layanan yang Anda tuju dan mulai lagi.',
    title: 'Layanan itu tidak dapat meminta Anda masuk',
    text: 'Permintaan dari layanan itu tidak lengkap atau tidak cocok dengan yang didaftarkan di perpustakaan. Tidak ada data yang diberitahukan. Sampaikan kode ini kepada pengelola layanan itu:',
    logoutTitle: 'Keluar?',
    logoutText: 'Anda keluar dari pintu masuk perpustakaan di peramban ini.',
    logoutYes: 'Keluar',
    logoutNo: 'Tetap masuk',
    doneTitle: 'Anda sudah keluar',
    doneText: 'Di komputer bersama, tutup juga peramban ini.',
  },
  own: {
    title: 'Layanan yang mengenal Anda',
    about:
      'Layanan lain tempat Anda masuk sebagai anggota. Mengakhiri izin berlaku seketika; yang sudah diketahui layanan itu diatur oleh layanan itu sendiri.',
    empty: 'Belum ada.',
    since: (date: string) => `Sejak ${date}`,
    lastUsed: (time: string) => `Terakhir dipakai ${time}`,
    end: 'Akhiri izin',
    endOf: (service: string) => `Akhiri izin ${service}`,
    ended: 'Izin diakhiri. Layanan itu tidak dapat lagi menanyakan data Anda.',
    part: 'Jangan beri tahu lagi',
    partOf: (what: string, service: string) => `Jangan beri tahu ${service} lagi: ${what}`,
    narrowed:
      'Bagian itu ditarik. Layanan itu tidak dapat lagi menanyakannya; bila memintanya lagi saat Anda masuk, Anda ditanya lebih dahulu.',
    endedTitle: 'Layanan yang izinnya telah berakhir',
    endedOn: (date: string) => `Berakhir ${date}`,
    passkeys: 'Kunci sandi Anda',
    passkeysAbout:
      'Dengan kunci sandi Anda masuk ke layanan lain tanpa kode. Hapus yang perangkatnya hilang.',
    remove: 'Hapus',
    removeOf: (label: string) => `Hapus kunci sandi ${label}`,
    removed: 'Kunci sandi dihapus. Hapus juga dari perangkat Anda supaya tidak ditawarkan lagi.',
  },
  office: {
    title: 'Masuk anggota ke layanan lain',
    about: 'Layanan yang mengenali anggota lewat perpustakaan (OpenID Connect).',
    lead: 'Layanan lain, misalnya buku elektronik, mengenali anggota lewat perpustakaan: anggota masuk dengan nomor anggota dan kode, lalu memberi izin.',
    isOff: 'Masuk anggota belum dinyalakan: layanan di bawah ini belum dapat dipakai.',
    turnOn: 'Buka pengaturannya',
    issuer: 'Alamat penerbit (issuer)',
    issuerHint: 'Isikan ini di layanan itu; selebihnya dibacanya sendiri dari sana.',
    list: 'Layanan',
    empty: 'Belum ada layanan.',
    add: 'Hubungkan layanan',
    create: 'Buat',
    nameHint: 'Huruf kecil, angka, dan tanda hubung, misalnya buku-elektronik.',
    serviceTitle: 'Nama untuk anggota',
    serviceTitleHint: 'Seperti yang dibaca anggota di halaman izin.',
    redirects: 'Alamat kembali setelah masuk',
    redirectsHint:
      'Satu per baris, lengkap, https, dan persis sama dengan yang dikirim layanan. Program di komputer anggota: http://127.0.0.1 saja.',
    afterLogout: 'Alamat kembali setelah keluar',
    afterLogoutHint: 'Boleh kosong. Satu per baris.',
    method: 'Cara layanan membuktikan dirinya',
    methods: {
      basic: 'Rahasia di kepala permintaan (client_secret_basic)',
      post: 'Rahasia di isi permintaan (client_secret_post)',
      none: 'Tanpa rahasia: aplikasi di ponsel atau peramban (PKCE saja)',
      jwt: 'Tanda tangan dengan kunci milik layanan itu sendiri (private_key_jwt)',
    },
    publicKeys: 'Kunci publik layanan (JWKS)',
    publicKeysHint:
      'Hanya untuk layanan yang menandatangani: salin JSON-nya ke sini, paling banyak 4 kunci, RSA mulai 2048 bit atau P-256. Alamat tidak dibuka.',
    scopes: 'Yang boleh diketahui',
    scopeNames: {
      profile: 'Nama (profile)',
      membership: 'Nomor, jenis, masa berlaku, dan status keanggotaan (membership)',
    },
    ask: 'Izin anggota',
    asks: { once: 'Diingat sampai anggota mengakhirinya', always: 'Ditanya setiap kali masuk' },
    admits: 'Siapa yang boleh masuk',
    admitted: {
      active: 'Anggota aktif saja',
      all: 'Juga yang ditangguhkan, kedaluwarsa, atau bebas pustaka; statusnya diberitahukan apa adanya',
    },
    algorithm: 'Tanda tangan token',
    rights: 'Lain-lain',
    rightNames: {
      children:
        'Anggota di bawah 18 tahun boleh masuk, bila persetujuan orang tua/wali tercatat. Centang hanya bila layanan ini bekerja untuk perpustakaan.',
      offline: 'Boleh tetap masuk tanpa anggota hadir (refresh token)',
      paused: 'Dijeda: untuk sementara tidak dapat dipakai',
    },
    pausedState: 'dijeda',
    shownFor: (name: string) => `Layanan ${name}`,
    clientId: 'Nomor layanan (client_id)',
    secret: 'Rahasia (client_secret)',
    shownOnce: 'Rahasia hanya ditampilkan sekarang. Salin ke layanan itu, lalu tutup halaman ini.',
    noSecret: 'Layanan ini tidak memakai rahasia.',
    changeTitle: (name: string) => `Ubah layanan ${name}`,
    changed: 'Perubahan disimpan dan berlaku mulai permintaan berikutnya.',
    revoked: 'Layanan dicabut. Semua izin dan tokennya tidak berlaku lagi.',
    keys: 'Kunci tanda tangan',
    keysAbout: 'Kunci yang diganti masih diumumkan tujuh hari, supaya tidak ada layanan yang terputus.',
    rotate: 'Ganti kunci',
    rotated: 'Kunci diganti.',
    keyStates: { active: 'dipakai', retired: 'diganti' },
    problems: {
      'title-invalid': 'Isi nama untuk anggota, paling panjang 80 huruf.',
      'redirect-invalid':
        'Isi 1 sampai 10 alamat lengkap yang diawali https://, tanpa tanda #, * atau nama pengguna; di komputer anggota http://127.0.0.1.',
      'keys-invalid':
        'Isi kunci publik layanan itu sebagai JSON (JWK atau JWKS): 1 sampai 4 kunci, RSA mulai 2048 bit atau P-256, untuk tanda tangan.',
      'keys-private':
        'Ini kunci privat dan tidak disimpan. Minta layanan itu membuat pasangan kunci baru, lalu isi bagian publiknya saja.',
      'redirect-mixed': 'Alamat https dan alamat komputer anggota tidak dapat dicampur. Buat dua layanan.',
    },
  },
};

export type SignInTexts = typeof signIn;
