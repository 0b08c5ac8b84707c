import type { Child } from '../jsx/jsx-runtime.ts';
import type { Tone } from './attributes.ts';

export interface TimelineEntry {
  readonly title: Child;
  /** When, who, how long against the standard. */
  readonly meta?: string | undefined;
  /** ISO 8601, for machines. */
  readonly at?: string | undefined;
  readonly tone?: Tone | undefined;
  readonly body?: Child | undefined;
}

/** What happened, oldest first. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  return (
    <ol class="dp-timeline">
      {entries.map((entry) => (
        <li data-tone={entry.tone}>
          <div>{entry.title}</div>
          {entry.meta && (
            <div class="dp-timeline__meta">
              {entry.at ? <time datetime={entry.at}>{entry.meta}</time> : entry.meta}
            </div>
          )}
          {entry.body}
        </li>
      ))}
    </ol>
  );
}
