/** Names of twins: a third of the parents choose two that sound alike. */
import { fullName, type Name, type NameWish, type NameWord } from './names.ts';
import { chance, pick, type Rng } from './random.ts';

type Pair = readonly [string, string];

const BOYS: readonly Pair[] = [
  ['Hasan', 'Husen'],
  ['Fauzi', 'Fauzan'],
  ['Rizki', 'Rizka'],
  ['Ridho', 'Ridha'],
  ['Nakula', 'Sadewa'],
  ['Rafi', 'Rafa'],
  ['Andi', 'Anto'],
  ['Dani', 'Deni'],
  ['Farhan', 'Fathan'],
  ['Ilham', 'Ilhami'],
  ['Bagas', 'Bagus'],
  ['Azka', 'Azki'],
  ['Aldo', 'Aldi'],
  ['Kenzo', 'Kenzi'],
  ['Zaki', 'Zaka'],
  ['Yusril', 'Yusran'],
];
const GIRLS: readonly Pair[] = [
  ['Rina', 'Rini'],
  ['Ani', 'Ana'],
  ['Nabila', 'Nabilah'],
  ['Salma', 'Salwa'],
  ['Naila', 'Naira'],
  ['Dina', 'Dini'],
  ['Lina', 'Lini'],
  ['Nisa', 'Nisya'],
  ['Aqila', 'Aqiela'],
  ['Fitri', 'Fitra'],
  ['Shafa', 'Marwa'],
  ['Zahra', 'Zahira'],
  ['Aisya', 'Alisya'],
  ['Wulan', 'Bulan'],
  ['Kayla', 'Keyla'],
  ['Tuti', 'Titi'],
];

/** The names of both; the second child's order of birth is one more. */
export function twinNames(rng: Rng, wish: NameWish, second: NameWish): readonly [Name, Name] {
  const one = fullName(rng, wish);
  if (chance(rng, 0.35) && wish.sex === second.sex) {
    const [first, other] = pick(rng, wish.sex === 'L' ? BOYS : GIRLS);
    return [withFirst(one, first), withFirst(oneOrderOn(rng, one, second), other)];
  }
  return [one, secondTwinName(rng, one, second)];
}

/** A name for the brother or sister of somebody who has one already. */
export function secondTwinName(rng: Rng, first: Name, second: NameWish): Name {
  const turn = rng();
  if (turn < 0.3) {
    const at = givenAt(first);
    const word = first[at]?.text ?? '';
    const like = soundingLike(rng, word);
    if (like !== word)
      return oneOrderOn(rng, first, second).map((one, index) =>
        index === at ? { ...one, text: like } : one,
      );
  }
  let own = fullName(rng, second);
  while (sameWords(own, first)) own = fullName(rng, second);
  if (turn > 0.6) return own;
  // Different calls, the same last word: Bagas Pratama and Dewi Pratama.
  const last = first.filter(({ role }) => role === 'given').at(-1);
  const given = own.filter(({ role }) => role === 'given');
  if (last === undefined || first.length < 2 || given.some(({ text }) => text === last.text)) return own;
  const replaced = given.length > 1 ? given.at(-1) : undefined;
  return own.flatMap((word) => {
    if (replaced !== undefined) return [word === replaced ? { ...last } : word];
    return word === given[0] ? [word, { ...last }] : [word];
  });
}

export function sameWords(one: Name, other: Name): boolean {
  return one.length === other.length && one.every(({ text }, at) => text === other[at]?.text);
}

/** Another word by one sound: the last vowel, an ending, or the first letter. */
function soundingLike(rng: Rng, word: string): string {
  if (word.length < 4) return word;
  const lastVowel = word.search(/[aeiou](?=[^aeiou]*$)/);
  const turn = rng();
  if (turn < 0.5 && lastVowel > 0) {
    const other = pick(
      rng,
      ['a', 'i', 'o', 'u'].filter((vowel) => vowel !== word[lastVowel]),
    );
    return word.slice(0, lastVowel) + other + word.slice(lastVowel + 1);
  }
  if (turn < 0.75) return /[aeiou]$/.test(word) ? `${word}n` : `${word}i`;
  const initial = pick(rng, ['B', 'D', 'F', 'K', 'L', 'M', 'N', 'R', 'S', 'T', 'W', 'Y']);
  return /^[aeiou]/i.test(word) ? initial + word.toLowerCase() : initial + word.slice(1);
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
