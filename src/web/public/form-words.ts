import {
  choicesOf,
  type FieldName,
  type FormContext,
  type FormField,
  type FormValues,
} from '../../domain/form-fields.ts';
import { DOCUMENT_TYPES } from '../../domain/procedure.ts';
import type { FormTexts } from '../../i18n/id/form.ts';
import { type Lang, texts } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import type { Choice } from '../components/choice-fields.tsx';

/** The words of one library's form in one language: labels, hints and choices by name and code. */
export interface FormWords {
  readonly lang: Lang;
  readonly texts: FormTexts;
  label(name: FieldName, values: FormValues): string;
  hint(name: FieldName, values: FormValues): string | undefined;
  /** A code in words; the code itself where the library no longer has it. */
  choice(name: FieldName, code: string): string;
  choices(field: FormField, context: FormContext): readonly Choice[];
}

/** @param asks who reads the questions: the person they are about, or an officer who asks that person */
export function formWords(
  library: LibraryContext,
  lang: Lang,
  asks: 'applicant' | 'officer' = 'applicant',
): FormWords {
  const words = texts(lang).form;
  const { settings } = library;
  const documentOf = (values: FormValues) => DOCUMENT_TYPES.find((type) => type === values.document_type);

  function choice(name: FieldName, code: string): string {
    if (asks === 'officer' && name === 'document_type' && code === 'none') return words.officer.none;
    if (name === 'member_type')
      return settings.memberTypes.find((type) => type.code === code)?.name[lang] ?? code;
    if (name === 'no_document_reason')
      return settings.noDocumentReasons.find((reason) => reason.code === code)?.[lang] ?? code;
    const lists: Partial<Record<FieldName, Readonly<Record<string, string>>>> = words.choices;
    return lists[name]?.[code] ?? code;
  }

  return {
    lang,
    texts: words,
    label(name, values) {
      const type = documentOf(values);
      if (name === 'document_number' && type) return words.numbers[type].label;
      return asks === 'officer' && name === 'present_same' ? words.officer.present_same : words.fields[name];
    },
    hint(name, values) {
      if (name !== 'document_number') return words.hints[name];
      const type = documentOf(values);
      return type ? words.numbers[type].hint : words.numberHint;
    },
    choice,
    choices: (field, context) =>
      choicesOf(field, context).map((code) => {
        const type =
          field.choices === 'member_types' && settings.memberTypes.find((each) => each.code === code);
        const description = type ? type.requirement[lang] : '';
        return {
          value: code,
          label: choice(field.name, code),
          ...(description === '' ? {} : { description }),
        };
      }),
  };
}
