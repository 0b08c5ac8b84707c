import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from './edit-distance.ts';
import { compareNames, prepareName } from './name-evidence.ts';
import { populationOf } from './population.ts';

const names = populationOf({
  people: 100_000,
  looked: 100_000,
  words: new Map([
    ['siti', 3_000],
    ['husein', 40],
    ['aisah', 200],
    ['rini', 120],
    ['rudi', 200],
    ['basri', 60],
  ]),
  villages: new Map(),
  birthPlaces: new Map(),
});
const compared = (one: string, other: string) => compareNames(prepareName(one), prepareName(other), names);

describe('one name', () => {
  it.each([
    ['Drs. H. Budi Santoso, M.Si.', 'BUDI SANTOSO', 'same'],
    ['Santoso Budi', 'Budi Santoso', 'same'],
    ['Muh. Ridwan', 'Mohammad Ridwan', 'same'],
    ['Ach. Fauzan', 'Ahmad Fauzan', 'same'],
    ['Nur Aini', 'Nuraini', 'same'],
    ['Djoko Soesilo', 'Joko Susilo', 'same'],
    ['Fauziah Zahra', 'Pauziah Jahra', 'spelling'],
    ['Chairul Anwar', 'Khoirul Anwar', 'spelling'],
    ['Suprapto', 'Supratpo', 'slip'],
    ['Ratna Kusumawardani', 'Ratna Kusumowardani', 'slip_behind'],
    ['Marita Astuti', 'Matita Astuti', 'slip'],
    ['Farikhah Aminah', 'Farik Hah Aminah', 'same'],
    ['Jajan Prawira', 'Yayan Prawira', 'spelling'],
    ['Bambang Sutrisno Hadi', 'Bambang Sutrisno', 'shortened'],
    ['M. Ridwan Kamal', 'Muhammad Ridwan Kamal', 'shortened'],
    ['Sri Wahyuni', 'Sri Wahyuningsih', 'shortened'],
    ['I Wayan Sudarma', 'Sudarma', 'shortened'],
    ['Ridwan bin Abdullah', 'Ridwan Abdullah', 'same'],
    ['Ridwan bin Hardi', 'Ridwan', 'same'],
    ['Hasan bin Ali Bafadal', 'Hasan Bafadal', 'same'],
    ['Y. Sudrajat', 'Yayat Sudrajat', 'shortened'],
    ['Muh Ammad Ibrahim', 'Muhammad Ibrahim', 'same'],
    ['Dadansupriatna', 'Dadang Supriatna', 'slip'],
    ['Jaja Soepriatna Widjaja', 'Yaya Supriatna Wijaya', 'spelling'],
    ['Neng', 'Neng', 'same'],
    ['Sti Nur Afni', 'Siti Nur Afni', 'slip_behind'],
  ])('%s and %s: %s', (one, other, pattern) => {
    const { bits, pattern: found } = compared(one, other);
    expect(found).toBe(pattern);
    expect(bits.unrelated).toBeGreaterThan(0);
    expect(bits.household).toBeGreaterThan(0);
  });
});

describe('two names', () => {
  it.each([
    ['Hasan Basri', 'Husein Basri'],
    ['Siti Aminah', 'Siti Aisyah'],
    ['Muhammad Rizki', 'Muhammad Fajar'],
    ['I Wayan Sudana', 'I Wayan Kerta'],
    ['Kartika', 'Wulandari'],
    ['Budi Santoso', 'Rudi Santoso'],
    ['Rina Wati', 'Rini Wati'],
    ['Dewi Lestari', 'Dewa Lestari'],
    ['Putra Pratama', 'Putri Pratama'],
    ['Ridwan bin Hardi', 'Ridwan bin Umar'],
  ])('%s and %s: of one family at most', (one, other) => {
    expect(compared(one, other).bits.household).toBeLessThan(-1);
  });

  it('a rare word in common says more than one that half the country bears', () => {
    const rare = compared('Kusumaningrum', 'Kusumaningrum').bits.unrelated;
    const common = compared('Siti', 'Siti').bits.unrelated;
    expect(rare).toBeGreaterThan(common + 8);
  });
});

