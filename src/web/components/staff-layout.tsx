import type { CommonTexts } from '../../i18n/id/common.ts';
import type { Lang } from '../../i18n/index.ts';
import type { Child, PropsWithChildren } from '../jsx/jsx-runtime.ts';
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

export interface StaffLayoutProps {
  readonly lang: Lang;
  readonly title: string;
  readonly texts: CommonTexts;
  readonly library?: LayoutLibrary | undefined;
  readonly languages?: LanguageSwitchProps['options'] | undefined;
  readonly nav?: readonly NavItem[] | undefined;
  /** Who is signed in, with the role in words; `csrf` goes into the sign-out form. */
  readonly officer?:
    | {
        readonly name: string;
        readonly role: string;
        readonly signOutHref: string;
        /** Until the session ends if nobody works; the page leaves the screen then. */
        readonly secondsLeft?: number | undefined;
        /** Tells this session from others, and opens none. */
        readonly sessionMark?: string | undefined;
        readonly csrf?: { readonly name: string; readonly value: string } | undefined;
      }
    | undefined;
  readonly insecureWarning?: boolean | undefined;
  /** The page fills the window; its panes scroll, not the page (desk-fit.css). */
  readonly fit?: boolean | undefined;
  readonly islands?: readonly string[] | undefined;
  readonly head?: Child | undefined;
}

/** The frame of the desk and the office: one bar with the work areas, everything else is the work. */
export function StaffLayout(props: PropsWithChildren<StaffLayoutProps>) {
  const { library, officer, texts } = props;
  const owner = library?.name ?? texts.productName;
  return (
    <Document
      lang={props.lang}
      title={`${props.title} – ${owner}`}
      colour={library?.colour}
      bundle="staff.css"
      islands={[
        'connection-notice',
        ...(officer?.secondsLeft === undefined ? [] : ['session-end']),
        ...(props.islands ?? []),
      ]}
      rootClass={props.fit ? 'dp-staff dp-fit' : 'dp-staff'}
      noindex
      head={props.head}
    >
      <SkipLink texts={texts.layout} />
      {props.insecureWarning && <InsecureNotice texts={texts.layout} />}
      <OfflineNotice texts={texts.layout} />
      {officer?.secondsLeft !== undefined && (
        <session-end data-seconds={officer.secondsLeft} data-mark={officer.sessionMark} />
      )}
      <header class="dp-bar">
        <div class="dp-wrap">
          <a class="dp-brand" href={library ? `/${library.slug}` : '/'}>
            <Emblem name={owner} url={library?.emblemUrl} />
            <span class="dp-brand__name">{owner}</span>
          </a>
          <Menu items={props.nav ?? []} label={texts.layout.mainNavigation} />
          <div class="dp-officer">
            <LanguageSwitch
              lang={props.lang}
              label={texts.layout.languageLabel}
              options={props.languages ?? []}
            />
            {officer && (
              <>
                <span>
                  <span class="dp-sr">{texts.layout.signedInAs(officer.name)}</span>
                  <span aria-hidden="true">{officer.name}</span>
                  {officer.role !== officer.name && <small>{officer.role}</small>}
                </span>
                <form method="post" action={officer.signOutHref} data-sign-out="">
                  {officer.csrf && (
                    <input type="hidden" name={officer.csrf.name} value={officer.csrf.value} />
                  )}
                  <button type="submit">{texts.layout.signOut}</button>
                </form>
              </>
            )}
          </div>
        </div>
      </header>
      <main id="isi" tabindex={-1} class="dp-main">
        <div class="dp-wrap">{props.children}</div>
      </main>
    </Document>
  );
}
