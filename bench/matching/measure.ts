/**
 * `npm run bench -- matching`: the engine judges people it was told nothing about. Per incoming record, `same` or
 * `look` that names the true match is a hit; either of them for somebody new is a false alarm, and so is one that names
 * another person only.
 */

import { personRows } from '../../src/cli/match/person-rows.ts';
import { indexPeople } from '../../src/domain/matching/people-index.ts';
import { plainDateIn } from '../../src/domain/plain-date.ts';
import type { PersonRow } from './draft.ts';
import { generateSet } from './generate.ts';
import { heldOutSet, LISTS } from './held-out/generate.ts';
import { toCsv } from './write-csv.ts';

export interface MatchingOptions {
  readonly existing: number;
  readonly incoming: number;
  /** Each seed is another set. */
  readonly seeds: readonly string[];
}

/** Two lists of people and who of the second is who of the first. */
interface LabelledSet {
  readonly existing: readonly PersonRow[];
  readonly incoming: readonly PersonRow[];
  /** By the id of the incoming row; null for a new person. */
  readonly truth: ReadonlyMap<
    string,
    { readonly existingId: string | null; readonly kind: string; readonly errors: readonly string[] }
  >;
}

interface Tally {
  incoming: number;
  known: number;
  hits: number;
  /** Records with an answer above "different". */
  answered: number;
  /** Of those, the ones that name the true match. */
  right: number;
  looks: number;
  wrongSame: number;
}

const TALLIED = ['incoming', 'known', 'hits', 'answered', 'right', 'looks', 'wrongSame'] as const;

export type Print = (name: string, value: number, unit: string) => void;

export function measureMatching(options: MatchingOptions, print: Print): void {
  const tallies = newTallies();
  for (const seed of options.seeds) {
    const { existing, incoming } = options;
    judge(generateSet({ seed, existing, incoming, shareKnown: 0.5 }), seed, tallies);
  }
  const { all, byKind, byError } = tallies;
  for (const [error, tally] of [...byError].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { recall, reviewShare } = rates(tally);
    print(`recall_${word(error)}`, recall, 'share');
    print(`review_share_${word(error)}`, reviewShare, 'share');
    print(`records_${word(error)}`, tally.known, 'records');
  }
  for (const [kind, tally] of [...byKind].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (tally.known > 0) continue;
    print(`false_alarms_${word(kind)}`, tally.answered / tally.incoming, 'share');
    print(`records_${word(kind)}`, tally.incoming, 'records');
  }
  printRates('', all, print);
  print('match_ms', tallies.milliseconds / all.incoming, 'ms');
}

/**
 * The same on sets of another make, of which only the sums are printed: whoever looks at single records of theirs has no
 * sets left to be surprised by.
 */
export function measureHeldOut(options: MatchingOptions, print: Print): void {
  const together = newTallies();
  for (const list of LISTS) {
    const tallies = newTallies();
    for (const seed of options.seeds) {
      const { existing, incoming } = options;
      judge(heldOutSet({ list, seed, existing, incoming }), seed, tallies);
    }
    printRates(`${word(list)}_`, tallies.all, print);
    for (const name of TALLIED) together.all[name] += tallies.all[name];
    for (const [kind, tally] of tallies.byKind)
      for (const name of TALLIED) tallyOf(together.byKind, kind)[name] += tally[name];
    together.milliseconds += tallies.milliseconds;
  }
  for (const kind of ['new-sibling', 'new-twin']) {
    const tally = tallyOf(together.byKind, kind);
    print(`wrong_same_${word(kind)}`, rates(tally).wrongSame, 'share');
    print(`records_${word(kind)}`, tally.incoming, 'records');
  }
  printRates('', together.all, print);
  print('match_ms', together.milliseconds / together.all.incoming, 'ms');
}

function printRates(prefix: string, tally: Tally, print: Print): void {
  const { precision, recall, f1, reviewShare, wrongSame } = rates(tally);
  print(`${prefix}precision`, precision, 'share');
  print(`${prefix}recall`, recall, 'share');
  print(`${prefix}f1`, f1, 'share');
  print(`${prefix}review_share`, reviewShare, 'share');
  print(`${prefix}wrong_same`, wrongSame, 'share');
}

interface Tallies {
  readonly all: Tally;
  readonly byKind: Map<string, Tally>;
  readonly byError: Map<string, Tally>;
  milliseconds: number;
}

function newTallies(): Tallies {
  return { all: newTally(), byKind: new Map(), byError: new Map(), milliseconds: 0 };
}

function judge(set: LabelledSet, seed: string, tallies: Tallies): void {
  const key = Buffer.alloc(32, seed);
  const existing = rowsOf(set.existing, key);
  const incoming = rowsOf(set.incoming, key);
  const index = indexPeople(existing.map((row) => row.person));
  for (const row of incoming) {
    const truth = set.truth.get(row.id);
    if (!truth) throw new Error('the generator forgot the truth of a record');
    const began = performance.now();
    const found = index.find(row.person);
    tallies.milliseconds += performance.now() - began;
    const answer = {
      known: truth.existingId !== null,
      hit: found.some((each) => existing[each.index]?.id === truth.existingId),
      answered: found.length > 0,
      look: found.some((each) => each.verdict === 'look') && !found.some((each) => each.verdict === 'same'),
      wrongSame: found.some(
        (each) => each.verdict === 'same' && existing[each.index]?.id !== truth.existingId,
      ),
    };
    add(tallies.all, answer);
    add(tallyOf(tallies.byKind, truth.kind), answer);
    const errors = truth.existingId === null ? [] : truth.errors.length === 0 ? ['none'] : truth.errors;
    for (const error of errors) add(tallyOf(tallies.byError, error), answer);
  }
}

export function rowsOf(people: Parameters<typeof toCsv>[0], key: Uint8Array) {
  const read = personRows(Buffer.from(toCsv(people)), key, plainDateIn('Asia/Jakarta', new Date()));
  if (!read.ok) throw new Error(read.why);
  return read.rows;
}

function newTally(): Tally {
  return { incoming: 0, known: 0, hits: 0, answered: 0, right: 0, looks: 0, wrongSame: 0 };
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name) ?? newTally();
  tallies.set(name, known);
  return known;
}

function add(
  tally: Tally,
  answer: { known: boolean; hit: boolean; answered: boolean; look: boolean; wrongSame: boolean },
): void {
  tally.incoming++;
  if (answer.known) tally.known++;
  if (answer.known && answer.hit) tally.hits++;
  if (answer.answered) tally.answered++;
  if (answer.answered && answer.hit) tally.right++;
  if (answer.look) tally.looks++;
  if (answer.wrongSame) tally.wrongSame++;
}

function rates(tally: Tally) {
  const precision = tally.answered === 0 ? 1 : tally.right / tally.answered;
  const recall = tally.known === 0 ? 1 : tally.hits / tally.known;
  return {
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall || 1),
    reviewShare: tally.looks / tally.incoming,
    wrongSame: tally.wrongSame / tally.incoming,
  };
}

function word(name: string): string {
  return name.replace(/[^a-z0-9]+/gi, '_');
}
