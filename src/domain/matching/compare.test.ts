import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlainDate } from '../plain-date.ts';
import {
  compare,
  compareNear,
  isOneNumber,
  type MatchRecord,
  type Population,
  prepare,
  USUAL_COSTS,
  verdictOf,
} from './compare.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { nameFrequency } from './name-frequency.ts';
import { nameLikeAs } from './name-letters.ts';
import { nikSlots } from './nik-slots.ts';

/** A regency's library. */
const POPULATION: Population = {
  people: 100_000,
  skeletonFrequency: () => 1e-4,
  beginningFrequency: () => 1e-4,
  nameFrequency: nameFrequency(new Map(), 100_000),
  attested: (word) => GIVEN_NAMES.has(word),
  nameLike: nameLikeAs(GIVEN_NAMES),
  villageFrequency: () => 0.004,
  birthPlaceFrequency: () => 0.3,
};

const SITI: MatchRecord = {
  name: 'Siti Aminah Rahmawati',
  birthDate: '1994-07-23' as PlainDate,
  birthPlace: 'Banyuwangi',
  sex: 'P',
  nik: null,
  nikSlots: null,
  document: null,
  familyCard: null,
  phone: '+6281200000001',
  email: null,
  address: 'Jl. Melati No. 5 RT 01/02',
  village: '99.01.01.2001',
};

function judge(one: MatchRecord, other: MatchRecord) {
  return compare(prepare(one), prepare(other), POPULATION);
}
const other = (changes: Partial<MatchRecord>): MatchRecord => ({ ...SITI, ...changes });

describe('one person written twice', () => {
  it.each([
    ['the same form again', {}],
    ['an old spelling', { name: 'Siti Aminah Rachmawatie' }],
    ['a title and capitals', { name: 'HJ. SITI AMINAH RAHMAWATI, S.Pd.' }],
    ['words in another order', { name: 'Rahmawati Siti Aminah' }],
    ['a name cut short', { name: 'Siti Aminah R.' }],
    ['day and month exchanged in the form', { birthDate: '1994-07-13' as PlainDate }],
    ['a new telephone', { phone: '+6281300000009' }],
    ['a house elsewhere', { address: 'Gg. Kenanga 12', village: '99.02.03.2004' }],
    ['nothing but name, date and sex', { phone: null, address: null, village: null, birthPlace: null }],
  ] as const)('%s is the same person', (_, changes) => {
    expect(judge(SITI, other(changes)).verdict).not.toBe('different');
  });
});

describe('two people', () => {
  it('twins with names of their own are two, whatever they share', () => {
    const twin = other({ name: 'Nabila Aminah Rahmawati', nik: null, familyCard: '1' });
    expect(judge({ ...SITI, familyCard: '1' }, twin).verdict).toBe('different');
  });

  it('a father and his son of the same name are two', () => {
    const father = other({ name: 'Slamet Riyadi', sex: 'L', birthDate: '1968-02-11' as PlainDate });
    const son = { ...father, birthDate: '1997-09-30' as PlainDate };
    expect(judge(father, son).verdict).toBe('different');
  });

  it('namesakes without anything else in common are two', () => {
    const namesake = other({
      birthDate: '1971-01-30' as PlainDate,
      phone: '+6281900000000',
      address: 'Dusun Krajan',
      village: '99.05.01.2009',
    });
    expect(judge(SITI, namesake).verdict).toBe('different');
  });

  it('pupils under the telephone of their teacher are two', () => {
    const pupil = other({
      name: 'Bagas Prakoso',
      sex: 'L',
      birthDate: '1994-11-02' as PlainDate,
      address: null,
    });
    expect(judge(SITI, pupil).verdict).toBe('different');
  });
});

