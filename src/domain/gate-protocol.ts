import type { Admission, AdmissionPolicy } from './admission.ts';
import { isUuid } from './card-claims.ts';
import type { CardId, LibraryId } from './ids.ts';
import type { Jwks } from './published-keys.ts';

/** What a gate and the server say to each other, as JSON. Times are milliseconds since 1970 unless told. */

/** How the library and this gate stand now; asked for every half minute. */
export interface GateState {
  readonly now: number;
  readonly library: { readonly id: LibraryId; readonly slug: string };
  /** IANA zone of the library's calendar. */
  readonly zone: string;
  /** As the officers named it. */
  readonly device: string;
  readonly attended: boolean;
  readonly policy: AdmissionPolicy;
  /** Names the list that holds now; another name, and it is fetched. */
  readonly listTag: string;
  /** When the database was read for it, in seconds. */
  readonly listAsOf: number;
  /** Names the keys that hold now. */
  readonly keysTag: string;
}

/** Names a library's keys: the same ones in the same states have the same name, wherever they were read. */
export function keysTagOf(keys: readonly { readonly kid: string; readonly state: string }[]): string {
  return keys
    .map(({ kid, state }) => `${kid}${state}`)
    .sort()
    .join();
}

/**
 * The name of the keys that a JWK set holds. A set may be older than the state beside which it was fetched: of another
 * process, or out of a cache on the way.
 * @param jwks one that `keysOfJwks` can read
 */
export function keysTagOfJwks({ keys, revoked }: Jwks, library: LibraryId): string {
  const ours = ({ iss }: { readonly iss: string }) => iss === String(library);
  return keysTagOf([
    ...keys.filter(ours),
    ...revoked.filter(ours).map(({ kid }) => ({ kid, state: 'revoked' })),
  ]);
}

export interface ShownPerson {
  readonly name: string;
  /** Of the member and the last day, in the reader's words. */
  readonly about: string;
  /** What the officer should tell the person; null: nothing. */
  readonly hint: string | null;
  /** Address of the photo, good for a minute. */
  readonly photo: string | null;
}

/** The server's word on one scan. */
export interface LiveAnswer {
  readonly admission: Admission;
  readonly person: ShownPerson | null;
}

/** A passage on its way to the server: nothing of a person but the card's id or the number. */
export interface OutboxVisit {
  /** 22 characters, random, made when the code was seen. */
  readonly key: string;
  readonly at: number;
  readonly card?: CardId;
  readonly number?: string;
}

/** At most so many at once. */
export const VISITS_AT_ONCE = 50;

/** The visits of a request; undefined where it is none of a gate's. */
export function readOutboxVisits(body: unknown): readonly OutboxVisit[] | undefined {
  const visits = (body as { readonly visits?: unknown } | null)?.visits;
  if (!Array.isArray(visits) || visits.length > VISITS_AT_ONCE) return undefined;
  const read: OutboxVisit[] = [];
  for (const visit of visits as readonly unknown[]) {
    if (typeof visit !== 'object' || visit === null) return undefined;
    const { key, at, card, number } = visit as Record<string, unknown>;
    if (typeof key !== 'string' || !isScanKey(key)) return undefined;
    if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0 || at > 8.64e15) return undefined;
    if (card !== undefined && (typeof card !== 'string' || !isUuid(card))) return undefined;
    if (number !== undefined && (typeof number !== 'string' || !isNumber(number))) return undefined;
    read.push({
      key,
      at,
      ...(typeof card === 'string' ? { card: card as CardId } : {}),
      ...(typeof number === 'string' ? { number } : {}),
    });
  }
  return read;
}

/** What may be a member number, and no NIK, which has sixteen digits. */
function isNumber(text: string): boolean {
  return /^[0-9A-Z.-]{1,32}$/.test(text) && !/^\d{16}$/.test(text.replace(/[.-]/g, ''));
}

/** A typed number as a visit takes it: without the spaces that people type; undefined where it can be no member number. */
export function numberOfVisit(typed: string): string | undefined {
  const number = typed.replace(/\s+/g, '').toUpperCase();
  return isNumber(number) ? number : undefined;
}

/** The shape of a scan's key: 128 random bits in base64url. */
export function isScanKey(text: string): boolean {
  return /^[A-Za-z0-9_-]{22,64}$/.test(text);
}
