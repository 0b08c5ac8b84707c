import { WEEKDAYS } from '../../../domain/library-settings.ts';
import { VISIT_KINDS, type VisitKind } from '../../../domain/visit.ts';
import {
  formatLongDate,
  formatMonth,
  formatNumber,
  formatShortDate,
  weekdayNames,
} from '../../../i18n/format.ts';
import type { ByKind, VisitGroup, VisitReport } from '../../../usecases/report-visits.ts';
import { localText } from '../../desk/words.ts';
import type { AskedReport } from './report-request.ts';
import { type KeyFigure, link, type ReportTable } from './report-table.ts';
import type { ReportWords as Words } from './report-words.ts';

export function visitFigures(
  { asked, texts }: Words,
  report: Pick<
    VisitReport,
    'persons' | 'meanPerServiceDay' | 'serviceDays' | 'groups' | 'byKind' | 'busiestDay'
  >,
): readonly KeyFigure[] {
  const { visits } = texts.reports;
  const number = (value: number, digits = 0) => formatNumber(asked.lang, value, digits);
  return [
    { label: visits.total, value: number(report.persons) },
    {
      label: visits.mean,
      value: report.meanPerServiceDay === null ? '–' : number(report.meanPerServiceDay, 1),
      note: visits.serviceDays(number(report.serviceDays)),
    },
    {
      label: visits.groups,
      value: number(report.groups),
      note: visits.groupPersons(number(report.byKind.group)),
    },
    {
      label: visits.busiest,
      value: report.busiestDay ? formatShortDate(asked.lang, report.busiestDay.day) : '–',
      note: report.busiestDay ? visits.busiestPersons(number(report.busiestDay.persons)) : undefined,
    },
  ];
}

/** Persons by kind of visitor in one line, and what share they are. */
export function kindTable(
  { asked, texts }: Words,
  report: Pick<VisitReport, 'persons' | 'byKind' | 'repeated'>,
): ReportTable {
  const { visits, common } = texts.reports;
  return {
    key: 'jenis',
    title: visits.byKind,
    ...(report.repeated > 0 ? { lead: visits.repeated(formatNumber(asked.lang, report.repeated)) } : {}),
    columns: [
      { title: visits.kind, kind: 'text' },
      { title: common.persons, kind: 'integer' },
      { title: common.share, kind: 'percent' },
    ],
    rows: VISIT_KINDS.map((kind) => [
      { value: visits.kinds[kind] },
      { value: report.byKind[kind], ...link(asked.rowsHref('kunjungan', { jenis: kind })) },
      { value: report.persons === 0 ? null : report.byKind[kind] / report.persons },
    ]),
    footer: [
      { value: common.total },
      { value: report.persons, ...link(asked.rowsHref('kunjungan', {})) },
      { value: report.persons === 0 ? null : 1 },
    ],
  };
}

export function purposeName({ asked, library }: Pick<Words, 'asked' | 'library'>, code: string): string {
  return localText(
    asked.lang,
    library.settings.services.find((service) => service.code === code)?.name,
    code,
  );
}

export function pointName({ texts, library }: Pick<Words, 'texts' | 'library'>, id: string): string {
  return library.servicePoints.find((point) => point.id === id)?.name ?? texts.reports.common.unknown;
}

type Division = 'purpose' | 'point' | 'mode';
const FILTERS: Readonly<Record<Division, string>> = { purpose: 'tujuan', point: 'tempat', mode: 'cara' };

export function divisionTable(
  words: Words,
  report: Pick<VisitReport, 'persons' | 'byKind'> &
    Partial<Pick<VisitReport, 'byPurpose' | 'byPoint' | 'byMode'>>,
  by: Division,
): ReportTable {
  const { asked, texts } = words;
  const { visits, common } = texts.reports;
  const groups: readonly VisitGroup[] =
    { purpose: report.byPurpose, point: report.byPoint, mode: report.byMode }[by] ?? [];
  const name = (value: string) => {
    if (by === 'purpose') return purposeName(words, value);
    return by === 'point' ? pointName(words, value) : visits.modes[value as 'luring' | 'daring'];
  };
  const filter = FILTERS[by];
  return {
    key: filter,
    title: { purpose: visits.byPurpose, point: visits.byPoint, mode: visits.byMode }[by],
    columns: [
      { title: { purpose: visits.purpose, point: visits.point, mode: visits.mode }[by], kind: 'text' },
      ...VISIT_KINDS.map((kind) => ({ title: visits.kinds[kind], kind: 'integer' as const })),
      { title: common.total, kind: 'integer' },
      { title: common.share, kind: 'percent' },
    ],
    rows: groups.map(({ value, persons, byKind }) => [
      { value: name(value) },
      ...VISIT_KINDS.map((kind) => ({
        value: byKind[kind],
        ...link(asked.rowsHref('kunjungan', { [filter]: value, jenis: kind })),
      })),
      { value: persons, ...link(asked.rowsHref('kunjungan', { [filter]: value })) },
      { value: report.persons === 0 ? null : persons / report.persons },
    ]),
    footer: kindFooter(common.total, report.byKind, report.persons),
  };
}

