import type { LibraryId } from '../domain/ids.ts';

/** The same in the same order, around from this library on: where places are few, each comes first in its turn. */
export function beginningWith<One extends { readonly id: LibraryId }>(
  libraries: readonly One[],
  first: LibraryId | undefined,
): readonly One[] {
  const at = libraries.findIndex(({ id }) => id === first);
  return at <= 0 ? libraries : [...libraries.slice(at), ...libraries.slice(0, at)];
}
