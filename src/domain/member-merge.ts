/** Why an officer says that two records are two people: one key each. */
export const DIFFERENT_REASONS = ['other_person', 'family', 'twin', 'old_data'] as const;
export type DifferentReason = (typeof DIFFERENT_REASONS)[number];

/** Why two memberships are one person's. */
export const MERGE_REASONS = ['applied_twice', 'imported_twice', 'mistyped', 'request'] as const;
export type MergeReason = (typeof MERGE_REASONS)[number];

/** Why a merge is taken back; the first is remembered as "different people". */
export const UNDO_REASONS = ['different_people', 'wrong_fields'] as const;
export type UndoReason = (typeof UNDO_REASONS)[number];

/**
 * What is chosen when two memberships are merged. What belongs together is one choice: the number of a KTP is the
 * NIK, and a village without its street is no address.
 */
export const MERGE_FIELDS = [
  'name',
  'birth_place',
  'birth_date',
  'sex',
  'identity',
  'family_card',
  'address',
  'present',
  'phone',
  'email',
  'education',
  'occupation',
  'institution',
  'member_type',
  'guardian',
  'photo',
  'validity',
  'member_since',
  'state',
] as const;
export type MergeField = (typeof MERGE_FIELDS)[number];
