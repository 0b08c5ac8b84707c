import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallClockIn, zoneOffset } from './zone-clock.ts';

/** What `Intl` itself writes, asked anew each time. */
function asked(zone: string, at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);
}

function shown(zone: string, at: Date): string {
  const { date, hour, minute, second } = wallClockIn(zone, at);
  return `${date} ${hour}:${minute}:${second}`;
}

const ZONES = [
  'Asia/Jakarta',
  'Asia/Pontianak',
  'Asia/Makassar',
  'Asia/Jayapura',
  'UTC',
  // Summer time, by a half hour too; clocks a quarter of an hour off; a day that was left out.
  'Europe/Amsterdam',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
];

describe('the clock of a zone', () => {
  it('shows what Intl shows, at any second since 1850', () => {
    const from = Date.UTC(1850, 0, 1);
    const until = Date.UTC(2100, 0, 1);
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: from, max: until }), (zone, ms) => {
        const at = new Date(ms);
        expect(shown(zone, at)).toBe(asked(zone, at));
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows it around every change of a clock that is remembered by quarters', () => {
    for (const zone of ZONES) {
      for (let day = Date.UTC(2010, 0, 1); day < Date.UTC(2013, 0, 1); day += 86_400_000) {
        if (zoneOffset(zone, day) === zoneOffset(zone, day + 86_400_000)) continue;
        for (let at = day - 3_600_000; at < day + 2 * 86_400_000; at += 299_000)
          expect(shown(zone, new Date(at))).toBe(asked(zone, new Date(at)));
      }
    }
  });

  it('does not take a zone that there is not', () => {
    expect(() => wallClockIn('Asia/Kota_Khayal', new Date())).toThrow(RangeError);
  });
});
