import type { ImportNote, RowOutcome } from '../domain/importing/row-outcome.ts';
import type { Texts } from '../i18n/index.ts';
import type { TableColumn, TableRow } from './table.ts';

/** A row of an import as its report tells of it. */
export interface ReportedRow {
  readonly n: number;
  readonly outcome: RowOutcome;
  readonly reasons: readonly string[];
  readonly notes: readonly ImportNote[];
  readonly leftOver: readonly string[];
  readonly decision: 'same' | 'different' | null;
  readonly name: string;
  readonly oldNumber: string | null;
  readonly birthDate: string | null;
  readonly candidate: {
    readonly kind: 'member' | 'row';
    readonly id: string;
    readonly name: string;
    readonly number: string;
    readonly reasons: readonly string[];
  } | null;
}

/** Why a row has its outcome and what did not come along, in plain words; the weightiest first. */
export function rowWords(texts: Texts, row: ReportedRow): readonly string[] {
  const { reasons, notes, fields, noteOf, leftOverOf } = texts.office.importing;
  const why = row.reasons.flatMap((code) =>
    Object.hasOwn(reasons, code) ? [reasons[code as keyof typeof reasons]] : [],
  );
  const told = new Set(row.notes.map((note) => note.code as string));
  const known = row.notes.map(({ code, field, value }) =>
    field !== undefined && value !== undefined && value !== ''
      ? noteOf(notes[code], fields[field], value)
      : notes[code],
  );
  const further = row.reasons.flatMap((code) =>
    Object.hasOwn(notes, code) && !told.has(code) ? [notes[code as keyof typeof notes]] : [],
  );
  const rest = row.leftOver.map((title) =>
    Object.hasOwn(fields, title) ? fields[title as keyof typeof fields] : title,
  );
  return [...why, ...known, ...further, ...(rest.length > 0 ? [leftOverOf(rest.join(', '))] : [])];
}

/** "Siti Contoh, A-001 (nama sama, tanggal lahir sama)" */
export function resemblance(texts: Texts, row: ReportedRow): string {
  if (row.candidate === null) return '';
  const { candidate } = row;
  const { line } = texts.office.importing.report;
  const codes = texts.matching.reasons as Readonly<Record<string, string>>;
  const why = candidate.reasons.slice(0, 5).flatMap((code) => codes[code] ?? []);
  const who = [candidate.kind === 'row' ? line(Number(candidate.id)) : '', candidate.name, candidate.number]
    .filter((part) => part !== '')
    .join(', ');
  return why.length > 0 ? `${who} (${why.join(', ')})` : who;
}

export function reportColumns(texts: Texts): readonly TableColumn[] {
  const { report } = texts.office.importing;
  return [
    { title: report.row, kind: 'integer' },
    { title: report.outcome, kind: 'text' },
    { title: report.number, kind: 'text' },
    { title: report.name, kind: 'text' },
    { title: report.birthDate, kind: 'date' },
    { title: report.reasons, kind: 'text' },
    { title: report.resembles, kind: 'text' },
    { title: report.decision, kind: 'text' },
  ];
}

export function reportRow(texts: Texts, row: ReportedRow): TableRow {
  const { outcomes, decide } = texts.office.importing;
  return [
    row.n,
    outcomes[row.outcome],
    row.oldNumber,
    row.name,
    row.birthDate,
    rowWords(texts, row).join('; '),
    resemblance(texts, row),
    row.decision === null ? null : decide.decided[row.decision],
  ];
}
