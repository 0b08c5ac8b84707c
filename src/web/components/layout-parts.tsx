import type { CommonTexts } from '../../i18n/id/common.ts';
import { ShownKey } from './key-hint.tsx';

/** What a frame needs to know of a library. */
export interface LayoutLibrary {
  readonly slug: string;
  readonly name: string;
  /** The institution above it: `Dinas Perpustakaan dan Kearsipan Kabupaten Banyuwangi`. */
  readonly parent?: string | undefined;
  /** `Sugeng rawuh`, where the library has one; shown by pages that welcome. */
  readonly greeting?: string | undefined;
  /** `#rrggbb` */
  readonly colour: string;
  readonly emblemUrl?: string | undefined;
}

export interface NavItem {
  readonly href: string;
  readonly label: string;
  readonly current?: boolean | undefined;
  /** Key that opens it, shown as a hint; desk and office only. */
  readonly key?: string | undefined;
}

export function SkipLink({ texts }: { readonly texts: CommonTexts['layout'] }) {
  return (
    <a class="dp-skip" href="#isi">
      {texts.skipToContent}
    </a>
  );
}

/** Stands on every page served over plain http: no camera, readable on the network. */
export function InsecureNotice({ texts }: { readonly texts: CommonTexts['layout'] }) {
  return (
    <aside class="dp-notice" aria-label={texts.insecureTitle}>
      <div class="dp-wrap">
        <strong>{texts.insecureTitle}.</strong>
        {texts.insecureBody}
      </div>
    </aside>
  );
}

/** Hidden until the island sees the connection go; read out when it appears. */
export function OfflineNotice({ texts }: { readonly texts: CommonTexts['layout'] }) {
  return (
    <connection-notice role="status">
      <div class="dp-notice" hidden>
        <div class="dp-wrap">{texts.offline}</div>
      </div>
    </connection-notice>
  );
}

export function Menu({ items, label }: { readonly items: readonly NavItem[]; readonly label: string }) {
  if (items.length === 0) return null;
  return (
    <nav aria-label={label}>
      <ul class="dp-menu">
        {items.map((item) => (
          <li>
            <a href={item.href} aria-current={item.current ? 'page' : undefined} aria-keyshortcuts={item.key}>
              {item.label}
              {item.key !== undefined && <ShownKey name={item.key} />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
