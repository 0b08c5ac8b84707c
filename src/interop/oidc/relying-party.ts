import * as oidc from 'openid-client';
import type { OutgoingHosts } from '../../domain/outgoing-hosts.ts';
import { type Claims, neededClaims, type ProviderRules } from '../../domain/sign-on.ts';
import { OutgoingError, type OutgoingReason, openGuardedFetch } from '../guarded-fetch.ts';

/** What is wrong with a provider, or with its answer; said in words by the pages. */
export type ProviderFault =
  | OutgoingReason
  /** Something answers there, but no OpenID Connect discovery. */
  | 'not-a-provider'
  /** It calls itself something else than was typed. */
  | 'other-issuer'
  /** It does not offer what a sign-in needs: code flow, an https page to sign in, keys. */
  | 'unsuitable'
  /** It does not know our account, or our secret is wrong. */
  | 'client'
  /** The person, or the provider, said no. */
  | 'denied'
  /** The code was used before, is too old, or is another provider's. */
  | 'code'
  /** The ID token is not what was asked for: signature, issuer, audience, nonce, time. */
  | 'token'
  /** A proof of just now was asked for, and the provider has none. */
  | 'stale';

export type Answered<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly reason: ProviderFault };

/** What ties an answer to its question and to the browser that asked. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636. */
  readonly verifier: string;
}

/** Whom the provider has named. */
export interface NamedPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  /** When the person last signed in there. */
  readonly authenticatedAt: Date;
}

/** What a trial found besides that it works. */
export type TrialNote = 'no-pkce-told' | 'no-logout' | 'factor-not-told';

export interface RelyingParty {
  /** The provider's page to sign in at. @param fresh whether it must ask again whoever is signed in there */
  begin(
    asked: FlowSecrets & { readonly redirectUri: string; readonly fresh: boolean },
  ): Promise<Answered<{ readonly url: string }>>;
  /** Takes the code of an answer and checks what comes for it. @param answer the address that was called, whole */
  finish(
    answer: URL,
    expected: FlowSecrets & { readonly maxAgeS: number },
  ): Promise<Answered<{ readonly person: NamedPerson }>>;
  /** Where a person signs out of the provider itself; null where it has no such page. */
  logout(backUri: string): Promise<Answered<{ readonly url: string | null }>>;
  /** Looks at everything but a person's own sign-in. */
  tryOut(redirectUri: string): Promise<Answered<{ readonly notes: readonly TrialNote[] }>>;
}

const TIMEOUT_S = 10;
/** Within it a sign-in asks for the discovery no second time; keys that turn are the library's own care. */
const KEPT_MS = 10 * 60_000;

/**
 * We as a client of one provider: authorization code with PKCE S256, state and nonce; ID tokens with their signature.
 * @param ports.loopback plain http to 127.0.0.1, for tests
 */
