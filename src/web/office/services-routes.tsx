import { type Context, Hono } from 'hono';
import type { ClientId } from '../../domain/ids.ts';
import {
  DEFAULT_SERVICE,
  SERVICE_ALGORITHMS,
  SERVICE_METHODS,
  SERVICE_SCOPES,
  type ServiceProblem,
} from '../../domain/service.ts';
import { type AccountProblem, revokeClient } from '../../usecases/manage-client.ts';
import { listOidcKeys, rotateOidcKeys } from '../../usecases/oidc-keys.ts';
import { changeService, createService, type ListedService, listServices } from '../../usecases/service.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireEveryFactor, requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { issuerOf } from '../oidc/provider.ts';
import { smallForms } from '../public/form-routes.tsx';
import { accountError } from './client-parts.tsx';
import { uuidOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';
import { type ShownService, servicePage, servicesPage, type TypedService } from './services-page.tsx';

const PATH = '/pengaturan/masuk-layanan';
const NEW: TypedService = { name: '', scopes: SERVICE_SCOPES, settings: DEFAULT_SERVICE };

/** `/pengaturan/masuk-layanan`: services that members sign in to. Each change asks who sits there, and one of how a service signs in for a whole sign-in. */
export function serviceRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const manage = requirePermission('device.manage');
  const fresh = requireFresh(deps);
  const whole = requireEveryFactor(deps);
  const back = (c: Context<LibraryEnv>, done: string) =>
    c.redirect(`/${c.get('library').slug}${PATH}?selesai=${done}`, 303);
  const list = async (
    c: Context<LibraryEnv>,
    shown: { made?: ShownService; typed?: TypedService; errors?: readonly FieldError[] } = {},
  ) =>
    servicesPage(c, {
      rows: await listServices(deps.db, scopeOf(c, deps)),
      keys: await listOidcKeys(deps.db, c.get('library')),
      issuer: issuerOf(c.get('library'), c.get('origin')),
      made: shown.made ?? null,
      typed: shown.typed ?? NEW,
      errors: shown.errors ?? [],
    });

  app.get(PATH, manage, (c) => list(c));

  // Answers with the secret instead of a redirect: it is shown once and stands in no address.
  app.post(PATH, manage, smallForms(), fresh, async (c) => {
    const typed = typedOf(await readForm(c));
    const outcome = await createService(deps.db, deps, scopeOf(c, deps), typed);
    if (outcome.ok) return list(c, { made: { name: typed.name, id: outcome.id, secret: outcome.secret } });
    c.status(422);
    return list(c, { typed: shownAgain(typed, outcome.reason), errors: [errorOf(c, outcome.reason)] });
  });

  app.post(`${PATH}/kunci`, requirePermission('setting.change'), smallForms(), fresh, async (c) => {
    await rotateOidcKeys(deps.db, deps, scopeOf(c, deps));
    return back(c, 'kunci');
  });

  app.get(`${PATH}/:id`, manage, async (c) => {
    const row = await find(c);
    return row ? servicePage(c, { row, typed: row, errors: [] }) : c.notFound();
  });

  // Its public keys are how it signs in.
  app.post(`${PATH}/:id`, manage, smallForms(), whole, async (c) => {
    const row = await find(c);
    if (!row) return c.notFound();
    const read = typedOf(await readForm(c));
    const { method } = row.settings;
    const typed = { ...read, name: row.name, settings: { ...read.settings, method } };
    const outcome = await changeService(deps.db, deps, scopeOf(c, deps), row.id, typed);
    if (outcome.ok) return back(c, 'ubah');
    if (outcome.reason === 'not-found') return c.notFound();
    c.status(422);
    const shown = shownAgain(typed, outcome.reason);
    return servicePage(c, { row, typed: shown, errors: [errorOf(c, outcome.reason)] });
  });

  app.post(`${PATH}/:id/cabut`, manage, smallForms(), fresh, async (c) => {
    const id = uuidOf<ClientId>(c.req.param('id'));
    const outcome = id && (await revokeClient(deps.db, deps, scopeOf(c, deps), { kind: 'oidc', id }));
    return outcome?.ok ? back(c, 'cabut') : c.notFound();
  });

  async function find(c: Context<LibraryEnv>): Promise<ListedService | undefined> {
    const id = uuidOf<ClientId>(c.req.param('id'));
    const rows = id ? await listServices(deps.db, scopeOf(c, deps)) : [];
    return rows.find((one) => one.id === id && one.revokedAt === null);
  }

  return app;
}

const FIELD_OF: Readonly<Record<ServiceProblem, string>> = {
  'title-invalid': 'judul',
  'redirect-invalid': 'kembali',
  'redirect-mixed': 'kembali',
  'keys-invalid': 'kunci_publik',
  'keys-private': 'kunci_publik',
};

function isOfService(reason: AccountProblem | ServiceProblem): reason is ServiceProblem {
  return reason in FIELD_OF;
}

function errorOf(c: Context<LibraryEnv>, reason: AccountProblem | ServiceProblem): FieldError {
  const { problems } = textsOf(c).signIn.office;
  return isOfService(reason) ? { field: FIELD_OF[reason], text: problems[reason] } : accountError(c, reason);
}

/** What was typed, but a private key: a page that shows it once more is one place more where it stands. */
function shownAgain(typed: TypedService, reason: AccountProblem | ServiceProblem): TypedService {
  return reason === 'keys-private' ? { ...typed, settings: { ...typed.settings, keys: '' } } : typed;
}

function typedOf(body: FormBody): TypedService {
  const scopes = body.texts('data');
  const rights = body.texts('hak');
  const lines = (name: string) =>
    body
      .text(name)
      .split(/\s+/)
      .filter((one) => one !== '');
  return {
    name: body.text('nama').trim().toLowerCase(),
    scopes: SERVICE_SCOPES.filter((one) => scopes.includes(one)),
    settings: {
      title: body.text('judul').trim(),
      method: SERVICE_METHODS.find((one) => one === body.text('cara')) ?? DEFAULT_SERVICE.method,
      keys: body.text('kunci_publik').trim(),
      redirects: lines('kembali'),
      afterLogout: lines('keluar'),
      ask: body.text('izin') === 'always' ? 'always' : 'once',
      admits: body.text('siapa') === 'all' ? 'all' : 'active',
      children: rights.includes('children'),
      algorithm:
        SERVICE_ALGORITHMS.find((one) => one === body.text('algoritma')) ?? DEFAULT_SERVICE.algorithm,
      offline: rights.includes('offline'),
      paused: rights.includes('paused'),
    },
  };
}
