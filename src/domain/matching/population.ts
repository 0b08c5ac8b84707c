import type { Population } from './compare.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { beginningFrequency, isCommonName, nameFrequency, skeletonFrequency } from './name-frequency.ts';
import { nameLikeAs } from './name-letters.ts';
import { preparePlace } from './place-names.ts';

/** People whose villages and birth places are taken for granted beside those counted. */
const PRIOR_PEOPLE = 300;
const USUAL_VILLAGE = 0.004;
const USUAL_BIRTH_PLACE = 0.08;

/** People on file with a word, so that it is no slip. */
const ATTESTED = 3;
/** Of those who have a word, as many are written with the same slip in it at most: Muhamda is no name, however often it occurs. */
const ONE_SLIP = 1e-3;

export interface PopulationCounts {
  /** Members on file, ended ones too: they may come again. */
  readonly people: number;
  /** How many of them the counts below are of. */
  readonly looked: number;
  /** How many have each word of a name, by `nameTokens`; those of one person only may be left out. */
  readonly words: ReadonlyMap<string, number>;
  /** How many live in each village. */
  readonly villages: ReadonlyMap<string, number>;
  /** How many were born in each place, as written; spellings that `preparePlace` makes one are added up. */
  readonly birthPlaces: ReadonlyMap<string, number>;
}

/** Shares from counts; where little is counted, what is usual in the country. */
export function populationOf(counts: PopulationCounts): Population {
  const places = new Map<string, number>();
  for (const [written, count] of counts.birthPlaces) {
    const place = preparePlace(written);
    if (place !== null) places.set(place, (places.get(place) ?? 0) + count);
  }
  const sum = (of: ReadonlyMap<string, number>) => [...of.values()].reduce((total, each) => total + each, 0);
  const [withVillage, withPlace] = [sum(counts.villages), sum(places)];
  const called = [...counts.words].filter(([, count]) => count >= ATTESTED).map(([word]) => word);
  return {
    people: counts.people,
    nameFrequency: nameFrequency(counts.words, counts.looked),
    attested: (word, beside) =>
      GIVEN_NAMES.has(word) ||
      isCommonName(word) ||
      (counts.words.get(word) ?? 0) >= Math.max(ATTESTED, ONE_SLIP * (counts.words.get(beside) ?? 0)),
    nameLike: nameLikeAs(new Set([...GIVEN_NAMES, ...called])),
    skeletonFrequency: skeletonFrequency(counts.words, counts.looked),
    beginningFrequency: beginningFrequency(counts.words, counts.looked),
    villageFrequency: (village) => share(counts.villages.get(village), withVillage, USUAL_VILLAGE),
    birthPlaceFrequency: (place) => share(places.get(place), withPlace, USUAL_BIRTH_PLACE),
  };
}

function share(counted: number | undefined, of: number, usual: number): number {
  return Math.min(0.9, ((counted ?? 0) + usual * PRIOR_PEOPLE) / (of + PRIOR_PEOPLE));
}
