import { type Context, Hono } from 'hono';
import type { LibraryKey } from '../../db/library-key.ts';
import { hexOf } from '../../domain/published-keys.ts';
import { formatShortDateTime } from '../../i18n/format.ts';
import { type KeyChange, revokeKey, rotateKey } from '../../usecases/library-keys.ts';
import { isOwnPassword } from '../../usecases/session.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { smallForms } from '../public/form-routes.tsx';
import { openRateLimit } from '../rate-limit.ts';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

/** Guesses of the own password on a screen that was left open. */
const GUESSES = { points: 10, seconds: 15 * 60 };

/** `/{library}/pengaturan/kunci`: the keys that sign cards; each change asks for the admin's own password. */
export function keyRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const change = requirePermission('setting.change');
  const guesses = openRateLimit(GUESSES);

  app.get('/pengaturan/kunci', change, (c) => listPage(c, []));

  app.post('/pengaturan/kunci', change, smallForms(), async (c) => {
    const body = await readForm(c);
    const wrong = await refusePassword(c, body.text('sandi'));
    if (wrong) return listPage(c, [wrong]);
    return answer(c, await rotateKey(deps.db, deps, scopeOf(c, deps), body.text('kunci')), 'ganti');
  });

  app.get('/pengaturan/kunci/:key/cabut', change, (c) => {
    const key = findKey(c);
    return key ? revokePage(c, key, []) : c.notFound();
  });

  app.post('/pengaturan/kunci/:key/cabut', change, smallForms(), async (c) => {
    const key = findKey(c);
    if (!key) return c.notFound();
    const wrong = await refusePassword(c, (await readForm(c)).text('sandi'));
    if (wrong) return revokePage(c, key, [wrong]);
    return answer(c, await revokeKey(deps.db, deps, scopeOf(c, deps), hexOf(key.keyId)), 'cabut');
  });

  async function refusePassword(c: Context<LibraryEnv>, password: string): Promise<FieldError | undefined> {
    const { keys } = textsOf(c).office;
    const who = c.get('officer')?.id ?? '';
    const wait = guesses.take(who);
    if (wait !== null) {
      c.header('Retry-After', String(wait));
      c.status(429);
      return { field: 'sandi', text: keys.tooMany(Math.ceil(wait / 60)) };
    }
    if (await isOwnPassword(deps.db, scopeOf(c, deps), password)) {
      guesses.forget(who);
      return undefined;
    }
    c.status(422);
    return { field: 'sandi', text: keys.wrongPassword };
  }

  function answer(c: Context<LibraryEnv>, outcome: KeyChange, done: 'ganti' | 'cabut') {
    const { slug } = c.get('library');
    deps.libraries.forget(slug);
    return c.redirect(`/${slug}/pengaturan/kunci?selesai=${outcome.ok ? done : 'berubah'}`, 303);
  }

  return app;
}

function findKey(c: Context<LibraryEnv>): LibraryKey | undefined {
  const named = c.req.param('key');
  return c.get('library').keys.find((key) => hexOf(key.keyId) === named && key.state !== 'revoked');
}

/** As a person reads it aloud. */
function nameOf(key: LibraryKey): string {
  return hexOf(key.keyId).replace(/^(.{4})/, '$1 ');
}

function listPage(c: Context<LibraryEnv>, errors: readonly FieldError[]) {
  const { office, common } = textsOf(c);
  const { keys: text } = office;
  const library = c.get('library');
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const base = `/${library.slug}/pengaturan/kunci`;
  const active = library.keys.find((key) => key.state === 'active');
  const tone = { active: 'success', retired: 'neutral', revoked: 'danger' } as const;
  const done = c.req.query('selesai') ?? '';
  const time = (at: Date | null) => (at === null ? '–' : formatShortDateTime(lang, at, timezone));
  const address = `${c.get('origin')}/.well-known/card-keys/${library.slug}`;
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${text.title}` : text.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
      notices: [
        ...(done === 'ganti' || done === 'cabut'
          ? [{ tone: 'success' as const, text: text.done[done] }]
          : []),
        ...(done === 'berubah' ? [{ tone: 'warning' as const, text: text.changedMeanwhile }] : []),
      ],
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <div class="dp-panes" data-side="right">
        <div class="dp-stack">
          <DataTable<LibraryKey>
            caption={text.title}
            hiddenCaption
            rows={library.keys}
            empty={text.empty}
            stack
            columns={[
              {
                label: text.key,
                rowHeader: true,
                cell: (key) => (
                  <>
                    <span class="dp-code">{nameOf(key)}</span>
                    {key.origin === 'installation' && <p class="dp-small dp-muted">{text.former}</p>}
                  </>
                ),
              },
              {
                label: text.state,
                cell: (key) => <Tag tone={tone[key.state]}>{text.states[key.state]}</Tag>,
              },
              { label: text.made, cell: (key) => time(key.madeAt) },
              { label: text.ended, cell: (key) => time(key.revokedAt ?? key.retiredAt) },
              {
                label: text.actions,
                hiddenLabel: true,
                cell: (key) =>
                  key.state === 'revoked' ? (
                    ''
                  ) : (
                    <a
                      href={`${base}/${hexOf(key.keyId)}/cabut`}
                      aria-label={text.revoke.linkOf(nameOf(key))}
                    >
                      {text.revoke.link}
                    </a>
                  ),
              },
            ]}
          />
          <section aria-labelledby="publik" class="dp-stack" data-gap="s">
            <h2 id="publik">{text.published}</h2>
            <p>{text.publishedAbout}</p>
            <p>
              <a href={`${address}/jwks.json`} class="dp-code">
                {`${address}/jwks.json`}
              </a>
              <br />
              <a href={`${address}/cose`} class="dp-code">
                {`${address}/cose`}
              </a>
            </p>
          </section>
        </div>
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.rotate.title}</h2>
          <p>{text.rotate.about}</p>
          <input type="hidden" name="kunci" value={active ? hexOf(active.keyId) : ''} />
          <PasswordField c={c} errors={errors} />
          <Button>{text.rotate.button}</Button>
        </form>
      </div>
    </>,
  );
}

function revokePage(c: Context<LibraryEnv>, key: LibraryKey, errors: readonly FieldError[]) {
  const { office, common } = textsOf(c);
  const { keys: text } = office;
  const base = `/${c.get('library').slug}/pengaturan/kunci`;
  const title = text.revoke.title(nameOf(key));
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${title}` : title,
      back: { href: base, label: text.title },
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={title} lead={text.revoke.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <Alert tone="warning">
        {text.revoke.effect} {key.state === 'active' && text.revoke.effectActive}
      </Alert>
      <form method="post" class="dp-panel dp-stack" novalidate>
        <PasswordField c={c} errors={errors} />
        <div class="dp-actions">
          <Button tone="danger">{text.revoke.button}</Button>
          <LinkButton href={base} variant="tertiary">
            {common.action.cancel}
          </LinkButton>
        </div>
      </form>
    </div>,
  );
}

function PasswordField(props: { readonly c: Context<LibraryEnv>; readonly errors: readonly FieldError[] }) {
  const { keys: text } = textsOf(props.c).office;
  return (
    <TextField
      name="sandi"
      type="password"
      label={text.password}
      description={text.passwordHint}
      autocomplete="current-password"
      error={props.errors.find((one) => one.field === 'sandi')?.text}
      required
    />
  );
}