it('a last vowel that makes a name for a twin says less than a slip', () => {
  expect(compared('Raka Bramantyo', 'Raki Bramantyo').pattern).toBe('variant');
});

describe('names that a house may give to two', () => {
  it.each([
    ['Rina Wati', 'Rini Wati', true],
    ['Kayla Zahra', 'Kayla Zahwa', true],
    ['Ridwan bin Hardi', 'Ridwan bin Umar', true],
    // Nobody is told from a sister by Siti, nor by a word that is no name.
    ['Sti Nur Afni', 'Siti Nur Afni', false],
    ['Kimora Aqila Cahyani', 'Kimora Aqil Cahyani', false],
  ])('%s and %s: %s', (one, other, mayBeTwo) => {
    expect(compared(one, other).mayBeTwo).toBe(mayBeTwo);
  });
});

describe('where a slip stands', () => {
  it('behind the name that a child is called by it says less for a twin than in it', () => {
    const behind = compared('Rahayu Sihombing', 'Rahayu Sihombimg').bits.twin;
    const called = compared('Rahayu Sihombing', 'Rahagu Sihombing').bits.twin;
    expect(behind).toBeGreaterThan(called + 1);
  });

  it('who marries keeps the first name; a sister keeps the others', () => {
    expect(compared('Desi Kinasih', 'Desi Sumantri').pattern).toBe('renamed');
    expect(compared('Putri Kirana', 'Putri Nabila').pattern).toBe('conflict');
    expect(compared('Nabila Aminah Rahmawati', 'Siti Aminah Rahmawati').pattern).toBe('conflict');
  });

  it('behind a word that a house gives to several, the next one is what they are called by', () => {
    expect(compared('Dewi Sinta', 'Dewi Santi').pattern).toBe('neighbour');
    expect(compared('Dewi Lestari', 'Devi Lestari').pattern).toBe('neighbour');
    expect(compared('Putri', 'Putri').pattern).toBe('same');
    // Who leaves out Putri leaves out the own name all the same.
    expect(compared('Putri Kirana', 'Kirana').pattern).toBe('headless');
  });

  it.each([
    ['I Wayan Adi Saputra', 'I Made Adi Saputra', 'conflict'],
    ['Ni Kadek Ayu Sinta', 'Ni Komang Ayu Sinta', 'conflict'],
    ['I Ketut Adi Saputra', 'I Nyoman Adi Saputra', 'conflict'],
    ['I Made Adi Saputra', 'I Kadek Adi Saputra', 'spelling'],
    ['Ni Luh Made Ayu Sinta', 'Ni Luh Ayu Sinta', 'shortened'],
  ])('two places among the siblings are two children: %s and %s', (one, other, pattern) => {
    expect(compared(one, other).pattern).toBe(pattern);
  });

  it('a word that many are written with by mistake is no name', () => {
    const words = new Map([
      ['muhamad', 60_000],
      ['muhamda', 12],
      ['rinta', 12],
    ]);
    const { attested } = populationOf({
      people: 1_200_000,
      looked: 1_200_000,
      words,
      villages: new Map(),
      birthPlaces: new Map(),
    });
    expect(attested('muhamda', 'muhamad')).toBe(false);
    expect(attested('rinta', 'rinda')).toBe(true);
  });
});

const name = fc
  .array(fc.oneof(fc.stringMatching(/^[A-Z][a-z]{0,9}$/), fc.constantFrom('Muh.', 'Siti', 'Budi', 'A.')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((words) => words.join(' '));

describe('the evidence of names', () => {
  it('does not depend on who comes first, and a name itself says most', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const there = compared(one, other);
        const back = compared(other, one);
        expect(back.bits.unrelated).toBeCloseTo(there.bits.unrelated, 10);
        expect(back.pattern).toBe(there.pattern);
        expect(compared(one, one).bits.household).toBeGreaterThanOrEqual(there.bits.household);
      }),
      { numRuns: 500 },
    );
  });

  it('never fails on what people type', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (one, other) => {
        expect(Number.isFinite(compared(one, other).bits.unrelated)).toBe(true);
      }),
    );
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
