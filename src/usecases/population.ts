import type { Tx } from '../db/connection.ts';
import { countPopulation } from '../db/population.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { Population } from '../domain/matching/compare.ts';
import { populationOf } from '../domain/matching/population.ts';
import type { Deps, Scope } from './context.ts';

const FRESH_MS = 60 * 60_000;
/** Of each service, so that it ends with it. */
const kept = new WeakMap<
  Deps['vault'],
  Map<LibraryId, { readonly until: number; readonly population: Population }>
>();

/** What the library's members are like, counted anew every hour: the cross-check weighs agreement by it. */
export async function populationFor(tx: Tx, deps: Pick<Deps, 'vault'>, scope: Scope): Promise<Population> {
  const known = kept.get(deps.vault) ?? new Map();
  kept.set(deps.vault, known);
  const fresh = known.get(scope.library.id);
  if (fresh && fresh.until > scope.at.getTime()) return fresh.population;
  const population = populationOf(await countPopulation(tx));
  known.set(scope.library.id, { until: scope.at.getTime() + FRESH_MS, population });
  return population;
}
