import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { MemberId } from '../domain/ids.ts';
import { PREPARED, type Tx } from './connection.ts';
import type { MemberTable } from './schema.ts';

type Row = Selectable<MemberTable>;

/**
 * Merging moves no row: a member who was merged keeps the own visits, cards and history, and points to the one who
 * stands for both. This is what a reader asks for: `where member_id in familyOf(id)`.
 */
export function familyOf(id: MemberId | null): RawBuilder<MemberId> {
  return sql<MemberId>`(select member_id from member_family(${id}::uuid))`;
}

/**
 * Joins `member` as who stands for the member of another alias, for what a person has today. By `case`: PostgreSQL takes
 * `coalesce` for something that might tell what row-level security hides, and then compares with all members of the library.
 */
export function isStandingFor(own: string): RawBuilder<SqlBool> {
  const [id, into] = [sql.ref(`${own}.id`), sql.ref(`${own}.merged_into`)];
  return sql<SqlBool>`member.id = case when ${into} is null then ${id} else ${into} end`;
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

/** A member with who stands for it: the member itself where nobody else does. */
export type WithStanding = Row & {
  readonly standing_id: MemberId;
  readonly standing_number: string;
  readonly standing_state: Row['state'];
  readonly standing_until: Row['valid_until'];
};

/** These members with who stands for each; in no order. */
export async function readWithStanding(tx: Tx, ids: readonly MemberId[]): Promise<readonly WithStanding[]> {
  if (ids.length === 0) return [];
  // One step for each: with another plan the database might read all members to join them. The ids as a subselect: how
  // many they are must not make it think of a plan each time.
  const { rows } = await sql<WithStanding>`${sql.raw(PREPARED)}
    select own.*, coalesce(head.id, own.id) as standing_id, coalesce(head.number, own.number) as standing_number,
      coalesce(head.state, own.state) as standing_state,
      case when head.id is null then own.valid_until else head.valid_until end as standing_until
    from member own left join lateral (
      select id, number, state, valid_until from member where id = own.merged_into offset 0
    ) as head on true
    where own.id = any((select ${[...ids]}::uuid[])::uuid[])`.execute(tx);
  return rows;
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
