import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { encryptedWay } from './tls.ts';

/** There is no name that a certificate could be held against. */
export class NeedsName extends Error {}

/** A MySQL or MariaDB database of another system, only read. */
export interface ForeignDatabase {
  readonly name: string;
  rows(statement: string, values?: readonly (string | number)[]): Promise<readonly ForeignRow[]>;
  close(): Promise<void>;
}

/** All values as the server writes them: dates are never shifted by a time zone, numbers never rounded. */
export type ForeignRow = Readonly<Record<string, string | null>>;

/**
 * Connects with `mysql://user:password@host:port/database`; `?socketPath=…` for a local socket. The session may read
 * only, and sees one moment throughout, so that a lending system in use does not change below the reading.
 * @param password where the address has none
 * @param tls whether nothing goes there before the server has shown its certificate; not for a local socket
 * @throws NeedsName with TLS to an address that is no name
 */
export async function connectForeign(
  address: string,
  password: string | undefined,
  tls: boolean,
): Promise<ForeignDatabase> {
  const url = new URL(address);
  const socketPath = url.searchParams.get('socketPath');
  const database = decodeURIComponent(url.pathname.slice(1));
  const host = url.hostname || 'localhost';
  const port = Number(url.port || 3306);
  const way = tls ? encryptedWay(host, host, port) : { host };
  if (way === undefined) throw new NeedsName('TLS needs a name');
  const connection = await createConnection({
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password) || (password ?? ''),
    database,
    ...(socketPath === null ? { ...way, port } : { socketPath }),
    // The server turns the tables' Latin-1 into this.
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectTimeout: 10_000,
    // Rows as they are: a cell of 0 and 1 stays a text.
    typeCast: (field, next) => {
      if (field.type === 'GEOMETRY') return next();
      return field.string('utf8');
    },
  });
  await connection.query('set session transaction isolation level repeatable read');
  await connection.query('start transaction with consistent snapshot, read only');
  return {
    name: database,
    async rows(statement, values = []) {
      const [rows] = await connection.query<RowDataPacket[]>(statement, [...values]);
      return rows as unknown as readonly ForeignRow[];
    },
    close: () => connection.end(),
  };
}

/** Which of the known systems a database belongs to, by its tables. */
export async function recogniseForeign(
  database: ForeignDatabase,
): Promise<'inlislite-db' | 'slims-db' | undefined> {
  const rows = await database.rows(
    'select lower(table_name) as name from information_schema.tables where table_schema = ?',
    [database.name],
  );
  const names = new Set(rows.map((row) => row.name));
  if (names.has('members') && names.has('jenis_anggota')) return 'inlislite-db';
  if (names.has('member') && names.has('mst_member_type')) return 'slims-db';
  return undefined;
}

/** Columns that a table really has, in small letters with their own spelling: versions differ. */
export async function columnsOf(
  database: ForeignDatabase,
  table: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.rows(
    'select column_name as name from information_schema.columns where table_schema = ? and lower(table_name) = ?',
    [database.name, table.toLowerCase()],
  );
  return new Map(rows.flatMap(({ name }) => (!name ? [] : [[name.toLowerCase(), name] as [string, string]])));
}

/** How many rows a table has, its highest key, and when a row was last written, where it says so. */
export async function stateOf(
  database: ForeignDatabase,
  table: string,
  key: string,
  writtenAt: readonly string[],
): Promise<string> {
  const columns = await columnsOf(database, table);
  const asked = [key, ...writtenAt].flatMap((name) => columns.get(name) ?? []);
  const [row] = await database.rows(
    `select ${['count(*) as n', ...asked.map((column, at) => `max(\`${column}\`) as m${at}`)].join(', ')} from \`${table}\``,
  );
  return JSON.stringify(row ?? {});
}
