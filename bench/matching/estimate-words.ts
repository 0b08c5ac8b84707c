/**
 * Counts `WORD` and `WORD_BY_CHANCE` of `weights.ts`: how often a word of a name is written so by one person, in how many
 * ways that could have been, and what two strangers' words come to.
 */
import { type WordOutcomes, wordOutcomes } from '../../src/domain/matching/name-evidence.ts';
import type { WORD, WORD_BY_CHANCE } from '../../src/domain/matching/weights.ts';

type Name = Parameters<typeof wordOutcomes>[0];
type Names = Parameters<typeof wordOutcomes>[2];
type Shares<Of> = Readonly<Record<keyof Of, number>>;

export interface WordCounts {
  /** The name of somebody on file. */
  addName(name: Name): void;
  /** Two names of one person. */
  addPair(one: Name, other: Name, names: Names): void;
  addStrangers(one: Name, other: Name, names: Names): void;
  /** @returns shares of words, the last three of names; and how many of either were counted */
  shares(): {
    readonly word: Shares<typeof WORD>;
    readonly byChance: Shares<typeof WORD_BY_CHANCE>;
    readonly of: number;
  };
}

/** What becomes of a name beside its pairs of words. */
function openTally() {
  const all = { names: 0, conflicts: 0, missing: 0, weak: 0, missingWeak: 0, freeInitials: 0 };
  return {
    add(found: WordOutcomes): void {
      all.names++;
      if (found.conflicts > 0) all.conflicts++;
      if (found.missing > 0) all.missing++;
      all.weak += found.weak;
      all.missingWeak += found.missingWeak;
      all.freeInitials += found.freeInitials;
    },
    freeInitials: () => all.freeInitials,
    shares: () => ({
      missing: all.missing / all.names,
      missingWeak: all.missingWeak / all.weak,
      conflict: all.conflicts / all.names,
    }),
  };
}

/** A letter more (26 in each place), another one (25), one less, or two neighbours exchanged. */
const slipsOf = (length: number): number => 26 * (length + 1) + 25 * length + length + (length - 1);

export function countWords(): WordCounts {
  const links = { exact: 0, spelling: 0, initial: 0, shortened: 0, slip: 0, twoSlips: 0 };
  /** By sound, and by first letter. */
  const spellings = new Map<string, Set<string>>();
  const letters = new Map<string, number>();
  const [own, strangers] = [openTally(), openTally()];
  const ways = { spelling: [] as string[], slip: 0, twoSlips: 0 };

  function shareOf(link: keyof typeof links): number {
    return links[link] / Object.values(links).reduce((sum, count) => sum + count, 0);
  }
  /** How many other spellings there are of a word that is spelled otherwise. */
  function spellingsOfOne(): number {
    const others = ways.spelling.map((sound) => Math.max(1, (spellings.get(sound)?.size ?? 1) - 1));
    return others.reduce((sum, count) => sum + count, 0) / others.length;
  }

  return {
    addName({ words }) {
      for (const { text, sound } of words) {
        spellings.set(sound, (spellings.get(sound) ?? new Set()).add(text));
        letters.set(text.charAt(0), (letters.get(text.charAt(0)) ?? 0) + 1);
      }
    },
    addPair(one, other, names) {
      const found = wordOutcomes(one, other, names);
      own.add(found);
      for (const { link, sound, length } of found.links) {
        links[link]++;
        if (link === 'spelling') ways.spelling.push(sound);
        if (link === 'slip') ways.slip += slipsOf(length);
        if (link === 'twoSlips') ways.twoSlips += slipsOf(length) ** 2 / 2;
      }
    },
    addStrangers: (one, other, names) => strangers.add(wordOutcomes(one, other, names)),
    shares() {
      const of = [...letters.values()].reduce((sum, count) => sum + count, 0);
      return {
        word: {
          exact: shareOf('exact'),
          spelling: shareOf('spelling') / spellingsOfOne(),
          slip: shareOf('slip') / (ways.slip / links.slip),
          twoSlips: shareOf('twoSlips') / (ways.twoSlips / links.twoSlips),
          initial: links.initial / (links.initial + own.freeInitials()),
          shortened: shareOf('shortened'),
          ...own.shares(),
        },
        byChance: {
          initial: [...letters.values()].reduce((sum, count) => sum + (count / of) ** 2, 0),
          ...strangers.shares(),
        },
        of: Object.values(links).reduce((sum, count) => sum + count, 0),
      };
    },
  };
}
