/** Words of a name shortened, added, left out, moved, or run together; and slips of the keyboard. */
import { addTitles, type Draft } from '../draft.ts';
import { callName, type NameWord } from '../names.ts';
import { ageOf, anyFather } from '../people.ts';
import { between, chance, pick, type Rng } from '../random.ts';
import type { ErrorKind } from './error-kind.ts';
import { changeWord } from './spelling.ts';

/** Written instead of a word by itself; the first form is the full one. */
function otherForm(draft: Draft, rng: Rng, forms: readonly string[], only: RegExp): boolean {
  const at = draft.words.findIndex(({ role, text }) => role === 'given' && only.test(text));
  // A name that is nothing else is not shortened.
  if (at < 0 || draft.words.length < 2) return false;
  const others = forms.filter((form) => form !== draft.words[at]?.text);
  return changeWord(draft, at, () => pick(rng, others));
}

function muhammadForm(draft: Draft, rng: Rng): boolean {
  const forms = [
    'Muhammad',
    'Muh.',
    'Moh.',
    'Moh',
    'Muh',
    'M.',
    'M',
    'Mohammad',
    'Mohamad',
    'Muhamad',
    'Mochamad',
  ];
  const rare = ['Mochammad', 'Mohd.', 'Mhd.', 'Mukhammad', 'Much.', 'Moch.', 'Muhamat'];
  if (otherForm(draft, rng, [...forms, ...forms, ...rare], /^Muhammad$/)) return true;
  return otherForm(
    draft,
    rng,
    ['Ahmad', 'Achmad', 'Akhmad', 'Akh.', 'Ach.', 'Ahmat', 'A.', 'Ahmed'],
    /^Ahmad$/,
  );
}

function abdulForm(draft: Draft, rng: Rng): boolean {
  const at = draft.words.findIndex(({ text }) => text === 'Abdul');
  const next = draft.words[at + 1];
  if (at < 0 || next?.role !== 'given') return false;
  const turn = rng();
  if (turn < 0.3) return joinAt(draft, at);
  const solar = /^[dnrstz]/i.exec(next.text)?.[0]?.toLowerCase();
  if (turn < 0.5 && solar !== undefined) {
    changeWord(draft, at, () => `Abdu${solar}`);
    return chance(rng, 0.5) ? joinAt(draft, at) : true;
  }
  return changeWord(draft, at, () => pick(rng, ['Abd.', 'Abd', 'Abd.', 'Abdoel', 'A.', 'Ab.']));
}

function sitiForm(draft: Draft, rng: Rng): boolean {
  return otherForm(draft, rng, ['Siti', 'St.', 'Sitti', 'St', 'S.', 'Sti', 'Siti.'], /^Siti$/);
}

function titleAdded(draft: Draft, rng: Rng): boolean {
  return addTitles(rng, draft);
}

function titleDropped(draft: Draft): boolean {
  return leaveOut(draft, ({ role }) => role === 'before' || role === 'after');
}

function patronymicDropped(draft: Draft): boolean {
  return leaveOut(draft, ({ role }) => role === 'link' || role === 'father');
}

/** bin, binti, or a plain b. before the father's name, of those among whom it is usual. */
function patronymicAdded(draft: Draft, rng: Rng): boolean {
  const { person } = draft;
  if (draft.words.some(({ role }) => role === 'link')) return false;
  if (!['malay', 'bugis', 'arab', 'java', 'minang'].includes(person.family.culture)) return false;
  const father = person.role === 'child' ? person.household.husband : undefined;
  const name =
    father === undefined ? anyFather(rng, { ...person.family, patronymic: true }) : callName(father.name);
  const link = person.sex === 'L' ? pick(rng, ['bin', 'Bin', 'b.']) : pick(rng, ['binti', 'Binti', 'bt.']);
  const end = draft.words.findIndex(({ role }) => role === 'clan' || role === 'after');
  const at = end < 0 ? draft.words.length : end;
  draft.words = draft.words.toSpliced(at, 0, { text: link, role: 'link' }, { text: name, role: 'father' });
  return true;
}

/** The last word first, as in indexes; or two that changed places. */
function wordOrder(draft: Draft, rng: Rng): boolean {
  const places = namePlaces(draft);
  if (places.length < 2) return false;
  const words = places.map((place) => draft.words[place]).filter((word) => word !== undefined);
  const turn = chance(rng, 0.6)
    ? [...words.slice(-1), ...words.slice(0, -1)]
    : swapped(words, between(rng, 0, words.length - 2));
  if (turn.every((word, at) => word.text === words[at]?.text)) return false;
  draft.words = draft.words.map((word, at) => {
    const place = places.indexOf(at);
    return place < 0 ? word : (turn[place] ?? word);
  });
  return true;
}

