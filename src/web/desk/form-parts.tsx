import { Button } from '../components/button.tsx';
import type { CasePanelProps } from './panel-props.ts';

/** What was typed and refused comes back with what is wrong. */
export interface FormState {
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  readonly errors: Readonly<Record<string, string>>;
}
export const CLEAN: FormState = { values: {}, errors: {} };

/** A form of the case page: the case, and what was typed into it before. */
export type CaseFormProps = CasePanelProps & { readonly form: FormState };

export const text = (form: FormState, name: string): string => {
  const value = form.values[name];
  return typeof value === 'string' ? value : '';
};
export const list = (form: FormState, name: string): readonly string[] => {
  const value = form.values[name];
  return typeof value === 'string' ? [value] : (value ?? []);
};

export function Version({ view }: Pick<CasePanelProps, 'view'>) {
  return <input type="hidden" name="versi" value={String(view.row.version)} />;
}

export function FormError({ error }: { readonly error: string | undefined }) {
  return error === undefined ? null : (
    <p class="ds-validation-message" role="alert">
      {error}
    </p>
  );
}

/** One key a reason: the first nine have their number. */
export function ReasonKeys(props: {
  readonly name: string;
  readonly reasons: readonly (readonly [string, string])[];
  readonly tone?: 'danger' | undefined;
}) {
  return (
    <div class="dp-reasons">
      {props.reasons.map(([code, label], index) => (
        <Button
          variant="secondary"
          tone={props.tone}
          name={props.name}
          value={code}
          shortcut={index < 9 ? String(index + 1) : undefined}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}
