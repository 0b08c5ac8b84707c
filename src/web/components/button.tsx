import type { PropsWithChildren } from '../jsx/jsx-runtime.ts';
import type { Attributes, Tone } from './attributes.ts';
import { ShownKey } from './key-hint.tsx';

interface Look {
  /** One `primary` a screen; `secondary` for its alternatives, `tertiary` for what is done rarely. */
  readonly variant?: 'primary' | 'secondary' | 'tertiary' | undefined;
  readonly tone?: Tone | undefined;
  readonly fullWidth?: boolean | undefined;
  /** The key that does the same; shown beside the text and told to screen readers. */
  readonly shortcut?: string | undefined;
  readonly attrs?: Attributes | undefined;
}

export interface ButtonProps extends Look {
  readonly type?: 'submit' | 'button' | 'reset' | undefined;
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly disabled?: boolean | undefined;
  /** Address the form is sent to by this button. */
  readonly formaction?: string | undefined;
}

export function Button(props: PropsWithChildren<ButtonProps>) {
  return (
    <button
      class="ds-button"
      type={props.type ?? 'submit'}
      name={props.name}
      value={props.value}
      disabled={props.disabled}
      formaction={props.formaction}
      {...look(props)}
    >
      {props.children}
      {props.shortcut !== undefined && <ShownKey name={props.shortcut} />}
    </button>
  );
}

export interface LinkButtonProps extends Look {
  readonly href: string;
  readonly download?: boolean | string | undefined;
}

/** A link that looks like a button: for going somewhere, never for changing something. */
export function LinkButton(props: PropsWithChildren<LinkButtonProps>) {
  return (
    <a class="ds-button" href={props.href} download={props.download} {...look(props)}>
      {props.children}
      {props.shortcut !== undefined && <ShownKey name={props.shortcut} />}
    </a>
  );
}

function look(props: Look): Attributes {
  return {
    'data-variant': props.variant ?? 'primary',
    'data-color': props.tone,
    'data-fullwidth': props.fullWidth ? '' : undefined,
    'aria-keyshortcuts': props.shortcut,
    ...props.attrs,
  };
}
