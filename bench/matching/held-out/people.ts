/** Families of the held-out sets, and the forms that their members fill in. */
import { between, chance, draw, pick, type Rng, weighted } from '../random.ts';
import { beforeNames, PEOPLES, type People, pairOf, type Sex } from './names.ts';

/** Somebody as the deed says. */
export interface Self {
  readonly family: number;
  readonly role: 'parent' | 'child';
  readonly name: readonly string[];
  /** What the last word of the name is, if it goes with the house; '' where it does not. */
  readonly house: string;
  /** What a wife is also called; '' for others. */
  readonly marriedName: string;
  readonly father: string;
  readonly sex: Sex;
  /** ISO */
  readonly birth: string;
  readonly birthPlace: string;
  readonly nik: string;
  readonly kk: string;
  readonly phone: string;
  readonly housePhones: readonly string[];
  readonly parentNik: string;
  readonly email: string;
  readonly address: string;
  readonly village: string;
}

/** One writing of somebody; slips change it. */
export interface Form {
  readonly self: Self;
  name: string[];
  birth: string;
  birthPlace: string;
  sex: Sex | '';
  nik: string;
  kk: string;
  phone: string;
  email: string;
  address: string;
  village: string;
}

/** How many of a hundred have the cell filled. */
export type Filled = Readonly<
  Record<'nik' | 'kk' | 'phone' | 'email' | 'birth' | 'birthPlace' | 'sex' | 'address' | 'village', number>
>;

export interface Town {
  readonly rng: Rng;
  readonly serials: Map<string, number>;
  families: number;
}

const WHICH = weighted(PEOPLES);
const STREETS = [
  'Kenanga',
  'Anggrek',
  'Raya Selatan',
  'Pattimura',
  'Imam Bonjol',
  'Diponegoro',
  'Kartini',
  'Sawo',
  'Masjid',
  'Pasar Lama',
];
const TOWNS = [
  'Jajar',
  'Wates',
  'Kota Baru',
  'Muara',
  'Sungai Penuh',
  'Tanjungsari',
  'Watu',
  'Lawang',
  'Sukamaju',
  'Batu Ampar',
];

/** @returns the parents and the children of a house, of whom any may come to the library */
export function makeFamily(town: Town, children: 'school' | 'any'): Self[] {
  const { rng, serials } = town;
  const people = draw(rng, WHICH);
  const house = people.house(rng);
  const family = town.families++;
  const district = `9971${String(between(rng, 1, 14)).padStart(2, '0')}`;
  const village = `${district}20${String(between(rng, 1, 12)).padStart(2, '0')}`;
  const home = {
    kk: `${district}${dateDigits(isoBetween(rng, 2004, 2022), 'L')}${String(between(rng, 1, 40)).padStart(4, '0')}`,
    address: addressOf(rng),
    village,
  };
  const number = (
    birth: string,
    sex: Sex,
    where = chance(rng, 0.8) ? district : `9972${String(between(rng, 1, 20)).padStart(2, '0')}`,
  ): string => {
    const begin = `${where}${dateDigits(birth, sex)}`;
    const serial = (serials.get(begin) ?? (chance(rng, 0.7) ? 0 : between(rng, 0, 6))) + 1;
    serials.set(begin, serial);
    return `${begin}${String(serial).padStart(4, '0')}`;
  };
  const eldest = children === 'school' ? between(rng, 2008, 2018) : between(rng, 1975, 2016);
  const phones = [phoneOf(rng), phoneOf(rng)];
  const parents = (['L', 'P'] as const).map((sex, at): Self => {
    const birth = isoBetween(rng, eldest - 38, eldest - 20);
    const own = sex === 'L' ? house : people.house(rng);
    return {
      family,
      role: 'parent',
      house: own,
      father: '',
      sex,
      birth,
      name: people.name(rng, { sex, house: own, order: between(rng, 0, 3) }),
      marriedName: sex === 'P' ? people.married(house) : '',
      birthPlace: pick(rng, TOWNS),
      nik: number(birth, sex),
      phone: phones[at] ?? '',
      housePhones: phones,
      parentNik: '',
      email: mailOf(rng),
      ...home,
    };
  });
  const father = parents[0]?.name[0] ?? '';
  const parentNik = pick(rng, parents).nik;
  const born: Self[] = [];
  // In one house of eight brothers, sisters and twins differ from the second word on.
  const before = chance(rng, 0.125) ? beforeNames(rng) : null;
  const called = (sex: Sex, name: readonly string[]): readonly string[] =>
    before === null || name[0] === before[sex] ? name : [before[sex], ...name];
  let year = eldest;
  const birthPlace = chance(rng, 0.7) ? pick(rng, TOWNS) : (parents[1]?.birthPlace ?? '');
  for (
    let order = 0, count = between(rng, 1, 4);
    order < count && year <= 2019;
    order++, year += between(rng, 1, 5)
  ) {
    const birth = isoBetween(rng, year, year);
    const where = chance(rng, 0.85) ? district : undefined;
    const child = (sex: Sex, name: readonly string[]): Self => ({
      family,
      role: 'child',
      name: called(sex, name),
      house,
      marriedName: '',
      father,
      sex,
      birth,
      birthPlace,
      nik: number(birth, sex, where),
      email: chance(rng, 0.6) ? (parents[1]?.email ?? '') : mailOf(rng),
      phone: year > 2006 || chance(rng, 0.3) ? pick(rng, phones) : phoneOf(rng),
      housePhones: phones,
      parentNik,
      ...home,
    });
    const sex = sexOf(rng);
    const name = people.name(rng, { sex, house, order });
    // A son in a hundred is called as his father is, all of it.
    const named =
      sex === 'L' && chance(rng, 0.01) ? (parents[0]?.name ?? name) : childName(rng, name, father);
    born.push(child(sex, named));
    if (chance(rng, 0.03))
      born.push(...twinsOf(rng, born, people, child, { bare: named, called, sex, house, order }));
  }
  return [...parents, ...born];
}

