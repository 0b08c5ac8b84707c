import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contrast,
  libraryColours,
  luminance,
  type Palette,
  palette,
  parseHexColour,
  semanticCss,
  type ThemeColour,
  type ThemeToken,
  themeCss,
} from './theme.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);
const SCHEMES = ['light', 'dark'] as const;
const SETS: readonly ThemeColour[] = ['accent', 'neutral', 'info', 'success', 'warning', 'danger'];
const GROUNDS: readonly ThemeToken[] = [
  'background-default',
  'background-tinted',
  'surface-default',
  'surface-tinted',
  'surface-hover',
  'surface-active',
];
const atLeast = (set: Palette, front: ThemeToken, back: ThemeToken, ratio: number) =>
  expect(contrast(set[front], set[back]), `${front} on ${back}`).toBeGreaterThanOrEqual(ratio);

test('whatever colour a library picks, its texts stay readable on its grounds, light and dark', () => {
  fc.assert(
    fc.property(colour, (hex) => {
      for (const scheme of SCHEMES) {
        for (const name of SETS) {
          const set = palette(hex, name, scheme);
          for (const ground of GROUNDS) {
            atLeast(set, 'text-default', ground, 7);
            atLeast(set, 'text-subtle', ground, 4.5);
          }
          for (const base of ['base-default', 'base-hover', 'base-active'] as const)
            atLeast(set, 'base-contrast-default', base, 4.5);
          atLeast(set, 'base-contrast-subtle', 'base-default', 4.5);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('texts of one set stay readable on the grounds of another', () => {
  fc.assert(
    fc.property(colour, fc.constantFrom(...SCHEMES), (hex, scheme) => {
      const neutral = palette(hex, 'neutral', scheme);
      for (const name of SETS) {
        const set = palette(hex, name, scheme);
        for (const ground of GROUNDS) {
          expect(contrast(neutral['text-subtle'], set[ground])).toBeGreaterThanOrEqual(4.5);
          expect(contrast(set['text-subtle'], neutral[ground])).toBeGreaterThanOrEqual(4.5);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('edges of fields, buttons and the focus ring are seen by people with low vision', () => {
  fc.assert(
    fc.property(colour, fc.constantFrom(...SCHEMES), fc.constantFrom(...SETS), (hex, scheme, name) => {
      const set = palette(hex, name, scheme);
      for (const ground of [
        'background-default',
        'background-tinted',
        'surface-default',
        'surface-tinted',
      ] as const) {
        atLeast(set, 'border-default', ground, 3);
        atLeast(set, 'border-strong', ground, 4.5);
        atLeast(set, 'base-default', ground, 3);
      }
    }),
    { numRuns: 60 },
  );
});

test('a colour that is dark enough is used as the library gave it', () => {
  for (const hex of ['#0b5d51', '#7a1f2b', '#1b3a6b'])
    expect(contrast(libraryColours(hex).fill, hex)).toBeLessThan(1.03);
});

test('a colour is read in the ways people write it, and nothing else is', () => {
  expect(parseHexColour('0B5D51')).toBe('#0b5d51');
  expect(parseHexColour(' #abc ')).toBe('#aabbcc');
  for (const wrong of ['', 'red', '#12345', '#1234567', 'url(x)', '#ggg'])
    expect(parseHexColour(wrong)).toBeUndefined();
});

test('the known ratios of WCAG come out', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  expect(luminance('#ff0000')).toBeCloseTo(0.2126, 4);
});

test('the style sheet is small, and the same every time', () => {
  expect(themeCss('#0b5d51')).toBe(themeCss('#0b5d51'));
  expect(themeCss('#0b5d51').length).toBeLessThan(3_600);
  expect(`${themeCss('#0b5d51')}${semanticCss()}`).not.toMatch(/undefined|NaN/);
});
