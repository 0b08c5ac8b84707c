/**
 * What the load client was told, kept apart from the service: one line of JSON each, on the disk before the next request
 * leaves. First the intent, then what was answered.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What people do, in words of the journal; the check knows which rows each leaves. */
export const ACTS = ['register', 'visit', 'group', 'identity', 'photo', 'approve', 'print', 'hand'] as const;
export type Act = (typeof ACTS)[number];

export interface Intent {
  readonly act: Act;
  readonly library: string;
  /**
   * Whose it is, one of a kind in this run: the name of who registers or leads a group, the number of the member who
   * comes, the id of the case.
   */
  readonly subject: string;
}

export type Entry =
  | ({ readonly kind: 'intent'; readonly n: number } & Intent)
  /** Told that it is done. `tries`: how often it was sent. */
  | { readonly kind: 'ack'; readonly n: number; readonly tries: number };

export interface Journal {
  /** @returns the number of this act */
  intend(intent: Intent): number;
  acknowledge(n: number, tries: number): void;
  close(): void;
}

export function openJournal(file: string): Journal {
  const handle = openSync(file, 'a', 0o600);
  let last = 0;
  const keep = (entry: Entry): void => {
    writeSync(handle, `${JSON.stringify(entry)}\n`);
    fdatasyncSync(handle);
  };
  return {
    intend(intent) {
      keep({ kind: 'intent', n: ++last, ...intent });
      return last;
    },
    acknowledge: (n, tries) => keep({ kind: 'ack', n, tries }),
    close: () => closeSync(handle),
  };
}

/** An act of the journal and whether its sender was told that it is done. */
export interface Told extends Intent {
  readonly acknowledged: boolean;
  readonly tries: number;
}

export function readJournal(file: string): readonly Told[] {
  const acts = new Map<number, Told>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as Entry;
    if (entry.kind === 'intent') {
      const { act, library, subject } = entry;
      acts.set(entry.n, { act, library, subject, acknowledged: false, tries: 0 });
      continue;
    }
    const act = acts.get(entry.n);
    if (!act) throw new Error(`answer ${entry.n} of the journal belongs to nothing`);
    acts.set(entry.n, { ...act, acknowledged: true, tries: entry.tries });
  }
  return [...acts.values()];
}
