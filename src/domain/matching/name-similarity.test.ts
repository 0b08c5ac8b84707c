import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nameSimilarity, tokenLikeness } from './name-similarity.ts';

describe('one name', () => {
  it.each([
    ['Drs. H. Budi Santoso, M.Si.', 'BUDI SANTOSO'],
    ['Santoso Budi', 'Budi Santoso'],
    ['Muh. Ridwan', 'Mohammad Ridwan'],
    ['Nur Aini', 'Nuraini'],
    ['Djoko Soesilo', 'Joko Susilo'],
  ])('%s and %s: the same', (one, other) => {
    expect(nameSimilarity(one, other)).toBe(1);
  });

  it.each([
    ['Suprapto', 'Supratpo'],
    ['Siti Rahmawati', 'Siti Rahmowati'],
    ['Ahmad Jahja', 'Ahmad Yahya'],
    ['Dewi Kusumawardani', 'Dewi Kusumawardhani'],
    ['Bambang Sutrisno Hadi', 'Bambang Sutrisno'],
  ])('%s and %s: very similar', (one, other) => {
    expect(nameSimilarity(one, other)).toBeGreaterThanOrEqual(0.85);
  });

  it.each([
    ['Siti Aminah', 'Siti Aminah Rahmawati'],
    ['Abdul Rahman', 'Abd. Rohman'],
    ['M. Ridwan Kamal', 'Muhammad Ridwan Kamal'],
    ['Sri Wahyuni', 'Sri Wahyuningsih'],
    ['Budi', 'Budi Santoso'],
  ])('%s and %s: similar', (one, other) => {
    expect(nameSimilarity(one, other)).toBeGreaterThanOrEqual(0.65);
  });
});

describe('two names', () => {
  it.each([
    ['Hasan Basri', 'Husein Basri'],
    ['Siti Aminah', 'Siti Aisyah'],
    ['Muhammad Rizki', 'Muhammad Fajar'],
    ['I Wayan Sudana', 'I Wayan Kerta'],
    ['Ani', 'Adi'],
    ['Kartika', 'Wulandari'],
  ])('%s and %s: clearly', (one, other) => {
    expect(nameSimilarity(one, other)).toBeLessThan(0.5);
  });

  it.each([
    ['Budi Santoso', 'Rudi Santoso'],
    ['Rina Wati', 'Rini Wati'],
  ])('%s and %s: of siblings, not similar enough for one', (one, other) => {
    expect(nameSimilarity(one, other)).toBeLessThan(0.7);
  });
});

const name = fc
  .array(fc.oneof(fc.stringMatching(/^[A-Z][a-z]{0,9}$/), fc.constantFrom('Muh.', 'Siti', 'Budi', 'A.')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((words) => words.join(' '));

describe('the measure', () => {
  it('lies between 0 and 1, is 1 for a name itself, and does not depend on who comes first', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const likeness = nameSimilarity(one, other);
        expect(likeness).toBeGreaterThanOrEqual(0);
        expect(likeness).toBeLessThanOrEqual(1);
        expect(nameSimilarity(one, one)).toBe(1);
        expect(nameSimilarity(other, one)).toBeCloseTo(likeness, 10);
      }),
      { numRuns: 500 },
    );
  });

  it('never fails on what people type', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (one, other) => {
        expect(nameSimilarity(one, other)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('counts a slip in a long word as a slip and in a short one as another name', () => {
    expect(tokenLikeness('kusumawati', 'kusumawari')).toBeGreaterThan(0.8);
    expect(tokenLikeness('ani', 'adi')).toBe(0);
    expect(tokenLikeness('budi', 'rudi')).toBeLessThan(0.2);
    expect(tokenLikeness('a', 'aminah')).toBe(0.7);
  });

  it('counts edits as an independent definition does', () => {
    const word = fc.stringMatching(/^[abc]{0,5}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(slowDistance(a, b));
      }),
    );
  });
});

/** The definition written as recursion. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const cost = a.at(-1) === b.at(-1) ? 0 : 1;
  const choices = [
    slowDistance(a.slice(0, -1), b) + 1,
    slowDistance(a, b.slice(0, -1)) + 1,
    slowDistance(a.slice(0, -1), b.slice(0, -1)) + cost,
  ];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1))
    choices.push(slowDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  return Math.min(...choices);
}
