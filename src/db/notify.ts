import type pg from 'pg';

/** PostgreSQL refuses payloads of 8,000 bytes and more. */
const PAYLOAD_LIMIT = 7_500;
/** Gathered this long before they are sent: a notification commits like any write, and a thousand a second would queue. */
const GATHER_MS = 50;
const RECONNECT_MS = 2_000;
const CHANNEL = 'daftar_wake';

export interface Bridge<Message> {
  send(message: Message): void;
  onReceive(listener: (message: Message) => void): void;
  stop(): Promise<void>;
}

/**
 * Carries small messages between the app processes of one database by LISTEN/NOTIFY, on a connection of its own and
 * always after the commit: NOTIFY inside a registration takes a lock that all transactions share (decision 003).
 * A message lost with a broken connection costs nothing but a late refresh; pages ask again by themselves.
 * @param connect a client not yet connected
 * @param sender tells this process's own messages apart
 */
export function openBridge<Message>(connect: () => pg.Client, sender: string): Bridge<Message> {
  const listeners: ((message: Message) => void)[] = [];
  const waiting = new Set<string>();
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  void open();

  async function open(): Promise<void> {
    if (stopped) return;
    const next = connect();
    const again = () => {
      if (client === next) client = null;
      if (!stopped) setTimeout(() => void open(), RECONNECT_MS).unref();
    };
    next.once('end', again);
    next.on('error', () => undefined);
    next.on('notification', ({ payload }) => receive(payload ?? ''));
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      client = next;
    } catch {
      // The end of the connection, which a failed one has too, tries again.
      drop(next);
    }
  }

  function receive(payload: string): void {
    const { from, messages } = JSON.parse(payload) as { from: string; messages: Message[] };
    if (from === sender) return;
    for (const message of messages) for (const listener of listeners) listener(message);
  }

  async function flush(): Promise<void> {
    timer = null;
    const batch = [...waiting];
    waiting.clear();
    const sending = client;
    if (sending === null) return;
    for (const payload of payloads(batch)) {
      try {
        await sending.query('select pg_notify($1, $2)', [CHANNEL, payload]);
      } catch {
        // It heard nothing for as long either: a new one is opened.
        drop(sending);
        return;
      }
    }
  }

  /** Ends a connection that may be dead, so that its end is told now and not when the system gives up on it. */
  function drop(dead: pg.Client): void {
    dead.end().catch(() => undefined);
    dead.connection.stream.destroy();
  }

  function payloads(batch: readonly string[]): string[] {
    const made: string[] = [];
    let part: string[] = [];
    let size = 0;
    const close = () => made.push(`{"from":${JSON.stringify(sender)},"messages":[${part.join(',')}]}`);
    for (const message of batch) {
      if (size + message.length > PAYLOAD_LIMIT - 100) {
        close();
        part = [];
        size = 0;
      }
      part.push(message);
      size += message.length + 1;
    }
    if (part.length > 0) close();
    return made;
  }

  return {
    send(message) {
      // Equal messages within a moment are one: a page that hears "the queue changed" once has heard it.
      waiting.add(JSON.stringify(message));
      timer ??= setTimeout(() => void flush(), GATHER_MS);
    },
    onReceive: (listener) => void listeners.push(listener),
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
