import type { ServerClock } from './clock.ts';

/** A phone's key for one card, and what the library said about it. */
export interface Phone {
  /** Not extractable: it signs here and nowhere else. */
  readonly privateKey: CryptoKey;
  /** `raw`, 65 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly certificate: string;
  /** Seconds since 1970 from which the certificate is refused. */
  readonly ends: number;
  /** Id of the library's key that signed it. */
  readonly signer: string;
  /** Certified as a phone that keeps the card; else as a page that is open. */
  readonly kept: boolean;
}

export interface StoredPhone extends Phone {
  readonly clock: ServerClock | undefined;
}

const DATABASE = 'kta';
const STORE = 'phone';

/** What is kept for the card at this address; undefined where nothing is, or where the browser keeps nothing. */
export async function readPhone(base: string): Promise<StoredPhone | undefined> {
  // Opening a database makes it: a computer that nobody asked to keep anything must not have one.
  if (!('databases' in indexedDB) || (await indexedDB.databases()).some(({ name }) => name === DATABASE))
    return inStore<StoredPhone | undefined>('readonly', (store) => store.get(base)).catch(() => undefined);
  return undefined;
}

/** Rejects where the browser keeps nothing (a private window). */
export async function writePhone(base: string, phone: StoredPhone): Promise<void> {
  await inStore('readwrite', (store) => store.put(phone, base));
}

export async function forgetPhone(base: string): Promise<void> {
  const left = await inStore('readwrite', (store) => {
    store.delete(base);
    return store.count();
  }).catch(() => undefined);
  if (left === 0) indexedDB.deleteDatabase(DATABASE);
}

async function inStore<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
