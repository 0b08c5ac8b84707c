/** Where a part goes that is dragged: millimetres, on a grid, drawn to lines that are near. */
import { type Box, CARD_SIZE as CARD, SAFE_ZONE } from '../../domain/card-design.ts';

/** Which edges of a box a corner moves: -1 the left or upper, 1 the right or lower. */
export interface Edges {
  readonly x: -1 | 1;
  readonly y: -1 | 1;
}

const GRID = 0.5;
/** Nearer than this an edge goes to the line. */
const NEAR = 0.8;
const LEAST = 1;

export function cornersOf(corner: string): Edges {
  return { x: corner.endsWith('w') ? -1 : 1, y: corner.at(-2) === 'n' ? -1 : 1 };
}

const gridded = (value: number): number => Math.round(value / GRID) * GRID;

/** Lines of one direction: the card's edges, the safe zone, the edges of the neighbours. */
function linesOf(size: number, others: readonly (readonly [number, number])[]): readonly number[] {
  return [0, SAFE_ZONE, size - SAFE_ZONE, size, ...others.flat()];
}

/** The shift that brings one of the places onto a line, the smallest; undefined where no line is near. */
function shiftTo(lines: readonly number[], places: readonly number[]): number | undefined {
  const shifts = places.flatMap((place) => lines.map((line) => line - place));
  const best = shifts.reduce((least, one) => (Math.abs(one) < Math.abs(least) ? one : least), NEAR);
  return Math.abs(best) < NEAR ? best : undefined;
}

function moved(start: number, length: number, by: number, lines: readonly number[]): number {
  const free = start + by;
  const shift = shiftTo(lines, [free, free + length]);
  return shift === undefined ? gridded(free) : free + shift;
}

/** A box that is dragged by so much: one of its edges goes to a line that is near, else its corner to the grid. */
export function moveBox(box: Box, by: { x: number; y: number }, others: readonly Box[]): Box {
  const { xs, ys } = linesAround(others);
  return { ...box, x: moved(box.x, box.width, by.x, xs), y: moved(box.y, box.height, by.y, ys) };
}

/** A box whose corner is dragged by so much. */
export function resizeBox(box: Box, by: { x: number; y: number }, edges: Edges, others: readonly Box[]): Box {
  const { xs, ys } = linesAround(others);
  const [x, width] = stretched(box.x, box.width, by.x, edges.x, xs);
  const [y, height] = stretched(box.y, box.height, by.y, edges.y, ys);
  return { x, y, width, height };
}

function linesAround(others: readonly Box[]) {
  return {
    xs: linesOf(
      CARD.width,
      others.map(({ x, width }) => [x, x + width] as const),
    ),
    ys: linesOf(
      CARD.height,
      others.map(({ y, height }) => [y, y + height] as const),
    ),
  };
}

function stretched(
  start: number,
  length: number,
  by: number,
  edge: -1 | 1,
  lines: readonly number[],
): readonly [number, number] {
  const free = (edge === -1 ? start : start + length) + by;
  const shift = shiftTo(lines, [free]);
  const place = shift === undefined ? gridded(free) : free + shift;
  if (edge === 1) return [start, Math.max(LEAST, place - start)];
  const kept = Math.min(place, start + length - LEAST);
  return [kept, start + length - kept];
}
