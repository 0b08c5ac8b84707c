/** Screen messages (AF) of SIP2 devices; why somebody is refused stands in the area `gate`. */
export const sip2 = {
  signInFirst: 'Perangkat ini belum masuk.',
  offLine: 'Layanan sedang terganggu. Silakan ke petugas.',
  lending: 'Peminjaman, pengembalian, pemesanan, dan denda dilayani sistem peminjaman perpustakaan.',
  look: 'Silakan ke petugas: wajah perlu dicocokkan dengan foto.',
  numberNotTaken: 'Nomor saja tidak cukup di sini. Pindai kode pada kartu atau KTA online.',
  notAllowed: 'Perangkat ini tidak berhak memblokir atau membuka blokir anggota.',
  notFound: 'Anggota tidak ditemukan.',
  blocked: 'Keanggotaan ditangguhkan. Silakan ke petugas.',
  notBlocked: 'Keanggotaan tidak dapat ditangguhkan. Silakan ke petugas.',
  enabled: 'Keanggotaan aktif kembali.',
  notEnabled: 'Penangguhan ini hanya dapat dibuka petugas.',
};

export type Sip2Texts = typeof sip2;
