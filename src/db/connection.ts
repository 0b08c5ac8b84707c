/** The database pool and its typed query builder. No module-level connection: `db` is passed as first argument. */
import net from 'node:net';
import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { askDescribed } from './described-query.ts';
import { settled } from './gather.ts';
import { openHotStatements } from './hot-statements.ts';
import { namedTrouble, openReachability, outageOf, type Reachability } from './outage.ts';
import { parseInstant, TIMESTAMPTZ } from './parse-instant.ts';
import { holder, openPipeline, type Pipeline } from './pipeline.ts';
import type { Database } from './schema.ts';
import { isDoubtful, Unconfirmed, watchCommits } from './standby.ts';

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

/** Where a database is and as whom to sign in: separate parts, or a `postgres://` address. */
export type DatabaseAddress =
  | {
      /** Host name, address, or the folder of a Unix socket. */
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    }
  | { readonly connectionString: string };

export interface OpenOptions {
  readonly address: DatabaseAddress;
  /** Most connections at once; default 20. Half as many again carry the prepared statements. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity; default `daftar-pustaka`. */
  readonly applicationName?: string;
  /** Longest time for one statement in milliseconds; default 30 s, 0 for no limit (migrations, backup). */
  readonly statementTimeoutMs?: number;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

export interface OpenDatabase {
  readonly db: Db;
  readonly pool: pg.Pool;
  /** Waits for running queries, then closes every connection. */
  close(): Promise<void>;
}

const POOL_SIZE = 20;
const STATEMENT_TIMEOUT_MS = 30_000;
/** A server that is there answers at once, also a busy one; the pool's own queue may take longer. */
const CONNECT_TIMEOUT_MS = 5_000;
const QUEUE_TIMEOUT_MS = 10_000;
/** After so much silence the system asks whether the other side is still there, and gives up ten seconds later. */
const KEEP_ALIVE_MS = 5_000;
/** Long enough for six legs of a slow way: a way on which it takes longer leads nobody to a page. */
const ANSWER_TIMEOUT_MS = 3_000;
const ANSWER_HOLDS_MS = 1_000;
/** A connection beside the pool asks short questions only. */
const SHORT_MS = 10_000;

/** Opens a pool; connects at the first query, not before. */
export function openDatabase(options: OpenOptions): OpenDatabase {
  const pool = openPool(options);
  const reachable = openReachability();
  const most = Math.ceil((options.poolSize ?? POOL_SIZE) / 2);
  const pipeline = openPipeline(clientConfig(options), most, reachable);
  const dialect = new PostgresDialect({ pool: preparing(pool, pipeline, reachable) });
  const db = new Kysely<Database>({ dialect });
  questions.set(db, () => reachable.watch(answers(options.address)));
  const close = async (): Promise<void> => {
    await settled(db);
    await db.destroy();
  };
  return { db, pool, close };
}

/** By database handle: whether a new connection is answered. */
const questions = new WeakMap<Db, () => Promise<unknown>>();
/** Under way, or answered a moment ago. */
const asked = new WeakMap<Db, Promise<boolean>>();

/**
 * Whether the database says anything at all, asked on a connection of its own: one that is in use may wait for a
 * statement that takes long, or be broken without anybody having noticed. Those who ask at about the same time ask once.
 * @returns after three seconds at most; true for a handle that was not opened here
 */
export function databaseAnswers(db: Db): Promise<boolean> {
  const ask = questions.get(db);
  if (ask === undefined) return Promise.resolve(true);
  const known = asked.get(db);
  if (known !== undefined) return known;
  const answer = ask().then(
    () => true,
    // Too many connections is an answer as well.
    (error: unknown) => outageOf(error) !== 'unreachable',
  );
  asked.set(db, answer);
  // A good answer holds for a moment; who was told that there is none asks anew.
  void answer.then((good) => setTimeout(() => asked.delete(db), good ? ANSWER_HOLDS_MS : 0).unref());
  return answer;
}

async function answers(address: DatabaseAddress): Promise<void> {
  const client = new pg.Client({ ...reach(address, ANSWER_TIMEOUT_MS), keepAlive: false });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    void client.end().catch(() => undefined);
  }
}

/** The bare pool with this program's value types, for the few places that need COPY or LISTEN. */
export function openPool(options: OpenOptions): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(options),
    connectionTimeoutMillis: QUEUE_TIMEOUT_MS,
    Client: PooledClient,
    max: options.poolSize ?? POOL_SIZE,
    idleTimeoutMillis: 60_000,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => options.onConnectionLost?.(error));
  // The same for one in use: its query fails and says so, but the connection tells it a second time.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    watchCommits(client);
  });
  return pool;
}

/**
 * A connection of the pool. Statements given to it together travel together, in order: each answer that is waited for
 * wakes two processes, which costs as much as a short statement (docs/decisions/039).
 */
class PooledClient extends pg.Client {
  readonly holdWrites: () => void;
  constructor(config?: pg.ClientConfig) {
    // The pool hides the password from whatever lists its options, so that a copy would go without.
    const password = config?.password;
    const socket = new net.Socket();
    super({
      ...config,
      ...(password === undefined ? {} : { password }),
      // The pool hands its own options to each client; of the two times to wait, this is the one for the server.
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      pipeline: true,
      stream: () => socket,
    });
    this.holdWrites = holder(socket, process.nextTick);
  }
}

