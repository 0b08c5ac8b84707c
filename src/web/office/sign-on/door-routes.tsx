import { type Context, Hono } from 'hono';
import type { NamedPerson, ProviderFault } from '../../../interop/oidc/relying-party.ts';
import { SIGN_IN_MAX_AGE_S } from '../../../interop/oidc/relying-party.ts';
import type { LibraryContext, Scope } from '../../../usecases/context.ts';
import { findSession } from '../../../usecases/session.ts';
import {
  confirmByProvider,
  linkOwnAccount,
  recordRefusedAnswer,
  type SignOnRefusal,
  signInByProvider,
  spendState,
} from '../../../usecases/sign-on.ts';
import { type OpenProvider, openProvider } from '../../../usecases/sign-on-provider.ts';
import { Alert } from '../../components/alert.tsx';
import { LinkButton } from '../../components/button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { PublicLayout } from '../../components/public-layout.tsx';
import { type LibraryEnv, type SiteEnv, scopeOf, type WebDeps } from '../../env.ts';
import { layoutLibrary, siteFrame, textsOf } from '../../frame.tsx';
import { sessionCookie, setSessionCookie } from '../../middleware/session.ts';
import { networkOf } from '../../network.ts';
import { openRateLimit } from '../../rate-limit.ts';
import { waitPage } from '../../wait-page.tsx';
import { isInside } from '../inside.ts';
import { codePage } from '../sign-in-pages.tsx';
import { letIn } from '../sign-in-routes.tsx';
import { beginFlow, FLOW_MS, type Flow, partyOf, redirectUriOf, sessionMark, takeFlow } from './flow.ts';

/** Clocks of two machines. */
const SKEW_MS = 60_000;

/** What went wrong, in the words of `signOn.refusals`. */
export type DoorProblem = ProviderFault | SignOnRefusal | 'no-provider' | 'state' | 'taken' | 'other-person';

/** `/masuk/penyedia/{library}`: to the government's identity provider, and back with its answer. */
export function signOnDoorRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  // Nothing can be guessed here; this keeps a program gone wild from keeping us and the provider busy.
  const tries = openRateLimit({
    points: 120,
    seconds: 15 * 60,
    shared: { name: 'sign-on', exchange: deps.rates },
  });
  const limited = async (c: Context<SiteEnv>): Promise<Response | undefined> => {
    const wait = tries.take(networkOf(c.get('clientAddress')));
    return wait === null ? undefined : waitPage(c, wait);
  };

  app.get('/masuk/penyedia/:slug', async (c) => {
    const library = await deps.libraries.find(c.req.param('slug'));
    if (!library) return c.notFound();
    const stopped = await limited(c);
    if (stopped) return stopped;
    c.header('Cache-Control', 'no-store');
    const back = c.req.query('kembali') ?? '';
    const begun = await beginFlow(c, deps, library, { purpose: 'sign-in', back, token: null });
    if (begun.ok) return c.redirect(begun.url, 303);
    return problemPage(c, library, begun.provider, { reason: begun.reason, back });
  });

  app.get('/masuk/penyedia/:slug/kembali', async (c) => {
    const library = await deps.libraries.find(c.req.param('slug'));
    if (!library) return c.notFound();
    const stopped = await limited(c);
    if (stopped) return stopped;
    c.header('Cache-Control', 'no-store');
    const provider = await openProvider(deps.db, deps, library);
    const scope = scopeOf(inLibraryOf(c, library), deps, { kind: 'system' });
    const flow = takeFlow(c, deps, library, c.req.query('state') ?? '');
    const fits = provider !== undefined && flow?.version === provider.version;
    if (!flow || !fits || !(await spendState(deps.db, deps, scope, flow.state))) {
      await recordRefusedAnswer(deps.db, deps, scope, 'sign_on_state');
      return failed(c, library, 'state', flow?.back ?? '');
    }
    const proven = await proofOf(c, deps, library, provider, flow);
    if (!proven.ok) {
      await recordRefusedAnswer(deps.db, deps, scope, AUDIT_OF[proven.reason] ?? 'sign_on_answer');
      deps.log({ level: 'warn', event: 'sign-on-refused', library: library.slug, reason: proven.reason });
      return failed(c, library, proven.reason, flow.back);
    }
    return goOn(c, deps, library, { provider, flow, person: proven.person, scope });
  });

  app.get('/masuk/penyedia/:slug/gagal', async (c) => {
    const library = await deps.libraries.find(c.req.param('slug'));
    const asked = c.req.query('alasan') ?? '';
    const texts: Readonly<Record<string, unknown>> = textsOf(c).signOn.refusals;
    if (!library || !Object.hasOwn(texts, asked)) return c.notFound();
    c.header('Cache-Control', 'no-store');
    const provider = await openProvider(deps.db, deps, library);
    const shown = { reason: asked as DoorProblem, back: c.req.query('kembali') ?? '' };
    return problemPage(c, library, provider, shown);
  });

  app.get('/masuk/penyedia/:slug/keluar', async (c) => {
    const library = await deps.libraries.find(c.req.param('slug'));
    const provider = library && (await openProvider(deps.db, deps, library));
    if (!library || !provider) return c.notFound();
    const stopped = await limited(c);
    if (stopped) return stopped;
    c.header('Cache-Control', 'no-store');
    const home = `/masuk?perpustakaan=${library.slug}`;
    const left = await partyOf(deps, library, provider).logout(`${c.get('origin')}${home}`);
    if (!left.ok) return problemPage(c, library, provider, { reason: left.reason, back: '' });
    return c.redirect(left.url ?? home, 303);
  });

  return app;
}

