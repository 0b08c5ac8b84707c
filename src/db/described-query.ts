/**
 * How the columns of a prepared statement look is asked once per connection: the server refuses to run it where they have
 * changed ("cached plan must not change result type"). To be told each time costs both sides more than the row itself,
 * where that has eighty columns (docs/decisions/054).
 */
import pg from 'pg';

export interface PreparedStatement {
  /** Prepared under this name, once per connection. */
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** What `pg` makes of a description. */
interface Columns {
  readonly fields: readonly unknown[];
  readonly _parsers: unknown;
  readonly _prebuiltEmptyResultObject: unknown;
}

/** Of a `pg.Query`, beyond its types; where a version of `pg` has it otherwise, `described-query.test.ts` fails. */
interface Parts {
  readonly name: string;
  readonly _result: Columns;
  _accumulateRows: boolean;
  callback: (error: Error | null, answer: pg.QueryResult) => void;
  submit(connection: Connection): Error | null;
  handleCommandComplete(message: unknown, connection: Connection): void;
}

interface Connection {
  describe: (what: unknown) => void;
}

const NOT_ASKED = (): void => undefined;
/** By connection and name of the statement. */
const known = new WeakMap<Connection, Map<string, Columns>>();

const { prototype: plain } = pg.Query as unknown as { readonly prototype: Parts };

/** Runs a prepared statement; the answer is that of `client.query`. */
export async function askDescribed(
  client: pg.ClientBase,
  statement: PreparedStatement,
): Promise<pg.QueryResult> {
  try {
    return await new Promise((resolve, reject) => {
      const query = new DescribedQuery(statement);
      (query as unknown as Parts).callback = (error, answer) =>
        error === null ? resolve(answer) : reject(error);
      client.query(query);
    });
  } catch (error) {
    // As `client.query` has it: who asked, instead of where the answer came in.
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  }
}

class DescribedQuery extends pg.Query {
  constructor(statement: PreparedStatement) {
    super(statement);
    const query = this as unknown as Parts;
    query.submit = (connection) => {
      const columns = known.get(connection) ?? new Map<string, Columns>();
      known.set(connection, columns);
      const told = columns.get(query.name);
      if (told === undefined) {
        // Comes after the rows, and where there are none.
        query.handleCommandComplete = (message, from) => {
          const { fields, _parsers, _prebuiltEmptyResultObject } = query._result;
          columns.set(query.name, { fields, _parsers, _prebuiltEmptyResultObject });
          plain.handleCommandComplete.call(query, message, from);
        };
        return plain.submit.call(query, connection);
      }
      Object.assign(query._result, told);
      query._accumulateRows = true;
      const { describe } = connection;
      connection.describe = NOT_ASKED;
      try {
        return plain.submit.call(query, connection);
      } finally {
        connection.describe = describe;
      }
    };
  }
}
