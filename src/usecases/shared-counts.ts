/** How limits of several processes meet; the database's side is `web/rate-exchange.ts` (decision 022). */

/** What a limit tells the other processes, and hears from them. */
export interface SharedCounts {
  /** Counts since the last time; what was told is forgotten. A count may be below zero. */
  tell(): { readonly counts: readonly CountOf[]; readonly forgotten: readonly string[] };
  /** They did not arrive: told again the next time. */
  keep(counts: readonly CountOf[], forgotten: readonly string[]): void;
  /** What all processes have counted by now, this one's telling included. */
  hear(counts: readonly CountOf[]): void;
}

export interface CountOf {
  readonly key: string;
  readonly count: number;
  /** Milliseconds. */
  readonly endsAt: number;
}

/** Where the limits of all processes meet. */
export interface RateExchange {
  /** @param name tells one limit from another, in all processes alike; throws where another one has it */
  join(name: string, counts: SharedCounts): void;
}
