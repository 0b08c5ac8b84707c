import type { Context } from 'hono';
import type { FeedFailure, FeedProblem, FeedTrial, TypedFeed } from '../../../domain/exporting/feed.ts';
import { LIVE_TARGETS, type LiveTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { LibraryEnv } from '../../env.ts';
import type { FormBody } from '../../form-body.ts';

/** The fields of the form by what is wrong in them. */
export const LENDING_FIELDS: Readonly<Record<FeedProblem['field'], string>> = {
  url: 'alamat',
  host: 'server',
  port: 'porta',
  database: 'basis_data',
  access: 'akses',
  account: 'akun',
  secret: 'rahasia',
  every: 'menit',
};

/** What somebody has just done with a connection. */
export interface LendingDone {
  readonly target?: LiveTarget;
  readonly typed?: TypedFeed;
  readonly problems?: readonly FeedProblem[];
  readonly trial?: { readonly trial: FeedTrial | FeedFailure; readonly note: string | null };
  readonly notice?: string;
  /** Not removed: rows of so many erased people are not emptied there yet. */
  readonly erasedWait?: number;
}

export function liveTargetOf(c: Context<LibraryEnv>): LiveTarget | undefined {
  return LIVE_TARGETS.find((one) => one === c.req.param('sistem'));
}

export function typedFeedOf(form: FormBody): TypedFeed {
  return {
    url: form.text(LENDING_FIELDS.url),
    host: form.text(LENDING_FIELDS.host),
    port: form.text(LENDING_FIELDS.port),
    database: form.text(LENDING_FIELDS.database),
    access: form.text(LENDING_FIELDS.access),
    account: form.text(LENDING_FIELDS.account),
    secret: form.text(LENDING_FIELDS.secret),
    every: form.text(LENDING_FIELDS.every),
    active: form.text('aktif') === 'ya',
    inside: form.text('dalam') === 'ya',
    first: form.text('pertama'),
  };
}
