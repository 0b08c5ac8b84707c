import type { OfficerId } from './ids.ts';
import { may, type Role } from './permissions.ts';
import { type PlainDate, parsePlainDate } from './plain-date.ts';
import { daysOf, readPeriod } from './report-period.ts';

/** What can be done with the sheet of a month; `return` gives a checked one back, `reopen` takes a signature back. */
export type MonthlyReportAction = 'check' | 'sign' | 'return' | 'reopen';

/** The standing sheet of a month: `open` where nobody has checked it yet. */
export type MonthlyReportState =
  | { readonly kind: 'open' }
  | { readonly kind: 'checked'; readonly checkedBy: OfficerId }
  | { readonly kind: 'signed' };

/**
 * What somebody may do with the sheet of a month: the Kepala Bidang checks, the Kepala SKPD signs (`journeys.md`), never
 * one person both, also not as an acting official, and nobody before the month is over.
 */
export function monthlyReportActions(
  month: string,
  state: MonthlyReportState,
  who: { readonly id: OfficerId; readonly roles: readonly Role[] },
  today: PlainDate,
): ReadonlySet<MonthlyReportAction> {
  const allowed = new Set<MonthlyReportAction>();
  const last = lastDayOf(month);
  if (last === undefined || last >= today) return allowed;
  const checks = may(who.roles, 'report.check');
  const signs = may(who.roles, 'report.sign');
  switch (state.kind) {
    case 'open':
      if (checks) allowed.add('check');
      break;
    case 'checked':
      if (signs && state.checkedBy !== who.id) allowed.add('sign');
      if (checks || signs) allowed.add('return');
      break;
    case 'signed':
      if (signs) allowed.add('reopen');
      break;
  }
  return allowed;
}

/** Last day of a month written `YYYY-MM`; undefined for anything else. */
export function lastDayOf(month: string): PlainDate | undefined {
  const period = readPeriod(month);
  return period?.kind === 'month' ? parsePlainDate(daysOf(period).to) : undefined;
}

/** JSON in one spelling only (keys in order, nothing undefined), so that equal figures have equal digests. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`)
    .join(',')}}`;
}
