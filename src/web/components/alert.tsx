import type { PropsWithChildren } from '../jsx/jsx-runtime.ts';
import { type Attributes, classes } from './attributes.ts';

export interface AlertProps {
  readonly tone?: 'info' | 'success' | 'warning' | 'danger' | undefined;
  readonly title?: string | undefined;
  /** Level of the title in the page's outline. */
  readonly level?: 2 | 3 | undefined;
  /** Read out when it appears: `status` politely, `alert` at once. Not for what stands there from the start. */
  readonly live?: 'status' | 'alert' | undefined;
  readonly attrs?: Attributes | undefined;
}

/** A message with an icon and a colour that agree with its words. */
export function Alert(props: PropsWithChildren<AlertProps>) {
  const Title = props.level === 3 ? 'h3' : 'h2';
  return (
    <div
      class={classes('ds-alert', props.title !== undefined && 'dp-titled')}
      data-color={props.tone ?? 'info'}
      role={props.live}
      {...props.attrs}
    >
      {props.title !== undefined && <Title>{props.title}</Title>}
      {props.children}
    </div>
  );
}
