import type { PropsWithChildren } from '../jsx/jsx-runtime.ts';
import { Icon, type IconName } from './icon.tsx';

export interface EmptyStateProps {
  readonly title: string;
  readonly text?: string | undefined;
  readonly icon?: IconName | undefined;
  /** 1 where it is the whole page. */
  readonly level?: 1 | 2 | 3 | undefined;
}

/** Nothing here yet: says why, and what to do; actions are its children. */
export function EmptyState(props: PropsWithChildren<EmptyStateProps>) {
  const Title = `h${props.level ?? 2}` as const;
  return (
    <div class="dp-empty">
      <Icon name={props.icon ?? 'book'} />
      <Title>{props.title}</Title>
      {props.text && <p>{props.text}</p>}
      {props.children && <div class="dp-row">{props.children}</div>}
    </div>
  );
}

export interface LoadingProps {
  readonly text: string;
  readonly hidden?: boolean | undefined;
}

/** Something is on its way; islands take `hidden` off and on. */
export function Loading({ text, hidden }: LoadingProps) {
  return (
    <div role="status" hidden={hidden} data-loading="">
      <span class="dp-loading" />
      <span class="dp-small dp-muted">{text}</span>
    </div>
  );
}
