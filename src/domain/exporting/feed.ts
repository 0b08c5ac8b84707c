/** How Koha knows us: both are documented for its REST API. */
export type KohaAccess =
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'oauth'; readonly clientId: string; readonly clientSecret: string };

export interface KohaServer {
  /** Of the staff interface, such as `https://koha.example.go.id`. */
  readonly url: string;
  readonly access: KohaAccess;
}

/** Minutes between two looks of the feed. */
export const FEED_EVERY = { least: 5, most: 1_440, usual: 15 } as const;

/** Why a run of the feed brought nobody further; said in words by the interface, with what to do. */
export const FEED_FAILURES = [
  'koha-unreachable',
  'koha-denied',
  /** Something answers there, but no REST API of Koha. */
  'koha-absent',
  'branch-missing',
  /** A fault of ours; the log has its name. */
  'unexpected',
] as const;
export type FeedFailure = (typeof FEED_FAILURES)[number];

/** What a trial of the connection found; `branch-unknown`: Koha lets us in and has no library of our code. */
export type KohaTrial =
  | 'ok'
  | 'branch-unknown'
  | Extract<FeedFailure, 'koha-unreachable' | 'koha-denied' | 'koha-absent'>;

const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 6 * 60;

/**
 * Minutes until the next look: as set after a good run; after a failed one 5, 10, 20, … up to six hours. Koha closes
 * accounts after a few wrong passwords, so one that was not let in waits an hour at first.
 * @param failures in a row, the present one included; 0 after a good run
 */
export function feedPause(every: number, failures: number, failure: FeedFailure | null): number {
  if (failure === null || failures === 0) return every;
  const first = failure === 'koha-denied' ? 60 : FIRST_PAUSE;
  return Math.min(first * 2 ** Math.min(failures - 1, 20), LONGEST_PAUSE);
}

/** As an officer typed it. */
export interface TypedKohaFeed {
  readonly url: string;
  readonly access: string;
  readonly account: string;
  /** Empty: the one that is kept stays. */
  readonly secret: string;
  readonly every: string;
  readonly active: boolean;
}

export interface KohaFeed {
  readonly url: string;
  readonly access: KohaAccess['kind'];
  readonly account: string;
  /** Null: the one that is kept stays. */
  readonly secret: string | null;
  readonly everyMinutes: number;
  readonly active: boolean;
}

export type KohaFeedProblem =
  | { readonly field: 'url'; readonly reason: 'url-wrong' }
  | { readonly field: 'access'; readonly reason: 'access-missing' }
  | { readonly field: 'account'; readonly reason: 'account-missing' | 'account-wrong' }
  | { readonly field: 'secret'; readonly reason: 'secret-missing' | 'secret-elsewhere' | 'secret-too-long' }
  | { readonly field: 'every'; readonly reason: 'every-wrong' };

const LONGEST_URL = 300;
const LONGEST_ACCOUNT = 200;
const LONGEST_SECRET = 500;

/**
 * Checks what was typed.
 * @param kept whose secret is kept: it goes nowhere but where it was meant for, so another address or account wants
 *   it typed anew
 */
export function checkKohaFeed(
  typed: TypedKohaFeed,
  kept: { readonly url: string; readonly access: string; readonly account: string } | null,
):
  | { readonly ok: true; readonly feed: KohaFeed }
  | { readonly ok: false; readonly problems: readonly KohaFeedProblem[] } {
  const problems: KohaFeedProblem[] = [];
  const url = kohaAddress(typed.url);
  if (url === null) problems.push({ field: 'url', reason: 'url-wrong' });
  const access = typed.access === 'basic' || typed.access === 'oauth' ? typed.access : null;
  if (access === null) problems.push({ field: 'access', reason: 'access-missing' });
  const account = typed.account.trim();
  if (account === '') problems.push({ field: 'account', reason: 'account-missing' });
  // RFC 7617: the name ends at the first colon.
  else if (account.length > LONGEST_ACCOUNT || (access === 'basic' && account.includes(':')))
    problems.push({ field: 'account', reason: 'account-wrong' });
  if (typed.secret.length > LONGEST_SECRET) problems.push({ field: 'secret', reason: 'secret-too-long' });
  else if (typed.secret === '') {
    if (kept === null) problems.push({ field: 'secret', reason: 'secret-missing' });
    else if (kept.url !== url || kept.access !== access || kept.account !== account)
      problems.push({ field: 'secret', reason: 'secret-elsewhere' });
  }
  const everyMinutes = /^\d{1,4}$/.test(typed.every.trim()) ? Number(typed.every) : 0;
  if (everyMinutes < FEED_EVERY.least || everyMinutes > FEED_EVERY.most)
    problems.push({ field: 'every', reason: 'every-wrong' });
  if (url === null || access === null || problems.length > 0) return { ok: false, problems };
  const secret = typed.secret === '' ? null : typed.secret;
  return { ok: true, feed: { url, access, account, secret, everyMinutes, active: typed.active } };
}

/** Without a closing slash; null: no address of a server, or one that carries a password or a question. */
function kohaAddress(typed: string): string | null {
  const text = typed.trim();
  if (text.length > LONGEST_URL || !URL.canParse(text)) return null;
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  if (username !== '' || password !== '' || search !== '' || hash !== '') return null;
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
