import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateSet, type SetPlan } from './generate.ts';
import { toCsv, truthToCsv } from './write-csv.ts';

/** Writes a labelled set into a folder: `existing.csv`, `incoming.csv` and `truth.csv`, for `npm run match`. */
export function writeSet({ out, ...plan }: Omit<SetPlan, 'shareKnown'> & { readonly out: string }): void {
  const set = generateSet({ ...plan, shareKnown: 0.5 });
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, 'existing.csv'), toCsv(set.existing));
  writeFileSync(path.join(out, 'incoming.csv'), toCsv(set.incoming));
  writeFileSync(path.join(out, 'truth.csv'), truthToCsv(set.truth));
}
