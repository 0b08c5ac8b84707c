/**
 * Two lists, one of people on file and one of people who come, with the truth about each who comes. It shares nothing
 * with the engine that is judged by it: neither code, nor lists, nor ideas of what makes two people the same.
 */
import {
  type CellShares,
  type Draft,
  LIBRARY_LISTS,
  makeHabit,
  type PersonRow,
  rowOf,
  startDraft,
} from './draft.ts';
import { makeErrors, writeOtherwise } from './errors.ts';
import { ageOf, type Person } from './people.ts';
import { makeNamesake, makePopulation, NAMESAKES, type Population } from './population.ts';
import { chance, draw, pick, type Rng, seededRng, weighted } from './random.ts';
import {
  makeClassmate,
  makeParentOrChild,
  makeSameNameRelative,
  makeSibling,
  makeStranger,
  makeTwin,
} from './relatives.ts';

export type { PersonRow };

export type IncomingKind =
  | 'again'
  | 'new-stranger'
  | 'new-twin'
  | 'new-sibling'
  | 'new-parent-or-child'
  | 'new-same-name-relative'
  | 'new-namesake'
  | 'new-namesake-same-birth-date'
  | 'new-classmate';

export interface Truth {
  /** Who on file this is; null for a new person. */
  readonly existingId: string | null;
  readonly kind: IncomingKind;
  /**
   * Ids of the errors and ways of writing in which the row differs: for `again` from the row on file (with `nik-missing`
   * and the like where that row has the cell and this one has not), for a new person from the own true data.
   */
  readonly errors: readonly string[];
}

export interface LabelledSet {
  readonly existing: PersonRow[];
  readonly incoming: PersonRow[];
  /** By the id of the incoming row. */
  readonly truth: ReadonlyMap<string, Truth>;
  /** Rows of one household have one number; by the id of the row. */
  readonly household: ReadonlyMap<string, number>;
}

export interface SetPlan {
  readonly seed: string | number;
  readonly existing: number;
  /** Not more than half of `existing`, so that nobody comes twice. */
  readonly incoming: number;
  /** How many of those who come are on file, from 0 to 1. */
  readonly shareKnown: number;
  /** How often the cells are filled on file, and of those who come; as in real library lists unless told. */
  readonly cells?: { readonly existing: CellShares; readonly incoming: CellShares };
}

/** Of a thousand new people. The difficult ones come more often than in life, so that each is measured. */
const NEW_KINDS = weighted<Exclude<IncomingKind, 'again'>>([
  ['new-stranger', 485],
  ['new-twin', 40],
  ['new-sibling', 140],
  ['new-parent-or-child', 90],
  ['new-same-name-relative', 30],
  ['new-namesake', 115],
  ['new-namesake-same-birth-date', 3],
  ['new-classmate', 97],
]);

/** The same lists for the same plan, on every machine. */
export function generateSet(plan: SetPlan): LabelledSet {
  const cells = plan.cells ?? { existing: LIBRARY_LISTS, incoming: LIBRARY_LISTS };
  const population = makePopulation(String(plan.seed), plan.existing);
  const rng = seededRng(`${plan.seed}/writing`);
  const first = population.members.map((person) => startDraft(rng, person, makeHabit(rng), cells.existing));
  const existing = first.map((draft, at) => rowOf(existingId(at), draft));
  const turns = shuffled(seededRng(`${plan.seed}/turns`), first.length);
  const onFile = new Set(population.members);
  const incoming: PersonRow[] = [];
  const truth = new Map<string, Truth>();
  const household = numberHouseholds(population.members);
  for (let at = 0; at < plan.incoming; at++) {
    const id = `B${String(at + 1).padStart(7, '0')}`;
    const anchorAt = turns[at % turns.length] ?? 0;
    const before = first[anchorAt];
    if (before === undefined) break;
    if (chance(rng, plan.shareKnown)) {
      const draft = startDraft(rng, before.person, before.habit, cells.incoming);
      const errors = [...writeOtherwise(draft, rng), ...makeErrors(draft, rng, population.world)];
      errors.push(...missing(before, draft, errors));
      incoming.push(rowOf(id, draft));
      truth.set(id, { existingId: existingId(anchorAt), kind: 'again', errors });
      household.put(id, before.person);
      continue;
    }
    const kind = draw(rng, NEW_KINDS);
    const person = makeNewPerson(rng, population, before.person, kind, onFile);
    onFile.add(person);
    const draft = startDraft(rng, person, makeHabit(rng), cells.incoming);
    const errors = makeErrors(draft, rng, population.world);
    incoming.push(rowOf(id, draft));
    truth.set(id, { existingId: null, kind, errors });
    household.put(id, person);
  }
  return { existing, incoming, truth, household: household.byRow };
}

