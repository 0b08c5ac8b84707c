import { langOf, texts } from '../../i18n/index.ts';
import type { LayoutLibrary } from '../components/layout-parts.tsx';

const LIBRARIES: Record<string, LayoutLibrary> = {
  jateng: {
    slug: 'jateng',
    name: 'Perpustakaan Daerah Provinsi Jawa Tengah',
    parent: 'Dinas Kearsipan dan Perpustakaan',
    greeting: 'Sugeng rawuh',
    colour: '#7a1f2b',
  },
  banyuwangi: {
    slug: 'banyuwangi',
    name: 'Perpustakaan Kabupaten Banyuwangi',
    parent: 'Dinas Perpustakaan dan Kearsipan',
    greeting: 'Sugeng rawuh',
    colour: '#0b5d51',
  },
};

export type Frame = ReturnType<typeof galleryFrame>;

/** What the layouts need, by the address: `pustaka`, `bahasa`, `warna`. */
export function galleryFrame(query: Record<string, string>) {
  const lang = langOf(query.bahasa);
  const known = LIBRARIES[query.pustaka ?? ''] ?? LIBRARIES.banyuwangi;
  const library: LayoutLibrary = {
    ...(known ?? { slug: 'contoh', name: 'Perpustakaan Contoh', colour: '#0b5d51' }),
    ...(query.warna === undefined ? {} : { colour: `#${query.warna}` }),
  };
  return {
    lang,
    texts: texts(lang).common,
    library,
    languages: [
      { lang: 'id' as const, label: 'Bahasa Indonesia', href: '?bahasa=id' },
      { lang: 'en' as const, label: 'English', href: '?bahasa=en' },
    ],
  };
}
