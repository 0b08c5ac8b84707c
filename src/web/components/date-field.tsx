import { classes, describedBy } from './attributes.ts';
import { type FieldProps, fieldId, Messages } from './field.tsx';
import { Hint } from './hint.tsx';

export interface DateFieldProps extends FieldProps {
  /** As typed, so that an impossible date comes back to be corrected. */
  readonly value?: { readonly day: string; readonly month: string; readonly year: string } | undefined;
  readonly labels: { readonly day: string; readonly month: string; readonly year: string };
  /** `bday` offers the birth date the browser knows. */
  readonly autocomplete?: 'bday' | undefined;
}

/**
 * Day, month and year as three boxes in the order people say them; no calendar to page through, no script.
 * The boxes are named `{name}.day`, `{name}.month`, `{name}.year`; the first has the field's id.
 */
export function DateField(props: DateFieldProps) {
  const id = fieldId(props);
  const parts = ['day', 'month', 'year'] as const;
  const described = describedBy(
    props.description !== undefined && `${id}-about`,
    props.error !== undefined && `${id}-error`,
    props.warning !== undefined && `${id}-warning`,
  );
  return (
    <fieldset
      class={classes('ds-fieldset', props.error !== undefined && 'dp-invalid')}
      aria-describedby={described}
    >
      <legend>
        {props.label} {props.optional && <span class="dp-optional">({props.optional})</span>}
      </legend>
      {props.description !== undefined && (
        <div data-field="description" id={`${id}-about`}>
          {props.description}
        </div>
      )}
      <Messages id={id} error={props.error} warning={props.warning} />
      <div class="dp-date">
        {parts.map((part) => {
          const partId = part === 'day' ? id : `${id}.${part}`;
          return (
            <div>
              <label for={partId}>{props.labels[part]}</label>
              <input
                class="ds-input"
                id={partId}
                name={`${props.name}.${part}`}
                type="text"
                inputmode="numeric"
                maxlength={part === 'year' ? 4 : 2}
                data-width={part === 'year' ? '4' : '2'}
                value={props.value?.[part]}
                autocomplete={props.autocomplete ? `${props.autocomplete}-${part}` : 'off'}
                aria-invalid={props.error === undefined ? undefined : 'true'}
                aria-required={props.required ? 'true' : undefined}
              />
            </div>
          );
        })}
      </div>
      {props.why && <Hint {...props.why} />}
    </fieldset>
  );
}
