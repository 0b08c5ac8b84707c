import type { Attributes } from './attributes.ts';
import { controlState, Field, type FieldProps, fieldId } from './field.tsx';

export interface FileFieldProps extends FieldProps {
  /** `image/jpeg,image/png,…` */
  readonly accept?: string | undefined;
  /** Opens the camera of a phone: `user` the front one, `environment` the back one. */
  readonly capture?: 'user' | 'environment' | undefined;
  readonly multiple?: boolean | undefined;
  readonly attrs?: Attributes | undefined;
}

/** A file. Works without script and without a secure connection, where the camera element does not. */
export function FileField(props: FileFieldProps) {
  return (
    <Field {...props}>
      <input
        class="ds-input"
        type="file"
        id={fieldId(props)}
        name={props.name}
        accept={props.accept}
        capture={props.capture}
        multiple={props.multiple}
        {...controlState(props)}
        {...props.attrs}
      />
    </Field>
  );
}
