import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import {
  type FlowSecrets,
  openRelyingParty,
  type ProviderFault,
  type RelyingParty,
} from '../../../interop/oidc/relying-party.ts';
import type { LibraryContext } from '../../../usecases/context.ts';
import { type OpenProvider, openProvider } from '../../../usecases/sign-on-provider.ts';
import type { LibraryEnv, SiteEnv, WebDeps } from '../../env.ts';

/** Between leaving for the provider and coming back: typing a password there, and a code. */
export const FLOW_MS = 10 * 60_000;

export type FlowPurpose = 'sign-in' | 'link' | 'confirm';

/** What this browser went to the provider for. */
export interface Flow extends FlowSecrets {
  readonly purpose: FlowPurpose;
  /** Of the provider's settings. */
  readonly version: number;
  readonly startedAt: number;
  /** Where to go on; empty: to nowhere of its own. */
  readonly back: string;
  /** Keyed hash of the session that asked, as hex; empty at the door. */
  readonly session: string;
}

type AnyContext = Context<SiteEnv> | Context<LibraryEnv>;

const partiesOf = new WeakMap<
  WebDeps,
  Map<string, { readonly made: string; readonly party: RelyingParty }>
>();

/** The provider as it is set now, with what it told of itself in the last minutes. */
export function partyOf(deps: WebDeps, library: LibraryContext, provider: OpenProvider): RelyingParty {
  const parties = partiesOf.get(deps) ?? new Map<string, { made: string; party: RelyingParty }>();
  partiesOf.set(deps, parties);
  // Removed and set anew a provider begins with version 1 again: the rules and the secret tell them apart.
  const made = JSON.stringify(provider);
  const known = parties.get(library.slug);
  if (known?.made === made) return known.party;
  const party = openRelyingParty(provider.rules, provider.secret, {
    now: deps.now,
    loopback: deps.loopbackProviders ?? false,
    hosts: deps.outgoingHosts ?? [],
  });
  parties.set(library.slug, { made, party });
  return party;
}

/** A provider sends people back over https; to this very machine also without. */
export function signOnPossible(origin: string): boolean {
  const { hostname, protocol } = new URL(origin);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1';
}

/** One for each library, so that no provider's answer is taken for another's (RFC 9700, section 4.4). */
export function redirectUriOf(c: AnyContext, library: LibraryContext): string {
  return `${(c as Context<SiteEnv>).get('origin')}/masuk/penyedia/${library.slug}/kembali`;
}

/** Begins to ask the provider: the questions go into a sealed cookie of this browser, the answer has to fit them. */
export async function beginFlow(
  c: AnyContext,
  deps: WebDeps,
  library: LibraryContext,
  asked: { readonly purpose: FlowPurpose; readonly back: string; readonly token: string | null },
): Promise<
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly reason: ProviderFault | 'no-provider'; readonly provider?: OpenProvider }
> {
  const provider = await openProvider(deps.db, deps, library);
  if (!provider || !signOnPossible((c as Context<SiteEnv>).get('origin')))
    return { ok: false, reason: 'no-provider' };
  const random = () => Buffer.from(deps.randomBytes(32)).toString('base64url');
  const secrets = { state: random(), nonce: random(), verifier: random() };
  const begun = await partyOf(deps, library, provider).begin({
    ...secrets,
    redirectUri: redirectUriOf(c, library),
    fresh: asked.purpose !== 'sign-in',
  });
  if (!begun.ok) {
    deps.log({ level: 'warn', event: 'sign-on-provider', library: library.slug, reason: begun.reason });
    return { ok: false, reason: begun.reason, provider };
  }
  const flow: Flow = {
    ...secrets,
    purpose: asked.purpose,
    version: provider.version,
    startedAt: deps.now().getTime(),
    back: asked.back,
    session: asked.token === null ? '' : sessionMark(deps, library, asked.token),
  };
  const sealed = deps.vault.seal(library.id, 'sign_on_flow', JSON.stringify(flow)).toString('base64url');
  const context = c as Context<SiteEnv>;
  setCookie(context, cookieName(context, library), sealed, {
    path: '/',
    httpOnly: true,
    // The provider's answer is a link that another site opens: Strict would keep the cookie back.
    sameSite: 'Lax',
    secure: context.get('secure'),
    maxAge: FLOW_MS / 1000,
  });
  return { ok: true, url: begun.url };
}

/** What this browser had asked, where the answer is one to it; the question is then forgotten. */
export function takeFlow(
  c: Context<SiteEnv>,
  deps: WebDeps,
  library: LibraryContext,
  state: string,
): Flow | undefined {
  const sealed = getCookie(c, cookieName(c, library));
  if (sealed === undefined) return undefined;
  try {
    const text = deps.vault.openText(library.id, 'sign_on_flow', Buffer.from(sealed, 'base64url'));
    const flow = JSON.parse(text) as Flow;
    const age = deps.now().getTime() - flow.startedAt;
    if (flow.state !== state || age < 0 || age > FLOW_MS) return undefined;
    deleteCookie(c, cookieName(c, library), { path: '/', secure: c.get('secure') });
    return flow;
  } catch {
    // Not sealed here, or cut off: nothing was asked.
    return undefined;
  }
}

export function sessionMark(deps: WebDeps, library: LibraryContext, token: string): string {
  return deps.vault.hash(library.id, 'token', token).toString('hex');
}

function cookieName(c: Context<SiteEnv>, library: LibraryContext): string {
  // `__Host-` demands https; over plain http on this machine a browser would drop it.
  return `${c.get('secure') ? '__Host-' : ''}penyedia-${library.slug}`;
}
