import type { Context } from 'hono';
import type { ExportRecord } from '../../../db/export.ts';
import type { FileTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { ShownTokens } from '../../../usecases/read-feeds.ts';
import type { LibraryEnv } from '../../env.ts';

/** What an officer has just done in the section of the feeds. */
export interface FeedDone {
  readonly made?: { readonly target: FileTarget; readonly token: string };
}

/** What the panel of the files shows from. */
export interface FeedPanelProps {
  readonly c: Context<LibraryEnv>;
  readonly feeds: ShownTokens;
  /** Whether the reader may change anything. */
  readonly runs: boolean;
  readonly when: (at: Date) => string;
  readonly done: FeedDone;
}

/** When a record began, or ended. */
export function endOf(record: ExportRecord): Date {
  return record.finished_at ?? record.started_at;
}
