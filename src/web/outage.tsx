/**
 * While the database cannot be reached, is full or has too much to do: a page in plain words with the status 503, which
 * keeps what was typed, as nobody is there who could.
 */
import type { Context } from 'hono';
import type { Outage } from '../db/outage.ts';
import { texts } from '../i18n/index.ts';
import { Alert } from './components/alert.tsx';
import { Button, LinkButton } from './components/button.tsx';
import { EmptyState } from './components/empty-state.tsx';
import { FileField } from './components/file-field.tsx';
import { PublicLayout } from './components/public-layout.tsx';
import type { LibraryVariables, SiteEnv } from './env.ts';
import { type FormBody, isMultipart, readTyped } from './form-body.ts';
import { layoutLibrary, siteFrame, textsOf } from './frame.tsx';
import { isSecretField, KeptFields, keptWithFiles } from './kept-fields.tsx';
import { KIOSK_FORGETS_AFTER, kioskOfPath } from './kiosk-path.ts';

/** Why nothing can be had now: the database's trouble, or so many people that this request was not even begun. */
export type Trouble = Outage | 'crowded';

/** Seconds after which another try is worth its while. */
const AGAIN_AFTER: Readonly<Record<Trouble, number>> = { unreachable: 5, busy: 10, full: 60, crowded: 5 };
/** How often a page that was only read tries again by itself. */
const READ_AGAIN_AFTER = 10;
const SECRET_PATH = /^\/masuk(?:\/|$)|\/(?:sandi|faktor-kedua)(?:\/|$)/;

/** The answer to a request that met this trouble; programs get it as JSON. */
export async function outagePage(c: Context<SiteEnv>, outage: Trouble): Promise<Response> {
  sayWhenToComeAgain(c, outage);
  if (wantsNoPage(c)) return c.json({ error: 'unavailable', reason: outage }, 503);
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  const { pathname, search } = new URL(c.req.url);
  const here = `${pathname}${search}`;
  // Where thousands are asked to wait, one page is shown to all who only look: each leads back to where it is.
  const page = { here: reads && outage === 'crowded' ? '' : here, kiosk: kioskOfPath(pathname) };
  if (!reads) return c.html(troublePage(c, outage, { ...page, sent: await readSent(c, pathname) }), 503);
  return c.html(troublePage(c, outage, page), 503);
}

function troublePage(
  c: Context<SiteEnv>,
  outage: Trouble,
  page: {
    readonly here: string;
    /** Where the kiosk of this address begins anew. */
    readonly kiosk: string | undefined;
    /** What was posted; missing where somebody only looked. */
    readonly sent?: Sent | 'secret' | null;
  },
) {
  const { here, kiosk, sent } = page;
  const { library } = (c as unknown as Context<{ Variables: Partial<LibraryVariables> }>).var;
  const text = textsOf(c).outage;
  const reads = sent === undefined;
  const refresh = reads
    ? `${READ_AGAIN_AFTER}`
    : kiosk === undefined
      ? undefined
      : `${KIOSK_FORGETS_AFTER}; url=${kiosk}`;
  return (
    <PublicLayout
      {...siteFrame(c)}
      title={text.titles[outage]}
      library={library && layoutLibrary(library)}
      // A form cannot be sent again by a link of the language switch: it would lead to the form's address.
      languages={reads && outage !== 'crowded' ? siteFrame(c).languages : []}
      kiosk={kiosk !== undefined}
      homeHref={kiosk}
      narrow
      noindex
      islands={reads ? [] : ['send-again']}
      head={refresh && <meta http-equiv="refresh" content={refresh} />}
    >
      <div class="dp-stack">
        <EmptyState title={text.titles[outage]} text={text.causes[outage]} icon="clock" level={1}>
          {reads && <LinkButton href={here}>{text.again}</LinkButton>}
        </EmptyState>
        {reads ? (
          <p class="dp-small dp-muted">{text.againByItself(READ_AGAIN_AFTER)}</p>
        ) : (
          <SentForm sent={sent} here={here} text={text} outage={outage} kiosk={kiosk !== undefined} />
        )}
      </div>
    </PublicLayout>
  );
}

