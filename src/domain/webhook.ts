/** Programs of others that are told what happened, as Standard Webhooks has it (standardwebhooks.com, spec 1.0.0). */
export const WEBHOOK_KINDS = [
  'application.submitted',
  'member.created',
  'member.changed',
  'member.expired',
  'member.suspended',
  'card.issued',
  'card.revoked',
] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** Asked for by an officer, of nobody. */
export const TEST_KIND = 'webhook.test';
export type MessageKind = WebhookKind | typeof TEST_KIND;

/** `paused` by an officer, `failing` by the service after days, `gone` by the receiver itself (410). */
export type WebhookState = 'active' | 'paused' | 'failing' | 'gone';
export type MessageState = 'waiting' | 'delivered' | 'failed';

/** Why an attempt was none; an answer that is no 2xx is told by its status. */
export type AttemptFailure = 'status' | 'redirect' | 'address' | 'timeout' | 'unreachable' | 'certificate';

export const MOST_WEBHOOKS = 10;
export const LONGEST_NAME = 60;
const LONGEST_URL = 500;
/** Messages and what became of them are kept so long, delivered or not. */
export const WEBHOOK_DAYS = 30;
/** After a new secret the one before signs beside it. */
export const OVERLAP_HOURS = 24;

const MINUTE = 60;
const HOUR = 3_600;
/** Seconds to wait after each failure: three and a half days in all. */
const PAUSES = [
  5,
  30,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  16 * HOUR,
  24 * HOUR,
  24 * HOUR,
];
const SHARE_OF_JITTER = 0.2;

/**
 * How long to wait before the next attempt, in ms; null after the last one. A fifth more or less, so that what failed together
 * does not come back together.
 * @param attempts made so far, all failed
 * @param random from 0 to 1
 */
export function webhookPause(attempts: number, random: number): number | null {
  const seconds = PAUSES[attempts - 1];
  if (seconds === undefined) return null;
  return Math.round(seconds * 1_000 * (1 - SHARE_OF_JITTER + 2 * SHARE_OF_JITTER * random));
}

/** What an officer decides about a receiver. */
export interface WebhookChoice {
  readonly name: string;
  readonly url: string;
  /** Whether it may lie inside the library's own network. */
  readonly inside: boolean;
  readonly kinds: readonly WebhookKind[];
}

export type WebhookProblem =
  | 'name-wrong'
  | 'name-taken'
  | 'url-wrong'
  | 'url-plain'
  | 'url-inside'
  | 'kinds-missing';

/**
 * Checks what was typed, as far as that can be told without a network.
 * @returns the address as it will be asked, or what is wrong with it
 */
export function checkWebhookUrl(
  typed: string,
  inside: boolean,
): { readonly ok: true; readonly url: string } | { readonly ok: false; readonly reason: WebhookProblem } {
  const text = typed.trim();
  if (text.length > LONGEST_URL || !URL.canParse(text)) return { ok: false, reason: 'url-wrong' };
  const { protocol, username, password, hash, hostname, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return { ok: false, reason: 'url-wrong' };
  if (username !== '' || password !== '' || hash !== '' || hostname === '')
    return { ok: false, reason: 'url-wrong' };
  if (protocol === 'http:' && !inside) return { ok: false, reason: 'url-plain' };
  return { ok: true, url: href };
}
