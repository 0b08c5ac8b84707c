import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatMemberNumber,
  isLocationCode,
  type ParsedNumberFormat,
  parseNumberFormat,
  seriesKey,
} from './member-number.ts';
import { addDays, type PlainDate } from './plain-date.ts';

const day = '2026-11-21' as PlainDate;

function format(pattern: string, prefix = ''): ParsedNumberFormat {
  const result = parseNumberFormat(pattern, prefix);
  if (!result.ok) throw new Error(result.reason);
  return result.format;
}
function refusal(pattern: string, prefix = ''): string | undefined {
  const result = parseNumberFormat(pattern, prefix);
  return result.ok ? undefined : result.reason;
}

describe('the formats in use', () => {
  it.each([
    ['YYMMDD99999', '', '26112100042', 'YY=26 MM=11 DD=21'],
    ['{YY}{MM}{DD}{SEQ5}', '', '26112100042', 'YY=26 MM=11 DD=21'],
    ['YYYYMM999', '', '202611042', 'YYYY=2026 MM=11'],
    ['{YYYY}{MM}{SEQ3}', '', '202611042', 'YYYY=2026 MM=11'],
    ['99999LYYYY', '', '00042L2026', 'YYYY=2026'],
    ['{SEQ5}L{YYYY}', '', '00042L2026', 'YYYY=2026'],
    ['PREFIX-LOC-YYYY-000001', 'BWI', 'BWI-01-2026-000042', 'YYYY=2026'],
    ['{PREFIX}-{LOC}-{YYYY}-{SEQ6}', 'BWI', 'BWI-01-2026-000042', 'YYYY=2026'],
    ['A9999', '', 'A0042', ''],
    ['{SEQ4}', '', '0042', ''],
  ])('%s', (pattern, prefix, number, series) => {
    expect(formatMemberNumber(format(pattern, prefix), { date: day, sequence: 42, location: '01' })).toBe(
      number,
    );
    expect(seriesKey(format(pattern, prefix), day)).toBe(series);
  });

  it('grow by a digit instead of beginning again', () => {
    const input = { date: day, location: '01' };
    expect(formatMemberNumber(format('YYYYMM999'), { ...input, sequence: 999 })).toBe('202611999');
    expect(formatMemberNumber(format('YYYYMM999'), { ...input, sequence: 1000 })).toBe('2026111000');
  });
});

describe('a format that cannot be used', () => {
  it.each([
    ['YYYY', 'needs_one_sequence'],
    ['', 'needs_one_sequence'],
    ['999-999', 'needs_one_sequence'],
    ['{SEQ3}{SEQ3}', 'needs_one_sequence'],
    ['{SEQ0}', 'unknown_token'],
    ['{NIK}', 'unknown_token'],
    ['{SEQ5', 'unknown_token'],
    ['no. 999', 'characters'],
    ['A/999', 'characters'],
    ['LOC999', 'location_ambiguous'],
    ['999YYYYLOC', 'location_ambiguous'],
    ['LOC-LOC-999', 'location_ambiguous'],
    ['YYYYMMDD99999999', 'looks_like_nik'],
    ['9999999999999999', 'looks_like_nik'],
    ['YYYYMMDD-99999-0000000000000', 'too_long'],
  ])('%s: %s', (pattern, reason) => {
    expect(refusal(pattern)).toBe(reason);
  });

  it('has a prefix that the card could not print', () => {
    expect(refusal('PREFIX999', 'bwi')).toBe('characters');
  });

  it('or is warned about, where it still can', () => {
    expect(format('YYYYMMDD9999999').warnings).toEqual(['may_grow_into_nik']);
    expect(format('MM99999').warnings).toEqual(['period_without_year']);
    expect(format('YYMMDD99999').warnings).toEqual([]);
  });
});

describe('numbers are never given twice', () => {
  const part = fc.constantFrom('{YYYY}', '{YY}', '{MM}', '{DD}', '{PREFIX}', '{LOC}', 'L', '-', '.', '7');
  const pattern = fc
    .tuple(fc.array(part, { maxLength: 4 }), fc.integer({ min: 1, max: 6 }), fc.array(part, { maxLength: 4 }))
    .map(([before, digits, after]) => `${before.join('')}{SEQ${digits}}${after.join('')}`);
  const use = fc.record({
    date: fc.integer({ min: 0, max: 60_000 }).map((days) => addDays('2000-01-01' as PlainDate, days)),
    sequence: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 20_000_000 })),
    location: fc.stringMatching(/^[0-9A-Z]{1,3}$/),
  });

  it('two of a format differ wherever their period or running number differs', () => {
    fc.assert(
      fc.property(pattern, use, use, (text, one, other) => {
        const result = parseNumberFormat(text, 'BWI');
        fc.pre(result.ok);
        if (!result.ok) return;
        const same =
          seriesKey(result.format, one.date) === seriesKey(result.format, other.date) &&
          one.sequence === other.sequence;
        const numbers = [formatMemberNumber(result.format, one), formatMemberNumber(result.format, other)];
        if (!same) expect(numbers[0]).not.toBe(numbers[1]);
      }),
      { numRuns: 2000 },
    );
  });

  it('would be, were the location not set apart', () => {
    // The collision that `location_ambiguous` prevents: 1 + 230000 and 12 + 30000.
    expect(`1${'230000'.padStart(5, '0')}`).toBe(`12${'30000'.padStart(5, '0')}`);
  });

  it('every number can be printed and is no NIK until very many members later', () => {
    fc.assert(
      fc.property(pattern, use, (text, input) => {
        const result = parseNumberFormat(text, 'BWI');
        if (!result.ok) return;
        const number = formatMemberNumber(result.format, input);
        expect(number).toMatch(/^[0-9A-Z.-]+$/);
        if (result.format.warnings.length === 0 && input.sequence <= 999)
          expect(number).not.toMatch(/^\d{16}$/);
      }),
    );
  });

  it('never fails on what an admin types', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (text, prefix) => void parseNumberFormat(text, prefix)));
  });
});

it('refuses a location code that would blur the number', () => {
  expect(isLocationCode('01')).toBe(true);
  expect(isLocationCode('0-1')).toBe(false);
  expect(() => formatMemberNumber(format('LOC-999'), { date: day, sequence: 1, location: '0-1' })).toThrow(
    RangeError,
  );
});
