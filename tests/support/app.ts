/** The whole service on a test's database: for single requests, or listening on a free port for a browser. */
import { type ServerType, serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { inLibrary } from '../../src/db/tenancy.ts';
import { documents } from '../../src/documents/port.ts';
import { lendingSystems } from '../../src/lending-systems.ts';
import { openLibraries } from '../../src/usecases/get-library.ts';
import type { RateExchange } from '../../src/usecases/shared-counts.ts';
import { createApp } from '../../src/web/app.ts';
import type { SiteEnv, WebDeps } from '../../src/web/env.ts';
import { openFeed } from '../../src/web/live-feed.ts';
import { openRunner } from '../../src/web/office/imports/runner.ts';
import { type TestDatabase, testDeps } from './database.ts';

export interface TestAppOptions {
  /**
   * `still` (default) stands until the test moves `clock.now`; `real` is for a browser, whose cookies expire by the
   * real time and which solves tasks of the service's own hardness, hundreds of times that of a still test.
   */
  readonly time?: 'still' | 'real';
  /** Where the still clock stands at first. */
  readonly start?: Date;
  /** Peers whose X-Forwarded-For is believed; default none. */
  readonly isTrustedProxy?: (address: string) => boolean;
  /** Whether mails can leave; default no, so that nothing asks for a code. */
  readonly mails?: boolean;
  /** Whether an SMS gateway is set; default no. */
  readonly texts?: boolean;
  /** Identity providers for staff may stand on 127.0.0.1. */
  readonly loopbackProviders?: boolean;
  /** Passwords known from breaches; default none are. */
  readonly isBreached?: WebDeps['isBreached'];
  /** Sees what the service asks the database; default the test's own connection. */
  readonly db?: TestDatabase['db'];
  /** How many public forms of one kind of a library are a flood; default as in the service. */
  readonly formsOfLibrary?: number;
  /** Where its limits meet those of another one; default none: it counts by itself. */
  readonly rates?: RateExchange;
}

export interface TestApp {
  readonly app: Hono<SiteEnv>;
  readonly deps: WebDeps;
  readonly clock: { now: Date };
  /** Every line of the service's log: it must carry no personal value. */
  readonly logged: Readonly<Record<string, string | number | boolean | null>>[];
  /** One request without a network; redirects are not followed. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Posts fields as a page's own form does. A field may have several values. */
  post(
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
    cookie?: string,
  ): Promise<Response>;
  /** Posts a form with files, as a page's own form does. */
  upload(path: string, fields: Readonly<Record<string, string | File>>, cookie?: string): Promise<Response>;
  /**
   * Signs an officer in who has already chosen an own password.
   * @param username `petugas`, `subkoordinator`, `kabid`, `kepala` or `admin`
   */
  signIn(slug: 'jateng' | 'banyuwangi', username: string): Promise<SessionCookie>;
  /** Listens on a free port of the loopback address. */
  listen(): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** For a browser: `context.addCookies([{ ...cookie, url }])`; for a request: the header `cookie`. */
export interface SessionCookie {
  readonly name: string;
  readonly value: string;
  /** `name=value` */
  readonly header: string;
}

export function createTestApp(database: TestDatabase, options: TestAppOptions = {}): TestApp {
  const base = testDeps(options.start);
  const now = options.time === 'real' ? () => new Date() : base.now;
  const feed = openFeed();
  const logged: TestApp['logged'] = [];
  const log: WebDeps['log'] = (entry) => void logged.push(entry);
  const deps: WebDeps = {
    ...base,
    now,
    db: options.db ?? database.db,
    tryLending: lendingSystems([]).tryOut,
    mails: options.mails ?? false,
    texts: options.texts ?? false,
    loopbackProviders: options.loopbackProviders ?? false,
    imports: openRunner({ ...base, now, db: database.db, log }),
    libraries: openLibraries(database.db, now),
    documents,
    feed,
    wake: (wake) => feed.publish(wake),
    publicUrl: null,
    isTrustedProxy: options.isTrustedProxy ?? (() => false),
    ...(options.rates ? { rates: options.rates } : {}),
    ...(options.isBreached ? { isBreached: options.isBreached } : {}),
    ...(options.formsOfLibrary === undefined ? {} : { formsOfLibrary: options.formsOfLibrary }),
    ...(options.time === 'real' ? {} : { keysOfTask: 4 }),
    log,
  };
  const app = createApp(deps);
  const request = async (path: string, init?: RequestInit): Promise<Response> =>
    await app.request(path, init);
  const post: TestApp['post'] = (path, fields, cookie) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
    }
    const headers = new Headers({
      origin: 'http://localhost',
      'content-type': 'application/x-www-form-urlencoded',
    });
    if (cookie !== undefined) headers.set('cookie', cookie);
    return request(path, { method: 'POST', body: body.toString(), headers });
  };
  return {
    app,
    deps,
    clock: base.clock,
    logged,
    request,
    post,
    upload(path, fields, cookie) {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      const headers = new Headers({ origin: 'http://localhost' });
      if (cookie !== undefined) headers.set('cookie', cookie);
      return request(path, { method: 'POST', body, headers });
    },
    async signIn(slug, username) {
      await inLibrary(database.db, database.libraryIds[slug], (tx) =>
        tx
          .updateTable('officer')
          .set({ must_change_password: false })
          .where('username', '=', username)
          .execute(),
      );
      const password = database.signIns(slug).find((signIn) => signIn.username === username)?.password ?? '';
      const answer = await post('/masuk', { perpustakaan: slug, nama: username, sandi: password });
      const header = answer.headers.getSetCookie()[0]?.split(';')[0];
      const [name, value] = header?.split('=') ?? [];
      if (answer.status !== 303 || header === undefined || name === undefined || value === undefined) {
        throw new Error(`${username} of ${slug} could not sign in: ${answer.status}`);
      }
      return { name, value, header };
    },
    listen: () => listen(app),
  };
}

async function listen(app: Hono<SiteEnv>): Promise<{ url: string; close(): Promise<void> }> {
  const { server, port } = await new Promise<{ server: ServerType; port: number }>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) =>
      resolve({ server: started, port: info.port }),
    );
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      // Live pages keep their connection open for ever.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise<void>((resolve, reject) =>
        server.close((error) => (error === undefined ? resolve() : reject(error))),
      );
    },
  };
}
