/**
 * Writes a labelled set into a folder: `existing.csv`, `incoming.csv`, `truth.csv`.
 * `--out FOLDER [--seed 1] [--existing 120000] [--incoming 20000] [--known 0.5]`
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { generateSet } from './generate.ts';
import { toCsv, truthToCsv } from './write-csv.ts';

/** @param args as typed, without program and script; throws for one that nobody knows, or without `--out` */
export function writeSet(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
      existing: { type: 'string', default: '120000' },
      incoming: { type: 'string', default: '20000' },
      known: { type: 'string', default: '0.5' },
    },
  });
  if (values.out === undefined) throw new Error('--out names the folder to write to');
  const began = performance.now();
  const set = generateSet({
    seed: values.seed,
    existing: Number(values.existing),
    incoming: Number(values.incoming),
    shareKnown: Number(values.known),
  });
  mkdirSync(values.out, { recursive: true });
  writeFileSync(path.join(values.out, 'existing.csv'), toCsv(set.existing));
  writeFileSync(path.join(values.out, 'incoming.csv'), toCsv(set.incoming));
  writeFileSync(path.join(values.out, 'truth.csv'), truthToCsv(set.truth));
  console.log(`written in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
