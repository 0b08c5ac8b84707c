import type { CommonTexts } from '../../i18n/id/common.ts';
import type { Lang } from '../../i18n/index.ts';
import type { Child, PropsWithChildren } from '../jsx/jsx-runtime.ts';
import { classes } from './attributes.ts';
import { Document } from './document.tsx';
import { Emblem } from './emblem.tsx';
import { LanguageSwitch, type LanguageSwitchProps } from './language-switch.tsx';
import {
  InsecureNotice,
  type LayoutLibrary,
  Menu,
  type NavItem,
  OfflineNotice,
  SkipLink,
} from './layout-parts.tsx';

export interface PublicLayoutProps {
  readonly lang: Lang;
  readonly title: string;
  readonly texts: CommonTexts;
  /** Missing on pages above the libraries: the list, the sign-in, some errors. */
  readonly library?: LayoutLibrary | undefined;
  readonly languages?: LanguageSwitchProps['options'] | undefined;
  readonly nav?: readonly NavItem[] | undefined;
  readonly insecureWarning?: boolean | undefined;
  /** Files of custom elements, without `.js`. */
  readonly islands?: readonly string[] | undefined;
  /** Above everything in main, across the whole page: a `PageHeader` with `hero`. */
  readonly hero?: Child | undefined;
  /** One column of reading width: forms, status, card. */
  readonly narrow?: boolean | undefined;
  /** Large type and targets, light, no menu and no footer. */
  readonly kiosk?: boolean | undefined;
  /** Where the emblem leads; the library's public page unless told. */
  readonly homeHref?: string | undefined;
  readonly noindex?: boolean | undefined;
  /** False for a page that works without a connection and says so itself. */
  readonly offlineNotice?: boolean | undefined;
  readonly head?: Child | undefined;
}

/** The frame of every page a citizen sees. The library leads; the product's name is only in the footer. */
export function PublicLayout(props: PropsWithChildren<PublicLayoutProps>) {
  const { library, texts } = props;
  const owner = library?.name ?? texts.productName;
  const languages = (
    <LanguageSwitch lang={props.lang} label={texts.layout.languageLabel} options={props.languages ?? []} />
  );
  const islands = props.islands ?? [];
  const watches = islands.length > 0 && props.offlineNotice !== false;
  return (
    <Document
      lang={props.lang}
      title={props.title === owner ? owner : `${props.title} – ${owner}`}
      colour={library?.colour}
      bundle="public.css"
      islands={watches ? [...islands, 'connection-notice'] : islands}
      rootClass={props.kiosk ? 'dp-kiosk' : undefined}
      scheme={props.kiosk ? 'light' : undefined}
      noindex={props.noindex}
      head={props.head}
    >
      <SkipLink texts={texts.layout} />
      {props.insecureWarning && <InsecureNotice texts={texts.layout} />}
      {watches && <OfflineNotice texts={texts.layout} />}
      <header class="dp-header">
        <div class="dp-wrap">
          <a class="dp-brand" href={props.homeHref ?? (library ? `/${library.slug}` : '/')}>
            <Emblem name={owner} url={library?.emblemUrl} />
            <span>
              <span class="dp-brand__name">{owner}</span>
              {library?.parent && <span class="dp-brand__parent">{library.parent}</span>}
            </span>
          </a>
          {props.kiosk ? languages : <Menu items={props.nav ?? []} label={texts.layout.mainNavigation} />}
        </div>
      </header>
      <main id="isi" tabindex={-1} class={classes('dp-main', props.hero !== undefined && 'dp-main--flush')}>
        {props.hero}
        <div class={classes('dp-wrap', props.narrow && 'dp-main--narrow')}>{props.children}</div>
      </main>
      {!props.kiosk && (
        <footer class="dp-footer">
          <div class="dp-wrap">
            <p>{texts.layout.footerNote}</p>
            {languages}
          </div>
        </footer>
      )}
    </Document>
  );
}
