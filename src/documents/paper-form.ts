import {
  choicesOf,
  FORM_GROUPS,
  type FormContext,
  type FormField,
  type GroupName,
} from '../domain/form-fields.ts';

/** One field of a blank paper form, in the order of the desk's screen. */
export interface PaperField {
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'text' | 'digits' | 'date' | 'choice' | 'address' | 'signature';
  /** One box a letter or digit, such as 16 for a NIK; text and digits only. */
  readonly boxes?: number;
  /** Lines to write on; text only, 1 unless told. */
  readonly lines?: number;
  /** Boxes to cross; choice only. */
  readonly options?: readonly string[];
  /** Shares its row with the next field that is half as well. */
  readonly half?: boolean;
}

export interface PaperSection {
  readonly title: string;
  readonly note?: string;
  readonly fields: readonly PaperField[];
}

export interface PaperConsent {
  readonly label: string;
  readonly text: string;
  /** `acknowledge`: one box. `choice`: agree or not, both empty; refusing never blocks. */
  readonly kind: 'acknowledge' | 'choice';
}

/** A blank form for one library, all words in the language it is printed in. */
export interface PaperForm {
  readonly title: string;
  readonly library: {
    readonly name: string;
    readonly address?: string;
    readonly colour: string;
    readonly emblem?: Buffer;
  };
  readonly lang: 'id' | 'en';
  /** Stands before the first field: what to bring, and the privacy notice. */
  readonly intro?: readonly { readonly title: string; readonly text: string }[];
  readonly sections: readonly PaperSection[];
  readonly consents: readonly PaperConsent[];
  /** After the consents: the applicant's and, for a child, the guardian's signature. */
  readonly signatures: readonly { readonly label: string; readonly hint?: string }[];
  /** Printed where a ticket was given already. */
  readonly ticket?: string;
  /** Address of the online form, as a QR with the address beside it. */
  readonly onlineUrl?: string;
  readonly now: Date;
}

/** The words of the screens, by name and code. */
export interface FormWords {
  readonly group: (name: GroupName) => string;
  readonly field: (name: FormField['name']) => string;
  readonly choice: (name: FormField['name'], code: string) => string;
  readonly hint?: (name: FormField['name']) => string | undefined;
}

/**
 * The sections of the paper form from the one form definition. On paper nothing can be hidden by an answer, so
 * every field is printed; boxes to tick (consents) are left to `PaperForm.consents`.
 */
export function paperSections(context: FormContext, words: FormWords): readonly PaperSection[] {
  return FORM_GROUPS.map((group) => ({
    title: words.group(group.name),
    fields: group.fields.flatMap((field) => paperField(field, context, words)),
  })).filter((section) => section.fields.length > 0);
}

function paperField(field: FormField, context: FormContext, words: FormWords): readonly PaperField[] {
  const hint = words.hint?.(field.name);
  const common = { label: words.field(field.name), ...(hint === undefined ? {} : { hint }) };
  switch (field.kind) {
    case 'choice':
      return [
        {
          ...common,
          kind: 'choice',
          options: choicesOf(field, context).map((code) => words.choice(field.name, code)),
        },
      ];
    case 'date':
      return [{ ...common, kind: 'date' }];
    case 'village':
      return [{ ...common, kind: 'address' }];
    case 'digits':
      return field.maxLength === 3
        ? [{ ...common, kind: 'digits', boxes: 3, half: true }]
        : [{ ...common, kind: 'digits', boxes: 16 }];
    case 'phone':
      return [{ ...common, kind: 'digits', boxes: 14 }];
    case 'name':
      // Names of 60 letters and more are common; the one on the card gets the room.
      return [{ ...common, kind: 'text', lines: field.name === 'name' ? 2 : 1 }];
    case 'email':
      return [{ ...common, kind: 'text' }];
    case 'text':
      // Numbers of documents are compared letter by letter: in boxes they are written legibly.
      return [
        field.name === 'document_number'
          ? { ...common, kind: 'text', boxes: 18 }
          : { ...common, kind: 'text' },
      ];
    case 'checkbox':
    case 'hidden':
      return [];
    default: {
      const unknown: never = field.kind;
      throw new RangeError(`no paper for ${String(unknown)}`);
    }
  }
}