/** A connection that stays open beside the pool, such as the one that holds a lock, and notices when it is dead. */
export function openClient(address: DatabaseAddress): pg.Client {
  return new pg.Client({ ...reach(address, CONNECT_TIMEOUT_MS), query_timeout: SHORT_MS });
}

/** For the steps of a start: one that waits for nothing but the server to answer, and for that not for ever. */
export function startClient(address: DatabaseAddress, applicationName = 'daftar-pustaka'): pg.Client {
  const client = new pg.Client(reach(address, QUEUE_TIMEOUT_MS, applicationName));
  client.on('error', () => undefined);
  return client;
}

/** What every connection has: where, how long it may take, under which name, and a sign of life. */
function reach(address: DatabaseAddress, timeoutMs: number, applicationName = 'daftar-pustaka') {
  return {
    ...address,
    application_name: applicationName,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

/** A server that vanished without a word cannot stop a statement: who waits on its connection is told here. */
function clientConfig(options: OpenOptions): pg.ClientConfig {
  const statementTimeout = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  return {
    ...reach(options.address, CONNECT_TIMEOUT_MS, options.applicationName),
    ...(statementTimeout === 0
      ? {}
      : {
          statement_timeout: statementTimeout,
          idle_in_transaction_session_timeout: 60_000,
          query_timeout: statementTimeout + 5_000,
        }),
    types: valueTypes,
  };
}

/** Type numbers of pg_type. */
const INT8 = 20;
const DATE = 1082;

/**
 * How values arrive: count() as number, dates of people as 'YYYY-MM-DD' (a JavaScript Date would shift them by the
 * time zone), timestamptz as Date, numeric as text.
 */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === INT8) return parseInt8;
      if (oid === DATE) return asIs;
      if (oid === TIMESTAMPTZ) return parseInstant;
    }
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

function parseInt8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function asIs(text: string): string {
  return text;
}

/**
 * A statement that begins with this is prepared once per connection and then only executed. For the few long
 * statements on the hot path: planning the one of a registration costs as much as running it (docs/decisions).
 * Outside a transaction it shares a connection with others of its kind, so it must not wait for anything for long.
 */
export const PREPARED = '/* prepared */';

/**
 * A statement that begins with this, the first of its transaction and without parameters, travels with the transaction's
 * begin: every wait for an answer costs as much as a short statement.
 */
export const WITH_BEGIN = '/* with begin */';

/** The answer to what was not sent, as the query builder reads it. */
const NOTHING = { command: '', rowCount: 0, rows: [] };

function preparing(pool: pg.Pool, pipeline: Pipeline, reachable: Reachability): PostgresPool {
  const hot = openHotStatements();
  async function take(): Promise<pg.PoolClient> {
    if (pool.idleCount === 0) reachable.check();
    return await reachable.watch(pool.connect());
  }
  return {
    end: async () => {
      await Promise.all([pool.end(), pipeline.close()]);
    },
    async connect() {
      // Taken from the pool by the first statement that needs a connection for itself.
      let taking: Promise<pg.PoolClient> | undefined;
      let client: pg.PoolClient | undefined;
      let broken = false;
      let begins = false;
      let isReleased = false;
      const run = async (text: string, parameters: readonly unknown[]) => {
        // A branch that goes on after the others failed: the connection is somebody else's by now.
        if (isReleased) throw new Error('a statement came after the end of its transaction');
        const values = parameters as unknown[];
        if (text === 'begin') {
          begins = true;
          return NOTHING;
        }
        // Nothing was sent since: there is no transaction to end.
        if (begins && (text === 'commit' || text === 'rollback')) {
          begins = false;
          return NOTHING;
        }
        const isPrepared = text.startsWith(PREPARED);
        if (isPrepared && taking === undefined && !begins)
          return pipeline.query({ name: hot.name(text), text, values });
        const name = isPrepared ? hot.name(text) : hot.use(text);
        // Before the first wait: others may be given meanwhile, and each keeps its place.
        const opens = begins;
        begins = false;
        taking ??= take();
        client = await taking;
        if (client instanceof PooledClient) client.holdWrites();
        try {
          if (opens && text.startsWith(WITH_BEGIN)) {
            await client.query(`begin; ${text}`);
            return NOTHING;
          }
          const [, answer] = await Promise.all([
            opens ? client.query('begin') : undefined,
            name === undefined ? client.query(text, values) : askDescribed(client, { name, text, values }),
          ]);
          // Of an answer that may not be believed.
          if (isDoubtful(client)) throw new Unconfirmed();
          return answer;
        } catch (error) {
          // The server's last word before it closes, or none at all: given back, the connection would fail the next
          // request too, or answer it with what this one asked. One that only reads is no primary any more.
          const trouble = namedTrouble(error);
          broken ||=
            !(error instanceof pg.DatabaseError) ||
            error.severity === 'FATAL' ||
            outageOf(trouble) === 'unreachable';
          throw trouble;
        }
      };
      // Cursors are not used: every query of this program is a text with its parameters.
      const release = (): void => {
        isReleased = true;
        client?.release(broken);
      };
      return { query: run, release } as unknown as PostgresPoolClient;
    },
  };
}
