import { type Context, Hono } from 'hono';
import type { WebhookId, WebhookMessageId } from '../../../domain/ids.ts';
import { instantOf } from '../../../domain/opening-hours.ts';
import {
  type MessageState,
  WEBHOOK_KINDS,
  type WebhookChoice,
  type WebhookProblem,
} from '../../../domain/webhook.ts';
import {
  changeWebhook,
  createWebhook,
  removeWebhook,
  replayWebhook,
  rotateWebhook,
  setWebhookState,
  testWebhook,
} from '../../../usecases/manage-webhook.ts';
import { type ListedWebhook, listWebhooks, readWebhookLog } from '../../../usecases/read-webhooks.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { type FormBody, readForm, timeShown } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requireFresh } from '../../middleware/fresh.ts';
import { requirePermission } from '../../middleware/session.ts';
import { dateOf, uuidOf, versionOf } from '../input.ts';
import type { FieldError } from '../member-action-page.tsx';
import type { Notice } from '../office-page.tsx';
import { webhooksPage } from './list-page.tsx';
import { type ReceiverView, receiverPage } from './receiver-page.tsx';

const FIELD_OF: Readonly<Record<WebhookProblem | 'too-many', string>> = {
  'name-wrong': 'nama',
  'name-taken': 'nama',
  'url-wrong': 'alamat',
  'url-plain': 'alamat',
  'url-inside': 'alamat',
  'kinds-missing': 'kejadian',
  'too-many': 'nama',
};

const NEW: WebhookChoice = { name: '', url: '', inside: false, kinds: WEBHOOK_KINDS };
const STATES: readonly MessageState[] = ['waiting', 'delivered', 'failed'];
/** Of a row's place in the log: what a bigint holds. */
const PLACE = /^\d{1,18}$/;

