import { type Context, Hono } from 'hono';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatDate, formatDateTime } from '../../i18n/format.ts';
import {
  addPasskey,
  beginPasskey,
  listPasskeys,
  removePasskey,
  renamePasskey,
} from '../../usecases/passkey.ts';
import { ownFactors } from '../../usecases/second-factor.ts';
import { type ListedPasskey, PASSKEY_LABEL_MAX, passkeysPossible } from '../../usecases/webauthn.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Details } from '../components/details.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireEveryFactor } from '../middleware/fresh.ts';
import { requireOfficer } from '../middleware/session.ts';
import { PasskeyForm, passkeyAnswerOf } from '../passkey-form.tsx';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

/** `/{library}/kunci-sandi`: the officer's own passkeys, to add, name and remove. */
export function passkeyRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const own = requireOfficer();
  const whole = requireEveryFactor(deps);

  app.get('/kunci-sandi', own, (c) => page(c, deps, { label: '', errors: [] }));

  app.post('/kunci-sandi', own, whole, async (c) => {
    const body = await readForm(c);
    const { passkey: text } = textsOf(c).doors;
    const label = body.text('nama');
    const outcome = await addPasskey(deps.db, deps, scopeOf(c, deps), {
      ...passkeyAnswerOf(c, body),
      label,
      token: c.get('sessionToken') ?? '',
    });
    if (outcome.ok) {
      const { codesLeft } = await ownFactors(deps.db, scopeOf(c, deps));
      const { slug } = c.get('library');
      // Whoever has only this device now is led to the codes that help when it is lost.
      return c.redirect(`/${slug}/${codesLeft === 0 ? 'faktor-kedua' : 'kunci-sandi'}?selesai=tambah`, 303);
    }
    c.status(422);
    const words = {
      refused: text.notMade,
      'too-many': text.tooMany,
      'label-missing': text.labelMissing(PASSKEY_LABEL_MAX),
    };
    return page(c, deps, { label, errors: [{ field: 'nama', text: words[outcome.reason] }] });
  });

  app.post('/kunci-sandi/nama', own, async (c) => {
    const body = await readForm(c);
    const { passkey: text } = textsOf(c).doors;
    const id = body.text('id');
    const outcome = await renamePasskey(deps.db, deps, scopeOf(c, deps), {
      id,
      label: body.text('nama-baru'),
    });
    if (!outcome.ok && outcome.reason === 'label-missing') {
      c.status(422);
      const errors = [{ field: `nama-${id}`, text: text.labelMissing(PASSKEY_LABEL_MAX) }];
      return page(c, deps, { label: '', errors });
    }
    return back(c, outcome.ok ? 'nama' : '');
  });

  app.post('/kunci-sandi/hapus', own, whole, async (c) => {
    const body = await readForm(c);
    const outcome = await removePasskey(
      deps.db,
      deps,
      scopeOf(c, deps),
      body.text('id'),
      c.get('sessionToken') ?? '',
    );
    return back(c, outcome.ok ? 'hapus' : '');
  });

  return app;
}

function back(c: Context<LibraryEnv>, done: string) {
  return c.redirect(`/${c.get('library').slug}/kunci-sandi${done === '' ? '' : `?selesai=${done}`}`, 303);
}

async function page(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  state: { readonly label: string; readonly errors: readonly FieldError[] },
) {
  const { common, doors, office } = textsOf(c);
  const { passkey: text } = doors;
  const { slug } = c.get('library');
  const lang = c.get('lang');
  const { timezone } = c.get('library').settings.profile;
  const base = `/${slug}/kunci-sandi`;
  const scope = scopeOf(c, deps);
  const officer = c.get('officer');
  const possible = passkeysPossible(c.get('origin'));
  const rows = await listPasskeys(deps.db, scope);
  const task =
    possible && officer !== null
      ? await beginPasskey(deps.db, deps, scope, {
          username: officer.username,
          name: officer.name,
          origin: c.get('origin'),
        })
      : undefined;
  const said = (text.done as Readonly<Record<string, string>>)[c.req.query('selesai') ?? ''];
  const errorAt = (field: string) => state.errors.find((error) => error.field === field)?.text;
  return officePage(
    c,
    {
      area: null,
      title: state.errors.length > 0 ? `${common.error.summaryTitle}: ${text.title}` : text.title,
      back: { href: `/${slug}/faktor-kedua`, label: office.factor.title },
      notices: said === undefined ? [] : [{ tone: 'success', text: said }],
      islands: ['passkey-door'],
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={state.errors} />
      <div class="dp-panes" data-side="right">
        <DataTable<ListedPasskey>
          caption={text.list}
          hiddenCaption
          rows={rows}
          empty={text.empty}
          stack
          columns={[
            {
              label: text.label,
              rowHeader: true,
              cell: (row) => (
                <>
                  {row.label} {row.synced && <Tag>{text.synced}</Tag>}
                </>
              ),
            },
            { label: text.where, cell: (row) => row.rpId },
            { label: text.made, cell: (row) => formatDate(lang, plainDateIn(timezone, row.createdAt)) },
            {
              label: text.used,
              cell: (row) =>
                row.lastUsedAt === null ? text.never : formatDateTime(lang, row.lastUsedAt, timezone),
            },
            {
              label: text.actions,
              hiddenLabel: true,
              cell: (row) => (
                <div class="dp-stack" data-gap="s">
                  <Details
                    summary={text.change}
                    open={errorAt(`nama-${row.id}`) !== undefined}
                    attrs={{ 'data-variant': 'plain' }}
                  >
                    <form method="post" action={`${base}/nama`} class="dp-stack" data-gap="s" novalidate>
                      <input type="hidden" name="id" value={row.id} />
                      <TextField
                        name="nama-baru"
                        id={`nama-${row.id}`}
                        label={text.changeOf(row.label)}
                        value={row.label}
                        maxlength={PASSKEY_LABEL_MAX}
                        error={errorAt(`nama-${row.id}`)}
                        required
                      />
                      <div>
                        <Button variant="secondary">{text.save}</Button>
                      </div>
                    </form>
                  </Details>
                  <form method="post" action={`${base}/hapus`} class="dp-row-buttons">
                    <input type="hidden" name="id" value={row.id} />
                    <Button
                      variant="tertiary"
                      tone="danger"
                      attrs={{ 'aria-label': text.removeOf(row.label) }}
                    >
                      {text.remove}
                    </Button>
                  </form>
                </div>
              ),
            },
          ]}
        />
        <section class="dp-panel dp-stack" aria-labelledby="tambah">
          <h2 id="tambah">{text.add}</h2>
          <p>{text.addAbout}</p>
          {task ? (
            <>
              <noscript>
                <Alert tone="info">{text.noScript}</Alert>
              </noscript>
              <PasskeyForm
                c={c}
                action={base}
                task={task}
                kind="make"
                button={text.addButton}
                variant="primary"
              >
                <TextField
                  name="nama"
                  label={text.label}
                  description={text.labelHint}
                  value={state.label}
                  maxlength={PASSKEY_LABEL_MAX}
                  error={errorAt('nama')}
                  required
                />
              </PasskeyForm>
            </>
          ) : (
            <Alert tone="info">{text.impossible}</Alert>
          )}
        </section>
      </div>
    </>,
  );
}
