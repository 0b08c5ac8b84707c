import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { gathering } from '../db/gather.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { MemberNumber } from '../domain/ids.ts';
import { formatMemberNumber, parseNumberFormat, seriesKey } from '../domain/member-number.ts';
import { type Scope, servicePointOf, todayOf } from './context.ts';

/**
 * The next member number of the library's format, reserved in a transaction of its own before the approval begins:
 * the counter row is locked for one write only, never while other work waits. A refused approval leaves a gap,
 * which the numbers allow (`domain.md` §4). Numbers that old systems already gave are stepped over.
 */
export function reserveMemberNumber(db: Db, scope: Scope): Promise<MemberNumber> {
  const { series, location } = seriesOf(scope);
  const { pattern, prefix } = scope.library.settings.numberFormat;
  return reserveTogether(db, JSON.stringify([scope.library.id, series, location, pattern, prefix]), scope);
}

/** Officers who approve at the same moment wait for one write of the counter, not each for the one before. */
const reserveTogether = gathering<Scope, MemberNumber>(async (db, scopes) => {
  const [any] = scopes;
  return any === undefined ? [] : await reserveMemberNumbers(db, any, scopes.length);
});

/** Numbers looked at in one step over those that are taken; an import may have brought thousands in a row. */
const LONGEST_STEP = 2_000;

/**
 * Several at once, in the same way: one write of the counter for each round of free ones.
 * @param promised which of these numbers nobody has yet, but somebody will
 */
export async function reserveMemberNumbers(
  db: Db,
  scope: Scope,
  count: number,
  promised: (tx: Tx, numbers: readonly string[]) => Promise<ReadonlySet<string>> = async () => new Set(),
): Promise<readonly MemberNumber[]> {
  const { format, date, series, location } = seriesOf(scope);
  const free: MemberNumber[] = [];
  let step = count;
  while (free.length < count) {
    const wanted = count - free.length;
    const found = await inLibrary(db, scope.library.id, async (tx) => {
      const { rows } = await sql<{ first: number }>`
        insert into number_counter (library_id, series, next) values (${scope.library.id}, ${series}, ${1 + step})
        on conflict (library_id, series) do update set next = number_counter.next + ${step}
        returning (next - ${step})::int as first`.execute(tx);
      const first = rows[0]?.first ?? 1;
      const made = Array.from({ length: step }, (_, index) =>
        formatMemberNumber(format, { date, sequence: first + index, location }),
      );
      const used = await tx.selectFrom('member').select('number').where('number', 'in', made).execute();
      const taken = new Set<string>([...used.map((row) => row.number), ...(await promised(tx, made))]);
      const usable = made.flatMap((number, index) => (taken.has(number) ? [] : [{ number, index }]));
      const last = usable[wanted - 1];
      // What was looked at beyond the last one needed stays for the next.
      if (last !== undefined && last.index < step - 1)
        await sql`update number_counter set next = ${first + last.index + 1} where series = ${series}`.execute(
          tx,
        );
      return usable.slice(0, wanted).map((each) => each.number);
    });
    free.push(...found);
    step = Math.min(LONGEST_STEP, step * 4);
  }
  return free;
}

/** Where this actor's numbers come from today, and what they are made of. */
function seriesOf(scope: Scope) {
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
  return { format, date, series, location };
}
