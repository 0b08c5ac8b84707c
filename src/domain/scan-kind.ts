import { cardTokenIn } from './card-token.ts';
import { isTicketCode, normaliseTicketCode } from './ticket-code.ts';

/** What a scanner typed or a person entered in the one field that takes everything. */
export type Scanned =
  /** `/k/{signed}`, the code on a card or of a KTA; see `scanned-code.ts` for its kind. */
  | { readonly kind: 'card'; readonly signed: string }
  /** `/{library}/kta/{token}`, the digital card. */
  | { readonly kind: 'kta'; readonly library: string; readonly token: string }
  /** `/{library}/permohonan/{token}`, the status page of a case. */
  | { readonly kind: 'status'; readonly library: string; readonly token: string }
  /** A library may number its members like this too: where no ticket is found, `text` is tried as a number. */
  | { readonly kind: 'ticket'; readonly code: string; readonly text: string }
  /** Sixteen digits, a NIK or KK: never a key here, must not reach an address or a log line. */
  | { readonly kind: 'identity_number' }
  | { readonly kind: 'member_number'; readonly text: string }
  | { readonly kind: 'unknown' };

/**
 * Recognises a scan by its form alone; whether it exists is for the caller to find. Addresses are read by
 * their path, whichever host they name: the printed host may be an older one of the same service, and a
 * foreign token opens nothing. In the order: addresses, sixteen digits, ticket code, member number.
 */
export function scanKind(scanned: string): Scanned {
  const text = scanned.trim();
  const path = /^https?:\/\/[^/\s]+(\/[^?#\s]*)/i.exec(text)?.[1] ?? (text.startsWith('/') ? text : null);
  if (path !== null) return addressKind(path.replace(/[?#].*$/, '').replace(/\/+$/, ''));
  const signed = cardTokenIn(text);
  if (signed !== undefined) return { kind: 'card', signed };
  if (/^\d{16}$/.test(text.replace(/[\s.-]/g, ''))) return { kind: 'identity_number' };
  const code = normaliseTicketCode(text);
  if (isTicketCode(code)) return { kind: 'ticket', code, text };
  // Member numbers hold what Code 39 can print; see `member-number.ts`.
  const number = text.toUpperCase();
  return /^[0-9A-Z][0-9A-Z.-]{0,31}$/.test(number) && /\d/.test(number)
    ? { kind: 'member_number', text: number }
    : { kind: 'unknown' };
}

function addressKind(path: string): Scanned {
  const [, first = '', second = '', third = '', ...more] = path.split('/');
  if (more.length > 0) return { kind: 'unknown' };
  const isToken = (part: string) => /^[A-Za-z0-9_-]{8,512}$/.test(part);
  // Capitals throughout make a smaller QR code.
  if ((first === 'k' || first === 'K') && third === '' && isToken(second))
    return { kind: 'card', signed: second };
  if (second === 'kta' && isToken(third)) return { kind: 'kta', library: first, token: third };
  if (second === 'permohonan' && isToken(third)) return { kind: 'status', library: first, token: third };
  return { kind: 'unknown' };
}
