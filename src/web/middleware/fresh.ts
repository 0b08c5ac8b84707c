import type { Context, MiddlewareHandler } from 'hono';
import { confirmSession } from '../../usecases/confirm-session.ts';
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
      const back = encodeURIComponent(`${pathname}${search}`);
      return c.redirect(`/${c.get('library').slug}/konfirmasi?kembali=${back}`, 303);
    }
    const body = await readForm(c);
    const outcome = await confirmWith(c, deps, body);
    // The form goes on as it was posted: what stands in it beside its own fields, its route does not read.
    return outcome === 'confirmed' ? next() : confirmPage(c, deps, { body, outcome });
  };
}

/** What a page of confirming sent: tried, and counted where it was wrong. */
export async function confirmWith(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  body: FormBody,
): Promise<'confirmed' | 'asked' | 'wrong' | { readonly wait: number }> {
  const proof = proofOf(c, body);
  const officer = c.get('officer');
  const token = c.get('sessionToken');
  if (proof === undefined || officer === null || token === null) return 'asked';
  const wait = takeGuess(c, deps);
  if (wait !== null) return { wait };
  const next = await confirmSession(deps.db, deps, scopeOf(c, deps), { token, proof });
  if (next === undefined) return 'wrong';
  setSessionCookie(c, next);
  c.set('sessionToken', next);
  forgetGuesses(c, deps);
  return 'confirmed';
}

function isFresh(confirmedAt: Date | null, now: Date): boolean {
  return confirmedAt !== null && now.getTime() - confirmedAt.getTime() <= FRESH_MS;
}

function proofOf(c: Context<LibraryEnv>, body: FormBody) {
  if (body.text('konfirmasi-jawaban') !== '') return passkeyAnswerOf(c, body, 'konfirmasi-');
  if (body.text('konfirmasi-sandi') !== '') return { password: body.text('konfirmasi-sandi') };
  if (body.text('konfirmasi-kode') !== '') return { code: body.text('konfirmasi-kode') };
  return undefined;
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
