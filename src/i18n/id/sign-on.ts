/** Texts of staff single sign-on through the government's identity provider. */
export const signOn = {
  title: 'Masuk tunggal (SSO) petugas',
  about:
    'Petugas masuk lewat penyedia identitas pemerintah (OpenID Connect). Akun, peran, dan penutupan akun tetap diatur di sini.',
  anyProvider: 'penyedia identitas',
  enter: (name: string) => `Masuk dengan ${name}`,
  or: 'atau',
  chooseFirst: 'Masuk lewat penyedia identitas pemerintah',
  chooseLibrary: 'Perpustakaan Anda',
  choose: 'Lanjutkan',
  requiredHere: (name: string) =>
    `Petugas yang akunnya tertaut masuk dengan ${name}. Kata sandi di bawah ini untuk admin dan petugas yang belum tertaut.`,
  only: (name: string) =>
    `Kata sandi benar, tetapi perpustakaan Anda meminta Anda masuk dengan ${name}. Bila ${name} tidak dapat dipakai, hubungi admin perpustakaan.`,
  leftHere: (name: string) => `Anda sudah keluar dari layanan ini. Di ${name} Anda mungkin masih masuk.`,
  leaveThere: (name: string) => `Keluar juga dari ${name}`,
  notIn: (name: string) => `Belum masuk dengan ${name}`,
  again: (name: string) => `Coba lagi dengan ${name}`,
  otherWays: 'Cara masuk lain',
  downElse: 'Coba lagi sebentar lagi, atau masuk dengan kata sandi Anda.',
  downRequired:
    'Coba lagi sebentar lagi. Bila tetap tidak dapat, hubungi admin perpustakaan: admin masuk dengan kata sandi dan faktor keduanya, lalu membuka kembali pintu kata sandi bagi semua petugas di Pengaturan › Masuk tunggal petugas.',
  confirmed: 'Sudah dipastikan',
  confirmedLead: 'Tutup tab ini, kembali ke tab formulir, lalu tekan "Sudah, lanjutkan".',
  confirmBy: (name: string) => `Pastikan lewat ${name}`,
  confirmTab: (name: string) =>
    `${name} terbuka di tab baru dan meminta Anda masuk sekali lagi. Sesudah itu kembalilah ke sini; isian Anda menunggu.`,
  confirmGo: 'Sudah, lanjutkan',
  confirmOnlyLead: (name: string) =>
    `Tindakan ini peka. Buktikan sekali lagi siapa Anda lewat ${name}; sesudah itu selama 10 menit tidak ditanyakan lagi.`,
  ways: {
    password: 'Kata sandi',
    code: 'Kata sandi dan kode aplikasi',
    recovery_code: 'Kata sandi dan kode pemulihan',
    passkey: 'Kunci sandi',
    sign_on: 'Penyedia identitas',
    sign_on_factor: 'Penyedia identitas dengan faktor kedua',
  },
  waysByProvider: {
    code: 'Penyedia identitas dan kode aplikasi',
    recovery_code: 'Penyedia identitas dan kode pemulihan',
    passkey: 'Penyedia identitas dan kunci sandi',
  },
  way: 'Cara masuk',
  refusals: {
    address: (name: string) =>
      `Alamat ${name} tidak boleh dihubungi: bukan https, atau berada di jaringan dalam. Admin dapat mengizinkan jaringan pemerintah di pengaturannya.`,
    name: (name: string) =>
      `Nama alamat ${name} tidak ditemukan. Periksa ejaan alamat penerbit dan DNS server.`,
    connection: (name: string) => `${name} tidak dapat dihubungi dari server ini.`,
    certificate: (name: string) =>
      `Sertifikat https ${name} tidak dapat dipercaya: kedaluwarsa, untuk nama lain, atau penerbitnya tidak dikenal server ini.`,
    slow: (name: string) => `${name} terlalu lama menjawab.`,
    'too-large': (name: string) => `Jawaban ${name} terlalu besar; itu bukan jawaban penyedia identitas.`,
    'not-a-provider': (name: string) =>
      `Di alamat ${name} tidak ada penyedia OpenID Connect yang menjawab. Alamat penerbit ditulis tanpa /.well-known di belakangnya.`,
    'other-issuer': (name: string) =>
      `${name} menyebut dirinya dengan alamat penerbit lain. Salin alamat "issuer" persis seperti yang tertulis di penyedia.`,
    unsuitable: (name: string) =>
      `${name} tidak menyediakan yang diperlukan: alur kode (authorization code) di halaman https, dan kunci yang diumumkan.`,
    client: (name: string) =>
      `${name} tidak mengenali akun layanan ini. Admin perlu memeriksa ID klien dan rahasianya.`,
    denied: (name: string) => `${name} tidak mengizinkan masuk, atau Anda membatalkannya.`,
    code: (name: string) =>
      `${name} tidak menerima lagi jawaban itu: sudah terpakai atau terlalu lama. Mulai lagi.`,
    token: (name: string) =>
      `Jawaban dari ${name} tidak dapat dipercaya dan ditolak. Mulai lagi; bila berulang, beri tahu admin.`,
    stale: (name: string) => `${name} tidak memastikan bahwa Anda baru saja masuk di sana. Mulai lagi.`,
    state: (name: string) =>
      `Jawaban dari ${name} bukan untuk permintaan terakhir di peramban ini, atau sudah lewat 10 menit. Mulai lagi.`,
    sign_on_no_factor: (name: string) =>
      `${name} tidak menyatakan bahwa faktor kedua dipakai, padahal perpustakaan Anda memintanya. Aktifkan faktor kedua di sana, lalu coba lagi.`,
    sign_on_domain: (name: string) =>
      `Akun ${name} itu tidak memakai alamat surel dinas yang diminta perpustakaan, atau alamatnya belum diverifikasi.`,
    sign_on_unlinked: (name: string) =>
      `Akun ${name} itu tidak tertaut dengan akun petugas yang terbuka di perpustakaan ini. Mintalah admin perpustakaan menautkannya, atau masuk dengan kata sandi dan tautkan sendiri.`,
    'no-provider': () =>
      'Perpustakaan ini tidak memakai penyedia identitas di alamat ini. Pilih cara masuk lain.',
    taken: (name: string) => `Akun ${name} itu sudah tertaut dengan petugas lain di perpustakaan ini.`,
    'other-person': (name: string) =>
      `Yang masuk di ${name} bukan pemilik akun petugas ini. Masuklah di sana dengan akun Anda sendiri.`,
  },
  own: {
    title: 'Akun penyedia identitas',
    none: 'Perpustakaan Anda tidak memakai penyedia identitas.',
    lead: (name: string) => `Sesudah tertaut, Anda dapat masuk ke sini dengan ${name}.`,
    linked: 'Tertaut',
    notLinked: 'Belum tertaut',
    linkedAt: 'Tertaut sejak',
    lastUsedAt: 'Terakhir dipakai masuk',
    link: 'Tautkan akun saya',
    linkAgain: 'Tautkan akun lain',
    unlink: 'Lepaskan tautan',
    only: (name: string) =>
      `Perpustakaan meminta Anda masuk dengan ${name}; kata sandi di sini tidak membuka pintu. Tautan hanya dapat dilepas admin.`,
    leave: (name: string) => `Menuju ${name}`,
    leaveLead: (name: string) =>
      `${name} akan meminta Anda masuk sekali lagi. Masuklah dengan akun Anda sendiri: siapa pun yang masuk di sana dapat masuk ke akun petugas Anda.`,
    leaveNow: (name: string) => `Lanjutkan ke ${name}`,
    done: {
      linked: 'Akun Anda tertaut. Sesi Anda di tempat lain diakhiri.',
      unlinked: 'Tautan dilepas.',
      only: 'Hanya admin yang dapat melepas tautan ini.',
      notLinked: 'Tidak ada tautan.',
    },
  },
  officer: {
    title: 'Penyedia identitas',
    linked: 'Tertaut',
    expected: 'Menunggu masuk pertama',
    none: 'Belum tertaut',
    identifier: (claim: string) => `Pengenal petugas di penyedia (${claim})`,
    identifierHint:
      'Misalnya NIP atau surel dinas, persis seperti di penyedia. Yang pertama masuk dengan pengenal ini tertaut untuk seterusnya. Disimpan sebagai sidik, jadi tidak ditampilkan lagi.',
    expect: 'Simpan pengenal',
    unlink: 'Lepaskan tautan',
    own: 'Tautan Anda sendiri diatur di halaman Sesi › Akun penyedia identitas.',
    problems: {
      'expected-missing': 'Isi pengenalnya, paling panjang 200 huruf.',
      'expected-taken': 'Pengenal itu sudah menunggu petugas lain.',
      'no-provider': 'Penyedia identitas sudah dihapus.',
    },
    done: {
      expected: 'Pengenal disimpan. Petugas dapat masuk lewat penyedia.',
      unlinked: 'Tautan dilepas.',
    },
  },
  settings: {
    standing: 'Keadaan',
    none: 'Belum ada penyedia.',
    on: 'Dipakai',
    off: 'Dimatikan',
    counts: (linked: number, expected: number) =>
      `${linked} petugas tertaut, ${expected} menunggu masuk pertama.`,
    tryOut: 'Coba sambungan',
    works: 'Sambungan baik: penyedia menjawab, kuncinya terbaca, ID klien dan rahasianya diterima.',
    notes: {
      'no-pkce-told': 'Penyedia tidak menyebut PKCE S256. Layanan ini tetap memakainya.',
      'no-logout': 'Penyedia tidak punya halaman keluar: petugas yang keluar di sini tetap masuk di sana.',
      'factor-not-told':
        'Penyedia tidak menyebut nilai faktor kedua itu dalam daftar acr-nya. Nilai amr memang tidak pernah disebut: cobalah masuk sekali.',
    },
    remove: 'Hapus penyedia',
    removeAbout:
      'Menghapus penyedia, atau mengganti alamat penerbitnya, melepas semua tautan dan mengakhiri sesi yang masuk lewat penyedia.',
    tellThem: 'Untuk pengelola penyedia',
    tellThemAbout:
      'Daftarkan layanan ini sebagai klien rahasia (confidential) dengan alur kode dan alamat ini.',
    redirectUri: 'Alamat kembali (redirect URI)',
    fields: {
      name: 'Nama di tombol',
      issuer: 'Alamat penerbit (issuer)',
      clientId: 'ID klien',
      secret: 'Rahasia klien',
      scopes: 'Cakupan (scopes)',
      claim: 'Klaim pengenal petugas',
      emailDomain: 'Hanya surel di ranah',
      secondFactor: 'Nilai acr atau amr untuk faktor kedua',
    },
    hints: {
      name: 'Misalnya Portal Pegawai.',
      issuer: 'Mulai dengan https://, misalnya https://sso.contoh.example/realms/pegawai.',
      clientId: 'Dari pengelola penyedia.',
      secret: 'Dari pengelola penyedia. Disimpan tersegel dan tidak ditampilkan lagi.',
      scopes: 'Dipisah spasi; openid selalu diminta.',
      claim: 'Nama klaim yang dipakai saat masuk pertama, misalnya preferred_username, email, atau nip.',
      emailDomain: 'Misalnya contoh.example. Yang lain ditolak.',
      secondFactor:
        'Misalnya otp atau hwk, dipisah spasi. Bila diisi, salah satunya wajib ada dan berlaku sebagai faktor kedua. Bila kosong, penyedia dihitung satu faktor: yang punya aplikasi atau kunci sandi di sini ditanya lagi.',
    },
    secretKept: 'Kosongkan untuk tetap memakai yang tersimpan.',
    rules: 'Aturan',
    ruleNames: {
      aktif: 'Dipakai',
      wajib: 'Petugas yang tertaut hanya masuk lewat penyedia',
      jaringan: 'Penyedia berada di jaringan dalam pemerintah',
    },
    ruleAbout: {
      aktif: 'Tombolnya tampil di halaman masuk.',
      wajib:
        'Kata sandi dan kunci sandi mereka tidak membuka pintu. Admin tetap masuk dengan pintunya sendiri.',
      jaringan: 'Alamat seperti 10.x dan 192.168.x boleh dihubungi. Alamat server ini sendiri tidak pernah.',
    },
    noWayBack:
      'Belum disimpan: lebih dulu harus ada admin dengan kata sandi sendiri dan faktor kedua. Lewat pintu itulah semua dibuka lagi bila penyedia tidak dapat dipakai.',
    problems: {
      'name-missing': 'Isi nama, paling panjang 60 huruf.',
      'issuer-wrong':
        'Isi alamat yang mulai dengan https://, tanpa tanda tanya dan tanpa kata sandi di dalamnya.',
      'client-missing': 'Isi ID klien, paling panjang 200 huruf.',
      'secret-missing': 'Isi rahasia klien.',
      'secret-elsewhere':
        'Penerbit atau ID klien berganti: isikan lagi rahasianya, agar tidak terkirim ke tempat lain.',
      'secret-too-long': 'Rahasia paling panjang 500 huruf.',
      'scopes-wrong': 'Isi paling banyak sepuluh cakupan, dipisah spasi.',
      'claim-wrong':
        'Isi nama klaim: huruf, angka, titik, garis bawah, tanda hubung, titik dua, garis miring.',
      'domain-wrong': 'Isi ranah seperti contoh.example, tanpa @ dan tanpa https.',
      'factor-wrong': 'Isi paling banyak sepuluh nilai, dipisah spasi.',
    },
    done: {
      saved: 'Pengaturan disimpan. Cobalah sambungannya.',
      removed: 'Penyedia dihapus. Semua petugas masuk dengan kata sandi.',
    },
  },
};

export type SignOnTexts = typeof signOn;
