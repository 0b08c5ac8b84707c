import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { FileTarget } from '../domain/exporting/outgoing-member.ts';
import type { ExportId } from '../domain/ids.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { beginExport, type ExportRefusal } from './export-members.ts';
import { feedScope } from './run-feed.ts';
import { anyChanged } from './send-live.ts';

export type Pull =
  | { readonly ok: true; readonly scope: Scope; readonly exportId: ExportId }
  /** `nobody`: nobody is new or has changed. */
  | { readonly ok: false; readonly reason: 'wrong-token' | 'nobody' | ExportRefusal };

/**
 * A lending system asks for its file with the token of that format; the record of it is begun. The token is compared as
 * its keyed hash, whose bytes a guess cannot steer.
 */
export async function pullFeed(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  input: { readonly target: FileTarget; readonly token: string; readonly all: boolean },
): Promise<Pull> {
  const { target, token, all } = input;
  const scope = feedScope(library, deps.now());
  const known = await inLibrary(db, library.id, (tx) =>
    tx
      .updateTable('feed')
      .set({ looked_at: scope.at })
      .where('target', '=', target)
      .where('token_hash', '=', deps.vault.hash(library.id, 'feed_token', token))
      .returning('target')
      .executeTakeFirst(),
  );
  if (!known) return { ok: false, reason: 'wrong-token' };
  if (!all && !(await anyChanged(db, deps, scope, target))) return { ok: false, reason: 'nobody' };
  const begun = await beginExport(db, deps, scope, { target, changedOnly: !all });
  return begun.ok ? { ok: true, scope, exportId: begun.exportId } : begun;
}
