import { type Selectable, sql } from 'kysely';
import { type ExportTarget, isFileTarget } from '../domain/exporting/outgoing-member.ts';
import type { ExportId, MemberId } from '../domain/ids.ts';
import type { Db, Tx } from './connection.ts';
import type { Database } from './schema.ts';

export type ExportRecord = Selectable<Database['export']>;
export type OutgoingRow = Selectable<Database['member']> & { readonly sent_version: number | null };

export function findExport(tx: Tx, id: ExportId): Promise<ExportRecord | undefined> {
  return tx.selectFrom('export').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The newest first. */
export function listExports(tx: Tx, limit: number): Promise<ExportRecord[]> {
  return tx.selectFrom('export').selectAll().orderBy('started_at', 'desc').limit(limit).execute();
}

/**
 * The next members for a target, in the order of their ids. This is the one place that says who goes: whoever has left,
 * a member merged into another among them, is only there to be told of where the target has them already.
 * @param query.changedOnly those whose present version has not gone to this target
 */
export async function nextOutgoing(
  tx: Tx,
  query: {
    readonly target: ExportTarget;
    readonly after: MemberId | null;
    readonly changedOnly: boolean;
    /**
     * Whether those who did not fit are tried again although nothing about them has changed; whom only a full sheet
     * kept out goes with the next one in any case.
     */
    readonly again: boolean;
    /** Who is to be sent again by now although nothing about them has changed; see `lending_link`. */
    readonly at: Date;
    readonly limit: number;
  },
): Promise<readonly OutgoingRow[]> {
  const { target, after, changedOnly, again, at } = query;
  const due = sql`exists (
    select from lending_link l where l.library_id = member.library_id and l.target = ${target}
      and l.member_id = member.id and l.again_at <= ${at})`;
  // A file that broke off, or was never used, has brought nobody anywhere.
  const { rows } = await sql<OutgoingRow>`
    select member.*, gone.version as sent_version
    from member left join lateral (
      select r.version from export_row r join export e on e.library_id = r.library_id and e.id = r.export_id
      where r.library_id = member.library_id and r.target = ${target} and r.member_id = member.id
        ${again ? sql`and r.sent` : sql`and (r.sent or not r.reasons && '{sheet_full}')`}
        and (${isFileTarget(target) ? sql`e.state = 'done'` : goneLive(target)})
      order by r.export_id desc limit 1
    ) gone on true
    where ${after === null ? sql`true` : sql`member.id > ${after}`}
      and (member.state <> 'ended' or gone.version is not null or ${due})
      ${changedOnly ? sql`and (gone.version is distinct from member.version or ${due})` : sql``}
    order by member.id limit ${query.limit}`.execute(tx);
  return rows;
}

/** Whom a server took is there, whatever became of the run; until a connection begins anew and knows nobody. */
export function goneLive(target: ExportTarget) {
  return sql`exists (select from lending_link k
    where k.library_id = member.library_id and k.target = ${target} and k.member_id = member.id)`;
}

/** Which of these members had, in their old system, their NIK for a number. */
export async function findNikNumbers(tx: Tx, ids: readonly MemberId[]): Promise<ReadonlySet<MemberId>> {
  const { rows } = await sql<{ member_id: MemberId }>`
    select member_id from import_row
    where member_id = any (${ids}::uuid[]) and 'number_is_nik' = any (reasons)
      and (outcome = 'new' or decision = 'different')`.execute(tx);
  return new Set(rows.map((row) => row.member_id));
}

/** Names of places by code, all levels above included. */
export async function findPlaceNames(
  db: Db | Tx,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (codes.length === 0) return new Map();
  const rows = await db.selectFrom('region').select(['code', 'name']).where('code', 'in', codes).execute();
  return new Map(rows.map((row) => [row.code, row.name]));
}

/** Those an export has something to tell of, in the order of their ids. */
export function listTold(tx: Tx, id: ExportId, after: MemberId | null, limit: number) {
  const query = tx
    .selectFrom('export_row')
    .leftJoin('member', (join) =>
      join
        .onRef('member.library_id', '=', 'export_row.library_id')
        .onRef('member.id', '=', 'export_row.member_id'),
    )
    .select(['export_row.member_id', 'export_row.sent', 'export_row.reasons', 'member.name', 'member.number'])
    .where('export_row.export_id', '=', id)
    .where(sql<boolean>`export_row.reasons <> '{}'`)
    .orderBy('export_row.member_id')
    .limit(limit);
  return (after === null ? query : query.where('export_row.member_id', '>', after)).execute();
}
