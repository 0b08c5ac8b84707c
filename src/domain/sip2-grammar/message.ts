import {
  ANSWERS,
  type AnswerId,
  isRequestId,
  LONGEST_MESSAGE,
  LONGEST_VALUE,
  REQUESTS,
  type RequestId,
} from './layout.ts';
import { bytesToBinary, type Charset, cleanValue, readText, writeText } from './text.ts';

/** The sequence number of a message with error detection, `0` to `9`; null where it has a checksum alone. */
export interface ErrorDetection {
  readonly sequence: string | null;
}

/** A request that reads: its fixed-length fields, then those with identifiers; of repeated ones the first. */
export type Sip2Request = {
  readonly [Id in RequestId]: {
    readonly kind: 'request';
    readonly id: Id;
    readonly fixed: { readonly [Name in keyof (typeof REQUESTS)[Id]]: string };
    readonly fields: ReadonlyMap<string, string>;
    /** Null: the device speaks without error detection, and so is it answered. */
    readonly detection: ErrorDetection | null;
  };
}[RequestId];

export type RequestOf<Id extends RequestId> = Extract<Sip2Request, { readonly id: Id }>;

export type Received =
  | Sip2Request
  /** Not what was sent, or not made by the rules: the device is asked for it again. */
  | { readonly kind: 'garbled'; readonly detection: ErrorDetection | null }
  /** Made by the rules, and no request of version 2.00: ignored. */
  | { readonly kind: 'unknown' };

export type FixedOf<Id extends AnswerId> = { readonly [Name in keyof (typeof ANSWERS)[Id]]: string };

/** Fields with identifiers in the order they are sent; undefined is left out, an empty text is not. */
export type FieldList = readonly (readonly [id: string, value: string | undefined])[];

const TRAILER = /(?:AY(\d))?AZ([0-9A-Fa-f]{4})\|?$/;

/** The two's complement of the sum of all bytes up to and with the letters AZ, as four hexadecimal digits. */
export function checksum(bytes: Uint8Array): string {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return (-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0');
}

/** Reads one message without its line end. Never throws. */
export function readRequest(bytes: Uint8Array, charset: Charset): Received {
  if (bytes.length > LONGEST_MESSAGE) return { kind: 'garbled', detection: null };
  const text = bytesToBinary(bytes);
  const end = trailerOf(text, bytes);
  const detection = end && { sequence: end.sequence };
  if (end && !end.holds) return { kind: 'garbled', detection: detection ?? null };
  const body = end ? text.slice(0, end.at) : text;
  const garbled = { kind: 'garbled', detection: detection ?? null } as const;
  const id = body.slice(0, 2);
  if (!/^\d\d$/.test(id) || /\p{Cc}/u.test(body.replace(/[\x80-\x9f]/g, ''))) return garbled;
  if (!isRequestId(id)) return { kind: 'unknown' };
  const fixed: Record<string, string> = {};
  let at = 2;
  for (const [name, length] of Object.entries(REQUESTS[id])) {
    const value = body.slice(at, at + length);
    if (value.length !== length || !/^[ -{}~]*$/.test(value)) return garbled;
    fixed[name] = value;
    at += length;
  }
  const fields = readFields(body.slice(at), charset);
  // The union's members differ in the names of `fixed`, which are those of the table that was just walked.
  return fields
    ? ({ kind: 'request', id, fixed, fields, detection: detection ?? null } as unknown as Sip2Request)
    : garbled;
}

/**
 * Where a message ends in a sequence number and checksum. They stand where a field would; a device that forgets the
 * delimiter before them is believed where the checksum holds.
 */
function trailerOf(
  text: string,
  bytes: Uint8Array,
): { readonly at: number; readonly sequence: string | null; readonly holds: boolean } | undefined {
  const match = TRAILER.exec(text);
  if (!match) return undefined;
  const sums = match.index + (match[1] === undefined ? 2 : 5);
  const holds = checksum(bytes.subarray(0, sums)) === match[2]?.toUpperCase();
  const before = text[match.index - 1];
  const atField = before === '|' || match.index === fixedLength(text);
  return atField || holds ? { at: match.index, sequence: match[1] ?? null, holds } : undefined;
}

function fixedLength(text: string): number {
  const id = text.slice(0, 2);
  if (!isRequestId(id)) return 2;
  return Object.values<number>(REQUESTS[id]).reduce((sum, length) => sum + length, 2);
}

function readFields(text: string, charset: Charset): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const part of text.split('|')) {
    if (part === '') continue;
    const id = part.slice(0, 2);
    // A fixed-length field of the wrong length moves all others: nothing after it can be trusted.
    // AY and AZ anywhere but at the end, or with a checksum that is none: not what was sent.
    if (!/^[A-Z][A-Z0-9]$/.test(id) || id === 'AY' || id === 'AZ') return undefined;
    if (!fields.has(id)) fields.set(id, readText(part.slice(2), charset));
  }
  return fields;
}

/**
 * An answer with its line end.
 * @param detection as the request had it
 * @throws RangeError for a fixed-length field of another length: that is our own mistake
 */
export function writeAnswer<Id extends AnswerId>(
  id: Id,
  fixed: FixedOf<Id>,
  fields: FieldList,
  charset: Charset,
  detection: ErrorDetection | null,
): Uint8Array<ArrayBuffer> {
  let text: string = id;
  const values = fixed as Readonly<Record<string, string>>;
  for (const [name, length] of Object.entries<number>(ANSWERS[id])) {
    const value = values[name] ?? '';
    if (value.length !== length || !/^[ -{}~]*$/.test(value))
      throw new RangeError(`${id} ${name} has ${length} characters`);
    text += value;
  }
  for (const [field, value] of fields) {
    if (value === undefined) continue;
    // The device's own words go back whole, so that it knows them again.
    text += `${field}${cleanValue(value, field === 'AA' ? LONGEST_MESSAGE : LONGEST_VALUE)}|`;
  }
  if (detection === null) return writeText(`${text}\r`, charset);
  const sequence = detection.sequence === null ? '' : `AY${detection.sequence}`;
  const body = writeText(`${text}${sequence}AZ`, charset);
  const end = writeText(`${checksum(body)}\r`, charset);
  const bytes = new Uint8Array(body.length + end.length);
  bytes.set(body);
  bytes.set(end, body.length);
  return bytes;
}

/** "Request SC Resend": never with a sequence number, with a checksum where those are in use. */
export function writeResend(detection: ErrorDetection | null): Uint8Array<ArrayBuffer> {
  return writeAnswer('96', {}, [], 'latin1', detection && { sequence: null });
}
