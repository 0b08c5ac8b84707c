import type { MemberNumber } from './ids.ts';
import type { PlainDate } from './plain-date.ts';

/**
 * How a library numbers its members. Two ways to write one pattern:
 * - as in the field: `YYMMDD99999`, `YYYYMM999`, `99999LYYYY`, `PREFIX-LOC-YYYY-000001`; `YYYY`, `YY`, `MM`,
 *   `DD`, `PREFIX`, `LOC` are tokens, a run of `9` or `0…01` is the running number with that many digits;
 * - with braces, where a letter would be misread: `{YY}{MM}{DD}{SEQ5}`, `{PREFIX}-{LOC}-{YYYY}-{SEQ6}`.
 * The running number begins again whenever the dates in the pattern change (`seriesKey`), so it can never
 * give the same number twice; it grows by a digit instead of wrapping round.
 */
export interface ParsedNumberFormat {
  readonly parts: readonly NumberPart[];
  readonly prefix: string;
  /** Worth telling the admin; the format can be used. */
  readonly warnings: readonly NumberFormatWarning[];
}

export type NumberPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'date'; readonly token: DateToken }
  | { readonly kind: 'location' }
  | { readonly kind: 'prefix' }
  /** At least so many digits. */
  | { readonly kind: 'sequence'; readonly digits: number };
type DateToken = 'YYYY' | 'YY' | 'MM' | 'DD';

export type NumberFormatProblem =
  /** No or more than one running number. */
  | 'needs_one_sequence'
  | 'unknown_token'
  /** Only digits, capitals, full stop and hyphen print alike in Code 39 and Code 128. */
  | 'characters'
  | 'too_long'
  /** `LOC` twice, or next to the running number without `-` or `.`: 1+23 and 12+3 would be one number. */
  | 'location_ambiguous'
  /** Sixteen digits: anybody would take it for a NIK. */
  | 'looks_like_nik';
export type NumberFormatWarning =
  /** Only after very many members in one period would it have the sixteen digits of a NIK. */
  | 'may_grow_into_nik'
  /** The month without its year: the running number goes on every January where it stopped. */
  | 'period_without_year';

export type NumberFormatResult =
  | { readonly ok: true; readonly format: ParsedNumberFormat }
  | { readonly ok: false; readonly reason: NumberFormatProblem };

/** What fits below a photo as Code 128 on a CR80 card and can still be read. */
const LONGEST = 24;
const NIK_DIGITS = 16;

/**
 * Reads a pattern and refuses one that could give the same number twice.
 * @param prefix what `PREFIX` stands for in this library
 */
export function parseNumberFormat(pattern: string, prefix = ''): NumberFormatResult {
  const parts = pattern.includes('{') ? bracedParts(pattern) : bareParts(pattern);
  if (parts === undefined) return { ok: false, reason: 'unknown_token' };
  const sequences = parts.filter((part) => part.kind === 'sequence');
  if (sequences.length !== 1) return { ok: false, reason: 'needs_one_sequence' };
  if (!/^[0-9A-Z.-]*$/.test(textOf(parts) + prefix)) return { ok: false, reason: 'characters' };
  if (!isLocationClear(parts)) return { ok: false, reason: 'location_ambiguous' };
  const shortest = render(parts, { date: '2000-01-01' as PlainDate, sequence: 0, prefix, location: '0' });
  if (shortest.length > LONGEST) return { ok: false, reason: 'too_long' };
  const onlyDigits = /^\d+$/.test(shortest);
  if (onlyDigits && shortest.length === NIK_DIGITS) return { ok: false, reason: 'looks_like_nik' };
  const dates = new Set(parts.flatMap((part) => (part.kind === 'date' ? [part.token] : [])));
  const warnings: NumberFormatWarning[] = [];
  if (onlyDigits && shortest.length > NIK_DIGITS - 3 && shortest.length < NIK_DIGITS)
    warnings.push('may_grow_into_nik');
  if (dates.size > 0 && !dates.has('YYYY') && !dates.has('YY')) warnings.push('period_without_year');
  return { ok: true, format: { parts, prefix, warnings } };
}

