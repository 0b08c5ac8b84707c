import type { Match } from '../../domain/matching/compare.ts';
import { matching as matchingEn } from '../../i18n/en/matching.ts';
import { matching as matchingId } from '../../i18n/id/matching.ts';
import type { PersonRow } from './person-rows.ts';

export const RESULT_HEADER = 'incoming_id,existing_id,verdict,score,reason';

export interface Judgement {
  readonly match: Match;
  readonly other: PersonRow;
}

/** A line of the result; null where nobody on file may be the person. */
export function judgementRow(row: PersonRow, judgement: Judgement | null, lang: 'id' | 'en'): string {
  if (judgement === null) return [cell(row.id), '', 'different', '', ''].join(',');
  const { match, other } = judgement;
  const { reasons, names } = lang === 'id' ? matchingId : matchingEn;
  const words = match.reasons.map(({ code }) =>
    code.startsWith('name_') && row.name !== other.name
      ? names(reasons[code], row.name, other.name)
      : reasons[code],
  );
  return [cell(row.id), cell(other.id), match.verdict, match.score.toFixed(4), cell(words.join('; '))].join(
    ',',
  );
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
