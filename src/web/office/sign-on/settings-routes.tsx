import { type Context, Hono } from 'hono';
import type { ProviderFault, TrialNote } from '../../../interop/oidc/relying-party.ts';
import {
  readProvider,
  removeProvider,
  saveProvider,
  takeForTrial,
} from '../../../usecases/sign-on-provider.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { type FormBody, readForm } from '../../form-body.ts';
import { requireEveryFactor } from '../../middleware/fresh.ts';
import { requirePermission } from '../../middleware/session.ts';
import { versionOf } from '../input.ts';
import { partyOf, redirectUriOf } from './flow.ts';
import { PROVIDER_FIELDS, type ProviderPageState, providerPage } from './settings-page.tsx';

/** `/pengaturan/penyedia`: the government's identity provider for staff. */
export function providerRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const manage = requirePermission('setting.change');
  const whole = requireEveryFactor(deps);
  const shown = async (c: Context<LibraryEnv>, state: ProviderPageState) =>
    providerPage(c, {
      ...state,
      provider: await readProvider(deps.db, scopeOf(c, deps)),
      redirectUri: redirectUriOf(c, c.get('library')),
    });

  app.get('/pengaturan/penyedia', manage, (c) => shown(c, {}));

  app.post('/pengaturan/penyedia', manage, whole, async (c) => {
    const body = await readForm(c);
    const typed = typedOf(body);
    const saved = await saveProvider(deps.db, deps, scopeOf(c, deps), {
      typed,
      version: versionOf(body.text('versi')) ?? 0,
      loopback: deps.loopbackProviders ?? false,
    });
    if (saved.ok) return c.redirect(`/${c.get('library').slug}/pengaturan/penyedia?selesai=simpan`, 303);
    if (saved.reason === 'not-allowed') return c.notFound();
    c.status(saved.reason === 'changed-meanwhile' ? 409 : 422);
    return shown(c, {
      typed,
      ...(saved.reason === 'invalid' ? { problems: saved.problems } : { refusal: saved.reason }),
    });
  });

  // Answers on the spot, as what it found stands in no address.
  app.post('/pengaturan/penyedia/uji', manage, async (c) => {
    const library = c.get('library');
    const provider = await takeForTrial(deps.db, deps, scopeOf(c, deps));
    if (!provider) return c.redirect(`/${library.slug}/pengaturan/penyedia`, 303);
    const trial: Trial = await partyOf(deps, library, provider).tryOut(redirectUriOf(c, library));
    return shown(c, { trial });
  });

  app.post('/pengaturan/penyedia/hapus', manage, whole, async (c) => {
    const removed = await removeProvider(deps.db, deps, scopeOf(c, deps));
    const done = removed.ok ? '?selesai=hapus' : '';
    return c.redirect(`/${c.get('library').slug}/pengaturan/penyedia${done}`, 303);
  });

  return app;
}

export type Trial =
  | { readonly ok: true; readonly notes: readonly TrialNote[] }
  | { readonly ok: false; readonly reason: ProviderFault };

function typedOf(body: FormBody) {
  const text = (field: keyof typeof PROVIDER_FIELDS) => body.text(PROVIDER_FIELDS[field]);
  const ticked = body.texts('aturan');
  return {
    name: text('name'),
    issuer: text('issuer'),
    clientId: text('clientId'),
    secret: text('secret'),
    scopes: text('scopes'),
    claim: text('claim'),
    emailDomain: text('emailDomain'),
    secondFactor: text('secondFactor'),
    required: ticked.includes('wajib'),
    privateAddress: ticked.includes('jaringan'),
    active: ticked.includes('aktif'),
  };
}
