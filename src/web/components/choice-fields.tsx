import type { Child, PropsWithChildren } from '../jsx/jsx-runtime.ts';
import { type Attributes, classes, describedBy } from './attributes.ts';
import { controlState, Field, type FieldProps, fieldId, Messages } from './field.tsx';
import { Hint } from './hint.tsx';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly attrs?: Attributes | undefined;
}

export interface SelectFieldProps extends FieldProps {
  readonly value?: string | undefined;
  readonly choices: readonly Choice[];
  /** First, empty choice: `Pilih`. */
  readonly placeholder?: string | undefined;
  readonly autocomplete?: string | undefined;
  readonly attrs?: Attributes | undefined;
}

/** One of many, closed. Up to about six choices are better as a `RadioGroup`. */
export function SelectField(props: SelectFieldProps) {
  return (
    <Field {...props}>
      <select
        class="ds-input"
        id={fieldId(props)}
        name={props.name}
        autocomplete={props.autocomplete}
        {...controlState(props)}
        {...props.attrs}
      >
        {props.placeholder !== undefined && <option value="">{props.placeholder}</option>}
        {props.choices.map((choice) => (
          <option value={choice.value} selected={choice.value === props.value} disabled={choice.disabled}>
            {choice.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface OneChoiceProps {
  readonly type: 'radio' | 'checkbox';
  readonly id: string;
  readonly name: string;
  readonly choice: Choice;
  readonly checked: boolean;
  readonly outline: boolean;
  readonly state?: Record<string, string | undefined> | undefined;
}

/** A box with its label as one large target. `dp-choice` stands for the design system's `:has(input)`. */
function OneChoice({ type, id, name, choice, checked, outline, state }: OneChoiceProps) {
  const about = choice.description === undefined ? undefined : `${id}-about`;
  return (
    <div class="ds-field dp-choice" data-variant={outline ? 'outline' : undefined}>
      <input
        class="ds-input"
        type={type}
        id={id}
        name={name}
        value={choice.value}
        checked={checked}
        disabled={choice.disabled}
        {...state}
        aria-describedby={describedBy(state?.['aria-describedby'], about)}
        {...choice.attrs}
      />
      <label for={id}>{choice.label}</label>
      {about && (
        <div data-field="description" id={about}>
          {choice.description}
        </div>
      )}
    </div>
  );
}

export interface ChoiceGroupProps extends FieldProps {
  readonly choices: readonly Choice[];
  /** Rows with a border: easier to hit on a phone. The desk uses the plain ones. */
  readonly outline?: boolean | undefined;
}

function ChoiceGroup(
  props: ChoiceGroupProps & { readonly type: 'radio' | 'checkbox'; readonly chosen: readonly string[] },
) {
  const id = fieldId(props);
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
      <div class="dp-choices">
        {props.choices.map((choice, index) => (
          <OneChoice
            type={props.type}
            id={index === 0 ? id : `${id}-${choice.value}`}
            name={props.name}
            choice={choice}
            checked={props.chosen.includes(choice.value)}
            outline={props.outline ?? true}
            state={props.error === undefined ? undefined : { 'aria-invalid': 'true' }}
          />
        ))}
      </div>
      {props.why && <Hint {...props.why} />}
    </fieldset>
  );
}

/** One of a few, all seen. The first radio has the field's id, so that an error's link lands on it. */
export function RadioGroup(props: ChoiceGroupProps & { readonly value?: string | undefined }) {
  return <ChoiceGroup {...props} type="radio" chosen={props.value === undefined ? [] : [props.value]} />;
}

/** Any of a few. */
export function CheckboxGroup(props: ChoiceGroupProps & { readonly values?: readonly string[] | undefined }) {
  return <ChoiceGroup {...props} type="checkbox" chosen={props.values ?? []} />;
}

export interface CheckboxFieldProps extends Omit<FieldProps, 'description'> {
  readonly checked?: boolean | undefined;
  /** Sent when ticked; `ya` unless told. */
  readonly value?: string | undefined;
  readonly description?: string | undefined;
  readonly outline?: boolean | undefined;
  readonly attrs?: Attributes | undefined;
}

/** One box: a consent, an acknowledgement. Never ticked beforehand where it is a consent. */
export function CheckboxField(props: CheckboxFieldProps) {
  const id = fieldId(props);
  const choice: Choice = {
    value: props.value ?? 'ya',
    label: props.label,
    description: props.description,
    attrs: props.attrs,
  };
  const { 'aria-describedby': _own, ...state } = controlState(props);
  return (
    <div class={classes(props.error !== undefined && 'dp-invalid') || undefined}>
      <Messages id={id} error={props.error} warning={props.warning} />
      <OneChoice
        type="checkbox"
        id={id}
        name={props.name}
        choice={choice}
        checked={props.checked ?? false}
        outline={props.outline ?? true}
        state={{
          ...state,
          'aria-describedby': describedBy(
            props.error !== undefined && `${id}-error`,
            props.warning !== undefined && `${id}-warning`,
          ),
        }}
      />
      {props.why && <Hint {...props.why} />}
    </div>
  );
}

export interface FieldsetProps {
  readonly legend: string;
  readonly description?: Child | undefined;
  /** The legend as the title of a page or a section. */
  readonly title?: boolean | undefined;
  readonly id?: string | undefined;
}

/** A group of fields under one heading. */
export function Fieldset(props: PropsWithChildren<FieldsetProps>) {
  return (
    <fieldset class="ds-fieldset" id={props.id}>
      <legend class={props.title ? 'dp-legend--title' : undefined}>{props.legend}</legend>
      {props.description !== undefined && <div data-field="description">{props.description}</div>}
      <div class="dp-stack">{props.children}</div>
    </fieldset>
  );
}
