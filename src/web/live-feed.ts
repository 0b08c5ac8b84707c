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

/** Wakes open pages of this process at once, and those of other processes through the bridge. */
export function openFeed(bridge?: FeedBridge): Feed {
  const emitter = new EventEmitter().setMaxListeners(0);
  const deliver = (wake: Wake) => void emitter.emit(String(wake.libraryId), wake);
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
  };
}
