/**
 * What a person may ask of their data (UU 27/2022): a copy (Ps. 7), a correction (Ps. 6), erasure (Ps. 8), that
 * processing stops (Ps. 10, 11), and that a consent is taken back (Ps. 9).
 */
export const RIGHTS_KINDS = ['access', 'correct', 'erase', 'object', 'withdraw'] as const;
export type RightsKind = (typeof RIGHTS_KINDS)[number];

export const RIGHTS_STATES = ['open', 'done', 'refused', 'held'] as const;
export type RightsState = (typeof RIGHTS_STATES)[number];

/**
 * Why something is not done, or not yet. `archive`: kept by the archive's retention schedule; `loans`: something is
 * still on loan or owed; `dispute`: needed for a legal claim; `law`: another law asks for it; `not_the_person`: whoever
 * asked could not show who they are; `settled`: it was settled with the person.
 */
export const HOLD_REASONS = ['archive', 'loans', 'dispute', 'law'] as const;
export const REFUSE_REASONS = ['not_the_person', 'law', 'settled'] as const;
export type RightsReason = (typeof HOLD_REASONS)[number] | (typeof REFUSE_REASONS)[number];

/** "Paling lambat 3 x 24 jam": Ps. 30, 32, 40, 41 and, for a breach, 46. */
export const RIGHTS_HOURS = 72;

/** When something received at `at` must have been answered. */
export function dueAt(at: Date): Date {
  return new Date(at.getTime() + RIGHTS_HOURS * 3_600_000);
}

/** Hours and minutes that are left until `due`; negative after it. In minutes, towards the past. */
export function minutesLeft(due: Date, at: Date): number {
  return Math.floor((due.getTime() - at.getTime()) / 60_000);
}
