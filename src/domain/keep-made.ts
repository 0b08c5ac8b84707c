/** Words kept of one kind; a list of a million people has fewer that are frequent. */
const MOST_KEPT = 50_000;

/**
 * What `make` makes of a text, made once: the words of names and places come again and again. Emptied at once when it is
 * full, so that nothing has to be counted; what is frequent is soon there again.
 * @param make answers alike for the same text, with something nobody changes
 */
export function keepMade<Made>(make: (text: string) => Made): (text: string) => Made {
  const kept = new Map<string, Made>();
  return (text) => {
    const ready = kept.get(text);
    if (ready !== undefined) return ready;
    const made = make(text);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, made);
    return made;
  };
}
