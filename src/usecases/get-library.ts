import type { Db } from '../db/connection.ts';
import {
  findLibrary,
  getProcedureInForce,
  getSettings,
  listLibraries,
  listServicePoints,
} from '../db/library.ts';
import { listLibraryKeys } from '../db/library-key.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { LibraryContext } from './context.ts';

/** How long a process may serve settings that another process changed meanwhile. */
const FRESH_MS = 5_000;

export interface Libraries {
  /** The library of an address's first part, or undefined. */
  find(slug: string): Promise<LibraryContext | undefined>;
  /** The library with this number, or undefined. */
  findById(id: LibraryId): Promise<LibraryContext | undefined>;
  /** Called after a setting, procedure or key changed here. */
  forget(slug: string): void;
}

/** Reads libraries with their settings and procedure, keeping each for a few seconds. */
export function openLibraries(db: Db, now: () => Date): Libraries {
  const kept = new Map<
    string,
    { readonly until: number; readonly library: Promise<LibraryContext | undefined> }
  >();
  // All of them at once: a number that somebody made up must not be asked for each time.
  let slugs: { readonly until: number; readonly byId: Promise<ReadonlyMap<LibraryId, string>> } | undefined;
  function slugsById(): Promise<ReadonlyMap<LibraryId, string>> {
    if (slugs && slugs.until > now().getTime()) return slugs.byId;
    const byId = listLibraries(db).then((rows) => new Map(rows.map(({ id, slug }) => [id, slug])));
    const made = { until: now().getTime() + FRESH_MS, byId };
    slugs = made;
    byId.catch(() => {
      if (slugs === made) slugs = undefined;
    });
    return byId;
  }
  const libraries: Libraries = {
    async findById(id) {
      const slug = (await slugsById()).get(id);
      return slug === undefined ? undefined : libraries.find(slug);
    },
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
  return libraries;
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
    const keys = await listLibraryKeys(tx);
    return {
      id: row.id,
      slug: row.slug,
      settings,
      procedure,
      procedureVersion: version,
      servicePoints,
      keys,
    };
  });
}
