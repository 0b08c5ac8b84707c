import { LONGEST_MESSAGE } from './layout.ts';

/** Cuts what comes over a line into messages. */
export interface Framer {
  /**
   * @returns whole messages without their ends, in order, none of them empty; `too-long` where one has no end within
   *   the length allowed, after which the line is of no more use
   */
  push(chunk: Uint8Array): readonly Uint8Array[] | 'too-long';
  /** Whether a message has begun and not ended. */
  halfWay(): boolean;
}

const CR = 0x0d;
const LF = 0x0a;

/** Messages end with CR by the specification; devices send CRLF or LF as well, and some CR twice. */
export function openFramer(longest: number = LONGEST_MESSAGE): Framer {
  let pending = new Uint8Array(0);
  let broken = false;
  return {
    push(chunk) {
      if (broken) return 'too-long';
      const bytes = new Uint8Array(pending.length + chunk.length);
      bytes.set(pending);
      bytes.set(chunk, pending.length);
      const messages: Uint8Array[] = [];
      let start = 0;
      for (let at = pending.length; at < bytes.length; at++) {
        if (bytes[at] !== CR && bytes[at] !== LF) continue;
        if (at - start > longest) broken = true;
        if (at > start) messages.push(bytes.slice(start, at));
        start = at + 1;
      }
      pending = bytes.slice(start);
      if (pending.length > longest) broken = true;
      if (!broken) return messages;
      pending = new Uint8Array(0);
      return 'too-long';
    },
    halfWay: () => pending.length > 0,
  };
}
