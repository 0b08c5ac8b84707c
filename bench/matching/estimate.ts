/**
 * `npm run bench -- matching --estimate`: counts, on pairs of which the truth is known, how often each outcome of a
 * comparison occurs within one person, within a household, between twins and between strangers of one name, and writes the shares into
 * `src/domain/matching/weights.ts`. What registers are known for (`belief.ts`) counts as so many pairs more: an outcome that
 * the sets hardly hold keeps it, and no share becomes 0.
 *
 * The strangers are namesakes, because only those are ever taken for one: of one sex, of an age, of one people as their name
 * is, they agree more often than any two, and what they agree in beside it must not count twice.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Comparable, type Outcome, outcomesOf, prepare } from '../../src/domain/matching/compare.ts';
import { indexPeople } from '../../src/domain/matching/people-index.ts';
import type { Odds } from '../../src/domain/matching/weights.ts';
import { nameKey } from '../../src/domain/person-name.ts';
import { BELIEVED, BELIEVED_WORD } from './belief.ts';
import { countWords, type WordCounts } from './estimate-words.ts';
import { generateSet } from './generate.ts';
import { rowsOf } from './measure.ts';
import { pick, seededRng } from './random.ts';

const FILE = 'src/domain/matching/weights.ts';
const STORIES = ['same', 'household', 'twin', 'unrelated'] as const;
type Story = (typeof STORIES)[number];
/** What is believed counts for, in pairs. */
const BELIEF: Readonly<Record<Story, number>> = { same: 500, household: 500, twin: 100, unrelated: 20_000 };
/**
 * Where belief counts as much as the pairs. Siblings are called alike more often than the sets call them, and whose telephone
 * and e-mail stand on a child's form is a custom of each place.
 */
const BELIEVED_MORE: Readonly<Record<Story, ReadonlySet<string>>> = {
  same: new Set(),
  household: new Set(['name', 'phone', 'email']),
  twin: new Set(['name', 'phone', 'email']),
  unrelated: new Set(),
};
/** The same for what happens to one person this many times less than believed: sets make only the errors that they know. */
const SELDOM = 4;
const EXISTING = 20_000;
const INCOMING = 8_000;
/** What was never seen counts as if it had been, this many times. */
const UNSEEN = 0.5;
/** Pairs of strangers counted of one name: the most frequent must not be all that counts. */
const NAMESAKES = 300;

type Counts = Map<string, Record<Story, number>>;

/** @param seeds other ones than those the engine is judged by */
export function estimateWeights(seeds: readonly string[], tell: (text: string) => void): void {
  const counts: Counts = new Map();
  const words = countWords();
  for (const seed of seeds) {
    countSet(seed, counts, words);
    tell(
      `seed ${seed}: ${[...counts.values()].reduce((sum, each) => sum + each.same, 0)} outcomes of one person so far`,
    );
  }
  let text = readFileSync(FILE, 'utf8');
  for (const [field, outcomes] of Object.entries(BELIEVED)) {
    const totals = sumOf(counts, field, Object.keys(outcomes));
    for (const [outcome, before] of Object.entries<Odds>(outcomes)) {
      const counted = counts.get(`${field}.${outcome}`) ?? { same: 0, household: 0, twin: 0, unrelated: 0 };
      const odds = STORIES.map((story) => {
        // A name says against strangers what its words are worth: there is no share of its own.
        if (field === 'name' && story === 'unrelated') return `${story}: 1`;
        const rare = story === 'same' && counted.same / totals.same < before.same / SELDOM;
        const belief = rare || BELIEVED_MORE[story].has(field) ? totals[story] : BELIEF[story];
        const share = (counted[story] + before[story] * belief) / (totals[story] + belief);
        // What was not seen among so many may be the next one's.
        if (story === 'household' || story === 'twin')
          return `${story}: ${Number(Math.max(share, UNSEEN / (totals[story] + belief)).toPrecision(2))}`;
        return `${story}: ${Number(share.toPrecision(2))}`;
      });
      text = replaceOdds(text, field, outcome, `{ ${odds.join(', ')} }`);
    }
  }
  const { word, byChance, of } = words.shares();
  for (const [outcome, share] of Object.entries(word)) {
    const before = BELIEVED_WORD[outcome as keyof typeof word];
    // Who leaves Siti out, or the father's name, is a custom as well.
    const belief = share < before / SELDOM || outcome === 'missingWeak' ? of : BELIEF.same;
    text = replaceShare(text, 'WORD', outcome, (share * of + before * belief) / (of + belief));
  }
  for (const [outcome, share] of Object.entries(byChance))
    text = replaceShare(text, 'WORD_BY_CHANCE', outcome, share);
  writeFileSync(FILE, text);
}

