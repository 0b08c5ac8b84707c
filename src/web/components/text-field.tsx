import type { Attributes } from './attributes.ts';
import { controlState, Field, type FieldProps, fieldId } from './field.tsx';

export interface TextFieldProps extends FieldProps {
  readonly value?: string | undefined;
  readonly type?: 'text' | 'email' | 'tel' | 'url' | 'search' | 'password' | 'number' | undefined;
  /** Which keys a phone shows: `numeric` for NIK, codes and numbers. */
  readonly inputmode?: 'text' | 'numeric' | 'decimal' | 'tel' | 'email' | 'search' | undefined;
  readonly autocomplete?: string | undefined;
  readonly maxlength?: number | undefined;
  /** About so many characters wide; the whole column unless told. */
  readonly width?: '2' | '4' | '8' | '16' | undefined;
  /** Numbers and codes: even widths, no correction by the phone. */
  readonly code?: boolean | undefined;
  readonly readonly?: boolean | undefined;
  readonly autofocus?: boolean | undefined;
  /** Id of a `datalist`. */
  readonly list?: string | undefined;
  readonly attrs?: Attributes | undefined;
}

/** One line of text. */
export function TextField(props: TextFieldProps) {
  const noCorrection: Attributes = props.code
    ? { autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' }
    : {};
  return (
    <Field {...props}>
      <input
        class="ds-input"
        id={fieldId(props)}
        name={props.name}
        type={props.type ?? 'text'}
        value={props.value}
        inputmode={props.inputmode}
        autocomplete={props.autocomplete}
        maxlength={props.maxlength}
        readonly={props.readonly}
        autofocus={props.autofocus}
        list={props.list}
        data-width={props.width}
        data-code={props.code ? '' : undefined}
        {...noCorrection}
        {...controlState(props)}
        {...props.attrs}
      />
    </Field>
  );
}

export interface TextAreaProps extends FieldProps {
  readonly value?: string | undefined;
  readonly rows?: number | undefined;
  readonly maxlength?: number | undefined;
  readonly autocomplete?: string | undefined;
  readonly attrs?: Attributes | undefined;
}

/** Several lines of text. */
export function TextArea(props: TextAreaProps) {
  return (
    <Field {...props}>
      <textarea
        class="ds-input"
        id={fieldId(props)}
        name={props.name}
        rows={props.rows ?? 3}
        maxlength={props.maxlength}
        autocomplete={props.autocomplete}
        {...controlState(props)}
        {...props.attrs}
      >
        {props.value ?? ''}
      </textarea>
    </Field>
  );
}