/** Now and then a child has the father's whole first word behind the own. */
function childName(rng: Rng, name: readonly string[], father: string): readonly string[] {
  return chance(rng, 0.06) && father !== '' && name.length < 3 ? [...name, father] : name;
}

/**
 * A twin of the last born; half of the pairs get names that go together, which the first one gets anew.
 * @param bare the name of the last born without what the house puts before it
 */
function twinsOf(
  rng: Rng,
  born: Self[],
  people: People,
  child: (sex: Sex, name: readonly string[]) => Self,
  {
    bare,
    called,
    sex,
    house,
    order,
  }: {
    bare: readonly string[];
    called: (sex: Sex, name: readonly string[]) => readonly string[];
    sex: Sex;
    house: string;
    order: number;
  },
): Self[] {
  const first = born.pop();
  if (first === undefined) return [];
  if (chance(rng, 0.5)) {
    const [one, other] = pairOf(rng, sex);
    const rest = bare.slice(1);
    return [{ ...first, name: called(sex, [one, ...rest]) }, child(sex, [other, ...rest])];
  }
  const otherSex = chance(rng, 0.6) ? sex : sexOf(rng);
  return [first, child(otherSex, people.name(rng, { sex: otherSex, house, order: order + 1 }))];
}

/** Somebody else of the same name, who lives elsewhere in the town and has nothing in common. */
export function makeNamesake(town: Town, self: Self, children: 'school' | 'any'): Self {
  const family = makeFamily(town, children);
  const other = family.find(({ role, sex }) => role === self.role && sex === self.sex) ?? family[0];
  if (other === undefined) throw new Error('a family without parents');
  return { ...other, sex: self.sex, name: self.name };
}

/** @param teacher's phone, where a school hands in the forms */
export function fillIn(rng: Rng, self: Self, filled: Filled, teacher = ''): Form {
  const cell = (name: keyof Filled, value: string): string => (chance(rng, filled[name] / 100) ? value : '');
  return {
    self,
    name: [...self.name],
    birth: cell('birth', self.birth),
    birthPlace: cell('birthPlace', self.birthPlace),
    sex: chance(rng, filled.sex / 100) ? self.sex : '',
    nik: cell('nik', self.nik),
    kk: cell('kk', self.kk),
    phone: teacher === '' ? cell('phone', self.phone) : teacher,
    email: cell('email', self.email),
    address: cell('address', self.address),
    village: cell('village', self.village),
  };
}

export function phoneOf(rng: Rng): string {
  return `0898${String(between(rng, 1_000_000, 99_999_999))}`;
}

function mailOf(rng: Rng): string {
  return `${pick(rng, ['akun', 'surat', 'kotak', 'bunda', 'ayah'])}${between(rng, 1, 999_999)}@warga.example`;
}

function sexOf(rng: Rng): Sex {
  return chance(rng, 0.5) ? 'L' : 'P';
}

function addressOf(rng: Rng): string {
  const lane = `${String(between(rng, 1, 9)).padStart(3, '0')}/${String(between(rng, 1, 12)).padStart(3, '0')}`;
  return pick(rng, [
    () => `Jl. ${pick(rng, STREETS)} No. ${between(rng, 1, 220)}`,
    () => `Dusun ${pick(rng, TOWNS)} RT ${lane.slice(0, 3)} RW ${lane.slice(4)}`,
    () => `Gg. ${pick(rng, STREETS)} ${between(rng, 1, 40)} RT ${lane}`,
    () =>
      `Perum ${pick(rng, TOWNS)} Indah Blok ${pick(rng, ['A', 'B', 'C', 'D', 'F'])}${between(rng, 1, 30)}`,
  ])();
}

function isoBetween(rng: Rng, least: number, most: number): string {
  const year = between(rng, least, most);
  // The days that a clerk writes when nobody knows.
  if (chance(rng, year < 1965 ? 0.22 : 0.015))
    return pick(rng, [`${year}-01-01`, `${year}-12-31`, `${year}-07-01`]);
  return new Date(Date.UTC(year, 0, between(rng, 1, 365))).toISOString().slice(0, 10);
}

function dateDigits(birth: string, sex: Sex): string {
  const [year = '', month = '', day = ''] = birth.split('-');
  return `${String(Number(day) + (sex === 'P' ? 40 : 0)).padStart(2, '0')}${month}${year.slice(2)}`;
}
