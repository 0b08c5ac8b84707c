import type { Db } from '../db/connection.ts';
import { type ExportRecord, findExport, listExports, listTold } from '../db/export.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ExportId, MemberId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import type { Scope } from './context.ts';

const SHOWN = 30;
const PAGE = 500;

export interface ToldMember {
  readonly memberId: MemberId;
  readonly sent: boolean;
  readonly reasons: readonly string[];
  /** Null once erased. */
  readonly name: string | null;
  readonly number: string | null;
}

/** Past exports, the newest first. */
export function readExports(db: Db, scope: Scope): Promise<readonly ExportRecord[]> {
  return inLibrary(db, scope.library.id, (tx) => listExports(tx, SHOWN));
}

export function readExport(db: Db, scope: Scope, id: ExportId): Promise<ExportRecord | undefined> {
  return inLibrary(db, scope.library.id, (tx) => findExport(tx, id));
}

/** Who did not fit, or needs a look there: a page at a time. Empty for those who may not see members. */
export async function* toldMembers(db: Db, scope: Scope, id: ExportId): AsyncGenerator<ToldMember> {
  const { actor } = scope;
  if (actor.kind === 'officer' && !may(actor.roles, 'export.run')) return;
  let after: MemberId | null = null;
  for (;;) {
    const from: MemberId | null = after;
    const rows: Awaited<ReturnType<typeof listTold>> = await inLibrary(db, scope.library.id, (tx) =>
      listTold(tx, id, from, PAGE),
    );
    for (const row of rows)
      yield {
        memberId: row.member_id,
        sent: row.sent,
        reasons: row.reasons,
        name: row.name,
        number: row.number,
      };
    after = rows.at(-1)?.member_id ?? null;
    if (after === null || rows.length < PAGE) return;
  }
}
