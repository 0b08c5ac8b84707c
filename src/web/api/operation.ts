import { z } from 'zod';
import type { ApiScope } from '../../domain/api-scope.ts';
import type { ApiClient } from '../../usecases/api-key.ts';
import type { Scope } from '../../usecases/context.ts';
import type { Problem, ProblemCode } from './problem.ts';

export type Method = 'GET' | 'POST' | 'PATCH';
export type Tag = 'library' | 'members' | 'cards' | 'applications' | 'visits' | 'reports';

/** A request that passed every check. */
export interface Call<P, Q, B> {
  readonly scope: Scope;
  readonly client: ApiClient;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Version that `If-Match` names. */
  readonly version: number | undefined;
  /** Ties a scan, or what is written, to this sending. */
  readonly onceKey: string;
  /** Scheme, host and port of the service. */
  readonly origin: string;
  readonly cursors: Cursors;
  /** Whether an answer has this field; all unless the program named some. */
  wants(field: string): boolean;
}

/** Where a page ended, signed so that nobody makes one up, and good for the same question only. */
export interface Cursors {
  /** What the cursor of the request says; null: from the beginning. */
  readonly after: readonly string[] | null;
  make(after: readonly string[]): string;
}

export interface Done {
  readonly status: 200 | 201;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the thing that is shown; stands in its ETag. */
  readonly version?: number;
}

/** One thing that programs can ask. Request check, route and document are made of it. */
export interface Operation {
  readonly id: string;
  readonly method: Method;
  /** `/members/{id}` */
  readonly path: string;
  readonly tag: Tag;
  /** Null: every key may. */
  readonly scope: ApiScope | null;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | null;
  readonly answer: z.ZodObject;
  readonly status: 200 | 201;
  /** Names that `fields=` may have: of the thing, or of each of the list. */
  readonly fields: readonly string[];
  /** Wants an `Idempotency-Key`, as it writes something new each time. */
  readonly once: boolean;
  /** Whether `If-Match` is taken. */
  readonly match: 'no' | 'may' | 'must';
  /** Beside those of every operation. */
  readonly problems: readonly ProblemCode[];
  readonly example: {
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: Readonly<Record<string, unknown>>;
    readonly answer: Readonly<Record<string, unknown>>;
  };
  handle(call: Call<never, never, never>): Promise<Done | Problem>;
}

type Shape<S extends z.ZodObject | null> = S extends z.ZodObject ? z.output<S> : null;

/** An operation whose handler knows what the checks have left. */
export function operation<
  P extends z.ZodObject = typeof NOTHING,
  Q extends z.ZodObject = typeof NOTHING,
  B extends z.ZodObject | null = null,
>(
  spec: Omit<
    Operation,
    'params' | 'query' | 'body' | 'status' | 'fields' | 'once' | 'match' | 'problems' | 'handle'
  > &
    Partial<Pick<Operation, 'status' | 'fields' | 'once' | 'match' | 'problems'>> & {
      readonly params?: P;
      readonly query?: Q;
      readonly body?: B;
      handle(call: Call<Shape<P>, Shape<Q>, Shape<B>>): Promise<Done | Problem>;
    },
): Operation {
  return {
    status: 200,
    fields: [],
    once: false,
    match: 'no',
    problems: [],
    ...spec,
    params: spec.params ?? NOTHING,
    query: spec.query ?? NOTHING,
    body: spec.body ?? null,
    handle: spec.handle as unknown as Operation['handle'],
  };
}

const NOTHING = z.strictObject({});
