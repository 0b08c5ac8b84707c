import { VISITS_AT_ONCE } from '../../domain/gate-protocol.ts';
import type { GateServer } from './server.ts';
import type { GateStore } from './store.ts';

/**
 * Sends what waits, the oldest first, until nothing does. One tab at a time, so that the order holds; a visit leaves the
 * device only after the server has said what became of it, and is known there by its key if it is sent again.
 * @returns `busy`: another tab is at it
 */
export async function deliverVisits(
  store: GateStore,
  server: GateServer,
  slug: string,
): Promise<'done' | 'busy' | 'away' | 'stranger' | 'unreadable' | 'refused'> {
  const { locks } = navigator as { readonly locks?: LockManager };
  // Over plain http there are none: then the server's keys alone keep two tabs from writing a visit twice.
  if (!locks) return sendAll();
  return locks.request(`gerbang ${slug}`, { ifAvailable: true }, (lock) =>
    lock ? sendAll() : Promise.resolve('busy' as const),
  );

  async function sendAll(): Promise<'done' | 'away' | 'stranger' | 'unreadable' | 'refused'> {
    let atOnce = VISITS_AT_ONCE;
    for (;;) {
      const waiting = await store.firstVisits(atOnce);
      const [first] = waiting;
      if (!first) return 'done';
      const answered = await server.deliver(waiting.map(({ visit: { mark: _mark, ...visit } }) => visit));
      if (!answered.ok && answered.reason === 'unreadable') {
        // One that the server does not understand must not hold up those behind it.
        if (waiting.length === 1) await store.removeVisits([first.place], [first.visit]);
        atOnce = waiting.length === 1 ? VISITS_AT_ONCE : 1;
        continue;
      }
      if (!answered.ok) return answered.reason;
      const told = waiting.slice(0, answered.value.length);
      if (told.length === 0) return 'refused';
      await store.removeVisits(
        told.map(({ place }) => place),
        told.filter((_, at) => answered.value[at] === 'too-late').map(({ visit }) => visit),
      );
    }
  }
}
