import type { Tx } from '../db/connection.ts';
import type { Vault } from '../db/vault.ts';
import type { LibraryId } from '../domain/ids.ts';

/**
 * The officers' own words of these audit rows, by the row's id; without those of people whose data are gone. Who may
 * read them is decided by the caller.
 */
export async function readAuditWords(
  tx: Tx,
  vault: Vault,
  libraryId: LibraryId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('audit_words')
    .leftJoin('member', (join) =>
      join
        .onRef('member.library_id', '=', 'audit_words.library_id')
        .onRef('member.id', '=', 'audit_words.subject'),
    )
    .leftJoin('application', (join) =>
      join
        .onRef('application.library_id', '=', 'audit_words.library_id')
        .onRef('application.id', '=', 'audit_words.subject'),
    )
    .select(['audit_id', 'content', 'member.person_key as of_member', 'application.person_key as of_case'])
    .where('audit_id', 'in', [...ids])
    .execute();
  return new Map(
    rows.flatMap((row): [string, string][] => {
      const key = row.of_member ?? row.of_case;
      return key === null || key.length === 0
        ? []
        : [[row.audit_id, vault.openFor(libraryId, key, row.content)]];
    }),
  );
}
