import { expect, it } from 'vitest';
import { randomBytes } from './random-bytes.ts';

it('random pieces have the length asked for, never meet, and stay as they were given', () => {
  const pieces = Array.from({ length: 2_000 }, (_, at) => randomBytes(10 + (at % 23)));
  const copies = pieces.map((piece) => piece.toString('hex'));
  expect(pieces.map((piece) => piece.length)).toEqual(pieces.map((_, at) => 10 + (at % 23)));
  expect(new Set(copies).size).toBe(pieces.length);
  randomBytes(4_000);
  expect(pieces.map((piece) => piece.toString('hex'))).toEqual(copies);
});

it('a large piece is drawn by itself', () => {
  expect(randomBytes(100_000)).toHaveLength(100_000);
});
