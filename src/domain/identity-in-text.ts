/** Identity numbers where none belong: in a name, an address, a note. Stored text is not sealed, so none may get into it. */
import { readNik } from './nik.ts';

/** Digits with at most three signs between them, which are no letters. */
const RUNS = /\d+(?:[\s.\-/_,:]{1,3}\d+)*/g;
const LENGTH = 16;
/** As a KTP is copied by hand: district, birth, serial. */
const COPIED = '6 6 4';

interface Span {
  readonly from: number;
  readonly to: number;
  readonly digits: string;
}

/**
 * What reads as a NIK or a family card's number: sixteen digits or more in one piece, or pieces that are sixteen together
 * and hold a date where those numbers do. Two telephone numbers, a house number and a postcode are none.
 */
function identityNumbers(text: string): readonly Span[] {
  const found: Span[] = [];
  for (const run of text.matchAll(RUNS)) {
    const pieces = [...run[0].matchAll(/\d+/g)].map(({ 0: digits, index }) => ({
      digits,
      from: run.index + index,
    }));
    let next = 0;
    while (next < pieces.length) {
      const count = piecesOfNumber(pieces.slice(next).map(({ digits }) => digits));
      const [first, last] = [pieces[next], pieces[next + count - 1]];
      if (count > 0 && first && last) {
        const to = last.from + last.digits.length;
        found.push({ from: first.from, to, digits: text.slice(first.from, to).replace(/\D/g, '') });
      }
      next += Math.max(count, 1);
    }
  }
  return found;
}

/** How many of the first pieces are a number together; 0: none. */
function piecesOfNumber(pieces: readonly string[]): number {
  let digits = '';
  for (const [index, piece] of pieces.entries()) {
    digits += piece;
    if (index === 0 && digits.length >= LENGTH) return 1;
    if (digits.length < LENGTH) continue;
    if (digits.length > LENGTH) return 0;
    const { sex, birthDates } = readNik(digits as Parameters<typeof readNik>[0]);
    const lengths = pieces.slice(0, index + 1).map(({ length }) => length);
    return (sex !== null && birthDates.length > 0) || lengths.join(' ') === COPIED ? index + 1 : 0;
  }
  return 0;
}

/** Digits of other writings, such as the wide ones of an East Asian keyboard, in those of ASCII. */
function plainDigits(text: string): string {
  return /^[\x20-\x7e]*$/.test(text)
    ? text
    : text.replace(/[\uFF10-\uFF19]/g, (digit) => digit.normalize('NFKC'));
}

/** Whether an identity number stands in a text that is about something else. */
export function holdsIdentityNumber(text: string): boolean {
  return identityNumbers(plainDigits(text)).length > 0;
}

/** The numbers found, digits only, in their order. */
export function identityNumbersIn(text: string): readonly string[] {
  return identityNumbers(plainDigits(text)).map(({ digits }) => digits);
}

/**
 * Words that somebody else reads, where a telephone number may be meant: only what is as long as a NIK or KK is covered, for
 * identity numbers lie nowhere but sealed.
 */
export function coverIdentityNumbers(text: string): string {
  let plain = plainDigits(text);
  for (const { from, to } of identityNumbers(plain).toReversed())
    plain = `${plain.slice(0, from)}${COVER}${plain.slice(to)}`;
  return plain.replace(/\d(?:[ .-]*\d){13,}/g, COVER);
}

const COVER = '•••';
