import type { KyselyPlugin } from 'kysely';
import type { Db } from '../../src/db/connection.ts';

export interface WatchedAnswers {
  readonly db: Db;
  /** Asks, and gives with the answer all that one could be told from another by: the kinds of the statements too. */
  run(ask: () => Promise<Response>): Promise<{
    readonly answer: Response;
    readonly seen: readonly [
      status: number,
      headers: readonly string[],
      statements: readonly string[],
      text: string,
    ];
  }>;
  /** Statements of the last one. */
  count(): number;
}

/** Notes what runs on a handle for whom it answers. */
export function watchAnswers(db: Db): WatchedAnswers {
  let statements: string[] = [];
  const watch: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements.push(node.kind);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return {
    db: db.withPlugin(watch),
    async run(ask) {
      statements = [];
      const answer = await ask();
      const headers = [...answer.headers]
        .filter(([name]) => name !== 'x-request-id')
        .map(([name, value]) => `${name}: ${value}`);
      return { answer, seen: [answer.status, headers, statements, await answer.clone().text()] };
    },
    count: () => statements.length,
  };
}
