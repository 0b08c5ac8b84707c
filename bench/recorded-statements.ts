/**
 * What one request asks of the database: the service's own code runs on a connection that answers reads from the real
 * database and only writes down what would change it. One request at a time: nothing waits, and nothing is written
 * together (see `db/gather`).
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { type Db, PREPARED } from '../src/db/connection.ts';
import type { Database } from '../src/db/schema.ts';

/** One statement as the driver sends it; with a name it is prepared once per connection. */
export interface Statement {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Recorder {
  readonly db: Db;
  /** The statements since the last call, in their order. */
  take(): readonly Statement[];
}

/** What a statement answers that writes for one person alone: the row is new, its device known. */
function writtenRow({ parameters: [, rows] }: CompiledQuery): Readonly<Record<string, unknown>> {
  const [first] = JSON.parse(String(rows)) as readonly { readonly id: string }[];
  return { id: first?.id, n: 0, known: true, counted: true, member_id: null };
}

/** @param real where reads are answered */
export function openRecorder(real: Db): Recorder {
  let recorded: Statement[] = [];
  const names = new Map<string, string>();
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery) {
      recorded.push(statementOf(query, names));
      if (/\b(insert into|update|delete from) \w/i.test(query.sql))
        return { rows: [writtenRow(query)] as Row[] };
      return await real.executeQuery<Row>(query as CompiledQuery<Row>);
    },
    streamQuery() {
      throw new Error('no statement of a request is read by a cursor');
    },
  };
  const driver = new DummyDriver();
  const control = (text: string) => {
    recorded.push({ name: undefined, text, values: [] });
    return Promise.resolve();
  };
  driver.acquireConnection = () => Promise.resolve(connection);
  driver.beginTransaction = () => control('begin');
  driver.commitTransaction = () => control('commit');
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (on) => new PostgresIntrospector(on),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return {
    db,
    take() {
      const taken = recorded;
      recorded = [];
      return taken;
    },
  };
}

function statementOf(query: CompiledQuery, names: Map<string, string>): Statement {
  const values = query.parameters.map(asText);
  if (!query.sql.startsWith(PREPARED)) return { name: undefined, text: query.sql, values };
  const name = names.get(query.sql) ?? `limit_${names.size + 1}`;
  names.set(query.sql, name);
  return { name, text: query.sql, values };
}

/** As the wire wants it, so that sending costs the measuring side as little as can be. */
function asText(value: unknown): unknown {
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? '{}' : `{"${value.join('","')}"}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
