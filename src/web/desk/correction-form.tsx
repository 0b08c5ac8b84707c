import type { CorrectableField } from '../../domain/form-fields.ts';
import { TextArea } from '../components/text-field.tsx';
import { type CaseFormProps, FormError, list, ReasonKeys, text, Version } from './form-parts.tsx';
import { codedText } from './words.ts';

/** What is asked for in practice; an address is asked for whole. */
const ASKABLE = [
  'document_type',
  'document_number',
  'name',
  'birth_place',
  'birth_date',
  'sex',
  'address_line',
  'address_village',
  'present_same',
  'phone',
  'email',
  'institution',
  'member_type',
] as const satisfies readonly CorrectableField[];

/** RT and RW belong to the line they stand beside. */
export function wholeFields(fields: readonly CorrectableField[]): readonly CorrectableField[] {
  return fields.flatMap((field): readonly CorrectableField[] =>
    field === 'address_line' ? ['address_line', 'address_rt', 'address_rw'] : [field],
  );
}

/** Named fields and a reason by one key; a message of the officer's own as the exception. */
export function RequestCorrection({ view, texts, lang, library, base, form }: CaseFormProps) {
  const { correction } = texts.desk;
  const fields: readonly CorrectableField[] = [
    ...ASKABLE,
    ...(view.isChild ? (['guardian_name', 'guardian_relation'] as const) : []),
    'photo',
  ];
  const label = (field: CorrectableField) => correction.labels[field] ?? texts.form.fields[field];
  const reasons = library.settings.correctionReasons;
  return (
    <form method="post" action={`${base}/minta-perbaikan`} class="dp-stack" data-gap="s" data-keep="">
      <Version view={view} />
      <p class="dp-small dp-muted">{correction.about}</p>
      {!view.mayMessage && <p class="dp-small">{correction.noConsent}</p>}
      <fieldset class="ds-fieldset dp-ticks" id="bagian">
        <legend>{correction.fields}</legend>
        <FormError error={form.errors.bagian} />
        <div class="dp-ticks__list">
          {fields.map((field) => (
            <label>
              <input
                type="checkbox"
                name="bagian"
                value={field}
                checked={list(form, 'bagian').includes(field)}
              />{' '}
              {label(field)}
            </label>
          ))}
        </div>
      </fieldset>
      <TextArea
        name="pesan"
        label={correction.message}
        description={correction.messageAbout}
        rows={2}
        maxlength={500}
        value={text(form, 'pesan')}
        error={form.errors.pesan}
      />
      <FormError error={form.errors.alasan} />
      <p class="dp-small" id="alasan-perbaikan">
        {correction.reason}
      </p>
      <ReasonKeys name="alasan" reasons={reasons.map(({ code }) => [code, codedText(lang, reasons, code)])} />
    </form>
  );
}
