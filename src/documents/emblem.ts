import { fittedPng, type Refused } from './picture.ts';

const SIDE = 512;

/**
 * Prepares a library's emblem for pages and cards: PNG of at most 512 × 512 with its transparency, from an
 * uploaded PNG, JPEG or WebP. SVG is refused: it can carry scripts.
 */
export function prepareEmblem(
  bytes: Uint8Array,
): Promise<{ readonly ok: true; readonly png: Buffer } | Refused> {
  return fittedPng(bytes, SIDE);
}
