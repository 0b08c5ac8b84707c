import { type Selectable, sql } from 'kysely';
import type { ExportTarget, LiveTarget } from '../domain/exporting/outgoing-member.ts';
import type { MemberId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';
import { goneLive } from './export.ts';
import type { Database, LinkState } from './schema.ts';

export type LinkRow = Selectable<Database['lending_link']>;

/** What is known of these members in a lending system. */
export async function readLinks(
  tx: Tx,
  target: LiveTarget,
  ids: readonly MemberId[],
): Promise<ReadonlyMap<MemberId, LinkRow>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('lending_link')
    .selectAll()
    .where('target', '=', target)
    .where('member_id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.member_id, row]));
}

/** How many members stand how in each lending system. */
export async function countLinks(
  tx: Tx,
): Promise<readonly { readonly target: LiveTarget; readonly state: LinkState; readonly n: number }[]> {
  const rows = await tx
    .selectFrom('lending_link')
    .select(['target', 'state', (eb) => eb.fn.countAll<string>().as('n')])
    .groupBy(['target', 'state'])
    .execute();
  return rows.map(({ target, state, n }) => ({ target, state, n: Number(n) }));
}

/** Their own rows are empty here, and in a lending system they are not yet. */
const isErased = sql<boolean>`exists (select from member
  where member.library_id = lending_link.library_id and member.id = lending_link.member_id
    and octet_length(member.person_key) = 0)`;

/** Erased people whose rows in a lending system still have to be emptied. */
export async function countErased(tx: Tx, target: ExportTarget): Promise<number> {
  const { n } = await tx
    .selectFrom('lending_link')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .where('target', '=', target as LiveTarget)
    .where('foreign_id', 'is not', null)
    .where(isErased)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Erasures that a lending system has refused, in all connections. */
export async function countErasuresRefused(tx: Tx): Promise<number> {
  const { n } = await tx
    .selectFrom('lending_link')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .where('state', '=', 'refused')
    .where(isErased)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** The connection has moved: the keys of erased people's rows may be other people's at the new place. */
export async function keepErased(tx: Tx, target: LiveTarget, at: Date): Promise<void> {
  await tx
    .updateTable('lending_link')
    .set((eb) => ({
      state: 'waiting',
      reasons: [],
      differences: null,
      memory: sql`memory || '{"moved": true}'`,
      tries: 0,
      again_at: at,
      seq: eb('seq', '+', 1),
    }))
    .where('target', '=', target)
    .where(isErased)
    .execute();
}

/** Everybody is a first meeting again. @param erased those included who were erased and are not yet emptied there */
export async function forgetLinks(tx: Tx, target: ExportTarget, erased: boolean): Promise<void> {
  let links = tx.deleteFrom('lending_link').where('target', '=', target as LiveTarget);
  if (!erased) links = links.where(sql<boolean>`not ${isErased}`);
  await links.execute();
}

/** Members who wait for their first or next sending: nobody is read, so that a page may ask often. */
export async function countUnsent(tx: Tx, target: LiveTarget): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from member left join lateral (
      select r.version from export_row r
      where r.library_id = member.library_id and r.target = ${target} and r.member_id = member.id
        and ${goneLive(target)}
      order by r.export_id desc limit 1
    ) gone on true
    where (member.state <> 'ended' or gone.version is not null) and gone.version is distinct from member.version`.execute(
    tx,
  );
  return Number(rows[0]?.n ?? 0);
}

/** Who waits, with the member as the list shows one; the oldest first. */
export function listWaiting(
  tx: Tx,
  query: {
    readonly target: LiveTarget;
    readonly state: LinkState | null;
    readonly after: MemberId | null;
    readonly limit: number;
  },
) {
  let rows = tx
    .selectFrom('lending_link')
    .innerJoin('member', (join) =>
      join
        .onRef('member.library_id', '=', 'lending_link.library_id')
        .onRef('member.id', '=', 'lending_link.member_id'),
    )
    .select([
      'lending_link.member_id',
      'lending_link.state',
      'lending_link.reasons',
      'lending_link.again_at',
      'lending_link.changed_at',
      'lending_link.tries',
      'member.name',
      'member.number',
    ])
    .where('lending_link.target', '=', query.target)
    .where('lending_link.state', '<>', 'done')
    .orderBy('lending_link.member_id')
    .limit(query.limit);
  if (query.state !== null) rows = rows.where('lending_link.state', '=', query.state);
  if (query.after !== null) rows = rows.where('lending_link.member_id', '>', query.after);
  return rows.execute();
}

/** One link, locked until the transaction ends: of two officers the second waits, and is told. */
export function lockLink(tx: Tx, target: LiveTarget, memberId: MemberId): Promise<LinkRow | undefined> {
  return tx
    .selectFrom('lending_link')
    .selectAll()
    .where('target', '=', target)
    .where('member_id', '=', memberId)
    .forUpdate()
    .executeTakeFirst();
}