/** Rather from a long name; from one of two words only now and then. */
function wordDropped(draft: Draft, rng: Rng): boolean {
  const places = namePlaces(draft);
  if (places.length < 2 || (places.length === 2 && chance(rng, 0.6))) return false;
  // The first word is what a person is called by: it goes a little less often than the others.
  const out = chance(rng, 0.45) ? pick(rng, places) : pick(rng, places.slice(1));
  draft.words = draft.words.toSpliced(out, 1);
  return true;
}

function initial(draft: Draft, rng: Rng): boolean {
  const places = namePlaces(draft).filter((at) => (draft.words[at]?.text.length ?? 0) > 2);
  if (places.length < 2) return false;
  const at = chance(rng, 0.25) ? pick(rng, places) : pick(rng, places.slice(1));
  return changeWord(draft, at, (text) => text.charAt(0) + pick(rng, ['.', '.', '']));
}

/** Words that are as often written together with the next one as not. */
const FIRST_PARTS =
  /^(Nur|Abdul|Muhammad|Sri|Siti|Eka|Dwi|Tri|Al|El|Lumban|Putri|Wahyu|Kurnia|Khoirun|Hadi)$/;

function joinedWords(draft: Draft, rng: Rng): boolean {
  const places = namePlaces(draft).filter((at) => namePlaces(draft).includes(at + 1));
  const usual = places.filter((at) => FIRST_PARTS.test(draft.words[at]?.text ?? ''));
  // A space forgotten anywhere is rarer.
  if (usual.length === 0 && chance(rng, 0.6)) return false;
  const from = usual.length > 0 ? usual : places;
  return from.length > 0 && joinAt(draft, pick(rng, from));
}

function joinAt(draft: Draft, at: number): boolean {
  const [one, next] = draft.words.slice(at, at + 2);
  if (one === undefined || next === undefined || one.text.endsWith('.') || next.text.endsWith('.'))
    return false;
  draft.words = draft.words.toSpliced(at, 2, { ...one, text: one.text + next.text.toLowerCase() });
  return true;
}

