/**
 * A listening handle of Node takes one new connection in each turn of the event loop (libuv since 1.45). In a rush a turn takes
 * a second: thousands wait, whoever is there already is served again and again, and the system drops who comes behind them.
 * Several handles on the one socket take several a turn (docs/decisions/044).
 */
import { type SendHandle, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server, type Socket } from 'node:net';

const HANDLES = 32;

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

/** @param server of HTTP, with TLS or without, that listens */
export function takeManyAtOnce(server: Server): Rush {
  const handles: Server[] = [];
  let isClosed = false;
  const take = (socket: Socket): void => {
    // As Node's own HTTP server has it.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    server.emit('connection', socket);
  };
  async function open(): Promise<number> {
    const child = spawn(process.execPath, ['-e', ECHO], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.unref();
    const listening: Promise<unknown>[] = [];
    child.on('message', (_, handle) => {
      if (handle === undefined) return;
      const another = new Server().on('error', () => undefined).on('connection', take);
      another.listen(handle);
      if (isClosed) return void another.close();
      listening.push(once(another, 'listening'));
      handles.push(another);
    });
    const ended = once(child, 'exit');
    // Where Node keeps it; @types/node does not say so.
    const { _handle: bare } = server as unknown as { readonly _handle: SendHandle };
    child.send(HANDLES, bare, (error) => error && child.kill());
    await ended;
    await Promise.all(listening);
    return handles.length;
  }
  return {
    // Another system, or no room for a process: one handle is what every other Node program has.
    ready: open().catch(() => 0),
    async close() {
      isClosed = true;
      await Promise.all(
        handles.map((handle) => new Promise<void>((resolve) => void handle.close(() => resolve()))),
      );
    },
  };
}
