import type { Context } from 'hono';
import { may, type Permission } from '../domain/permissions.ts';
import { LANGS, type Lang, type Texts, texts } from '../i18n/index.ts';
import type { LibraryContext } from '../usecases/context.ts';
import type { LayoutLibrary } from './components/layout-parts.tsx';
import type { PublicLayoutProps } from './components/public-layout.tsx';
import type { StaffLayoutProps } from './components/staff-layout.tsx';
import type { LibraryEnv, SiteEnv } from './env.ts';

/** The library as the frames show it. */
export function layoutLibrary(library: LibraryContext): LayoutLibrary {
  const { profile, look } = library.settings;
  return {
    slug: library.slug,
    name: profile.name,
    parent: profile.government,
    greeting: look.greeting,
    colour: look.colour,
    emblemUrl: look.emblemFileId === null ? undefined : `/${library.slug}/lambang/${look.emblemFileId}`,
  };
}

/** Texts of this request's language. */
export function textsOf(c: Context<SiteEnv> | Context<LibraryEnv>): Texts {
  return texts((c as Context<SiteEnv>).get('lang'));
}

/** This page in each language. */
function languageOptions(
  c: Context<SiteEnv>,
  all: Texts,
): { readonly lang: Lang; readonly label: string; readonly href: string }[] {
  return LANGS.map((lang) => {
    const url = new URL(c.req.url);
    url.searchParams.set('lang', lang);
    return { lang, label: all.common.languages[lang], href: `${url.pathname}${url.search}` };
  });
}

type PublicFrame = Pick<PublicLayoutProps, 'lang' | 'texts' | 'library' | 'languages' | 'insecureWarning'>;

/** What every citizen's page hands to `PublicLayout`; a page adds its title and content. */
export function publicFrame(c: Context<LibraryEnv>): PublicFrame {
  return { ...siteFrame(c as unknown as Context<SiteEnv>), library: layoutLibrary(c.get('library')) };
}

/** The same for pages above the libraries. */
export function siteFrame(c: Context<SiteEnv>): Omit<PublicFrame, 'library'> {
  const all = textsOf(c);
  return {
    lang: c.get('lang'),
    texts: all.common,
    languages: languageOptions(c, all),
    insecureWarning: !c.get('secure') && !isLocal(c.get('origin')),
  };
}

/** Browsers treat this very machine as secure without https. */
function isLocal(origin: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
}

export type StaffArea = 'desk' | 'members' | 'visits' | 'reports' | 'settings' | 'audit';

const AREAS: readonly { area: StaffArea; path: string; any: readonly Permission[]; key: string }[] = [
  { area: 'desk', path: 'loket', any: ['application.view'], key: 'Alt+1' },
  { area: 'members', path: 'anggota', any: ['member.view', 'member.view_masked'], key: 'Alt+2' },
  { area: 'visits', path: 'kunjungan', any: ['visit.view'], key: 'Alt+3' },
  { area: 'reports', path: 'laporan', any: ['report.view'], key: 'Alt+4' },
  {
    area: 'settings',
    path: 'pengaturan',
    any: [
      'setting.change',
      'officer.manage',
      'device.manage',
      'procedure.draft',
      'procedure.check',
      'procedure.sign',
      'import.run',
      'export.run',
    ],
    key: 'Alt+5',
  },
  { area: 'audit', path: 'jejak', any: ['audit.search'], key: 'Alt+6' },
];

type StaffFrame = Omit<StaffLayoutProps, 'title' | 'islands' | 'head'>;

/** What every page of the desk and office hands to `StaffLayout`: the areas this officer may enter. */
export function staffFrame(c: Context<LibraryEnv>, current: StaffArea | null): StaffFrame {
  const all = textsOf(c);
  const library = c.get('library');
  const officer = c.get('officer');
  const lang = c.get('lang');
  return {
    ...siteFrame(c as unknown as Context<SiteEnv>),
    library: layoutLibrary(library),
    nav: AREAS.filter(({ any }) =>
      any.some((permission) => officer !== null && may(officer.roles, permission)),
    ).map(({ area, path, key }) => ({
      href: `/${library.slug}/${path}`,
      label: all.office.nav[area],
      current: area === current,
      key,
    })),
    officer:
      officer === null
        ? undefined
        : {
            name: officer.name,
            role: officer.roles.map((role) => library.settings.roleNames[role][lang]).join(', '),
            signOutHref: `/${library.slug}/keluar`,
            secondsLeft: officer.secondsLeft,
            sessionMark: officer.mark,
          },
  };
}

/** Where an officer of these roles begins to work. */
export function homeOf(c: Context<LibraryEnv>): string {
  return staffFrame(c, null).nav?.[0]?.href ?? `/${c.get('library').slug}`;
}
