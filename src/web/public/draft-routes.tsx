import { type Context, Hono } from 'hono';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatDate } from '../../i18n/format.ts';
import { openByPhoneCode } from '../../usecases/carry-visit.ts';
import type { Actor } from '../../usecases/context.ts';
import { saveDraft } from '../../usecases/save-draft.ts';
import { findDraft, type TakenDraft } from '../../usecases/take-draft.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { TextField } from '../components/text-field.tsx';
import { limitForms } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { openCodeGuard } from './code-guard.ts';
import { readFormValues } from './form-input.ts';
import { smallForms } from './form-routes.tsx';
import { secretAddress } from './secret-page.ts';
import { Qr, SubPage } from './status-page.tsx';

const CITIZEN: Actor = { kind: 'applicant' };

/** Unfinished forms: left for the counter with six digits, or fetched from the kiosk with its short code. */
export function draftRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const slowly = limitForms(deps, 'draft', 120);
  // Everybody in the reading room shares one address: codes that are right are not counted.
  const guard = openCodeGuard('draft', deps);

  app.post('/daftar/lanjutkan', smallForms(), slowly, async (c) => {
    c.header('Cache-Control', 'no-store');
    const body = await readForm(c);
    const scope = scopeOf(c, deps, CITIZEN);
    const before =
      body.text('lanjut') === '' ? null : await findDraft(deps.db, deps, scope, body.text('lanjut'));
    const draft = await saveDraft(deps.db, deps, scope, {
      values: readFormValues(body),
      visitId: before?.ok ? (before.visit?.id ?? null) : null,
    });
    // The answer to this form is a page that may not be sent again by a reload: its address shows it.
    return c.redirect(`/${scope.library.slug}/daftar/lanjutkan/${draft.token}`, 303);
  });

  app.get('/daftar/lanjutkan/:token', secretAddress(), async (c) => {
    const draft = await findDraft(deps.db, deps, scopeOf(c, deps, CITIZEN), c.req.param('token'));
    if (!draft.ok) return c.redirect(`/${c.get('library').slug}/daftar?lanjut=${c.req.param('token')}`, 303);
    return handOverPage(c, deps, draft, c.req.param('token'));
  });

  app.get('/lanjut', (c) => codePage(c, '', null));

  app.post('/lanjut', smallForms(), async (c) => {
    c.header('Cache-Control', 'no-store');
    const typed = (await readForm(c)).text('kode');
    const { code } = textsOf(c).service;
    const scope = scopeOf(c, deps, CITIZEN);
    const refused = await guard.refuse(c);
    if (refused) return refused;
    const found = await openByPhoneCode(deps.db, deps, scope, typed);
    if (found.ok) return c.redirect(`/${scope.library.slug}/daftar?lanjut=${found.token}`, 303);
    guard.wrong(c);
    c.status(422);
    return codePage(c, typed, code.wrong);
  });

  return app;
}

function handOverPage(c: Context<LibraryEnv>, deps: WebDeps, draft: TakenDraft, token: string) {
  const { form } = textsOf(c);
  const { handOver } = form;
  const library = c.get('library');
  const { code } = draft;
  const until = plainDateIn(library.settings.profile.timezone, draft.expiresAt);
  return c.html(
    <SubPage c={c} title={handOver.title} lead={handOver.lead}>
      <section class="dp-ticket">
        <div>
          <h2 class="dp-h3">{handOver.codeLabel}</h2>
          <strong class="dp-big">{`${code.slice(0, 3)} ${code.slice(3)}`}</strong>
          <p class="dp-small">{handOver.expires(formatDate(c.get('lang'), until))}</p>
        </div>
        <Qr svg={deps.documents.qrSvg(code, handOver.qrTitle)} />
      </section>
      <p>{handOver.bring}</p>
      <p>
        <LinkButton href={`/${library.slug}/daftar?lanjut=${token}`} variant="secondary">
          {handOver.continueHere}
        </LinkButton>
      </p>
    </SubPage>,
  );
}

function codePage(c: Context<LibraryEnv>, typed: string, error: string | null) {
  const { code } = textsOf(c).service;
  const base = `/${c.get('library').slug}`;
  return c.html(
    <SubPage c={c} title={code.title} lead={code.lead}>
      <form method="post" action={`${base}/lanjut`} class="dp-stack" novalidate>
        <TextField
          name="kode"
          label={code.label}
          value={typed}
          error={error ?? undefined}
          autocomplete="off"
          width="8"
          maxlength={16}
          code
        />
        <div class="dp-actions">
          <Button>{textsOf(c).common.action.continue}</Button>
          <LinkButton href={`${base}/daftar`} variant="secondary">
            {code.fresh}
          </LinkButton>
        </div>
      </form>
    </SubPage>,
  );
}
