import type { ExportTarget, MisfitCode } from '../../../domain/exporting/outgoing-member.ts';

/** Members to the lending system: the page, the command's list. */
export const exporting = {
  title: 'Ekspor ke sistem peminjaman',
  lead: 'Kirim anggota ke INLISLite, SLiMS, atau Koha. Yang tidak muat disebut satu per satu dengan alasannya; tidak ada yang dipotong diam-diam.',
  targets: {
    'inlislite-3.2': 'INLISLite 3.2 (XLSX)',
    'inlislite-3.3': 'INLISLite 3.3 (XLSX)',
    slims: 'SLiMS 9 (CSV)',
    koha: 'Koha (CSV)',
    'koha-rest': 'Koha (REST)',
  } satisfies Record<ExportTarget, string>,
  about: {
    'inlislite-3.2': 'Lembar impor dengan 49 kolom. Foto tidak ikut.',
    'inlislite-3.3':
      'Setiap kolom pilihan terisi; yang tidak pernah ditanyakan berisi "Tidak dicatat". Kontak wali dan foto tidak ikut.',
    slims:
      'Baris pertama adalah judul: mulai impor dari baris 2. Tempat lahir, pekerjaan, pendidikan, wali, dan foto tidak ikut; alamat menjadi satu baris.',
    koha: 'Berkas untuk alat "Import patrons". Nomor identitas, pekerjaan, pendidikan, instansi, dan foto tidak ikut.',
    'koha-rest':
      'Dikirim langsung ke server Koha: atur di Umpan otomatis di bawah, atau dengan perintah npm run export di server ini.',
  } satisfies Record<ExportTarget, string>,
  form: {
    title: 'Buat berkas',
    target: 'Tujuan',
    which: 'Anggota',
    all: 'Semua anggota',
    changed: 'Hanya yang baru atau berubah sejak terakhir terkirim ke tujuan ini',
    button: 'Unduh berkas',
    after: 'Berkas langsung diunduh. Setelah selesai, muat ulang halaman ini untuk melihat hasilnya.',
    reload: 'Muat ulang',
    personal: 'Berkas ini berisi data pribadi semua anggota di dalamnya. Hapus setelah diimpor.',
    notYours: 'Berkas dibuat oleh Sub Koordinator, yang berwenang melihat anggota.',
  },
  identity: {
    out: 'Nomor identitas (NIK) ikut dikirim.',
    stays: 'Nomor identitas tidak ikut dikirim.',
    change: 'Atur di Sistem peminjaman',
  },
  problemTitles: {
    target: 'Pilih tujuannya.',
    'not-allowed': 'Anda tidak berwenang.',
    'filler-not-ready': 'Siapkan dahulu daftar di INLISLite 3.3.',
    'branch-missing': 'Isi dahulu kode perpustakaan di Koha.',
  },
  problems: {
    target: 'Pilih tujuannya.',
    'not-allowed': 'Anda tidak berwenang membuat berkas ini.',
    'filler-not-ready':
      'INLISLite 3.3 memakai baris pertama sebuah daftar untuk sel yang kosong. Buat dahulu baris "Tidak dicatat" di setiap daftarnya di sana (agama, status perkawinan, pekerjaan, pendidikan, jenis identitas, jenis kelamin, unit kerja, fakultas, program studi, kelas), lalu nyatakan itu di Pengaturan, Sistem peminjaman.',
    'branch-missing': 'Kode perpustakaan ini di Koha belum diisi. Isi di Pengaturan, Sistem peminjaman.',
  },
  list: {
    title: 'Ekspor sebelumnya',
    empty: 'Belum ada ekspor.',
    at: 'Waktu',
    target: 'Tujuan',
    which: 'Anggota',
    all: 'Semua',
    changed: 'Yang berubah',
    state: 'Keadaan',
    sent: 'Terkirim',
    misfit: 'Tidak muat',
    told: 'Unduh daftar',
    toldOf: (at: string) => `Unduh daftar yang tidak muat, ekspor ${at}`,
    withdraw: 'Tidak jadi dipakai',
    withdrawOf: (at: string) => `Berkas tidak jadi dipakai, ekspor ${at}`,
    actions: 'Tindakan',
  },
  states: {
    running: 'Belum selesai',
    done: 'Selesai',
    failed: 'Terputus',
    withdrawn: 'Tidak dipakai',
  },
  failures: {
    'koha-unreachable': 'Koha tidak menjawab',
    'koha-denied': 'Koha menolak akun kita',
    'koha-absent': 'bukan layanan REST Koha',
    interrupted: 'dihentikan; yang belum terkirim ikut berikutnya',
    'broken-off': 'unduhan terputus; tidak dihitung',
  },
  withdrawn: 'Ekspor itu dianggap tidak terkirim; anggotanya ikut lagi dalam ekspor berikutnya.',
  notNow: 'Itu tidak dapat dilakukan sekarang: keadaannya sudah berubah.',
  told: {
    number: 'Nomor anggota',
    name: 'Nama',
    outcome: 'Hasil',
    sent: 'terkirim, perlu dilihat',
    notSent: 'tidak terkirim',
    reasons: 'Alasan dan yang perlu dilakukan',
  },
  misfits: {
    ended: 'sudah berhenti atau digabung dengan anggota lain; tutup keanggotaannya di sistem peminjaman',
    number_too_long: 'nomor anggota terlalu panjang untuk sistem itu',
    name_too_long: 'nama terlalu panjang untuk sistem itu; daftarkan di sana dengan singkatan',
    address_too_long: 'alamat terlalu panjang untuk sistem itu; singkat alamatnya',
    institution_too_long: 'nama instansi terlalu panjang untuk sistem itu',
    email_too_long: 'surel terlalu panjang untuk sistem itu',
    identity_too_long: 'nomor identitas terlalu panjang untuk sistem itu',
    type_too_long: 'nama jenis anggota terlalu panjang untuk sistem itu',
    row_too_long: 'seluruh baris lebih dari 4.096 karakter',
    backslash: 'ada garis miring terbalik (\\), yang dihapus oleh SLiMS; betulkan datanya',
    sex_missing: 'jenis kelamin kosong; SLiMS membacanya sebagai perempuan. Lengkapi dahulu',
    sheet_full: 'lembar sudah penuh; ikut dalam ekspor berikutnya',
    category_missing: 'jenis anggotanya belum punya kategori Koha; isi di Pengaturan, Sistem peminjaman',
    number_taken: 'nomornya, atau data unik lain, sudah dipakai orang lain di Koha; periksa di sana',
    refused: 'ditolak server pada kolom ini',
    letters_lost: 'ada huruf yang di INLISLite menjadi tanda tanya; periksa di sana',
  } satisfies Record<MisfitCode, string>,
};

export type ExportTexts = typeof exporting;
