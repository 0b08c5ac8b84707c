import type { MemberDimension } from '../../../db/report-member.ts';
import { AGE_GROUPS } from '../../../domain/age-group.ts';
import { formatMonth, formatNumber } from '../../../i18n/format.ts';
import type { MemberGroup, MemberReport } from '../../../usecases/report-members.ts';
import { localText } from '../../desk/words.ts';
import { type KeyFigure, link, type ReportCell, type ReportTable, signedLabel } from './report-table.ts';
import type { MemberWords as Words } from './report-words.ts';

/** A value of a dimension in words. */
export function memberGroupName(
  { asked, texts, library, districts }: Words,
  dimension: MemberDimension,
  value: string,
): string {
  const { common, members } = texts.reports;
  if (value === 'unknown') return common.unknown;
  switch (dimension) {
    case 'type':
      return localText(
        asked.lang,
        library.settings.memberTypes.find(({ code }) => code === value)?.name,
        value,
      );
    case 'sex':
      return value === 'P' ? texts.common.sex.female : texts.common.sex.male;
    case 'age': {
      const group = AGE_GROUPS.find(({ code }) => code === value);
      return group ? members.age(group.from, group.to) : common.unknown;
    }
    case 'district':
      return districts[value] ?? value;
    case 'point':
      return library.servicePoints.find(({ id }) => id === value)?.name ?? common.unknown;
  }
}

export function memberFigures({ asked, texts }: Words, report: MemberReport): readonly KeyFigure[] {
  const { members } = texts.reports;
  const { movement } = report;
  const number = (value: number) => formatNumber(asked.lang, value);
  const change = movement.closing.registered - movement.opening.registered;
  return [
    {
      label: members.registered,
      value: number(movement.closing.registered),
      note: texts.reports.overview.change(`${change < 0 ? '−' : '+'}${number(Math.abs(change))}`),
    },
    { label: members.active, value: number(movement.closing.active) },
    { label: members.in.joined, value: number(movement.registered.joined) },
    { label: members.renewals, value: number(movement.renewals) },
    { label: members.out.expired, value: number(movement.active.out.expired) },
    { label: members.out.ended, value: number(movement.registered.ended) },
  ];
}

/** Opening + in − out = closing, of the registered and of the active members side by side. */
export function movementTable(
  { asked, texts }: Words,
  { movement }: Pick<MemberReport, 'movement'>,
): ReportTable {
  const { members } = texts.reports;
  const rows = (apa: string) => asked.rowsHref('anggota', { apa });
  const { opening, closing, registered, active } = movement;
  const line = (
    label: ReportCell,
    one: number | null,
    other: number | null,
    links: readonly [string | undefined, string | undefined],
  ) => [
    label,
    { value: one, ...(links[0] === undefined ? {} : { href: links[0] }) },
    { value: other, ...(links[1] === undefined ? {} : { href: links[1] }) },
  ];
  const out = (cause: string) => rows(`active.out.${cause}`);
  return {
    key: 'gerak',
    title: members.movement,
    lead: `${members.movementNote} ${members.renewals}: ${formatNumber(asked.lang, movement.renewals)}. ${members.renewalsNote}`,
    columns: [
      { title: members.line, kind: 'text' },
      { title: members.registered, kind: 'integer' },
      { title: members.active, kind: 'integer' },
    ],
    rows: [
      line({ value: members.opening }, opening.registered, opening.active, [
        rows('standing.opening.registered'),
        rows('standing.opening.active'),
      ]),
      line(signedLabel('+', members.in.joined), registered.joined, active.in.joined, [
        rows('flow.joined'),
        rows('active.in.joined'),
      ]),
      line(signedLabel('+', members.in.reactivated), registered.reactivated, active.in.reactivated, [
        rows('flow.reactivated'),
        rows('active.in.reactivated'),
      ]),
      line(signedLabel('+', members.in.renewed), null, active.in.renewed, [
        undefined,
        rows('active.in.renewed'),
      ]),
      line(signedLabel('+', members.in.resumed), null, active.in.resumed, [
        undefined,
        rows('active.in.resumed'),
      ]),
      line(signedLabel('−', members.out.expired), null, active.out.expired, [undefined, out('expired')]),
      line(signedLabel('−', members.out.suspended), null, active.out.suspended, [
        undefined,
        out('suspended'),
      ]),
      line(signedLabel('−', members.out.cleared), null, active.out.cleared, [undefined, out('cleared')]),
      line(signedLabel('−', members.out.ended), registered.ended, active.out.ended, [
        rows('flow.ended'),
        out('ended'),
      ]),
    ],
    footer: line({ value: members.closing }, closing.registered, closing.active, [
      rows('standing.closing.registered'),
      rows('standing.closing.active'),
    ]),
  };
}