export function openRelyingParty(
  rules: ProviderRules,
  secret: string,
  ports: { readonly now: () => Date; readonly loopback?: boolean; readonly hosts?: OutgoingHosts },
): RelyingParty {
  const send = openGuardedFetch(
    ports.loopback === true ? 'inside' : rules.privateAddress ? 'private' : 'public',
    undefined,
    ports.hosts,
  );
  const loopback = ports.loopback === true && rules.issuer.startsWith('http://127.0.0.1');
  let kept: { readonly until: number; readonly config: Promise<oidc.Configuration> } | undefined;

  function configuration(): Promise<oidc.Configuration> {
    const at = ports.now().getTime();
    if (kept && kept.until > at) return kept.config;
    const made = { until: at + KEPT_MS, config: discover() };
    kept = made;
    made.config.catch(() => {
      if (kept === made) kept = undefined;
    });
    return made.config;
  }

  async function discover(): Promise<oidc.Configuration> {
    const config = await oidc.discovery(new URL(rules.issuer), rules.clientId, undefined, authenticate, {
      timeout: TIMEOUT_S,
      [oidc.customFetch]: (url, options) => send(url, options),
      ...(loopback ? { execute: [oidc.allowInsecureRequests] } : {}),
    });
    // Without it a token that came over TLS from the token endpoint is believed unsigned.
    oidc.enableNonRepudiationChecks(config);
    return config;
  }

  /** By the way the provider prefers: OpenID Connect Core, section 9. */
  const authenticate: oidc.ClientAuth = (server, client, body, headers) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const way = ways.includes('client_secret_basic') ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    way(secret)(server, client, body, headers);
  };

  async function answering<T>(work: () => Promise<T>): Promise<Answered<T>> {
    try {
      return { ok: true, ...(await work()) };
    } catch (error) {
      return { ok: false, reason: faultOf(error) };
    }
  }

  return {
    begin: (asked) =>
      answering(async () => {
        const config = await configuration();
        requireSuitable(config.serverMetadata(), loopback);
        const url = oidc.buildAuthorizationUrl(config, {
          redirect_uri: asked.redirectUri,
          scope: rules.scopes.join(' '),
          state: asked.state,
          nonce: asked.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(asked.verifier),
          code_challenge_method: 'S256',
          // Asked for always, so that every ID token says when its person signed in.
          ...(asked.fresh ? { max_age: '0', prompt: 'login' } : { max_age: String(SIGN_IN_MAX_AGE_S) }),
          ...(rules.secondFactor.length === 0 ? {} : { acr_values: rules.secondFactor.join(' ') }),
        });
        return { url: url.href };
      }),

    finish: (answer, expected) =>
      answering(async () => {
        const config = await configuration();
        const tokens = await oidc.authorizationCodeGrant(config, answer, {
          expectedState: expected.state,
          expectedNonce: expected.nonce,
          pkceCodeVerifier: expected.verifier,
          maxAge: expected.maxAgeS,
        });
        const token = tokens.claims();
        if (token === undefined || typeof token.auth_time !== 'number') throw new FaultError('token');
        const missing = neededClaims(rules).some((name) => token[name] === undefined);
        const more =
          missing && config.serverMetadata().userinfo_endpoint !== undefined
            ? await oidc.fetchUserInfo(config, tokens.access_token, token.sub)
            : {};
        return {
          person: {
            issuer: token.iss,
            subject: token.sub,
            // What was signed wins.
            claims: { ...more, ...token },
            authenticatedAt: new Date(token.auth_time * 1000),
          },
        };
      }),

    logout: (backUri) =>
      answering(async () => {
        const config = await configuration();
        const { end_session_endpoint: page } = config.serverMetadata();
        if (page === undefined || !isWebPage(page, loopback)) return { url: null };
        return { url: oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: backUri }).href };
      }),

    tryOut: (redirectUri) =>
      answering(async () => {
        const config = await discover();
        const server = config.serverMetadata();
        requireSuitable(server, loopback);
        const keys = await send(String(server.jwks_uri), { method: 'GET', headers: {} });
        const read: unknown = keys.ok ? await keys.json().catch(() => null) : null;
        if (!hasKeys(read)) throw new FaultError('unsuitable');
        await askWithWrongCode(config, redirectUri);
        const notes: TrialNote[] = [];
        if (!server.supportsPKCE()) notes.push('no-pkce-told');
        if (server.end_session_endpoint === undefined) notes.push('no-logout');
        const told = server.acr_values_supported;
        if (rules.secondFactor.length > 0 && !rules.secondFactor.some((value) => told?.includes(value)))
          notes.push('factor-not-told');
        return { notes };
      }),
  };

  /** A code that nobody gave: whoever knows our account and secret says that the code is wrong. */
  async function askWithWrongCode(config: oidc.Configuration, redirectUri: string): Promise<void> {
    try {
      await oidc.genericGrantRequest(config, 'authorization_code', {
        code: 'daftar-pustaka-trial',
        redirect_uri: redirectUri,
        code_verifier: oidc.randomPKCECodeVerifier(),
      });
    } catch (error) {
      if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return;
      throw error;
    }
    throw new FaultError('unsuitable');
  }
}

/** So long ago at most a person has signed in at the provider: as long as a session of ours lasts. */
export const SIGN_IN_MAX_AGE_S = 12 * 3_600;

/** Something of ours that the package does not check. */
class FaultError extends Error {
  readonly fault: ProviderFault;
  constructor(fault: ProviderFault) {
    super(fault);
    this.fault = fault;
  }
}

function requireSuitable(server: oidc.ServerMetadata, loopback: boolean): void {
  const { authorization_endpoint: page, token_endpoint: tokens, jwks_uri: keys } = server;
  const code = server.response_types_supported?.includes('code') ?? true;
  if (!code || page === undefined || tokens === undefined || keys === undefined || !isWebPage(page, loopback))
    throw new FaultError('unsuitable');
}

/** Browsers are sent there: https, and no other scheme that a page could be. */
function isWebPage(text: string, loopback: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (loopback && protocol === 'http:' && hostname === '127.0.0.1');
}

function hasKeys(read: unknown): boolean {
  return (
    typeof read === 'object' &&
    read !== null &&
    'keys' in read &&
    Array.isArray(read.keys) &&
    read.keys.length > 0
  );
}

function faultOf(error: unknown): ProviderFault {
  if (error instanceof FaultError) return error.fault;
  if (error instanceof OutgoingError) return error.reason;
  if (error instanceof oidc.AuthorizationResponseError) return 'denied';
  if (error instanceof oidc.WWWAuthenticateChallengeError) return 'client';
  if (error instanceof oidc.ResponseBodyError)
    return ['invalid_client', 'unauthorized_client'].includes(error.error) ? 'client' : 'code';
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof OutgoingError) return cause.reason;
  if (!(error instanceof oidc.ClientError)) {
    // A bad address in the discovery, or a fault of ours: never a way in.
    return 'token';
  }
  switch (error.code) {
    case 'OAUTH_TIMEOUT':
      return 'slow';
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return 'not-a-provider';
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return 'other-issuer';
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return isOfAuthTime(cause) ? 'stale' : 'token';
    default:
      return 'token';
  }
}

function isOfAuthTime(cause: unknown): boolean {
  const told = cause instanceof Error ? cause.cause : undefined;
  return typeof told === 'object' && told !== null && 'claim' in told && told.claim === 'auth_time';
}
