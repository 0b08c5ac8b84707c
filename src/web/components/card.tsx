import type { PropsWithChildren } from '../jsx/jsx-runtime.ts';
import type { Attributes } from './attributes.ts';

export interface CardProps {
  readonly title?: string | undefined;
  readonly level?: 2 | 3 | undefined;
  readonly tinted?: boolean | undefined;
  readonly attrs?: Attributes | undefined;
}

/** Things that belong together, with an edge. */
export function Card(props: PropsWithChildren<CardProps>) {
  const Title = props.level === 3 ? 'h3' : 'h2';
  return (
    <section class="ds-card" data-variant={props.tinted ? 'tinted' : 'default'} {...props.attrs}>
      {props.title !== undefined && <Title>{props.title}</Title>}
      {props.children}
    </section>
  );
}
