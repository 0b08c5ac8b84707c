import { parseArgs } from 'node:util';
import { estimateWeights } from './estimate.ts';
import { measureHeldOut, measureMatching, type Print } from './measure.ts';
import { writeSet } from './write-set.ts';

export const MATCHING_USAGE = `npm run bench -- matching [--seed 1]… [--existing 20000] [--incoming 5000] [--held-out]: how well people
  are told apart; on the sets of another make that nothing was estimated from
npm run bench -- matching --out <folder> [--seed 1] [--existing 120000] [--incoming 20000]: only writes a labelled set
  for npm run match
npm run bench -- matching --estimate [--seed a]…: counts the weights on other sets and writes them into the source`;

/** `matching`: how well the cross-check tells people apart; returns the exit code. */
export function matching(args: readonly string[], print: Print): number {
  const text = { type: 'string' } as const;
  let options: {
    out?: string;
    seed?: string[];
    existing?: string;
    incoming?: string;
    estimate?: boolean;
    'held-out'?: boolean;
  };
  try {
    options = parseArgs({
      args: [...args],
      options: {
        out: text,
        seed: { ...text, multiple: true },
        existing: text,
        incoming: text,
        estimate: { type: 'boolean' },
        'held-out': { type: 'boolean' },
      },
    }).values;
  } catch {
    console.error(MATCHING_USAGE);
    return 2;
  }
  if (options.estimate === true) {
    estimateWeights(options.seed ?? ['a', 'b', 'c', 'd'], (told) => console.log(told));
    return 0;
  }
  const { out, seed = ['1', '2', '3'], existing, incoming } = options;
  if (out === undefined)
    (options['held-out'] === true ? measureHeldOut : measureMatching)(
      { seeds: seed, existing: Number(existing ?? 20_000), incoming: Number(incoming ?? 5_000) },
      print,
    );
  else
    writeSet({
      out,
      seed: seed[0] ?? '1',
      existing: Number(existing ?? 120_000),
      incoming: Number(incoming ?? 20_000),
    });
  return 0;
}
