/** Kinds of data a breach may have touched, by what they mean for the people: as the form lists them. */
export const BREACH_DATA = [
  'name',
  'identity_number',
  'birth',
  'address',
  'contact',
  'photo',
  'document_scan',
  'visits',
  'membership',
  'password',
] as const;
export type BreachData = (typeof BREACH_DATA)[number];
