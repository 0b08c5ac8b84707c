/**
 * Whether a password may be set. Length counts and guessability does, composition rules do not (NIST SP 800-63B
 * section 3.1.1.2, OWASP ASVS 5.0 6.2). Guessable is what stands in a list of common passwords, what is made of this
 * library's or officer's own names, and either of them with a few characters around.
 */
export const PASSWORD_LENGTH = { min: 12, max: 200 } as const;

export type PasswordProblem = 'too-short' | 'too-long' | 'common' | 'own-names' | 'one-pattern';

/** Words that every guesser of this product's passwords tries first. */
const PRODUCT_WORDS = [
  'daftarpustaka',
  'daftar',
  'pustaka',
  'perpustakaan',
  'perpus',
  'library',
  'anggota',
  'pemustaka',
  'petugas',
  'admin',
  'administrator',
  'loket',
  'katasandi',
  'password',
];

/** Runs of keys and signs that a finger follows without thinking. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv',
];

/** So many letters and digits must be left when what everybody would guess is taken away. */
const LEFT = 6;
const SHORTEST_WORD = 4;
const LONGEST_WORD = 24;

/**
 * @param own names of the library and of the officer, as they are written
 * @param isCommon whether a word in small letters stands in the list of common passwords
 */
export function passwordProblem(
  password: string,
  own: readonly string[],
  isCommon: (word: string) => boolean,
): PasswordProblem | undefined {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH.min) return 'too-short';
  if (length > PASSWORD_LENGTH.max) return 'too-long';
  const typed = password.normalize('NFKC').toLowerCase();
  if (isCommon(typed)) return 'common';
  const plain = lettersOf(typed);
  // A password of signs only, or of another script, has nothing to compare: its length has to do.
  if (plain.length < PASSWORD_LENGTH.min / 2) return undefined;
  for (const text of new Set([plain, lettersOf(unleet(typed))])) {
    if (isOnePattern(text)) return 'one-pattern';
    const names = withoutAll(text, [...own.flatMap(wordsOf), ...PRODUCT_WORDS]);
    if (names !== text && isLittle(names, isCommon)) return 'own-names';
    for (const word of commonParts(names, isCommon))
      if (isLittle(names.replaceAll(word, ''), isCommon)) return 'common';
  }
  return undefined;
}

/** What remains is short, or is itself what everybody would guess, or a date. */
function isLittle(rest: string, isCommon: (word: string) => boolean): boolean {
  return rest.length < LEFT || isCommon(rest) || /^\d{1,8}$/.test(rest);
}

/** Few different signs, one piece over and over, or a run of the keyboard and little else. */
function isOnePattern(text: string): boolean {
  if (new Set(text).size < 4) return true;
  if (/^(.{1,6}?)\1+.{0,3}$/.test(text)) return true;
  const left = RUNS.flatMap((run) => [run + run, [...(run + run)].reverse().join('')]).reduce(
    withoutRun,
    text,
  );
  return left.length < LEFT && left !== text;
}

/** Takes away every piece of five or more signs that follows the run. */
function withoutRun(text: string, run: string): string {
  let rest = text;
  for (let start = 0; start + 5 <= rest.length; ) {
    let end = start + 5;
    if (!run.includes(rest.slice(start, end))) {
      start++;
      continue;
    }
    while (end < rest.length && run.includes(rest.slice(start, end + 1))) end++;
    rest = rest.slice(0, start) + rest.slice(end);
  }
  return rest;
}

function withoutAll(text: string, words: readonly string[]): string {
  return [...new Set(words)]
    .sort((one, other) => other.length - one.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}

/** A name as one word and each of its longer words. */
function wordsOf(name: string): string[] {
  const lower = name.normalize('NFKC').toLowerCase();
  const words = [lettersOf(lower), ...lower.split(/[^\p{L}\p{N}]+/u).map(lettersOf)];
  return words.filter((word) => word.length >= SHORTEST_WORD);
}

function* commonParts(text: string, isCommon: (word: string) => boolean): Generator<string> {
  for (let length = Math.min(LONGEST_WORD, text.length); length >= SHORTEST_WORD; length--)
    for (let start = 0; start + length <= text.length; start++) {
      const part = text.slice(start, start + length);
      if (isCommon(part)) yield part;
    }
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

const LEET: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '1': 'i',
  '!': 'i',
  '3': 'e',
  $: 's',
  '5': 's',
  '7': 't',
};

function unleet(text: string): string {
  return [...text].map((sign) => LEET[sign] ?? sign).join('');
}
