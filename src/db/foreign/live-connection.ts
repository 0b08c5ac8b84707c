import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { codeOf } from '../../domain/error-code.ts';
import type { LendingDatabase } from '../../domain/exporting/feed.ts';
import type { LiveFailure } from '../../domain/exporting/live.ts';
import type { ForeignRow } from './connect.ts';
import { encryptedWay, isTlsTrouble } from './tls.ts';

/** A statement that is not answered in this time ends the run: nobody waits for a dead server. */
const PATIENCE_MS = 15_000;
const CONNECT_MS = 10_000;
/** Seconds for a row that somebody there has open in a form. */
const LOCK_SECONDS = 5;

/** A database of a lending system, to write a member at a time. */
export interface LiveDatabase {
  readonly name: string;
  query(statement: string, values?: readonly (string | number | null)[]): Promise<readonly ForeignRow[]>;
  /** The key that the last insert was given; '0' where the table gives none. */
  run(
    statement: string,
    values?: readonly (string | number | null)[],
  ): Promise<{ readonly insertId: string }>;
  close(): Promise<void>;
}

/** What a statement ran into, by what can be done about it. */
export class LiveTrouble extends Error {
  readonly kind: 'stop' | 'later' | 'refused';
  readonly code: string;
  constructor(kind: LiveTrouble['kind'], code: string) {
    super(code);
    this.name = 'LiveTrouble';
    this.kind = kind;
    this.code = code;
  }
}

/**
 * Connects to one address that was looked up and judged before.
 * @param way.address of `database.host`, so that the name cannot lead elsewhere meanwhile
 * @param way.tls whether nothing goes there before the server has shown its certificate
 * @param way.ca see `encryptedWay`
 * @param cut ends whatever is under way
 */
export async function connectLive(
  database: LendingDatabase,
  way: { readonly address: string; readonly tls: boolean; readonly ca?: string | undefined },
  cut: AbortSignal,
): Promise<LiveDatabase | LiveFailure> {
  const { address } = way;
  const secure = way.tls ? encryptedWay(database.host, address, database.port, way.ca) : { host: address };
  if (secure === undefined) return { failure: 'lending-tls', note: null };
  let connection: Connection;
  try {
    connection = await createConnection({
      ...secure,
      port: database.port,
      user: database.user,
      password: database.password,
      database: database.database,
      // The server turns this into the letters of its tables.
      charset: 'utf8mb4',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      connectTimeout: CONNECT_MS,
      typeCast: (field, next) => (field.type === 'GEOMETRY' ? next() : field.string('utf8')),
    });
  } catch (error) {
    return connectFailure(error, database);
  }
  // Ends it without a word to the server, which may be dead.
  const halt = () => connection.destroy();
  cut.addEventListener('abort', halt, { once: true });
  connection.on('error', () => undefined);
  const ask = async (statement: string, values: readonly (string | number | null)[] = []) => {
    if (cut.aborted) throw new LiveTrouble('stop', 'ABORTED');
    try {
      return await connection.query({ sql: statement, timeout: PATIENCE_MS }, [...values]);
    } catch (error) {
      throw troubleOf(error);
    }
  };
  const live: LiveDatabase = {
    name: database.database,
    async query(statement, values) {
      const [rows] = await ask(statement, values);
      return rows as RowDataPacket[] as unknown as readonly ForeignRow[];
    },
    async run(statement, values) {
      const [result] = await ask(statement, values);
      return { insertId: String((result as { insertId?: number | string }).insertId ?? 0) };
    },
    async close() {
      cut.removeEventListener('abort', halt);
      const ended = connection.end().catch(() => undefined);
      const late = new Promise<void>((resolve) => void setTimeout(resolve, 1_000).unref());
      await Promise.race([ended, late]);
      connection.destroy();
    },
  };
  try {
    // What does not fit is refused there instead of being cut; a date of zeros that is there already stays readable.
    await live.run("set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'");
    await live.run(`set session innodb_lock_wait_timeout = ${LOCK_SECONDS}`);
    // A row is read anew in each transaction: what was committed there a moment ago counts.
    await live.run('set session transaction isolation level read committed');
    // One of ours at a time: INLISLite has no unique key that would keep a number from being there twice.
    const [lock] = await live.query('select get_lock(?, ?) as held', [
      `daftar-pustaka ${database.database}`.slice(0, 64),
      LOCK_SECONDS,
    ]);
    if (lock?.held === '1') return live;
    await live.close();
    return { failure: 'lending-busy', note: null };
  } catch {
    await live.close();
    return { failure: 'lending-unreachable', note: null };
  }
}

function connectFailure(error: unknown, { database, user }: LendingDatabase): LiveFailure {
  if (isTlsTrouble(codeOf(error))) return { failure: 'lending-tls', note: null };
  switch (codeOf(error)) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
    case 'ER_HOST_NOT_PRIVILEGED':
    case 'ER_USER_IS_BLOCKED':
      return { failure: 'lending-denied', note: null };
    case 'ER_BAD_DB_ERROR':
      return { failure: 'lending-database', note: null };
    case 'ER_DBACCESS_DENIED_ERROR':
      return { failure: 'lending-rights', note: grantOn(database, '*', 'SELECT', user) };
    default:
      return { failure: 'lending-unreachable', note: null };
  }
}

/** A statement for whoever runs that server to copy. @param user as the server knows it: `name` or `name@host` */
export function grantOn(database: string, table: string, rights: string, user: string): string {
  const at = user.lastIndexOf('@');
  const [name, host] = at < 0 ? [user, '%'] : [user.slice(0, at), user.slice(at + 1)];
  const quoted = (text: string) => `'${text.replace(/['\\]/g, '')}'`;
  const place = table === '*' ? '*' : `\`${table}\``;
  return `GRANT ${rights} ON \`${database}\`.${place} TO ${quoted(name)}@${quoted(host)};`;
}

const BUSY = new Set(['ER_LOCK_WAIT_TIMEOUT', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);
/** The statement is at fault, or the member's data: the next member may fare better. */
const ONE_ROW =
  /^ER_(?:DATA_TOO_LONG|TRUNCATED_WRONG|WARN_DATA|NO_DEFAULT|BAD_NULL|DUP_|NO_REFERENCED|ROW_IS_REFERENCED|CONSTRAINT|CHECK|SIGNAL|INVALID_CHARACTER)/;

function troubleOf(error: unknown): LiveTrouble {
  const code = codeOf(error);
  if (BUSY.has(code)) return new LiveTrouble('later', code);
  return new LiveTrouble(ONE_ROW.test(code) ? 'refused' : 'stop', code);
}
