import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program stands on PATH, undefined when it is not installed. */
export function findProgram(...names: readonly string[]): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}
