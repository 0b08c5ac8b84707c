import type { Selectable } from 'kysely';
import type { OfficerId } from '../domain/ids.ts';
import type { Role } from '../domain/permissions.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Tx } from './connection.ts';
import type { Database } from './schema.ts';

export type MonthlyReportRow = Selectable<Database['monthly_report']>;

/** All sheets of a month, the newest first; at most one of them is not withdrawn. */
export function listMonthlyReports(tx: Tx, month: string): Promise<MonthlyReportRow[]> {
  return tx
    .selectFrom('monthly_report')
    .selectAll()
    .where('month', '=', month)
    .orderBy('revision', 'desc')
    .execute();
}

/** The standing sheet, locked until the transaction ends. */
export function lockMonthlyReport(tx: Tx, month: string): Promise<MonthlyReportRow | undefined> {
  return tx
    .selectFrom('monthly_report')
    .selectAll()
    .where('month', '=', month)
    .where('withdrawn_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/** Which of some months are checked or signed. */
export function listStandingMonths(
  tx: Tx,
  months: readonly string[],
): Promise<Pick<MonthlyReportRow, 'month' | 'checked_by' | 'signed_at'>[]> {
  if (months.length === 0) return Promise.resolve([]);
  return tx
    .selectFrom('monthly_report')
    .select(['month', 'checked_by', 'signed_at'])
    .where('month', 'in', [...months])
    .where('withdrawn_at', 'is', null)
    .execute();
}

/**
 * An officer's name, and whether they hold one of the offices themselves or act in it today (Plh., Plt.).
 * @returns undefined for an officer that is none, or who neither holds nor acts in any of them
 */
export async function findCapacity(
  tx: Tx,
  officerId: OfficerId,
  offices: readonly Role[],
  today: PlainDate,
): Promise<{ readonly name: string; readonly acting: 'plh' | 'plt' | null } | undefined> {
  const officer = await tx
    .selectFrom('officer')
    .select(['name', 'roles'])
    .where('id', '=', officerId)
    .executeTakeFirst();
  if (!officer) return undefined;
  if (offices.some((office) => officer.roles.includes(office))) return { name: officer.name, acting: null };
  const delegation = await tx
    .selectFrom('delegation')
    .select('kind')
    .where('officer_id', '=', officerId)
    .where('role', 'in', [...offices])
    .where('from_day', '<=', today)
    .where('until_day', '>=', today)
    .executeTakeFirst();
  return delegation && { name: officer.name, acting: delegation.kind };
}
