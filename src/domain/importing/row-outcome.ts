import type { IncomingField } from './incoming-member.ts';

/** What becomes of a row: a new member; nothing, the person is on file; an officer decides; nothing, and why. */
export const ROW_OUTCOMES = ['new', 'same', 'look', 'refused'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

export type RefusalCode = 'row_unreadable' | 'name_missing' | 'name_unusable';

/** A value that did not come along as it was, or something to know about the row. */
export const NOTE_CODES = [
  'text_unusable',
  /** An identity number in a text that is not sealed: covered there. */
  'identity_in_text',
  'too_many_cells',
  'word_unknown',
  'date_unreadable',
  'date_impossible',
  'date_in_future',
  'phone_unreadable',
  'second_phone',
  'email_unreadable',
  'identity_unreadable',
  'identity_rounded',
  'identity_type_guessed',
  'number_missing',
  'number_is_nik',
  'number_unusable',
  'number_not_kept',
  'region_as_text',
  'status_unconfirmed',
  'minor_without_guardian',
  'renewal_unreadable',
  'type_unknown',
  'since_missing',
  'photo_missing',
  'photo_unusable',
] as const;
export type NoteCode = (typeof NOTE_CODES)[number];

export interface ImportNote {
  readonly code: NoteCode;
  readonly field?: IncomingField;
  /** What the source says; a personal value, kept sealed with the row. */
  readonly value?: string;
}

/** Why a row has its outcome; beside the note codes, which say what else is to be known. */
export const REASON_CODES = [
  /** This very row was taken over, or decided, before. */
  'imported_before',
  /** The same row stands twice in the file. */
  'row_repeated',
  'same_on_file',
  'same_in_file',
  'alike_on_file',
  'alike_in_file',
  /** The number belongs to somebody else. */
  'number_on_file',
  'number_in_file',
  'row_unreadable',
  'name_missing',
  'name_unusable',
  /** Emptied: the person's data were erased while the row waited. */
  'person_erased',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];
