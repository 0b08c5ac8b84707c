import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { MemberId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';
import type { MemberTable } from './schema.ts';

type Row = Selectable<MemberTable>;

/**
 * Merging moves no row: a member who was merged keeps the own visits, cards and history, and points to the one who
 * stands for both. This is what a reader asks for: `where member_id in familyOf(id)`.
 */
export function familyOf(id: MemberId | null): RawBuilder<MemberId> {
  return sql<MemberId>`(select member_id from member_family(${id}::uuid))`;
}

/** Joins `member` as who stands for the member of another alias, for what a person has today. */
export function isStandingFor(own: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`member.id = coalesce(${sql.ref(`${own}.merged_into`)}, ${sql.ref(`${own}.id`)})`;
}

/** Who stands for this member now; the member alone where nobody does, undefined where there is none such. */
export async function findStanding(tx: Tx, id: MemberId): Promise<MemberId | undefined> {
  const row = await tx
    .selectFrom('member')
    .select(['id', 'merged_into'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && (row.merged_into ?? row.id);
}

/** Who has, or had before a merge, this number; the way from an old number to the member. */
export async function findByMemberNumber(tx: Tx, number: string): Promise<MemberId | undefined> {
  const row = await tx
    .selectFrom('member')
    .select(['id', 'merged_into'])
    .where('number', '=', number)
    .executeTakeFirst();
  return row && (row.merged_into ?? row.id);
}

/** Each row with that of who stands for it. */
export async function withStanding(
  tx: Tx,
  rows: readonly Row[],
): Promise<readonly { readonly row: Row; readonly standing: Row }[]> {
  const wanted = rows.flatMap((row) => (row.merged_into === null ? [] : [row.merged_into]));
  const others =
    wanted.length === 0 ? [] : await tx.selectFrom('member').selectAll().where('id', 'in', wanted).execute();
  const byId = new Map(others.map((row) => [row.id, row]));
  return rows.map((row) => ({ row, standing: (row.merged_into && byId.get(row.merged_into)) ?? row }));
}

/** Those who stand for these members, each once. */
export async function standingOf(tx: Tx, ids: readonly MemberId[]): Promise<readonly MemberId[]> {
  if (ids.length === 0) return ids;
  const merged = await tx
    .selectFrom('member')
    .select(['id', 'merged_into'])
    .where('id', '=', sql<MemberId>`any(${[...ids]}::uuid[])`)
    .where('merged_into', 'is not', null)
    .execute();
  const into = new Map(merged.map((row) => [row.id, row.merged_into]));
  return [...new Set(ids.map((id) => into.get(id) ?? id))];
}
