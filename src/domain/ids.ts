declare const brand: unique symbol;
/** A value that only its own parser or generator may produce; mixing two of them is a compile error. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Small integer: the tenant. Every row below it carries this as the first part of its key. */
export type LibraryId = Brand<number, 'LibraryId'>;
/** UUID version 7, made by the app so that rows sort by time and no sequence is shared. */
export type ApplicationId = Brand<string, 'ApplicationId'>;
export type MemberId = Brand<string, 'MemberId'>;
export type CardId = Brand<string, 'CardId'>;
export type CardBatchId = Brand<string, 'CardBatchId'>;
export type VisitId = Brand<string, 'VisitId'>;
export type OfficerId = Brand<string, 'OfficerId'>;
export type DeviceId = Brand<string, 'DeviceId'>;
/** Account of a machine that asks, such as a SIP2 device. */
export type ClientId = Brand<string, 'ClientId'>;
export type WebhookId = Brand<string, 'WebhookId'>;
export type WebhookMessageId = Brand<string, 'WebhookMessageId'>;
export type FileId = Brand<string, 'FileId'>;
export type ImportId = Brand<string, 'ImportId'>;
export type ExportId = Brand<string, 'ExportId'>;
export type ServicePointId = Brand<string, 'ServicePointId'>;

/** Sixteen digits, spaces and dots already stripped. Only `parseNik` makes one. */
export type Nik = Brand<string, 'Nik'>;
/** The library's own number, never the NIK. */
export type MemberNumber = Brand<string, 'MemberNumber'>;
/** Kemendagri code of a village, district, regency or province, dotted: `33.74.01.1001`. */
export type RegionCode = Brand<string, 'RegionCode'>;
/** E.164, such as `+6281234567890`. */
export type Phone = Brand<string, 'Phone'>;

/** A registration makes six identifiers: bytes are looked up, not written anew. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits.
 * @param now when; @param random at least 10 random bytes
 */
export function uuidV7(now: Date, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('uuidV7 wants 10 random bytes');
  const bytes = new Uint8Array(16);
  let milliseconds = now.getTime();
  for (let i = 5; i >= 0; i--) {
    bytes[i] = milliseconds % 256;
    milliseconds = Math.floor(milliseconds / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let hex = '';
  for (const byte of bytes) hex += HEX[byte] ?? '';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * A maker of UUIDs version 7 that rise within one millisecond too: the 12 bits after the time count up, so that
 * events of one change keep their order. One per process.
 */
export function risingUuids(randomBytes: (length: number) => Uint8Array): (now: Date) => string {
  let last = 0;
  let counter = 0;
  return (now) => {
    const random = Uint8Array.from(randomBytes(10));
    if (now.getTime() > last) {
      last = now.getTime();
      counter = random[1] ?? 0;
    } else if (++counter > 0xfff) {
      // More than the counter holds, or a clock set back: borrow from the next millisecond and stay rising.
      last += 1;
      counter = 0;
    }
    random[0] = counter >> 8;
    random[1] = counter & 0xff;
    return uuidV7(new Date(last), random);
  };
}
