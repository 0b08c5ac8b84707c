import type { ApplicationEventRow } from '../../db/application.ts';

/** A case that went from one officer's hands straight into another's. */
export interface HandOver {
  /** Id of the officer who had it; null where nobody did. */
  readonly from: string | null;
  readonly to: string | null;
  readonly at: Date;
  /** Code of `TAKE_OVER_REASONS`. */
  readonly reason: string | null;
}

/** Every take-over of a case with the officer it was taken from, by the event's id. */
export function handOversOf(events: readonly ApplicationEventRow[]): ReadonlyMap<string, HandOver> {
  const found = new Map<string, HandOver>();
  let holder: string | null = null;
  for (const event of events) {
    switch (event.kind) {
      case 'taken_over':
        found.set(event.id, {
          from: holder,
          to: event.actor_id,
          at: event.effective_at,
          reason: event.reason,
        });
        holder = event.actor_id;
        break;
      case 'taken':
        holder = event.actor_id;
        break;
      case 'submitted':
        // A case that an officer typed is in that officer's hands.
        if (event.actor_kind === 'officer') holder = event.actor_id;
        break;
      case 'released':
      case 'escalated':
      case 'correction_requested':
        holder = null;
    }
  }
  return found;
}
