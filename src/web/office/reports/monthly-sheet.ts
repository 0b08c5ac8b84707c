import { formatDateTime, formatNumber, formatPercent } from '../../../i18n/format.ts';
import type { Lang, Texts } from '../../../i18n/index.ts';
import type { MonthlyFigures, MonthlyHand, MonthlyReport } from '../../../usecases/report-month.ts';
import { outcomeTable, reasonTable, repairTable } from './case-sheet.ts';
import { groupTable, movementTable, statusTable } from './member-sheet.ts';
import type { ReportCell, ReportTable } from './report-table.ts';
import { cellText } from './report-table-view.tsx';
import type { MemberWords as Words } from './report-words.ts';
import { duration, stepTable } from './step-sheet.ts';
import { divisionTable, kindTable, visitFigures } from './visit-sheet.ts';

export const MONTHLY_SECTIONS = ['members', 'cases', 'visits', 'steps'] as const;
export type MonthlyTables = Readonly<Record<(typeof MONTHLY_SECTIONS)[number], readonly ReportTable[]>>;

/**
 * The tables of the sheet, in its order; also what is downloaded. On paper a figure leads nowhere.
 * @param whole every district, also where there are too many for paper
 */
export function monthlyTables(input: Words, figures: MonthlyFigures, whole = false): MonthlyTables {
  const words = { ...input, asked: { ...input.asked, rowsHref: () => undefined } };
  const { members, cases, visits, steps } = figures;
  return {
    members: [
      movementTable(words, members),
      statusTable(words, members),
      ...(['type', 'sex', 'age', 'district'] as const).map((dimension) =>
        groupTable(words, members, dimension, whole),
      ),
    ],
    cases: [outcomeTable(words, cases), repairTable(words, cases), reasonTable(words, cases, 'rejections')],
    visits: [
      visitSummary(words, visits),
      kindTable(words, visits),
      divisionTable(words, visits, 'purpose'),
      divisionTable(words, visits, 'point'),
    ],
    steps: [
      wholeCases(words, steps),
      ...steps.procedures.map((procedure) => stepTable(words, procedure, true)),
    ],
  };
}

function visitSummary(words: Words, visits: MonthlyFigures['visits']): ReportTable {
  const { monthly } = words.texts.reports;
  const values = [
    visits.persons,
    visits.meanPerServiceDay,
    visits.groups,
    visits.busiestDay?.persons ?? null,
  ];
  return {
    key: 'kunjungan',
    title: monthly.visits,
    columns: [
      { title: monthly.line, kind: 'text' },
      { title: monthly.figure, kind: 'decimal' },
      { title: monthly.note, kind: 'text' },
    ],
    rows: visitFigures(words, visits).map(({ label, value, note }, index) => [
      { value: label },
      { value: values[index] ?? null, text: value },
      // The busiest day reads as its date with its persons beside it: a spreadsheet gets them the other way round.
      { value: (index === 3 ? value : note) ?? null, text: note ?? '' },
    ]),
  };
}

/** Whole cases against the published total, a line each: side by side they do not fit on paper. */
function wholeCases(words: Words, { total, procedures }: MonthlyFigures['steps']): ReportTable {
  const { asked, texts } = words;
  const { steps, monthly, overview } = texts.reports;
  const time = (label: string, seconds: number | null): ReportCell[] => [
    { value: label },
    duration(words, seconds),
    { value: steps.seconds, text: '' },
  ];
  const share = total === null || total.n === 0 ? null : total.within / total.n;
  return {
    key: 'layanan',
    title: steps.whole,
    ...(total === null ? { lead: overview.timeNone } : {}),
    columns: [
      { title: monthly.line, kind: 'text' },
      { title: monthly.figure, kind: 'decimal' },
      { title: monthly.note, kind: 'text' },
    ],
    rows:
      total === null
        ? []
        : [
            [{ value: steps.cases }, whole(asked.lang, total.n), { value: null, text: '' }],
            time(steps.medianCase, total.median),
            time(steps.p90Case, total.p90),
            [
              { value: steps.withinPublished },
              {
                value: share === null ? null : share * 100,
                text: share === null ? '–' : formatPercent(asked.lang, share),
              },
              { value: '%', text: '' },
            ],
            time(steps.waitingCase, total.waitingMedian),
            time(monthly.published, procedures[0]?.publishedTotal ?? null),
          ],
  };
}

/** A count in a column that also holds other numbers. */
function whole(lang: Lang, value: number): ReportCell {
  return { value, text: formatNumber(lang, value) };
}

/** `Plh. Kepala Bidang …`: an office as it was held. */
export function officeName(texts: Texts, title: string, acting: MonthlyHand['acting']): string {
  return acting === null ? title : `${texts.reports.monthly.acting[acting]} ${title}`;
}

