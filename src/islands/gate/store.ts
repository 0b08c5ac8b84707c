import type { ClockMark } from '../../domain/gate-clock.ts';
import type { OutboxVisit } from '../../domain/gate-protocol.ts';
import { safeStore } from './safe-store.ts';

/** A visit as it waits: while the gate's clock was in doubt, with what its time can be told from later. */
export interface KeptVisit extends OutboxVisit {
  readonly mark?: ClockMark;
}

/** A visit that waits, with its place in the order. */
export interface WaitingVisit {
  readonly place: number;
  readonly visit: KeptVisit;
}

/**
 * What stays on the device: the last keys, list and state of the gate (`facts`), codes that were taken within the last
 * minute (`seen`), passages that are not sent yet (`outbox`) and those that the server did not take (`refused`). No name
 * and no photo. All tabs of one library share it.
 */
export interface GateStore {
  /** False: it lives as long as this page. */
  readonly lasts: boolean;
  /** Visits that the disk has not taken: they are lost if the page is closed. */
  unsaved(): number;
  /** Tries once more to write them. */
  settle(): Promise<void>;
  read<Value>(name: string): Promise<Value | undefined>;
  write(name: string, value: unknown): Promise<void>;
  /** Once a visit is here, it arrives, whatever happens to the page. */
  addVisit(visit: KeptVisit): Promise<void>;
  /** The oldest first. */
  firstVisits(count: number): Promise<readonly WaitingVisit[]>;
  countVisits(): Promise<number>;
  /** @param refused those of them that the server did not take: shown to an officer, never lost */
  removeVisits(places: readonly number[], refused: readonly OutboxVisit[]): Promise<void>;
  /** Gives those whose time was in doubt their time. @param timeOf undefined: it stays as it was taken */
  tellTimes(timeOf: (mark: ClockMark) => number | undefined): Promise<void>;
  /** Takes back a visit that has not been sent. */
  withdrawVisit(key: string): Promise<void>;
  refusedVisits(): Promise<readonly OutboxVisit[]>;
  clearRefused(): Promise<void>;
  /** @returns false where it was taken before, in this tab or another */
  takeCode(key: string, until: number, now: number): Promise<boolean>;
  seenCodes(): Promise<ReadonlyMap<string, number>>;
  /** The device is no gate any more: everything but the visits goes. */
  forget(): Promise<void>;
}

const VERSION = 1;

