export interface EmblemProps {
  /** Name of the library; its first letter of weight stands on the page of the book. */
  readonly name: string;
  /** The library's own emblem, once it has uploaded one. */
  readonly url?: string | undefined;
}

/** Words that say “library” and not which one. */
const COMMON =
  /^(perpustakaan|dinas|umum|daerah|provinsi|kabupaten|kota|desa|kelurahan|dan|kearsipan|library|the)$/i;

/** The letter by which people know the library: B for “Perpustakaan Kabupaten Banyuwangi”. */
export function emblemInitial(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const telling = words.find((word) => !COMMON.test(word)) ?? words[0] ?? 'P';
  return (telling[0] ?? 'P').toLocaleUpperCase('id');
}

/** A plain open book with the library's initial. No real crest is ever drawn here. */
export function Emblem({ name, url }: EmblemProps) {
  if (url !== undefined) return <img class="dp-emblem" src={url} alt="" width="44" height="44" />;
  return (
    <svg class="dp-emblem" viewBox="0 0 44 44" width="44" height="44" aria-hidden="true">
      <rect width="44" height="44" rx="10" fill="currentColor" />
      <path
        class="dp-emblem__line"
        d="M22 33.5c-3-2.3-7.2-3.2-12.5-3.2M22 33.5c3-2.3 7.2-3.2 12.5-3.2M22 36.8c-3-2.1-7.2-3-12.5-3M22 36.8c3-2.1 7.2-3 12.5-3"
        stroke-width="1.6"
        stroke-linecap="round"
      />
      <text
        class="dp-emblem__ink"
        x="22"
        y="25.5"
        text-anchor="middle"
        font-family="Charter, Constantia, Georgia, serif"
        font-size="22"
        font-weight="600"
      >
        {emblemInitial(name)}
      </text>
    </svg>
  );
}
