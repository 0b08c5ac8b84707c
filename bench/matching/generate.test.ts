import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_COUNTS, ERRORS } from './errors.ts';
import { generateSet, type LabelledSet, type PersonRow } from './generate.ts';
import * as bali from './names/bali.ts';
import * as chinese from './names/chinese.ts';
import * as east from './names/east.ts';
import * as java from './names/java.ts';
import * as modern from './names/modern.ts';
import * as muslim from './names/muslim.ts';
import * as sumatra from './names/sumatra.ts';
import { toCsv, truthToCsv } from './write-csv.ts';

const PLAN = { seed: 'test', existing: 12_000, incoming: 6_000, shareKnown: 0.5 };
let set: LabelledSet;
let onFile: ReadonlyMap<string, PersonRow>;

beforeAll(() => {
  set = generateSet(PLAN);
  onFile = new Map(set.existing.map((row) => [row.id, row]));
});

const ofKind = (kind: string): PersonRow[] =>
  set.incoming.filter(({ id }) => set.truth.get(id)?.kind === kind);
const share = (rows: readonly PersonRow[], has: (row: PersonRow) => boolean): number =>
  rows.filter(has).length / rows.length;

describe('a labelled set', () => {
  it('is the same for the same seed, and another for another', () => {
    const small = { ...PLAN, existing: 400, incoming: 200 };
    const text = (one: LabelledSet): string =>
      toCsv(one.existing) + toCsv(one.incoming) + truthToCsv(one.truth);
    expect(text(generateSet(small))).toBe(text(generateSet(small)));
    expect(text(generateSet({ ...small, seed: 'other' }))).not.toBe(text(generateSet(small)));
  });

  it('has as many rows as asked for, each with an id of its own and the truth about each who comes', () => {
    expect(onFile.size).toBe(PLAN.existing);
    expect(new Set(set.incoming.map(({ id }) => id)).size).toBe(PLAN.incoming);
    expect([...set.truth.keys()]).toEqual(set.incoming.map(({ id }) => id));
  });

  it('names somebody on file for each who comes again, nobody twice, and nobody for the new', () => {
    const again = [...set.truth.values()].filter(({ kind }) => kind === 'again');
    const ids = again.map(({ existingId }) => existingId);
    expect(ids.every((id) => id !== null && onFile.has(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    const fresh = [...set.truth.values()].filter(({ kind }) => kind !== 'again');
    expect(fresh.every(({ existingId }) => existingId === null)).toBe(true);
  });

  it('has nobody twice on file: no NIK occurs in two rows', () => {
    const niks = set.existing.map(({ nik }) => nik).filter((nik) => nik !== '');
    expect(new Set(niks).size).toBe(niks.length);
  });

  it('writes every NIK on file with sixteen digits, the fictional prefix, the birth date and the day of a woman', () => {
    for (const { nik, sex, birth_date } of set.existing) {
      if (nik === '') continue;
      expect(nik).toMatch(/^99\d{14}$/);
      const day = Number(nik.slice(6, 8));
      if (sex !== '') expect(day > 40).toBe(sex === 'P');
      const birth = birth_date.slice(8) + birth_date.slice(5, 7) + birth_date.slice(2, 4);
      if (birth !== '') expect(String(day % 40).padStart(2, '0') + nik.slice(8, 12)).toBe(birth);
      expect(nik.slice(12)).not.toBe('0000');
    }
  });

  it('fills no cell otherwise than the lists do', () => {
    for (const row of [...set.existing, ...set.incoming]) {
      expect(row.name.trim()).not.toBe('');
      expect(row.birth_date).toMatch(/^(|(19|20)\d\d-\d\d-\d\d)$/);
      expect(row.sex).toMatch(/^[LP]?$/);
      expect(row.kk).toMatch(/^(|\d{16})$/);
      expect(row.nik).toMatch(/^(|\d{16})$/);
      expect(row.village_code).toMatch(/^(|99\.\d\d\.\d\d\.\d{4})$/);
    }
  });

  it('leaves as many cells empty as real lists do', () => {
    const filled = (cell: keyof PersonRow) => share(set.existing, (row) => row[cell] !== '');
    expect(filled('nik')).toBeCloseTo(0.6, 1);
    expect(filled('kk')).toBeCloseTo(0.2, 1);
    expect(filled('phone')).toBeCloseTo(0.7, 1);
    expect(filled('email')).toBeCloseTo(0.25, 1);
    expect(filled('birth_place')).toBeCloseTo(0.9, 1);
    expect(filled('address')).toBeCloseTo(0.85, 1);
    expect(filled('village_code')).toBeCloseTo(0.8, 1);
  });

  it('has old people born on the first of January far more often than on another day, and mostly the young', () => {
    const old = set.existing.filter(({ birth_date }) => birth_date !== '' && birth_date < '1960');
    expect(share(old, ({ birth_date }) => birth_date.endsWith('-01-01'))).toBeGreaterThan(0.04);
    expect(share(set.existing, ({ birth_date }) => birth_date > '2001')).toBeGreaterThan(0.5);
  });
});

describe('new people', () => {
  it('come as twins born on the day of somebody on file, with another name', () => {
    const days = new Set(set.existing.map(({ birth_date }) => birth_date));
    const unharmed = ofKind('new-twin').filter(
      ({ id, birth_date }) => birth_date !== '' && set.truth.get(id)?.errors.length === 0,
    );
    expect(unharmed.length).toBeGreaterThan(10);
    // Some rows on file lack their date.
    expect(share(unharmed, ({ birth_date }) => days.has(birth_date))).toBeGreaterThan(0.95);
    const written = new Set(set.existing.map((row) => `${row.name.toUpperCase()} ${row.birth_date}`));
    expect(
      share(unharmed, (row) => !written.has(`${row.name.toUpperCase()} ${row.birth_date}`)),
    ).toBeGreaterThan(0.95);
  });

  it('come as namesakes of somebody on file', () => {
    const names = new Set(set.existing.map(({ name }) => plain(name)));
    const unharmed = ofKind('new-namesake').filter(({ id }) => set.truth.get(id)?.errors.length === 0);
    expect(share(unharmed, ({ name }) => names.has(plain(name)))).toBeGreaterThan(0.95);
  });

  it('come in classes with the phone of the teacher', () => {
    const phones = new Map<string, number>();
    for (const { phone } of set.existing) phones.set(digits(phone), (phones.get(digits(phone)) ?? 0) + 1);
    const mates = ofKind('new-classmate').filter(
      ({ id, phone }) =>
        phone !== '' && !set.truth.get(id)?.errors.some((error) => error.startsWith('phone')),
    );
    expect(mates.length).toBeGreaterThan(50);
    expect(share(mates, ({ phone }) => (phones.get(digits(phone)) ?? 0) >= 3)).toBeGreaterThan(0.95);
  });
});

describe('people who come again', () => {
  it('have none to three errors beside the ways of writing, as often as stated', () => {
    const ids = new Set(ERRORS.map(({ id }) => id));
    // A date left out as a cell and as an error bears the same name.
    const counts = [...set.truth.values()].filter(({ kind }) => kind === 'again');
    const errors = counts.map((truth) =>
      truth.errors.filter((error) => ids.has(error) && error !== 'birth-date-missing'),
    );
    expect(Math.max(...errors.map(({ length }) => length))).toBeLessThanOrEqual(3);
    expect(ERROR_COUNTS.values).toEqual([0, 1, 2, 3]);
    expect(errors.filter(({ length }) => length === 0).length / errors.length).toBeCloseTo(0.29, 1);
    expect(errors.filter(({ length }) => length === 3).length / errors.length).toBeCloseTo(0.08, 1);
  });

  it('show every kind of error', () => {
    const seen = new Set([...set.truth.values()].flatMap(({ errors }) => errors));
    expect(ERRORS.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  it('are of the other sex in about one row of two hundred', () => {
    const again = [...set.truth.values()].filter(({ kind }) => kind === 'again');
    const wrong = again.filter(({ errors }) => errors.includes('sex-wrong')).length / again.length;
    expect(wrong).toBeGreaterThan(0.001);
    expect(wrong).toBeLessThan(0.011);
  });

  it('differ from their row on file in nothing where nothing is said to differ', () => {
    for (const row of set.incoming) {
      const { kind, existingId, errors } = set.truth.get(row.id) ?? {};
      if (kind !== 'again' || (errors ?? []).length > 0) continue;
      const before = onFile.get(existingId ?? '');
      expect(row.name).toBe(before?.name);
      for (const cell of ['birth_date', 'nik', 'phone', 'address', 'village_code'] as const)
        if (row[cell] !== '' && before?.[cell] !== '') expect(row[cell]).toBe(before?.[cell]);
    }
  });
});

it('the names come from at least nine hundred different parts', () => {
  const parts = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) collect(one);
    else if (typeof value === 'string') for (const word of value.split(' ')) parts.add(word);
    else if (typeof value === 'object' && value !== null && 'values' in value) collect(value.values);
  };
  for (const lists of [bali, chinese, east, java, modern, muslim, sumatra]) collect(Object.values(lists));
  expect(parts.size).toBeGreaterThan(900);
});

it('CSV puts quotes around commas, quotes and line ends only', () => {
  const row: PersonRow = {
    id: 'A1',
    name: 'Contoh, S.Pd.',
    birth_place: 'Tempat "Lama"',
    birth_date: '',
    sex: 'L',
    nik: '',
    kk: '',
    phone: '',
    email: '',
    address: 'Jl. Contoh\nRT 01',
    village_code: '',
  };
  expect(toCsv([row])).toBe(
    'id,name,birth_place,birth_date,sex,nik,kk,phone,email,address,village_code\r\n' +
      'A1,"Contoh, S.Pd.","Tempat ""Lama""",,L,,,,,"Jl. Contoh\nRT 01",\r\n',
  );
});

/** Without titles and letter case. */
function plain(name: string): string {
  return (
    name
      .split(',')[0]
      ?.toUpperCase()
      .replaceAll(/\b(H|HJ|DRS|DRA|DR|IR)\. /g, '') ?? ''
  );
}

function digits(phone: string): string {
  return phone.replaceAll(/\D/g, '').replace(/^62|^0/, '');
}
