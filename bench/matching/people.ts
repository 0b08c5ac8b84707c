/** Households: couples, their children, twins, children with a parent's name, shared phones and addresses. */
import { birthDateIn, makeEmail, type Registrar, THIS_YEAR } from './identity.ts';
import {
  CULTURES,
  type Culture,
  callName,
  type FamilyName,
  familyName,
  fullName,
  type Name,
  type NameWish,
  type Sex,
} from './names.ts';
import { BIRTH_PLACES, type Home, makeHome, type Region } from './places.ts';
import { between, chance, draw, pick, type Rng, weighted } from './random.ts';
import { makeTitles, type Titles } from './titles.ts';
import { sameWords, twinNames } from './twins.ts';

export interface Person {
  readonly household: Household;
  readonly role: 'husband' | 'wife' | 'child';
  /** The family that the person was born into. */
  readonly family: FamilyName;
  readonly sex: Sex;
  /** ISO */
  readonly birth: string;
  readonly birthOrder: number;
  readonly birthPlace: string;
  readonly name: Name;
  readonly titles: Titles;
  readonly nik: string;
  readonly kk: string;
  /** As typed at home, `08…`; may be a parent's or a teacher's. */
  phone: string;
  readonly email: string;
  readonly home: Home;
}

export interface Household {
  readonly family: FamilyName;
  readonly kk: string;
  readonly home: Home;
  readonly husband: Person | undefined;
  readonly wife: Person | undefined;
  readonly children: Person[];
}

export interface World {
  readonly rng: Rng;
  readonly region: Region;
  readonly registrar: Registrar;
}

export function ageOf(person: Person): number {
  return THIS_YEAR - Number(person.birth.slice(0, 4));
}

export function peopleOf({ husband, wife, children }: Household): readonly Person[] {
  return [husband, wife, ...children].filter((person) => person !== undefined);
}

/** Members of public libraries are pupils and students before all. */
export function shareOnFile(age: number): number {
  if (age < 6) return 0;
  if (age <= 12) return 0.6;
  if (age <= 18) return 0.78;
  if (age <= 24) return 0.6;
  if (age <= 39) return 0.25;
  return age <= 59 ? 0.14 : 0.08;
}

const MOTHERS_AGE = weighted<readonly [number, number]>([
  [[24, 30], 14],
  [[31, 45], 44],
  [[46, 60], 28],
  [[61, 80], 14],
]);
const CHILDREN = weighted<number>([
  [0, 8],
  [1, 22],
  [2, 34],
  [3, 22],
  [4, 9],
  [5, 5],
]);

export function makeHousehold(world: World, culture: Culture): Household {
  const { rng, region, registrar } = world;
  const [young, old] = draw(rng, MOTHERS_AGE);
  const wifeBorn = THIS_YEAR - between(rng, young, old);
  const husbandBorn = wifeBorn - between(rng, -2, 8);
  const village = draw(rng, region.villages);
  const base = {
    family: familyName(rng, culture),
    kk: registrar.kk(village.prefix),
    home: makeHome(rng, village),
    children: [] as Person[],
    husband: undefined as Person | undefined,
    wife: undefined as Person | undefined,
  };
  const household: Household = base;
  const wifeFamily = familyName(rng, chance(rng, 0.85) ? culture : draw(rng, CULTURES));
  base.husband = makePerson(world, household, {
    role: 'husband',
    ...wishOf(base.family, 'L', husbandBorn, between(rng, 0, 4), anyFather(rng, base.family)),
  });
  base.wife = makePerson(world, household, {
    role: 'wife',
    ...wishOf(wifeFamily, 'P', wifeBorn, between(rng, 0, 4), anyFather(rng, wifeFamily)),
    // A tenth of the couples has one phone.
    phone: chance(rng, 0.1) ? base.husband.phone : registrar.phone(),
  });
  addChildren(world, household, wifeBorn);
  return household;
}

function addChildren(world: World, household: Household, motherBorn: number): void {
  const { rng } = world;
  let born = motherBorn + between(rng, 19, 29);
  for (let wanted = draw(rng, CHILDREN); wanted > 0; wanted--) {
    // Who is not at school yet is not in any list.
    if (born > THIS_YEAR - 6 || born > motherBorn + 44) return;
    const order = household.children.length;
    const sex = anySex(rng);
    const wish = childWish(household, sex, born, order);
    if (chance(rng, 0.013)) {
      const secondSex = chance(rng, 0.7) ? sex : anySex(rng);
      const [one, other] = twinNames(rng, wish, childWish(household, secondSex, born, order + 1));
      const birth = birthDateIn(rng, born);
      const first = makeChild(world, household, { ...wish, name: one, birth });
      household.children.push(first);
      household.children.push(
        makeChild(world, household, {
          ...wish,
          ...likeTwin(first),
          birthOrder: order + 1,
          sex: secondSex,
          name: other,
          birth,
        }),
      );
    } else {
      const parent = sex === 'L' ? household.husband : household.wife;
      const same = parent !== undefined && chance(rng, 0.006);
      household.children.push(makeChild(world, household, same ? { ...wish, name: parent.name } : wish));
    }
    born += between(rng, 1, 7);
  }
}

