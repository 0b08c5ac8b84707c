import type { Phone } from './ids.ts';

export type PhoneResult =
  | { readonly ok: true; readonly phone: Phone }
  | { readonly ok: false; readonly reason: 'unreadable' };

/**
 * Reads a phone number as typed and gives E.164. Accepted: `08…`, `62…`, `+62…`, a mobile number that lost
 * its zero in a spreadsheet (`8…`), landlines with their area code (`024-8317963`), and foreign numbers
 * with `+` or `00`. Spaces, dots, hyphens, slashes and brackets do not matter.
 */
export function parsePhone(text: string): PhoneResult {
  const typed = text
    .trim()
    .replace(/\(0\)/g, '')
    .replace(/[\s./()\u2010-\u2015-]+/g, '');
  const international = typed.startsWith('+')
    ? typed.slice(1)
    : typed.startsWith('00')
      ? typed.slice(2)
      : null;
  const digits = international ?? toInternational(typed);
  const valid = digits.startsWith('62')
    ? // Mobile numbers have 9 to 13 digits after 62, landlines an area code of 2 or 3 and 5 to 8 digits.
      /^62(?:8\d{8,12}|[2-79]\d{6,10})$/.test(digits)
    : /^[1-9]\d{6,14}$/.test(digits);
  return valid ? { ok: true, phone: `+${digits}` as Phone } : { ok: false, reason: 'unreadable' };
}

function toInternational(typed: string): string {
  if (typed.startsWith('0')) return `62${typed.slice(1)}`;
  if (typed.startsWith('62')) return typed;
  if (typed.startsWith('8')) return `62${typed}`;
  return '';
}

/** As Indonesians read it: `0812-3456-7890`, `024-8317963`; a foreign number stays `+…`. */
export function formatPhone(phone: Phone): string {
  if (!phone.startsWith('+62')) return phone;
  const national = `0${phone.slice(3)}`;
  if (national.startsWith('08'))
    return [national.slice(0, 4), national.slice(4, 8), national.slice(8)].join('-');
  // Five old cities have an area code of two digits after the zero.
  const area = /^0(?:21|22|24|31|61)/.test(national) ? 3 : 4;
  return `${national.slice(0, area)}-${national.slice(area)}`;
}

/** The number in a `wa.me` address; null for an Indonesian landline, which has no WhatsApp. */
export function waNumber(phone: Phone): string | null {
  return phone.startsWith('+62') && !phone.startsWith('+628') ? null : phone.slice(1);
}

/** The number that a text message goes to; null for landlines, and for foreign numbers, which cost many times as much. */
export function smsNumber(phone: string | null): Phone | null {
  const parsed = parsePhone(phone ?? '');
  return parsed.ok && parsed.phone.startsWith('+628') ? parsed.phone : null;
}

/** `08••-••••-••90`: enough to know which phone to look at. */
export function maskPhone(phone: Phone): string {
  const shown = formatPhone(phone);
  return shown.slice(0, 2) + shown.slice(2, -2).replace(/\d/g, '•') + shown.slice(-2);
}