export function statusTable(
  { asked, texts }: Words,
  { movement }: Pick<MemberReport, 'movement'>,
): ReportTable {
  const { members, common } = texts.reports;
  const { closing } = movement;
  const statuses = ['active', 'expired', 'suspended', 'cleared'] as const;
  const href = (status: string) => asked.rowsHref('anggota', { apa: `standing.closing.${status}` });
  return {
    key: 'status',
    title: members.status,
    columns: [
      { title: members.statusColumn, kind: 'text' },
      { title: common.total, kind: 'integer' },
      { title: common.share, kind: 'percent' },
    ],
    rows: statuses.map((status) => [
      { value: texts.common.memberState[status] },
      { value: closing[status], ...link(href(status)) },
      { value: closing.registered === 0 ? null : closing[status] / closing.registered },
    ]),
    footer: [
      { value: members.registered },
      { value: closing.registered, ...link(href('registered')) },
      { value: closing.registered === 0 ? null : 1 },
    ],
  };
}

export function monthsTable({ asked, texts }: Words, { months }: MemberReport): ReportTable {
  const { members, common } = texts.reports;
  return {
    key: 'bulan',
    title: members.months,
    columns: [
      { title: common.month, kind: 'text' },
      { title: members.newMembers, kind: 'integer' },
      { title: members.renewalsShort, kind: 'integer' },
      { title: members.expiredShort, kind: 'integer' },
      { title: members.endedShort, kind: 'integer' },
      { title: members.registered, kind: 'integer' },
      { title: members.active, kind: 'integer' },
    ],
    rows: months.map((month) => [
      { value: formatMonth(asked.lang, month.month) },
      { value: month.joined },
      { value: month.renewals },
      { value: month.expired },
      { value: month.ended },
      { value: month.closing.registered },
      { value: month.closing.active },
    ]),
  };
}

/** Districts are many: so many are named, the rest stand together (the download has them all). */
const NAMED_DISTRICTS = 15;

export function groupTable(
  words: Words,
  report: { readonly groups: Readonly<Partial<MemberReport['groups']>> },
  dimension: MemberDimension,
  whole = false,
): ReportTable {
  const { asked, texts } = words;
  const { members, common } = texts.reports;
  const sorted = inOrder(dimension, report.groups[dimension] ?? []);
  const named = dimension === 'district' && !whole ? sorted.slice(0, NAMED_DISTRICTS) : sorted;
  const rest = sorted.slice(named.length);
  const cells = (group: Omit<MemberGroup, 'value'>, name: string, value: string | null) => {
    const at = (apa: string) =>
      value === null ? {} : link(asked.rowsHref('anggota', { apa, menurut: dimension, nilai: value }));
    return [
      { value: name },
      { value: group.opening, ...at('standing.opening.registered') },
      { value: group.joined, ...at('flow.joined') },
      { value: group.reactivated, ...at('flow.reactivated') },
      { value: group.ended, ...at('flow.ended') },
      { value: group.moved },
      { value: group.closing, ...at('standing.closing.registered') },
      { value: group.status.active, ...at('standing.closing.active') },
      { value: group.status.expired, ...at('standing.closing.expired') },
    ];
  };
  const titles = members.groups;
  return {
    key: dimension,
    title: members.by[dimension],
    ...(dimension === 'age' ? { lead: members.ageNote } : {}),
    columns: [
      { title: members.column[dimension], kind: 'text' },
      ...(
        ['opening', 'joined', 'reactivated', 'ended', 'moved', 'closing', 'active', 'expired'] as const
      ).map((name) => ({ title: titles[name], kind: 'integer' as const })),
    ],
    rows: [
      ...named.map((group) => cells(group, memberGroupName(words, dimension, group.value), group.value)),
      ...(rest.length > 0 ? [cells(sumOf(rest), members.districtsMore(rest.length), null)] : []),
    ],
    footer: cells(sumOf(sorted), common.total, null),
  };
}

/** Ages in their order, everything else the largest first, as the report gives it. */
function inOrder(dimension: MemberDimension, groups: readonly MemberGroup[]): readonly MemberGroup[] {
  if (dimension !== 'age') return groups;
  const codes: readonly string[] = [...AGE_GROUPS.map(({ code }) => code), 'unknown'];
  return [...groups].sort((one, other) => codes.indexOf(one.value) - codes.indexOf(other.value));
}

function sumOf(groups: readonly MemberGroup[]): Omit<MemberGroup, 'value'> {
  const sum = (of: (group: MemberGroup) => number) => groups.reduce((total, group) => total + of(group), 0);
  return {
    opening: sum((group) => group.opening),
    joined: sum((group) => group.joined),
    reactivated: sum((group) => group.reactivated),
    ended: sum((group) => group.ended),
    moved: sum((group) => group.moved),
    closing: sum((group) => group.closing),
    status: {
      active: sum((group) => group.status.active),
      expired: sum((group) => group.status.expired),
      suspended: sum((group) => group.status.suspended),
      cleared: sum((group) => group.status.cleared),
      ended: sum((group) => group.status.ended),
    },
  };
}

/** All tables of the part, as they are downloaded. */
export function memberTables(words: Words, report: MemberReport): readonly ReportTable[] {
  return [
    movementTable(words, report),
    statusTable(words, report),
    monthsTable(words, report),
    ...(['type', 'sex', 'age', 'district', 'point'] as const).map((dimension) =>
      groupTable(words, report, dimension, true),
    ),
  ];
}
