import { type Context, Hono } from 'hono';
import type { LibraryKey } from '../../db/library-key.ts';
import { hexOf } from '../../domain/published-keys.ts';
import { formatShortDateTime } from '../../i18n/format.ts';
import { type KeyChange, revokeKey, rotateKey } from '../../usecases/library-keys.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { smallForms } from '../public/form-routes.tsx';
import { officePage } from './office-page.tsx';

/** `/{library}/pengaturan/kunci`: the keys that sign cards; each change asks the admin again, as `requireFresh` does. */
export function keyRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const change = requirePermission('setting.change');
  const fresh = requireFresh(deps);

  app.get('/pengaturan/kunci', change, (c) => listPage(c));

  app.post('/pengaturan/kunci', change, smallForms(), fresh, async (c) => {
    const body = await readForm(c);
    return answer(c, await rotateKey(deps.db, deps, scopeOf(c, deps), body.text('kunci_aktif')), 'ganti');
  });

  app.get('/pengaturan/kunci/:key/cabut', change, (c) => {
    const key = findKey(c);
    return key ? revokePage(c, key) : c.notFound();
  });

  app.post('/pengaturan/kunci/:key/cabut', change, smallForms(), fresh, async (c) => {
    const key = findKey(c);
    if (!key) return c.notFound();
    return answer(c, await revokeKey(deps.db, deps, scopeOf(c, deps), hexOf(key.keyId)), 'cabut');
  });

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

function listPage(c: Context<LibraryEnv>) {
  const { office } = textsOf(c);
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
      title: text.title,
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
          <input type="hidden" name="kunci_aktif" value={active ? hexOf(active.keyId) : ''} />
          <Button>{text.rotate.button}</Button>
        </form>
      </div>
    </>,
  );
}

function revokePage(c: Context<LibraryEnv>, key: LibraryKey) {
  const { office, common } = textsOf(c);
  const { keys: text } = office;
  const base = `/${c.get('library').slug}/pengaturan/kunci`;
  const title = text.revoke.title(nameOf(key));
  return officePage(
    c,
    {
      area: 'settings',
      title,
      back: { href: base, label: text.title },
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={title} lead={text.revoke.lead} />
      <Alert tone="warning">
        {text.revoke.effect} {key.state === 'active' && text.revoke.effectActive}
      </Alert>
      <form method="post" class="dp-panel dp-stack" novalidate>
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
