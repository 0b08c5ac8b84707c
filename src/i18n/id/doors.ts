/** Texts of passkeys, recovery codes, proving again who sits there, and waiting one's turn. */
export const doors = {
  passkey: {
    name: 'Kunci sandi',
    title: 'Kunci sandi',
    lead: 'Masuk dengan sidik jari, wajah, atau PIN perangkat Anda, tanpa kata sandi dan kode. Tidak dapat ditebak atau dipancing.',
    enter: 'Masuk dengan kunci sandi',
    second: 'Pakai kunci sandi',
    or: 'atau',
    wait: 'Ikuti petunjuk dari perangkat Anda.',
    failed:
      'Tidak jadi: perangkat tidak menjawab, atau Anda membatalkannya. Coba lagi, atau pakai cara lain.',
    refused: 'Kunci sandi itu tidak diterima. Coba lagi, atau masuk dengan kata sandi.',
    impossible:
      'Kunci sandi hanya dapat dipakai lewat https dan nama situs. Di alamat ini pakailah aplikasi autentikator.',
    noScript: 'Kunci sandi memerlukan JavaScript di peramban ini.',
    list: 'Kunci sandi Anda',
    empty: 'Belum ada kunci sandi.',
    label: 'Nama',
    labelHint: 'Supaya Anda mengenalinya, misalnya nama perangkatnya.',
    labelMissing: (most: number) => `Beri nama, paling panjang ${most} huruf.`,
    tooMany: 'Anda sudah punya 20 kunci sandi. Hapus dulu yang tidak dipakai.',
    notMade: 'Kunci sandi tidak tersimpan. Coba lagi; mungkin perangkat ini sudah terdaftar.',
    where: 'Berlaku di',
    synced: 'disinkronkan',
    made: 'Dibuat',
    used: 'Terakhir dipakai',
    never: 'belum pernah',
    actions: 'Tindakan',
    change: 'Ganti nama',
    changeOf: (label: string) => `Ganti nama ${label}`,
    save: 'Simpan nama',
    remove: 'Hapus',
    removeOf: (label: string) => `Hapus kunci sandi ${label}`,
    add: 'Tambah kunci sandi',
    addAbout:
      'Perangkat ini, ponsel Anda, atau kunci keamanan USB. Yang disimpan di sini hanya kunci publiknya; sidik jari dan wajah tidak pernah meninggalkan perangkat.',
    addButton: 'Buat kunci sandi',
    done: {
      tambah: 'Kunci sandi tersimpan.',
      nama: 'Nama disimpan.',
      hapus: 'Kunci sandi dihapus. Hapus juga dari perangkat Anda supaya tidak ditawarkan lagi.',
    },
  },
  factor: {
    intro: 'Di samping kata sandi: kunci sandi, atau kode dari aplikasi autentikator. Salah satunya cukup.',
    due: (day: string) =>
      `Perpustakaan Anda mewajibkan faktor kedua untuk peran Anda. Pasanglah paling lambat ${day}.`,
    overdue: 'Perpustakaan Anda mewajibkan faktor kedua untuk peran Anda. Pasang satu untuk mulai bekerja.',
    later: 'Nanti saja',
    app: 'Aplikasi autentikator',
    appOn: 'Aktif',
    appOff: 'Belum aktif',
    passkeys: (count: number) => (count === 0 ? 'Belum ada' : `${count} kunci sandi`),
    passkeysLink: 'Atur kunci sandi',
    codes: 'Kode pemulihan',
    codesAbout: 'Sepuluh kode untuk masuk bila ponsel atau perangkat hilang. Tiap kode berlaku sekali.',
    codesLeft: (count: number) => (count === 0 ? 'Belum ada' : `${count} kode tersisa`),
    makeCodes: 'Buat kode pemulihan',
    renewCodes: 'Buat kode baru',
    needsFactor: 'Pasang dulu aplikasi atau kunci sandi.',
    missingCodes: 'Anda belum punya kode pemulihan. Tanpa kode itu hanya admin lain yang dapat menolong.',
  },
  codes: {
    title: 'Kode pemulihan',
    lead: 'Kode ini hanya ditampilkan sekarang. Cetak atau tulis, lalu simpan di tempat yang terkunci.',
    eachOnce: 'Tiap kode berlaku untuk satu kali masuk. Kode yang lama tidak berlaku lagi.',
    print: 'Cetak',
    done: 'Sudah saya simpan',
    enter: 'Kode pemulihan',
    enterHint: 'Sepuluh huruf dan angka, misalnya K7F2M-9QXT4.',
    useIt: 'Ponsel tidak ada? Pakai kode pemulihan',
    left: (count: number) =>
      count === 0
        ? 'Itu kode pemulihan terakhir Anda. Buatlah kode baru sekarang.'
        : `Kode itu sudah terpakai. Tersisa ${count} kode pemulihan.`,
  },
  confirm: {
    title: 'Pastikan ini Anda',
    lead: 'Tindakan ini peka. Isikan sekali lagi kata sandi Anda; sesudah itu selama 10 menit tidak ditanyakan lagi.',
    leadAll:
      'Ini mengubah akun atau cara masuk. Tunjukkan sekali lagi semua yang diminta ketika Anda masuk: kata sandi dan faktor kedua, atau kunci sandi.',
    leadFactor: 'Ini mengubah akun atau cara masuk. Tunjukkan juga faktor kedua Anda.',
    signInAgain:
      'Kunci sandi Anda tidak dapat dipakai di sini. Keluarlah dan masuk lagi, bila perlu dengan kode pemulihan; sesudah itu selama 10 menit tidak ditanyakan lagi.',
    kept: 'Isian Anda tetap tersimpan di halaman ini dan dikirim begitu Anda memastikannya.',
    password: 'Kata sandi Anda',
    app: 'Kode enam angka dari aplikasi',
    appUse: 'Pakai kode dari aplikasi autentikator',
    submit: 'Lanjutkan',
    wrong: 'Tidak cocok. Periksa, lalu coba lagi.',
    tooMany: (minutes: number) =>
      `Terlalu banyak percobaan. Silakan tunggu ${minutes} menit, lalu coba lagi.`,
    cancel: 'Batal',
    files: 'Berkas yang Anda pilih tidak dapat disimpan di sini: sesudah memastikan, pilihlah sekali lagi.',
  },
  password: {
    common: 'Kata sandi itu terlalu umum dan akan ditebak lebih dulu. Pilih beberapa kata lain.',
    breached:
      'Kata sandi itu pernah bocor dari layanan lain dan sudah diketahui orang. Pilih beberapa kata lain.',
    notChecked:
      'Kata sandi belum diganti: daftar kata sandi yang bocor tidak dapat dibaca di server. Mintalah pengelola server memeriksa BREACHED_PASSWORDS, lalu coba lagi.',
    ownNames:
      'Kata sandi itu terdiri dari nama perpustakaan, nama Anda, atau kata layanan ini. Pilih kata lain.',
    onePattern: 'Kata sandi itu hanya pola yang berulang atau deretan tombol. Pilih beberapa kata lain.',
  },
  wait: {
    title: 'Mohon tunggu sebentar',
    lead: (seconds: number) =>
      seconds <= 90
        ? `Terlalu banyak permintaan dari jaringan Anda. Silakan kirim lagi sesudah ${seconds} detik.`
        : `Terlalu banyak permintaan dari jaringan Anda. Silakan kirim lagi sesudah ${Math.ceil(seconds / 60)} menit.`,
    notSent: 'Belum ada yang terkirim. Isian Anda tetap tersimpan di halaman ini.',
    files:
      'Belum ada yang terkirim. Isian Anda tetap tersimpan di halaman ini, kecuali gambar atau berkasnya: pilihlah sekali lagi sebelum mengirim.',
    tooLarge:
      'Belum ada yang terkirim. Gambar atau berkasnya lebih besar dari 15 MB: pilihlah yang lebih kecil.',
    passed: 'Tugasnya selesai, Anda tidak perlu menunggu lagi.',
    again: 'Kirim lagi',
    open: 'Buka lagi',
    proof: 'Atau perangkat Anda menyelesaikan tugas kecil, lalu tidak perlu menunggu.',
    proofWork: 'Selesaikan sekarang',
    proofWorking: 'Sedang dikerjakan, biasanya beberapa detik…',
    proofDone: 'Selesai. Anda dapat mengirim sekarang.',
  },
};

export type DoorsTexts = typeof doors;
