import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client, Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { MemberId } from '../../domain/ids.ts';
import { CLAIMS_OF, SERVICE_ALGORITHMS, SERVICE_SCOPES } from '../../domain/service.ts';
import type { LibraryContext, Scope } from '../../usecases/context.ts';
import { listOidcKeys, readOidcKeys } from '../../usecases/oidc-keys.ts';
import { openRecords } from '../../usecases/oidc-record.ts';
import { findService, pageOriginsOf, secretHashOf } from '../../usecases/service.ts';
import { claimsOf, consentedScopes, findServiceMember, notAdmitted } from '../../usecases/service-member.ts';
import type { WebDeps } from '../env.ts';
import { adapterOf } from './adapter.ts';
import { requestBehind } from './bridge.ts';
import { logoutPage, refusedPage, signedOutPage } from './pages.tsx';

/** One library's provider at one address. */
export interface LibraryProvider {
  readonly provider: Provider;
  readonly callback: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** What went wrong inside while this request was answered, which nobody outside is told. */
  trouble(req: IncomingMessage): unknown;
}

export interface Providers {
  /** @param origin scheme, host and port that the browser shows: part of the issuer */
  of(library: LibraryContext, origin: string): Promise<LibraryProvider>;
}

/** A minute of the day's busiest is enough; a guess at another address makes one that is soon forgotten. */
const MOST_PROVIDERS = 32;
/** How long a process may go on with keys that another replaced. */
const LOOK_AGAIN_MS = 5_000;

const MINUTE = 60;
const DAY = 86_400;
/** Seconds that a signed proof of a service may be good for, at most. */
const LONGEST_PROOF = 10 * MINUTE;
const TTL = {
  AuthorizationCode: MINUTE,
  AccessToken: 10 * MINUTE,
  IdToken: 10 * MINUTE,
  Interaction: 30 * MINUTE,
  // Library computers are shared: whoever forgets to sign out is signed in for no longer than this.
  Session: 15 * MINUTE,
  RefreshToken: 30 * DAY,
  Grant: 30 * DAY,
} as const;

/** Path of the provider of a library. */
export function mountOf(library: Pick<LibraryContext, 'slug'>): string {
  return `/${library.slug}/oidc`;
}

export function issuerOf(library: Pick<LibraryContext, 'slug'>, origin: string): string {
  return `${origin}${mountOf(library)}`;
}

/** The providers of this process: all their state is in the database, so any process goes on with any sign-in. */
export function openProviders(deps: WebDeps): Providers {
  interface Held {
    readonly keys: string;
    readonly made: Promise<LibraryProvider>;
    lookAt: number;
  }
  const held = new Map<string, Held>();
  return {
    async of(library, origin) {
      const name = `${library.id}|${origin}`;
      const known = held.get(name);
      const now = Date.now();
      if (known && known.lookAt > now) return known.made;
      const listed = await listOidcKeys(deps.db, library);
      const keys = listed.map(({ kid, state }) => `${kid} ${state}`).join();
      if (known && known.keys === keys) {
        known.lookAt = now + LOOK_AGAIN_MS;
        return known.made;
      }
      const made = makeProvider(deps, library, origin);
      held.delete(name);
      // Keys that are made with the provider are read at the next look.
      held.set(name, { keys, made, lookAt: now + LOOK_AGAIN_MS });
      made.catch(() => held.delete(name));
      for (const oldest of held.keys()) {
        if (held.size <= MOST_PROVIDERS) break;
        held.delete(oldest);
      }
      return made;
    },
  };
}

