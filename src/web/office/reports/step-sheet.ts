import { formatDuration, formatMonth, formatNumber, formatPercent } from '../../../i18n/format.ts';
import type { ProcedureTimes, StepReport, TimedStepReport } from '../../../usecases/report-steps.ts';
import { type KeyFigure, link, type ReportCell, type ReportTable } from './report-table.ts';
import type { ReportWords } from './report-words.ts';

type Words = Pick<ReportWords, 'asked' | 'texts'>;

/** A time in seconds: in words on the page, as a number in the download. */
export function duration({ asked }: Words, seconds: number | null): ReportCell {
  return seconds === null
    ? { value: null }
    : { value: Math.round(seconds), text: formatDuration(asked.lang, seconds) };
}

export function stepFigures({ asked, texts }: Words, report: StepReport): readonly KeyFigure[] {
  const { steps } = texts.reports;
  const { total } = report;
  const published = report.procedures[0]?.publishedTotal ?? 0;
  const sum = report.procedures[0]?.sumOfStandards ?? 0;
  const time = (seconds: number | null) => (seconds === null ? '–' : formatDuration(asked.lang, seconds));
  return [
    { label: steps.cases, value: formatNumber(asked.lang, total?.n ?? 0) },
    {
      label: steps.medianCase,
      value: time(total?.median ?? null),
      note: `${steps.published}: ${time(published)}`,
    },
    { label: steps.p90Case, value: time(total?.p90 ?? null), note: `${steps.sum}: ${time(sum)}` },
    {
      label: steps.withinPublished,
      value: total && total.n > 0 ? formatPercent(asked.lang, total.within / total.n) : '–',
    },
    { label: steps.waitingCase, value: time(total?.waitingMedian ?? null) },
  ];
}

/** `3 dan 4`: the numbers of the steps that stand together. */
export function stepNumbers(step: TimedStepReport): string {
  return step.covers.join('+');
}

/** @param brief the columns that fit on paper */
export function stepTable(words: Words, procedure: ProcedureTimes, brief = false): ReportTable {
  const { asked, texts } = words;
  const { steps } = texts.reports;
  const rows = (step: TimedStepReport, apa: string) =>
    link(asked.rowsHref('waktu', { versi: String(procedure.version), langkah: step.covers.join(' '), apa }));
  const time = (seconds: number) => formatDuration(asked.lang, seconds);
  return {
    key: `langkah-${procedure.version}`,
    title: steps.table,
    lead: steps.wholeNote(time(procedure.sumOfStandards), time(procedure.publishedTotal)),
    columns: [
      { title: steps.step, kind: 'text', lang: 'id' },
      { title: steps.standard, kind: 'integer', unit: steps.seconds },
      { title: steps.median, kind: 'integer', unit: steps.seconds },
      { title: steps.p90, kind: 'integer', unit: steps.seconds },
      { title: steps.within, kind: 'percent' },
      { title: steps.n, kind: 'integer' },
      { title: steps.notNeeded, kind: 'integer' },
      ...(brief
        ? []
        : [
            { title: steps.atHome, kind: 'integer' as const },
            { title: steps.unmeasured, kind: 'integer' as const },
          ]),
    ],
    rows: procedure.steps.map((step) => [
      { value: stepName(step) },
      duration(words, step.standardSeconds),
      duration(words, step.median),
      duration(words, step.p90),
      { value: step.n === 0 ? null : step.within / step.n, ...rows(step, 'over') },
      { value: step.n, ...rows(step, 'measured') },
      { value: step.notNeeded, ...rows(step, 'not_needed') },
      ...(brief
        ? []
        : [
            { value: step.atHome, ...rows(step, 'at_home') },
            { value: step.unmeasured, ...rows(step, 'unmeasured') },
          ]),
    ]),
  };
}

function stepName(step: TimedStepReport): string {
  return `${stepNumbers(step)}. ${step.texts.join(' / ')}`;
}

/** Waiting stands in a table of its own: it is never compared with the standard. */
export function waitingTable(words: Words, procedure: ProcedureTimes): ReportTable {
  const { steps } = words.texts.reports;
  return {
    key: `menunggu-${procedure.version}`,
    title: steps.waitingTable,
    lead: steps.waitingLead,
    columns: [
      { title: steps.waitingBefore, kind: 'text', lang: 'id' },
      { title: steps.n, kind: 'integer' },
      { title: steps.median, kind: 'integer', unit: steps.seconds },
      { title: steps.p90, kind: 'integer', unit: steps.seconds },
    ],
    rows: procedure.steps
      .filter((step) => step.n > 0)
      .map((step) => [
        { value: stepName(step) },
        { value: step.n },
        duration(words, step.waitingMedian),
        duration(words, step.waitingP90),
      ]),
  };
}

export function stepMonthsTable(words: Words, report: StepReport): ReportTable {
  const { asked, texts } = words;
  const { steps, common } = texts.reports;
  return {
    key: 'bulan',
    title: steps.months,
    columns: [
      { title: common.month, kind: 'text' },
      { title: steps.cases, kind: 'integer' },
      { title: steps.medianCase, kind: 'integer', unit: steps.seconds },
      { title: steps.p90Case, kind: 'integer', unit: steps.seconds },
      { title: steps.withinPublished, kind: 'percent' },
      { title: steps.waitingCase, kind: 'integer', unit: steps.seconds },
    ],
    rows: report.months.map(({ month, times }) => [
      { value: formatMonth(asked.lang, month) },
      { value: times?.n ?? 0 },
      duration(words, times?.median ?? null),
      duration(words, times?.p90 ?? null),
      { value: times && times.n > 0 ? times.within / times.n : null },
      duration(words, times?.waitingMedian ?? null),
    ]),
  };
}

/** Null for those who may not see officers' times. */
export function officerTable({ texts }: Words, report: StepReport): ReportTable | null {
  const { steps } = texts.reports;
  if (report.officers === null) return null;
  return {
    key: 'petugas',
    title: steps.officers,
    lead: steps.officersLead,
    columns: [
      { title: steps.officer, kind: 'text' },
      { title: steps.cases, kind: 'integer' },
      { title: steps.stepsDone, kind: 'integer' },
      { title: steps.within, kind: 'percent' },
      { title: steps.shareOfStandard, kind: 'percent' },
    ],
    rows: report.officers.map((officer) => [
      { value: officer.name || texts.reports.common.unknown },
      { value: officer.cases },
      { value: officer.n },
      { value: officer.n === 0 ? null : officer.within / officer.n },
      { value: officer.medianShare },
    ]),
  };
}

export function stepTables(words: Words, report: StepReport): readonly ReportTable[] {
  const officers = officerTable(words, report);
  return [
    ...report.procedures.flatMap((procedure) => [
      stepTable(words, procedure),
      waitingTable(words, procedure),
    ]),
    stepMonthsTable(words, report),
    ...(officers ? [officers] : []),
  ];
}
