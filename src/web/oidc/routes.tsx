import { type Context, Hono } from 'hono';
import type { InteractionResults } from 'oidc-provider';
import { outageOf } from '../../db/outage.ts';
import type { MemberId } from '../../domain/ids.ts';
import { SERVICE_SCOPES } from '../../domain/service.ts';
import {
  addMemberPasskey,
  askForMemberPasskey,
  beginMemberPasskey,
  checkMemberPasskey,
  listMemberPasskeys,
} from '../../usecases/member-passkey.ts';
import { askSignInCode, type CodeWay, codeWaits, takeCode } from '../../usecases/one-time-code.ts';
import { findService } from '../../usecases/service.ts';
import {
  allowService,
  findServiceMember,
  notAdmitted,
  type ServiceMember,
} from '../../usecases/service-member.ts';
import { passkeysPossible } from '../../usecases/webauthn.ts';
import { codeWays, readWay } from '../code-ways.tsx';
import { openDoorstep } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { messagePage } from '../error-pages.tsx';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { pagePolicy } from '../middleware/security-headers.ts';
import { networkOf } from '../network.ts';
import { passkeyAnswerOf } from '../passkey-form.tsx';
import { openCodeGuard } from '../public/code-guard.ts';
import { smallForms } from '../public/form-routes.tsx';
import { asSite } from '../public/status-routes.tsx';
import { openRateLimit } from '../rate-limit.ts';
import { handOver, toNode } from './bridge.ts';
import { codePage, consentPage, keepPage, numberPage, type SignInPage, stoppedPage } from './pages.tsx';
import { type LibraryProvider, mountOf, type Providers } from './provider.ts';

const PERSON = { kind: 'applicant' } as const;
const TEN_MINUTES = 600;
const HOUR = 3600;
/** Sign-ins that one network begins in ten minutes: a school behind one address, a class at a time. */
const BEGUN = 300;

