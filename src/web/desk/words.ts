import type { FieldName, FormValues } from '../../domain/form-fields.ts';
import type { Phone } from '../../domain/ids.ts';
import type { CodedText, LocalText } from '../../domain/library-settings.ts';
import { formatPhone } from '../../domain/phone.ts';
import { ageOn, parsePlainDate, plainDateIn } from '../../domain/plain-date.ts';
import type { DocumentType } from '../../domain/procedure.ts';
import { formatDate } from '../../i18n/format.ts';
import type { Lang, Texts } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';

/** What turns codes into words on the desk's pages. */
export interface Words {
  readonly lang: Lang;
  readonly texts: Texts;
  readonly library: LibraryContext;
}

/** `A-012`-less: the number as people hear it called, at least three digits. */
export function queueNumber(number: number): string {
  return String(number).padStart(3, '0');
}

/** The text of a library's own list; its code where the list no longer has it. */
export function codedText(lang: Lang, list: readonly CodedText[], code: string): string {
  return list.find((each) => each.code === code)?.[lang] ?? code;
}

export function localText(lang: Lang, text: LocalText | undefined, otherwise: string): string {
  return text?.[lang] || text?.id || otherwise;
}

export function memberTypeName({ lang, library }: Words, code: string): string {
  return localText(lang, library.settings.memberTypes.find((type) => type.code === code)?.name, code);
}

export function documentName(texts: Texts, type: string): string {
  return texts.desk.identity.documents[type as DocumentType] ?? type;
}

/** One field as a person reads it; empty where it is not filled. */
export function valueText(
  words: Words,
  name: FieldName,
  values: FormValues,
  regions: Readonly<Record<string, string>>,
): string {
  const { lang, texts, library } = words;
  const value = values[name] ?? '';
  if (value === '') return '';
  switch (name) {
    case 'document_type':
      return value === 'none' ? texts.desk.identity.noDocument : documentName(texts, value);
    case 'no_document_reason':
      return codedText(lang, library.settings.noDocumentReasons, value);
    case 'birth_date':
      return formatDate(lang, value);
    case 'sex':
    case 'present_same':
    case 'occupation':
    case 'education':
    case 'guardian_relation': {
      const choices: Readonly<Record<string, string>> = texts.form.choices[name];
      return choices[value] ?? value;
    }
    case 'address_village':
    case 'present_village':
      return regions[value] ?? value;
    case 'phone':
    case 'guardian_phone':
      return formatPhone(value as Phone);
    case 'member_type':
      return memberTypeName(words, value);
    default:
      return value;
  }
}

/** Address in one line: `Jl. Contoh 3, RT 003 RW 001, Desa X, Kec. Y, …`. */
export function addressText(
  which: 'address' | 'present',
  values: FormValues,
  regions: Readonly<Record<string, string>>,
): string {
  const line = values[`${which}_line`] ?? '';
  const rt = values[`${which}_rt`];
  const rw = values[`${which}_rw`];
  const village = values[`${which}_village`] ?? '';
  const block = [rt ? `RT ${rt}` : '', rw ? `RW ${rw}` : ''].filter((part) => part !== '').join(' ');
  return [line, block, regions[village] ?? village].filter((part) => part !== '').join(', ');
}

/** Full years today; undefined where the date cannot be read (a masked one). */
export function ageText(words: Words, birthDate: string, now: Date): string | undefined {
  const birth = parsePlainDate(birthDate);
  if (!birth) return undefined;
  const age = ageOn(birth, plainDateIn(words.library.settings.profile.timezone, now));
  return words.texts.desk.data.age(age);
}

/** Sixteen digits in fours, as eyes compare them; anything else as it is. */
export function groupDigits(number: string): string {
  return /^\d{16}$/.test(number) ? (number.match(/\d{4}/g) ?? []).join(' ') : number;
}
