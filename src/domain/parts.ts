/** Parts of a text with commas or blanks between; none where there is none. */
export function partsOf(text = ''): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}
