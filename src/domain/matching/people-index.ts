import { nameTokens } from '../person-name.ts';
import { type BlockKey, blockKeys, keysSought } from './block-keys.ts';
import {
  type Comparable,
  compareNear,
  type Match,
  type MatchCosts,
  type MatchRecord,
  onlyOneSame,
  type Population,
  prepare,
  USUAL_COSTS,
} from './compare.ts';
import { populationOf } from './population.ts';
import { searchKeys } from './search-keys.ts';

/** People compared with one who comes, under the rarest keys. */
const LOOKED_AT = 4_000;

export interface Found extends Match {
  /** Place of the person in the list that the index was made of. */
  readonly index: number;
}

export interface PeopleIndex {
  readonly population: Population;
  /** Those on file who may be this person, the likeliest first; none that are clearly another. */
  find(person: MatchRecord): readonly Found[];
}

/** People on file, all in memory: for files of up to some hundred thousand; the database has indexes of its own. */
export function indexPeople(people: readonly MatchRecord[], costs: MatchCosts = USUAL_COSTS): PeopleIndex {
  const population = countPeople(people);
  const blocks = new Map<string, number[]>();
  const put = (key: string, index: number): void => {
    const block = blocks.get(key);
    if (block) block.push(index);
    else blocks.set(key, [index]);
  };
  const prepared = people.map((person) => prepare(person));
  for (const [index, person] of prepared.entries()) {
    for (const key of keysOf(person, blockKeys(person, population))) put(key, index);
    const words = person.names.map((name) => name.words.map(({ text }) => text));
    for (const key of new Set(words.flatMap(searchKeys))) put(key, index);
  }
  return {
    population,
    find(record) {
      const person = prepare(record);
      const rarestFirst = keysOf(person, keysSought(person, population))
        .map((key) => blocks.get(key) ?? [])
        .sort((a, b) => a.length - b.length);
      const candidates = new Set<number>();
      for (const block of rarestFirst) {
        if (candidates.size + block.length > LOOKED_AT) break;
        for (const index of block) candidates.add(index);
      }
      const found: Found[] = [];
      for (const index of candidates) {
        const other = prepared[index];
        if (!other) continue;
        const match = compareNear(person, other, population, costs);
        if (match !== undefined && match.verdict !== 'different') found.push({ ...match, index });
      }
      return onlyOneSame(found.sort((a, b) => b.score - a.score || a.index - b.index));
    },
  };
}

function keysOf(person: Comparable, ofPerson: readonly BlockKey[]): readonly string[] {
  const keys = ofPerson.map((key) => key.text);
  if (person.nikSlots !== null) keys.push(...slotKeys(person.nikSlots));
  if (person.nik !== null) keys.push(`n|${person.nik}`);
  if (person.document !== null) keys.push(`o|${person.document.kind}|${person.document.number}`);
  if (person.phone !== null) keys.push(`p|${person.phone}`);
  if (person.email !== null) keys.push(`e|${person.email}`);
  if (person.familyCard !== null) keys.push(`k|${person.familyCard}`);
  return keys;
}

/** Where the digit was left out is not part of the key, so that swapped neighbours meet as well. */
function slotKeys(slots: Uint8Array): readonly string[] {
  const view = new DataView(slots.buffer, slots.byteOffset, slots.byteLength);
  return Array.from({ length: slots.byteLength / 4 }, (_, at) => `s|${view.getUint32(at * 4)}`);
}

function countPeople(people: readonly MatchRecord[]): Population {
  const [words, villages, birthPlaces] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  for (const person of people) {
    for (const word of new Set(nameTokens(person.name))) count(words, word);
    if (person.village !== null) count(villages, person.village);
    if (person.birthPlace !== null) count(birthPlaces, person.birthPlace);
  }
  return populationOf({ people: people.length, looked: people.length, words, villages, birthPlaces });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