function numberHouseholds(members: readonly Person[]) {
  const numbers = new Map<Person['household'], number>();
  const byRow = new Map<string, number>();
  const put = (row: string, { household }: Person): void => {
    const number = numbers.get(household) ?? numbers.size;
    numbers.set(household, number);
    byRow.set(row, number);
  };
  for (const [at, person] of members.entries()) put(existingId(at), person);
  return { byRow, put };
}

function makeNewPerson(
  rng: Rng,
  population: Population,
  anchor: Person,
  kind: Exclude<IncomingKind, 'again'>,
  onFile: ReadonlySet<Person>,
): Person {
  const { world, classes, members } = population;
  switch (kind) {
    case 'new-stranger':
      return makeStranger(world);
    case 'new-twin':
      return makeTwin(world, aged(rng, anchor, members, 6, 30, 0, 200));
    case 'new-sibling':
      return makeSibling(world, aged(rng, anchor, members, 8, 60));
    case 'new-parent-or-child':
      return makeParentOrChild(world, aged(rng, anchor, members, 6, 55, 19, 27), onFile);
    case 'new-same-name-relative':
      return makeSameNameRelative(world, anchor);
    case 'new-namesake':
      return makeNamesake(world, anchor, notSameDate(rng));
    case 'new-namesake-same-birth-date':
      return makeNamesake(world, anchor, 'same-date');
    case 'new-classmate':
      return classes.length > 0 ? makeClassmate(world, pick(rng, classes)) : makeStranger(world);
  }
}

function notSameDate(rng: Rng): 'plain' | 'same-year' | 'neighbour' {
  for (;;) {
    const kind = draw(rng, NAMESAKES);
    if (kind !== 'same-date') return kind;
  }
}

/** Somebody of these ages, not of those between: the anchor, or another member. */
function aged(
  rng: Rng,
  anchor: Person,
  members: readonly Person[],
  least: number,
  most: number,
  from = 200,
  to = 200,
): Person {
  let person = anchor;
  for (let tries = 0; tries < 200; tries++) {
    const age = ageOf(person);
    const between = age >= from && age <= to && person.role !== 'child';
    if (age >= least && age <= most && !between) break;
    person = pick(rng, members);
  }
  return person;
}

/** Cells that were filled at first and are empty now, beside those left out as an error of its own. */
function missing(before: Draft, now: Draft, errors: readonly string[]): readonly string[] {
  const gone: string[] = [];
  if (before.nik !== '' && now.nik === '') gone.push('nik-missing');
  if (before.phone !== '' && now.phone === '') gone.push('phone-missing');
  if (before.birth !== '' && now.birth === '' && !errors.includes('birth-date-missing'))
    gone.push('birth-date-missing');
  return gone;
}

function existingId(at: number): string {
  return `A${String(at + 1).padStart(7, '0')}`;
}

/** The numbers below `count`, each once. */
function shuffled(rng: Rng, count: number): Uint32Array {
  const turns = Uint32Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(rng() * (at + 1));
    const value = turns[at] ?? 0;
    turns[at] = turns[other] ?? 0;
    turns[other] = value;
  }
  return turns;
}
