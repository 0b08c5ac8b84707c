import { createHash } from 'node:crypto';
import type { Db } from '../db/connection.ts';
import { type DeadCards, readDeadCards } from '../db/gate.ts';
import { inLibrary } from '../db/tenancy.ts';
import { encodeGateList } from '../domain/gate-list.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { Deps } from './context.ts';

/** The list of a library as its gates fetch it. */
export interface ServedList {
  /** Names the cards that are in it: the same ones have the same name in every process. */
  readonly tag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When the database was last found to say the same, in seconds since 1970. */
  readonly asOf: number;
}

export interface GateLists {
  of(libraryId: LibraryId): Promise<ServedList>;
  /** A card has changed: the next who asks gets it read anew. */
  forget(libraryId: LibraryId): void;
}

/** Many gates that ask at the same time cost one look at the database. */
const FRESH_MS = 10_000;

/** Reads lists, keeping each for a few seconds. */
export function openGateLists(db: Db, deps: Pick<Deps, 'now' | 'randomBytes'>): GateLists {
  const kept = new Map<LibraryId, { readonly until: number; readonly list: Promise<ServedList> }>();
  const last = new Map<LibraryId, ServedList>();

  async function read(libraryId: LibraryId): Promise<ServedList> {
    const asOf = Math.floor(deps.now().getTime() / 1000);
    const cards = await inLibrary(db, libraryId, readDeadCards);
    const tag = tagOf(cards);
    const before = last.get(libraryId);
    // The same cards: a gate that has this list need not fetch it again, and only learns that it still holds.
    const list = before?.tag === tag ? { ...before, asOf } : made(libraryId, cards, tag, asOf);
    last.set(libraryId, list);
    return list;
  }

  function made(libraryId: LibraryId, cards: DeadCards, tag: string, asOf: number): ServedList {
    const salt = Buffer.from(deps.randomBytes(4)).readUInt32BE();
    return { tag, asOf, bytes: encodeGateList({ library: libraryId, asOf, version: asOf, salt, ...cards }) };
  }

  return {
    of(libraryId) {
      const now = deps.now().getTime();
      const known = kept.get(libraryId);
      if (known && known.until > now) return known.list;
      const list = read(libraryId);
      const entry = { until: now + FRESH_MS, list };
      kept.set(libraryId, entry);
      list.catch(() => {
        if (kept.get(libraryId) === entry) kept.delete(libraryId);
      });
      return list;
    },
    forget: (libraryId) => void kept.delete(libraryId),
  };
}

function tagOf({ revoked, suspended, generations }: DeadCards): string {
  const hash = createHash('sha256');
  for (const part of [revoked, suspended, generations.map(({ card, least }) => `${card}${least}`)])
    hash.update(part.join()).update('|');
  return hash.digest('base64url').slice(0, 22);
}
