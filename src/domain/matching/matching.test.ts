import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegionCode } from '../ids.ts';
import { addDays, type PlainDate } from '../plain-date.ts';
import { compare, type MatchEqualities, type MatchPerson } from './matching.ts';

const siti: MatchPerson = {
  name: 'Siti Aminah',
  birthDate: '1990-05-07' as PlainDate,
  sex: 'P',
  village: '99.74.01.1001' as RegionCode,
};
const unknown: MatchEqualities = {
  nikEqual: null,
  documentEqual: null,
  familyCardEqual: null,
  phoneEqual: null,
  emailEqual: null,
};
const codes = (match: ReturnType<typeof compare>) => match.reasons.map((reason) => reason.code);

describe('one person', () => {
  it('is known by the same document and a similar name, whatever else differs', () => {
    const moved = { ...siti, name: 'Siti Aminah Rahmawati', village: '99.01.01.1001' as RegionCode };
    const match = compare(siti, moved, { ...unknown, documentEqual: true, phoneEqual: false });
    expect(match.verdict).toBe('same');
    expect(codes(match)).toContain('document_same');
  });

  it('is known by the NIK after the birth date was corrected', () => {
    const corrected = { ...siti, birthDate: '1990-07-05' as PlainDate };
    const match = compare(siti, corrected, { ...unknown, nikEqual: true });
    expect(match.verdict).toBe('same');
    expect(codes(match)).toContain('birth_date_swapped');
  });

  it('is found under a former name', () => {
    const renamed = { ...siti, name: 'Fatimah Zahra', otherNames: ['aminah siti'] };
    expect(compare(siti, renamed, unknown).reasons[0]).toMatchObject({ code: 'name_same', similarity: 1 });
  });

  it('is proposed without any number, by name, birth date, village and phone together', () => {
    expect(compare(siti, siti, { ...unknown, phoneEqual: true }).verdict).toBe('same');
  });
});

describe('worth a look', () => {
  it('the same name and birth date alone', () => {
    expect(compare(siti, { ...siti, village: null }, unknown).verdict).toBe('look');
  });

  it('the same NIK under a clearly different name: mistyped, or another person holds it', () => {
    const other = { ...siti, name: 'Wulandari', birthDate: '1975-01-01' as PlainDate, sex: 'L' as const };
    const match = compare(siti, other, { ...unknown, nikEqual: true });
    expect(match.verdict).toBe('look');
    expect(match.score).toBeGreaterThanOrEqual(0.85);
  });

  it('the same number and everything else but the name is still not decided without a person', () => {
    const match = compare(
      siti,
      { ...siti, name: 'Wulandari' },
      {
        ...unknown,
        nikEqual: true,
        documentEqual: true,
        phoneEqual: true,
      },
    );
    expect(match.verdict).toBe('look');
  });

  it('everything the same but the NIK, which may have been mistyped', () => {
    expect(compare(siti, siti, { ...unknown, nikEqual: false, phoneEqual: true }).verdict).toBe('look');
  });
});

describe('different people', () => {
  const family = { ...unknown, phoneEqual: true, familyCardEqual: true };

  it('twins with clearly different names, with the same phone, family card, village and birth date', () => {
    const pairs = [
      ['Hasan Basri', 'Husein Basri'],
      ['Siti Aminah', 'Siti Aisyah'],
      ['Dewi Anggraini', 'Dewi Kartika'],
    ] as const;
    for (const [one, other] of pairs) {
      const match = compare({ ...siti, name: one }, { ...siti, name: other }, family);
      expect(match.verdict).toBe('different');
    }
  });

  it('twins whose names differ in a letter, once their NIK is known', () => {
    const rina = { ...siti, name: 'Rina Wati' };
    const match = compare(rina, { ...siti, name: 'Rini Wati' }, { ...family, nikEqual: false });
    expect(match.verdict).toBe('different');
  });

  it('siblings, with different names and birth dates', () => {
    const brother = {
      ...siti,
      name: 'Budi Santoso',
      sex: 'L' as const,
      birthDate: '1988-02-01' as PlainDate,
    };
    expect(
      compare({ ...brother, name: 'Rudi Santoso', birthDate: siti.birthDate }, brother, family).verdict,
    ).toBe('different');
  });

  it('a parent and a child of one name', () => {
    const parent = { ...siti, birthDate: '1962-03-09' as PlainDate };
    expect(compare(siti, parent, family).verdict).not.toBe('same');
    expect(compare(siti, parent, { ...unknown, phoneEqual: true }).verdict).toBe('different');
  });

  it('two people of one common name, born on different days', () => {
    const other = {
      name: 'Siti Aminah',
      birthDate: '1985-01-01' as PlainDate,
      sex: 'P' as const,
      village: '99.01.01.1001' as RegionCode,
    };
    expect(compare(siti, other, unknown).verdict).toBe('different');
  });

  it('neighbours born on one day', () => {
    expect(compare(siti, { ...siti, name: 'Kartini' }, unknown).verdict).toBe('different');
  });
});

