/**
 * `npm run bench -- matching --estimate`: counts, on pairs of which the truth is known, how often each outcome of a
 * comparison occurs within one person, within a household and between strangers, and writes the shares into
 * `src/domain/matching/weights.ts`. What registers are known for (`belief.ts`) counts as so many pairs more: an outcome that
 * the sets hardly hold keeps it, and no share becomes 0.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Comparable, type Outcome, outcomesOf, prepare } from '../../src/domain/matching/compare.ts';
import { indexPeople } from '../../src/domain/matching/people-index.ts';
import type { Odds } from '../../src/domain/matching/weights.ts';
import { BELIEVED } from './belief.ts';
import { generateSet } from './generate.ts';
import { rowsOf } from './measure.ts';
import { pick, seededRng } from './random.ts';

const FILE = 'src/domain/matching/weights.ts';
const STORIES = ['same', 'household', 'twin', 'unrelated'] as const;
type Story = (typeof STORIES)[number];
/** What is believed counts for, in pairs. */
const BELIEF: Readonly<Record<Story, number>> = { same: 500, household: 500, twin: 100, unrelated: 20_000 };
const EXISTING = 20_000;
const INCOMING = 8_000;
/** Pairs of strangers looked at for each set. */
const STRANGERS = 400_000;

type Counts = Map<string, Record<Story, number>>;

/** @param seeds other ones than those the engine is judged by */
export function estimateWeights(seeds: readonly string[], tell: (text: string) => void): void {
  const counts: Counts = new Map();
  for (const seed of seeds) {
    countSet(seed, counts);
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
        // Siblings are called alike more often than the sets call them: there belief counts as much as the pairs.
        const belief = field === 'name' && story === 'household' ? totals.household : BELIEF[story];
        const share = (counted[story] + before[story] * belief) / (totals[story] + belief);
        return `${story}: ${Number(share.toPrecision(2))}`;
      });
      text = replaceOdds(text, field, outcome, `{ ${odds.join(', ')} }`);
    }
  }
  writeFileSync(FILE, text);
}

function countSet(seed: string, counts: Counts): void {
  const set = generateSet({ seed, existing: EXISTING, incoming: INCOMING, shareKnown: 0.5 });
  const key = Buffer.alloc(16, seed);
  const [existing, incoming] = [rowsOf(set.existing, key), rowsOf(set.incoming, key)];
  const { population } = indexPeople(existing.map((row) => row.person));
  const byId = new Map<string, Comparable>();
  for (const row of [...existing, ...incoming]) byId.set(row.id, prepare(row.person));
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
    if (known !== null) put('same', row.id, known);
    for (const other of members.get(householdOf(row.id)) ?? [])
      if (other !== known) put(kinOf(row.id, other), row.id, other);
  }
  const rng = seededRng(`${seed}/strangers`);
  for (let n = 0; n < STRANGERS; n++) {
    const [one, other] = [pick(rng, existing).id, pick(rng, existing).id];
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