async function makeProvider(
  deps: WebDeps,
  library: LibraryContext,
  origin: string,
): Promise<LibraryProvider> {
  const { Provider: Made, errors } = await loadProvider();
  const store = openRecords(deps.db, deps, library);
  const keys = await readOidcKeys(deps.db, deps, library);
  const secure = origin.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, signed: true } as const;
  const scopeNow = async (): Promise<Scope> => ({
    library: (await deps.libraries.find(library.slug)) ?? library,
    actor: { kind: 'applicant' },
    at: deps.now(),
    requestId: 'oidc',
  });
  const troubles = new WeakMap<IncomingMessage, unknown>();
  const configuration: Configuration = {
    adapter: (model: string) =>
      adapterOf(deps, library, store, model, {
        used: () => new errors.InvalidGrant('used already'),
        broughtAgain: () => new errors.InvalidClientAuth('client assertion tokens must only be used once'),
      }),
    jwks: { keys: keys as never },
    cookies: {
      // `__Host-` wants the path `/`; those of one sign-in have its own. Over plain http a browser would drop both.
      names: {
        session: `${secure ? '__Host-' : ''}oidc-${library.slug}`,
        interaction: `${secure ? '__Secure-' : ''}oidc-masuk-${library.slug}`,
        resume: `${secure ? '__Secure-' : ''}oidc-lanjut-${library.slug}`,
      },
      keys: [cookieKey(deps, library)],
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    claims: { openid: ['sub'], profile: [...CLAIMS_OF.profile], membership: [...CLAIMS_OF.membership] },
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    // Keys of services are given with them: nothing is looked for elsewhere, whatever one of them names.
    fetch: () => Promise.reject(new Error('nothing is fetched')),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      idTokenSigningAlgValues: [...SERVICE_ALGORITHMS],
      clientAuthSigningAlgValues: [...SERVICE_ALGORITHMS],
    },
    // Each is remembered until it is over, so that it works once: nobody has ours remember for years.
    assertJwtClientAuthClaimsAndHeader: async (_ctx, { exp }) => {
      const latest = Math.floor(Date.now() / 1000) + LONGEST_PROOF;
      if (typeof exp !== 'number' || exp > latest)
        throw new errors.InvalidClientAuth('exp is more than ten minutes ahead');
    },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    ttl: TTL,
    rotateRefreshToken: () => true,
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    expiresWithSession: async () => false,
    pairwiseIdentifier: async (_ctx, accountId, client) =>
      deps.vault.hash(library.id, 'oidc_subject', `${client.clientId} ${accountId}`).toString('base64url'),
    clientBasedCORS: (_ctx, asking, client) =>
      client.tokenEndpointAuthMethod === 'none' && pageOriginsOf(client.redirectUris ?? []).includes(asking),
    interactions: { url: (_ctx, { uid }) => `${mountOf(library)}/masuk/${uid}` },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = String(logoutPage(await pageOf(ctx), form));
        },
        postLogoutSuccessSource: async (ctx) => {
          ctx.body = String(signedOutPage(await pageOf(ctx)));
        },
      },
    },
    renderError: async (ctx, out) => {
      ctx.type = 'html';
      ctx.body = String(refusedPage(await pageOf(ctx), out.error, out.error_description));
    },
    async findAccount(ctx, id, token) {
      const scope = await scopeNow();
      const member = await findServiceMember(deps.db, scope, id);
      if (!member) return undefined;
      // With a token in hand the service is asked again whether it takes this member; a browser is told on a page.
      const { client, route } = ctx.oidc;
      if (client && (route === 'token' || route === 'userinfo')) {
        const service = await findService(deps.db, library, client.clientId);
        if (!service || notAdmitted(service, member) !== undefined) return undefined;
        // Nor does a grant tell what the member took back while it was being written.
        const told = await consentedScopes(deps.db, scope, member.id, service.id);
        const asked = SERVICE_SCOPES.filter((one) => token?.scope?.split(' ').includes(one));
        if (!told || asked.some((one) => !told.includes(one))) return undefined;
      }
      return { accountId: member.id, claims: async () => ({ ...claimsOf(scope, member), sub: member.id }) };
    },
    loadExistingGrant: (ctx) => existingGrant(ctx),
  };

  /** The member's word of just now, or the one that stands; a service that does not take the member has neither. */
  async function existingGrant(ctx: KoaContextWithOIDC) {
    const { client, account, result, provider } = ctx.oidc;
    if (!client || !account) return undefined;
    const given = result?.consent?.grantId;
    if (given !== undefined) return provider.Grant.find(given);
    const scope = await scopeNow();
    const service = await findService(deps.db, library, client.clientId);
    if (!service || service.settings.ask === 'always') return undefined;
    const member = await findServiceMember(deps.db, scope, account.accountId);
    if (!member || notAdmitted(service, member) !== undefined) return undefined;
    const told = await consentedScopes(deps.db, scope, account.accountId as MemberId, service.id);
    if (!told) return undefined;
    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    grant.addOIDCScope(['openid', ...told].join(' '));
    await grant.save();
    return grant;
  }

  /** Our own request, in the library's dress also where no middleware of the library was asked. */
  async function pageOf(ctx: KoaContextWithOIDC) {
    const c = requestBehind(ctx.req);
    return { c, library: (await deps.libraries.find(library.slug)) ?? library };
  }

  const provider = new Made(issuerOf(library, origin), configuration);
  // What it reads of scheme and host is ours: `toNode` writes it.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = function compare(this: Client, actual: string) {
    const [kept, asked] = [this.clientSecret ?? '', secretHashOf(actual)].map((one) => Buffer.from(one));
    return (
      kept !== undefined &&
      asked !== undefined &&
      kept.length === asked.length &&
      timingSafeEqual(kept, asked)
    );
  };
  provider.on('server_error', (ctx, error) => {
    troubles.set(ctx.req, error);
  });
  // What goes wrong is told by our own log.
  provider.silent = true;
  const callback = provider.callback();
  return {
    provider,
    callback: async (req, res) => {
      await callback(req, res);
    },
    trouble: (req) => troubles.get(req),
  };
}

/** Only where a library uses it: whoever does not, has nothing of it in memory. */
async function loadProvider(): Promise<typeof import('oidc-provider')> {
  // Node 20 has no URL.parse, which the package counts on (it was made for 22).
  const Url = URL as { parse?: (url: string, base?: string) => URL | null };
  Url.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);
  return await import('oidc-provider');
}

/** 256 bits that never leave the server, the same in every process. */
function cookieKey(deps: WebDeps, library: LibraryContext): string {
  return ['one', 'two']
    .map((part) => deps.vault.hash(library.id, 'oidc_cookie', part).toString('base64url'))
    .join('');
}
