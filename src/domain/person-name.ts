import { cleanText } from './clean-text.ts';
import { keepMade } from './keep-made.ts';
import { stripTitles } from './name-titles.ts';

/** Longer than any real name with its titles; keeps a pasted page out. */
export const LONGEST_NAME = 200;

export type CleanNameResult =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: 'empty' | 'control_characters' | 'too_long' };

/** Emoji with what colours and joins them, flags included: no document has one in a name, and no card can print it. */
const PICTURES =
  /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u20E3|\uFE0F)\u200D?/gu;

/**
 * A name as it is stored: white space put right, emoji left out, nothing else changed. One word is a full name;
 * capitals, titles, apostrophes and any script stay as typed.
 */
export function cleanName(typed: string): CleanNameResult {
  const result = cleanText(typed.replace(PICTURES, ''), LONGEST_NAME);
  if (!result.ok) return result;
  return /\p{L}/u.test(result.text) ? { ok: true, name: result.text } : { ok: false, reason: 'empty' };
}

/**
 * For the public verification page, which shows no more than the card: "Siti Aminah Rahmawati" becomes
 * "Siti A. R.". Titles are dropped; short first words stay up to the first long one ("I Wayan S.").
 */
export function shortenName(name: string): string {
  const words = stripTitles(name)
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word));
  const firstLong = words.findIndex((word) => !word.includes('.') && [...word].length > 2);
  return words
    .map((word, index) => {
      if (index <= Math.max(firstLong, 0)) return word.replace(/,$/, '');
      const initial = /\p{L}/u.exec(word)?.[0] ?? '';
      return `${initial.toUpperCase()}.`;
    })
    .join(' ');
}

/**
 * The parts of a name as they are compared, in their order: without titles, small letters without marks,
 * spellings that mean the same name made one (`domain.md` §2). At least one.
 */
export function nameTokens(name: string): readonly string[] {
  return nameParts(name).map((part) => part.token);
}

/** A part of a name in the form in which it is compared, with the word that was written. */
export interface NamePart {
  readonly token: string;
  /** Small letters without marks, its spelling as it was. */
  readonly written: string;
}

/** The same parts with what was written; of a word that holds two parts (Abdurrahman), each part has its own. */
export function nameParts(name: string): readonly NamePart[] {
  const stripped = plainWords(stripTitles(name));
  const words = stripped.length > 0 ? stripped : plainWords(name);
  if (words.length === 0) return [{ token: name, written: name }];
  return words.flatMap((word, index) => {
    const tokens = normaliseWord(word, index === 0 && words.length > 1);
    return tokens.map((token) => ({ token, written: tokens.length === 1 ? word : token }));
  });
}

function plainWords(text: string): readonly string[] {
  // Nearly all names are plain letters, and taking marks apart costs more than all the rest.
  if (/^[\x20-\x7e]*$/.test(text))
    return text
      .toLowerCase()
      .replace(/['`]/g, '')
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '');
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      // "Nur'aini" and "Nuraini" are one name; a full stop ends a word ("Muh.Ridwan").
      .replace(/['`\u2018\u2019\u02BB\u02BC\u00B4]/g, '')
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '')
  );
}

/** Equal for two writings of one name, word order included: the comparison key that is stored and indexed. */
export function nameKey(name: string): string {
  return nameKeyOf(nameTokens(name));
}

/** The same where the parts of the name are at hand. */
export function nameKeyOf(tokens: readonly string[]): string {
  return [...tokens].sort().join(' ');
}

/** Mhd., Muh., Moh., Mohd., Moch., Mohammad, Muhammad, Mochamad, Mukhamad, Mohamed … */
const MUHAMMAD = /^mh(?:m{0,2})d$|^m[uo](?:k?h|ch)(?:d|am{1,2}[ae][dt])?$|^m[uo]k?ham{1,2}[ae]d$/;
/** Abdul and the forms it takes before another word: Abdur Rahman, Abdus Salam; old spelling Abdoel. */
const ABDUL = /^abd(?:u[lrsdntz]?|oel)?$/;

/** Ach., Ahm., Achmad, Akhmad, Ahmat, Ahmed. */
const AHMAD = /^a(?:ch|kh|h)m?(?:[ae][dt])?$|^a(?:ch|kh|h)md$/;

function normaliseWord(word: string, first: boolean): readonly string[] {
  // On documents from Sulawesi "St." before a name is Siti.
  return (first ? FIRST_WORDS[word] : undefined) ?? tokensOf(word);
}

/** What stands before a name in short: Siti in Sulawesi; Ida Bagus, Ida Ayu and I Gusti Ayu (or Agung) in Bali. */
const FIRST_WORDS: Readonly<Record<string, readonly string[]>> = {
  st: ['siti'],
  ib: ['ida', 'bagus'],
  dayu: ['ida', 'ayu'],
  iga: ['i', 'gusti', 'a'],
  igst: ['i', 'gusti'],
};

const tokensOf = keepMade((word: string): readonly string[] => {
  if (MUHAMMAD.test(word)) return ['muhamad'];
  if (ABDUL.test(word)) return ['abdul'];
  if (AHMAD.test(word)) return ['ahmad'];
  const spelled = normaliseSpelling(word);
  // Written as one word, the end of "Abdul" has become the first letter of the second: Abdurrahman.
  const joined = /^abdul?(\p{L}{4,})$/u.exec(spelled);
  return joined?.[1] === undefined ? [spelled] : ['abdul', joined[1]];
});

function normaliseSpelling(word: string): string {
  // The spelling before 1972 wrote y as j: only a word that shows its age elsewhere is read that way.
  const old = /oe|dj|tj|nj|sj/.test(word);
  const marked = word.replace(/dj/g, '\uE000').replace(/tj/g, 'c').replace(/nj/g, 'ny').replace(/sj/g, 'sy');
  return (
    (old ? marked.replace(/j/g, 'y') : marked)
      .replace(/\uE000/g, 'j')
      .replace(/oe/g, 'u')
      .replace(/^chr/, 'kr')
      // Arabic and Sanskrit sounds that Indonesian names write either way.
      .replace(/[ck]h/g, 'h')
      .replace(/([dtb])h/g, '$1')
      .replace(/sy/g, 's')
      .replace(/ph|v/g, 'f')
      .replace(/q/g, 'k')
      .replace(/x/g, 'ks')
      .replace(/z/g, 's')
      .replace(/ae/g, 'ai')
      .replace(/y$/, 'i')
      .replace(/iy(?=[aeou])/g, 'i')
      .replace(/(\p{L})\1+/gu, '$1')
  );
}
