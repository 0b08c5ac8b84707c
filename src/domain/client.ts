import type { ServicePointId } from './ids.ts';
import { CHARSETS, type Charset } from './sip2-grammar/text.ts';

/** Machines that ask this service with an account of their own: one account a device or program. */
export const CLIENT_KINDS = ['sip2', 'api', 'oidc'] as const;
export type ClientKind = (typeof CLIENT_KINDS)[number];

/** What an officer, or whoever has the server, decides about the account of a machine. */
export interface ClientAccount<Scope extends string, Settings> {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly settings: Settings;
  /** Addresses and CIDR ranges it may come from; empty: any. */
  readonly addresses: readonly string[];
  readonly perMinute: number;
  /** Null: the library's first one. */
  readonly servicePointId: ServicePointId | null;
}

/** What a SIP2 device may do. Asking who is a member is why it is there. */
export const SIP2_SCOPES = ['patron.read', 'patron.block', 'patron.enable'] as const;
export type Sip2Scope = (typeof SIP2_SCOPES)[number];

/** What goes out of a member beside whether the membership is valid. */
export const SIP2_FIELDS = ['name', 'expiry', 'type', 'birth', 'address', 'email', 'phone'] as const;
export type Sip2Field = (typeof SIP2_FIELDS)[number];

/** Personal data beyond what stands on the card: never of children, and each look at it is logged. */
export const CONTACT_FIELDS: readonly Sip2Field[] = ['birth', 'address', 'email', 'phone'];

export interface Sip2Settings {
  /** Of the screen messages. */
  readonly language: 'id' | 'en';
  readonly charset: Charset;
  readonly fields: readonly Sip2Field[];
  /** Whether a member number is enough, as on the barcode of a card; without it only signed codes are. */
  readonly numbers: boolean;
  /** Whether somebody stands there who compares the photo: what asks for a look is valid only then. */
  readonly attended: boolean;
  /** A code of the library's `suspensionReasons`, for what the device blocks. */
  readonly blockReason: string | null;
}

export type Sip2Account = ClientAccount<Sip2Scope, Sip2Settings>;

export const DEFAULT_SIP2: Sip2Settings = {
  language: 'id',
  charset: 'utf8',
  fields: ['name', 'expiry'],
  numbers: true,
  attended: false,
  blockReason: null,
};

/** Messages a minute, unless somebody says otherwise; a gate with ten people a second needs twenty. */
export const PER_MINUTE = { min: 10, usual: 600, max: 100_000 } as const;
export const MOST_ADDRESSES = 32;

/** Stored settings; what is missing or from another version takes its usual value. */
export function readSip2Settings(stored: unknown): Sip2Settings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const fields = Array.isArray(given.fields) ? given.fields : DEFAULT_SIP2.fields;
  return {
    language: given.language === 'en' ? 'en' : 'id',
    charset: CHARSETS.find((one) => one === given.charset) ?? DEFAULT_SIP2.charset,
    fields: SIP2_FIELDS.filter((one) => fields.includes(one)),
    numbers: given.numbers !== false,
    attended: given.attended === true,
    blockReason: typeof given.blockReason === 'string' ? given.blockReason : null,
  };
}

/** Small letters, digits, hyphens: typed into devices with poor keyboards. */
export function isClientName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/.test(name);
}

/** What a device signs in with: the library's slug says where its account is. */
export function clientLogin(slug: string, name: string): string {
  return `${slug}.${name}`;
}

export function readClientLogin(login: string): { readonly slug: string; readonly name: string } | undefined {
  const [slug = '', name = '', ...more] = login.trim().toLowerCase().split('.');
  return more.length === 0 && slug !== '' && isClientName(name) ? { slug, name } : undefined;
}
