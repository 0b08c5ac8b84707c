import { misfitCode } from '../domain/exporting/outgoing-member.ts';
import type { Texts } from '../i18n/index.ts';
import type { TableColumn, TableRow } from './table.ts';

export interface Misfitting {
  readonly sent: boolean;
  readonly reasons: readonly string[];
  readonly name: string | null;
  readonly number: string | null;
}

/** Why, and what to do, in plain words. */
export function misfitWords(texts: Texts, reasons: readonly string[]): string {
  const { misfits } = texts.office.exporting;
  return reasons
    .map((reason) => {
      const place = reason.includes(':') ? ` (${reason.slice(reason.indexOf(':') + 1)})` : '';
      return `${misfits[misfitCode(reason)]}${place}`;
    })
    .join('; ');
}

export function misfitColumns(texts: Texts): readonly TableColumn[] {
  const { told } = texts.office.exporting;
  return [told.number, told.name, told.outcome, told.reasons].map((title) => ({ title, kind: 'text' }));
}

export function misfitRow(texts: Texts, member: Misfitting): TableRow {
  const { told } = texts.office.exporting;
  return [
    member.number,
    member.name,
    member.sent ? told.sent : told.notSent,
    misfitWords(texts, member.reasons),
  ];
}