/** How the audit log calls what an answer was refused for; everything else is `sign_on_answer`. */
const AUDIT_OF: Partial<Readonly<Record<ProviderFault, string>>> = {
  denied: 'sign_on_denied',
  stale: 'sign_on_stale',
};

/** Asks the provider for what its code stands for. */
async function proofOf(
  c: Context<SiteEnv>,
  deps: WebDeps,
  library: LibraryContext,
  provider: OpenProvider,
  flow: Flow,
): Promise<
  { readonly ok: true; readonly person: NamedPerson } | { readonly ok: false; readonly reason: ProviderFault }
> {
  const answer = new URL(`${redirectUriOf(c, library)}${new URL(c.req.url).search}`);
  const fresh = flow.purpose !== 'sign-in';
  const finished = await partyOf(deps, library, provider).finish(answer, {
    state: flow.state,
    nonce: flow.nonce,
    verifier: flow.verifier,
    maxAgeS: fresh ? FLOW_MS / 1000 : SIGN_IN_MAX_AGE_S,
  });
  // A provider that overlooks `max_age=0` and `prompt=login` has asked nobody.
  const early = flow.startedAt - SKEW_MS;
  if (finished.ok && fresh && finished.person.authenticatedAt.getTime() < early)
    return { ok: false, reason: 'stale' };
  return finished;
}

interface Proven {
  readonly provider: OpenProvider;
  readonly flow: Flow;
  readonly person: NamedPerson;
  readonly scope: Scope;
}

async function goOn(c: Context<SiteEnv>, deps: WebDeps, library: LibraryContext, proven: Proven) {
  const { flow, person, scope } = proven;
  const { rules } = proven.provider;
  if (flow.purpose === 'sign-in') {
    const outcome = await signInByProvider(deps.db, deps, scope, person, rules);
    if (outcome.ok) return letIn(c, deps, library, outcome, flow.back);
    if (outcome.reason === 'second-factor')
      return codePage(c, deps, library, { ticket: outcome.ticket, back: flow.back });
    return failed(c, library, outcome.reason, flow.back);
  }
  const inside = inLibraryOf(c, library);
  const token = sessionCookie(inside);
  const officer = token === undefined ? undefined : await findSession(deps.db, deps, library, token);
  if (token === undefined || !officer || sessionMark(deps, library, token) !== flow.session)
    return failed(c, library, 'state', '');
  inside.set('officer', officer);
  const own = scopeOf(inside, deps);
  if (flow.purpose === 'link') {
    const linked = await linkOwnAccount(deps.db, deps, own, { person, rules, token });
    return linked.ok
      ? c.redirect(`/${library.slug}/akun-penyedia?selesai=taut`, 303)
      : failed(c, library, linked.reason, '');
  }
  const next = await confirmByProvider(deps.db, deps, own, { person, rules, token });
  if (next === undefined) return failed(c, library, 'other-person', '');
  setSessionCookie(inside, next);
  return isInside(flow.back, library.slug) ? c.redirect(flow.back, 303) : confirmedPage(c, library);
}

/**
 * To the page that says why not: the address with the provider's code is left behind, so that neither a reload nor another
 * language sends it again.
 */
function failed(c: Context<SiteEnv>, library: LibraryContext, reason: DoorProblem, back: string) {
  const query = new URLSearchParams({ alasan: reason, kembali: back });
  return c.redirect(`/masuk/penyedia/${library.slug}/gagal?${query.toString()}`, 303);
}

/** What the middleware of a library would have set. */
function inLibraryOf(c: Context<SiteEnv>, library: LibraryContext): Context<LibraryEnv> {
  const inside = c as unknown as Context<LibraryEnv>;
  inside.set('library', library);
  inside.set('officer', null);
  return inside;
}

/** The other side is to blame: 502; else what came was refused. */
const THEIRS: readonly DoorProblem[] = [
  'address',
  'name',
  'connection',
  'certificate',
  'slow',
  'too-large',
  'not-a-provider',
  'other-issuer',
  'unsuitable',
  'client',
];

/** Why the provider's door stayed shut, and which doors there are. */
export function problemPage(
  c: Context<SiteEnv>,
  library: LibraryContext,
  provider: OpenProvider | undefined,
  shown: { readonly reason: DoorProblem; readonly back: string },
) {
  const { signOn: text } = textsOf(c);
  const theirs = THEIRS.includes(shown.reason);
  const name = provider?.rules.name ?? text.anyProvider;
  const again = `/masuk/penyedia/${library.slug}?kembali=${encodeURIComponent(shown.back)}`;
  c.status(theirs ? 502 : 422);
  return c.html(
    <PublicLayout {...siteFrame(c)} title={text.notIn(name)} narrow noindex library={layoutLibrary(library)}>
      <PageHeader title={text.notIn(name)} />
      <Alert tone={theirs ? 'warning' : 'danger'} live="alert">
        <p>{text.refusals[shown.reason](name)}</p>
        {theirs && <p>{provider?.rules.required ? text.downRequired : text.downElse}</p>}
      </Alert>
      <div class="dp-actions">
        {shown.reason !== 'no-provider' && <LinkButton href={again}>{text.again(name)}</LinkButton>}
        <LinkButton href={`/masuk?perpustakaan=${library.slug}`} variant="secondary">
          {text.otherWays}
        </LinkButton>
      </div>
    </PublicLayout>,
  );
}

/** After a proof in a tab of its own: the form waits in the other one. */
function confirmedPage(c: Context<SiteEnv>, library: LibraryContext) {
  const { signOn: text } = textsOf(c);
  return c.html(
    <PublicLayout {...siteFrame(c)} title={text.confirmed} narrow noindex library={layoutLibrary(library)}>
      <PageHeader title={text.confirmed} lead={text.confirmedLead} />
    </PublicLayout>,
  );
}
