import type { Context, MiddlewareHandler } from 'hono';
import {
  confirmSession,
  type MissingProof,
  missingProof,
  type Proof,
} from '../../usecases/confirm-session.ts';
import { confirmPage } from '../confirm-page.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { passkeyAnswerOf } from '../passkey-form.tsx';
import { openRateLimit, type RateLimit } from '../rate-limit.ts';
import { setSessionCookie } from './session.ts';

/** So long a proof of who sits there is enough for sensitive acts. */
const FRESH_MS = 10 * 60_000;

/** Guesses at a screen that was left open; all sensitive acts of an officer share them. */
const guessesOf = new WeakMap<WebDeps, RateLimit>();

/**
 * For what a screen left open must not be enough for: whoever has not given password, code or passkey within the last
 * ten minutes is asked again. A form is kept on that page and goes on by itself; an address opens afterwards.
 * Stands behind `requirePermission`.
 */
export function requireFresh(deps: WebDeps): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    const officer = c.get('officer');
    const token = c.get('sessionToken');
    if (officer === null || token === null || isFresh(officer.confirmedAt, deps.now())) return next();
    if (c.req.method === 'GET' || c.req.method === 'HEAD') {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(confirmAddress(c, `${pathname}${search}`), 303);
    }
    const body = await readForm(c);
    const outcome = await confirmWith(c, deps, body);
    // The form goes on as it was posted: what stands in it beside its own fields, its route does not read.
    return outcome === 'confirmed' ? next() : confirmPage(c, deps, { body, outcome });
  };
}

/**
 * The same for forms that change accounts and the ways to sign in to them: all that a sign-in of this officer asks for
 * within the last ten minutes (ASVS 7.5.1), not one of its factors.
 */
export function requireEveryFactor(deps: WebDeps): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    if ((await lacking(c, deps)) === null) return next();
    const body = await readForm(c);
    const outcome = await confirmWith(c, deps, body);
    const missing = await lacking(c, deps);
    if (missing === null) return next();
    // One of two was right: the page asks for the other.
    return confirmPage(c, deps, { body, outcome: outcome === 'confirmed' ? 'asked' : outcome, missing });
  };
}

/** What of a whole sign-in was not shown within the last ten minutes; null where nothing, or nobody, is missing. */
export async function lacking(c: Context<LibraryEnv>, deps: WebDeps): Promise<MissingProof | null> {
  const token = c.get('sessionToken');
  if (c.get('officer') === null || token === null) return null;
  const since = new Date(deps.now().getTime() - FRESH_MS);
  const missing = await missingProof(deps.db, deps, scopeOf(c, deps), token, since);
  return missing.password || missing.factor ? missing : null;
}

/** Where it is asked who sits there, before `back` opens. @param every all that a sign-in asks for */
export function confirmAddress(c: Context<LibraryEnv>, back: string, every = false): string {
  const query = `kembali=${encodeURIComponent(back)}${every ? '&semua=1' : ''}`;
  return `/${c.get('library').slug}/konfirmasi?${query}`;
}

/** What a page of confirming sent: tried, and counted where it was wrong. */
export async function confirmWith(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  body: FormBody,
): Promise<'confirmed' | 'asked' | 'wrong' | 'clock' | { readonly wait: number }> {
  const proof = proofOf(c, body);
  const officer = c.get('officer');
  const token = c.get('sessionToken');
  if (proof === undefined || officer === null || token === null) return 'asked';
  const wait = takeGuess(c, deps);
  if (wait !== null) return { wait };
  const confirmed = await confirmSession(deps.db, deps, scopeOf(c, deps), { token, proof });
  if (!confirmed.ok) return confirmed.reason === 'clock-differs' ? 'clock' : 'wrong';
  setSessionCookie(c, confirmed.token);
  c.set('sessionToken', confirmed.token);
  if ('answer' in proof || proof.code !== undefined) c.set('factorShown', true);
  // Whoever knows the password alone must not buy new guesses at the code with it.
  if ((await lacking(c, deps)) === null) forgetGuesses(c, deps);
  return 'confirmed';
}

function isFresh(confirmedAt: Date | null, now: Date): boolean {
  return confirmedAt !== null && now.getTime() - confirmedAt.getTime() <= FRESH_MS;
}

function proofOf(c: Context<LibraryEnv>, body: FormBody): Proof | undefined {
  if (body.text('konfirmasi-jawaban') !== '') return passkeyAnswerOf(c, body, 'konfirmasi-');
  const [password, code] = [body.text('konfirmasi-sandi'), body.text('konfirmasi-kode')];
  if (password === '' && code === '') return undefined;
  return { ...(password === '' ? {} : { password }), ...(code === '' ? {} : { code }) };
}

/** Counts one guess at an officer's own password, wherever a page asks for it. @returns seconds to wait, or null */
export function takeGuess(c: Context<LibraryEnv>, deps: WebDeps): number | null {
  return guessesFor(deps).take(guesser(c));
}

/** The guess was right. */
export function forgetGuesses(c: Context<LibraryEnv>, deps: WebDeps): void {
  guessesFor(deps).forget(guesser(c));
}

function guesser(c: Context<LibraryEnv>): string {
  return `${c.get('library').id}|${c.get('officer')?.id ?? ''}`;
}

function guessesFor(deps: WebDeps): RateLimit {
  const known =
    guessesOf.get(deps) ??
    openRateLimit({
      points: 10,
      seconds: 15 * 60,
      shared: { name: 'confirm', exchange: deps.rates },
    });
  guessesOf.set(deps, known);
  return known;
}
