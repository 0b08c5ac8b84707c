/** Everybody on file: members out of many households, namesakes, and classes that give their teacher's phone. */
import { birthDateIn, openRegistrar, THIS_YEAR } from './identity.ts';
import { CULTURES } from './names.ts';
import {
  ageOf,
  makeHousehold,
  makeLonePerson,
  type Person,
  peopleOf,
  shareOnFile,
  type World,
  wishOf,
} from './people.ts';
import { type Home, makeHome, makeRegion } from './places.ts';
import { between, chance, draw, pick, type Rng, seededRng, weighted } from './random.ts';

/** Pupils whose teacher filled in the forms. */
export interface SchoolClass {
  readonly phone: string;
  readonly pupils: readonly Person[];
}

export interface Population {
  readonly world: World;
  readonly members: readonly Person[];
  readonly classes: readonly SchoolClass[];
}

/** How many of a thousand households are somebody who is called as a member is, by design and not by chance. */
const DELIBERATE_NAMESAKES = 15;

/** @param count of members; their families come along. */
export function makePopulation(seed: string, count: number): Population {
  const rng = seededRng(`${seed}/population`);
  const world: World = { rng, region: makeRegion(rng), registrar: openRegistrar(rng) };
  const members: Person[] = [];
  while (members.length < count) {
    if (members.length > 0 && chance(rng, DELIBERATE_NAMESAKES / 1000)) {
      members.push(makeNamesake(world, pick(rng, members), draw(rng, NAMESAKES)));
      continue;
    }
    const household = makeHousehold(world, draw(rng, CULTURES));
    for (const person of peopleOf(household))
      if (members.length < count && chance(rng, shareOnFile(ageOf(person)))) members.push(person);
  }
  return { world, members, classes: makeClasses(world, members) };
}

export type NamesakeKind = 'plain' | 'same-year' | 'same-date' | 'neighbour';
/** The same birth date by design is as rare as chance makes it among a million. */
export const NAMESAKES = weighted<NamesakeKind>([
  ['plain', 54],
  ['same-year', 26],
  ['same-date', 1],
  ['neighbour', 19],
]);

/** Somebody else, of another family, with the same name and sex. */
export function makeNamesake(world: World, person: Person, kind: NamesakeKind): Person {
  const { rng } = world;
  const year = Number(person.birth.slice(0, 4));
  const birthYear = kind === 'plain' || kind === 'neighbour' ? otherYear(rng, year) : year;
  let birth = kind === 'same-date' ? person.birth : birthDateIn(rng, birthYear);
  while (kind !== 'same-date' && birth === person.birth) birth = birthDateIn(rng, birthYear);
  const village = kind === 'neighbour' ? person.home.village : elsewhere(world, person);
  const home = makeHome(rng, village);
  const { family, sex, name } = person;
  return makeLonePerson(world, home, {
    ...wishOf(family, sex, birthYear, person.birthOrder, ''),
    name,
    birth,
  });
}

function elsewhere(world: World, person: Person): Home['village'] {
  for (;;) {
    const village = draw(world.rng, world.region.villages);
    if (village.code !== person.home.village.code) return village;
  }
}

function otherYear(rng: Rng, year: number): number {
  const other = year + pick(rng, [-1, 1]) * between(rng, 1, 15);
  return Math.min(other === THIS_YEAR - 5 ? other - 2 : other, THIS_YEAR - 6) === year
    ? year - 3
    : Math.min(other, THIS_YEAR - 6);
}

/** A pupil in twelve comes with the class, all of one year and one district, and of one phone. */
function makeClasses({ rng, registrar }: World, members: readonly Person[]): readonly SchoolClass[] {
  const years = new Map<string, Person[]>();
  for (const person of members) {
    if (ageOf(person) < 7 || ageOf(person) > 16) continue;
    const key = person.household.home.village.prefix + person.birth.slice(0, 4);
    const year = years.get(key);
    if (year === undefined) years.set(key, [person]);
    else year.push(person);
  }
  const classes: SchoolClass[] = [];
  for (const year of years.values()) {
    for (let from = 0; from + 6 <= year.length; ) {
      const pupils = year.slice(from, from + between(rng, 12, 30));
      from += pupils.length;
      if (!chance(rng, 1 / 12)) continue;
      const phone = registrar.phone();
      for (const pupil of pupils) pupil.phone = phone;
      classes.push({ phone, pupils });
    }
  }
  return classes;
}
