import type { Context } from 'hono';
import { DOCUMENT_FORMS } from '../../../usecases/procedure-schema.ts';
import { CheckboxField, CheckboxGroup, RadioGroup } from '../../components/choice-fields.tsx';
import { Messages } from '../../components/field.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { DraftForm } from './draft-form.ts';
import type { FieldState } from './step-fields.tsx';

interface Props {
  readonly c: Context<LibraryEnv>;
  readonly form: DraftForm;
  readonly state: FieldState;
}

/** Which documents are accepted, how each may be shown, and whether one of them is enough. */
export function DocumentFields({ c, form, state }: Props) {
  const { office, service } = textsOf(c);
  const { procedures: text } = office;
  const names: Readonly<Record<string, string>> = service.documents;
  return (
    <section class="dp-panel dp-stack" aria-labelledby="documents">
      <h2 id="documents" tabindex={-1}>
        {text.fields.documents}
      </h2>
      <p class="dp-small dp-muted">{text.documentsAbout}</p>
      <Messages id="documents" error={state.error('documents')} warning={state.missing('documents')} />
      <div class="dp-documents">
        {form.documents.map(({ type, forms }) => (
          <CheckboxGroup
            name={`documents.${type}`}
            label={names[type] ?? type}
            values={forms}
            outline={false}
            error={state.error(`documents.${type}`)}
            warning={state.missing(`documents.${type}`)}
            choices={DOCUMENT_FORMS.map((shown) => ({ value: shown, label: text.forms[shown] }))}
          />
        ))}
      </div>
      <RadioGroup
        name="documentsRule"
        label={text.fields.documentsRule}
        value={form.documentsRule}
        outline={false}
        error={state.error('documentsRule')}
        choices={[
          { value: 'any', label: text.rule.any },
          { value: 'all', label: text.rule.all },
        ]}
      />
    </section>
  );
}

/** Who has a column in the flow table, and what stands above it. */
export function ColumnFields({ c, form, state }: Props) {
  const { procedures: text } = textsOf(c).office;
  const actors: Readonly<Record<string, string>> = text.actors;
  return (
    <section class="dp-panel dp-stack" aria-labelledby="actorColumns">
      <h2 id="actorColumns" tabindex={-1}>
        {text.fields.actorColumns}
      </h2>
      <p class="dp-small dp-muted">{text.columnsAbout}</p>
      <Messages
        id="actorColumns"
        error={state.error('actorColumns')}
        warning={state.missing('actorColumns')}
      />
      <div class="dp-columns">
        {form.columns.map(({ actor, label, shown }) => (
          <div>
            <input type="hidden" name="kolom" value={actor} />
            <CheckboxField
              name={`actorColumns.${actor}.shown`}
              label={actors[actor] ?? actor}
              checked={shown}
              outline={false}
            />
            <TextField
              name={`actorColumns.${actor}`}
              label={text.columnLabel(actors[actor] ?? actor)}
              value={label}
              error={state.error(`actorColumns.${actor}`)}
              warning={state.missing(`actorColumns.${actor}`)}
              attrs={{ lang: 'id' }}
              autocomplete="off"
            />
          </div>
        ))}
      </div>
    </section>
  );
}