/** Before the first page can be drawn: the port is taken early, so that a start is refused before it made anything. */
export function startingPage(): Response {
  const [id, en] = [texts('id').outage.starting, texts('en').outage.starting];
  const page = `<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="3">
<title>${id.title}</title></head>
<body><h1>${id.title}</h1><p>${id.text}</p><p lang="en">${en.text}</p></body></html>`;
  return new Response(page, {
    status: 503,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Retry-After': '3',
      'Cache-Control': 'no-store',
      'Content-Security-Policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
    },
  });
}

/** What was posted, as far as it may be shown again. */
interface Sent {
  readonly fields: readonly (readonly [string, string])[];
  readonly files: readonly string[];
  readonly multipart: boolean;
  /** The same key makes the second sending harmless, and then it may be promised: no form that may be sent again by itself calls anything else `kunci`. */
  readonly once: boolean;
}

async function readSent(c: Context<SiteEnv>, pathname: string): Promise<Sent | 'secret' | null> {
  let body: FormBody;
  try {
    // A file cannot be kept: it is not even taken into the memory, of which there may be little now.
    const typed = await readTyped(c);
    if (typed === 'too-large') return null;
    body = typed;
  } catch {
    // Read by the page itself in a way that cannot be repeated, or cut off on the way.
    return null;
  }
  if (SECRET_PATH.test(pathname) || body.names.some(isSecretField)) return 'secret';
  const { fields, files } = keptWithFiles(c, body);
  return { fields, files, multipart: isMultipart(c), once: body.text('kunci') !== '' };
}

function SentForm(props: {
  readonly sent: Sent | 'secret' | null;
  readonly here: string;
  readonly text: ReturnType<typeof textsOf>['outage'];
  readonly outage: Trouble;
  readonly kiosk: boolean;
}) {
  const { sent: text } = props.text;
  const { sent, here, outage } = props;
  // Nothing of it was begun: that much is certain, and a second sending can double nothing.
  const untouched = outage === 'crowded';
  const title = untouched ? text.notSent : text.title;
  // Shown by the island alone, which then does what it says.
  const line = untouched ? text.byItselfNotSent : text.byItself;
  if (sent === null || sent === 'secret')
    return (
      <Alert tone="warning" title={title}>
        <p>{sent === null ? text.unread : text.secret}</p>
        <p>
          <a href={here}>{text.open}</a>
        </p>
      </Alert>
    );
  return (
    <form
      method="post"
      action={here}
      class="dp-stack"
      enctype={sent.multipart ? 'multipart/form-data' : undefined}
    >
      <Alert tone="warning" title={title}>
        <p>{text.kept}</p>
        {!untouched && <p>{sent.once ? text.once : text.seeAfter}</p>}
        {(untouched || sent.once) && sent.files.length === 0 && !props.kiosk && (
          <send-again data-after={String(AGAIN_AFTER[outage])}>
            <p data-line="" hidden>
              {line.before} <span data-seconds="" /> {line.after}
            </p>
          </send-again>
        )}
      </Alert>
      <KeptFields fields={sent.fields} />
      {sent.files.map((name) => (
        <FileField name={name} label={text.file} description={text.fileAbout} />
      ))}
      <Button>{text.resend}</Button>
    </form>
  );
}

export function sayWhenToComeAgain(c: Context<SiteEnv>, outage: Trouble): void {
  c.header('Retry-After', String(AGAIN_AFTER[outage]));
  c.header('Cache-Control', 'no-store');
}

/** Programs and the scripts of our own pages ask for JSON; a browser that opens a page asks for HTML. */
export function wantsNoPage(c: Context<SiteEnv>): boolean {
  const accepted = c.req.header('accept') ?? '';
  const type = c.req.header('content-type') ?? '';
  return (
    (accepted.includes('application/json') && !accepted.includes('text/html')) ||
    type.startsWith('application/json')
  );
}
