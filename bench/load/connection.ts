/** One kept-open HTTP/1.1 connection, a request at a time; and a stream of events. Lean: it shares the computer with the service. */
import net from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** All of the head, as it came. */
  readonly head: string;
  readonly body: Buffer;
}

export interface Connection {
  /** Whether it can take another request. */
  isOpen(): boolean;
  /** Rejects with `Cut` when the other side closed, or when nothing came for `patienceMs`. */
  send(request: readonly (string | Buffer)[]): Promise<RawAnswer>;
  close(): void;
}

/** No answer, and the connection is gone. */
export class Cut extends Error {
  override readonly name = 'Cut';
  /** Not a byte of an answer had come. */
  readonly untouched: boolean;
  constructor(message: string, untouched: boolean) {
    super(message);
    this.untouched = untouched;
  }
}

/** Connects; rejects when nobody listens. */
export async function openConnection(host: string, port: number, patienceMs: number): Promise<Connection> {
  const socket = net.connect({ host, port, noDelay: true });
  let waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;
  let received: Buffer = Buffer.alloc(0);
  let isOpen = true;
  const fail = (why: string): void => {
    isOpen = false;
    waiting?.reject(new Cut(why, received.length === 0));
    waiting = undefined;
    socket.destroy();
  };
  socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'error'));
  socket.on('close', () => fail('closed'));
  socket.on('timeout', () => waiting && fail(`no answer for ${patienceMs} ms`));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const read = readAnswer(received);
    if (read === undefined) return;
    received = received.subarray(read.length);
    const done = waiting;
    waiting = undefined;
    if (/\r\nconnection: close/i.test(read.answer.head)) isOpen = false;
    done?.resolve(read.answer);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    isOpen: () => isOpen,
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.setTimeout(patienceMs);
        socket.cork();
        for (const part of request) socket.write(part);
        socket.uncork();
      }),
    close() {
      isOpen = false;
      socket.destroy();
    },
  };
}

/** The first answer of what was received so far, undefined while some of it is missing. */
function readAnswer(bytes: Buffer): { readonly answer: RawAnswer; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const from = end + 4;
  if (status === 204 || status === 304 || status < 200)
    return { answer: { status, head, body: Buffer.alloc(0) }, length: from };
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const chunks = readChunks(bytes, from);
    return chunks && { answer: { status, head, body: chunks.body }, length: chunks.end };
  }
  const length = Number(headerOf(head, 'content-length') || '0');
  if (bytes.length < from + length) return undefined;
  return { answer: { status, head, body: bytes.subarray(from, from + length) }, length: from + length };
}

function readChunks(
  bytes: Buffer,
  from: number,
): { readonly body: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), end: next };
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}

/** Value of a header; empty where there is none. */
export function headerOf(head: string, name: string): string {
  return new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(head)?.[1] ?? '';
}

/** Follows server-sent events: told of each event's name until it is closed. @returns closes it */
export function followEvents(
  host: string,
  port: number,
  request: string,
  heard: (event: string) => void,
): () => void {
  const socket = net.connect({ host, port, noDelay: true });
  // A feed that is refused or ends tells nothing: the page stays as it is, and its own timers look again.
  socket.on('error', () => undefined);
  socket.setEncoding('latin1');
  socket.on('connect', () => socket.write(request));
  socket.on('data', (text: string) => {
    for (const [, name = ''] of text.matchAll(/^event: ?(\w+)/gm)) heard(name);
  });
  return () => void socket.destroy();
}
