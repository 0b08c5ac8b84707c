import { raw } from 'hono/html';
import { libraryColours, parseHexColour } from '../../domain/theme.ts';
import type { Lang } from '../../i18n/index.ts';
import { assetUrl, preloadUrls, themeUrl } from '../assets.ts';
import type { Child, PropsWithChildren } from '../jsx/jsx-runtime.ts';
import { classes } from './attributes.ts';

export interface DocumentProps {
  readonly lang: Lang;
  /** Whole title of the window. */
  readonly title: string;
  /** `#rrggbb` of the library; the product's own where there is none. */
  readonly colour?: string | undefined;
  readonly bundle: 'public.css' | 'staff.css';
  /** Names of custom elements' files, without `.js`. */
  readonly islands: readonly string[];
  readonly rootClass?: string | undefined;
  /** A kiosk pins `light`; everything else follows the device. */
  readonly scheme?: 'light' | undefined;
  /** Pages at secret addresses and of the staff stay out of search engines. */
  readonly noindex?: boolean | undefined;
  /** Further elements of the head: a web app manifest, schema.org data, a refresh. */
  readonly head?: Child | undefined;
}

/** The page around everything. No inline style or script: the content security policy has no exception. */
export function Document(props: PropsWithChildren<DocumentProps>) {
  const scripts = props.islands.map((name) => `${name}.js`);
  const parts = [...new Set(scripts.flatMap(preloadUrls))];
  const hex = parseHexColour(props.colour ?? '');
  return (
    <>
      {raw('<!DOCTYPE html>')}
      <html lang={props.lang} class={classes(props.rootClass) || undefined} data-color-scheme={props.scheme}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{props.title}</title>
          <link rel="stylesheet" href={assetUrl(props.bundle)} />
          <link rel="stylesheet" href={themeUrl(props.colour)} />
          <link rel="icon" href={assetUrl('favicon.svg')} type="image/svg+xml" />
          <meta name="color-scheme" content={props.scheme ?? 'light dark'} />
          {hex && <meta name="theme-color" content={libraryColours(hex).fill} />}
          {props.noindex && <meta name="robots" content="noindex, nofollow" />}
          {parts.map((href) => (
            <link rel="modulepreload" href={href} />
          ))}
          {scripts.map((name) => (
            <script type="module" src={assetUrl(name)} />
          ))}
          {props.head}
        </head>
        <body>{props.children}</body>
      </html>
    </>
  );
}
