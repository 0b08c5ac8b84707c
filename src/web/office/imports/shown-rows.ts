import type { Context } from 'hono';
import type { RowOutcome } from '../../../domain/importing/row-outcome.ts';
import { may } from '../../../domain/permissions.ts';
import type { ImportRowView } from '../../../usecases/read-import.ts';
import type { LibraryEnv } from '../../env.ts';

export interface ShownRows {
  readonly outcome: RowOutcome;
  readonly rows: readonly ImportRowView[];
  /** Where the next page begins; null on the last. */
  readonly next: number | null;
  readonly first: boolean;
}

/** Names in the rows are for those who judge duplicates; an admin sees how many there are and why. */
export function seesPeople(c: Context<LibraryEnv>): boolean {
  return may(c.get('officer')?.roles ?? [], 'member.merge');
}