describe('what the officer is told', () => {
  it('begins with what weighs most', () => {
    const match = compare(
      siti,
      { ...siti, birthDate: '1990-05-08' as PlainDate },
      { ...unknown, nikEqual: true },
    );
    expect(codes(match)).toEqual(['nik_same', 'name_same', 'village_same', 'birth_date_near']);
  });

  it('counts a KTP number once, as NIK and document are one number', () => {
    const match = compare(siti, siti, { ...unknown, nikEqual: true, documentEqual: true });
    expect(codes(match)).not.toContain('document_same');
  });

  it.each([
    ['1990-05-07', '1990-07-05', 'birth_date_swapped'],
    ['1990-05-07', '1990-05-17', 'birth_date_near'],
    ['1990-05-07', '1909-05-07', 'birth_date_near'],
    ['1990-05-07', '1991-06-07', 'birth_date_differs'],
    ['1990-05-07', '1972-05-07', 'birth_date_differs'],
    ['1990-05-12', '1990-05-21', 'birth_date_near'],
  ])('of the birth dates %s and %s: %s', (one, other, code) => {
    const match = compare(
      { ...siti, birthDate: one as PlainDate },
      { ...siti, birthDate: other as PlainDate },
      unknown,
    );
    expect(codes(match)).toContain(code);
  });

  it('says nothing of what is unknown', () => {
    const bare: MatchPerson = { name: 'Siti Aminah', birthDate: null, sex: null, village: null };
    expect(codes(compare(siti, bare, unknown))).toEqual(['name_same']);
  });
});

describe('the score', () => {
  const maybe = fc.constantFrom(true, false, null);
  const person = fc.record({
    name: fc.constantFrom('Siti Aminah', 'Siti Aisyah', 'Aminah', 'Budi Santoso', 'Rudi Santoso', 'M. Ali'),
    birthDate: fc.option(fc.integer({ min: 0, max: 9 }).map((n) => addDays('1990-05-01' as PlainDate, n))),
    sex: fc.constantFrom('L' as const, 'P' as const, null),
    village: fc.constantFrom('99.74.01.1001' as RegionCode, '99.74.01.1002' as RegionCode, null),
  });
  const equalities = fc.record({
    nikEqual: maybe,
    documentEqual: maybe,
    familyCardEqual: maybe,
    phoneEqual: maybe,
    emailEqual: maybe,
  });

  it('lies between 0 and 1 and does not depend on who comes first', () => {
    fc.assert(
      fc.property(person, person, equalities, (one, other, equal) => {
        const match = compare(one, other, equal);
        expect(match.score).toBeGreaterThanOrEqual(0);
        expect(match.score).toBeLessThanOrEqual(1);
        expect(compare(other, one, equal).score).toBeCloseTo(match.score, 10);
      }),
    );
  });

  it('never falls when a phone turns out to be the same', () => {
    fc.assert(
      fc.property(person, person, equalities, (one, other, equal) => {
        const without = compare(one, other, { ...equal, phoneEqual: null }).score;
        expect(compare(one, other, { ...equal, phoneEqual: true }).score).toBeGreaterThanOrEqual(without);
      }),
    );
  });

  it('says "same" of no two clearly different names', () => {
    fc.assert(
      fc.property(person, person, equalities, (one, other, equal) => {
        const match = compare(one, other, equal);
        if (codes(match).includes('name_differs')) expect(match.verdict).not.toBe('same');
      }),
    );
  });
});
