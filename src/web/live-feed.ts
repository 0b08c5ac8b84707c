import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Wake } from '../usecases/context.ts';
import type { Feed } from './env.ts';

/** How several app processes tell each other; see `db/notify`. */
export interface FeedBridge {
  /** Sends to the other processes; may gather several wakes into one message. */
  send(wake: Wake): void;
  /** Calls for what other processes sent. */
  onReceive(listener: (wake: Wake) => void): void;
}

/** Several ways as one: what comes by one of them goes on by the others. */
export function joinBridges(...given: readonly (FeedBridge | undefined)[]): FeedBridge | undefined {
  const bridges = given.filter((bridge) => bridge !== undefined);
  if (bridges.length < 2) return bridges[0];
  return {
    send(wake) {
      for (const bridge of bridges) bridge.send(wake);
    },
    onReceive(listener) {
      for (const bridge of bridges)
        bridge.onReceive((wake) => {
          for (const other of bridges) if (other !== bridge) other.send(wake);
          listener(wake);
        });
    },
  };
}

/** What a page that was just made can have missed: some seconds of the busiest day. */
const REMEMBERED = 2_000;

/** Wakes open pages of this process at once, and those of other processes through the bridge. */
export function openFeed(bridge?: FeedBridge): Feed {
  const emitter = new EventEmitter().setMaxListeners(0);
  // A mark of another process says nothing here: each counts what it has heard itself.
  const own = randomUUID().slice(0, 8);
  const recent: Wake[] = [];
  let heard = 0;
  const deliver = (wake: Wake): void => {
    heard++;
    recent.push(wake);
    // In bulk, so that not every wake moves all of them.
    if (recent.length >= 2 * REMEMBERED) recent.splice(0, REMEMBERED);
    emitter.emit(String(wake.libraryId), wake);
  };
  bridge?.onReceive(deliver);
  return {
    publish(wake) {
      deliver(wake);
      bridge?.send(wake);
    },
    subscribe(libraryId, listener) {
      emitter.on(String(libraryId), listener);
      return () => void emitter.off(String(libraryId), listener);
    },
    mark: () => `${own}-${heard}`,
    hasMissed(libraryId, mark, wanted) {
      const [process, count = ''] = mark.split('-');
      const missed = heard - Number(count);
      if (process !== own || !(missed >= 0) || missed > recent.length) return true;
      return missed > 0 && recent.slice(-missed).some((wake) => wake.libraryId === libraryId && wanted(wake));
    },
  };
}
