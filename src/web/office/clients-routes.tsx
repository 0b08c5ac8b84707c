import { type Context, Hono } from 'hono';
import {
  DEFAULT_SIP2,
  PER_MINUTE,
  SIP2_FIELDS,
  SIP2_SCOPES,
  type Sip2Settings,
} from '../../domain/client.ts';
import type { ClientId, ServicePointId } from '../../domain/ids.ts';
import { CHARSETS } from '../../domain/sip2-grammar/text.ts';
import {
  changeSip2Client,
  createSip2Client,
  type ListedClient,
  listSip2Clients,
  revokeClient,
  rotateClient,
} from '../../usecases/manage-client.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { accountError, keptFromTyped, typedAccountOf, typedFromAccount } from './client-parts.tsx';
import { clientPage, clientsPage, type ShownSecret, type TypedClient } from './clients-page.tsx';
import { uuidOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';

const NEW: TypedClient = {
  name: '',
  servicePointId: null,
  settings: DEFAULT_SIP2,
  scopes: ['patron.read'],
  addresses: '',
  perMinute: String(PER_MINUTE.usual),
};

/** `/pengaturan/sambungan`: accounts of SIP2 devices. Each change asks who sits there. */
export function clientRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const manage = requirePermission('device.manage');
  const fresh = requireFresh(deps);
  const base = (c: Context<LibraryEnv>) => `/${c.get('library').slug}/pengaturan/sambungan`;
  const list = async (
    c: Context<LibraryEnv>,
    shown: { secret?: ShownSecret; typed?: TypedClient; errors?: readonly FieldError[] } = {},
  ) =>
    clientsPage(c, {
      rows: await listSip2Clients(deps.db, scopeOf(c, deps)),
      secret: shown.secret ?? null,
      typed: shown.typed ?? NEW,
      errors: shown.errors ?? [],
    });

  app.get('/pengaturan/sambungan', manage, (c) => list(c));

  // This and a new password answer with it instead of a redirect: it is shown once and stands in no address.
  app.post('/pengaturan/sambungan', manage, fresh, async (c) => {
    const typed = typedOf(await readForm(c));
    const outcome = await createSip2Client(deps.db, deps, scopeOf(c, deps), {
      ...typed,
      ...keptFromTyped(typed),
    });
    if (outcome.ok) return list(c, { secret: outcome });
    c.status(422);
    return list(c, { typed, errors: [accountError(c, outcome.reason)] });
  });

  app.get('/pengaturan/sambungan/:id', manage, async (c) => {
    const row = await find(c);
    return row ? clientPage(c, { row, typed: typedFrom(row), errors: [] }) : c.notFound();
  });

  app.post('/pengaturan/sambungan/:id', manage, fresh, async (c) => {
    const row = await find(c);
    if (!row) return c.notFound();
    const typed = { ...typedOf(await readForm(c)), name: row.name };
    const outcome = await changeSip2Client(deps.db, deps, scopeOf(c, deps), row.id, {
      ...typed,
      ...keptFromTyped(typed),
    });
    if (outcome.ok) return c.redirect(`${base(c)}?selesai=ubah`, 303);
    if (outcome.reason === 'not-found') return c.notFound();
    c.status(422);
    return clientPage(c, { row, typed, errors: [accountError(c, outcome.reason)] });
  });

  app.post('/pengaturan/sambungan/:id/sandi', manage, fresh, async (c) => {
    const id = uuidOf<ClientId>(c.req.param('id'));
    const outcome = id && (await rotateClient(deps.db, deps, scopeOf(c, deps), { kind: 'sip2', id }));
    return outcome?.ok ? list(c, { secret: outcome }) : c.notFound();
  });

  app.post('/pengaturan/sambungan/:id/cabut', manage, fresh, async (c) => {
    const id = uuidOf<ClientId>(c.req.param('id'));
    const outcome = id && (await revokeClient(deps.db, deps, scopeOf(c, deps), { kind: 'sip2', id }));
    return outcome?.ok ? c.redirect(`${base(c)}?selesai=cabut`, 303) : c.notFound();
  });

  async function find(c: Context<LibraryEnv>): Promise<ListedClient | undefined> {
    const id = uuidOf<ClientId>(c.req.param('id'));
    if (!id) return undefined;
    const rows = await listSip2Clients(deps.db, scopeOf(c, deps));
    return rows.find((row) => row.id === id && row.revokedAt === null);
  }

  return app;
}

function typedOf(body: FormBody): TypedClient {
  const rights = body.texts('hak');
  const fields = body.texts('isi');
  const reason = body.text('alasan');
  const settings: Sip2Settings = {
    language: body.text('bahasa') === 'en' ? 'en' : 'id',
    charset: CHARSETS.find((one) => one === body.text('karakter')) ?? DEFAULT_SIP2.charset,
    fields: SIP2_FIELDS.filter((field) => fields.includes(field)),
    numbers: rights.includes('numbers'),
    attended: rights.includes('attended'),
    blockReason: reason === '' ? null : reason,
  };
  return {
    ...typedAccountOf(body),
    servicePointId: uuidOf<ServicePointId>(body.text('titik')) ?? ('' as ServicePointId),
    settings,
    scopes: SIP2_SCOPES.filter(
      (scope) => scope === 'patron.read' || rights.includes(scope.replace('patron.', '')),
    ),
  };
}

function typedFrom(row: ListedClient): TypedClient {
  const { servicePointId, settings, scopes } = row;
  return { ...typedFromAccount(row), servicePointId, settings, scopes };
}
