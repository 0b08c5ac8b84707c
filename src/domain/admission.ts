import type { SignatureVerdict } from './card-token.ts';
import type { GateList, ListedStanding } from './gate-list.ts';
import type { CardId, LibraryId } from './ids.ts';
import { freshness, freshUntil } from './moving-clock.ts';
import { cardsLastDay, isCertificateOver } from './moving-code.ts';
import type { PlainDate } from './plain-date.ts';
import type { ScannedCode, SignedCode } from './scanned-code.ts';
import type { MemberStatus } from './validity.ts';

/** What the library lets its gates do; a setting. */
export interface AdmissionPolicy {
  /** The code of a printed card, which never changes: enough, look at the person, or not taken. */
  readonly printed: 'yes' | 'look' | 'no';
  /** A saved picture proves nothing about who shows it: look at the person, or not taken. */
  readonly picture: 'look' | 'no';
  /** A gate whose list is older than this admits nobody by itself. */
  readonly listHours: number;
}

export const DEFAULT_ADMISSION: AdmissionPolicy = { printed: 'yes', picture: 'look', listHours: 72 };

export type LookReason =
  | 'picture'
  | 'printed'
  /** A typed number, or the address of a KTA: nothing in it is signed. */
  | 'number'
  | 'kta_address'
  /** The gate has no list, or one that is too old to rely on. */
  | 'no_list'
  | 'list_too_old'
  /** The list is newer than the gate's clock. */
  | 'gate_clock';

export type RefuseReason =
  /** Nothing of this service. */
  | 'foreign'
  | 'identity_number'
  /** Made like a code of ours, but incomplete or changed. */
  | 'damaged'
  | 'other_library'
  /** The signature does not hold. */
  | 'forged'
  | 'unknown_key'
  /** Signed by a key that the library took back because others may have it. */
  | 'revoked_key'
  | 'expired'
  /** The phone was not online for too long. */
  | 'certificate_expired'
  | 'revoked'
  | 'suspended'
  /** The access was given anew since ("ponsel hilang"): this phone or picture is the old one. */
  | 'superseded'
  /** A moving code that is over: a screenshot, or a page that stands still. */
  | 'stale'
  /** A moving code of later: one of the two clocks is wrong. */
  | 'early'
  | 'replayed'
  /** Only the server knows: nobody has the typed number. */
  | 'unknown_number'
  /** By the policy of the library. */
  | 'kind_not_taken';

export type Admission =
  | { readonly verdict: 'admit'; readonly card: CardId; readonly remember?: RememberedCode }
  | {
      readonly verdict: 'look';
      readonly reason: LookReason;
      readonly card?: CardId;
      readonly remember?: RememberedCode;
    }
  | {
      readonly verdict: 'refuse';
      readonly reason: RefuseReason;
      readonly card?: CardId;
      /** The server may know better (a renewal, a new key, a hash that is not this card's): ask it before sending away. */
      readonly recheck: boolean;
    };

/** Moving codes that this gate took: key, and the second from which the code is stale anyway. */
export type SeenCodes = Map<string, number>;

export interface RememberedCode {
  readonly key: string;
  readonly until: number;
}

/** Keeps that a code was taken, once its verdict was carried out; forgets those that are stale. */
export function rememberCode(seen: SeenCodes, code: RememberedCode, now: number): void {
  for (const [key, until] of seen) if (until <= now / 1000) seen.delete(key);
  seen.set(code.key, code.until);
}

/** How a card stands in the database now. */
export interface LiveStanding extends ListedStanding {
  /** Of the membership; null: for life. */
  readonly validUntil: PlainDate | null;
}

interface Asked {
  readonly code: ScannedCode;
  /** What `verifyCode` says of a signed code; null for anything else. */
  readonly signature: SignatureVerdict | null;
  readonly library: { readonly id: LibraryId; readonly slug: string };
  /** Milliseconds since 1970, by the server's clock as far as the gate knows it. */
  readonly now: number;
  /** By the library's calendar. */
  readonly today: PlainDate;
  readonly policy: AdmissionPolicy;
  readonly seen: SeenCodes;
}

/** The verdict of a gate that asks nobody. @param asked.list null: it never had one */
export function judgeOffline(asked: Asked & { readonly list: GateList | null }): Admission {
  const { list, policy, now } = asked;
  const early = judgeCode(asked, true);
  if (early) return early;
  const code = asked.code as SignedCode;
  const listed = list?.library === asked.library.id ? list : null;
  const standing = listed?.standing(code.claims.card);
  const refused = judgeStanding(asked, code, standing, true);
  if (refused) return refused;
  const doubt = doubtOf(listed, policy, now);
  const admission = judgeKind(asked, code);
  return doubt !== undefined && admission.verdict === 'admit'
    ? { ...admission, verdict: 'look', reason: doubt }
    : admission;
}

/**
 * The verdict of the server, which knows how the card stands.
 * @param asked.standing undefined: no such card in this library
 */
