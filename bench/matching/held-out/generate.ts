/**
 * Held-out sets: other names, other errors and other lists than `../generate.ts` makes, written without a look at the
 * engine. Nothing is estimated from them and nothing is changed because of one record in them: only the sums are looked at,
 * to see whether what helps on the one generator helps elsewhere.
 */
import type { PersonRow } from '../draft.ts';
import { between, chance, draw, pick, type Rng, seededRng, weighted } from '../random.ts';
import { type SlipShares, slip } from './errors.ts';
import {
  type Filled,
  type Form,
  fillIn,
  makeFamily,
  makeNamesake,
  phoneOf,
  type Self,
  type Town,
} from './people.ts';

export const LISTS = ['counter', 'school', 'old-register', 'scanned'] as const;
export type List = (typeof LISTS)[number];

export interface HeldOutSet {
  readonly existing: PersonRow[];
  readonly incoming: PersonRow[];
  /** By the id of the incoming row; null for a new person. */
  readonly truth: ReadonlyMap<
    string,
    { readonly existingId: string | null; readonly kind: string; readonly errors: readonly string[] }
  >;
}

interface ListPlan {
  readonly children: 'school' | 'any';
  /** How many of those who come are on file, from 0 to 1. */
  readonly known: number;
  readonly onFile: Filled;
  readonly coming: Filled;
  /** Slips of those who come again, and of all who come for the first time: none, one, two, three, of a hundred. */
  readonly counts: readonly [number, number, number, number];
  readonly slips: SlipShares;
  /** Of a hundred forms those that a teacher hands in. */
  readonly teacher: number;
}

const EVERY_SLIP: SlipShares = {
  mistyped: 12,
  'other-sound': 9,
  'two-mistyped': 2,
  'words-left-out': 6,
  'words-as-initials': 3,
  'first-as-initial': 1.5,
  'last-word-first': 2,
  'words-joined': 2,
  'word-parted': 1.5,
  'married-name': 3,
  'parent-named': 3,
  alias: 0.7,
  'called-by-end': 1,
  title: 4,
  capitals: 12,
  'date-mistyped': 5,
  'month-mistyped': 2,
  'day-for-month': 3,
  'year-mistyped': 3,
  'year-only': 2,
  'no-date': 2,
  'nik-mistyped': 4,
  'nik-rounded': 2,
  'nik-digit-lost': 2,
  'nik-of-parent': 2,
  'nik-in-kk': 0.8,
  'kk-in-nik': 0.8,
  'other-phone': 9,
  'phone-of-house': 3,
  'phone-mistyped': 2,
  moved: 8,
  'place-for-address': 0.5,
  'place-of-hospital': 4,
  'other-sex': 1,
};

const PLANS: Readonly<Record<List, ListPlan>> = {
  counter: {
    children: 'any',
    known: 0.4,
    teacher: 0,
    counts: [35, 40, 18, 7],
    slips: EVERY_SLIP,
    onFile: {
      nik: 70,
      kk: 25,
      phone: 80,
      email: 35,
      birth: 98,
      birthPlace: 92,
      sex: 98,
      address: 90,
      village: 80,
    },
    coming: {
      nik: 80,
      kk: 30,
      phone: 85,
      email: 40,
      birth: 99,
      birthPlace: 95,
      sex: 99,
      address: 92,
      village: 85,
    },
  },
  school: {
    children: 'school',
    known: 0.25,
    teacher: 25,
    counts: [40, 38, 16, 6],
    slips: {
      ...EVERY_SLIP,
      'married-name': 0,
      'nik-of-parent': 5,
      'phone-of-house': 9,
      'cut-short': 3,
      title: 0,
      'year-only': 0.5,
    },
    onFile: {
      nik: 55,
      kk: 40,
      phone: 60,
      email: 8,
      birth: 99,
      birthPlace: 90,
      sex: 99,
      address: 80,
      village: 70,
    },
    coming: {
      nik: 65,
      kk: 45,
      phone: 65,
      email: 8,
      birth: 99,
      birthPlace: 92,
      sex: 99,
      address: 80,
      village: 70,
    },
  },
  'old-register': {
    children: 'any',
    known: 0.5,
    teacher: 0,
    counts: [40, 40, 15, 5],
    slips: { ...EVERY_SLIP, 'no-date': 1, 'cut-short': 4, moved: 14, 'other-phone': 18 },
    onFile: {
      nik: 12,
      kk: 3,
      phone: 40,
      email: 5,
      birth: 90,
      birthPlace: 75,
      sex: 92,
      address: 88,
      village: 35,
    },
    coming: {
      nik: 85,
      kk: 30,
      phone: 90,
      email: 40,
      birth: 99,
      birthPlace: 95,
      sex: 99,
      address: 92,
      village: 85,
    },
  },
  scanned: {
    children: 'any',
    known: 0.75,
    teacher: 0,
    counts: [25, 45, 22, 8],
    slips: {
      ...EVERY_SLIP,
      'misread-letters': 40,
      'nik-mistyped': 9,
      'phone-mistyped': 5,
      'date-mistyped': 7,
    },
    onFile: {
      nik: 60,
      kk: 20,
      phone: 70,
      email: 20,
      birth: 97,
      birthPlace: 90,
      sex: 97,
      address: 85,
      village: 75,
    },
    coming: {
      nik: 60,
      kk: 20,
      phone: 65,
      email: 15,
      birth: 96,
      birthPlace: 88,
      sex: 95,
      address: 85,
      village: 60,
    },
  },
};

