import type { Db } from '../../db/connection.ts';
import { inLibrary } from '../../db/tenancy.ts';
import type { OfficerId } from '../../domain/ids.ts';
import { canonicalJson } from '../../domain/monthly-report.ts';
import { isServiceDay } from '../../domain/opening-hours.ts';
import { addDays, addMonths, type PlainDate } from '../../domain/plain-date.ts';
import type { Deps } from '../../usecases/context.ts';
import { readMonth } from '../../usecases/report-month.ts';
import { momentIn } from './calendar.ts';
import { type DemoPlace, officerScope } from './place.ts';
import { insertRows, type Row } from './rows.ts';
import { type DemoStaff, demoName } from './staff.ts';

/**
 * The sheets of the closed months of the year: checked on the first days of the next month and signed a little later,
 * but for the last, which still waits for its signature.
 */
export async function signMonths(db: Db, deps: Deps, place: DemoPlace, staff: DemoStaff): Promise<void> {
  const { chance, library, now, today } = place;
  const sheets: Row<'monthly_report'>[] = [];
  const audit: Row<'audit_log'>[] = [];
  const did = (action: string, id: OfficerId, at: Date, month: string) =>
    audit.push({
      library_id: library.id,
      id: chance.uuid(at),
      at,
      actor_kind: 'officer',
      actor_id: id,
      action,
      subject_kind: 'report',
      subject_id: `${month} (1)`,
      fields: [],
      purpose: null,
      digest: null,
      request_id: 'demo',
    });
  const thisMonth = `${today.slice(0, 7)}-01` as PlainDate;
  for (let back = 12; back >= 1; back--) {
    const month = addMonths(thisMonth, -back).slice(0, 7);
    const days = daysOfWork(place, addMonths(thisMonth, 1 - back));
    const [checkedOn, signedOn] = [days[chance.int(0, 1)], days[chance.int(2, 4)]];
    if (checkedOn === undefined || signedOn === undefined) continue;
    const checkedAt = momentIn(checkedOn, place.calendar, chance);
    const signedAt = momentIn(signedOn, place.calendar, chance);
    const isSigned = back > 1 && signedAt < now;
    if (checkedAt >= now) continue;
    const { live, liveDigest } = await readMonth(db, deps, officerScope(place, staff.head, now), month, null);
    sheets.push({
      library_id: library.id,
      month,
      revision: 1,
      figures: canonicalJson(live),
      digest: Buffer.from(liveDigest, 'hex'),
      checked_at: checkedAt,
      checked_by: staff.head,
      checked_name: demoName('kabid'),
      checked_acting: null,
      signed_at: isSigned ? signedAt : null,
      signed_by: isSigned ? staff.chief : null,
      signed_name: isSigned ? demoName('kepala') : null,
      signed_acting: null,
      withdrawn_at: null,
      withdrawn_by: null,
      withdrawn_name: null,
      withdrawn_reason: null,
    });
    did('report.check', staff.head, checkedAt, month);
    if (isSigned) did('report.sign', staff.chief, signedAt, month);
  }
  await inLibrary(db, library.id, async (tx) => {
    await insertRows(tx, 'monthly_report', sheets);
    await insertRows(tx, 'audit_log', audit);
  });
}

/** The first service days of a month. */
function daysOfWork({ calendar }: DemoPlace, first: PlainDate): readonly PlainDate[] {
  return Array.from({ length: 14 }, (_, day) => addDays(first, day))
    .filter((day) => isServiceDay(day, calendar))
    .slice(0, 5);
}
