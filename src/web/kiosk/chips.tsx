import { EDUCATIONS, OCCUPATIONS, SEXES } from '../../domain/applicant.ts';
import type { FormTexts } from '../../i18n/id/form.ts';

export interface ChipsProps {
  readonly name: string;
  readonly legend: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  /** One larger row: two answers. */
  readonly large?: boolean | undefined;
}

/** One of a few as tiles under a thumb; radio buttons for the keyboard and screen readers. */
export function Chips(props: ChipsProps) {
  return (
    <fieldset
      class="kp-chips"
      aria-describedby={props.error === undefined ? undefined : `${props.name}-error`}
    >
      <legend>{props.legend}</legend>
      {props.error !== undefined && (
        <p class="ds-validation-message" id={`${props.name}-error`}>
          {props.error}
        </p>
      )}
      <div class="kp-chips__row" data-large={props.large ? '' : undefined}>
        {props.choices.map((choice, index) => {
          const id = index === 0 ? props.name : `${props.name}-${choice.value}`;
          return (
            <span class="kp-chip">
              <input
                type="radio"
                id={id}
                name={props.name}
                value={choice.value}
                checked={choice.value === props.value}
                autocomplete="off"
              />
              <label for={id}>{choice.label}</label>
            </span>
          );
        })}
      </div>
    </fieldset>
  );
}

/** Sex, education and occupation in the words of the registration form, whose answers they become. */
export function personChoices(form: FormTexts) {
  const list = <Code extends string>(codes: readonly Code[], words: Readonly<Record<Code, string>>) =>
    codes.map((value) => ({ value, label: words[value] }));
  return {
    sex: list(SEXES, form.choices.sex),
    education: list(EDUCATIONS, form.choices.education),
    occupation: list(OCCUPATIONS, form.choices.occupation),
  };
}
