import { shortCodeOf } from '../domain/short-code.ts';
import type { Deps, Scope } from './context.ts';

/** The short code that stands for an address's secret part; the same each time it is asked. */
export function codeOfToken(deps: Pick<Deps, 'vault'>, scope: Pick<Scope, 'library'>, token: string): string {
  return shortCodeOf(deps.vault.hash(scope.library.id, 'short_code', `of ${token}`));
}

/** What the database keeps of a short code. */
export function hashOfCode(
  deps: Pick<Deps, 'vault'>,
  scope: Pick<Scope, 'library'>,
  what: 'photo' | 'kta' | 'draft',
  code: string,
): Buffer {
  return deps.vault.hash(scope.library.id, 'short_code', `${what} ${code}`);
}
