import { GUARDIAN_RELATIONS } from '../../domain/applicant.ts';
import { Button } from '../components/button.tsx';
import { CheckboxField, RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { FileField } from '../components/file-field.tsx';
import { TextField } from '../components/text-field.tsx';
import { type CaseFormProps, list, text, Version } from './form-parts.tsx';
import { valueText } from './words.ts';

/** The guardian stands here, or gave a signed sheet, which is scanned as the proof. */
export function GuardianForm({ view, texts, base, form, ...words }: CaseFormProps) {
  const { guardian } = texts.desk;
  const value = (name: string, stored: string) => text(form, name) || stored;
  const { values, regions } = view;
  return (
    <form
      method="post"
      action={`${base}/wali`}
      enctype="multipart/form-data"
      class="dp-stack"
      data-gap="s"
      data-keep=""
    >
      <Version view={view} />
      <p class="dp-small dp-muted">{guardian.about}</p>
      <TextField
        name="nama"
        label={guardian.name}
        value={value('nama', values.guardian_name ?? '')}
        error={form.errors.nama}
        autocomplete="off"
        required
      />
      <SelectField
        name="hubungan"
        label={guardian.relation}
        value={value('hubungan', values.guardian_relation ?? '')}
        error={form.errors.hubungan}
        placeholder={texts.common.field.choose}
        choices={GUARDIAN_RELATIONS.map((relation) => ({
          value: relation,
          label: texts.form.choices.guardian_relation[relation],
        }))}
        required
      />
      <TextField
        name="telepon"
        label={guardian.phone}
        type="tel"
        value={value('telepon', valueText({ texts, ...words }, 'guardian_phone', values, regions))}
        error={form.errors.telepon}
        optional={texts.common.field.optional}
        autocomplete="off"
      />
      <RadioGroup
        name="cara"
        label={guardian.how}
        outline={false}
        value={text(form, 'cara') || 'here'}
        choices={[
          { value: 'here', label: guardian.here },
          { value: 'paper', label: guardian.paper },
        ]}
      />
      <FileField
        name="lembar"
        label={guardian.letter}
        description={guardian.letterAbout}
        error={form.errors.lembar}
        accept="image/jpeg,image/png,image/webp,application/pdf"
      />
      <CheckboxField
        name="foto"
        label={guardian.photo}
        outline={false}
        checked={list(form, 'foto').includes('ya')}
      />
      <CheckboxField
        name="pesan"
        label={guardian.messages}
        outline={false}
        checked={list(form, 'pesan').includes('ya')}
      />
      <Button>{guardian.submit}</Button>
    </form>
  );
}
