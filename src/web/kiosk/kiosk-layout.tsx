import type { Context } from 'hono';
import { assetUrl } from '../assets.ts';
import { PublicLayout } from '../components/public-layout.tsx';
import type { LibraryEnv } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import type { Child, PropsWithChildren } from '../jsx/jsx-runtime.ts';

/** Where the kiosk begins, in the library's first language: the next visitor may read another one. */
export function startUrl(c: Context<LibraryEnv>): string {
  const { slug, settings } = c.get('library');
  return `/${slug}/buku-tamu?lang=${settings.languages[0] ?? 'id'}`;
}

export interface KioskLayoutProps {
  readonly c: Context<LibraryEnv>;
  readonly title: string;
  readonly hero?: Child | undefined;
  readonly islands?: readonly string[] | undefined;
  /** Without a touch for so long, the screen returns to the start; undefined: it stays. */
  readonly idleSeconds?: number | undefined;
}

/** Frame of every page of the kiosk: nothing is kept by the browser, and the screen returns to the start by itself. */
export function KioskLayout(props: PropsWithChildren<KioskLayoutProps>) {
  const { c, idleSeconds } = props;
  return (
    <PublicLayout
      {...publicFrame(c)}
      title={props.title}
      hero={props.hero}
      islands={[...(props.islands ?? []), 'kiosk-return']}
      homeHref={`/${c.get('library').slug}/buku-tamu`}
      head={<KioskHead c={c} idleSeconds={idleSeconds} />}
      kiosk
      noindex
    >
      {props.children}
      <KioskReturn c={c} idleSeconds={idleSeconds} />
    </PublicLayout>
  );
}

/** Styles of the kiosk, and the return to the start where no script runs. */
export function KioskHead(props: {
  readonly c: Context<LibraryEnv>;
  readonly idleSeconds?: number | undefined;
}) {
  return (
    <>
      <link rel="stylesheet" href={assetUrl('kiosk-pages.css')} />
      {props.idleSeconds !== undefined && (
        <noscript>
          {/* Without script nobody sees whether a hand is at the screen: a longer time, not to interrupt. */}
          <meta http-equiv="refresh" content={`${props.idleSeconds * 3}; url=${startUrl(props.c)}`} />
        </noscript>
      )}
    </>
  );
}

/** Asks "still there?" before it returns; any touch goes on. */
export function KioskReturn(props: {
  readonly c: Context<LibraryEnv>;
  readonly idleSeconds?: number | undefined;
}) {
  const { idle } = textsOf(props.c).kiosk;
  return (
    <kiosk-return
      data-seconds={props.idleSeconds === undefined ? undefined : String(props.idleSeconds)}
      data-url={startUrl(props.c)}
      data-count={idle.countdown('{}')}
    >
      <div class="kp-idle" role="status" hidden>
        <p>
          <strong>{idle.question}</strong> <span data-count="" />
        </p>
        <button class="ds-button" type="button" data-variant="primary">
          {idle.stay}
        </button>
      </div>
    </kiosk-return>
  );
}

/** A greeting in Javanese is read as such by a screen reader. */
export function greetingLang(text: string): string {
  return /\b(sugeng|matur|nuwun|rawuh|mangga|monggo)\b/i.test(text) ? 'jv' : 'id';
}

/** Nothing of a kiosk page stays in the browser. */
export function noStore(c: Context<LibraryEnv>): void {
  c.header('Cache-Control', 'no-store');
}

export function newKey(random: (length: number) => Uint8Array): string {
  return Buffer.from(random(16)).toString('base64url');
}

/** A key of at least 128 bits as this service makes them, else a new one. */
export function keptKey(typed: string, random: (length: number) => Uint8Array): string {
  return /^[A-Za-z0-9_-]{22,64}$/.test(typed) ? typed : newKey(random);
}
