import { expect, it } from 'vitest';
import { binaryArray } from './binary-array.ts';

it('an array of numbers is sent as the database stores it, with its length and what is not known', () => {
  expect(binaryArray('integer', [7, null, -1]).toString('hex')).toBe(
    [
      '00000001',
      '00000001',
      '00000017',
      '00000003',
      '00000001',
      '00000004',
      '00000007',
      'ffffffff',
      '00000004',
      'ffffffff',
    ].join(''),
  );
});

it('texts have as many bytes as their letters need', () => {
  expect(binaryArray('text', ['é']).toString('hex')).toBe(
    ['00000001', '00000000', '00000019', '00000001', '00000001', '00000002', 'c3a9'].join(''),
  );
});

it('an array of nothing has no dimension', () => {
  expect(binaryArray('uuid', []).toString('hex')).toBe(['00000000', '00000000', '00000b86'].join(''));
});