describe('brothers, sisters and twins of one form', () => {
  const CHILD: MatchRecord = {
    ...SITI,
    birthDate: '2012-03-05' as PlainDate,
    email: 'ibu@contoh.id',
    address: null,
  };
  const PAIRS = [
    ['Putri Kirana', 'Putri Nabila'],
    ['Maria Goreti Wea', 'Maria Fatima Wea'],
    ['Yohanes Krisostomus', 'Yohanes Baptista'],
    ['Ni Kadek Ayu Sinta', 'Ni Komang Ayu Sinta'],
    ['I Wayan Adi Saputra', 'I Made Adi Saputra'],
    ['Dewi Sinta', 'Dewi Santi'],
    ['Putri Amelia', 'Putri Amalia'],
    ['Ahmad Hasan', 'Muhammad Hasan'],
    ['Kayla Zahra', 'Kayla Zahwa'],
    ['Maria Angelina', 'Maria Angelita'],
    ['Desi Kinasih', 'Desi Sumantri'],
  ] as const;
  const FORMS = {
    'with phone and e-mail of the mother': {},
    'with her phone': { email: null },
    'at one address without a phone': { phone: null, email: null, address: 'Jl. Melati No. 5 RT 01/02' },
    'with her phone and family card at one address': {
      familyCard: '1',
      address: 'Jl. Melati No. 5 RT 01/02',
    },
  } satisfies Record<string, Partial<MatchRecord>>;

  for (const [form, shared] of Object.entries(FORMS))
    it.each(PAIRS)(`%s and %s ${form} are never one without a look`, (name, another) => {
      const one = { ...CHILD, ...shared, name };
      for (const birthDate of ['2012-03-05', '2012-03-06', '2013-03-05', '2014-03-05'] as PlainDate[])
        expect(judge(one, { ...one, name: another, birthDate }).verdict).not.toBe('same');
    });

  it('one number of their own says that they are one', () => {
    const one = { ...CHILD, name: 'Kayla Zahra', nik: 'a' };
    expect(judge(one, { ...one, name: 'Kayla Zahwa' }).verdict).toBe('same');
    const ofTheMother = { ...one, name: 'Kayla Zahwa', nikIsAnothers: true };
    expect(judge({ ...one, nikIsAnothers: true }, ofTheMother).verdict).not.toBe('same');
  });

  it('a father whose NIK his son bears is not his son, whichever of them is on file', () => {
    const own = { ...CHILD, email: null, nik: 'a', sex: 'L' as const };
    const father = { ...own, name: 'Yusuf Hidayat', birthDate: '1980-06-11' as PlainDate };
    const son = { ...own, name: 'Yusuf', birthDate: '2010-09-02' as PlainDate, nikIsAnothers: true };
    for (const match of [judge(father, son), judge(son, father)]) expect(match.verdict).not.toBe('same');
  });
});

describe('one fact is counted once', () => {
  const slotsOf = (nik: string) => nikSlots(nik, (blocks) => cipher().update(blocks));
  const cipher = () => createCipheriv('aes-256-ecb', Buffer.alloc(32, 7), null).setAutoPadding(false);
  const withNik = (nik: string, changes: Partial<MatchRecord> = {}) =>
    other({ nik, nikSlots: slotsOf(nik), ...changes });
  const score = (one: MatchRecord, two: MatchRecord) => judge(one, two).score;

  it('who moved has another village and another address: the address says nothing more', () => {
    const moved = other({ village: '99.02.03.2004', address: null });
    const both = score(SITI, { ...moved, address: 'Gg. Kenanga 12' });
    expect(Math.abs(both - score(SITI, moved))).toBeLessThan(0.05);
  });

  it("a parent's NIK on a child's form does not speak for another child", () => {
    const own = withNik('9901016307940001');
    const theirs = (nikIsAnothers: boolean) => withNik('9901015203700004', { nikIsAnothers, phone: null });
    expect(score(own, theirs(true))).toBeGreaterThan(score(own, theirs(false)));
    expect(judge(own, theirs(true)).verdict).not.toBe('different');
  });

  it('one parent’s NIK on the forms of two children does not make them one', () => {
    const form = withNik('9901015203700004', { nikIsAnothers: true, familyCard: '1' });
    const twin = { ...form, name: 'Nabila Putri Rahmawati' };
    expect(judge(form, twin).verdict).not.toBe('same');
  });

  it('a date mistyped beside one number is one person’s sooner than two numbers that differ as the dates do', () => {
    const first = withNik('9901016307940001', { phone: null, address: null });
    const asDates = withNik('9901016307950001', {
      phone: null,
      address: null,
      birthDate: '1995-07-23' as PlainDate,
    });
    const mistyped = withNik('9901016307940001', {
      phone: null,
      address: null,
      birthDate: '1995-07-23' as PlainDate,
    });
    expect(score(first, asDates)).toBeLessThan(score(first, mistyped));
  });

  it('serials that follow each other are a twin’s sooner than those that do not; of hashes it is between', () => {
    const [nik, next, another] = ['9901016307940001', '9901016307940002', '9901016307940007'];
    const twin = (number: string) => withNik(number, { name: 'Siti Amina Rahmawati' });
    const hashed = (record: MatchRecord, hash: string): MatchRecord => ({ ...record, nik: hash });
    const follows = score(withNik(nik), twin(next));
    const apart = score(withNik(nik), twin(another));
    const unknown = score(hashed(withNik(nik), 'x'), hashed(twin(next), 'y'));
    expect(follows).toBeLessThan(unknown);
    expect(unknown).toBeLessThan(apart);
  });

  it('digits exchanged in a serial are a slip, and the tens of the day a brother’s and a sister’s', () => {
    const own = withNik('9901016307940001', { phone: null, address: null });
    const exchanged = withNik('9901016307940010', { phone: null, address: null });
    const hashed = (record: MatchRecord, hash: string): MatchRecord => ({ ...record, nik: hash });
    expect(judge(own, exchanged).verdict).toBe('same');
    expect(judge(hashed(own, 'x'), hashed(exchanged, 'y')).verdict).toBe('same');
    const brother = { ...withNik('9901012307940001'), name: 'Sita Aminah Rahmawati', sex: 'L' as const };
    expect(score(withNik('9901016307940001'), brother)).toBeLessThan(0.05);
  });

  it('a spreadsheet that makes the last digit 0 makes nobody a twin', () => {
    const cut = withNik('9901016307940010');
    expect(judge(withNik('9901016307940011'), cut).verdict).toBe('same');
  });

  it('a NIK has the date that was mistyped beside it', () => {
    const typed = withNik('9901016307940001', {
      birthDate: '1994-07-25' as PlainDate,
      nikBirthDate: '1994-07-23' as PlainDate,
    });
    const match = judge(SITI, typed);
    expect(match.reasons.map(({ code }) => code)).toContain('birth_date_in_nik');
    expect(match.score).toBeGreaterThan(score(SITI, { ...typed, nikBirthDate: null }));
  });

  it('a name alone joins nobody, however few are on file', () => {
    const bare = { ...SITI, name: 'Zulkarnaen Pramudyatama', birthDate: null, birthPlace: null, phone: null };
    const rare: MatchRecord = { ...bare, address: null, village: null };
    for (const people of [10, 1_000, 20_000, 1_000_000])
      expect(compare(prepare(rare), prepare(rare), { ...POPULATION, people }).verdict).not.toBe('same');
  });
});

