/**
 * How a person's second writing differs from the first. Ways of writing change with the writer, and any number of them
 * at once; of real errors a record has none to three.
 */
import type { Draft } from './draft.ts';
import { makeHabit, PHONE_FORMS } from './draft.ts';
import { DATA } from './errors/data.ts';
import type { ErrorKind } from './errors/error-kind.ts';
import { SPELLING } from './errors/spelling.ts';
import { WORDS } from './errors/words.ts';
import type { World } from './people.ts';
import { makeAddressHabit } from './places.ts';
import { chance, draw, type Rng, weighted } from './random.ts';

export const ERRORS: readonly ErrorKind[] = [...SPELLING, ...WORDS, ...DATA];
const DRAWN = weighted(ERRORS.map((kind) => [kind, kind.rate] as const));

/** How many errors a second writing has, out of a hundred. */
export const ERROR_COUNTS = weighted<number>([
  [0, 28],
  [1, 42],
  [2, 22],
  [3, 8],
]);

/** Shares of second writings in which the same is written in another form. */
export const WAYS_OF_WRITING = {
  'phone-form': 0.3,
  'address-form': 0.45,
  'letter-case': 0.18,
} as const;

/** Another writer's habits; returns which of the ways that leave a trace have changed. */
export function writeOtherwise(draft: Draft, rng: Rng): readonly string[] {
  const changed: string[] = [];
  if (chance(rng, WAYS_OF_WRITING['phone-form'])) {
    const phone = otherThan(draft.habit.phone, () => draw(rng, PHONE_FORMS));
    draft.habit = { ...draft.habit, phone };
    if (draft.phone !== '') changed.push('phone-form');
  }
  if (chance(rng, WAYS_OF_WRITING['address-form'])) {
    draft.habit = { ...draft.habit, address: makeAddressHabit(rng) };
    if (draft.hasAddress) changed.push('address-form');
  }
  if (chance(rng, WAYS_OF_WRITING['letter-case'])) {
    const { letters } = draft.habit;
    const other = letters === 'as in the deed' ? 'upper' : 'as in the deed';
    draft.habit = { ...draft.habit, letters: chance(rng, 0.05) ? makeHabit(rng).letters : other };
    if (draft.habit.letters !== letters) changed.push('letter-case');
  }
  return changed;
}

/** Makes none to three errors; returns their ids in the order in which they were made. */
export function makeErrors(draft: Draft, rng: Rng, world: World): readonly string[] {
  const made: ErrorKind[] = [];
  const wanted = draw(rng, ERROR_COUNTS);
  for (let tries = 0; made.length < wanted && tries < 200; tries++) {
    const kind = draw(rng, DRAWN);
    const before = made.filter(({ field }) => field === kind.field);
    if (made.includes(kind) || before.length >= (kind.field === 'name' ? 2 : 1)) continue;
    if (kind.apply(draft, rng, world)) made.push(kind);
  }
  return made.map(({ id }) => id);
}

function otherThan<T>(value: T, next: () => T): T {
  for (;;) {
    const other = next();
    if (other !== value) return other;
  }
}
