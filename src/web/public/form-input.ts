import { type FieldName, type FormValues, pickFormValues } from '../../domain/form-fields.ts';
import { datePartsOf } from '../../domain/plain-date.ts';
import { readTypedDate } from '../../domain/typed-date.ts';
import type { FormBody } from '../form-body.ts';

/** Day, month and year as typed, for the three boxes of `DateField`. */
export interface DateBoxes {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

/** The birth date as one text that `readTypedDate` reads; half-filled boxes stay recognisable. */
export function joinDate(boxes: DateBoxes): string {
  const parts = [boxes.day, boxes.month, boxes.year].map((part) => part.trim());
  return parts.every((part) => part === '') ? '' : parts.join('-');
}

/** A date as stored or as `joinDate` made it, back in its boxes. */
export function splitDate(text: string | undefined): DateBoxes {
  const typed = text ?? '';
  const date = readTypedDate(typed);
  if (date) {
    const { day, month, year } = datePartsOf(date);
    return { day: String(day), month: String(month), year: String(year) };
  }
  const [day = '', month = '', year = ''] = typed.split('-');
  return { day, month, year };
}

/** The registration form as a browser sent it: the fields of the definition, nothing else. */
export function readFormValues(body: FormBody): FormValues {
  const raw: Partial<Record<FieldName, string>> = {};
  for (const name of body.names) raw[name as FieldName] = body.text(name);
  const boxes = {
    day: body.text('birth_date.day'),
    month: body.text('birth_date.month'),
    year: body.text('birth_date.year'),
  };
  const date = joinDate(boxes);
  if (date !== '') raw.birth_date = date;
  return pickFormValues(raw);
}

/** What was typed into the search boxes of the two villages. */
export function readVillageTexts(
  body: FormBody,
): Readonly<Record<'address_village' | 'present_village', string>> {
  return {
    address_village: body.text('address_village.cari'),
    present_village: body.text('present_village.cari'),
  };
}
