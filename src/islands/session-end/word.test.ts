import { expect, test } from 'vitest';
import { afterWord } from './word.ts';

const page = { mark: 'a', endsAt: 1_000 };

test('a page goes by the end that the server told the other one, which may be nearer than its own span', () => {
  expect(afterWord(page, { kind: 'seen', mark: 'a', endsAt: 1_500 })).toEqual({ mark: 'a', endsAt: 1_500 });
  expect(afterWord(page, { kind: 'seen', mark: 'a', endsAt: 900 })).toEqual(page);
});

test('another officer’s pages neither keep a page nor end it', () => {
  expect(afterWord(page, { kind: 'seen', mark: 'b', endsAt: 9_000 })).toEqual(page);
  expect(afterWord(page, { kind: 'ended', mark: 'b' })).toEqual(page);
});

test('a session that was signed out stays over', () => {
  const over = afterWord(page, { kind: 'ended', mark: 'a' });
  expect(over.endsAt).toBe(0);
  expect(afterWord(over, { kind: 'seen', mark: 'a', endsAt: 9_000 })).toEqual(over);
});
