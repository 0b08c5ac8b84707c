/**
 * Further processes that serve pages on the service's own port: one thread is what a process of Node has, and a thousand
 * people at once keep it busy (docs/decisions/045). They share the listening socket, so that whoever is free takes the next
 * connection. They are the service's own children: they end with it, and one that fell over is made anew.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import type { DatabaseAddress } from './db/connection.ts';
import type { KeyRing } from './db/key-ring.ts';
import { codeOf } from './domain/error-code.ts';
import { GRACE_MS, type LogEntry } from './http-server.ts';
import { sendHandles } from './rush.ts';
import type { SharedCodes } from './usecases/check-at-gate.ts';
import type { Wake } from './usecases/context.ts';
import type { FeedBridge } from './web/live-feed.ts';

/** What a process begins with. It travels over a pipe of its own: the keys are not written down for it. */
export interface PageOrder {
  readonly config: Config;
  readonly address: DatabaseAddress;
  readonly ring: KeyRing;
}

type TakeArguments = Parameters<SharedCodes['take']>;

/** To a process. A `handle` has a handle of the listening socket beside it. */
export type ToPages =
  | { readonly kind: 'begin'; readonly order: PageOrder }
  | { readonly kind: 'handle' }
  | { readonly kind: 'wake'; readonly wake: Wake }
  | { readonly kind: 'forget'; readonly slug: string }
  | { readonly kind: 'taken'; readonly id: number; readonly isTaken: boolean }
  | { readonly kind: 'stop' }
  | { readonly kind: 'hurry' };

/** From a process. */
export type FromPages =
  | { readonly kind: 'serving' }
  | { readonly kind: 'wake'; readonly wake: Wake }
  | { readonly kind: 'forget'; readonly slug: string }
  | { readonly kind: 'take'; readonly id: number; readonly args: TakeArguments }
  | { readonly kind: 'log'; readonly entry: LogEntry };

/** Beside the program; run from its sources there is none, and one process serves. */
const ENTRY = new URL('./page-process.js', import.meta.url);
/** One that falls over at once is not made anew in a circle. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** After this, one has served well, and its end is a first one again. */
const WELL_MS = 60_000;

export interface PageProcesses {
  readonly feed: FeedBridge;
  /** A library's settings changed in this process. */
  forget(slug: string): void;
  /** Makes them; resolves when all serve, or one could not. */
  begin(server: Server, order: PageOrder): Promise<void>;
  /** Closes their connections as the service closes its own; resolves when they are gone. */
  stop(hurry?: Promise<void>): Promise<void>;
}

export interface PagePorts {
  readonly codes: SharedCodes;
  /** A library's settings changed in one of them. */
  readonly onForget: (slug: string) => void;
  readonly log: (entry: LogEntry) => void;
}

/** @param count beside this process itself; undefined where there is nothing to make */
export function openPageProcesses(count: number, ports: PagePorts): PageProcesses | undefined {
  if (count < 1 || !existsSync(ENTRY)) return undefined;
  const children = new Set<ChildProcess>();
  const listeners: ((wake: Wake) => void)[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;

  const say = (child: ChildProcess, word: ToPages): void => {
    // One that is ending hears nothing any more.
    if (child.connected) child.send(word, () => undefined);
  };
  const sayToAll = (word: ToPages, but?: ChildProcess): void => {
    for (const child of children) if (child !== but) say(child, word);
  };

  function hear(child: ChildProcess, word: Exclude<FromPages, { kind: 'serving' }>): void {
    switch (word.kind) {
      case 'wake':
        sayToAll(word, child);
        for (const listener of listeners) listener(word.wake);
        break;
      case 'forget':
        sayToAll(word, child);
        ports.onForget(word.slug);
        break;
      case 'take':
        void Promise.resolve(ports.codes.take(...word.args)).then((isTaken) =>
          say(child, { kind: 'taken', id: word.id, isTaken }),
        );
        break;
      case 'log':
        ports.log(word.entry);
    }
  }

  /** Resolves when it serves, or has ended: then another one is made a little later. */
  function make(server: Server, order: PageOrder, restMs: number): Promise<void> {
    const began = performance.now();
    return new Promise((resolve) => {
      const over = (why: LogEntry): void => {
        resolve();
        if (stopping) return;
        ports.log({ level: 'error', event: 'page-process-ended', ...why });
        const wait = performance.now() - began > WELL_MS ? FIRST_REST_MS : restMs;
        const timer = setTimeout(() => {
          timers.delete(timer);
          void make(server, order, Math.min(LONGEST_REST_MS, wait * 2));
        }, wait);
        timers.add(timer);
      };
      let child: ChildProcess;
      try {
        child = fork(fileURLToPath(ENTRY), [], {
          serialization: 'advanced',
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
      } catch (error) {
        // No room for another one now.
        return over({ code: codeOf(error) });
      }
      child.on('error', (error) => {
        if (child.pid === undefined) over({ code: codeOf(error) });
      });
      // Told by the error above.
      if (child.pid === undefined) return;
      children.add(child);
      child.once('exit', (code, signal) => {
        children.delete(child);
        over({ code, signal });
      });
      child.on('message', (word: FromPages) => {
        if (word.kind === 'serving') resolve();
        else hear(child, word);
      });
      say(child, { kind: 'begin', order });
      sendHandles(child, server, { kind: 'handle' } satisfies ToPages);
    });
  }

  return {
    feed: {
      send: (wake) => sayToAll({ kind: 'wake', wake }),
      onReceive: (listener) => void listeners.push(listener),
    },
    forget: (slug) => sayToAll({ kind: 'forget', slug }),
    async begin(server, order) {
      await Promise.all(Array.from({ length: count }, () => make(server, order, FIRST_REST_MS)));
    },
    async stop(hurry) {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      const ended = [...children].map(async (child) => {
        const exit = once(child, 'exit');
        // One that hangs does not keep the service, and with it the database, from ending.
        const timer = setTimeout(() => child.kill('SIGKILL'), 2 * GRACE_MS);
        say(child, { kind: 'stop' });
        void hurry?.then(() => say(child, { kind: 'hurry' }));
        await exit;
        clearTimeout(timer);
      });
      await Promise.all(ended);
    },
  };
}
