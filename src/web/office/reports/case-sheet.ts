import type { CaseMeasure } from '../../../db/report-case.ts';
import { formatMonth, formatNumber } from '../../../i18n/format.ts';
import type { CaseGroup, CaseReport } from '../../../usecases/report-cases.ts';
import { codedText } from '../../desk/words.ts';
import { type KeyFigure, link, type ReportTable, signedLabel } from './report-table.ts';
import type { ReportWords as Words } from './report-words.ts';

const DECISIONS = ['approved', 'already_member', 'rejected', 'cancelled', 'lapsed'] as const;
const REPAIRS = ['correction', 'revised', 'escalated', 'no_document'] as const;

/** Everything that ended the waiting of a case. */
export function decidedOf(totals: Readonly<Record<CaseMeasure, number>>): number {
  return DECISIONS.reduce((sum, measure) => sum + totals[measure], 0);
}

export function caseFigures({ asked, texts }: Words, report: CaseReport): readonly KeyFigure[] {
  const { measures, waitingClosing } = texts.reports.cases;
  const number = (value: number) => formatNumber(asked.lang, value);
  return [
    ...(['new', 'approved', 'rejected', 'already_member', 'correction'] as const).map((measure) => ({
      label: measures[measure],
      value: number(report.totals[measure]),
    })),
    { label: waitingClosing, value: number(report.waiting.closing) },
  ];
}

/** Waiting before + new − decided = waiting after. */
export function outcomeTable(
  { asked, texts }: Words,
  { totals, waiting }: Pick<CaseReport, 'totals' | 'waiting'>,
): ReportTable {
  const { cases } = texts.reports;
  const decided = decidedOf(totals);
  const line = (measure: CaseMeasure, share: number | null) => [
    signedLabel(measure === 'new' ? '+' : '−', cases.measures[measure]),
    { value: totals[measure], ...link(asked.rowsHref('permohonan', { apa: measure })) },
    { value: share },
  ];
  return {
    key: 'hasil',
    title: cases.outcome,
    columns: [
      { title: cases.measure, kind: 'text' },
      { title: cases.count, kind: 'integer' },
      { title: cases.shareOfDecided, kind: 'percent' },
    ],
    rows: [
      [{ value: cases.waitingOpening }, { value: waiting.opening }, { value: null, text: '' }],
      [...line('new', null).slice(0, 2), { value: null, text: '' }],
      ...DECISIONS.map((measure) => line(measure, decided === 0 ? null : totals[measure] / decided)),
    ],
    footer: [{ value: cases.waitingClosing }, { value: waiting.closing }, { value: null, text: '' }],
  };
}

export function repairTable({ asked, texts }: Words, { totals }: Pick<CaseReport, 'totals'>): ReportTable {
  const { cases } = texts.reports;
  return {
    key: 'perbaikan',
    title: cases.revisions,
    columns: [
      { title: cases.measure, kind: 'text' },
      { title: cases.count, kind: 'integer' },
    ],
    rows: REPAIRS.map((measure) => [
      { value: cases.measures[measure] },
      { value: totals[measure], ...link(asked.rowsHref('permohonan', { apa: measure })) },
    ]),
  };
}

function groupTable(
  { asked, texts }: Words,
  input: {
    readonly key: string;
    readonly title: string;
    readonly column: string;
    readonly filter: string;
    readonly groups: readonly CaseGroup[];
    readonly name: (value: string) => string;
  },
): ReportTable {
  const { cases } = texts.reports;
  const measures = ['new', ...DECISIONS, 'correction', 'no_document'] as const;
  return {
    key: input.key,
    title: input.title,
    columns: [
      { title: input.column, kind: 'text' },
      ...measures.map((measure) => ({ title: cases.measures[measure], kind: 'integer' as const })),
    ],
    rows: input.groups.map(({ value, totals }) => [
      { value: input.name(value) },
      ...measures.map((measure) => ({
        value: totals[measure],
        ...link(asked.rowsHref('permohonan', { apa: measure, [input.filter]: value })),
      })),
    ]),
  };
}

export function channelTable(words: Words, report: CaseReport): ReportTable {
  const { cases } = words.texts.reports;
  const names: Readonly<Record<string, string>> = cases.channels;
  return groupTable(words, {
    key: 'jalur',
    title: cases.byChannel,
    column: cases.channel,
    filter: 'jalur',
    groups: report.byChannel,
    name: (value) => names[value] ?? value,
  });
}

export function pointTable(words: Words, report: CaseReport): ReportTable {
  const { reports } = words.texts;
  return groupTable(words, {
    key: 'titik',
    title: reports.cases.byPoint,
    column: reports.period.servicePoint,
    filter: 'tempat',
    groups: report.byPoint,
    name: (value) =>
      words.library.servicePoints.find(({ id }) => id === value)?.name ?? reports.common.unknown,
  });
}

/** A reason's code in words. */
export function caseReason({ asked, texts, library }: Words, measure: CaseMeasure, code: string): string {
  const { settings } = library;
  if (code === '') return '–';
  if (measure === 'rejected') return codedText(asked.lang, settings.rejectionReasons, code);
  if (measure === 'correction') return codedText(asked.lang, settings.correctionReasons, code);
  const [kind = '', detail = ''] = code.split(':');
  const kinds: Readonly<Record<string, string>> = texts.reports.cases.escalation;
  const list = kind === 'no_document' ? settings.noDocumentReasons : settings.rejectionReasons;
  return [kinds[kind] ?? kind, ...(detail === '' ? [] : [codedText(asked.lang, list, detail)])].join(': ');
}

export function reasonTable(
  words: Words,
  report: Partial<Pick<CaseReport, 'rejections' | 'corrections' | 'escalations'>>,
  which: 'rejections' | 'corrections' | 'escalations',
): ReportTable {
  const { asked, texts } = words;
  const { cases, common } = texts.reports;
  const measure = ({ rejections: 'rejected', corrections: 'correction', escalations: 'escalated' } as const)[
    which
  ];
  return {
    key: which,
    title: cases[which],
    columns: [
      { title: common.reason, kind: 'text' },
      { title: cases.count, kind: 'integer' },
    ],
    rows: (report[which] ?? []).map(({ reason, count }) => [
      { value: caseReason(words, measure, reason) },
      { value: count, ...link(asked.rowsHref('permohonan', { apa: measure, alasan: reason })) },
    ]),
  };
}

export function caseMonthsTable({ asked, texts }: Words, { months }: CaseReport): ReportTable {
  const { cases, common } = texts.reports;
  const measures = ['new', ...DECISIONS, 'correction'] as const;
  return {
    key: 'bulan',
    title: cases.months,
    columns: [
      { title: common.month, kind: 'text' },
      ...measures.map((measure) => ({ title: cases.measures[measure], kind: 'integer' as const })),
    ],
    rows: months.map(({ month, totals }) => [
      { value: formatMonth(asked.lang, month) },
      ...measures.map((measure) => ({ value: totals[measure] })),
    ]),
  };
}

export function caseTables(words: Words, report: CaseReport): readonly ReportTable[] {
  return [
    outcomeTable(words, report),
    repairTable(words, report),
    channelTable(words, report),
    pointTable(words, report),
    reasonTable(words, report, 'rejections'),
    reasonTable(words, report, 'corrections'),
    reasonTable(words, report, 'escalations'),
    caseMonthsTable(words, report),
  ];
}
