import { expect, it, vi } from 'vitest';
import type { Db } from './connection.ts';
import { sharing } from './share.ts';

const db = { isTransaction: false } as Db;

/** A read that ends when it is told to, and says how many began. */
function reads() {
  const open: ((failed?: Error) => void)[] = [];
  let begun = 0;
  const read = () =>
    new Promise<number>((resolve, reject) => {
      begun++;
      const mine = begun;
      open.push((failed) => (failed ? reject(failed) : resolve(mine)));
    });
  const end = async (failed?: Error) => {
    open.shift()?.(failed);
    await new Promise(setImmediate);
  };
  return { read, end, begun: () => begun };
}

it('reads once for all who ask before it begins, and never shows what was read before somebody asked', async () => {
  const { read, end, begun } = reads();
  const share = sharing<number>();
  const first = share(db, 'a', read);
  const late = [share(db, 'a', read), share(db, 'a', read), share(db, 'a', read)];
  expect(begun()).toBe(1);
  await end();
  expect(await first).toBe(1);
  expect(begun()).toBe(2);
  const later = share(db, 'a', read);
  await end();
  expect(await Promise.all(late)).toEqual([2, 2, 2]);
  await end();
  expect(await later).toBe(3);
  const alone = share(db, 'a', read);
  expect(begun()).toBe(4);
  await end();
  expect(await alone).toBe(4);
});

it('keeps groups and databases apart', async () => {
  const { read, end, begun } = reads();
  const share = sharing<number>();
  const all = [share(db, 'a', read), share(db, 'b', read), share({ isTransaction: false } as Db, 'a', read)];
  expect(begun()).toBe(3);
  for (const _ of all) await end();
  expect(await Promise.all(all)).toEqual([1, 2, 3]);
});

it('tells an error to those whose read it was, and reads again for those who wait', async () => {
  const { read, end } = reads();
  const share = sharing<number>();
  const first = share(db, 'a', read);
  const next = share(db, 'a', read);
  const failed = expect(first).rejects.toThrow('gone');
  await end(new Error('gone'));
  await failed;
  await end();
  expect(await next).toBe(2);
});

it('reads in a transaction of one’s own each time', async () => {
  const { read, end, begun } = reads();
  const share = sharing<number>();
  const own = { isTransaction: true } as Db;
  const both = [share(own, 'a', read), share(own, 'a', read)];
  expect(begun()).toBe(2);
  await end();
  await end();
  expect(await Promise.all(both)).toEqual([1, 2]);
});

it('does not wait for a read that hangs', async () => {
  const { read, end, begun } = reads();
  const share = sharing<number>(20);
  const hangs = share(db, 'a', read);
  const next = share(db, 'a', read);
  await vi.waitFor(() => expect(begun()).toBe(2));
  const third = share(db, 'a', read);
  await end();
  expect(await hangs).toBe(1);
  await end();
  expect(await next).toBe(2);
  await vi.waitFor(() => expect(begun()).toBe(3));
  await end();
  expect(await third).toBe(3);
});
