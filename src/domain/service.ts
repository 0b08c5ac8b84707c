import type { ClientAccount } from './client.ts';
import { readServiceKeys, type ServiceKeysProblem } from './service-keys.ts';

/** What a service is told of a member beside a name of its own for them (`sub`): scopes of OpenID Connect. */
export const SERVICE_SCOPES = ['profile', 'membership'] as const;
export type ServiceScope = (typeof SERVICE_SCOPES)[number];

/** The claims of each scope: `profile` is OpenID Connect Core 1.0, section 5.4; `membership` is ours. */
export const CLAIMS_OF: Readonly<Record<ServiceScope, readonly string[]>> = {
  profile: ['name'],
  membership: ['member_number', 'member_type', 'member_type_name', 'member_valid_until', 'member_status'],
};

/**
 * How a service shows at the token endpoint who it is: `none` is a public one, which has PKCE alone; `jwt` signs with a key
 * of its own (`private_key_jwt`), so that nothing here, or on the way, could be used in its name.
 */
export const SERVICE_METHODS = ['none', 'basic', 'post', 'jwt'] as const;
export type ServiceMethod = (typeof SERVICE_METHODS)[number];

/** RS256 is what every client knows (Core, section 15.1); ES256 is shorter and faster. */
export const SERVICE_ALGORITHMS = ['RS256', 'ES256'] as const;
export type ServiceAlgorithm = (typeof SERVICE_ALGORITHMS)[number];

export interface ServiceSettings {
  /** As members read it. */
  readonly title: string;
  readonly method: ServiceMethod;
  /** Public keys of a service that signs, as `writeServiceKeys` writes them; else empty. */
  readonly keys: string;
  /** Where a sign-in may lead back to, compared letter by letter. */
  readonly redirects: readonly string[];
  /** Where signing out may lead back to. */
  readonly afterLogout: readonly string[];
  /** Whether a member is asked at each sign-in, or once and then remembered. */
  readonly ask: 'once' | 'always';
  /** Who may sign in: members in good standing, or also those who are suspended, expired or cleared. */
  readonly admits: 'active' | 'all';
  /** Whether people under 18, whose guardian has consented to the membership, may sign in. */
  readonly children: boolean;
  readonly algorithm: ServiceAlgorithm;
  /** Whether it may stay signed in by refresh tokens. */
  readonly offline: boolean;
  readonly paused: boolean;
}

export type ServiceAccount = ClientAccount<ServiceScope, ServiceSettings>;

export const DEFAULT_SERVICE: ServiceSettings = {
  title: '',
  method: 'basic',
  keys: '',
  redirects: [],
  afterLogout: [],
  ask: 'once',
  admits: 'active',
  children: false,
  algorithm: 'RS256',
  offline: false,
  paused: false,
};

export const SERVICE_TITLE_MAX = 80;
export const MOST_REDIRECTS = 10;

/** Stored settings; what is missing or from another version takes its usual value. */
export function readServiceSettings(stored: unknown): ServiceSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const texts = (value: unknown) =>
    Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  return {
    title: typeof given.title === 'string' ? given.title : '',
    method: SERVICE_METHODS.find((one) => one === given.method) ?? DEFAULT_SERVICE.method,
    keys: typeof given.keys === 'string' ? given.keys : '',
    redirects: texts(given.redirects),
    afterLogout: texts(given.afterLogout),
    ask: given.ask === 'always' ? 'always' : 'once',
    admits: given.admits === 'all' ? 'all' : 'active',
    children: given.children === true,
    algorithm: given.algorithm === 'ES256' ? 'ES256' : 'RS256',
    offline: given.offline === true,
    paused: given.paused === true,
  };
}

export type ServiceProblem = 'title-invalid' | 'redirect-invalid' | 'redirect-mixed' | ServiceKeysProblem;

/** What is wrong with what was typed of a service; undefined where nothing is. */
export function problemOfService(settings: ServiceSettings): ServiceProblem | undefined {
  const { title, method, redirects, afterLogout } = settings;
  if (title.trim() === '' || title.length > SERVICE_TITLE_MAX) return 'title-invalid';
  if (redirects.length === 0 || redirects.length > MOST_REDIRECTS || afterLogout.length > MOST_REDIRECTS)
    return 'redirect-invalid';
  const kinds = new Set([...redirects, ...afterLogout].map(redirectKind));
  if (kinds.has(undefined)) return 'redirect-invalid';
  if (kinds.size > 1) return 'redirect-mixed';
  const keys = method === 'jwt' ? readServiceKeys(settings.keys) : undefined;
  return keys?.ok === false ? keys.reason : undefined;
}

/** A program on the member's own computer: its address is that computer's own (RFC 8252, section 7.3), and it keeps no secret. */
export function isNative(settings: Pick<ServiceSettings, 'redirects'>): boolean {
  return settings.redirects.length > 0 && settings.redirects.every((one) => redirectKind(one) === 'loopback');
}

/**
 * `web` for https, `loopback` for http on the computer's own number (not `localhost`, which a name server may send
 * elsewhere: RFC 8252, section 8.3); undefined for anything else, a fragment, a user name or a wildcard.
 */
export function redirectKind(address: string): 'web' | 'loopback' | undefined {
  if (address.length > 500 || /[\s*#\\]/.test(address) || !URL.canParse(address)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(address);
  // What a browser would read differently from how it was typed is compared letter by letter, and would never fit.
  if (username !== '' || password !== '' || (href !== address && href !== `${address}/`)) return undefined;
  if (protocol === 'https:') return 'web';
  return protocol === 'http:' && (hostname === '127.0.0.1' || hostname === '[::1]') ? 'loopback' : undefined;
}
