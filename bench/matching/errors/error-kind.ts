import type { Draft } from '../draft.ts';
import type { World } from '../people.ts';
import type { Rng } from '../random.ts';

/** One way in which a second writing differs from the first. */
export interface ErrorKind {
  /** As in the truth and in the report of the measure. */
  readonly id: string;
  /** What it falls on: one record has at most two errors in its name, one in anything else. */
  readonly field: 'name' | 'birth' | 'nik' | 'kk' | 'phone' | 'email' | 'home' | 'birth-place' | 'sex';
  /**
   * How often it is tried beside the others; one that does not fit the person is replaced by another. What fits few
   * (Abdul, a marga, titles) has a high rate, because it is the usual error for those few. README.md has the shares
   * that come out, of all records and of those whom it fits.
   */
  readonly rate: number;
  /** Changes the draft; false where it does not fit, with nothing changed. */
  readonly apply: (draft: Draft, rng: Rng, world: World) => boolean;
}
