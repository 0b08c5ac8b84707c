import { type Config, readConfig } from '../config.ts';

/** The settings, or undefined after every problem was printed. `defaults` stand where a variable is not set. */
export function settingsOrExplain(defaults: Readonly<Record<string, string>> = {}): Config | undefined {
  const result = readConfig({ ...defaults, ...process.env });
  if (result.ok) return result.config;
  for (const problem of result.problems) console.error(problem);
  return undefined;
}
