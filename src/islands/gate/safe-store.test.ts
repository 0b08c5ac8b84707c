import { describe, expect, it } from 'vitest';
import type { OutboxVisit } from '../../domain/gate-protocol.ts';
import { safeStore } from './safe-store.ts';
import { type GateStore, memoryStore } from './store.ts';

const visit = (key: string, at: number): OutboxVisit => ({ key, at });
const [first, second, third] = [visit('a', 1), visit('b', 2), visit('c', 3)];

/** A disk that can be full, or whose database the browser closes. */
function brokenDisk() {
  const disk = memoryStore();
  const is = { full: false, closed: false };
  const writes = ['write', 'addVisit', 'removeVisits', 'takeCode', 'withdrawVisit', 'clearRefused', 'forget'];
  const store = new Proxy(disk, {
    get(_target, name: keyof GateStore) {
      const isAway = is.closed || (is.full && writes.includes(name));
      return isAway ? () => Promise.reject(new Error('no disk')) : disk[name];
    },
  });
  return { is, disk, safe: safeStore(store, memoryStore()) };
}
const waiting = async (store: GateStore) =>
  (await store.firstVisits(Number.POSITIVE_INFINITY)).map((one) => one.visit);

describe('a gate whose disk fails', () => {
  it('loses no visit: it waits in memory, and is written once that is possible', async () => {
    const { is, disk, safe } = brokenDisk();
    await safe.addVisit(first);
    is.full = true;
    await safe.addVisit(second);
    expect([await waiting(safe), await safe.countVisits(), safe.unsaved()]).toEqual([[first, second], 2, 1]);
    await safe.settle();
    expect(safe.unsaved()).toBe(1);
    is.full = false;
    await safe.settle();
    expect([await waiting(disk), await safe.countVisits(), safe.unsaved()]).toEqual([[first, second], 2, 0]);
  });

  it('sends from memory what the disk never takes, and knows what the server refused', async () => {
    const { is, safe } = brokenDisk();
    is.closed = true;
    for (const one of [first, second, third]) await safe.addVisit(one);
    const [one, two] = await safe.firstVisits(2);
    await safe.removeVisits([one?.place ?? 0, two?.place ?? 0], [second]);
    expect([await waiting(safe), safe.unsaved()]).toEqual([[third], 1]);
    expect(await safe.refusedVisits()).toEqual([second]);
    await safe.withdrawVisit(third.key);
    expect([await safe.countVisits(), safe.unsaved()]).toEqual([0, 0]);
  });

  it('goes on asking the server, and takes a moving code once all the same', async () => {
    const { is, safe } = brokenDisk();
    is.closed = true;
    await safe.write('state', {});
    expect(await safe.read('state')).toBeUndefined();
    expect(await safe.takeCode('card 1', 100, 0)).toBe(true);
    is.closed = false;
    expect(await safe.takeCode('card 1', 100, 0)).toBe(false);
  });
});
