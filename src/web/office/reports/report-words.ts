import type { Context } from 'hono';
import type { Texts } from '../../../i18n/index.ts';
import type { LibraryContext } from '../../../usecases/context.ts';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { AskedReport } from './report-request.ts';

/** What the tables of the reports are worded with. */
export interface ReportWords {
  readonly asked: AskedReport;
  readonly texts: Texts;
  readonly library: LibraryContext;
}

/** Names of districts by code, for the codes that a report holds. */
export type DistrictNames = Readonly<Record<string, string>>;

export interface MemberWords extends ReportWords {
  readonly districts: DistrictNames;
}

export function wordsOf(c: Context<LibraryEnv>, asked: AskedReport): ReportWords {
  return { asked, texts: textsOf(c), library: c.get('library') };
}
