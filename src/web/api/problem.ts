import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Lang } from '../../i18n/index.ts';
import { texts } from '../../i18n/index.ts';
import type { SiteEnv } from '../env.ts';

/** What can be wrong with a request, and its status. Each has a paragraph on `/api`. */
export const PROBLEMS = {
  'invalid-request': 400,
  'idempotency-key-missing': 400,
  unauthorized: 401,
  'address-not-allowed': 403,
  'scope-missing': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'request-under-way': 409,
  'not-allowed': 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  'invalid-content': 422,
  'needs-confirmation': 422,
  'idempotency-key-reused': 422,
  'precondition-required': 428,
  'too-many-requests': 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<string, ContentfulStatusCode>;
export type ProblemCode = keyof typeof PROBLEMS;

/** One thing that is wrong, and where. */
export interface FieldProblem {
  /** Into the body: `#/email` (RFC 6901). */
  readonly pointer?: string;
  /** Of the address. */
  readonly parameter?: string;
  readonly code: string;
  readonly detail: string;
}

export interface Problem {
  readonly problem: ProblemCode;
  readonly errors?: readonly FieldProblem[];
  /** Further members of the answer: codes and numbers, nothing of a person. */
  readonly more?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer of RFC 9457, in words of this language. */
export function problemAnswer(c: Context<SiteEnv>, lang: Lang, found: Problem): Response {
  const { problem, errors, more, headers = {} } = found;
  const status = PROBLEMS[problem];
  const { title, detail } = texts(lang).api.problems[problem];
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header('Cache-Control', 'no-store');
  c.header('Content-Language', lang);
  c.header('Content-Type', 'application/problem+json');
  return c.body(
    JSON.stringify({
      type: `${c.get('origin')}/api#${problem}`,
      title,
      status,
      detail,
      instance: `urn:daftar-pustaka:request:${c.get('requestId')}`,
      ...more,
      ...(errors === undefined ? {} : { errors }),
    }),
    status,
  );
}