export function judgeLive(asked: Asked & { readonly standing: LiveStanding | undefined }): Admission {
  const early = judgeCode(asked, false);
  if (early) return early;
  const code = asked.code as SignedCode;
  const refuse = (reason: RefuseReason): Admission => refusal(reason, code, false);
  // Genuine, and yet no card: of another database, or restored from a backup older than the card.
  if (!asked.standing) return refuse('revoked');
  return judgeStanding(asked, code, asked.standing, false) ?? judgeKind(asked, code);
}

/**
 * What refuses somebody whose membership stands so, whatever code was shown; undefined: nothing. Who is clear of the
 * library (bebas pustaka) uses it no more, until somebody takes them in again.
 */
export function refusedBy(status: MemberStatus): 'revoked' | 'suspended' | 'expired' | undefined {
  switch (status) {
    case 'ended':
      return 'revoked';
    case 'suspended':
    case 'cleared':
      return 'suspended';
    case 'expired':
      return 'expired';
    case 'active':
      return undefined;
  }
}

/** Refusals that are about a person whose card is genuine: whoever stands there has to be told why. */
export function isAboutPerson(reason: RefuseReason): boolean {
  return reason === 'expired' || reason === 'suspended' || reason === 'certificate_expired';
}

/** What the code alone decides; undefined where it is genuine and of this library. */
function judgeCode({ code, signature, library }: Asked, offline: boolean): Admission | undefined {
  switch (code.kind) {
    case 'number':
      return { verdict: 'look', reason: 'number' };
    case 'kta':
      return code.library === library.slug
        ? { verdict: 'look', reason: 'kta_address' }
        : { verdict: 'refuse', reason: 'other_library', recheck: false };
    case 'identity_number':
    case 'damaged':
    case 'foreign':
      return { verdict: 'refuse', reason: code.kind, recheck: false };
  }
  // Asked before the signature: a gate has no keys of other libraries.
  if (code.claims.library !== library.id)
    return { verdict: 'refuse', reason: 'other_library', recheck: false };
  switch (signature) {
    case 'valid':
      return undefined;
    case 'unknown-key':
      // A gate that was offline while the library changed its key does not know the new one.
      return { verdict: 'refuse', reason: 'unknown_key', recheck: offline };
    case 'revoked-key':
      return { verdict: 'refuse', reason: 'revoked_key', recheck: false };
    case 'invalid':
    case null:
      return { verdict: 'refuse', reason: 'forged', recheck: false };
  }
}

function judgeStanding(
  { now, today }: Asked,
  code: SignedCode,
  standing: ListedStanding | LiveStanding | undefined,
  offline: boolean,
): Admission | undefined {
  const refuse = (reason: RefuseReason): Admission => refusal(reason, code, offline);
  if (standing?.revoked) return refuse('revoked');
  if (code.kind !== 'print' && code.claims.generation < (standing?.leastGeneration ?? 0))
    return refuse('superseded');
  if (standing?.suspended) return refuse('suspended');
  // The dates within a code are those of its making; who knows the membership's own goes by that.
  const last = standing && 'validUntil' in standing ? standing.validUntil : lastDayOf(code);
  if (last !== null && last < today) return refuse('expired');
  if (code.kind !== 'moving') return undefined;
  return isCertificateOver(code.claims, now, today) ? refuse('certificate_expired') : undefined;
}

function lastDayOf(code: SignedCode): PlainDate | null {
  return code.kind === 'moving' ? (cardsLastDay(code.claims) ?? null) : code.claims.validUntil;
}

function judgeKind({ now, policy, seen }: Asked, code: SignedCode): Admission {
  const { card } = code.claims;
  const refuse = (reason: RefuseReason): Admission => refusal(reason, code, false);
  switch (code.kind) {
    case 'print':
      if (policy.printed === 'no') return refuse('kind_not_taken');
      return policy.printed === 'yes'
        ? { verdict: 'admit', card }
        : { verdict: 'look', reason: 'printed', card };
    case 'picture':
      return policy.picture === 'no'
        ? refuse('kind_not_taken')
        : { verdict: 'look', reason: 'picture', card };
    case 'moving': {
      const { window } = code.claims;
      const fresh = freshness(window, now);
      if (fresh !== 'fresh') return refuse(fresh);
      // By the card and not by the phone: the same card twice within one window is what a replay looks like.
      const key = `${card}|${window}`;
      if (seen.has(key)) return refuse('replayed');
      return { verdict: 'admit', card, remember: { key, until: freshUntil(window) } };
    }
  }
}

function refusal(reason: RefuseReason, code: SignedCode, recheck: boolean): Admission {
  return { verdict: 'refuse', reason, card: code.claims.card, recheck };
}

/** Seconds that the gate's clock may be behind its list's, which says when the server read the database. */
const CLOCK_BEHIND = 120;

function doubtOf(list: GateList | null, policy: AdmissionPolicy, now: number): LookReason | undefined {
  if (!list) return 'no_list';
  const age = now / 1000 - list.asOf;
  if (age < -CLOCK_BEHIND) return 'gate_clock';
  return age > policy.listHours * 3600 ? 'list_too_old' : undefined;
}
