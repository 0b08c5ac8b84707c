/** Identity numbers where none belong: in a name, an address, a note. Stored text is not sealed, so none may get into it. */
import { readNik } from './nik.ts';

/** What people put between the parts of a number: one sign, with or without blanks around it, or blanks alone. */
const BETWEEN = String.raw`\s{0,2}(?:\s|\p{Pd}|[./_,:|])\s{0,2}`;
const RUNS = new RegExp(String.raw`\d+(?:${BETWEEN}\d+)*`, 'gu');
const LENGTH = 16;
/** As a KTP is copied by hand: district, birth, serial. */
const COPIED = '6 6 4';
/** Provinces (Permendagri 72/2019 and the four of Papua since), 99 for the made-up ones: no telephone number, and no year of ours. */
const PROVINCE = /^(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-69])/;

interface Span {
  readonly from: number;
  readonly to: number;
  readonly digits: string;
}

interface Piece {
  readonly digits: string;
  readonly from: number;
  /** What stands between it and the next one, without the blanks around it. */
  readonly sign: string;
}

/**
 * What reads as a NIK or a family card's number: sixteen digits or more in one piece, or pieces with the same sign between them
 * that are sixteen together, begin with a province and hold a date where those numbers do. Two telephone numbers, a date
 * with its hours, a house number and a postcode are none.
 */
function identityNumbers(text: string): readonly Span[] {
  const found: Span[] = [];
  for (const run of text.matchAll(RUNS)) {
    const pieces = [...run[0].matchAll(/(\d+)(\D*)/g)].map(
      ({ 1: digits = '', 2: sign = '', index }): Piece => ({
        digits,
        from: run.index + index,
        sign: sign.trim() || ' ',
      }),
    );
    let next = 0;
    while (next < pieces.length) {
      const count = piecesOfNumber(pieces, next);
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

/** How many pieces from this one on are a number together; 0: none. Looks at sixteen at the most. */
function piecesOfNumber(pieces: readonly Piece[], from: number): number {
  let digits = '';
  let isOneSign = true;
  const lengths: number[] = [];
  for (let at = from; at < pieces.length && digits.length < LENGTH; at++) {
    const piece = pieces[at];
    if (!piece) break;
    if (at === from && piece.digits.length >= LENGTH) return 1;
    digits += piece.digits;
    lengths.push(piece.digits.length);
    if (digits.length < LENGTH && piece.sign !== pieces[from]?.sign) isOneSign = false;
  }
  if (digits.length !== LENGTH || !PROVINCE.test(digits)) return 0;
  const isCopied = lengths.join(' ') === COPIED;
  if (!isOneSign && !isCopied) return 0;
  const { sex, birthDates } = readNik(digits as Parameters<typeof readNik>[0]);
  const isDated = sex !== null && birthDates.length > 0;
  if (isCopied) return isDated || isOneSign ? lengths.length : 0;
  return isDated && !isPartOfCode(pieces, from, lengths.length) ? lengths.length : 0;
}

/** Part of a longer code, such as a decree's: more pieces by the same sign, and not several numbers in a row. */
function isPartOfCode(pieces: readonly Piece[], from: number, count: number): boolean {
  const sign = pieces[from]?.sign;
  if (sign === ' ') return false;
  let [first, last] = [from, from + count - 1];
  while (first > 0 && from - first < LENGTH && pieces[first - 1]?.sign === sign) first--;
  while (last < pieces.length - 1 && last - from < 2 * LENGTH && pieces[last]?.sign === sign) last++;
  const digits = pieces.slice(first, last + 1).reduce((sum, piece) => sum + piece.digits.length, 0);
  return digits % LENGTH !== 0;
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

/** Words that somebody else reads: an identity number in them is covered, one that a digit was left out of as well. */
export function coverIdentityNumbers(text: string): string {
  let plain = plainDigits(text);
  for (const { from, to } of identityNumbers(plain).toReversed())
    plain = `${plain.slice(0, from)}${COVER}${plain.slice(to)}`;
  return plain.replace(SHORT, COVER);
}

/** Rises when the rule finds or covers more than it did: texts that are stored are then looked through again. */
export const IDENTITY_RULE = 1;

/**
 * A stored text as it would be kept today; the very same where nothing in it is covered.
 * @param kind `field`: what a form refuses and a list covers; `words`: what an officer wrote, where a number of fifteen digits is covered too
 */
export function coveredText(text: string, kind: 'field' | 'words'): string {
  if (kind === 'field' && !holdsIdentityNumber(text)) return text;
  const covered = coverIdentityNumbers(text);
  return covered === plainDigits(text) ? text : covered;
}

/**
 * A record that was kept before the rule, of which nothing but its text tells what stood there: covered is what reads as an
 * identity number, with sixteen digits and a province. A letter's number, an account or a NIP, however long, stays.
 */
export function coveredRecord(text: string): string {
  const plain = plainDigits(text);
  const found = identityNumbers(plain).filter(
    ({ digits }) => digits.length === LENGTH && PROVINCE.test(digits),
  );
  if (found.length === 0) return text;
  return found
    .toReversed()
    .reduce((left, { from, to }) => `${left.slice(0, from)}${COVER}${left.slice(to)}`, plain);
}

/** Whether something was covered in a text. */
export function isCovered(text: string): boolean {
  return text.includes(COVER);
}

/**
 * Titles of a list's columns. The first row of a list without titles is a person: numbers are covered in it, and columns that
 * would then have the same title are numbered, so that each can still be named.
 */
export function coveredTitles(titles: readonly string[]): string[] {
  const covered: string[] = [];
  for (const title of titles) {
    const text = coveredText(title, 'words');
    let named = text === title ? title : text.trim();
    for (let n = 2; text !== title && covered.includes(named); n++) named = `${text.trim()} (${n})`;
    covered.push(named);
  }
  return covered;
}

/** A digit is missing, or was typed once too often. */
const SHORT = new RegExp(String.raw`\d{15,}|(?<!\d)\d{6}${BETWEEN}\d{6}${BETWEEN}\d{3}(?!\d)`, 'gu');
const COVER = '•••';
