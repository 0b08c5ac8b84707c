/** The database pool and its typed query builder. No module-level connection: `db` is passed as first argument. */
import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { settled } from './gather.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import type { Database } from './schema.ts';

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

/** Opens a pool; connects at the first query, not before. */
export function openDatabase(options: OpenOptions): OpenDatabase {
  const pool = openPool(options);
  const pipeline = openPipeline(pipelineConfig(options), Math.ceil((options.poolSize ?? POOL_SIZE) / 2));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: preparing(pool, pipeline) }) });
  const close = async (): Promise<void> => {
    await settled(db);
    await db.destroy();
  };
  return { db, pool, close };
}

/** The bare pool with this program's value types, for the few places that need COPY or LISTEN. */
export function openPool(options: OpenOptions): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(options),
    max: options.poolSize ?? POOL_SIZE,
    idleTimeoutMillis: 60_000,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => options.onConnectionLost?.(error));
  // The same for one in use: its query fails and says so, but the connection tells it a second time.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function clientConfig(options: OpenOptions): pg.ClientConfig {
  const statementTimeout = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  return {
    ...options.address,
    connectionTimeoutMillis: 10_000,
    application_name: options.applicationName ?? 'daftar-pustaka',
    ...(statementTimeout === 0
      ? {}
      : { statement_timeout: statementTimeout, idle_in_transaction_session_timeout: 60_000 }),
    types: valueTypes,
  };
}

/** A server that vanished without a word cannot stop a statement: those who wait on its connection are told here. */
function pipelineConfig(options: OpenOptions): pg.ClientConfig {
  const statementTimeout = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  return {
    ...clientConfig(options),
    keepAlive: true,
    ...(statementTimeout === 0 ? {} : { query_timeout: statementTimeout + 5_000 }),
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

function preparing(pool: pg.Pool, pipeline: Pipeline): PostgresPool {
  const names = new Map<string, string>();
  function nameOf(text: string): string {
    let name = names.get(text);
    if (name === undefined) {
      name = `prepared_${names.size + 1}`;
      names.set(text, name);
    }
    return name;
  }
  return {
    end: async () => {
      await Promise.all([pool.end(), pipeline.close()]);
    },
    async connect() {
      // Taken from the pool by the first statement that needs a connection for itself.
      let client: pg.PoolClient | undefined;
      let broken = false;
      let begins = false;
      const run = async (text: string, parameters: readonly unknown[]) => {
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
        if (isPrepared && client === undefined && !begins)
          return pipeline.query({ name: nameOf(text), text, values });
        client ??= await pool.connect();
        try {
          if (begins && text.startsWith(WITH_BEGIN)) {
            begins = false;
            await client.query(`begin; ${text}`);
            return NOTHING;
          }
          if (begins) await client.query('begin');
          begins = false;
          return await (isPrepared
            ? client.query({ name: nameOf(text), text, values })
            : client.query(text, values));
        } catch (error) {
          // The server's last word before it closes: given back, the connection would fail the next request too.
          broken ||= error instanceof Error && 'severity' in error && error.severity === 'FATAL';
          throw error;
        }
      };
      // Cursors are not used: every query of this program is a text with its parameters.
      return { query: run, release: () => client?.release(broken) } as unknown as PostgresPoolClient;
    },
  };
}
