import type { Db } from '../db/connection.ts';
import type { ClientId } from '../domain/ids.ts';
import type { SharedCodes } from '../usecases/check-at-gate.ts';
import type { SignedInClient } from '../usecases/client-session.ts';
import type { Deps, LibraryContext } from '../usecases/context.ts';
import type { Libraries } from '../usecases/get-library.ts';
import type { RateExchange } from '../usecases/shared-counts.ts';

/** Counts tries by key; all processes share them. */
export interface Limit {
  /** Counts one. */
  take(key: string): number | null;
  /** Seconds to wait where there were too many; null: none. */
  look(key: string): number | null;
  forget(key: string): void;
}

/** What the door of SIP2 devices is wired to; made once in `main.ts`, or by a test. */
export interface Sip2Deps extends Deps {
  readonly db: Db;
  readonly libraries: Libraries;
  /** Moving codes that were taken, shared with the gates of this process. */
  readonly codes: SharedCodes;
  /** Wrong passwords, by address and login. */
  readonly refusals: Limit;
  /** Where what devices ask meets what they ask of other processes; none: this process counts by itself. */
  readonly rates?: RateExchange;
  /** One line of JSON; ids only. */
  readonly log: (entry: Readonly<Record<string, string | number | boolean | null>>) => void;
}

/** Times and sizes; what stands here is for devices of a library, a test has shorter ones. */
export interface Sip2Limits {
  /** A line on which nothing was said for so long is closed. */
  readonly idleMs: number;
  /** A message that has begun ends within this. */
  readonly halfMs: number;
  /** From connecting to having signed in. */
  readonly signInMs: number;
  /** A wrong password is answered after this. */
  readonly refusalMs: number;
  /** What is still being answered when the service stops. */
  readonly graceMs: number;
  readonly mostConnections: number;
  /** Of one address, before they have signed in. */
  readonly mostStrangers: number;
  /** Of one device; the oldest makes room. */
  readonly mostPerClient: number;
}

export const USUAL_LIMITS: Sip2Limits = {
  idleMs: 10 * 60_000,
  halfMs: 10_000,
  signInMs: 30_000,
  refusalMs: 1_000,
  graceMs: 5_000,
  mostConnections: 512,
  mostStrangers: 32,
  mostPerClient: 8,
};

/** A line with a device that has signed in. */
export interface SignedInLine {
  readonly client: SignedInClient;
  readonly library: LibraryContext;
  /** Ties audit rows to log lines. */
  readonly requestId: string;
}

/** Whose turn it is at each device: a moving code asked about again within one turn is one scan. */
export interface Turns {
  /** The scan's key for what was shown. */
  scanOf(client: ClientId, shown: string): string;
  /** The person has gone. */
  end(client: ClientId): void;
}

/** What is shown is kept as a digest, and no longer than its turn. */
export function openTurns(digestOf: (shown: string) => string): Turns {
  const turns = new Map<ClientId, { readonly digest: string; readonly scan: string }>();
  let count = 0;
  return {
    scanOf(client, shown) {
      const digest = digestOf(shown);
      const known = turns.get(client);
      if (known?.digest === digest) return known.scan;
      const turn = { digest, scan: `sip2|${client}|${++count}` };
      turns.set(client, turn);
      return turn.scan;
    },
    end: (client) => void turns.delete(client),
  };
}
