import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { newPassword } from './create-library.ts';

it('a first password has more than 128 bits, evenly drawn, in groups that can be read out', () => {
  let turn = 0;
  // Bytes of all values, the same each time.
  const randomBytes = (length: number) => {
    let bytes = Buffer.alloc(0);
    while (bytes.length < length)
      bytes = Buffer.concat([bytes, createHash('sha256').update(`${turn++}`).digest()]);
    return bytes.subarray(0, length);
  };
  const counts = new Map<string, number>();
  let letters = 0;
  for (let one = 0; one < 2_000; one++) {
    const password = newPassword({ randomBytes });
    expect(password).toMatch(/^([a-z2-9]{4}-){6}[a-z2-9]{4}$/);
    const bare = password.replaceAll('-', '');
    letters = bare.length;
    for (const letter of bare) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(letters * Math.log2(counts.size)).toBeGreaterThan(128);
  for (const alike of 'il1o0') expect(counts.has(alike)).toBe(false);
  const even = (2_000 * letters) / counts.size;
  for (const [letter, count] of counts) expect(Math.abs(count / even - 1), letter).toBeLessThan(0.15);
  // Bytes that would favour some letters are passed over, however many come.
  let given = 0;
  const high = (length: number) => new Uint8Array(length).fill(given++ < 3 ? 255 : 247);
  expect(newPassword({ randomBytes: high })).toBe('9999-9999-9999-9999-9999-9999-9999');
});