export interface NumberInput {
  /** The day of approval on the library's wall calendar. */
  readonly date: PlainDate;
  /** The next of its series, from 1. */
  readonly sequence: number;
  /** Location code of the service point: digits and capitals. */
  readonly location: string;
}

/** Makes one number. Throws RangeError for a running number or location code that no caller should have. */
export function formatMemberNumber(format: ParsedNumberFormat, input: NumberInput): MemberNumber {
  if (!Number.isSafeInteger(input.sequence) || input.sequence < 0) throw new RangeError('sequence');
  if (format.parts.some((part) => part.kind === 'location') && !isLocationCode(input.location))
    throw new RangeError('location code');
  return render(format.parts, { ...input, prefix: format.prefix }) as MemberNumber;
}

/** Whether a service point's code can stand in a number. */
export function isLocationCode(code: string): boolean {
  return /^[0-9A-Z]{1,8}$/.test(code);
}

/** The period in which the running number counts: the dates as the number shows them, `''` for one series. */
export function seriesKey(format: ParsedNumberFormat, date: PlainDate): string {
  return format.parts
    .flatMap((part) => (part.kind === 'date' ? [`${part.token}=${dateText(part.token, date)}`] : []))
    .join(' ');
}

interface RenderInput extends NumberInput {
  readonly prefix: string;
}

function render(parts: readonly NumberPart[], input: RenderInput): string {
  return parts.map((part) => renderPart(part, input)).join('');
}

function renderPart(part: NumberPart, input: RenderInput): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'date':
      return dateText(part.token, input.date);
    case 'location':
      return input.location;
    case 'prefix':
      return input.prefix;
    case 'sequence':
      return String(input.sequence).padStart(part.digits, '0');
  }
}

function dateText(token: DateToken, date: PlainDate): string {
  switch (token) {
    case 'YYYY':
      return date.slice(0, 4);
    case 'YY':
      return date.slice(2, 4);
    case 'MM':
      return date.slice(5, 7);
    case 'DD':
      return date.slice(8, 10);
  }
}

function bareParts(pattern: string): readonly NumberPart[] {
  return Array.from(pattern.matchAll(/YYYY|YY|MM|DD|PREFIX|LOC|9+|0+1|./gsu), ([token]): NumberPart => {
    if (/^(?:9+|0+1)$/.test(token)) return { kind: 'sequence', digits: token.length };
    return tokenPart(token) ?? { kind: 'text', text: token };
  });
}

function bracedParts(pattern: string): readonly NumberPart[] | undefined {
  const parts: NumberPart[] = [];
  for (const [whole, token] of pattern.matchAll(/\{([^{}]*)\}|./gsu)) {
    if (token === undefined) {
      if (whole === '{' || whole === '}') return undefined;
      parts.push({ kind: 'text', text: whole });
      continue;
    }
    const digits = /^SEQ([1-9])$/.exec(token)?.[1];
    const part = digits ? { kind: 'sequence' as const, digits: Number(digits) } : tokenPart(token);
    if (!part) return undefined;
    parts.push(part);
  }
  return parts;
}

function tokenPart(token: string): NumberPart | undefined {
  switch (token) {
    case 'YYYY':
    case 'YY':
    case 'MM':
    case 'DD':
      return { kind: 'date', token };
    case 'PREFIX':
      return { kind: 'prefix' };
    case 'LOC':
      return { kind: 'location' };
    default:
      return undefined;
  }
}

function textOf(parts: readonly NumberPart[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

/** Location codes differ in length, like the running number: something must stand between the two. */
function isLocationClear(parts: readonly NumberPart[]): boolean {
  const places = parts.flatMap((part, index) => (part.kind === 'location' ? [index] : []));
  const [place, second] = places;
  if (place === undefined) return true;
  if (second !== undefined) return false;
  const sequence = parts.findIndex((part) => part.kind === 'sequence');
  return /[.-]/.test(textOf(parts.slice(Math.min(place, sequence), Math.max(place, sequence))));
}
