/**
 * Whether a word could be a name by its letters: all groups of three neighbouring letters in it, with its beginning and its
 * end, stand in names as well. Nabila and Nabela could both be, Nabkla is a slip of the fingers.
 */
export type NameLike = (word: string) => boolean;

/** Names that have a group of letters, so that it is none of a single slip. */
const ENOUGH = 3;

export function nameLikeAs(names: Iterable<string>): NameLike {
  const groups = new Map<string, number>();
  for (const name of names)
    for (const group of groupsOf(name)) groups.set(group, (groups.get(group) ?? 0) + 1);
  return (word) => groupsOf(word).every((group) => (groups.get(group) ?? 0) >= ENOUGH);
}

function groupsOf(word: string): readonly string[] {
  const whole = `^${word}$`;
  return Array.from({ length: whole.length - 2 }, (_, at) => whole.slice(at, at + 3));
}
