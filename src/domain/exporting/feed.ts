import type { LiveTarget } from './outgoing-member.ts';
import { FIRST_MEETINGS, type FirstMeeting } from './reconcile.ts';

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

/** Why a run brought nobody further; said in words by the interface, with what to do. */
export const FEED_FAILURES = [
  'koha-unreachable',
  'koha-denied',
  /** Something answers there, but no REST API of Koha. */
  'koha-absent',
  'branch-missing',
  /** On another computer, over http. */
  'koha-plaintext',
  /** A database: nobody answers there, or not in time. */
  'lending-unreachable',
  'lending-denied',
  /** It lets us in, and has no database of that name that we may see. */
  'lending-database',
  /** It is no database of that system. */
  'lending-tables',
  /** A right is missing: the note has the GRANT. */
  'lending-rights',
  /** On another computer: no TLS, or a certificate that is not believed. */
  'lending-tls',
  /** Another process is at it. */
  'lending-busy',
  /** Inside the network without an admin's word for it, or not on the operator's list. */
  'address-refused',
  /** A fault of ours; the log has its name. */
  'unexpected',
] as const;
export type FeedFailure = (typeof FEED_FAILURES)[number];

/** What a trial of a connection found; `branch-unknown`: Koha lets us in and has no library of our code. */
export type KohaTrial =
  | 'ok'
  | 'branch-unknown'
  | Extract<FeedFailure, 'koha-unreachable' | 'koha-denied' | 'koha-absent'>;
export type FeedTrial = 'ok' | 'branch-unknown' | FeedFailure;

/** A database of a lending system, as we reach it. */
export interface LendingDatabase {
  /** A name or an address, as it was typed. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 6 * 60;

/**
 * Minutes until the next look: as set after a good run; after a failed one 5, 10, 20, … up to six hours. Servers close
 * accounts after a few wrong passwords, so one that was not let in waits an hour at first.
 * @param failures in a row, the present one included; 0 after a good run
 */
export function feedPause(every: number, failures: number, failure: FeedFailure | null): number {
  if (failure === null || failures === 0) return every;
  const first = failure === 'koha-denied' || failure === 'lending-denied' ? 60 : FIRST_PAUSE;
  return Math.min(first * 2 ** Math.min(failures - 1, 20), LONGEST_PAUSE);
}

/** As an admin typed it. */
export interface TypedFeed {
  /** Koha's address; of a database its host, port and name. */
  readonly url: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly access: string;
  readonly account: string;
  /** Empty: the one that is kept stays. */
  readonly secret: string;
  readonly every: string;
  readonly active: boolean;
  readonly inside: boolean;
  readonly first: string;
}

export interface FeedSettings {
  readonly url: string;
  /** Null: a database. */
  readonly access: KohaAccess['kind'] | null;
  readonly account: string;
  /** Null: the one that is kept stays. */
  readonly secret: string | null;
  readonly everyMinutes: number;
  readonly active: boolean;
  readonly inside: boolean;
  readonly first: FirstMeeting;
}

export type FeedProblem =
  | { readonly field: 'url'; readonly reason: 'url-wrong' }
  | { readonly field: 'host'; readonly reason: 'host-wrong' }
  | { readonly field: 'port'; readonly reason: 'port-wrong' }
  | { readonly field: 'database'; readonly reason: 'database-wrong' }
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
export function checkFeed(
  target: LiveTarget,
  typed: TypedFeed,
  kept: { readonly url: string; readonly access: string | null; readonly account: string } | null,
):
  | { readonly ok: true; readonly feed: FeedSettings }
  | { readonly ok: false; readonly problems: readonly FeedProblem[] } {
  const problems: FeedProblem[] = [];
  const isKoha = target === 'koha-rest';
  const url = isKoha ? kohaAddress(typed.url) : databaseAddress(typed, problems);
  if (isKoha && url === null) problems.push({ field: 'url', reason: 'url-wrong' });
  const access = isKoha && (typed.access === 'basic' || typed.access === 'oauth') ? typed.access : null;
  if (isKoha && access === null) problems.push({ field: 'access', reason: 'access-missing' });
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
  if (url === null || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    feed: {
      url,
      access,
      account,
      secret: typed.secret === '' ? null : typed.secret,
      everyMinutes,
      active: typed.active,
      inside: typed.inside,
      first: FIRST_MEETINGS.find((one) => one === typed.first) ?? 'ask',
    },
  };
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

/** `mysql://host:port/database`; null: something of it is wrong. */
function databaseAddress(typed: TypedFeed, problems: FeedProblem[]): string | null {
  const [host, port, database] = [typed.host.trim(), typed.port.trim(), typed.database.trim()];
  const before = problems.length;
  if (!/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/.test(host))
    problems.push({ field: 'host', reason: 'host-wrong' });
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    problems.push({ field: 'port', reason: 'port-wrong' });
  // What MySQL takes without quotes, and a hyphen: the name stands in a GRANT that people copy.
  if (!/^[\w$-]{1,64}$/.test(database)) problems.push({ field: 'database', reason: 'database-wrong' });
  if (problems.length > before) return null;
  return `mysql://${host.includes(':') ? `[${host}]` : host.toLowerCase()}:${Number(port)}/${database}`;
}

/** What `checkFeed` put together. */
export function partsOfDatabase(url: string): Pick<LendingDatabase, 'host' | 'port' | 'database'> {
  const { hostname, port, pathname } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 3306),
    database: decodeURIComponent(pathname.slice(1)),
  };
}
