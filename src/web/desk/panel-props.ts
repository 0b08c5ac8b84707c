import type { Lang, Texts } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import type { CaseView, ShownCandidate } from '../../usecases/read-case.ts';

/**
 * Where a step of the desk stands: the `current` one holds the page's one primary button (key Enter); `done` says in a
 * line what was done; `upcoming` waits for the steps above it.
 */
export type PanelState = 'done' | 'current' | 'upcoming';

/** What every panel of the case page is given. */
export interface CasePanelProps {
  readonly view: CaseView;
  readonly state: PanelState;
  readonly lang: Lang;
  readonly texts: Texts;
  readonly library: LibraryContext;
  /** `/{library}/loket/{id}`: the panel's forms post below it. */
  readonly base: string;
  /** Scheme, host and port that the browser shows: for QR codes and links that leave the page. */
  readonly origin: string;
  /** Cameras work. */
  readonly secure: boolean;
  readonly now: Date;
  /** Says that the page shows this other person, for the log of looks. */
  readonly shows: (person: ShownCandidate) => void;
}
