import { CompiledQuery } from 'kysely';
import type { CardId, LibraryId, MemberId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { type Db, PREPARED, type Tx } from './connection.ts';
import { gathering } from './gather.ts';
import { isStandingFor } from './member-family.ts';

/** Who stands for a member number now. */
export interface PatronNow {
  readonly memberId: MemberId;
  readonly state: MemberState;
  readonly name: string;
  readonly memberType: string;
  readonly validUntil: PlainDate | null;
}

/** One step of the index for each, as `CARD_NOW` has it for cards; a merged number leads to who stands for it. */
export const PATRON_NOW = `${PREPARED} with scope as materialized (
  select set_config('app.library_id', $1::text, true)::int as library_id
)
select n::int, member.id, member.state, member.name, member.member_type, member.valid_until
from scope cross join unnest($2::text[]) with ordinality as asked (number, n)
cross join lateral (
  select coalesce(merged_into, id) as standing_id from member
  where library_id = scope.library_id and number = asked.number limit 1
) own
cross join lateral (
  select id, state, name, member_type, valid_until from member
  where library_id = scope.library_id and id = own.standing_id limit 1
) member`;

const readTogether = gathering<readonly [LibraryId, string], PatronNow | undefined>(async (db, items) => {
  const { rows } = await db.executeQuery<{
    n: number;
    id: MemberId;
    state: MemberState;
    name: string;
    member_type: string;
    valid_until: PlainDate | null;
  }>(CompiledQuery.raw(PATRON_NOW, [String(items[0]?.[0]), items.map(([, number]) => number)]));
  const found = new Array<PatronNow | undefined>(items.length).fill(undefined);
  for (const row of rows)
    found[row.n - 1] = {
      memberId: row.id,
      state: row.state,
      name: row.name,
      memberType: row.member_type,
      validUntil: row.valid_until,
    };
  return found;
});

/** Who has this number in this library, asked in one round trip together with what others ask at the same time. */
export function readPatronNow(db: Db, libraryId: LibraryId, number: string): Promise<PatronNow | undefined> {
  return readTogether(db, String(libraryId), [libraryId, number]);
}

/** Who stands for the membership that a card was issued for. */
export async function findHolder(tx: Tx, card: CardId): Promise<MemberId | undefined> {
  const row = await tx
    .selectFrom('card')
    .innerJoin('member as own', (join) =>
      join.onRef('own.library_id', '=', 'card.library_id').onRef('own.id', '=', 'card.member_id'),
    )
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select('member.id')
    .where('card.id', '=', card)
    .executeTakeFirst();
  return row?.id;
}

/** What a device may be allowed to ask beside the validity. */
export interface PatronContact {
  readonly birthDate: PlainDate | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** Line, RT/RW, and the names of village, district, regency and province; parts that are not known are left out. */
  readonly address: readonly string[];
}

/** Where a member lives now and how to reach them. */
export async function readContact(tx: Tx, member: MemberId): Promise<PatronContact | undefined> {
  const row = await tx
    .selectFrom('member')
    .select([
      'birth_date',
      'email',
      'phone',
      'present_same',
      'address_line',
      'address_rt',
      'address_rw',
      'address_village',
      'present_line',
      'present_rt',
      'present_rw',
      'present_village',
    ])
    .where('id', '=', member)
    .executeTakeFirst();
  if (!row) return undefined;
  const [line, rt, rw, village] = row.present_same
    ? [row.address_line, row.address_rt, row.address_rw, row.address_village]
    : [row.present_line, row.present_rt, row.present_rw, row.present_village];
  const places =
    village === null
      ? []
      : await tx
          .selectFrom('region')
          .select('name')
          .where('code', 'in', levelsOf(village))
          .orderBy('level', 'desc')
          .execute();
  const ward = [rt && `RT ${rt}`, rw && `RW ${rw}`].filter(Boolean).join('/');
  return {
    birthDate: row.birth_date,
    email: row.email,
    phone: row.phone,
    address: [line ?? '', ward, ...places.map(({ name }) => name)].filter((part) => part !== ''),
  };
}

/** `35.10.01.2001` with all it lies in. */
function levelsOf(code: string): string[] {
  return code.split('.').map((_, at, parts) => parts.slice(0, at + 1).join('.'));
}
