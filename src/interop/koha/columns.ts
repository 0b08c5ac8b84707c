import type { IncomingField } from '../../domain/importing/incoming-member.ts';
import type { ForeignColumn } from '../column-list.ts';

/** Patron import of Koha: names of the borrowers table in any order; `password` is never read. */
export const KOHA: readonly ForeignColumn[] = [
  { title: 'cardnumber', field: 'number' },
  { title: 'surname', field: 'name' },
  { title: 'firstname', field: null },
  { title: 'dateofbirth', field: 'birth_date' },
  { title: 'sex', field: 'sex' },
  { title: 'address', field: 'address_line' },
  { title: 'city', field: 'address_regency' },
  { title: 'state', field: 'address_province' },
  { title: 'zipcode', field: 'address_postcode' },
  { title: 'mobile', field: 'phone' },
  { title: 'phone', field: 'phone_other' },
  { title: 'email', field: 'email' },
  { title: 'categorycode', field: 'member_type' },
  { title: 'branchcode', field: null },
  { title: 'dateenrolled', field: 'member_since' },
  { title: 'dateexpiry', field: 'valid_until' },
  { title: 'contactname', field: 'guardian_name' },
  { title: 'relationship', field: 'guardian_relation' },
];

/** Koha's categories as its sample data name them. */
const CATEGORIES: Readonly<Record<string, string>> = { PT: 'Umum', ST: 'Mahasiswa', J: 'Anak', S: 'ASN' };

export function kohaMeaning(field: IncomingField, text: string): string {
  return field === 'member_type' ? (CATEGORIES[text] ?? text) : text;
}