/** Opens what this device keeps for the gate of a library. */
export async function openGateStore(slug: string): Promise<GateStore> {
  try {
    return safeStore(storeOn(await open(`gerbang ${slug}`)), memoryStore());
  } catch {
    // A private window, a full disk: the page says that it keeps nothing.
    return memoryStore();
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asking = indexedDB.open(name, VERSION);
    asking.onupgradeneeded = () => {
      const db = asking.result;
      db.createObjectStore('facts');
      db.createObjectStore('seen');
      db.createObjectStore('outbox', { autoIncrement: true });
      db.createObjectStore('refused', { autoIncrement: true });
    };
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
}

type Part = 'facts' | 'seen' | 'outbox' | 'refused';

function storeOn(db: IDBDatabase): GateStore {
  // A newer page of another tab may need the database for itself.
  db.onversionchange = () => db.close();

  /** One transaction; resolves once it is on the disk. */
  function change(parts: readonly Part[], work: (of: (part: Part) => IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      // Older browsers know no such option, and leave it alone.
      const tx = (db.transaction as (...args: unknown[]) => IDBTransaction).call(db, parts, 'readwrite', {
        durability: 'strict',
      });
      tx.oncomplete = () => resolve();
      tx.onerror = () => reject(tx.error);
      tx.onabort = () => reject(tx.error);
      work((part) => tx.objectStore(part));
    });
  }

  function ask<Value>(part: Part, work: (store: IDBObjectStore) => IDBRequest<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const asking = work(db.transaction(part).objectStore(part));
      asking.onsuccess = () => resolve(asking.result);
      asking.onerror = () => reject(asking.error);
    });
  }

  function entries<Value>(part: Part, most = Number.POSITIVE_INFINITY): Promise<[IDBValidKey, Value][]> {
    return new Promise((resolve, reject) => {
      const found: [IDBValidKey, Value][] = [];
      const asking = db.transaction(part).objectStore(part).openCursor();
      asking.onerror = () => reject(asking.error);
      asking.onsuccess = () => {
        const at = asking.result;
        if (!at || found.length >= most) return resolve(found);
        found.push([at.key, at.value as Value]);
        at.continue();
      };
    });
  }

  return {
    lasts: true,
    unsaved: () => 0,
    settle: () => Promise.resolve(),
    read: (name) => ask('facts', (store) => store.get(name)),
    write: (name, value) => change(['facts'], (of) => void of('facts').put(value, name)),
    addVisit: (visit) => change(['outbox'], (of) => void of('outbox').add(visit)),
    async firstVisits(count) {
      const found = await entries<KeptVisit>('outbox', count);
      return found.map(([place, visit]) => ({ place: Number(place), visit }));
    },
    countVisits: () => ask('outbox', (store) => store.count()),
    removeVisits: (places, refused) =>
      change(['outbox', 'refused'], (of) => {
        for (const place of places) of('outbox').delete(place);
        for (const visit of refused) of('refused').add(visit);
      }),
    async tellTimes(timeOf) {
      const found = await entries<KeptVisit>('outbox');
      const doubtful = found.filter(([, visit]) => visit.mark !== undefined);
      if (doubtful.length === 0) return;
      await change(['outbox'], (of) => {
        const outbox = of('outbox');
        for (const [place, visit] of doubtful) {
          // Another tab may have sent it meanwhile: then it stays gone.
          const still = outbox.count(place);
          still.onsuccess = () => {
            if (still.result > 0) outbox.put(told(visit, timeOf), place);
          };
        }
      });
    },
    async withdrawVisit(key) {
      const found = await entries<OutboxVisit>('outbox');
      const place = found.find(([, visit]) => visit.key === key)?.[0];
      if (place !== undefined) await change(['outbox'], (of) => void of('outbox').delete(place));
    },
    async refusedVisits() {
      return (await entries<OutboxVisit>('refused')).map(([, visit]) => visit);
    },
    clearRefused: () => change(['refused'], (of) => void of('refused').clear()),
    async takeCode(key, until, now) {
      let isNew = true;
      await change(['seen'], (of) => {
        const seen = of('seen');
        const known = seen.get(key);
        known.onsuccess = () => {
          isNew = known.result === undefined;
          if (isNew) seen.put(until, key);
        };
        const over = seen.openCursor();
        over.onsuccess = () => {
          const at = over.result;
          if (!at) return;
          if (Number(at.value) <= now / 1000) at.delete();
          at.continue();
        };
      });
      return isNew;
    },
    async seenCodes() {
      const found = await entries<number>('seen');
      return new Map(found.map(([key, until]) => [String(key), until]));
    },
    forget: () =>
      change(['facts', 'seen'], (of) => {
        of('facts').clear();
        of('seen').clear();
      }),
  };
}

function told({ mark, ...visit }: KeptVisit, timeOf: (mark: ClockMark) => number | undefined): KeptVisit {
  return { ...visit, at: (mark && timeOf(mark)) ?? visit.at };
}

/** Lives as long as the page. */
export function memoryStore(): GateStore {
  const facts = new Map<string, unknown>();
  const seen = new Map<string, number>();
  let outbox: WaitingVisit[] = [];
  let refused: OutboxVisit[] = [];
  let last = 0;
  const done = Promise.resolve();
  return {
    lasts: false,
    // All are, and the page says so from the start.
    unsaved: () => 0,
    settle: () => done,
    read: <Value>(name: string) => Promise.resolve(facts.get(name) as Value | undefined),
    write(name, value) {
      facts.set(name, value);
      return done;
    },
    addVisit(visit) {
      last += 1;
      outbox.push({ place: last, visit });
      return done;
    },
    firstVisits: (count) => Promise.resolve(outbox.slice(0, count)),
    countVisits: () => Promise.resolve(outbox.length),
    removeVisits(places, more) {
      outbox = outbox.filter(({ place }) => !places.includes(place));
      refused.push(...more);
      return done;
    },
    tellTimes(timeOf) {
      outbox = outbox.map(({ place, visit }) => ({ place, visit: told(visit, timeOf) }));
      return done;
    },
    withdrawVisit(key) {
      outbox = outbox.filter(({ visit }) => visit.key !== key);
      return done;
    },
    refusedVisits: () => Promise.resolve(refused),
    clearRefused() {
      refused = [];
      return done;
    },
    takeCode(key, until, now) {
      for (const [one, end] of seen) if (end <= now / 1000) seen.delete(one);
      if (seen.has(key)) return Promise.resolve(false);
      seen.set(key, until);
      return Promise.resolve(true);
    },
    seenCodes: () => Promise.resolve(seen),
    forget() {
      facts.clear();
      seen.clear();
      return done;
    },
  };
}