describe('the score', () => {
  const record = fc.record({
    name: fc.constantFrom(
      'Siti Aminah',
      'Moh. Abdurahman',
      'Muhammad Abdurrahman',
      'Slamet',
      'I Wayan Sudarma',
      'Rina',
    ),
    birthDate: fc.constantFrom<PlainDate | null>(null, '1990-01-01' as PlainDate, '1990-05-12' as PlainDate),
    sex: fc.constantFrom<'L' | 'P' | null>('L', 'P', null),
    nik: fc.constantFrom(null, 'a', 'b'),
    phone: fc.constantFrom(null, '+621', '+622'),
    village: fc.constantFrom(null, '99.01.01.2001', '99.01.01.2002'),
    address: fc.constantFrom(null, 'Jl. Mawar 1', 'Gg. Melati 2'),
  });

  it('does not depend on who came first', () => {
    fc.assert(
      fc.property(record, record, (one, two) => {
        const [a, b] = [
          { ...SITI, ...one },
          { ...SITI, ...two },
        ];
        expect(judge(a, b).score).toBeCloseTo(judge(b, a).score, 10);
      }),
    );
  });

  it('is higher with the same NIK than without one, and lower with another', () => {
    fc.assert(
      fc.property(record, record, (one, two) => {
        const score = (nikOne: string | null, nikTwo: string | null) =>
          judge({ ...SITI, ...one, nik: nikOne }, { ...SITI, ...two, nik: nikTwo }).score;
        expect(score('a', 'a')).toBeGreaterThanOrEqual(score(null, 'a'));
        expect(score(null, null)).toBeGreaterThanOrEqual(score('a', 'b'));
      }),
    );
  });

  it('becomes the answer that costs least', () => {
    expect(verdictOf(0.999, USUAL_COSTS)).toBe('same');
    expect(verdictOf(0.9, USUAL_COSTS)).toBe('look');
    expect(verdictOf(0.01, USUAL_COSTS)).toBe('different');
    expect(verdictOf(0.999, { wrongSame: 10_000, missed: 3 })).toBe('look');
  });
});

describe('who is looked at in passing', () => {
  const text = (values: readonly string[]) => fc.constantFrom(...values);
  const maybe = <Value>(values: readonly Value[]) => fc.constantFrom<Value | null>(null, ...values);
  const record: fc.Arbitrary<MatchRecord> = fc.record({
    name: text([
      'Siti Aminah',
      'Siti Aminah Rahmawati',
      'Aminah',
      'Rina',
      'Rini',
      'Budi Santoso',
      'B. Santoso',
      'Bin',
    ]),
    birthDate: maybe(['1994-07-23', '1994-07-24', '1994-01-01', '1960-02-11'] as PlainDate[]),
    birthPlace: maybe(['Banyuwangi', 'Jember']),
    sex: maybe(['L', 'P'] as const),
    nik: maybe(['a', 'b']),
    nikSlots: fc.constant(null),
    document: maybe([
      { kind: 'ktp', number: 'a' },
      { kind: 'ktp', number: 'b' },
    ]),
    familyCard: maybe(['k', 'l']),
    phone: maybe(['1', '2']),
    email: maybe(['a@contoh.id', 'b@contoh.id']),
    address: maybe(['Jl. Melati No. 5 RT 01/02', 'Jl. Kenanga 9']),
    village: maybe(['99.01.01.2001', '99.01.02.2001']),
  });

  it('nobody who may be the person, or has the same number, is passed over', () => {
    fc.assert(
      fc.property(record, record, (one, other) => {
        const whole = compare(prepare(one), prepare(other), POPULATION);
        const near = compareNear(prepare(one), prepare(other), POPULATION);
        if (near !== undefined) expect(near).toEqual(whole);
        else {
          expect(whole.verdict).toBe('different');
          expect(isOneNumber(whole)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