/** What a person is made from; what is left out falls to chance. */
export interface PersonPlan extends NameWish {
  readonly name?: Name;
  readonly birth?: string;
  readonly birthPlace?: string;
  readonly phone?: string;
  readonly home?: Home;
  readonly kk?: string;
  /** PPRRKK of the first registration. */
  readonly prefix?: string;
}

/** What twins have in common beside their parents. */
export function likeTwin(twin: Person): Pick<PersonPlan, 'birth' | 'birthPlace' | 'home' | 'kk' | 'prefix'> {
  return {
    birth: twin.birth,
    birthPlace: twin.birthPlace,
    home: twin.home,
    kk: twin.kk,
    prefix: twin.nik.slice(0, 6),
  };
}

export function childWish(
  { family, husband }: Household,
  sex: Sex,
  birthYear: number,
  birthOrder: number,
): NameWish {
  return wishOf(family, sex, birthYear, birthOrder, husband === undefined ? '' : callName(husband.name));
}

/** A child lives with the parents, in a student's room, or has a home of its own. */
export function makeChild(world: World, household: Household, plan: PersonPlan): Person {
  const { rng, registrar } = world;
  const age = THIS_YEAR - plan.birthYear;
  const leaves = age > 28 ? chance(rng, 0.7) : age > 18 && chance(rng, 0.25);
  const home = leaves ? makeHome(rng, nearOrFar(world, household)) : household.home;
  const parent = household.wife ?? household.husband;
  const first = household.children[0];
  let name = plan.name ?? fullName(rng, plan);
  // Nobody calls two children the same.
  while (plan.name === undefined && household.children.some((child) => sameWords(child.name, name)))
    name = fullName(rng, plan);
  const shares = parent !== undefined && chance(rng, age < 13 ? 0.8 : age < 18 ? 0.4 : 0.03);
  return makePerson(world, household, {
    role: 'child',
    home,
    // Students stay on the family card.
    kk: leaves && age > 28 ? registrar.kk(home.village.prefix) : household.kk,
    prefix: chance(rng, 0.85) ? household.home.village.prefix : draw(rng, world.region.villages).prefix,
    phone: shares ? parent.phone : registrar.phone(),
    birthPlace: first !== undefined && chance(rng, 0.75) ? first.birthPlace : draw(rng, BIRTH_PLACES),
    ...plan,
    name,
  });
}

/** Half of those who move stay in their district. */
export function nearOrFar({ rng, region }: World, { home }: { readonly home: Home }): Home['village'] {
  const near = region.byDistrict.get(home.village.prefix);
  return near !== undefined && chance(rng, 0.5) ? pick(rng, near) : draw(rng, region.villages);
}

export function makePerson(
  world: World,
  household: Household,
  plan: PersonPlan & { role: Person['role'] },
): Person {
  const { rng, registrar, region } = world;
  const birth = plan.birth ?? birthDateIn(rng, plan.birthYear);
  const name = plan.name ?? fullName(rng, plan);
  const home = plan.home ?? household.home;
  const prefix = plan.prefix ?? (chance(rng, 0.7) ? home.village.prefix : draw(rng, region.villages).prefix);
  return {
    household,
    role: plan.role,
    family: plan.family,
    sex: plan.sex,
    birth,
    birthOrder: plan.birthOrder,
    birthPlace: plan.birthPlace ?? draw(rng, BIRTH_PLACES),
    name,
    titles: makeTitles(rng, plan.family.culture, plan.sex, THIS_YEAR - Number(birth.slice(0, 4))),
    nik: registrar.nik(prefix, birth, plan.sex),
    kk: plan.kk ?? household.kk,
    phone: plan.phone ?? registrar.phone(),
    email: makeEmail(rng, callName(name), birth),
    home,
  };
}

/** A household of one, whose family is not known here. */
export function makeLonePerson(world: World, home: Home, plan: PersonPlan): Person {
  const base = {
    family: plan.family,
    kk: world.registrar.kk(home.village.prefix),
    home,
    children: [] as Person[],
    husband: undefined as Person | undefined,
    wife: undefined as Person | undefined,
  };
  const role = THIS_YEAR - plan.birthYear < 20 ? 'child' : plan.sex === 'L' ? 'husband' : 'wife';
  const person = makePerson(world, base, { ...plan, role });
  if (role === 'child') base.children.push(person);
  else base[role] = person;
  return person;
}

export function wishOf(
  family: FamilyName,
  sex: Sex,
  birthYear: number,
  birthOrder: number,
  father: string,
): NameWish {
  return { family, sex, birthYear, birthOrder, father };
}

export function anySex(rng: Rng): Sex {
  return chance(rng, 0.5) ? 'L' : 'P';
}

/** The call name of somebody's father who is in no list himself. */
export function anyFather(rng: Rng, family: FamilyName): string {
  return family.patronymic
    ? callName(fullName(rng, wishOf({ ...family, patronymic: false }, 'L', 1950, 0, '')))
    : '';
}
