import type { Db } from '../db/connection.ts';
import { findLibrary, getProcedureInForce, getSettings, listServicePoints } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryContext } from './context.ts';

/** How long a process may serve settings that another process changed meanwhile. */
const FRESH_MS = 5_000;

export interface Libraries {
  /** The library of an address's first part, or undefined. */
  find(slug: string): Promise<LibraryContext | undefined>;
  /** Called after a setting or procedure changed here. */
  forget(slug: string): void;
}

/** Reads libraries with their settings and procedure, keeping each for a few seconds. */
export function openLibraries(db: Db, now: () => Date): Libraries {
  const kept = new Map<
    string,
    { readonly until: number; readonly library: Promise<LibraryContext | undefined> }
  >();
  return {
    find(slug) {
      // An address may hold anything, the database's text not: a zero byte is an error there.
      if (!isSlug(slug)) return Promise.resolve(undefined);
      const known = kept.get(slug);
      if (known && known.until > now().getTime()) return known.library;
      const library = loadLibrary(db, slug, now());
      kept.set(slug, { until: now().getTime() + FRESH_MS, library });
      // Neither a failed nor an empty answer is kept: guessed slugs must not fill the memory.
      library.then(
        (found) => found === undefined && kept.delete(slug),
        () => kept.delete(slug),
      );
      return library;
    },
    forget: (slug) => void kept.delete(slug),
  };
}

/** The shape that `create-library` gives every slug. */
export function isSlug(text: string): boolean {
  return /^[a-z][a-z0-9-]{1,39}$/.test(text);
}

/** One library as it stands in the database at this time. */
export async function loadLibrary(db: Db, slug: string, at: Date): Promise<LibraryContext | undefined> {
  const row = await findLibrary(db, slug);
  if (!row) return undefined;
  return inLibrary(db, row.id, async (tx) => {
    const settings = await getSettings(tx);
    const { version, procedure } = await getProcedureInForce(tx, at);
    const servicePoints = await listServicePoints(tx);
    return { id: row.id, slug: row.slug, settings, procedure, procedureVersion: version, servicePoints };
  });
}
