/** Only ever back into the same library: an address from outside must not choose where a sign-in ends. */
export function isInside(path: string, slug: string): boolean {
  return path === `/${slug}` || (path.startsWith(`/${slug}/`) && !path.includes('\\'));
}
