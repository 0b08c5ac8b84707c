/**
 * A member as another system tells of it: every fact is text, under one name whatever the source calls it. Reading a
 * source means naming its columns with these; what the texts mean is judged in `check-incoming.ts`.
 */
export const INCOMING_FIELDS = [
  'number',
  'name',
  'birth_place',
  'birth_date',
  'sex',
  'identity_type',
  'identity_number',
  'address_line',
  'address_rt',
  'address_rw',
  'address_village',
  'address_district',
  'address_regency',
  'address_province',
  'address_postcode',
  'present_line',
  'present_rt',
  'present_rw',
  'present_village',
  'present_district',
  'present_regency',
  'present_province',
  'phone',
  'phone_other',
  'email',
  'member_type',
  'occupation',
  'education',
  'institution',
  'member_since',
  'valid_until',
  'status',
  'photo',
  'guardian_name',
  'guardian_relation',
  'guardian_phone',
] as const;
export type IncomingField = (typeof INCOMING_FIELDS)[number];

/** Empty cells are absent. */
export type IncomingFacts = Readonly<Partial<Record<IncomingField, string>>>;

/** An extension of a membership in the old system. */
export interface IncomingRenewal {
  /** When it was recorded there; ISO date and time or date. */
  readonly on: string;
  /** The new end, as written. */
  readonly until: string;
}

/** What is wrong with a row as such; wrong values are found later. */
export type RowProblem =
  /** Quotes or marks that no rule of the format explains. */
  | 'row_unreadable'
  /** More cells than the header has names for: some value holds a separator. */
  | 'too_many_cells';

export interface IncomingMember {
  /** As a person finds it in the source: the line of the sheet (the header is 1), or the key in a database. */
  readonly row: number;
  readonly facts: IncomingFacts;
  /** Titles of columns that hold something here and have no place in ours. */
  readonly leftOver: readonly string[];
  readonly renewals: readonly IncomingRenewal[];
  readonly problems: readonly RowProblem[];
}

/** Where members come from; files are recognised by what is in them. */
export const SOURCE_FORMATS = [
  'inlislite-3.2',
  'inlislite-3.3',
  'inlislite-db',
  'slims-csv',
  'slims-db',
  'koha-csv',
  'csv',
  'xlsx',
] as const;
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

/** Tables without a header of their own kind: somebody says which column is what. */
export function wantsMapping(format: SourceFormat): boolean {
  return format === 'csv' || format === 'xlsx';
}
