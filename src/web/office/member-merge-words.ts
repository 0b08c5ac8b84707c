import type { Context } from 'hono';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';

/** What a page says after a merge, its undoing, or a word on two people, by the address's `gabung`. */
export function mergeNews(c: Context<LibraryEnv>): readonly string[] {
  const words: Readonly<Record<string, string>> = textsOf(c).merge.done;
  const said = words[c.req.query('gabung') ?? ''];
  return said === undefined ? [] : [said];
}

/** Why nothing was done. */
export function mergeProblem(c: Context<LibraryEnv>, reason: string): string {
  const words: Readonly<Record<string, string>> = textsOf(c).merge.problem;
  return words[reason] ?? textsOf(c).merge.problem['not-found'];
}
