import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Db } from './connection.ts';
import { gathering, settled } from './gather.ts';

interface Batch {
  readonly db: Db;
  readonly items: readonly string[];
  answer(): void;
  fail(error: Error): void;
}

/** A handle is only told apart from others. */
function handle(isTransaction = false): Db {
  return { isTransaction } as Db;
}

/** A writer whose batches stand open until the test answers them: in capitals. */
function openWriter() {
  const batches: Batch[] = [];
  const put = gathering<string, string>(
    (db, items) =>
      new Promise((resolve, reject) => {
        const answer = () => resolve(items.map((item) => item.toUpperCase()));
        batches.push({ db, items, answer, fail: reject });
      }),
  );
  return { batches, put };
}

/** Lets everything run that waits for nothing from outside. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const ITEMS = Array.from({ length: 150 }, (_, n) => `item ${n}`);

describe('what is to be written', () => {
  it('goes at once where nothing is on its way, and else together with the next', async () => {
    const { batches, put } = openWriter();
    const db = handle();
    const answers = ['a', 'b', 'c'].map((item) => put(db, 'one', item));
    expect(batches.map((batch) => batch.items)).toEqual([['a']]);
    batches[0]?.answer();
    await turn();
    expect(batches.map((batch) => batch.items)).toEqual([['a'], ['b', 'c']]);
    batches[1]?.answer();
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C']);
  });

  it('is answered only when its batch was written', async () => {
    const { batches, put } = openWriter();
    let answered = false;
    const answer = put(handle(), 'one', 'a').then(() => {
      answered = true;
    });
    await turn();
    expect(answered).toBe(false);
    batches[0]?.answer();
    await answer;
  });

  it('goes with at most sixty-three others, in the order in which it came', async () => {
    const { batches, put } = openWriter();
    const db = handle();
    const answers = ITEMS.map((item) => put(db, 'one', item));
    for (let at = 0; at < 4; at++) {
      batches[at]?.answer();
      await turn();
    }
    expect(await Promise.all(answers)).toEqual(ITEMS.map((item) => item.toUpperCase()));
    expect(batches.map((batch) => batch.items.length)).toEqual([1, 64, 64, 21]);
    expect(batches.flatMap((batch) => batch.items)).toEqual(ITEMS);
  });

  it('never shares a batch with another group or another database', async () => {
    const { batches, put } = openWriter();
    const [here, there] = [handle(), handle()];
    const answers = [put(here, 'one', 'a'), put(here, 'two', 'b'), put(there, 'one', 'c')];
    expect(batches.map((batch) => batch.items)).toEqual([['a'], ['b'], ['c']]);
    expect(batches.map((batch) => batch.db)).toEqual([here, here, there]);
    for (const batch of batches) batch.answer();
    await Promise.all(answers);
  });

  it('goes alone within a transaction', async () => {
    const { batches, put } = openWriter();
    const tx = handle(true);
    const answers = [put(tx, 'one', 'a'), put(tx, 'one', 'b')];
    expect(batches.map((batch) => batch.items)).toEqual([['a'], ['b']]);
    for (const batch of batches) batch.answer();
    expect(await Promise.all(answers)).toEqual(['A', 'B']);
  });

  it('is finished before the handle is settled, whatever waits behind it', async () => {
    const { batches, put } = openWriter();
    const db = handle();
    await settled(db);
    const answers = ['a', 'b'].map((item) => put(db, 'one', item));
    let done = false;
    const end = settled(db).then(() => {
      done = true;
    });
    batches[0]?.answer();
    await turn();
    expect(done).toBe(false);
    batches[1]?.answer();
    await end;
    expect(await Promise.all(answers)).toEqual(['A', 'B']);
  });
});

describe('an error', () => {
  it('of one who was written alone is that one’s, and the next go on', async () => {
    const { batches, put } = openWriter();
    const db = handle();
    const [first, second] = [put(db, 'one', 'a'), put(db, 'one', 'b')];
    batches[0]?.fail(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await turn();
    batches[1]?.answer();
    expect(await second).toBe('B');
  });

  it('of a batch makes each be written alone', async () => {
    const { batches, put } = openWriter();
    const db = handle();
    const answers = ['a', 'b', 'c'].map((item) => put(db, 'one', item));
    batches[0]?.answer();
    await turn();
    batches[1]?.fail(new Error('connection lost'));
    await turn();
    expect(batches.slice(2).map((batch) => batch.items)).toEqual([['b'], ['c']]);
    batches[2]?.fail(new Error('no'));
    batches[3]?.answer();
    await expect(answers[1]).rejects.toThrow('no');
    expect(await answers[2]).toBe('C');
  });

  it('is never another’s, and whatever comes in whatever order is written once', async () => {
    const item = fc.record({
      group: fc.constantFrom('one', 'two'),
      bad: fc.boolean(),
      /** Turns of the event loop before it comes. */
      after: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 80 }),
        fc.infiniteStream(fc.constantFrom('kept', 'lost', 'kept but unanswered')),
        async (given, luck) => {
          const kept: number[] = [];
          let underWay = new Map<string, number>();
          const put = gathering<{ n: number; group: string; bad: boolean }, number>(async (_, items) => {
            const groups = new Set(items.map((one) => one.group));
            expect(groups.size).toBe(1);
            const group = items[0]?.group ?? '';
            underWay = underWay.set(group, (underWay.get(group) ?? 0) + 1);
            await turn();
            underWay.set(group, (underWay.get(group) ?? 0) - 1);
            // As a submit key does: the second time finds what the first one wrote.
            const keep = () => {
              for (const { n } of items) if (!kept.includes(n)) kept.push(n);
            };
            if (items.some((one) => one.bad)) throw new Error('bad');
            const fate = items.length === 1 ? 'kept' : luck.next().value;
            if (fate !== 'lost') keep();
            if (fate !== 'kept') throw new Error('connection lost');
            return items.map((one) => one.n);
          });
          const db = handle();
          const outcomes = await Promise.all(
            given.map(async ({ group, bad, after }, n) => {
              for (let turns = 0; turns < after; turns++) await turn();
              return put(db, group, { n, group, bad }).catch((error: Error) => error.message);
            }),
          );
          await settled(db);
          expect(outcomes).toEqual(given.map(({ bad }, n) => (bad ? 'bad' : n)));
          expect(kept.sort((a, b) => a - b)).toEqual(given.flatMap(({ bad }, n) => (bad ? [] : [n])));
          expect([...underWay.values()].every((count) => count === 0)).toBe(true);
        },
      ),
    );
  });
});
