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
