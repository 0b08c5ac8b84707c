import { type Context, Hono } from 'hono';
import { API_SCOPES, type ApiAccount, DEFAULT_API } from '../../domain/api-scope.ts';
import { PER_MINUTE } from '../../domain/client.ts';
import type { ClientId } from '../../domain/ids.ts';
import { changeApiKey, createApiKey, type ListedKey, listApiKeys } from '../../usecases/api-key.ts';
import { revokeClient } from '../../usecases/manage-client.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { apiKeyPage, apiKeysPage, type ShownKey, type TypedKey } from './api-keys-page.tsx';
import { accountError, keptFromTyped, typedAccountOf, typedFromAccount } from './client-parts.tsx';
import { uuidOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';

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
  const base = (c: Context<LibraryEnv>) => `/${c.get('library').slug}/pengaturan/kunci-program`;
  const list = async (
    c: Context<LibraryEnv>,
    shown: { key?: ShownKey; typed?: TypedKey; errors?: readonly FieldError[] } = {},
  ) =>
    apiKeysPage(c, {
      rows: await listApiKeys(deps.db, scopeOf(c, deps)),
      key: shown.key ?? null,
      typed: shown.typed ?? NEW,
      errors: shown.errors ?? [],
    });

  app.get('/pengaturan/kunci-program', manage, (c) => list(c));

  // Answers with the key instead of a redirect: it is shown once and stands in no address.
  app.post('/pengaturan/kunci-program', manage, fresh, async (c) => {
    const typed = typedOf(await readForm(c));
    const outcome = await createApiKey(deps.db, deps, scopeOf(c, deps), accountOf(typed));
    if (outcome.ok) return list(c, { key: { name: typed.name, key: outcome.key } });
    c.status(422);
    return list(c, { typed, errors: [accountError(c, outcome.reason)] });
  });

  app.get('/pengaturan/kunci-program/:id', manage, async (c) => {
    const row = await find(c);
    return row ? apiKeyPage(c, { row, typed: typedFrom(row), errors: [] }) : c.notFound();
  });

  app.post('/pengaturan/kunci-program/:id', manage, fresh, async (c) => {
    const row = await find(c);
    if (!row) return c.notFound();
    const typed = { ...typedOf(await readForm(c)), name: row.name };
    const account = { ...accountOf(typed), servicePointId: row.servicePointId };
    const outcome = await changeApiKey(deps.db, deps, scopeOf(c, deps), row.id, account);
    if (outcome.ok) return c.redirect(`${base(c)}?selesai=ubah`, 303);
    if (outcome.reason === 'not-found') return c.notFound();
    c.status(422);
    return apiKeyPage(c, { row, typed, errors: [accountError(c, outcome.reason)] });
  });

  app.post('/pengaturan/kunci-program/:id/cabut', manage, fresh, async (c) => {
    const id = uuidOf<ClientId>(c.req.param('id'));
    const outcome = id && (await revokeClient(deps.db, deps, scopeOf(c, deps), { kind: 'api', id }));
    return outcome?.ok ? c.redirect(`${base(c)}?selesai=cabut`, 303) : c.notFound();
  });

  async function find(c: Context<LibraryEnv>): Promise<ListedKey | undefined> {
    const id = uuidOf<ClientId>(c.req.param('id'));
    const keys = id ? await listApiKeys(deps.db, scopeOf(c, deps)) : [];
    return keys.find((one) => one.id === id && one.revokedAt === null);
  }

  return app;
}

function accountOf(typed: TypedKey): ApiAccount {
  const { scopes, settings } = typed;
  return { ...keptFromTyped(typed), scopes, settings, servicePointId: null };
}

function typedFrom(row: ListedKey): TypedKey {
  return { ...typedFromAccount(row), scopes: row.scopes, settings: row.settings };
}

function typedOf(body: FormBody): TypedKey {
  const scopes = body.texts('hak');
  const rights = body.texts('cara');
  return {
    ...typedAccountOf(body),
    scopes: API_SCOPES.filter((scope) => scopes.includes(scope)),
    settings: {
      language: body.text('bahasa') === 'en' ? 'en' : 'id',
      numbers: rights.includes('numbers'),
      attended: rights.includes('attended'),
    },
  };
}
