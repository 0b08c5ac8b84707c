/** Degrees and forms of address around a name: part of some of a person's documents only. */
import type { Culture, Sex } from './names.ts';
import { chance, draw, type Rng, weighted } from './random.ts';

/** '' where there is none; several in front with a space between. */
export interface Titles {
  readonly before: string;
  readonly after: string;
}

const AFTER = weighted<string>(
  Object.entries({
    'S.Pd.': 30,
    'S.E.': 14,
    'S.H.': 10,
    'A.Md.': 10,
    'S.T.': 8,
    'S.Kom.': 8,
    'S.Ag.': 6,
    'S.Pd.I.': 8,
    'S.Sos.': 6,
    'M.Pd.': 6,
    'S.Si.': 4,
    'S.Kep.': 5,
    'M.M.': 3,
    'S.Pd., M.Pd.': 3,
  }),
);

export function makeTitles(rng: Rng, culture: Culture, sex: Sex, age: number): Titles {
  const before: string[] = [];
  if (age > 50 && chance(rng, 0.03)) before.push(sex === 'L' ? 'Drs.' : 'Dra.');
  else if (age > 24 && chance(rng, 0.008)) before.push('dr.');
  else if (age > 45 && chance(rng, 0.01)) before.push('Ir.');
  const muslim = culture !== 'batak' && culture !== 'bali' && culture !== 'east' && culture !== 'chinese';
  if (muslim && age > 42 && chance(rng, 0.14)) before.push(sex === 'L' ? 'H.' : 'Hj.');
  return { before: before.join(' '), after: age > 22 && chance(rng, 0.14) ? draw(rng, AFTER) : '' };
}

/** Titles that somebody of that age might also have: for a writing that has more than the other. */
export function likelyTitles(rng: Rng, titles: Titles, sex: Sex, age: number): Titles {
  if (titles.before !== '' || titles.after !== '') return titles;
  if (age > 42 && chance(rng, 0.4)) return { before: sex === 'L' ? 'H.' : 'Hj.', after: '' };
  return age > 22 ? { before: '', after: draw(rng, AFTER) } : titles;
}
