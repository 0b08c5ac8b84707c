import { maskDocumentNumber } from '../domain/document-number.ts';
import type { FieldName, FormValues } from '../domain/form-fields.ts';
import { coveredText, identityNumbersIn } from '../domain/identity-in-text.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import { maskNik } from '../domain/nik.ts';
import { nameKey } from '../domain/person-name.ts';
import type { PersonRow } from './revise-person.ts';

/** Columns of a person's words that lie there as typed. */
export const OPEN_TEXTS = [
  'name',
  'birth_place',
  'address_line',
  'address_rt',
  'address_rw',
  'present_line',
  'present_rt',
  'present_rw',
  'email',
  'institution',
  'guardian_name',
] as const satisfies readonly (FieldName & keyof PersonRow)[];
type OpenText = (typeof OPEN_TEXTS)[number];

export type PersonTexts = Partial<Pick<PersonRow, OpenText | 'name_key' | 'former_name_keys'>>;

export interface CoveredPerson {
  /** Columns to write, with the key that follows from the name; empty where no number stands in any. */
  readonly patch: PersonTexts;
  readonly fields: readonly (OpenText | 'former_name_keys')[];
}

/**
 * Covers identity numbers in a person's words, as a list that comes in does: an e-mail address goes, since with its digits
 * covered it reaches nobody.
 * @param row any of the columns
 */
export function coveredPerson(row: PersonTexts): CoveredPerson {
  const patch: PersonTexts = {};
  const fields: (OpenText | 'former_name_keys')[] = [];
  for (const column of OPEN_TEXTS) {
    const text = row[column] ?? '';
    const covered = coveredText(text, 'field');
    if (covered === text) continue;
    fields.push(column);
    if (column === 'name') Object.assign(patch, { name: covered, name_key: nameKey(covered) });
    else patch[column] = column === 'email' ? null : covered;
  }
  const former = row.former_name_keys?.map(coveredKey);
  if (former?.some((key, at) => key !== row.former_name_keys?.[at])) {
    patch.former_name_keys = [...new Set(former.filter((key) => key !== ''))];
    fields.push('former_name_keys');
  }
  return { patch, fields };
}

/** Fewest digits that the rule covers. */
const FEWEST = 15;

/** A name's key holds its parts in the order of the alphabet: a number written in pieces is none there any more, but they are. */
function coveredKey(key: string): string {
  if (key.replace(/\D/g, '').length < FEWEST) return key;
  return key
    .split(' ')
    .filter((part) => !/\d/.test(part))
    .join(' ');
}

/** A row of a list that was read before the rule, as it would be read today. */
export function coveredStaged(staged: StagedMember): StagedMember {
  const { address, present, guardian } = staged;
  const text = (value: string) => coveredText(value, 'field');
  const orNull = (value: string | null) => (value === null ? null : text(value));
  const name = text(staged.name);
  const inAddress = <Of extends { line: string; rt: string | null; rw: string | null }>(of: Of): Of => ({
    ...of,
    line: text(of.line),
    rt: orNull(of.rt),
    rw: orNull(of.rw),
  });
  return {
    ...staged,
    name,
    ...(name === staged.name ? {} : { nameKey: nameKey(name) }),
    birthPlace: orNull(staged.birthPlace),
    address: inAddress(address),
    present: present && inAddress(present),
    email: orNull(staged.email) === staged.email ? staged.email : null,
    institution: orNull(staged.institution),
    typeName: orNull(staged.typeName),
    guardian: guardian && { ...guardian, name: text(guardian.name) },
    // Titles of columns.
    leftOver: staged.leftOver.map((title) => coveredText(title, 'words')),
  };
}

/** Values of before and after a change as a page may show them: numbers masked, in texts of before the rule as well. */
export function maskedNumbers(values: FormValues): FormValues {
  const { document_number: number, nik } = values;
  const texts = OPEN_TEXTS.flatMap((field) => {
    const text = values[field];
    return text === undefined ? [] : [[field, maskedText(text)] as const];
  });
  return {
    ...values,
    ...Object.fromEntries(texts),
    ...(number ? { document_number: maskDocumentNumber(number) } : {}),
    ...(nik ? { nik: maskDocumentNumber(nik) } : {}),
  };
}

/** With the last digits of each number in the place of its cover, by which it is known again. */
export function maskedText(text: string): string {
  const covered = coveredText(text, 'field');
  if (covered === text) return text;
  const numbers = identityNumbersIn(text).map(maskNik);
  return `${covered} (${numbers.join(', ')})`;
}
