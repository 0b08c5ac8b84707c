/**
 * Statements that are asked all the time are prepared: under a load of a thousand people planning took as long as running,
 * for a member's page ten times as long (docs/decisions/044). Which they are is counted, not listed.
 */

/** Asked so often within a minute, a statement is hot from then on. What a person asks now and then is planned each time. */
const USES = 60;
const WINDOW_MS = 60_000;
/** Each connection keeps a plan of each, 50 kB or so. */
const MOST = 250;
/** A longer one is a list of rows: it has little to plan, and much to keep. */
const LONGEST = 10_000;
/** Texts that are counted at a time. */
const MOST_COUNTED = 2_000;
/** Rows, or a list of more than a few: of another length it is another text, and each would take a place. */
const LIST = /\), \(\$|\bin \(\$\d+(?:, \$\d+){5}/;

export interface HotStatements {
  /** A name to prepare this text under, the same each time. */
  name(text: string): string;
  /** Counts a use. @returns the name of a hot statement */
  use(text: string): string | undefined;
}

/** @param now monotonic milliseconds */
export function openHotStatements(now: () => number = () => performance.now()): HotStatements {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  let began = now();

  function name(text: string): string {
    let known = names.get(text);
    if (known === undefined) {
      known = `prepared_${names.size + 1}`;
      names.set(text, known);
    }
    return known;
  }

  return {
    name,
    use(text) {
      const known = names.get(text);
      if (known !== undefined || names.size >= MOST || text.length > LONGEST) return known;
      if (!/^(?:select|with|insert|update|delete)\b/.test(text) || LIST.test(text)) return undefined;
      const at = now();
      if (at - began >= WINDOW_MS || uses.size >= MOST_COUNTED) {
        uses.clear();
        began = at;
      }
      const count = (uses.get(text) ?? 0) + 1;
      uses.set(text, count);
      if (count < USES) return undefined;
      uses.delete(text);
      return name(text);
    },
  };
}
