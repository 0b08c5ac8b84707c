import type { LetterInput } from '../../documents/letter-pdf.ts';
import { formatDateTime, formatNumber } from '../../i18n/format.ts';
import { texts } from '../../i18n/index.ts';
import type { BreachRow } from '../../usecases/breach-record.ts';
import type { LibraryContext } from '../../usecases/context.ts';

export type NoticeTo = 'persons' | 'authority';

/**
 * The notice of UU 27/2022 Ps. 46: which data were disclosed, when and how, and the measures; always Indonesian, as it is
 * an official letter. A draft: whoever signs reads it first.
 */
export function breachNotice(library: LibraryContext, row: BreachRow, to: NoticeTo, now: Date): LetterInput {
  const { profile } = library.settings;
  const { breach } = texts('id').rights;
  const time = (at: Date) => formatDateTime('id', at, profile.timezone);
  const opening =
    to === 'persons'
      ? [
          'Yth. pemustaka dan anggota perpustakaan,',
          `Dengan ini ${profile.name} memberitahukan bahwa telah terjadi kegagalan pelindungan data pribadi yang dapat menyangkut data Anda. Kami memohon maaf, dan menyampaikan hal-hal berikut sesuai Pasal 46 Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi.`,
        ]
      : [
          'Yth. Lembaga Pelindungan Data Pribadi,',
          `Sesuai Pasal 46 Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi, ${profile.name} (${profile.unit}) selaku pengendali data pribadi memberitahukan kegagalan pelindungan data pribadi sebagai berikut.`,
        ];
  return {
    title:
      to === 'persons'
        ? 'Pemberitahuan kegagalan pelindungan data pribadi'
        : 'Pemberitahuan kepada lembaga: kegagalan pelindungan data pribadi',
    author: profile.name,
    lang: 'id',
    now,
    lead: ['KONSEP. Periksa sebelum ditandatangani dan dikirim.', ...opening],
    sections: [
      {
        heading: '1. Data pribadi yang terungkap',
        paragraphs: row.data_kinds.map((kind) => `• ${breach.dataKinds[kind]}`),
        rows: [
          ['Jumlah orang', row.persons === null ? breach.personsUnknown : formatNumber('id', row.persons)],
        ],
      },
      {
        heading: '2. Kapan dan bagaimana terungkap',
        paragraphs: [row.happened, `Penyebab, sejauh diketahui: ${row.cause}`],
        rows: [
          ['Diketahui', time(row.found_at)],
          ['Tenggat pemberitahuan', time(row.due_at)],
        ],
      },
      { heading: '3. Upaya penanganan dan pemulihan', paragraphs: [row.measures] },
      {
        heading: '4. Narahubung',
        paragraphs: [row.contact, [profile.name, profile.address, profile.phone, profile.email].join(', ')],
      },
      {
        heading: to === 'persons' ? '5. Yang dapat Anda lakukan' : '5. Pernyataan',
        paragraphs:
          to === 'persons'
            ? [
                'Waspadai pesan atau telepon yang mengatasnamakan perpustakaan dan meminta data atau pembayaran. Anda dapat meminta salinan, perbaikan, atau penghapusan data Anda melalui halaman "Data saya" pada KTA, atau di loket.',
              ]
            : [
                'Pemberitahuan kepada subjek data pribadi yang terdampak disampaikan bersamaan dengan surat ini. Perkembangan berikutnya akan dilaporkan.',
              ],
      },
      { heading: `${profile.city}, ……………………`, paragraphs: ['Penanggung jawab,', '', '', '(……………………………………)'] },
    ],
    pageOf: (page, pages) => `Halaman ${page} dari ${pages}`,
  };
}

/** The same as plain text, for a message or a web page. */
export function noticeText(letter: LetterInput): string {
  const parts = [
    letter.author,
    letter.title.toLocaleUpperCase('id'),
    ...letter.lead,
    ...letter.sections.flatMap((section) => [
      section.heading,
      ...(section.paragraphs ?? []),
      ...(section.rows ?? []).map(([label, value]) => `${label}: ${value}`),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}
