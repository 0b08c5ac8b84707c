/**
 * Places as a person writes them: `3, 17-20`. Undefined for anything else, or a place beyond the last one.
 * @returns each place once, rising; empty for an empty text
 */
export function readPlaces(text: string, last: number): readonly number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const places = new Set<number>();
  // "17 - 20" with spaces is one part as well.
  for (const part of parts
    .join(',')
    .replace(/,?[-–],?/g, '-')
    .split(',')) {
    if (part === '') continue;
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (!match || from < 1 || to < from || to > last) return undefined;
    for (let place = from; place <= to; place++) places.add(place);
  }
  return [...places].sort((one, other) => one - other);
}
