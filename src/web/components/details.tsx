import type { PropsWithChildren } from '../jsx/jsx-runtime.ts';
import type { Attributes } from './attributes.ts';

export interface DetailsProps {
  readonly summary: string;
  readonly open?: boolean | undefined;
  readonly attrs?: Attributes | undefined;
}

/** More for those who want it. */
export function Details({ summary, open, attrs, children }: PropsWithChildren<DetailsProps>) {
  return (
    <details class="ds-details" open={open} {...attrs}>
      <summary>{summary}</summary>
      <div class="dp-stack" data-gap="s">
        {children}
      </div>
    </details>
  );
}