function countSet(seed: string, counts: Counts, words: WordCounts): void {
  const set = generateSet({ seed, existing: EXISTING, incoming: INCOMING, shareKnown: 0.5 });
  const key = Buffer.alloc(32, seed);
  const [existing, incoming] = [rowsOf(set.existing, key), rowsOf(set.incoming, key)];
  const { population } = indexPeople(existing.map((row) => row.person));
  const byId = new Map<string, Comparable>();
  for (const row of [...existing, ...incoming]) byId.set(row.id, prepare(row.person));
  const nameOf = (id: string) => byId.get(id)?.names[0];
  const others = seededRng(`${seed}/names`);
  for (const { id } of existing) {
    const [name, other] = [nameOf(id), nameOf(pick(others, existing).id)];
    if (!name || !other) continue;
    words.addName(name);
    if (name !== other) words.addStrangers(name, other, population);
  }
  const put = (story: Story, one: string, other: string): void => {
    const [a, b] = [byId.get(one), byId.get(other)];
    if (!a || !b) return;
    for (const { field, outcome } of outcomesOf(a, b, population)) {
      const name = `${field}.${outcome}`;
      const count = counts.get(name) ?? { same: 0, household: 0, twin: 0, unrelated: 0 };
      count[story]++;
      counts.set(name, count);
    }
  };
  const householdOf = (id: string) => set.families.get(id)?.household ?? -1;
  const kinOf = (one: string, other: string): Story =>
    set.families.get(one)?.birth === set.families.get(other)?.birth ? 'twin' : 'household';
  const members = new Map<number, string[]>();
  for (const row of existing) {
    const household = householdOf(row.id);
    members.set(household, [...(members.get(household) ?? []), row.id]);
  }
  for (const ids of members.values())
    for (const [at, one] of ids.entries())
      for (const other of ids.slice(at + 1)) put(kinOf(one, other), one, other);
  for (const row of incoming) {
    const known = set.truth.get(row.id)?.existingId ?? null;
    const [name, before] = [nameOf(row.id), nameOf(known ?? '')];
    if (name && before) words.addPair(name, before, population);
    if (known !== null) put('same', row.id, known);
    for (const other of members.get(householdOf(row.id)) ?? [])
      if (other !== known) put(kinOf(row.id, other), row.id, other);
  }
  const rng = seededRng(`${seed}/strangers`);
  const called = new Map<string, string[]>();
  for (const { id, name } of existing) called.set(nameKey(name), [...(called.get(nameKey(name)) ?? []), id]);
  for (const ids of called.values())
    for (let n = Math.min(NAMESAKES, (ids.length * (ids.length - 1)) / 2); n > 0; n--) {
      const [one, other] = [pick(rng, ids), pick(rng, ids)];
      if (householdOf(one) !== householdOf(other)) put('unrelated', one, other);
    }
}

function sumOf(counts: Counts, field: string, outcomes: readonly string[]): Record<Story, number> {
  const sum = { same: 0, household: 0, twin: 0, unrelated: 0 };
  for (const outcome of outcomes)
    for (const story of STORIES) sum[story] += counts.get(`${field}.${outcome}`)?.[story] ?? 0;
  return sum;
}

/** Puts the odds of one outcome in their place; the comments beside them stay. */
function replaceOdds(text: string, field: Outcome['field'] | string, outcome: string, odds: string): string {
  const begin = text.indexOf(`\n  ${field}: {`);
  const end = text.indexOf('\n  },', begin);
  const block = text.slice(begin, end);
  const changed = block.replace(new RegExp(`(\\n    ${outcome}: )\\{[^}]*\\}`), `$1${odds}`);
  if (begin < 0 || changed === block.replace(odds, '')) throw new Error(`${FILE} has no ${field}.${outcome}`);
  return text.slice(0, begin) + changed + text.slice(end);
}

/** The same for a share of words. */
function replaceShare(text: string, name: string, outcome: string, share: number): string {
  if (!Number.isFinite(share)) throw new Error(`${name}.${outcome} never occurred`);
  const begin = text.indexOf(`\nexport const ${name} = {`);
  const end = text.indexOf('\n}', begin);
  const block = text.slice(begin, end);
  const place = new RegExp(`(\\n  ${outcome}: )[\\d.e-]+,`);
  if (begin < 0 || !place.test(block)) throw new Error(`${FILE} has no ${name}.${outcome}`);
  return text.slice(0, begin) + block.replace(place, `$1${Number(share.toPrecision(2))},`) + text.slice(end);
}
