import type { Context } from 'hono';
import { TextArea, TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { DraftForm } from './draft-form.ts';
import type { FieldState } from './step-fields.tsx';

/** The texts of a draft around its steps: identity, requirements, cost, channels, legal basis. */
export function TextsOfDraft(props: {
  readonly c: Context<LibraryEnv>;
  readonly form: DraftForm;
  readonly state: FieldState;
}) {
  const { c, form, state } = props;
  const { procedures: text } = textsOf(c).office;
  type Name = keyof DraftForm['texts'];
  const base = (name: Name) => ({
    name,
    label: text.fields[name],
    value: form.texts[name],
    error: state.error(name),
    warning: state.missing(name),
    attrs: { lang: 'id' },
  });
  const line = (name: Name) => <TextField {...base(name)} autocomplete="off" />;
  const lines = (name: Name, description = text.onePerLine) => (
    <TextArea
      {...base(name)}
      description={description}
      rows={Math.max(3, form.texts[name].split('\n').length + 1)}
    />
  );
  return (
    <section class="dp-panel" aria-labelledby="bagian-naskah">
      <h2 id="bagian-naskah">{text.document}</h2>
      <div class="dp-cols" data-wide="">
        {line('serviceName')}
        {line('title')}
        {line('number')}
        {line('revision')}
        {lines('requirements')}
        {line('cost')}
        {line('product')}
        <TextField
          {...base('publishedTotalSeconds')}
          description={text.timeHint}
          width="8"
          inputmode="decimal"
          autocomplete="off"
        />
        {lines('complaintChannels', text.channelHint)}
        {lines('legalBasis')}
        {lines('qualifications')}
        {lines('relatedProcedures')}
        {lines('equipment')}
        {lines('records')}
        <TextArea {...base('warning')} rows={3} />
      </div>
    </section>
  );
}