/** Nuraini to Nur Aini, Kurniasih to Kurnia Sih: rather where a first part is a word by itself. */
function splitWord(draft: Draft, rng: Rng): boolean {
  const places = namePlaces(draft).filter((at) => (draft.words[at]?.text.length ?? 0) >= 7);
  if (places.length === 0) return false;
  const at = pick(rng, places);
  const word = draft.words[at];
  if (word === undefined) return false;
  const known =
    /^(nur|abdul|abdur|muh|sri|siti|eka|dwi|tri|putri|wahyu|adi|al|khoirun|saiful|zainal|jamal|lumban)(?=[a-z]{3})/i;
  const first = known.exec(word.text)?.[0].length;
  if (first === undefined && chance(rng, 0.6)) return false;
  const length = first ?? between(rng, 3, word.text.length - 3);
  const end = word.text.slice(length).replace(/^[-']/, '');
  const parts = [word.text.slice(0, length), end.charAt(0).toUpperCase() + end.slice(1)];
  draft.words = draft.words.toSpliced(at, 1, ...parts.map((text) => ({ ...word, text })));
  return true;
}

function birthOrderDropped(draft: Draft, rng: Rng): boolean {
  const orders = draft.words.filter(({ role }) => role === 'order');
  // I and Ni go more easily than the birth order itself.
  const particleOnly = orders.length > 1 && chance(rng, 0.4);
  return leaveOut(draft, ({ role, text }) => role === 'order' && (!particleOnly || text.length <= 2));
}

function clanDropped(draft: Draft): boolean {
  return leaveOut(draft, ({ role }) => role === 'clan');
}

/** Trisno for Sutrisno, Tina for Kristina; Muhammad Yusuf is Yusuf. */
function nickname(draft: Draft, rng: Rng): boolean {
  if (
    draft.words.length > 1 &&
    chance(rng, 0.4) &&
    leaveOut(draft, ({ text }) => /^(Muhammad|Siti|Ahmad|Maria)$/.test(text))
  )
    return true;
  const places = namePlaces(draft).filter((at) => (draft.words[at]?.text.length ?? 0) >= 6);
  if (places.length === 0) return false;
  return changeWord(draft, pick(rng, places), (text) => {
    const tail = /[^aeiou]{1,2}[aeiou][^aeiou]{1,2}[aeiou][^aeiou]?$/i.exec(text)?.[0] ?? '';
    return tail.charAt(0).toUpperCase() + tail.slice(1);
  });
}

function marriedNameAdded(draft: Draft): boolean {
  const { husband } = draft.person.household;
  if (draft.person.role !== 'wife' || husband === undefined || ageOf(draft.person) < 22) return false;
  const clan = husband.name.find(({ role }) => role === 'clan');
  const given = husband.name.filter(({ role }) => role === 'given').at(-1);
  const text = (clan ?? given)?.text;
  if (text === undefined || draft.words.some((word) => word.text === text)) return false;
  const end = draft.words.findIndex(({ role }) => role === 'after');
  draft.words = draft.words.toSpliced(end < 0 ? draft.words.length : end, 0, { text, role: 'married' });
  return true;
}

const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
/** Keys beside each on its row, and below or above it. */
function beside(letter: string): string {
  const row = KEYS.findIndex((keys) => keys.includes(letter));
  const at = KEYS[row]?.indexOf(letter) ?? 0;
  const near = [KEYS[row]?.[at - 1], KEYS[row]?.[at + 1], KEYS[row - 1]?.[at], KEYS[row + 1]?.[at]];
  return near.filter((key) => key !== undefined).join('');
}

/** A slip within one word of four letters and more. */
function slip(draft: Draft, rng: Rng, change: (text: string, at: number) => string): boolean {
  const places = namePlaces(draft).filter((at) => (draft.words[at]?.text.length ?? 0) >= 4);
  if (places.length === 0) return false;
  return changeWord(draft, pick(rng, places), (text) => change(text, between(rng, 0, text.length - 1)));
}

function wrongKey(draft: Draft, rng: Rng): boolean {
  return slip(draft, rng, (text, at) => {
    const keys = beside((text[at] ?? '').toLowerCase());
    return keys === '' ? text : text.slice(0, at) + pick(rng, [...keys]) + text.slice(at + 1);
  });
}

function letterMissing(draft: Draft, rng: Rng): boolean {
  return slip(draft, rng, (text, at) => text.slice(0, at) + text.slice(at + 1));
}

function letterTwice(draft: Draft, rng: Rng): boolean {
  return slip(
    draft,
    rng,
    (text, at) => text.slice(0, at + 1) + (text[at] ?? '').toLowerCase() + text.slice(at + 1),
  );
}

function lettersSwapped(draft: Draft, rng: Rng): boolean {
  return slip(draft, rng, (text, at) => {
    if (at === 0) return text;
    return text.slice(0, at - 1) + (text[at] ?? '') + (text[at - 1] ?? '').toLowerCase() + text.slice(at + 1);
  });
}

/** Where the words stand that make up the name proper. */
function namePlaces(draft: Draft): readonly number[] {
  return draft.words.flatMap(({ role }, at) => (role === 'given' || role === 'clan' ? [at] : []));
}

/** False where nothing is left out, or nothing would be left. */
function leaveOut(draft: Draft, which: (word: NameWord) => boolean): boolean {
  const left = draft.words.filter((word) => !which(word));
  if (left.length === draft.words.length || !left.some(({ role }) => role === 'given')) return false;
  draft.words = left;
  return true;
}

function swapped<T>(list: readonly T[], at: number): readonly T[] {
  return [...list.slice(0, at), ...list.slice(at, at + 2).reverse(), ...list.slice(at + 2)];
}

export const WORDS: readonly ErrorKind[] = [
  { id: 'muhammad-form', field: 'name', rate: 240, apply: muhammadForm },
  { id: 'abdul-form', field: 'name', rate: 300, apply: abdulForm },
  { id: 'siti-form', field: 'name', rate: 160, apply: sitiForm },
  { id: 'title-added', field: 'name', rate: 30, apply: titleAdded },
  { id: 'title-dropped', field: 'name', rate: 280, apply: titleDropped },
  { id: 'patronymic-dropped', field: 'name', rate: 200, apply: patronymicDropped },
  { id: 'patronymic-added', field: 'name', rate: 7, apply: patronymicAdded },
  { id: 'word-order', field: 'name', rate: 20, apply: wordOrder },
  { id: 'word-dropped', field: 'name', rate: 42, apply: wordDropped },
  { id: 'initial', field: 'name', rate: 26, apply: initial },
  { id: 'joined-words', field: 'name', rate: 20, apply: joinedWords },
  { id: 'split-word', field: 'name', rate: 13, apply: splitWord },
  { id: 'birth-order-dropped', field: 'name', rate: 260, apply: birthOrderDropped },
  { id: 'clan-dropped', field: 'name', rate: 90, apply: clanDropped },
  { id: 'nickname', field: 'name', rate: 9, apply: nickname },
  { id: 'married-name-added', field: 'name', rate: 70, apply: marriedNameAdded },
  { id: 'wrong-key', field: 'name', rate: 24, apply: wrongKey },
  { id: 'letter-missing', field: 'name', rate: 26, apply: letterMissing },
  { id: 'letter-twice', field: 'name', rate: 12, apply: letterTwice },
  { id: 'letters-swapped', field: 'name', rate: 18, apply: lettersSwapped },
];
