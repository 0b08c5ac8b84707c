import type { IncomingField } from '../../domain/importing/incoming-member.ts';
import type { ForeignColumn } from '../column-list.ts';

/** Import of SLiMS 9: nineteen columns by their place. Passwords are never read: `mpasswd` has no field. */
export const SLIMS_IMPORT: readonly ForeignColumn[] = [
  { title: 'member_id', field: 'number' },
  { title: 'member_name', field: 'name' },
  { title: 'gender', field: 'sex' },
  { title: 'member_type_name', field: 'member_type' },
  { title: 'member_email', field: 'email' },
  { title: 'member_address', field: 'address_line' },
  { title: 'postal_code', field: 'address_postcode' },
  { title: 'inst_name', field: 'institution' },
  { title: 'is_new', field: null },
  { title: 'member_image', field: 'photo' },
  { title: 'pin', field: 'identity_number' },
  { title: 'member_phone', field: 'phone' },
  { title: 'member_fax', field: null },
  { title: 'member_since_date', field: 'member_since' },
  // When the present period began; the history of renewals is not in the file.
  { title: 'register_date', field: null },
  { title: 'expire_date', field: 'valid_until' },
  { title: 'birth_date', field: 'birth_date' },
  { title: 'member_notes', field: null },
  { title: 'mpasswd', field: null },
];

/** Its export: the same without the password, backslash-escaped, a separator at the end of the header. */
export const SLIMS_EXPORT: readonly ForeignColumn[] = SLIMS_IMPORT.slice(0, -1);

/** Gender is 1 for male, 0 for female. */
export function slimsMeaning(field: IncomingField, text: string): string {
  if (field !== 'sex') return text;
  return { '1': 'L', '0': 'P' }[text] ?? text;
}

/** Whether a row without a header can be one of SLiMS: gender and the three dates are where they belong. */
export function looksLikeSlims(cells: readonly string[]): boolean {
  const isDate = (at: number) => /^(?:\d{4}-\d{2}-\d{2}.*|)$/.test((cells[at] ?? '').trim());
  const width = cells.at(-1)?.trim() === '' && cells.length === 20 ? 19 : cells.length;
  return (
    (width === 18 || width === 19) &&
    /^[01]$/.test((cells[2] ?? '').trim()) &&
    /^\d{4}-\d{2}-\d{2}/.test((cells[13] ?? '').trim()) &&
    [14, 15, 16].every(isDate)
  );
}
