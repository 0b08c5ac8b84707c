/**
 * The code of an error, such as `ENOENT` or `ECONNREFUSED`: it tells where to look, and unlike a message holds nothing else.
 * @param otherwise what is said of one that has none
 */
export function codeOf(error: unknown, otherwise = 'unknown'): string {
  return error instanceof Error && 'code' in error ? String(error.code) : otherwise;
}
