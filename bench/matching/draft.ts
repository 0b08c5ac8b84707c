/** A person on the way to a row of a list: what is written, how, and what is left out. */
import type { NameWord, Sex } from './names.ts';
import { ageOf, type Person } from './people.ts';
import { type AddressHabit, type Home, makeAddressHabit, writeAddress } from './places.ts';
import { chance, draw, type Rng, weighted } from './random.ts';
import { likelyTitles, type Titles } from './titles.ts';

/** A row of `existing.csv` or `incoming.csv`; '' where a cell is empty. */
export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly birth_place: string;
  /** ISO */
  readonly birth_date: string;
  /** L or P */
  readonly sex: string;
  readonly nik: string;
  readonly kk: string;
  readonly phone: string;
  readonly email: string;
  readonly address: string;
  readonly village_code: string;
}

/** How often a cell is filled, from 0 to 1. */
export interface CellShares {
  readonly nik: number;
  readonly kk: number;
  readonly phone: number;
  readonly email: number;
  readonly birthPlace: number;
  readonly birthDate: number;
  readonly sex: number;
  readonly address: number;
  readonly village: number;
}

/** As in the lists of real libraries. */
export const LIBRARY_LISTS: CellShares = {
  nik: 0.6,
  kk: 0.2,
  phone: 0.7,
  email: 0.25,
  birthPlace: 0.9,
  birthDate: 0.99,
  sex: 0.99,
  address: 0.85,
  village: 0.8,
};

/** What stays the same with one writer, and is written otherwise by another. */
export interface Habit {
  readonly letters: 'as in the deed' | 'upper' | 'lower';
  readonly phone: PhoneForm;
  readonly address: AddressHabit;
  readonly titles: boolean;
}

export type PhoneForm = '0812' | '62812' | '+62812' | '0812-3456' | '0812 3456' | '+62 812-3456' | '812';

/** Errors change it; '' is a cell left empty. */
export interface Draft {
  readonly person: Person;
  words: NameWord[];
  birth: string;
  birthPlace: string;
  sex: Sex | '';
  nik: string;
  kk: string;
  phone: string;
  email: string;
  home: Home;
  readonly hasAddress: boolean;
  readonly hasVillage: boolean;
  habit: Habit;
}

const LETTERS = weighted<Habit['letters']>([
  ['as in the deed', 86],
  ['upper', 13],
  ['lower', 1],
]);
export const PHONE_FORMS = weighted<PhoneForm>([
  ['0812', 76],
  ['62812', 8],
  ['+62812', 6],
  ['0812-3456', 5],
  ['0812 3456', 2],
  ['+62 812-3456', 2],
  ['812', 1],
]);

export function makeHabit(rng: Rng): Habit {
  return {
    letters: draw(rng, LETTERS),
    phone: draw(rng, PHONE_FORMS),
    address: makeAddressHabit(rng),
    titles: chance(rng, 0.4),
  };
}

/** The person's true data, without the cells that this writer had no time for. */
export function startDraft(rng: Rng, person: Person, habit: Habit, shares: CellShares): Draft {
  const kept = (share: number, value: string): string => (chance(rng, share) ? value : '');
  return {
    person,
    words: habit.titles ? withTitles(person.name, person.titles) : [...person.name],
    birth: kept(shares.birthDate, person.birth),
    birthPlace: kept(shares.birthPlace, person.birthPlace),
    sex: chance(rng, shares.sex) ? person.sex : '',
    nik: kept(shares.nik, person.nik),
    kk: kept(shares.kk, person.kk),
    phone: kept(shares.phone, person.phone),
    email: kept(shares.email, person.email),
    home: person.home,
    hasAddress: chance(rng, shares.address),
    hasVillage: chance(rng, shares.village),
    habit,
  };
}

export function withTitles(name: readonly NameWord[], { before, after }: Titles): NameWord[] {
  const words = [...name];
  if (before !== '') words.unshift(...before.split(' ').map((text) => ({ text, role: 'before' as const })));
  if (after !== '') words.push({ text: after, role: 'after' });
  return words;
}

/** Titles that are not written yet; false where there are none to add. */
export function addTitles(rng: Rng, draft: Draft): boolean {
  if (draft.words.some(({ role }) => role === 'before' || role === 'after')) return false;
  const { person } = draft;
  const titles = likelyTitles(rng, person.titles, person.sex, ageOf(person));
  draft.words = withTitles(draft.words, titles);
  return titles.before !== '' || titles.after !== '';
}

export function rowOf(id: string, draft: Draft): PersonRow {
  const { habit, home } = draft;
  const address = draft.hasAddress ? writeAddress(home, habit.address) : '';
  return {
    id,
    name: inLetters(writeName(draft.words), habit),
    birth_place: inLetters(draft.birthPlace, habit),
    birth_date: draft.birth,
    sex: draft.sex,
    nik: draft.nik,
    kk: draft.kk,
    phone: draft.phone === '' ? '' : writePhone(draft.phone, habit.phone),
    email: draft.email,
    address: inLetters(address, habit),
    village_code: draft.hasVillage ? home.village.code : '',
  };
}

/** A degree stands behind a comma. */
export function writeName(words: readonly NameWord[]): string {
  return words.reduce((name, { text, role }) => {
    if (name === '') return text;
    return role === 'after' ? `${name}, ${text}` : `${name} ${text}`;
  }, '');
}

function inLetters(text: string, { letters }: Habit): string {
  if (letters === 'upper') return text.toUpperCase();
  return letters === 'lower' ? text.toLowerCase() : text;
}

/** @param phone `08…` */
export function writePhone(phone: string, form: PhoneForm): string {
  const grouped = (joint: string): string =>
    [phone.slice(0, 4), phone.slice(4, 8), phone.slice(8)].filter((part) => part !== '').join(joint);
  switch (form) {
    case '0812':
      return phone;
    case '812':
      return phone.slice(1);
    case '62812':
      return `62${phone.slice(1)}`;
    case '+62812':
      return `+62${phone.slice(1)}`;
    case '0812-3456':
      return grouped('-');
    case '0812 3456':
      return grouped(' ');
    case '+62 812-3456':
      return `+62 ${grouped('-').slice(1)}`;
  }
}
