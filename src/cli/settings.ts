import { type Config, readConfig } from '../config.ts';

/** The settings, or undefined after every problem was printed. */
export function settingsOrExplain(): Config | undefined {
  const result = readConfig(process.env);
  if (result.ok) return result.config;
  for (const problem of result.problems) console.error(problem);
  return undefined;
}
