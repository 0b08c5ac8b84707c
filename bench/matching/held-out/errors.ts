/** How somebody's second form differs, in the held-out sets: other slips, and other shares, than in `../errors`. */
import { between, chance, draw, pick, type Rng, weighted } from '../random.ts';
import type { Form } from './people.ts';

type Slip = (form: Form, rng: Rng) => boolean;

/** The shares of a kind of list; what is not named does not occur there. */
export type SlipShares = Readonly<Partial<Record<SlipName, number>>>;

const LOOKALIKES = [
  ['rn', 'm'],
  ['m', 'rn'],
  ['cl', 'd'],
  ['l', 'i'],
  ['i', 'l'],
  ['h', 'b'],
  ['u', 'v'],
  ['e', 'c'],
  ['n', 'ri'],
  ['a', 'o'],
  ['g', 'q'],
  ['vv', 'w'],
] as const;
const SOUNDS = [
  ['f', 'p'],
  ['v', 'p'],
  ['z', 'j'],
  ['sy', 's'],
  ['kh', 'h'],
  ['q', 'k'],
  ['dh', 'd'],
  ['th', 't'],
  ['ie', 'i'],
  ['y', 'i'],
  ['x', 'ks'],
  ['o', 'u'],
  ['e', 'i'],
  ['u', 'oe'],
  ['c', 'tj'],
  ['j', 'dj'],
  ['gh', 'g'],
  ['aa', 'a'],
] as const;
const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** One place of a word where a pair of the list fits is written the other way. */
function rewrite(form: Form, rng: Rng, pairs: readonly (readonly [string, string])[]): boolean {
  for (let tries = 0; tries < 12; tries++) {
    const at = between(rng, 0, form.name.length - 1);
    const word = form.name[at] ?? '';
    const [from, to] = pick(rng, pairs);
    const place = word.toLowerCase().indexOf(from, 1);
    if (place < 0 || word.length < 4) continue;
    form.name[at] = word.slice(0, place) + to + word.slice(place + from.length);
    return true;
  }
  return false;
}

/** A slip of the fingers in one word of four letters or more. */
function mistype(form: Form, rng: Rng): boolean {
  const long = form.name.flatMap((word, at) => (word.length >= 4 ? [at] : []));
  if (long.length === 0) return false;
  const at = pick(rng, long);
  const word = form.name[at] ?? '';
  const place = between(rng, 1, word.length - 2);
  const kind = between(rng, 0, 3);
  const letter = word[place] ?? '';
  const row = KEYS.find((keys) => keys.includes(letter)) ?? 'asdfghjkl';
  const near = row[row.indexOf(letter) + 1] ?? row[row.indexOf(letter) - 1] ?? 'a';
  const changed = [
    () => word.slice(0, place) + word.slice(place + 1),
    () => word.slice(0, place) + near + word.slice(place + 1),
    () => word.slice(0, place) + (word[place + 1] ?? '') + letter + word.slice(place + 2),
    () => word.slice(0, place) + letter + word.slice(place),
  ][kind]?.();
  if (changed === undefined || changed === word) return false;
  form.name[at] = changed;
  return true;
}

function digitsChanged(text: string, rng: Rng, from = 0): string {
  const at = between(rng, from, text.length - 1);
  return text.slice(0, at) + String((Number(text[at]) + between(rng, 1, 9)) % 10) + text.slice(at + 1);
}

