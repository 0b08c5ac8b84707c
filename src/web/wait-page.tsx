import type { Context } from 'hono';
import { Alert } from './components/alert.tsx';
import { Button, LinkButton } from './components/button.tsx';
import { FileField } from './components/file-field.tsx';
import { PageHeader } from './components/page-header.tsx';
import { PublicLayout } from './components/public-layout.tsx';
import type { LibraryEnv, LibraryVariables, SiteEnv } from './env.ts';
import { type FormBody, isMultipart, readTyped } from './form-body.ts';
import { layoutLibrary, siteFrame, textsOf } from './frame.tsx';
import { isSecretField, KeptFields, keptWithFiles } from './kept-fields.tsx';
import { KIOSK_FORGETS_AFTER, kioskOfPath } from './kiosk-path.ts';
import { PROOF_FIELD, ProofOfWork } from './proof-of-work.tsx';

/** Times that the button waits in its style sheet; a longer wait is told and checked here all the same. */
const STEPS = [10, 30, 60, 120, 300, 600, 900] as const;

export interface WaitOffer {
  /** A task that passes instead of waiting. */
  readonly challenge?: string | undefined;
  /** Where a file is chosen again that is too large to be sent from here. */
  readonly back?: string | undefined;
}

/**
 * Too many attempts from one network. A form that was posted is kept on the page and sent again by its button, which
 * comes when the time is over, or by the solved task; its file is chosen once more, as no page can keep one. An address
 * opens again by itself. Only the task needs a script.
 * @param seconds until the next one passes
 */
export async function waitPage(
  c: Context<SiteEnv> | Context<LibraryEnv>,
  seconds: number,
  offer: WaitOffer = {},
): Promise<Response> {
  const site = c as Context<SiteEnv>;
  const library = (c as unknown as Context<{ Variables: Partial<LibraryVariables> }>).get('library');
  const { doors } = textsOf(site);
  const { wait: text } = doors;
  const posted = site.req.method === 'POST';
  // Files are passed over as they come: to keep them in memory and to draw them is what the limit spares.
  const body = posted ? await readTyped(site) : undefined;
  const url = new URL(site.req.url);
  const address = `${url.pathname}${url.search}`;
  const kiosk = kioskOfPath(url.pathname);
  const { challenge, back } = offer;
  const proven = challenge !== undefined && kiosk === undefined;
  site.header('Retry-After', String(seconds));
  site.header('Cache-Control', 'no-store');
  // The browser asks again by itself when it may; a form is sent by its button only. A kiosk stands in public: what
  // somebody typed must not wait there for the next one.
  if (kiosk !== undefined)
    site.header('Refresh', `${Math.max(KIOSK_FORGETS_AFTER, seconds + 30)}; url=${kiosk}`);
  else if (!posted) site.header('Refresh', String(seconds));
  return site.html(
    <PublicLayout
      {...siteFrame(site)}
      title={text.title}
      library={library && layoutLibrary(library)}
      // A form cannot be sent again by a link of the language switch: it would lead to the form's address.
      languages={posted ? [] : siteFrame(site).languages}
      kiosk={kiosk !== undefined}
      homeHref={kiosk}
      narrow
      noindex
      islands={proven ? ['proof-of-work'] : []}
    >
      <PageHeader title={text.title} lead={text.lead(seconds)} />
      {body === undefined || body === 'too-large' ? (
        <>
          {body === 'too-large' && <Alert tone="warning">{text.tooLarge}</Alert>}
          <div class="dp-wait" data-wait={String(stepOf(seconds))}>
            <LinkButton href={posted ? (back ?? '.') : address} variant="secondary">
              {text.open}
            </LinkButton>
          </div>
        </>
      ) : (
        <KeptForm
          c={c}
          address={address}
          kept={keptWithFiles(c, body, isNotKept)}
          multipart={isMultipart(site)}
          seconds={seconds}
          challenge={proven ? challenge : undefined}
        />
      )}
    </PublicLayout>,
    429,
  );
}

/**
 * After the task was solved for a form with files, which the task could not carry along: what was typed, with the file to
 * be chosen once more, and no wait.
 * @param file the field of the file
 */
export function chooseAgainPage(
  c: Context<LibraryEnv>,
  body: FormBody,
  file: string,
): Response | Promise<Response> {
  const site = c as unknown as Context<SiteEnv>;
  const { wait: text } = textsOf(c).doors;
  const { pathname, search } = new URL(c.req.url);
  const { fields } = keptWithFiles(c, body, isNotKept);
  c.header('Cache-Control', 'no-store');
  return c.html(
    <PublicLayout
      {...siteFrame(site)}
      title={text.passed}
      library={layoutLibrary(c.get('library'))}
      languages={[]}
      narrow
      noindex
    >
      <PageHeader title={text.passed} />
      <KeptForm
        c={c}
        address={`${pathname}${search}`}
        kept={{ fields, files: [file] }}
        multipart
        seconds={0}
      />
    </PublicLayout>,
  );
}

function KeptForm(props: {
  readonly c: Context<SiteEnv> | Context<LibraryEnv>;
  readonly address: string;
  readonly kept: ReturnType<typeof keptWithFiles>;
  readonly multipart: boolean;
  readonly seconds: number;
  readonly challenge?: string | undefined;
}) {
  const { c, address, kept, multipart, seconds, challenge } = props;
  const { doors, outage } = textsOf(c as Context<SiteEnv>);
  const { wait: text } = doors;
  const task = challenge !== undefined && <ProofOfWork c={c} challenge={challenge} sends />;
  const withFiles = kept.files.length > 0;
  return (
    <>
      <form
        method="post"
        action={address}
        class="dp-stack"
        enctype={multipart ? 'multipart/form-data' : undefined}
      >
        <KeptFields fields={kept.fields} />
        <Alert tone="info">{withFiles ? text.files : text.notSent}</Alert>
        {!withFiles && task}
        {kept.files.map((name) => (
          <FileField name={name} label={outage.sent.file} />
        ))}
        <div class="dp-wait" data-wait={seconds === 0 ? undefined : String(stepOf(seconds))}>
          <Button>{text.again}</Button>
        </div>
      </form>
      {withFiles && task && (
        // The task sends itself: without the file, which would travel for nothing.
        <form method="post" action={address} enctype="multipart/form-data">
          <KeptFields fields={kept.fields} />
          {task}
        </form>
      )}
    </>
  );
}

/** A task that was solved before is spent: the next one has a field of its own. */
function isNotKept(name: string): boolean {
  return name === PROOF_FIELD || isSecretField(name);
}

function stepOf(seconds: number): number {
  return STEPS.find((step) => step >= seconds) ?? STEPS[STEPS.length - 1] ?? 900;
}