/** Who checked, signed and gave back the sheets of the month: the first thing of the download. */
export function approvalTable({ asked, texts, library }: Words, report: MonthlyReport): ReportTable {
  const { monthly } = texts.reports;
  const { roleNames, profile } = library.settings;
  const when = (at: Date) => formatDateTime(asked.lang, at, profile.timezone);
  const line = (what: string, by: MonthlyHand, office: string, note: string | null): ReportCell[] => [
    { value: what },
    { value: when(by.at) },
    { value: by.name },
    { value: office },
    { value: note },
  ];
  const hands = [...report.withdrawn, ...(report.standing ? [report.standing] : [])]
    .sort((one, other) => one.revision - other.revision)
    .flatMap(({ revision, checked, signed, withdrawn, digest }) => {
      const office = (role: 'kepala_bidang' | 'kepala_skpd', by: MonthlyHand) =>
        officeName(texts, roleNames[role][asked.lang], by.acting);
      const name = (what: string) => monthly.sheet(revision, what);
      return [
        line(name(monthly.did.check), checked, office('kepala_bidang', checked), monthly.digest(digest)),
        ...(signed ? [line(name(monthly.did.sign), signed, office('kepala_skpd', signed), null)] : []),
        ...(withdrawn
          ? [
              line(
                name(signed ? monthly.did.reopen : monthly.did.return),
                { ...withdrawn, acting: null },
                '',
                withdrawn.reason,
              ),
            ]
          : []),
      ];
    });
  return {
    key: 'pengesahan',
    title: monthly.approval,
    columns: [monthly.line, monthly.at, monthly.by, monthly.office, monthly.note].map((title) => ({
      title,
      kind: 'text' as const,
    })),
    rows:
      hands.length > 0
        ? hands
        : [[{ value: monthly.states[stateOf(report)] }, ...[1, 2, 3, 4].map(() => ({ value: null }))]],
  };
}

export function stateOf(report: MonthlyReport): 'running' | 'open' | 'checked' | 'signed' {
  if (report.running) return 'running';
  if (report.standing === null) return 'open';
  return report.standing.signed === null ? 'checked' : 'signed';
}

/** Every cell of the sheet that would read otherwise today; null where the sheet stands as it was written. */
export function differenceTable(words: Words, report: MonthlyReport): ReportTable | null {
  if (!report.changed || report.standing === null) return null;
  const { asked, texts } = words;
  const { monthly } = texts.reports;
  const written = monthlyTables(words, report.standing.figures, true);
  const live = monthlyTables(words, report.live, true);
  // Shares of a whole follow from the counts beside them.
  const derived = [texts.reports.common.share, texts.reports.cases.shareOfDecided];
  const rows = MONTHLY_SECTIONS.flatMap((section) => {
    const keys = new Set([...written[section], ...live[section]].map(({ key }) => key));
    return [...keys].flatMap((key) => {
      const [was, now] = [written, live].map((tables) => tables[section].find((table) => table.key === key));
      return tableDifferences(asked.lang, derived, was, now);
    });
  });
  return {
    key: 'selisih',
    title: monthly.differences,
    lead: monthly.differencesLead,
    columns: [monthly.table, monthly.line, monthly.column, monthly.written, monthly.today].map((title) => ({
      title,
      kind: 'text' as const,
    })),
    rows: rows.map((row) => row.map((value) => ({ value }))),
  };
}

type Line = { readonly name: string; readonly cells: ReadonlyMap<string, string> };

function tableDifferences(
  lang: Lang,
  derived: readonly string[],
  was: ReportTable | undefined,
  now: ReportTable | undefined,
): readonly (readonly [string, string, string, string, string])[] {
  const [before, after] = [was, now].map((table) => linesOf(lang, table));
  const names = new Set([...(before ?? []), ...(after ?? [])].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [one, other] = [before, after].map((lines) => lines?.find((line) => line.name === name)?.cells);
    const columns = new Set(
      [...(one?.keys() ?? []), ...(other?.keys() ?? [])].filter((title) => !derived.includes(title)),
    );
    return [...columns].flatMap((column) => {
      const [written, today] = [one?.get(column) ?? '–', other?.get(column) ?? '–'];
      return written === today
        ? []
        : [[was?.title ?? now?.title ?? '', name, column, written, today] as const];
    });
  });
}

function linesOf(lang: Lang, table: ReportTable | undefined): readonly Line[] {
  if (!table) return [];
  const lines = [...table.rows, ...(table.footer ? [table.footer] : [])].map((row) => {
    const cells = table.columns.map(
      ({ title, kind }, index) => [title, cellText(lang, kind, row[index] ?? { value: null })] as const,
    );
    // The first column names the line, where it is words.
    const named = table.columns[0]?.kind === 'text';
    return { name: named ? (cells[0]?.[1] ?? '') : '', cells: new Map(named ? cells.slice(1) : cells) };
  });
  return table.lead === undefined ? lines : [...lines, { name: '', cells: new Map([['', table.lead]]) }];
}
