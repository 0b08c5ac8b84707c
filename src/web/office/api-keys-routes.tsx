import { type Context, Hono } from 'hono';
import { API_SCOPES, DEFAULT_API } from '../../domain/api-scope.ts';
import { PER_MINUTE } from '../../domain/client.ts';
import type { ClientId } from '../../domain/ids.ts';
import { createApiKey, listApiKeys } from '../../usecases/api-key.ts';
import { type AccountProblem, revokeClient } from '../../usecases/manage-client.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { apiKeysPage, type ShownKey, type TypedKey } from './api-keys-page.tsx';
import { uuidOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';

const FIELD_OF: Readonly<Record<AccountProblem, string>> = {
  'name-invalid': 'nama',
  'name-taken': 'nama',
  'unknown-service-point': 'titik',
  'address-invalid': 'alamat',
  'pace-invalid': 'laju',
  'unknown-reason': 'hak',
};

const NEW: TypedKey = {
  name: '',
  scopes: [],
  settings: DEFAULT_API,
  addresses: '',
  perMinute: String(PER_MINUTE.usual),
};

/** `/pengaturan/kunci-program`: keys of programs that ask at `/api/v1`. Each change asks who sits there. */
export function apiKeyRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const manage = requirePermission('device.manage');
  const fresh = requireFresh(deps);
  const list = async (
    c: Context<LibraryEnv>,
    shown: { key?: ShownKey; typed?: TypedKey; errors?: readonly FieldError[] } = {},
  ) => {
    c.header('Cache-Control', 'no-store');
    return apiKeysPage(c, {
      rows: await listApiKeys(deps.db, scopeOf(c, deps)),
      key: shown.key ?? null,
      typed: shown.typed ?? NEW,
      errors: shown.errors ?? [],
    });
  };

  app.get('/pengaturan/kunci-program', manage, (c) => list(c));

  // Answers with the key instead of a redirect: it is shown once and stands in no address.
  app.post('/pengaturan/kunci-program', manage, fresh, async (c) => {
    const typed = typedOf(await readForm(c));
    const outcome = await createApiKey(deps.db, deps, scopeOf(c, deps), {
      name: typed.name,
      scopes: typed.scopes,
      settings: typed.settings,
      addresses: typed.addresses.split(/[\s,]+/).filter((one) => one !== ''),
      perMinute: /^\d{1,7}$/.test(typed.perMinute) ? Number(typed.perMinute) : Number.NaN,
      servicePointId: null,
    });
    if (outcome.ok) return list(c, { key: { name: typed.name, key: outcome.key } });
    c.status(422);
    const { reason } = outcome;
    const text = textsOf(c).clients.problems[reason];
    return list(c, { typed, errors: [{ field: FIELD_OF[reason], text }] });
  });

  app.post('/pengaturan/kunci-program/:id/cabut', manage, fresh, async (c) => {
    const id = uuidOf<ClientId>(c.req.param('id'));
    const keys = id ? await listApiKeys(deps.db, scopeOf(c, deps)) : [];
    if (!id || !keys.some((one) => one.id === id && one.revokedAt === null)) return c.notFound();
    await revokeClient(deps.db, deps, scopeOf(c, deps), { id });
    return c.redirect(`/${c.get('library').slug}/pengaturan/kunci-program?selesai=cabut`, 303);
  });

  return app;
}

function typedOf(body: FormBody): TypedKey {
  const scopes = body.texts('hak');
  const rights = body.texts('cara');
  return {
    name: body.text('nama').trim().toLowerCase(),
    scopes: API_SCOPES.filter((scope) => scopes.includes(scope)),
    settings: {
      language: body.text('bahasa') === 'en' ? 'en' : 'id',
      numbers: rights.includes('numbers'),
      attended: rights.includes('attended'),
    },
    addresses: body.text('alamat'),
    perMinute: body.text('laju').trim(),
  };
}
