/** New people who have much in common with somebody on file, and are somebody else. */
import { birthDateIn, isoDate, THIS_YEAR } from './identity.ts';
import { CULTURES, callName, familyName, type NameWish } from './names.ts';
import {
  ageOf,
  anySex,
  childWish,
  likeTwin,
  makeChild,
  makeHousehold,
  makeLonePerson,
  nearOrFar,
  type Person,
  peopleOf,
  shareOnFile,
  type World,
  wishOf,
} from './people.ts';
import { makeHome } from './places.ts';
import type { SchoolClass } from './population.ts';
import { between, chance, draw, pick } from './random.ts';
import { sameWords, secondTwinName } from './twins.ts';

/** Somebody of the ages that come to libraries, of a family that is not on file. */
export function makeStranger(world: World): Person {
  for (;;) {
    const household = makeHousehold(world, draw(world.rng, CULTURES));
    const person = peopleOf(household).find((one) => chance(world.rng, shareOnFile(ageOf(one))));
    if (person !== undefined) return person;
  }
}

/** The other twin of somebody on file; born on the same day, NIKs mostly one after the other where both are of one sex. */
export function makeTwin(world: World, anchor: Person): Person {
  const { rng, registrar } = world;
  const sex = chance(rng, 0.7) ? anchor.sex : anySex(rng);
  const wish = familyWish(anchor, sex, Number(anchor.birth.slice(0, 4)), anchor.birthOrder + 1);
  const called = [anchor, ...anchor.household.children].map((child) => child.name);
  // Who has a twin on file already is born with two more.
  let name = secondTwinName(rng, anchor.name, anchor.sex, wish);
  while (called.some((other) => sameWords(other, name)))
    name = secondTwinName(rng, anchor.name, anchor.sex, wish);
  const phone = ageOf(anchor) < 18 && chance(rng, 0.75) ? anchor.phone : registrar.phone();
  return asChild(world, anchor, { ...wish, ...likeTwin(anchor), name, phone });
}

/** A brother or sister, born at least a year apart. */
export function makeSibling(world: World, anchor: Person): Person {
  const { rng } = world;
  const year = Number(anchor.birth.slice(0, 4));
  const later = chance(rng, 0.5) && year < THIS_YEAR - 8;
  const apart = between(rng, 1, 7);
  const born = later ? Math.min(year + apart, THIS_YEAR - 6) : year - apart;
  const wish = familyWish(anchor, anySex(rng), born, Math.max(0, anchor.birthOrder + (later ? 1 : -1)));
  const birth = apartFrom(anchor.birth, birthDateIn(rng, born));
  return asChild(world, anchor, { ...wish, birth });
}

/** A mother cannot bear twice within ten months. */
function apartFrom(anchor: string, birth: string): string {
  const gap = Date.parse(birth) - Date.parse(anchor);
  const least = 320 * 86_400_000;
  if (Math.abs(gap) >= least) return birth;
  return isoDate(Date.parse(anchor) + (gap < 0 ? -least : least));
}

export function makeParentOrChild(world: World, anchor: Person, onFile: ReadonlySet<Person>): Person {
  const { rng } = world;
  const { household } = anchor;
  if (anchor.role === 'child') {
    const parents = [household.wife, household.husband].filter(
      (one) => one !== undefined && !onFile.has(one),
    );
    const parent = parents.length > 0 ? pick(rng, parents) : undefined;
    return parent ?? makeParent(world, anchor);
  }
  const child = household.children.find((one) => !onFile.has(one));
  return child ?? makeOwnChild(world, anchor);
}

/** The grandfather or uncle with the same name, or a child who got it: the same sex, another generation. */
export function makeSameNameRelative(world: World, anchor: Person): Person {
  const { rng } = world;
  const age = ageOf(anchor);
  const name = anchor.name;
  if (age >= 27 && chance(rng, 0.6)) {
    const wish = familyWish(anchor, anchor.sex, THIS_YEAR - between(rng, 6, Math.min(age - 20, 24)), 0);
    return asChild(world, anchor, { ...wish, name });
  }
  // Cousins and nephews are within a few years, parents and grandparents further.
  const years = chance(rng, 0.3) ? between(rng, 2, 9) : between(rng, 22, 45);
  const wish = familyWish(anchor, anchor.sex, Number(anchor.birth.slice(0, 4)) - years, 0);
  return chance(rng, 0.6)
    ? asChild(world, anchor, { ...wish, name, home: anchor.home, kk: anchor.kk })
    : makeLonePerson(world, makeHome(rng, anchor.home.village), { ...wish, name });
}

/** Of the same year, mostly of the same village, entered with the teacher's phone. */
export function makeClassmate(world: World, { phone, pupils }: SchoolClass): Person {
  const { rng } = world;
  const like = pick(rng, pupils);
  const family = familyName(rng, chance(rng, 0.7) ? like.family.culture : draw(rng, CULTURES));
  const village = chance(rng, 0.5) ? like.home.village : nearOrFar(world, like);
  const wish = wishOf(family, anySex(rng), Number(like.birth.slice(0, 4)), between(rng, 0, 3), '');
  return makeLonePerson(world, makeHome(rng, village), { ...wish, phone });
}

function makeParent(world: World, anchor: Person): Person {
  const { rng } = world;
  const born = Number(anchor.birth.slice(0, 4)) - between(rng, 20, 38);
  return asChild(world, anchor, {
    ...familyWish(anchor, anySex(rng), born, 0),
    home: anchor.home,
    kk: anchor.kk,
    phone: chance(rng, 0.4) ? anchor.phone : world.registrar.phone(),
  });
}

function makeOwnChild(world: World, anchor: Person): Person {
  const { rng } = world;
  const born = Math.min(Number(anchor.birth.slice(0, 4)) + between(rng, 20, 38), THIS_YEAR - 6);
  const { household } = anchor;
  return asChild(world, anchor, childWish(household, anySex(rng), born, household.children.length));
}

function familyWish(anchor: Person, sex: Person['sex'], birthYear: number, birthOrder: number): NameWish {
  const { household } = anchor;
  if (anchor.role === 'child') return childWish(household, sex, birthYear, birthOrder);
  // Brothers and sisters of the couple, and the children of a household of one.
  const father =
    birthYear > Number(anchor.birth.slice(0, 4)) + 15 && anchor.sex === 'L' ? callName(anchor.name) : '';
  return wishOf(anchor.family, sex, birthYear, birthOrder, father);
}

function asChild(world: World, anchor: Person, plan: Parameters<typeof makeChild>[2]): Person {
  return makeChild(world, anchor.household, plan);
}
