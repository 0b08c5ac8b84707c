/** Which cards are printed together. */
export const CARD_STATES = ['unprinted', 'printed', 'missing'] as const;
/** `unprinted`: new, or its data changed since; `printed`: once more, with a reason; `missing`: a member without a card. */
export type CardPrintState = (typeof CARD_STATES)[number];

export interface CardChoice {
  readonly state: CardPrintState;
  /** Code of a member type. */
  readonly memberType: string | null;
  readonly servicePointId: string | null;
  /** Part of the name of a school, class or office. */
  readonly institution: string;
  /** Part of a name, or the beginning of a member number. */
  readonly search: string;
}

/** Why cards are printed once more; the words are the interface's. */
export const REPRINT_REASONS = ['misprint', 'worn', 'changed', 'design', 'other'] as const;
export type ReprintReason = (typeof REPRINT_REASONS)[number];

export type BatchRefusal =
  | 'not-allowed'
  | 'nothing-chosen'
  | 'too-many'
  /** Cards that were printed before are printed again for a reason only. */
  | 'reason-needed'
  | 'wrong-place';

/** At most so many cards in one file: what a printer does in a day, and a browser opens. */
export const MOST_CARDS = 10_000;

/** The choice as the print log keeps it: codes only, never what was typed to find somebody. */
export function choiceCode(choice: CardChoice, picked: boolean): string {
  const parts: string[] = [choice.state];
  if (choice.memberType !== null) parts.push(`type=${choice.memberType}`);
  if (choice.institution !== '') parts.push('institution');
  if (choice.search !== '') parts.push('search');
  if (picked) parts.push('picked');
  return parts.join(' ');
}