/** Of a hundred new people: brother, sister or twin of somebody on file, parent or child of one, of the same name, anybody. */
const NEW_KINDS = { sibling: 17, elder: 9, namesake: 7 };

/** The same lists for the same plan, on every machine. */
export function heldOutSet({
  list,
  seed,
  existing,
  incoming,
}: {
  readonly list: List;
  readonly seed: string;
  readonly existing: number;
  readonly incoming: number;
}): HeldOutSet {
  const plan = PLANS[list];
  const rng = seededRng(`held out/${list}/${seed}`);
  const town: Town = { rng, serials: new Map(), families: 0 };
  const teachers = Array.from({ length: 1 + Math.floor(existing / 300) }, () => phoneOf(rng));
  const onFile: Self[] = [];
  const kin: { sibling: Self[]; elder: Self[] } = { sibling: [], elder: [] };
  while (onFile.length < existing) {
    const family = makeFamily(town, plan.children);
    const here = family.filter(({ role }) =>
      chance(rng, role === 'child' ? 0.6 : plan.children === 'school' ? 0 : 0.25),
    );
    onFile.push(...here);
    for (const self of family) {
      if (here.length === 0 || here.includes(self)) continue;
      kin[here.some(({ role }) => role === self.role) ? 'sibling' : 'elder'].push(self);
    }
  }
  const teacherOf = (): string => (chance(rng, plan.teacher / 100) ? pick(rng, teachers) : '');
  const first = onFile.map((self) => fillIn(rng, self, plan.onFile, teacherOf()));
  const turns = shuffled(rng, onFile.length);
  const newcomers = { sibling: shuffled(rng, kin.sibling.length), elder: shuffled(rng, kin.elder.length) };
  const rows: PersonRow[] = [];
  const truth = new Map<string, { existingId: string | null; kind: string; errors: readonly string[] }>();
  const byFamily = new Map<number, Self[]>();
  for (const self of onFile) byFamily.set(self.family, [...(byFamily.get(self.family) ?? []), self]);
  const isTwin = (self: Self): boolean =>
    (byFamily.get(self.family) ?? []).some(({ birth }) => birth === self.birth);
  const someoneNew = (): { self: Self; kind: string } => {
    const target = rng() * 100;
    const anchor = pick(rng, onFile);
    if (target < NEW_KINDS.namesake)
      return { self: makeNamesake(town, anchor, plan.children), kind: 'new-namesake' };
    const which = target < NEW_KINDS.namesake + NEW_KINDS.sibling ? 'sibling' : 'elder';
    const self = kin[which][newcomers[which].pop() ?? -1];
    if (target < NEW_KINDS.namesake + NEW_KINDS.sibling + NEW_KINDS.elder && self !== undefined)
      return { self, kind: isTwin(self) ? 'new-twin' : `new-${which}` };
    const family = makeFamily(town, plan.children).filter(
      ({ role }) => role === 'child' || plan.children === 'any',
    );
    return { self: pick(rng, family), kind: 'new-stranger' };
  };
  for (let at = 0; at < incoming; at++) {
    const id = `C${at + 1}`;
    const turn = chance(rng, plan.known) ? turns.pop() : undefined;
    const known = turn === undefined ? undefined : first[turn];
    const { self, kind } = known === undefined ? someoneNew() : { self: known.self, kind: 'again' };
    const form = fillIn(rng, self, plan.coming, teacherOf());
    const errors = slip(form, rng, slipsOf(rng, plan.counts), plan.slips);
    rows.push(rowOf(id, form, rng));
    truth.set(id, { existingId: turn === undefined ? null : `F${turn + 1}`, kind, errors });
  }
  return { existing: first.map((form, at) => rowOf(`F${at + 1}`, form, rng)), incoming: rows, truth };
}

function slipsOf(rng: Rng, counts: readonly number[]): number {
  return draw(rng, weighted(counts.map((share, count) => [count, share] as const)));
}

function rowOf(id: string, form: Form, rng: Rng): PersonRow {
  const { phone } = form;
  return {
    id,
    name: form.name.join(' ').replaceAll(' ,', ','),
    birth_place: form.birthPlace,
    birth_date: form.birth,
    sex: form.sex,
    nik: form.nik,
    kk: form.kk,
    phone:
      phone === '' ? '' : pick(rng, [phone, phone, phone, `+62${phone.slice(1)}`, `62 ${phone.slice(1)}`]),
    email: form.email,
    address: form.address,
    village_code: form.village,
  };
}

function shuffled(rng: Rng, count: number): number[] {
  const list = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = between(rng, 0, at);
    [list[at], list[other]] = [list[other] ?? 0, list[at] ?? 0];
  }
  return list;
}
