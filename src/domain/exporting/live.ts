import type { FeedFailure } from './feed.ts';
import type { Fitted, Misfit, OutgoingMember } from './outgoing-member.ts';
import type { LiveTexts, RowThere } from './reconcile.ts';

/** What is done to the row there, decided while it cannot change. */
export type LiveOrder =
  | { readonly kind: 'insert' }
  /** `erases`: a key there that is a NIK is changed too, where nothing hangs on it. */
  | { readonly kind: 'write'; readonly fields: readonly string[]; readonly erases?: boolean }
  | { readonly kind: 'hold' };

/** Why nothing goes to a lending system now. */
export interface LiveFailure {
  readonly failure: FeedFailure;
  /** What to do about it where it is a statement to copy, such as a GRANT; never a secret. */
  readonly note: string | null;
}

export type PutAnswer =
  /** As the row stands now. */
  | { readonly kind: 'done'; readonly row: RowThere }
  | { readonly kind: 'held'; readonly row: RowThere | null }
  | { readonly kind: 'refused'; readonly misfits: readonly Misfit[] }
  /** Only this row is in somebody's way just now. */
  | { readonly kind: 'later' }
  /** Nobody else would fare better now. */
  | ({ readonly kind: 'stop' } & LiveFailure);

/** A lending system that is spoken to, opened for one run. */
export interface LiveSystem {
  /**
   * Every field that is ours to write there, as it will stand there. A person who was erased has no name: what came
   * from here becomes empty, and what else hangs on the row (loans) stays.
   */
  shape(member: OutgoingMember): Fitted<LiveTexts>;
  /**
   * Finds the row by its key there or by the member number, asks `decide` and does it: in one transaction where the
   * system has such, so that nothing comes between looking and writing.
   */
  put(
    wanted: { readonly id: string | null; readonly number: string; readonly values: LiveTexts },
    decide: (row: RowThere | null) => LiveOrder,
  ): Promise<PutAnswer>;
  close(): Promise<void>;
}

/** Fields that a person may take over from there into a member of ours; the others are decided here alone. */
export const TAKEABLE = [
  'name',
  'birth_place',
  'birth_date',
  'sex',
  'phone',
  'email',
  'institution',
] as const;
export type Takeable = (typeof TAKEABLE)[number];
