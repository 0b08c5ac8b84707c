/**
 * The service's own pages with one more address, in a process of its own beside the running service's database: the
 * address only checks a signature, and exists nowhere else. What is measured and its limit so have the same server.
 */
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { openDatabase } from '../../src/db/connection.ts';
import { randomBytes } from '../../src/db/random-bytes.ts';
import { documents } from '../../src/documents/port.ts';
import { risingUuids } from '../../src/domain/ids.ts';
import { readSignedCode, verifyCode } from '../../src/domain/scanned-code.ts';
import { lendingSystems } from '../../src/lending-systems.ts';
import { openLibraries } from '../../src/usecases/get-library.ts';
import { verifierOf } from '../../src/usecases/library-keys.ts';
import { createApp } from '../../src/web/app.ts';
import type { SiteEnv, WebDeps } from '../../src/web/env.ts';
import { compressPages } from '../../src/web/middleware/compress.ts';
import { readRequest } from '../../src/web/middleware/request.ts';
import { reach, SLUG } from '../ground.ts';

/** The process tells its parent where it listens, and ends with it. @param dataDir of the running service */
export async function serve(dataDir: string): Promise<void> {
  const installation = await reach(dataDir);
  const { db } = openDatabase({ address: installation.app });
  const now = () => new Date();
  const deps: WebDeps = {
    now,
    randomBytes,
    uuid: risingUuids(randomBytes),
    vault: installation.vault,
    wake: () => undefined,
    db,
    libraries: openLibraries(db, now),
    documents,
    feed: {
      publish: () => undefined,
      subscribe: () => () => undefined,
      mark: () => '',
      hasMissed: () => false,
    },
    imports: {
      run: () => Promise.resolve('running'),
      goOn: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    },
    publicUrl: null,
    // The forwarded addresses of the benchmark's people are believed, so that the limits count each apart.
    tryLending: lendingSystems([]).tryOut,
    isTrustedProxy: (peer) => peer === '127.0.0.1',
    log: () => undefined,
  };
  const library = await deps.libraries.find(SLUG);
  if (!library) throw new Error(`there is no library ${SLUG}`);
  const app = new Hono<SiteEnv>();
  app.get('/signature/:signed', readRequest(deps), compressPages(), secureHeaders(), (c) => {
    const code = readSignedCode(c.req.param('signed'));
    const state = code === undefined ? 'unknown' : verifyCode(code, verifierOf(library));
    return c.json({ state }, state === 'valid' ? 200 : 404);
  });
  app.route('/', createApp(deps));
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, '127.0.0.1', () =>
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
  process.on('disconnect', () => process.exit(0));
}
