import type { Context } from 'hono';
import type { ExportRecord } from '../../../db/export.ts';
import type { KohaFeedProblem, TypedKohaFeed } from '../../../domain/exporting/feed.ts';
import type { FileTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { ShownFeeds } from '../../../usecases/read-feeds.ts';
import type { LibraryEnv } from '../../env.ts';

/** What an officer has just done in the section of the feeds. */
export interface FeedDone {
  readonly typed?: TypedKohaFeed;
  readonly problems?: readonly KohaFeedProblem[];
  readonly made?: { readonly target: FileTarget; readonly token: string };
}

/** What both panels show from. */
export interface FeedPanelProps {
  readonly c: Context<LibraryEnv>;
  readonly feeds: ShownFeeds;
  /** Whether the reader may change anything. */
  readonly runs: boolean;
  readonly when: (at: Date) => string;
  readonly done: FeedDone;
}

/** The fields of the form by what is wrong in them. */
export const FEED_FIELDS: Readonly<Record<KohaFeedProblem['field'], string>> = {
  url: 'koha_alamat',
  access: 'koha_akses',
  account: 'koha_akun',
  secret: 'koha_rahasia',
  every: 'koha_menit',
};

/** When a record began, or ended. */
export function endOf(record: ExportRecord): Date {
  return record.finished_at ?? record.started_at;
}
