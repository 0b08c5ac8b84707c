import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { MemberNumber } from '../domain/ids.ts';
import { formatMemberNumber, parseNumberFormat, seriesKey } from '../domain/member-number.ts';
import { type Scope, servicePointOf, todayOf } from './context.ts';

/**
 * The next member number of the library's format, reserved in a transaction of its own before the approval begins:
 * the counter row is locked for one write only, never while other work waits. A refused approval leaves a gap,
 * which the numbers allow (`domain.md` §4). Numbers that old systems already gave are stepped over.
 */
export async function reserveMemberNumber(db: Db, scope: Scope): Promise<MemberNumber> {
  const { numberFormat, servicePoints } = scope.library.settings;
  const parsed = parseNumberFormat(numberFormat.pattern, numberFormat.prefix);
  // Settings are checked when they are saved; a pattern that cannot be read is a fault, not a choice.
  if (!parsed.ok) throw new Error(`member number format: ${parsed.reason}`);
  const { format } = parsed;
  const date = todayOf(scope);
  const series = seriesKey(format, date);
  const pointId = servicePointOf(scope);
  const pointCode = scope.library.servicePoints.find((point) => point.id === pointId)?.code;
  const location = servicePoints.find((point) => point.code === pointCode)?.locationCode ?? '';
  for (;;) {
    const number = await inLibrary(db, scope.library.id, async (tx) => {
      const { rows } = await sql<{ taken: number }>`
        insert into number_counter (library_id, series, next) values (${scope.library.id}, ${series}, 2)
        on conflict (library_id, series) do update set next = number_counter.next + 1
        returning (next - 1)::int as taken`.execute(tx);
      const made = formatMemberNumber(format, { date, sequence: rows[0]?.taken ?? 0, location });
      const used = await tx.selectFrom('member').select('id').where('number', '=', made).executeTakeFirst();
      return used === undefined ? made : undefined;
    });
    if (number !== undefined) return number;
  }
}
