import type { Socket } from 'node:net';
import { openFramer } from '../domain/sip2-grammar/framing.ts';
import type { Conversation } from './conversation.ts';
import type { Sip2Limits } from './parts.ts';

/** Messages that wait for their turn on one line; beyond them nothing more is read from it. */
const MOST_WAITING = 16;
/** Bytes of answers that a device has not taken. */
const MOST_UNREAD = 256 * 1024;

export interface Line {
  /** Answers what has arrived whole, then closes. */
  finish(): void;
  cut(): void;
}

/**
 * Carries one conversation over a socket: one message at a time in the order they came, however they were cut or glued
 * on the way.
 * @param on.signedIn called when a conversation has a client, or another one; `closed`: once, when all is over
 */
export function carry(
  socket: Socket,
  conversation: Conversation,
  limits: Sip2Limits,
  on: { signedIn(): void; closed(): void; failed(error: unknown): void },
): Line {
  const framer = openFramer();
  const queue: Uint8Array[] = [];
  let working = false;
  /** Nothing more is taken in: the device has said goodbye, or we have. */
  let ending = false;
  let idle: NodeJS.Timeout | undefined;
  let half: NodeJS.Timeout | undefined;
  const stranger = setTimeout(() => conversation.client() === null && cut(), limits.signInMs);

  function cut(): void {
    socket.destroy();
  }

  function rest(): void {
    clearTimeout(idle);
    idle = setTimeout(cut, limits.idleMs);
  }

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    try {
      for (let message = queue.shift(); message && !socket.destroyed; message = queue.shift()) {
        const before = conversation.client();
        const reply = await conversation.hear(message);
        if (conversation.client() !== before) on.signedIn();
        if (reply.send && !socket.destroyed) socket.write(reply.send);
        if (reply.close) ending = true;
        if (ending && reply.close) break;
        if (socket.writableLength > MOST_UNREAD) cut();
        if (queue.length < MOST_WAITING && socket.isPaused()) socket.resume();
      }
    } catch (error) {
      on.failed(error);
      cut();
    }
    working = false;
    if (ending) socket.end();
  }

  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  rest();
  socket.on('data', (chunk: Buffer) => {
    if (ending) return;
    const messages = framer.push(chunk);
    if (messages === 'too-long') return cut();
    if (messages.length > 0) {
      rest();
      clearTimeout(half);
      half = undefined;
    }
    if (framer.halfWay()) half ??= setTimeout(cut, limits.halfMs);
    queue.push(...messages);
    if (queue.length >= MOST_WAITING) socket.pause();
    void work();
  });
  // A script may send and hang up: it still gets its answers.
  socket.on('end', () => {
    ending = true;
    void work();
  });
  // Reset lines are everyday: a device was switched off.
  socket.on('error', cut);
  socket.once('close', () => {
    for (const timer of [idle, half, stranger]) clearTimeout(timer);
    queue.length = 0;
    conversation.end().then(on.closed, (error: unknown) => {
      on.failed(error);
      on.closed();
    });
  });
  return {
    finish() {
      ending = true;
      void work();
    },
    cut,
  };
}
