/** Chance that comes out the same for the same seed, on every machine. */

/** The next number in [0, 1). */
export type Rng = () => number;

/** sfc32, seeded from any text: streams of different texts have nothing to do with one another. */
export function seededRng(seed: string): Rng {
  const word = hashWords(seed);
  let a = word();
  let b = word();
  let c = word();
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 16; round++) next();
  return next;
}

/** FNV-1a over the text, then a finalizer a word. */
function hashWords(text: string): () => number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return () => {
    hash = (hash + 0x9e3779b9) | 0;
    let word = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (word ^ (word >>> 16)) | 0;
  };
}

export function chance(rng: Rng, probability: number): boolean {
  return rng() < probability;
}

/** Both ends included. */
export function between(rng: Rng, least: number, most: number): number {
  return least + Math.floor(rng() * (most - least + 1));
}

/** Throws for an empty list. */
export function pick<T>(rng: Rng, list: readonly T[]): T {
  const at = Math.floor(rng() * list.length);
  if (at >= list.length) throw new Error('nothing to pick from');
  return list[at] as T;
}

/** Values with a weight each, ready to be drawn from. */
export interface Weighted<T> {
  readonly values: readonly T[];
  /** Sums of the weights up to each value. */
  readonly sums: Float64Array;
}

export function weighted<T>(entries: readonly (readonly [T, number])[]): Weighted<T> {
  const sums = new Float64Array(entries.length);
  let sum = 0;
  entries.forEach(([, weight], at) => {
    sum += weight;
    sums[at] = sum;
  });
  return { values: entries.map(([value]) => value), sums };
}

/** One of the values, each as often as its weight says. */
export function draw<T>(rng: Rng, { values, sums }: Weighted<T>): T {
  const target = rng() * (sums[sums.length - 1] ?? 0);
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > target) high = middle;
    else low = middle + 1;
  }
  if (values.length === 0) throw new Error('nothing to draw from');
  return values[low] as T;
}

/**
 * A list of words in falling frequency, as such lists fall in life: about as one over the rank. `Siti=60` gives a weight
 * of its own to the few that stand out (the first of a plain list has 13, the fiftieth 1.6); `_` is a space.
 */
export function ranked(...texts: readonly string[]): Weighted<string> {
  const words = texts.flatMap((text) => text.split(/\s+/).filter((word) => word !== ''));
  return weighted(
    words.map((word, rank) => {
      const [text = '', weight] = word.split('=');
      return [
        text.replaceAll('_', ' '),
        weight === undefined ? 40 / (rank + 4) ** 0.8 : Number(weight),
      ] as const;
    }),
  );
}