const SLIPS = {
  'misread-letters': (form, rng) => rewrite(form, rng, LOOKALIKES),
  'other-sound': (form, rng) => rewrite(form, rng, SOUNDS),
  mistyped: mistype,
  'two-mistyped': (form, rng) => mistype(form, rng) && mistype(form, rng),
  'cut-short': (form) => {
    const text = form.name.join(' ');
    if (text.length <= 20) return false;
    form.name = text.slice(0, 20).trim().split(' ');
    return true;
  },
  'words-left-out': (form, rng) => {
    if (form.name.length < 2) return false;
    form.name.splice(chance(rng, 0.8) ? form.name.length - 1 : between(rng, 0, form.name.length - 1), 1);
    return true;
  },
  'words-as-initials': (form) => {
    if (form.name.length < 2) return false;
    form.name = form.name.map((word, at) => (at === 0 ? word : `${word[0] ?? ''}.`));
    return true;
  },
  'first-as-initial': (form) => {
    if (form.name.length < 2) return false;
    form.name[0] = `${form.name[0]?.[0] ?? ''}.`;
    return true;
  },
  'last-word-first': (form) => {
    const last = form.name.pop();
    if (last === undefined || form.name.length === 0) return form.name.push(last ?? '') < 0;
    form.name.unshift(`${last},`);
    return true;
  },
  'words-joined': (form) => {
    const [one, two, ...rest] = form.name;
    if (one === undefined || two === undefined) return false;
    form.name = [`${one}${two.toLowerCase()}`, ...rest];
    return true;
  },
  'word-parted': (form, rng) => {
    const at = form.name.findIndex((word) => word.length >= 8);
    const word = form.name[at];
    if (word === undefined) return false;
    const place = between(rng, 3, word.length - 3);
    form.name.splice(at, 1, word.slice(0, place), word.slice(place));
    return true;
  },
  'married-name': (form) => {
    const added = form.self.marriedName;
    if (added === '') return false;
    form.name = [...form.self.name.slice(0, form.self.house === '' ? undefined : -1), ...added.split(' ')];
    return true;
  },
  'parent-named': (form, rng) => {
    if (form.self.father === '') return false;
    form.name.push(
      pick(rng, form.self.sex === 'L' ? ['bin', 'Bin', 'b.'] : ['binti', 'Binti', 'bt']),
      form.self.father,
    );
    return true;
  },
  alias: (form, rng) => {
    const first = form.name[0] ?? '';
    if (first.length < 6) return false;
    form.name.push(pick(rng, ['alias', 'als', 'al.']), first.slice(-4)[0]?.toUpperCase() + first.slice(-3));
    return true;
  },
  'called-by-end': (form) => {
    const first = form.name[0] ?? '';
    if (first.length < 7) return false;
    const short = first.slice(-4);
    form.name[0] = short[0]?.toUpperCase() + short.slice(1);
    return true;
  },
  title: (form, rng) => {
    if (form.self.birth > '2000') return false;
    if (chance(rng, 0.5)) form.name.unshift(pick(rng, ['H.', 'Hj.', 'Drs.', 'dr.', 'Ir.', 'Ust.']));
    else form.name.push(pick(rng, [', S.Pd', ', SE', ', S.H.', ', A.Md', ', S.Kom., M.Kom']));
    return true;
  },
  capitals: (form) => {
    form.name = form.name.map((word) => word.toUpperCase());
    form.address = form.address.toUpperCase();
    return true;
  },
  'date-mistyped': (form, rng) => {
    const day = Number(form.birth.slice(8));
    if (form.birth === '') return false;
    const other = pick(rng, [
      day + 1,
      day - 1,
      day + 10,
      day - 10,
      Number(`${day % 10}${Math.floor(day / 10)}`),
    ]);
    if (other < 1 || other > 28 || other === day) return false;
    form.birth = `${form.birth.slice(0, 8)}${String(other).padStart(2, '0')}`;
    return true;
  },
  'month-mistyped': (form, rng) => {
    const month = Number(form.birth.slice(5, 7));
    const other = month + pick(rng, [-1, 1, -6, 6, 10, -10]);
    if (form.birth === '' || other < 1 || other > 12 || Number(form.birth.slice(8)) > 28) return false;
    form.birth = `${form.birth.slice(0, 5)}${String(other).padStart(2, '0')}${form.birth.slice(7)}`;
    return true;
  },
  'day-for-month': (form) => {
    const [year, month, day] = form.birth.split('-');
    if (year === undefined || month === undefined || day === undefined || day > '12' || day === month)
      return false;
    form.birth = `${year}-${day}-${month}`;
    return true;
  },
  'year-mistyped': (form, rng) => {
    if (form.birth === '') return false;
    const year = Number(form.birth.slice(0, 4)) + pick(rng, [-1, 1, -1, 1, -10, 10, -2]);
    if (year > 2023) return false;
    form.birth = `${year}${form.birth.slice(4).replace('02-29', '02-28')}`;
    return true;
  },
  'year-only': (form) => {
    if (form.birth === '') return false;
    form.birth = `${form.birth.slice(0, 4)}-01-01`;
    return true;
  },
  'no-date': (form) => {
    form.birth = '';
    return true;
  },
  'nik-mistyped': (form, rng) => {
    if (form.nik === '') return false;
    form.nik = digitsChanged(form.nik, rng);
    return true;
  },
  'nik-rounded': (form) => {
    if (form.nik === '' || form.nik.endsWith('0')) return false;
    form.nik = `${form.nik.slice(0, 15)}0`;
    return true;
  },
  'nik-digit-lost': (form, rng) => {
    if (form.nik === '') return false;
    const at = between(rng, 6, 15);
    form.nik = form.nik.slice(0, at) + form.nik.slice(at + 1);
    return true;
  },
  'nik-of-parent': (form) => {
    if (form.self.parentNik === '') return false;
    form.nik = form.self.parentNik;
    return true;
  },
  'nik-in-kk': (form) => {
    if (form.nik === '') return false;
    [form.nik, form.kk] = [form.kk, form.nik];
    return true;
  },
  'kk-in-nik': (form) => {
    form.nik = form.self.kk;
    return true;
  },
  'other-phone': (form, rng) => {
    form.phone = `0899${String(between(rng, 1_000_000, 99_999_999))}`;
    return true;
  },
  'phone-of-house': (form, rng) => {
    if (form.self.housePhones.length === 0) return false;
    form.phone = pick(rng, form.self.housePhones);
    return true;
  },
  'phone-mistyped': (form, rng) => {
    if (form.phone === '') return false;
    form.phone = digitsChanged(form.phone, rng, 4);
    return true;
  },
  moved: (form, rng) => {
    form.address = `Jl. ${pick(rng, ['Kenari', 'Rajawali', 'Cempaka', 'Mawar', 'Seroja', 'Nuri'])} ${between(rng, 1, 180)}`;
    form.village = `99710${between(rng, 1, 9)}20${String(between(rng, 10, 40))}`;
    return true;
  },
  'place-for-address': (form) => {
    [form.birthPlace, form.address] = [form.address, form.birthPlace];
    return true;
  },
  'place-of-hospital': (form, rng) => {
    form.birthPlace = pick(rng, ['Kota Jajar', 'Jajar', 'Kab. Turen', 'Turen', 'Klojen']);
    return true;
  },
  'other-sex': (form) => {
    if (form.sex === '') return false;
    form.sex = form.sex === 'L' ? 'P' : 'L';
    return true;
  },
} satisfies Readonly<Record<string, Slip>>;

export type SlipName = keyof typeof SLIPS;

/** Slips of one form, drawn by their shares; those that fit are done, and named. */
export function slip(form: Form, rng: Rng, count: number, shares: SlipShares): string[] {
  const slips = weighted(Object.entries(shares) as [SlipName, number][]);
  const done: string[] = [];
  for (let tries = 0; tries < 8 * count && done.length < count; tries++) {
    const drawn = draw(rng, slips);
    if (done.includes(drawn)) continue;
    if (SLIPS[drawn](form, rng)) done.push(drawn);
  }
  return done;
}