function kindFooter(title: string, byKind: ByKind, persons: number) {
  return [
    { value: title },
    ...VISIT_KINDS.map((kind) => ({ value: byKind[kind] })),
    { value: persons },
    { value: persons === 0 ? null : 1 },
  ];
}

export function weekdayTable({ asked, texts }: Words, report: VisitReport): ReportTable {
  const { visits } = texts.reports;
  return {
    key: 'hari',
    title: visits.weekdayTable,
    columns: [
      { title: visits.weekday, kind: 'text' },
      { title: visits.serviceDaysColumn, kind: 'integer' },
      { title: visits.meanPersons, kind: 'decimal' },
    ],
    rows: report.weekdays.map(({ weekday, serviceDays, mean }) => [
      { value: weekdayName(asked, weekday) },
      { value: serviceDays },
      { value: mean },
    ]),
  };
}

export function weekdayName({ lang }: Pick<AskedReport, 'lang'>, weekday: (typeof WEEKDAYS)[number]): string {
  // Sunday is the first of the names.
  return weekdayNames(lang)[(WEEKDAYS.indexOf(weekday) + 1) % 7] ?? weekday;
}

export function visitorTable(
  { texts }: Words,
  report: VisitReport,
  by: 'sex' | 'education' | 'occupation',
): ReportTable {
  const { visits, common } = texts.reports;
  const those = report.visitors.filter((count) => count.by === by);
  const values = [...new Set(those.map(({ value }) => value))];
  const of = (value: string, kind: VisitKind) =>
    those.reduce((sum, each) => sum + (each.value === value && each.kind === kind ? each.persons : 0), 0);
  const choices: Readonly<Record<string, string>> =
    by === 'sex'
      ? texts.form.choices.sex
      : by === 'education'
        ? texts.form.choices.education
        : texts.form.choices.occupation;
  const rows = values
    .map((value) => ({ value, other: of(value, 'non_member'), group: of(value, 'group') }))
    .sort(
      (one, other) =>
        Number(one.value === 'unknown') - Number(other.value === 'unknown') ||
        other.other + other.group - one.other - one.group,
    );
  return {
    key: by,
    title: visits[by],
    columns: [
      { title: visits[by], kind: 'text' },
      { title: visits.kinds.non_member, kind: 'integer' },
      { title: visits.kinds.group, kind: 'integer' },
      { title: common.total, kind: 'integer' },
    ],
    rows: rows.map(({ value, other, group }) => [
      { value: value === 'unknown' ? common.unknown : (choices[value] ?? value) },
      { value: other },
      { value: group },
      { value: other + group },
    ]),
  };
}

/** Every day of the period: on the page of a month, in the download of any. */
export function dayTable({ asked, texts }: Words, report: VisitReport): ReportTable {
  const { visits, common } = texts.reports;
  return {
    key: 'tanggal',
    title: visits.days,
    columns: [
      { title: common.day, kind: 'date' },
      ...VISIT_KINDS.map((kind) => ({ title: visits.kinds[kind], kind: 'integer' as const })),
      { title: common.total, kind: 'integer' },
    ],
    rows: report.days.map(({ day, persons, byKind }) => [
      { value: day, text: formatLongDate(asked.lang, day) },
      ...VISIT_KINDS.map((kind) => ({
        value: byKind[kind],
        ...link(asked.rowsHref('kunjungan', { hari: day, jenis: kind })),
      })),
      { value: persons, ...link(asked.rowsHref('kunjungan', { hari: day })) },
    ]),
    footer: kindFooter(common.total, report.byKind, report.persons).slice(0, -1),
  };
}

export interface VisitBar {
  readonly name: string;
  readonly byKind: ByKind;
}

/** Days of a short period, months of a long one. */
export function visitBars({ asked }: Words, report: VisitReport): readonly VisitBar[] {
  if (report.days.length <= 45)
    return report.days.map(({ day, byKind }) => ({ name: String(Number(day.slice(8))), byKind }));
  const months = new Map<string, Record<VisitKind, number>>();
  for (const { day, byKind } of report.days) {
    const month = months.get(day.slice(0, 7)) ?? { member: 0, non_member: 0, group: 0 };
    for (const kind of VISIT_KINDS) month[kind] += byKind[kind];
    months.set(day.slice(0, 7), month);
  }
  return [...months].map(([month, byKind]) => ({ name: shortMonth(asked, month), byKind }));
}

/** `Feb 26`: narrow enough for twelve under a chart. */
export function shortMonth({ lang }: Pick<AskedReport, 'lang'>, month: string): string {
  return `${formatMonth(lang, month).slice(0, 3)} ${month.slice(2, 4)}`;
}

export function visitTables(words: Words, report: VisitReport): readonly ReportTable[] {
  return [
    kindTable(words, report),
    divisionTable(words, report, 'purpose'),
    divisionTable(words, report, 'point'),
    divisionTable(words, report, 'mode'),
    weekdayTable(words, report),
    visitorTable(words, report, 'sex'),
    visitorTable(words, report, 'education'),
    visitorTable(words, report, 'occupation'),
    dayTable(words, report),
  ];
}
