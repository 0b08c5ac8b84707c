import type { Context } from 'hono';
import { Alert } from './components/alert.tsx';
import { Button, LinkButton } from './components/button.tsx';
import { PageHeader } from './components/page-header.tsx';
import { PublicLayout } from './components/public-layout.tsx';
import type { LibraryEnv, LibraryVariables, SiteEnv } from './env.ts';
import { readForm } from './form-body.ts';
import { layoutLibrary, siteFrame, textsOf } from './frame.tsx';
import { isSecretField, KeptFields, keptFields } from './kept-fields.tsx';
import { KIOSK_FORGETS_AFTER, kioskOfPath } from './kiosk-path.ts';
import { PROOF_FIELD, ProofOfWork } from './proof-of-work.tsx';

/** Times that the button waits in its style sheet; a longer wait is told and checked here all the same. */
const STEPS = [10, 30, 60, 120, 300, 600, 900] as const;

export interface WaitOffer {
  /** A task that passes instead of waiting. */
  readonly challenge?: string | undefined;
  /** Where a file is chosen again: a form with files is not kept. */
  readonly back?: string | undefined;
}

/**
 * Too many attempts from one network. A form that was posted is kept on the page and sent again by its button, which
 * comes when the time is over, or by the solved task; an address opens again by itself. Only the task needs a script.
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
  // A form with files is not even read: nothing of a file could be kept, and reading it is what the limit spares.
  const hasFiles = site.req.header('content-type')?.startsWith('multipart/') === true;
  const body = posted && !hasFiles ? await readForm(site) : undefined;
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
      {posted ? (
        <form method="post" action={address} class="dp-stack">
          {body && <KeptFields fields={keptFields(body, isNotKept)} />}
          <Alert tone="info">{hasFiles ? text.files : text.notSent}</Alert>
          {proven && <ProofOfWork c={c} challenge={challenge} sends />}
          {hasFiles ? (
            <div class="dp-wait" data-wait={String(stepOf(seconds))}>
              <LinkButton href={back ?? '.'} variant="secondary">
                {text.open}
              </LinkButton>
            </div>
          ) : (
            <div class="dp-wait" data-wait={String(stepOf(seconds))}>
              <Button>{text.again}</Button>
            </div>
          )}
        </form>
      ) : (
        <div class="dp-wait" data-wait={String(stepOf(seconds))}>
          <LinkButton href={address} variant="secondary">
            {text.open}
          </LinkButton>
        </div>
      )}
    </PublicLayout>,
    429,
  );
}

/** A task that was solved before is spent: the next one has a field of its own. */
function isNotKept(name: string): boolean {
  return name === PROOF_FIELD || isSecretField(name);
}

function stepOf(seconds: number): number {
  return STEPS.find((step) => step >= seconds) ?? STEPS[STEPS.length - 1] ?? 900;
}
