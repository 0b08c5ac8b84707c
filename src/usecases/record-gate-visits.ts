import type { Db } from '../db/connection.ts';
import type { CardId } from '../domain/ids.ts';
import { gatePurpose } from '../domain/library-settings.ts';
import type { Deps, LibraryContext } from './context.ts';
import { recordVisit } from './record-visit.ts';

/** A passage that a gate let happen: who, when, and the key that it got when the code was seen. */
export interface GateVisit {
  /** Random, at least 128 bits: the same key is the same visit. */
  readonly key: string;
  /** By the gate's clock, which goes by the server's. */
  readonly at: Date;
  /** Null: a KTA's address, which a gate does not keep. */
  readonly who: { readonly card: CardId } | { readonly number: string } | null;
}

/** `known`: it arrived before. `too-late`: longer ago than is accepted. */
export type GateVisitOutcome = 'recorded' | 'known' | 'too-late' | 'not-enrolled';

/** A gate that was away for longer shows its visits to an officer instead. */
export const LATEST_DAYS = 31;

/**
 * Writes what a gate let pass, in this order, each at the time at which it was, exactly once however often it is sent.
 * The day, the purpose and the rule for repeated visits are those of any other visit.
 */
export async function recordGateVisits(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  token: string,
  visits: readonly GateVisit[],
): Promise<readonly GateVisitOutcome[]> {
  const recorder = { by: 'device', tokenHash: deps.vault.hash(library.id, 'token', token) } as const;
  const purpose = gatePurpose(library.settings);
  const outcomes: GateVisitOutcome[] = [];
  for (const { key, at, who } of visits) {
    const now = deps.now();
    if (now.getTime() - at.getTime() > LATEST_DAYS * 86_400_000) {
      outcomes.push('too-late');
      continue;
    }
    // A gate whose clock is ahead has seen nothing of tomorrow.
    const then = new Date(Math.min(at.getTime(), now.getTime()));
    const member =
      who === null
        ? null
        : 'card' in who
          ? ({ by: 'passed', cardId: who.card } as const)
          : ({ by: 'number', number: who.number } as const);
    const written = await recordVisit(db, deps, library, then, recorder, {
      visitor: { kind: 'member', member },
      purpose,
      submitKey: key,
    });
    if (!written.ok) {
      if (written.reason === 'invalid') throw new Error('a gate records nothing that is typed');
      outcomes.push('not-enrolled');
      continue;
    }
    outcomes.push(written.repeated ? 'known' : 'recorded');
  }
  return outcomes;
}
