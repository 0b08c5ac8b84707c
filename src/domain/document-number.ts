import type { Nik } from './ids.ts';
import { parseNik } from './nik.ts';
import type { DocumentType } from './procedure.ts';

export type DocumentNumberProblem =
  | 'nik_not_16_digits'
  | 'kk_not_16_digits'
  | 'sim_not_12_or_16_digits'
  | 'number_unreadable';

export type DocumentNumberResult =
  | {
      readonly ok: true;
      /** Digits alone for state documents; a KTM and a passport keep their letters, in capitals. */
      readonly number: string;
      /** The NIK that the document carries: KTP, KIA, and a SIM issued since July 2024. */
      readonly nik: Nik | null;
    }
  | { readonly ok: false; readonly reason: DocumentNumberProblem };

/** Reads the number of a document as typed. A KTM has no national format: any short text with a digit or letter. */
export function checkDocumentNumber(type: DocumentType, text: string): DocumentNumberResult {
  switch (type) {
    case 'ktp':
    case 'kia': {
      const result = parseNik(text);
      return result.ok
        ? { ok: true, number: result.nik, nik: result.nik }
        : { ok: false, reason: 'nik_not_16_digits' };
    }
    case 'kk': {
      // The same shape as a NIK: prefix, date of recording, serial.
      const result = parseNik(text);
      return result.ok
        ? { ok: true, number: result.nik, nik: null }
        : { ok: false, reason: 'kk_not_16_digits' };
    }
    case 'sim': {
      const result = parseNik(text);
      if (result.ok) return { ok: true, number: result.nik, nik: result.nik };
      const digits = text.replace(/[\s.-]+/g, '');
      return /^\d{12}$/.test(digits)
        ? { ok: true, number: digits, nik: null }
        : { ok: false, reason: 'sim_not_12_or_16_digits' };
    }
    case 'ktm': {
      const number = text.normalize('NFC').trim().replace(/\s+/g, ' ').toUpperCase();
      return /^[\p{L}\p{N} ./_-]{1,40}$/u.test(number) && /[\p{L}\p{N}]/u.test(number)
        ? { ok: true, number, nik: null }
        : { ok: false, reason: 'number_unreadable' };
    }
    case 'paspor': {
      // ICAO 9303 allows nine characters; some states print a few more around them.
      const number = text.replace(/[\s.-]+/g, '').toUpperCase();
      return /^[A-Z0-9]{5,15}$/.test(number)
        ? { ok: true, number, nik: null }
        : { ok: false, reason: 'number_unreadable' };
    }
  }
}

/**
 * The text that is hashed to find the same document again. A KTP, a KIA and a new SIM of one person share
 * the NIK and so the key. A KTM counts only together with the institution that issued it.
 * @param number as `checkDocumentNumber` gives it @param issuer the institution, for a KTM
 */
export function documentNumberKey(type: DocumentType, number: string, issuer = ''): string {
  switch (type) {
    case 'ktp':
    case 'kia':
      return nikKey(number);
    case 'sim':
      return number.length === 16 ? nikKey(number) : `sim:${number}`;
    case 'kk':
      return `kk:${number}`;
    case 'ktm':
      return `ktm:${lettersAndDigits(issuer)}:${lettersAndDigits(number)}`;
    case 'paspor':
      return `paspor:${lettersAndDigits(number)}`;
  }
}

/** The text that is hashed for a NIK, from whichever document or field it came. */
export function nikKey(nik: string): string {
  return `nik:${nik}`;
}

/** A family shares its KK: the same number there says "family", not "same person". */
export function isPersonalDocument(type: DocumentType): boolean {
  return type !== 'kk';
}

/** For screens: dots and the last four characters, the last two of a short number. */
export function maskDocumentNumber(number: string): string {
  const shown = number.length >= 12 ? 4 : Math.min(2, Math.floor(number.length / 3));
  const hidden = '•'.repeat(number.length - shown);
  return shown === 0 ? hidden : `${hidden} ${number.slice(-shown)}`;
}

function lettersAndDigits(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
