/** Messages that leave the service: no name, no number, nothing that a stranger's phone should show. */
export const messages = {
  subject: {
    submitted: (ticket: string) => `Pendaftaran ${ticket} kami terima`,
    correction_requested: (ticket: string) => `Pendaftaran ${ticket} perlu diperbaiki`,
    approved: (ticket: string) => `Pendaftaran ${ticket} disetujui`,
    rejected: (ticket: string) => `Keputusan atas pendaftaran ${ticket}`,
    guardian_asked: (ticket: string) => `Pendaftaran ${ticket} menunggu persetujuan orang tua/wali`,
  },
  body: {
    submitted: 'Permohonan Anda sudah kami terima. Bawalah dokumen identitas saat datang ke loket.',
    correction_requested:
      'Ada isian yang perlu Anda perbaiki. Halaman di bawah ini menunjukkan isian yang mana.',
    approved: 'Permohonan Anda disetujui. Kartu Tanda Anggota (KTA) Anda ada di halaman di bawah ini.',
    rejected:
      'Permohonan Anda tidak dapat kami kabulkan. Alasan dan cara mendaftar lagi ada di halaman di bawah ini.',
    guardian_asked: 'Orang tua atau wali perlu menyetujui pendaftaran ini melalui halaman di bawah ini.',
  },
  /** To who is 18 now; without an address where only the counter can take the answer. */
  ownConsent: {
    subject: 'Persetujuan Anda sendiri sebagai anggota perpustakaan',
    text: (address: string | null, library: string) =>
      `Yth. Saudara,\n\nUsia Anda sudah 18 tahun. Persetujuan atas data Anda dulu diberikan orang tua atau wali; kini keputusannya milik Anda. Sampai Anda menjawab, persetujuan wali tetap berlaku dan keanggotaan Anda tidak berubah.\n\n${
        address === null
          ? 'Sampaikan jawaban Anda kepada petugas di loket perpustakaan.'
          : `Jawab melalui halaman ini, atau sampaikan kepada petugas di loket:\n\n${address}\n\nAlamat ini rahasia; jangan diteruskan kepada orang lain.`
      }\n\n${library}`,
  },
  frame: (body: string, address: string, library: string) =>
    `Yth. Bapak/Ibu/Saudara,\n\n${body}\n\n${address}\n\nAlamat ini rahasia; jangan diteruskan kepada orang lain.\n\n${library}`,
};

export type MessagesTexts = typeof messages;
