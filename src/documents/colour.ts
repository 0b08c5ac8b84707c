import { parseHexColour } from '../domain/theme.ts';

/** Ink on paper: black enough for a scanner, softer than black to the eye. */
export const INK = '#1b1f23';
export const MUTED = '#5a6270';
export const RULE = '#9aa3af';
const FALLBACK = '#1f4e79';

/** `#rrggbb` of a library's colour; a calm blue where the setting holds no colour. */
export function hexColour(colour: string): string {
  return parseHexColour(colour) ?? FALLBACK;
}

/** A `#rrggbb` mixed with another; share 0 is the colour, 1 the other. */
export function mix(colour: string, other: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const from = Number.parseInt(colour.slice(at, at + 2), 16);
    const to = Number.parseInt(other.slice(at, at + 2), 16);
    return Math.round(from + (to - from) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}
