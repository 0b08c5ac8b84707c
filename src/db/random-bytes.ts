import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let used = 0;

/**
 * Random bytes of the system's generator, drawn some kilobytes at a time: a registration asks for a dozen small pieces,
 * and each call into the generator costs more than its bytes. No byte is given out twice.
 */
export function randomBytes(length: number): Buffer {
  if (length > POOL_BYTES / 4) return randomFillSync(Buffer.alloc(length));
  if (used + length > pool.length) {
    // A new pool, never the old one filled again: pieces of it may still be in use.
    pool = randomFillSync(Buffer.alloc(POOL_BYTES));
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}