/** `/{library}/oidc`: where a service sends a member's browser, and the pages of signing in (decision 035). */
export function oidcRoutes(deps: WebDeps, providers: Providers): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const shared = (name: string) => ({ shared: { name, exchange: deps.rates } });
  const ofNetwork = openRateLimit({ ...shared('member sign-in network'), points: 60, seconds: TEN_MINUTES });
  // By what was typed, known or not: mails to one person have an end, and so have guesses at one.
  const ofNumber = openRateLimit({ ...shared('member sign-in number'), points: 6, seconds: HOUR });
  // Each one begun is a row until it is over. More than codes: whoever is signed in passes here without a question.
  const begun = openRateLimit({ ...shared('member sign-in begun'), points: BEGUN, seconds: TEN_MINUTES });
  const step = openDoorstep(deps, 'member sign-in');
  const guard = openCodeGuard('member sign-in', deps);

  app.use('/oidc/*', async (c, next) => {
    if (!c.get('library').settings.memberSignIn.enabled) return c.notFound();
    c.header('Cache-Control', 'no-store');
    return next();
  });

  const browser = async (c: Context<LibraryEnv>) => {
    // Answers in the address only: a page that posts them by itself would have to post to another site.
    if ((c.req.query('response_mode') ?? 'query') !== 'query') return goneBy(c);
    const targets = [c.req.query('redirect_uri'), c.req.query('post_logout_redirect_uri')];
    const held = await providers.of(c.get('library'), c.get('origin'));
    return handOver(asSite(c), mountOf(c.get('library')), pagePolicy(targets.flatMap(originOf)), held);
  };
  app.get('/oidc/auth', async (c) => {
    const wait = begun.take(networkOf(c.get('clientAddress')));
    return (await step.refuse(c, wait)) ?? browser(c);
  });
  app.get('/oidc/auth/:uid', browser);
  app.get('/oidc/session/end', browser);
  app.get('/oidc/session/end/success', browser);
  app.post('/oidc/session/end/confirm', smallForms(), browser);

  const base = '/oidc/masuk/:uid';

  app.get(base, (c) =>
    withSignIn(c, async (at) => {
      if (at.details.prompt.name === 'consent') return askConsent(at);
      return askNumber(at, { number: at.hint });
    }),
  );

  app.post(base, smallForms(), (c) =>
    withSignIn(c, async (at) => {
      const ways = codeWays(c, deps);
      if (ways === undefined) return askNumber(at, { number: '' });
      const body = await readForm(c);
      const number = body.text('nomor').slice(0, 40).trim();
      const way = readWay(body, ways);
      if (number === '') {
        c.status(422);
        return askNumber(at, { number, way, error: textsOf(c).signIn.enter.numberMissing });
      }
      const { id } = c.get('library');
      const waits = [
        ofNetwork.take(networkOf(c.get('clientAddress'))),
        ofNumber.take(`${id}|${number.toLowerCase()}`),
      ];
      const wait = Math.max(...waits.map((one) => one ?? 0));
      const refused = await step.refuse(c, wait === 0 ? null : wait);
      if (refused) return refused;
      const language = c.get('lang');
      const { ticket } = await askSignInCode(deps.db, deps, at.scope, { number, language, way });
      await at.keep({ ticket });
      return c.redirect(`${at.base}/kode`, 303);
    }),
  );

  app.get(`${base}/kode`, (c) =>
    withSignIn(c, async (at) => {
      const waits = at.ticket !== '' && (await codeWaits(deps.db, deps, at.scope, at.ticket, 'sign_in'));
      return waits ? codePage(at, codeWays(c, deps) ?? 'email', undefined) : c.redirect(at.base, 303);
    }),
  );

  app.post(`${base}/kode`, smallForms(), (c) =>
    withSignIn(c, async (at) => {
      const refused = await guard.refuse(c);
      if (refused) return refused;
      const typed = (await readForm(c)).text('kode').slice(0, 20);
      const outcome = await takeCode(deps.db, deps, at.scope, {
        ticket: at.ticket,
        typed,
        purpose: 'sign_in',
      });
      if (!outcome.ok || outcome.subject.memberId === null) {
        guard.wrong(c);
        const { code, signIn } = textsOf(c);
        c.status(422);
        if (!outcome.ok && outcome.reason === 'wrong')
          return codePage(at, codeWays(c, deps) ?? 'email', code.type.wrong);
        return askNumber(at, { number: '', error: signIn.code.over });
      }
      return enter(at, outcome.subject.memberId, ['otp']);
    }),
  );

  app.post(`${base}/kunci-sandi`, smallForms(), (c) =>
    withSignIn(c, async (at) => {
      const refused = await guard.refuse(c);
      if (refused) return refused;
      const answer = passkeyAnswerOf(c, await readForm(c));
      const memberId = await checkMemberPasskey(deps.db, deps, at.scope, { ...answer, uid: at.details.uid });
      if (memberId !== undefined) return enter(at, memberId, ['hwk', 'user']);
      guard.wrong(c);
      c.status(422);
      return askNumber(at, { number: '', failed: true });
    }),
  );

  app.get(`${base}/simpan`, (c) => withSignIn(c, (at) => offerPasskey(at, {})));

  app.post(`${base}/simpan`, smallForms(), (c) =>
    withSignIn(c, async (at) => {
      const body = await readForm(c);
      const label = body.text('nama');
      const memberId = at.provenBy('otp');
      if (memberId === undefined) return c.redirect(at.base, 303);
      const answer = passkeyAnswerOf(c, body);
      const outcome = await addMemberPasskey(deps.db, deps, at.scope, { ...answer, memberId, label });
      if (outcome.ok) return c.redirect(at.details.returnTo, 303);
      c.status(422);
      return offerPasskey(at, { label, error: textsOf(c).signIn.keep[outcome.reason] });
    }),
  );

  app.post(`${base}/izin`, smallForms(), (c) =>
    withSignIn(c, async (at) => {
      const asked = await askedConsent(at);
      if (asked instanceof Response) return asked;
      const { member, scopes } = asked;
      await allowService(deps.db, deps, at.scope, {
        memberId: member.id,
        clientId: at.service.id,
        scopes: SERVICE_SCOPES.filter((one) => scopes.includes(one)),
      });
      const { Grant } = at.held.provider;
      const grant = new Grant({ accountId: member.id, clientId: at.service.id });
      grant.addOIDCScope(scopes.join(' '));
      const grantId = await grant.save();
      return at.finish({ consent: { grantId } });
    }),
  );

  app.post(`${base}/batal`, smallForms(), (c) =>
    withSignIn(c, (at) =>
      at.finish({ error: 'access_denied', error_description: 'the member did not sign in' }),
    ),
  );

  type Details = Awaited<ReturnType<LibraryProvider['provider']['interactionDetails']>>;

  interface At extends SignInPage {
    readonly held: LibraryProvider;
    readonly details: Details;
    readonly scope: ReturnType<typeof scopeOf>;
    /** Of the code that was asked for; empty where none was. */
    readonly ticket: string;
    /** The number that the service believes the member has. */
    readonly hint: string;
    /** Who has signed in this way a moment ago, and has not gone on yet. */
    provenBy(way: string): MemberId | undefined;
    /** Keeps a result without going on. */
    keep(result: InteractionResults): Promise<void>;
    /** Goes on with a result. */
    finish(result: InteractionResults): Promise<Response>;
  }

  /** The sign-in of this address, if this browser began it and it is not over. */
  async function withSignIn(
    c: Context<LibraryEnv>,
    work: (at: At) => Response | Promise<Response>,
  ): Promise<Response> {
    const library = c.get('library');
    const mount = mountOf(library);
    const held = await providers.of(library, c.get('origin'));
    // Only its cookies are read: the form is ours.
    const { req, res } = await toNode(asSite(c), mount, 'without body');
    let details: Details;
    try {
      details = await held.provider.interactionDetails(req, res);
    } catch (error) {
      if (outageOf(error) !== undefined) throw error;
      return over(c);
    }
    const { client_id: clientId, login_hint: hint, redirect_uri: leadsTo } = details.params;
    const service = await findService(deps.db, library, String(clientId));
    if (!service || details.uid !== c.req.param('uid')) return over(c);
    c.header('Content-Security-Policy', pagePolicy(originOf(String(leadsTo))));
    const result = details.result ?? {};
    const put = (next: InteractionResults) => held.provider.interactionResult(req, res, next);
    return await work({
      c,
      service,
      held,
      details,
      base: `${mount}/masuk/${details.uid}`,
      scope: scopeOf(c, deps, PERSON),
      ticket: typeof result.ticket === 'string' ? result.ticket : '',
      hint: typeof hint === 'string' ? hint.slice(0, 40) : '',
      provenBy: (way) =>
        result.login?.amr?.includes(way) ? (result.login.accountId as MemberId) : undefined,
      async keep(next) {
        await put(next);
      },
      async finish(next) {
        return c.redirect(await put(next), 303);
      },
    });
  }

  async function askNumber(
    at: At,
    shown: {
      readonly number: string;
      readonly way?: CodeWay;
      readonly error?: string;
      readonly failed?: boolean;
    },
  ): Promise<Response> {
    const origin = at.c.get('origin');
    const task = passkeysPossible(origin)
      ? await askForMemberPasskey(deps, at.scope, { uid: at.details.uid, origin })
      : null;
    return numberPage(at, { ...shown, ways: codeWays(at.c, deps), task });
  }

  /** Who it is has been shown; whether the service takes them is said now, and only to them. */
  async function enter(at: At, memberId: MemberId, amr: readonly string[]): Promise<Response> {
    const member = await findServiceMember(deps.db, at.scope, memberId);
    if (!member) return stoppedPage(at, 'gone');
    const refused = notAdmitted(at.service, member);
    if (refused) return stoppedPage(at, refused);
    await forgetOther(at, member.id);
    const result = { login: { accountId: member.id, amr: [...amr], remember: false } };
    const offers = amr.includes('otp') && passkeysPossible(at.c.get('origin'));
    if (offers && (await listMemberPasskeys(deps.db, at.scope, member.id)).length === 0) {
      await at.keep(result);
      return at.c.redirect(`${at.base}/simpan`, 303);
    }
    return at.finish(result);
  }

  /** Somebody else was signed in at this browser: that ends first, without a page that posts itself. */
  async function forgetOther({ held, details }: At, memberId: MemberId): Promise<void> {
    const { session } = details;
    if (!session?.uid || session.accountId === memberId) return;
    const other = await held.provider.Session.findByUid(session.uid);
    await other?.destroy();
    delete details.session;
    await details.save(Math.max(1, details.exp - Math.floor(Date.now() / 1000)));
  }

  async function offerPasskey(
    at: At,
    shown: { readonly label?: string; readonly error?: string },
  ): Promise<Response> {
    const memberId = at.provenBy('otp');
    const member = memberId && (await findServiceMember(deps.db, at.scope, memberId));
    if (!member) return at.c.redirect(at.base, 303);
    const task = await beginMemberPasskey(deps.db, deps, at.scope, {
      memberId: member.id,
      number: member.number,
      origin: at.c.get('origin'),
    });
    return keepPage(at, { ...shown, task, onward: at.details.returnTo });
  }

  /** Who is asked for what; or the page that says why nobody is. */
  async function askedConsent(
    at: At,
  ): Promise<Response | { readonly member: ServiceMember; readonly scopes: readonly string[] }> {
    const { details } = at;
    const accountId = details.session?.accountId;
    if (details.prompt.name !== 'consent' || accountId === undefined) return at.c.redirect(at.base, 303);
    const member = await findServiceMember(deps.db, at.scope, accountId);
    if (!member) return stoppedPage(at, 'gone');
    const refused = notAdmitted(at.service, member);
    if (refused) return stoppedPage(at, refused);
    return { member, scopes: String(details.params.scope ?? '').split(' ') };
  }

  async function askConsent(at: At): Promise<Response> {
    const asked = await askedConsent(at);
    if (asked instanceof Response) return asked;
    const host = new URL(String(at.details.params.redirect_uri)).host;
    return consentPage(at, { scopes: asked.scopes, host });
  }

  return app;
}

/** Where a form of the page may lead in the end: browsers hold a redirect after it to the same rule. */
function originOf(address: string | undefined): string[] {
  if (address === undefined || !URL.canParse(address)) return [];
  const { protocol, origin } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? [origin] : [];
}

function over(c: Context<LibraryEnv>) {
  const { problem } = textsOf(c).signIn;
  return messagePage(asSite(c), { title: problem.overTitle, text: problem.over, status: 400 });
}

function goneBy(c: Context<LibraryEnv>) {
  const { problem } = textsOf(c).signIn;
  return messagePage(asSite(c), {
    title: problem.title,
    text: `${problem.text} unsupported_response_mode`,
    status: 400,
  });
}
