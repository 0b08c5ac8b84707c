/** Names of twins: a third of the parents choose two that sound alike. Each of the two is a name (README.md). */
import { fullName, givenNameLists, type Name, type NameWish, type NameWord, type Sex } from './names.ts';
import { chance, pick, type Rng } from './random.ts';

type Pair = readonly [string, string];

const BOYS: readonly Pair[] = [
  ['Hasan', 'Husen'],
  ['Fauzi', 'Fauzan'],
  ['Rizki', 'Rizal'],
  ['Ridho', 'Ridwan'],
  ['Nakula', 'Sadewa'],
  ['Rafi', 'Rafa'],
  ['Andi', 'Anto'],
  ['Dani', 'Deni'],
  ['Farhan', 'Fathan'],
  ['Ilham', 'Irham'],
  ['Bagas', 'Bagus'],
  ['Azka', 'Azki'],
  ['Aldo', 'Aldi'],
  ['Kenzo', 'Kenzi'],
  ['Zaki', 'Zaka'],
  ['Yusril', 'Yusran'],
  ['Raka', 'Raki'],
  ['Fajar', 'Fajri'],
];
const GIRLS: readonly Pair[] = [
  ['Rina', 'Rini'],
  ['Ani', 'Ana'],
  ['Nabila', 'Nadila'],
  ['Salma', 'Salwa'],
  ['Naila', 'Naira'],
  ['Dina', 'Dini'],
  ['Lina', 'Lini'],
  ['Nisa', 'Nida'],
  ['Aqila', 'Adila'],
  ['Fitri', 'Fitra'],
  ['Shafa', 'Marwa'],
  ['Zahra', 'Zahira'],
  ['Aisya', 'Alisya'],
  ['Wulan', 'Bulan'],
  ['Kayla', 'Keyla'],
  ['Tuti', 'Titi'],
  ['Nanda', 'Nandi'],
  ['Rara', 'Riri'],
];
/** A boy and a girl. */
const MIXED: readonly Pair[] = [
  ['Dewa', 'Dewi'],
  ['Putra', 'Putri'],
  ['Rio', 'Ria'],
  ['Rama', 'Shinta'],
  ['Andi', 'Andini'],
  ['Rian', 'Riana'],
  ['Fajar', 'Senja'],
  ['Bintang', 'Bulan'],
  ['Galih', 'Ratna'],
  ['Yudi', 'Yuli'],
];

/** The names of both; the second child's order of birth is one more. */
export function twinNames(rng: Rng, wish: NameWish, second: NameWish): readonly [Name, Name] {
  const one = fullName(rng, wish);
  if (chance(rng, wish.sex === second.sex ? 0.35 : 0.2)) {
    const pair = pick(rng, pairsOf(wish.sex, second.sex));
    const [first, other] = wish.sex === 'P' && second.sex === 'L' ? [pair[1], pair[0]] : pair;
    return [withFirst(one, first), withFirst(oneOrderOn(rng, one, second), other)];
  }
  return [one, secondTwinName(rng, one, wish.sex, second)];
}

function pairsOf(one: Sex, other: Sex): readonly Pair[] {
  if (one !== other) return MIXED;
  return one === 'L' ? BOYS : GIRLS;
}

/** A name for the brother or sister of somebody who has one already. */
export function secondTwinName(rng: Rng, first: Name, firstSex: Sex, second: NameWish): Name {
  const turn = rng();
  if (turn < 0.3) {
    const at = givenAt(first);
    const word = first[at]?.text ?? '';
    const like = soundingLike(rng, word, firstSex, second.sex);
    if (like !== undefined)
      return oneOrderOn(rng, first, second).map((one) => (one === first[at] ? { ...one, text: like } : one));
  }
  let own = fullName(rng, second);
  while (sameWords(own, first)) own = fullName(rng, second);
  if (turn > 0.6) return own;
  const firstGiven = first.filter(({ role }) => role === 'given');
  const given = own.filter(({ role }) => role === 'given');
  // One name for both in front, as if it were the family's: Kayla Zahra and Kayla Nadhira.
  const [shared, next] = firstGiven;
  if (
    turn > 0.55 &&
    shared !== undefined &&
    next !== undefined &&
    given.length > 1 &&
    firstSex === second.sex
  )
    return given.slice(1).some(({ text }) => text === shared.text || text === next.text)
      ? own
      : own.map((word) => (word === given[0] ? { ...shared } : word));
  // Different calls, the same last word: Bagas Pratama and Dewi Pratama.
  const last = firstGiven.at(-1);
  // What one is called by is not behind the other's name.
  if (last === undefined || last === first[givenAt(first)] || given.some(({ text }) => text === last.text))
    return own;
  const replaced = given.length > 1 ? given.at(-1) : undefined;
  return own.flatMap((word) => {
    if (replaced !== undefined) return [word === replaced ? { ...last } : word];
    return word === given[0] ? [word, { ...last }] : [word];
  });
}

export function sameWords(one: Name, other: Name): boolean {
  return one.length === other.length && one.every(({ text }, at) => text === other[at]?.text);
}

/**
 * What goes with a name: the other one of a known pair, another name of the same people and sex that sounds like it, now
 * and then one made up for it by its last vowel (Raka, Raki). Undefined where nothing does: then parents choose freely.
 */
function soundingLike(rng: Rng, word: string, sex: Sex, second: Sex): string | undefined {
  const pairs = pairsOf(sex, second);
  const known = pairs.find((pair) =>
    sex === second ? pair.includes(word) : pair[sex === 'L' ? 0 : 1] === word,
  );
  if (known !== undefined) return known[0] === word ? known[1] : known[0];
  if (sex !== second) return undefined;
  if (word.length >= 4 && word.length <= 6 && /[^aeiou][aio]$/.test(word) && chance(rng, 0.25))
    return word.slice(0, -1) + (word.endsWith('i') ? 'a' : 'i');
  const names = givenNameLists(sex).filter(({ values }) => values.includes(word));
  const alike = names.flatMap(({ values }) => values.filter((other) => soundAlike(word, other)));
  return alike.length > 0 ? pick(rng, alike) : undefined;
}

/** All but two letters in one place are the same, and nobody would take the two for one name: Naura and Naira, not Aqila and Aqilah. */
function soundAlike(one: string, other: string): boolean {
  const [a, b] = [heard(one), heard(other)];
  const [least, most] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  if (a === b || least < 3) return false;
  let front = 0;
  while (front < least && a[front] === b[front]) front++;
  let end = 0;
  while (end < least - front && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return most - front - end <= 2;
}

function heard(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z]|h/g, '')
    .replaceAll('q', 'k')
    .replaceAll('y', 'i')
    .replaceAll('z', 's')
    .replaceAll('v', 'f')
    .replace(/(.)\1+/g, '$1');
}

function givenAt(name: Name): number {
  const at = name.findIndex(
    ({ role, text }) => role === 'given' && !['Muhammad', 'Siti', 'Ahmad', 'Nur'].includes(text),
  );
  return at < 0 ? name.findIndex(({ role }) => role === 'given') : at;
}

function withFirst(name: Name, text: string): Name {
  const at = givenAt(name);
  return name.map((word, index): NameWord => (index === at ? { ...word, text } : word));
}

/** In Bali the second is one further in the order of birth. */
function oneOrderOn(rng: Rng, name: Name, second: NameWish): Name {
  if (!name.some(({ role }) => role === 'order')) return name;
  const before = fullName(rng, second).filter(({ role }) => role === 'order' || role === 'rank');
  const rest = name.filter(({ role }) => role !== 'order' && role !== 'rank');
  return [...before, ...rest];
}
