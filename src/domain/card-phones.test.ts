import { describe, expect, it } from 'vitest';
import { type CardPhone, judgePhone, KEPT_PHONES, NEW_PHONES, OPENINGS_PER_HOUR } from './card-phones.ts';

const NOW = Date.parse('2026-11-22T03:00:00Z');
const DAY = 86_400_000;
const LIFE = 28;
/** The first came first, a day between any two; the last one yesterday. */
const kept = (count: number, every = DAY): CardPhone[] =>
  Array.from({ length: count }, (_, at) => ({
    key: `p${at}`,
    kept: true,
    since: NOW - (count - at) * every,
  }));
const judge = (phones: readonly CardPhone[], key: string, isKept = true) =>
  judgePhone(phones, { key, kept: isKept }, NOW, LIFE);

describe('phones that keep a card', () => {
  it('are the newest three; the one that came first is not renewed any more', () => {
    const phones = kept(KEPT_PHONES + 1);
    expect(phones.map(({ key }) => judge(phones, key))).toEqual([
      'displaced',
      'certify',
      'certify',
      'certify',
    ]);
  });

  it('may be added six times within the life of a certificate, and again when the first of them is over', () => {
    expect(judge(kept(NEW_PHONES - 1), 'new')).toBe('certify');
    expect(judge(kept(NEW_PHONES), 'new')).toBe('too-many');
    expect(judge(kept(NEW_PHONES, 5 * DAY), 'new')).toBe('certify');
    // Whose place was taken is told so, and not that there are too many.
    expect(judge(kept(NEW_PHONES), 'p0')).toBe('displaced');
  });

  it('whatever happens, renewals included, no more certificates live at one time than are stated', () => {
    const phones: (CardPhone & { ends: number })[] = [];
    for (let hour = 0; hour < 24 * 90; hour += 6) {
      const now = NOW + hour * 3_600_000;
      const ends = now + LIFE * DAY;
      const certify = (key: string) => judgePhone(phones, { key, kept: true }, now, LIFE) === 'certify';
      for (const phone of phones) if (certify(phone.key)) phone.ends = ends;
      const key = `phone ${hour}`;
      if (certify(key)) phones.push({ key, kept: true, since: now, ends });
      expect(phones.filter((phone) => phone.ends > now).length).toBeLessThanOrEqual(KEPT_PHONES + NEW_PHONES);
    }
    expect(phones.length).toBeGreaterThan(NEW_PHONES * 2);
  });
});

describe('openings that keep nothing', () => {
  it('do not count as phones, and are slowed where a program asks without end', () => {
    const openings = Array.from({ length: OPENINGS_PER_HOUR }, (_, at): CardPhone => {
      return { key: `o${at}`, kept: false, since: NOW - at * 60_000 };
    });
    expect(judge(openings, 'new', false)).toBe('too-many');
    expect(judge(openings.slice(1), 'new', false)).toBe('certify');
    expect(judge(openings, 'o3', false)).toBe('certify');
    expect(judge(openings, 'new', true)).toBe('certify');
    // A page that is kept now although it was only opened before: a phone like any other.
    expect(judge(openings, 'o3', true)).toBe('certify');
  });
});