/** `/pengaturan/webhook`: programs that are told what happened. Where they are and their secrets ask who sits there. */
export function webhookRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const manage = requirePermission('device.manage');
  const fresh = requireFresh(deps);
  const base = (c: Context<LibraryEnv>) => `/${c.get('library').slug}/pengaturan/webhook`;
  const scope = (c: Context<LibraryEnv>) => scopeOf(c, deps);

  const list = async (
    c: Context<LibraryEnv>,
    shown: { typed?: WebhookChoice; errors?: readonly FieldError[] } = {},
  ) =>
    webhooksPage(c, {
      rows: await listWebhooks(deps.db, scope(c)),
      typed: shown.typed ?? NEW,
      errors: shown.errors ?? [],
      notices: noticesOf(c),
    });

  const show = async (
    c: Context<LibraryEnv>,
    id: WebhookId,
    more: Partial<Pick<ReceiverView, 'typed' | 'errors' | 'since' | 'secret'>> & {
      readonly notices?: readonly Notice[];
    } = {},
  ) => {
    const row = await find(c, id);
    if (!row) return c.notFound();
    const before = c.req.query('sebelum') ?? '';
    const filter = {
      state: STATES.find((state) => state === c.req.query('keadaan')) ?? null,
      before: PLACE.test(before) ? before : null,
    };
    c.header('Cache-Control', 'no-store');
    return receiverPage(c, {
      row,
      typed: more.typed ?? row,
      since: more.since ?? '',
      errors: more.errors ?? [],
      notices: more.notices ?? noticesOf(c),
      secret: more.secret ?? null,
      log: await readWebhookLog(deps.db, scope(c), id, filter),
      filter,
    });
  };

  async function find(c: Context<LibraryEnv>, id: WebhookId): Promise<ListedWebhook | undefined> {
    const rows = await listWebhooks(deps.db, scope(c));
    return rows.find((row) => row.id === id);
  }

  app.get('/pengaturan/webhook', manage, (c) => list(c));

  // This and a new secret answer with it instead of a redirect: it is shown once and stands in no address.
  app.post('/pengaturan/webhook', manage, fresh, async (c) => {
    const typed = typedOf(await readForm(c));
    const made = await createWebhook(deps.db, deps, scope(c), typed);
    if (made.ok) return show(c, made.id, { secret: made.secret });
    c.status(422);
    return list(c, { typed, errors: [errorOf(c, made.reason)] });
  });

  app.get('/pengaturan/webhook/:id', manage, (c) => {
    const id = idOf(c);
    return id ? show(c, id) : c.notFound();
  });

  app.post('/pengaturan/webhook/:id', manage, fresh, async (c) => {
    const id = idOf(c);
    if (!id) return c.notFound();
    const body = await readForm(c);
    const typed = typedOf(body);
    const version = versionOf(body.text('versi')) ?? 0;
    const changed = await changeWebhook(deps.db, deps, scope(c), { id, version }, typed);
    if (changed.ok) return back(c, id, 'ubah');
    if (changed.reason === 'not-found') return c.notFound();
    if (changed.reason === 'changed-meanwhile') {
      c.status(409);
      const text = textsOf(c).webhooks.changedMeanwhile;
      return show(c, id, { typed, notices: [{ tone: 'danger', text }] });
    }
    c.status(422);
    return show(c, id, { typed, errors: [errorOf(c, changed.reason)] });
  });

  app.post('/pengaturan/webhook/:id/rahasia', manage, fresh, async (c) => {
    const id = idOf(c);
    const shown = timeShown(await readForm(c), 'diganti');
    const made = id && (await rotateWebhook(deps.db, deps, scope(c), id, shown));
    return id && made?.ok ? show(c, id, { secret: made.secret }) : c.notFound();
  });

  app.post('/pengaturan/webhook/:id/hapus', manage, fresh, async (c) => {
    const id = idOf(c);
    const removed = id && (await removeWebhook(deps.db, deps, scope(c), id));
    return removed?.ok ? c.redirect(`${base(c)}?selesai=hapus`, 303) : c.notFound();
  });

  for (const [path, state] of [
    ['jeda', 'paused'],
    ['teruskan', 'active'],
  ] as const)
    app.post(`/pengaturan/webhook/:id/${path}`, manage, async (c) => {
      const id = idOf(c);
      const set = id && (await setWebhookState(deps.db, deps, scope(c), id, state));
      return id && set?.ok ? back(c, id, path) : c.notFound();
    });

  app.post('/pengaturan/webhook/:id/uji', manage, async (c) => {
    const id = idOf(c);
    const sent = id && (await testWebhook(deps.db, deps, scope(c), id));
    if (!id || !sent || (!sent.ok && sent.reason === 'not-found')) return c.notFound();
    return back(c, id, sent.ok ? 'uji' : 'bukan-aktif');
  });

  app.post('/pengaturan/webhook/:id/ulang', manage, async (c) => {
    const id = idOf(c);
    if (!id) return c.notFound();
    const body = await readForm(c);
    const message = uuidOf<WebhookMessageId>(body.text('kejadian'));
    const { date, text: since } = dateOf(body, 'sejak');
    const { timezone } = c.get('library').settings.profile;
    const which = message ? { message } : date && { since: new Date(instantOf(date, 0, timezone)) };
    if (!which) {
      c.status(422);
      const text = textsOf(c).webhooks.problems['date-wrong'];
      return show(c, id, { since, errors: [{ field: 'sejak', text }] });
    }
    const replayed = await replayWebhook(deps.db, deps, scope(c), id, which);
    return replayed.ok ? back(c, id, 'ulang') : c.notFound();
  });

  function back(c: Context<LibraryEnv>, id: WebhookId, done: string) {
    return c.redirect(`${base(c)}/${id}?selesai=${done}`, 303);
  }

  return app;
}

function idOf(c: Context<LibraryEnv>): WebhookId | undefined {
  return uuidOf<WebhookId>(c.req.param('id'));
}

function noticesOf(c: Context<LibraryEnv>): readonly Notice[] {
  const { done } = textsOf(c).webhooks;
  const key = (Object.keys(done) as (keyof typeof done)[]).find((one) => one === c.req.query('selesai'));
  if (key === undefined) return [];
  return [{ tone: key === 'bukan-aktif' ? 'warning' : 'success', text: done[key] }];
}

function typedOf(body: FormBody): WebhookChoice {
  const kinds = body.texts('kejadian');
  return {
    name: body.text('nama'),
    url: body.text('alamat').trim(),
    inside: body.text('dalam') === 'ya',
    kinds: WEBHOOK_KINDS.filter((kind) => kinds.includes(kind)),
  };
}

function errorOf(c: Context<LibraryEnv>, reason: WebhookProblem | 'too-many'): FieldError {
  return { field: FIELD_OF[reason], text: textsOf(c).webhooks.problems[reason] };
}
