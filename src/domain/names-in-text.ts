/** Taking a person out of a text that is about something else: a record of a failure, the reason of a report. */

/** Who is looked for. */
export interface NamedPerson {
  readonly name: string;
  /** Numbers, telephone and e-mail as they are stored. */
  readonly marks: readonly string[];
}

/** Stands where a name or number stood, in the language of the record. */
export const TAKEN_OUT = '[dihapus]';

/** Before a name of one word, which may be an everyday word as well ("Bulan", "Sari"). */
const ADDRESSED =
  '(?:bapak|bpk|pak|ibu|bu|saudara|saudari|sdr|sdri|an|a\\.n|atas nama|nama|bernama|pemustaka|anggota|pemohon|mr|mrs|ms)';
/** Shorter runs of digits say nothing by themselves. */
const SHORTEST_NUMBER = 7;

/**
 * The text without this person: the whole name in any spelling of capitals and spaces, a name of one word where it is
 * addressed as one, e-mail, and numbers whatever stands between their digits. A part of a name alone stays: it may be
 * anybody's.
 */
export function withoutPerson(text: string, { name, marks }: NamedPerson): string {
  const patterns = [...namePatterns(name), ...marks.flatMap(markPatterns)];
  return patterns.reduce((rest, pattern) => rest.replace(pattern, `$<before>${TAKEN_OUT}`), text);
}

/** Words with a capital that are names as well: a record must not lose the month in which something happened. */
const DATES = new Set(
  'januari februari maret april mei juni juli agustus september oktober november desember senin selasa rabu kamis jumat sabtu minggu ahad january february march may june july august october december monday tuesday wednesday thursday friday saturday sunday'.split(
    ' ',
  ),
);

/** Whether a name of one word stands in what is left of a text, where it may be an everyday word: a person has to look. */
export function mentionsBareName(text: string, person: NamedPerson): boolean {
  return bareName(person.name, 'giu')?.test(withoutPerson(text, person)) ?? false;
}

/** Characters on either side of a name that somebody looks at. */
const AROUND = 60;

/** Where such a name stands, with some of what is around it. */
export function bareNameExcerpts(text: string, person: NamedPerson): readonly string[] {
  const left = withoutPerson(text, person);
  const pattern = bareName(person.name, 'giu');
  if (pattern === undefined) return [];
  return [...left.matchAll(pattern)].map(({ index, 0: found }) => {
    const [from, to] = [Math.max(0, index - AROUND), index + found.length + AROUND];
    return `${from > 0 ? '… ' : ''}${left.slice(from, to).trim()}${to < left.length ? ' …' : ''}`;
  });
}

/** The text without a name of one word, wherever it stands. */
export function withoutBareName(text: string, { name }: NamedPerson): string {
  const pattern = bareName(name, 'giu');
  return pattern === undefined ? text : text.replace(pattern, `$<before>${TAKEN_OUT}`);
}

/** The same where nobody looks: with a capital as a name has, and no day or month. */
export function withoutCapitalName(text: string, { name }: NamedPerson): string {
  const word = name.trim().toLocaleLowerCase('id');
  if (DATES.has(word)) return text;
  const capital = word.charAt(0).toLocaleUpperCase('id') + word.slice(1);
  return [capital, word.toLocaleUpperCase('id')].reduce((rest, written) => {
    const pattern = bareName(written, 'gu');
    return pattern === undefined ? rest : rest.replace(pattern, `$<before>${TAKEN_OUT}`);
  }, text);
}

function bareName(name: string, flags: string): RegExp | undefined {
  const words = name.split(/[\s.,]+/).filter((word) => word !== '');
  const [word] = words;
  if (words.length !== 1 || word === undefined) return undefined;
  return new RegExp(`(?<before>^|[^\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, flags);
}

function namePatterns(name: string): readonly RegExp[] {
  const words = name.split(/[\s.,]+/).filter((word) => word !== '');
  if (words.length === 0) return [];
  const whole = words.map(escaped).join('[\\s.,]+');
  return [
    words.length > 1
      ? new RegExp(`(?<before>^|[^\\p{L}\\p{N}])${whole}(?![\\p{L}\\p{N}])`, 'giu')
      : new RegExp(
          `(?<before>(?:^|[^\\p{L}\\p{N}])${ADDRESSED}(?:\\.\\s*|\\s*:\\s*|\\s+))${whole}(?![\\p{L}\\p{N}])`,
          'giu',
        ),
  ];
}

function markPatterns(mark: string): readonly RegExp[] {
  // An address, or a number with letters in it.
  if (/[A-Za-z]/.test(mark)) return [new RegExp(`(?<before>^|[^\\w.+-])${escaped(mark)}(?![\\w-])`, 'giu')];
  const digits = mark.replace(/\D/g, '');
  if (digits.length < SHORTEST_NUMBER) return [];
  // Written at home (0812…) or abroad (+62812…).
  const national = mark.startsWith('+62') ? digits.slice(2) : digits;
  const spaced = [...national].join('[ .\\-]?');
  const lead = mark.startsWith('+62') ? '(?:\\+?62[ .\\-]?|0)?' : '';
  return [new RegExp(`(?<before>^|\\D)${lead}${spaced}(?!\\d)`, 'gu')];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/['’ʼ`]/g, "['’ʼ`]");
}
