import {
  BYTES,
  byteString,
  type CborReader,
  head,
  integer,
  type Part,
  TEXT,
  textString,
  UNSIGNED,
} from './cbor.ts';
import type { CardId, LibraryId } from './ids.ts';
import { addDays, type PlainDate } from './plain-date.ts';

/** Claims of a CWT (RFC 8392) that several kinds of codes have in common: each as one entry of the map. */

const SECONDS_PER_DAY = 86_400;
/** 9999-12-31, the last day a plain date can name. */
const LAST_DAY = 253_402_214_400;

/** `1: iss`, the library's id in decimal digits. */
export function issuerEntry(library: LibraryId): readonly Part[] {
  return [head(UNSIGNED, 1), textString(String(library))];
}

export function readIssuer(reader: CborReader): LibraryId | undefined {
  if (reader.head(UNSIGNED) !== 1) return undefined;
  const issuer = reader.string(TEXT);
  const digits = issuer && String.fromCharCode(...issuer);
  return digits && /^(0|[1-9]\d{0,9})$/.test(digits) ? (Number(digits) as LibraryId) : undefined;
}

/**
 * `4: exp` of a card. A CWT ends at an instant "on or after which" it is refused: the midnight (UTC) after the last
 * day. A library is at UTC+7 to +9, so no reader that knows only the CWT refuses a card while it is valid.
 */
export function cardEnd(validUntil: PlainDate): number {
  return midnight(addDays(validUntil, 1));
}

/** The last day of a card with this `exp`; undefined for an instant that is no midnight. */
export function lastDayBefore(seconds: number): PlainDate | undefined {
  const end = dateAt(seconds);
  return end && addDays(end, -1);
}

/** `7: cti`, the 16 bytes of the card's UUID. Throws RangeError for an id that is not one. */
export function cardEntry(card: CardId): readonly Part[] {
  return [head(UNSIGNED, 7), byteString(uuidBytes(card))];
}

export function readCard(reader: CborReader): CardId | undefined {
  if (reader.head(UNSIGNED) !== 7) return undefined;
  const bytes = reader.string(BYTES);
  return bytes?.length === 16 ? (uuidText(bytes) as CardId) : undefined;
}

/** A claim of our own, from the numbers that are free for private use: how often the KTA's address was given anew. */
const GENERATION = -65_537;
/** What the database's column holds. */
const MOST_GENERATIONS = 2_147_483_647;

export function generationEntry(generation: number): readonly Part[] {
  if (!Number.isInteger(generation) || generation < 0 || generation > MOST_GENERATIONS)
    throw new RangeError('generation: 0 to 2,147,483,647');
  return [integer(GENERATION), head(UNSIGNED, generation)];
}

export function readGeneration(reader: CborReader): number | undefined {
  if (reader.integer() !== GENERATION) return undefined;
  const generation = reader.head(UNSIGNED);
  return generation !== undefined && generation <= MOST_GENERATIONS ? generation : undefined;
}

/** The first instant of a day in UTC, as seconds since 1970. Throws RangeError before that. */
export function midnight(date: PlainDate): number {
  const seconds = Date.parse(`${date}T00:00:00Z`) / 1000;
  if (!(seconds >= 0)) throw new RangeError('a card is issued and ends after 1970');
  return seconds;
}

/** The day that begins in UTC with this instant; undefined for any other instant. */
export function dateAt(seconds: number | undefined): PlainDate | undefined {
  if (seconds === undefined || seconds % SECONDS_PER_DAY !== 0 || seconds > LAST_DAY) return undefined;
  return new Date(seconds * 1000).toISOString().slice(0, 10) as PlainDate;
}

/** A UUID in small letters, the one spelling that has bytes here. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function uuidBytes(uuid: string): Uint8Array {
  if (!isUuid(uuid)) throw new RangeError('card id: a UUID');
  const hex = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
