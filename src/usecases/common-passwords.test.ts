import { expect, it } from 'vitest';
import { PASSWORD_LENGTH, passwordProblem } from '../domain/password-rules.ts';
import { commonPasswords } from './common-passwords.ts';

it('knows more than the 3,000 commonest passwords that are long enough, and refuses each', async () => {
  const common = await commonPasswords();
  const long = [...common].filter((word) => [...word].length >= PASSWORD_LENGTH.min);
  expect(long.length).toBeGreaterThan(3_000);
  const passed = long.filter((word) => passwordProblem(word, [], (each) => common.has(each)) === undefined);
  expect(passed).toEqual([]);
});

it('lets a sentence of one’s own pass', async () => {
  const common = await commonPasswords();
  for (const own of ['kuda putih lompat pagar', 'tujuh-sendok-di-laci-dapur', 'Vq7#rT2m!zX9wLp'])
    expect(
      passwordProblem(own, [], (word) => common.has(word)),
      own,
    ).toBeUndefined();
});
