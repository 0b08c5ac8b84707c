import type { ClientAccount } from './client.ts';
import type { LibraryId } from './ids.ts';

/** What a program with a key of `/api/v1` may do: one thing each, so that a key is given no more than its program needs. */
export const API_SCOPES = [
  /** Whether a card or number is a valid membership. */
  'cards.verify',
  /** Name, number, type, validity and state. */
  'members.read',
  /** Birth date, telephone, e-mail and where an adult member lives. */
  'members.contact',
  /** The same of members under 18, and of those whose age nobody knows. */
  'members.children',
  /** Puts telephone, e-mail and present address right. */
  'members.write',
  /** Suspends and resumes. */
  'members.suspend',
  'cards.read',
  'applications.read',
  /** Names in the list of applications. */
  'applications.names',
  'applications.write',
  'visits.read',
  /** Who came, beside how many. */
  'visits.names',
  'visits.write',
  'reports.read',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export interface ApiSettings {
  /** Of the sentences in problems. */
  readonly language: 'id' | 'en';
  /** Whether a member number is enough where a card is checked; without it only signed codes are. */
  readonly numbers: boolean;
  /** Whether somebody compares the photo: what asks for a look is valid only then. */
  readonly attended: boolean;
}

export type ApiAccount = ClientAccount<ApiScope, ApiSettings>;

export const DEFAULT_API: ApiSettings = { language: 'id', numbers: true, attended: false };

/** Stored settings; what is missing or from another version takes its usual value. */
export function readApiSettings(stored: unknown): ApiSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  return {
    language: given.language === 'en' ? 'en' : 'id',
    numbers: given.numbers !== false,
    attended: given.attended === true,
  };
}

/**
 * A key as programs send it: `dp_`, the number of the library, 256 random bits. The prefix lets a scanner of source code
 * find one that was published by mistake.
 */
export function apiKeyOf(library: LibraryId, random: string): string {
  return `dp_${library}_${random}`;
}

/** The library a key says it is of; undefined for what is no key at all. */
export function libraryOfApiKey(key: string): LibraryId | undefined {
  const found = /^dp_([1-9]\d{0,8})_[\w-]{43}$/.exec(key)?.[1];
  return found === undefined ? undefined : (Number(found) as LibraryId);
}
