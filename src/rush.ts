/**
 * A listening handle of Node takes one new connection in each turn of the event loop (libuv since 1.45). In a rush a turn takes
 * a second: thousands wait, whoever is there already is served again and again, and the system drops who comes behind them.
 * Several handles on the one socket take several a turn (docs/decisions/044).
 */
import { type ChildProcess, type SendHandle, type Serializable, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server, type Socket } from 'node:net';

const HANDLES = 32;
/**
 * With the usual 511 the system drops who comes in a rush without a word, before anybody can ask them to wait. Each handle
 * says it anew, for the socket that they share.
 */
export const BACKLOG = 4_096;

/**
 * Node makes a second handle of a socket only by sending it to another process; this one sends it back, and ends. The bare
 * handle is sent: a `Server` would listen in the other process too, and who it accepts there would be cut off by its end.
 */
const ECHO = `process.on('message', (count, handle) => {
  let left = count;
  for (let n = 0; n < count; n++) process.send(n, handle, () => --left === 0 && process.exit(0));
});`;

export interface Rush {
  /** Resolves when the handles are there; without them the server goes on as it did. @returns how many came */
  readonly ready: Promise<number>;
  /** Takes no more connections; resolves when those that came this way are over. */
  close(): Promise<void>;
}

/** The handle that a server listens on. @types/node does not say where Node keeps it. */
function bareHandle(server: Server): SendHandle {
  return (server as unknown as { readonly _handle: SendHandle })._handle;
}

/** Sends so many handles of the socket of a server that listens, each with this word. */
export function sendHandles(child: ChildProcess, server: Server, word: Serializable): void {
  for (let n = 0; n < HANDLES; n++) child.send(word, bareHandle(server), () => undefined);
}

/** Further handles of one socket, whose connections a server of HTTP serves as its own. */
export interface Handles {
  add(handle: unknown): void;
  readonly count: number;
  /** Takes no more connections; resolves when those that came this way are over. */
  close(): Promise<void>;
}

/** @param server of HTTP, with TLS or without */
export function openHandles(server: Server): Handles {
  const handles: Server[] = [];
  let isClosed = false;
  const take = (socket: Socket): void => {
    // As Node's own HTTP server has it.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    server.emit('connection', socket);
  };
  return {
    add(handle) {
      const one = new Server().on('error', () => undefined).on('connection', take);
      one.listen(handle, BACKLOG);
      if (isClosed) one.close();
      else handles.push(one);
    },
    get count() {
      return handles.length;
    },
    async close() {
      isClosed = true;
      await Promise.all(
        handles.map((one) => new Promise<void>((resolve) => void one.close(() => resolve()))),
      );
    },
  };
}

/** @param server of HTTP, with TLS or without, that listens */
export function takeManyAtOnce(server: Server): Rush {
  const handles = openHandles(server);
  async function open(): Promise<number> {
    const child = spawn(process.execPath, ['-e', ECHO], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.unref();
    child.on('message', (_, handle) => {
      if (handle !== undefined) handles.add(handle);
    });
    const ended = once(child, 'exit');
    // Said of a process that could not be made, or ends in the middle; `ready` says how many handles there are.
    ended.catch(() => undefined);
    child.on('error', () => undefined);
    child.send(HANDLES, bareHandle(server), (error) => error && child.kill());
    await ended;
    return handles.count;
  }
  return {
    // Another system, or no room for a process: one handle is what every other Node program has.
    ready: open().catch(() => 0),
    close: handles.close,
  };
}
