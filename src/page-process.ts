/** A process that serves pages beside the service's own, see `page-processes.ts`; an entry of the build by itself. */
import { openDatabase } from './db/connection.ts';
import { erasureFolders } from './db/erasure-file.ts';
import { vaultOf } from './db/key-file.ts';
import { holdKeys } from './db/key-holders.ts';
import { createServer } from './http-server.ts';
import type { FromPages, PageOrder, ToPages } from './page-processes.ts';
import { makeDeps, openPages } from './pages.ts';
import { BACKLOG, openHandles } from './rush.ts';
import type { SharedCodes } from './usecases/check-at-gate.ts';
import type { Wake } from './usecases/context.ts';
import { openLibraries } from './usecases/get-library.ts';
import { openFeed } from './web/live-feed.ts';

const say = (word: FromPages): void => void process.send?.(word, undefined, undefined, () => undefined);

/** Moving codes are taken once in all processes: the service's own one keeps them. */
function askedCodes(): SharedCodes & { tell(id: number, isTaken: boolean): void } {
  const waiting = new Map<number, (isTaken: boolean) => void>();
  let next = 0;
  return {
    take: (...args) =>
      new Promise((resolve) => {
        waiting.set(next, resolve);
        say({ kind: 'take', id: next++, args });
      }),
    tell(id, isTaken) {
      waiting.get(id)?.(isTaken);
      waiting.delete(id);
    },
  };
}

const codes = askedCodes();
const wakes: ((wake: Wake) => void)[] = [];
let forget: (slug: string) => void = () => undefined;
let hurry: () => void = () => undefined;
const hurried = new Promise<void>((resolve) => {
  hurry = resolve;
});
let stop: () => Promise<void> = () => Promise.resolve();
let open: (handle: unknown) => void = () => undefined;

async function serve({ config, address, ring }: PageOrder): Promise<void> {
  const log: Parameters<typeof createServer>[1] = (entry) => say({ kind: 'log', entry });
  const made = createServer(config, log);
  // The service could read the same files a moment ago; it makes another process.
  if (!made.ok) throw new Error(made.detail);
  const { web } = made;
  const handles = openHandles(web.server);
  const early: unknown[] = [];
  open = (handle) => void early.push(handle);
  const { db, close } = openDatabase({
    address,
    poolSize: config.databasePoolSize,
    onConnectionLost: (error) => log({ event: 'database-connection-lost', error: error.name }),
  });
  const vault = vaultOf(ring);
  const feed = openFeed({
    send: (wake) => say({ kind: 'wake', wake }),
    onReceive: (listener) => void wakes.push(listener),
  });
  const deps = makeDeps({ app: address, vault, ring }, (wake) => feed.publish(wake), erasureFolders(config));
  const libraries = openLibraries(db, deps.now);
  forget = libraries.forget;
  const holding = await holdKeys(db, vault, deps.uuid(deps.now()));
  const pages = openPages(config, {
    deps,
    db,
    libraries,
    tellForgotten: (slug) => say({ kind: 'forget', slug }),
    feed,
    codes,
    log,
  });
  web.attach(pages.fetch);
  stop = async () => {
    await Promise.all([web.close(hurried), handles.close()]);
    await Promise.all([pages.stop(), holding.stop()]);
    await close();
  };
  // The first is the server's own, so that it counts its connections and ends the idle ones; connections of the others come by events.
  let isListening = false;
  open = (handle) => {
    if (isListening) return handles.add(handle);
    isListening = true;
    web.server.listen(handle, BACKLOG);
  };
  for (const handle of early) open(handle);
  say({ kind: 'serving' });
}

process.on('message', (word: ToPages, handle: unknown) => {
  switch (word.kind) {
    case 'begin':
      return void serve(word.order);
    case 'handle':
      return open(handle);
    case 'wake':
      for (const listener of wakes) listener(word.wake);
      return;
    case 'forget':
      return forget(word.slug);
    case 'taken':
      return codes.tell(word.id, word.isTaken);
    case 'hurry':
      return hurry();
    case 'stop':
      return void stop().finally(() => process.exit(0));
  }
});
// Without the service there is nobody to serve for, and its port must be free for the next start.
process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches all processes of a terminal; the service says when to stop, and how.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
