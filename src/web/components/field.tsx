import type { Child, PropsWithChildren } from '../jsx/jsx-runtime.ts';
import { classes, describedBy } from './attributes.ts';
import { Hint, type HintProps } from './hint.tsx';

/** What every field has. `id` is the name unless told; errors link to it. */
export interface FieldProps {
  readonly name: string;
  readonly id?: string | undefined;
  readonly label: string;
  /** Shown after the label of what may stay empty: `boleh dikosongkan`. */
  readonly optional?: string | undefined;
  readonly required?: boolean | undefined;
  readonly description?: Child | undefined;
  /** What is wrong and what to do; the typed value is kept. */
  readonly error?: string | undefined;
  /** Worth a look, refuses nothing: a NIK that disagrees with the birth date. */
  readonly warning?: string | undefined;
  readonly why?: HintProps | undefined;
}

export const fieldId = (props: { readonly id?: string | undefined; readonly name: string }): string =>
  props.id ?? props.name;

/** Ids of what describes the control, for `aria-describedby`. */
export function fieldDescription(props: FieldProps): string | undefined {
  const id = fieldId(props);
  return describedBy(
    props.description !== undefined && `${id}-about`,
    props.error !== undefined && `${id}-error`,
    props.warning !== undefined && `${id}-warning`,
  );
}

/** State of a control as assistive technology reads it; browsers' own bubbles are not used. */
export function controlState(props: FieldProps): Record<string, string | undefined> {
  return {
    'aria-invalid': props.error === undefined ? undefined : 'true',
    'aria-required': props.required ? 'true' : undefined,
    'aria-describedby': fieldDescription(props),
  };
}

/** Error and warning of a field or a group. */
export function Messages(props: Pick<FieldProps, 'error' | 'warning'> & { readonly id: string }) {
  return (
    <>
      {props.error !== undefined && (
        <p class="ds-validation-message" id={`${props.id}-error`}>
          {props.error}
        </p>
      )}
      {props.warning !== undefined && (
        <p class="ds-validation-message" data-color="warning" id={`${props.id}-warning`}>
          {props.warning}
        </p>
      )}
    </>
  );
}

/** Label, description, messages and control in the order they are read. */
export function Field(props: PropsWithChildren<FieldProps>) {
  const id = fieldId(props);
  return (
    <div class={classes('ds-field', props.error !== undefined && 'dp-invalid')}>
      <label for={id}>
        {props.label} {props.optional && <span class="dp-optional">({props.optional})</span>}
      </label>
      {props.description !== undefined && (
        <div data-field="description" id={`${id}-about`}>
          {props.description}
        </div>
      )}
      <Messages id={id} error={props.error} warning={props.warning} />
      {props.children}
      {props.why && <Hint {...props.why} />}
    </div>
  );
}
