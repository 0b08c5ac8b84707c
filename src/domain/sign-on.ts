import { partsOf } from './parts.ts';
/** The identity provider of a government (OpenID Connect Core 1.0) as a library names it for its staff. */

/** As an admin typed it. */
export interface TypedProvider {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Empty: the one that is kept stays. */
  readonly secret: string;
  readonly scopes: string;
  readonly claim: string;
  readonly emailDomain: string;
  readonly secondFactor: string;
  readonly required: boolean;
  readonly privateAddress: boolean;
  readonly active: boolean;
}

export interface ProviderRules {
  /** As the button says it. */
  readonly name: string;
  /** As the provider writes it, to the letter. */
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Of the ID token: what an officer is expected by before the first sign-in. */
  readonly claim: string;
  /** Small letters, without the @; null: any. */
  readonly emailDomain: string | null;
  /** Values of acr or amr, one of which must come; empty: what the provider asks is one factor. */
  readonly secondFactor: readonly string[];
  /** Officers who are linked do not come in by their own password; admins do. */
  readonly required: boolean;
  /** It stands in the government's own network. */
  readonly privateAddress: boolean;
  readonly active: boolean;
}

export type ProviderProblem =
  | { readonly field: 'name'; readonly reason: 'name-missing' }
  | { readonly field: 'issuer'; readonly reason: 'issuer-wrong' }
  | { readonly field: 'clientId'; readonly reason: 'client-missing' }
  | { readonly field: 'secret'; readonly reason: 'secret-missing' | 'secret-elsewhere' | 'secret-too-long' }
  | { readonly field: 'scopes'; readonly reason: 'scopes-wrong' }
  | { readonly field: 'claim'; readonly reason: 'claim-wrong' }
  | { readonly field: 'emailDomain'; readonly reason: 'domain-wrong' }
  | { readonly field: 'secondFactor'; readonly reason: 'factor-wrong' };

const LONGEST = { name: 60, address: 300, client: 200, secret: 500, list: 10 };
/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const CLAIM = /^[A-Za-z0-9_.:/-]{1,100}$/;
const DOMAIN =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/**
 * Checks what was typed.
 * @param kept whose secret is kept: it goes nowhere but where it was meant for, so another provider or account wants it
 *   typed anew
 * @param loopback whether plain http to this very machine will do: for tests
 */
export function checkProvider(
  typed: TypedProvider,
  kept: { readonly issuer: string; readonly clientId: string } | null,
  loopback: boolean,
):
  | { readonly ok: true; readonly rules: ProviderRules; readonly secret: string | null }
  | { readonly ok: false; readonly problems: readonly ProviderProblem[] } {
  const problems: ProviderProblem[] = [];
  const name = typed.name.trim().replace(/\s+/g, ' ');
  if (name === '' || name.length > LONGEST.name) problems.push({ field: 'name', reason: 'name-missing' });
  const issuer = typed.issuer.trim();
  if (!isIssuer(issuer, loopback)) problems.push({ field: 'issuer', reason: 'issuer-wrong' });
  const clientId = typed.clientId.trim();
  if (clientId === '' || clientId.length > LONGEST.client)
    problems.push({ field: 'clientId', reason: 'client-missing' });
  if (typed.secret.length > LONGEST.secret) problems.push({ field: 'secret', reason: 'secret-too-long' });
  else if (typed.secret === '') {
    if (kept === null) problems.push({ field: 'secret', reason: 'secret-missing' });
    else if (kept.issuer !== issuer || kept.clientId !== clientId)
      problems.push({ field: 'secret', reason: 'secret-elsewhere' });
  }
  // Without `openid` no provider says who somebody is.
  const scopes = [...new Set(['openid', ...partsOf(typed.scopes)])];
  if (scopes.length > LONGEST.list || !scopes.every((scope) => SCOPE.test(scope)))
    problems.push({ field: 'scopes', reason: 'scopes-wrong' });
  const claim = typed.claim.trim();
  if (!CLAIM.test(claim)) problems.push({ field: 'claim', reason: 'claim-wrong' });
  const emailDomain = typed.emailDomain.trim().toLowerCase().replace(/^@/, '');
  if (emailDomain !== '' && !DOMAIN.test(emailDomain))
    problems.push({ field: 'emailDomain', reason: 'domain-wrong' });
  const secondFactor = [...new Set(partsOf(typed.secondFactor))];
  if (secondFactor.length > LONGEST.list || !secondFactor.every((value) => SCOPE.test(value)))
    problems.push({ field: 'secondFactor', reason: 'factor-wrong' });
  if (problems.length > 0) return { ok: false, problems };
  const { required, privateAddress, active } = typed;
  return {
    ok: true,
    rules: {
      name,
      issuer,
      clientId,
      scopes,
      claim,
      emailDomain: emailDomain === '' ? null : emailDomain,
      secondFactor,
      required,
      privateAddress,
      active,
    },
    secret: typed.secret === '' ? null : typed.secret,
  };
}

/** https, without password, question or fragment: OpenID Connect Discovery 1.0, section 2. */
function isIssuer(text: string, loopback: boolean): boolean {
  if (text.length > LONGEST.address || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false;
  return protocol === 'https:' || (loopback && protocol === 'http:' && hostname === '127.0.0.1');
}

/** Claims of an ID token, with those of the userinfo endpoint where the token had not all of them. */
export type Claims = Readonly<Record<string, unknown>>;

/** Which claims the rules look at: whoever has not got them all asks the userinfo endpoint. */
export function neededClaims(rules: Pick<ProviderRules, 'claim' | 'emailDomain'>): readonly string[] {
  const names = [rules.claim, ...(rules.emailDomain === null ? [] : ['email'])];
  return names.includes('email') ? [...new Set([...names, 'email_verified'])] : names;
}

/**
 * What the library makes of a person whom the provider has named.
 * @returns `expected`: what an officer may be expected by, as `expectedForm` writes it; null where the claim is missing,
 *   or is an e-mail address that the provider has not verified
 */
export function judgeClaims(
  rules: Pick<ProviderRules, 'claim' | 'emailDomain' | 'secondFactor'>,
  claims: Claims,
):
  | { readonly ok: true; readonly secondFactor: boolean; readonly expected: string | null }
  | { readonly ok: false; readonly reason: 'factor' | 'domain' } {
  const { acr, amr, email } = claims;
  const methods = [acr, ...(Array.isArray(amr) ? (amr as readonly unknown[]) : [])];
  const secondFactor = rules.secondFactor.some((value) => methods.includes(value));
  if (rules.secondFactor.length > 0 && !secondFactor) return { ok: false, reason: 'factor' };
  const verified = claims.email_verified === true;
  if (rules.emailDomain !== null) {
    const inside =
      typeof email === 'string' && verified && email.toLowerCase().endsWith(`@${rules.emailDomain}`);
    if (!inside) return { ok: false, reason: 'domain' };
  }
  const value = claims[rules.claim];
  const text = typeof value === 'number' ? String(value) : value;
  const expected =
    typeof text === 'string' && (rules.claim !== 'email' || verified) ? expectedForm(text) : null;
  return { ok: true, secondFactor, expected };
}

const LONGEST_EXPECTED = 200;

/** One form for what an admin types and what the provider says: NIP with blanks, an address in capitals. Null: nothing. */
export function expectedForm(text: string): string | null {
  const form = text.normalize('NFC').replace(/\s+/g, '').toLowerCase();
  return form === '' || form.length > LONGEST_EXPECTED ? null : form;
}
