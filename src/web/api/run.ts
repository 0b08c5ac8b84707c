import type { Context } from 'hono';
import type { z } from 'zod';
import { outageOf } from '../../db/outage.ts';
import { PER_MINUTE } from '../../domain/client.ts';
import { type Lang, texts } from '../../i18n/index.ts';
import { type ApiClient, openApiKey, scopeOfClient } from '../../usecases/api-key.ts';
import type { LibraryContext, Scope } from '../../usecases/context.ts';
import { onlyOnce } from '../../usecases/once.ts';
import type { SiteEnv, WebDeps } from '../env.ts';
import { networkOf } from '../network.ts';
import { openRateLimit, type RateLimit } from '../rate-limit.ts';
import { openCursors } from './cursor.ts';
import { etagOf, isKnown, versionOf } from './etag.ts';
import type { Call, Done, Operation } from './operation.ts';
import { type FieldProblem, type Problem, problemAnswer } from './problem.ts';

/** Personal data beyond what a list needs: in an answer only where it is asked for by name. */
const ON_REQUEST: ReadonlySet<string> = new Set(['contact']);

/** Limits of all operations, made once. */
export interface ApiLimits {
  /** Requests of each key. */
  readonly pace: RateLimit;
  /** Keys that nobody has, by network. */
  readonly wrong: RateLimit;
}

export function openApiLimits(deps: Pick<WebDeps, 'rates'>): ApiLimits {
  return {
    // The limit of a key is its own: this one only counts.
    pace: openRateLimit({
      points: PER_MINUTE.max,
      seconds: 60,
      shared: { name: 'api', exchange: deps.rates },
    }),
    wrong: openRateLimit({
      points: 30,
      seconds: 600,
      shared: { name: 'api key', exchange: deps.rates },
    }),
  };
}

/** Answers one operation: who asks, how fast, for what, and then the operation itself. */
export function answerer(
  deps: WebDeps,
  limits: ApiLimits,
  op: Operation,
): (c: Context<SiteEnv>) => Promise<Response> {
  return async (c) => {
    let lang: Lang = c.get('lang');
    try {
      const door = await openDoor(c, deps, limits);
      if ('problem' in door) return problemAnswer(c, door.lang ?? lang, door.problem);
      lang = door.client.settings.language;
      const found = await checked(c, deps, op, door);
      return 'problem' in found ? problemAnswer(c, lang, found) : answer(c, found);
    } catch (error) {
      return troubleAnswer(c, deps, lang, error);
    }
  };
}

/** The database's trouble, or a mistake of this program: the cause is in the log, without personal values. */
export function troubleAnswer(c: Context<SiteEnv>, deps: WebDeps, lang: Lang, error: unknown): Response {
  const outage = outageOf(error);
  if (outage !== undefined) {
    deps.log({ level: 'warn', request: c.get('requestId'), route: c.req.routePath, outage });
    return problemAnswer(c, lang, { problem: 'unavailable', headers: { 'Retry-After': '10' } });
  }
  deps.log({
    level: 'error',
    request: c.get('requestId'),
    route: c.req.routePath,
    error: error instanceof Error ? error.name : 'unknown',
    at: error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 5).join(' ').trim() : '',
  });
  return problemAnswer(c, lang, { problem: 'internal' });
}

interface Door {
  readonly library: LibraryContext;
  readonly client: ApiClient;
}

async function openDoor(
  c: Context<SiteEnv>,
  deps: WebDeps,
  limits: ApiLimits,
): Promise<Door | { readonly problem: Problem; readonly lang?: Lang }> {
  const address = c.get('clientAddress');
  const network = networkOf(address);
  const challenge = { 'WWW-Authenticate': 'Bearer realm="daftar-pustaka"' };
  const wait = limits.wrong.look(network);
  const key = /^Bearer ([\w-]{1,100})$/i.exec(c.req.header('Authorization') ?? '')?.[1];
  if (key === undefined) return { problem: { problem: 'unauthorized', headers: challenge } };
  const door = await openApiKey(deps.db, deps, deps.libraries, {
    key,
    address,
    requestId: c.get('requestId'),
  });
  if (!door.ok) {
    if (door.reason === 'address')
      return { problem: { problem: 'address-not-allowed' }, lang: door.client.settings.language };
    limits.wrong.take(network);
    // A right key passes in any case: nobody behind the same address locks a program out.
    return wait === null
      ? {
          problem: {
            problem: 'unauthorized',
            headers: { 'WWW-Authenticate': `${challenge['WWW-Authenticate']}, error="invalid_token"` },
          },
        }
      : { problem: { problem: 'too-many-requests', headers: { 'Retry-After': String(wait) } } };
  }
  const { client } = door;
  const paceKey = `${door.library.id}|${client.id}`;
  limits.pace.take(paceKey);
  const { count, seconds } = limits.pace.standing(paceKey);
  // draft-ietf-httpapi-ratelimit-headers
  c.header('RateLimit-Policy', `"minute";q=${client.perMinute};w=60`);
  c.header('RateLimit', `"minute";r=${Math.max(0, client.perMinute - count)};t=${seconds}`);
  return count <= client.perMinute
    ? door
    : {
        problem: { problem: 'too-many-requests', headers: { 'Retry-After': String(seconds) } },
        lang: client.settings.language,
      };
}

async function checked(
  c: Context<SiteEnv>,
  deps: WebDeps,
  op: Operation,
  { library, client }: Door,
): Promise<Done | Problem> {
  const lang = client.settings.language;
  if (!takesJson(c.req.header('Accept'))) return { problem: 'not-acceptable' };
  if (op.scope !== null && !client.scopes.includes(op.scope))
    return { problem: 'scope-missing', more: { scope: op.scope } };
  const params = op.params.safeParse(c.req.param());
  // What cannot be an id is no thing's id.
  if (!params.success) return { problem: 'not-found' };
  const query = readQuery(c, op, lang);
  if ('problem' in query) return query;
  const version = versionOf(c.req.header('If-Match'));
  if (op.match === 'must' && version === undefined) return { problem: 'precondition-required' };
  if (op.match !== 'no' && version === 'unreadable') return { problem: 'precondition-failed' };
  const key = c.req.header('Idempotency-Key');
  const onceKey = key === undefined ? undefined : readOnceKey(key);
  if (op.once && onceKey === undefined) return { problem: 'idempotency-key-missing' };
  const body = op.body === null ? { value: null, text: '' } : await readBody(c, op.body, lang);
  if ('problem' in body) return body;

  const { fields, cursor, ...filters } = query.value as Record<string, unknown>;
  const named = typeof fields === 'string' ? new Set(fields.split(',')) : undefined;
  const question = `${op.id} ${JSON.stringify(sorted(filters))}`;
  const cursors = openCursors(
    deps.vault,
    library.id,
    question,
    typeof cursor === 'string' ? cursor : undefined,
  );
  if (!cursors)
    return invalid('invalid-request', [
      { parameter: 'cursor', code: 'cursor', detail: texts(lang).api.fields.cursor },
    ]);
  const scope: Scope = scopeOfClient(deps, library, client, c.get('requestId'));
  const call: Call<unknown, unknown, unknown> = {
    scope,
    client,
    params: params.data,
    query: query.value,
    body: body.value,
    version: typeof version === 'number' ? version : undefined,
    onceKey: onceKey ?? scope.requestId,
    origin: c.get('origin'),
    cursors,
    wants: (field) => (named === undefined ? !ON_REQUEST.has(field) : named.has(field)),
  };
  const work = () => op.handle(call as Call<never, never, never>);
  if (!op.once || onceKey === undefined) return work();

  // A refusal did nothing and is not kept: the same key may be used again once what was wrong is put right.
  let refused: Problem | undefined;
  const outcome = await onlyOnce<{ readonly status: number; readonly done?: Done }>(
    deps.db,
    deps,
    scope,
    {
      clientId: client.id,
      key: onceKey,
      request: `${op.id} ${JSON.stringify(params.data)} ${version ?? ''} ${body.text}`,
    },
    async () => {
      const found = await work();
      if (!('problem' in found)) return { status: found.status, done: found };
      refused = found;
      return { status: 400 };
    },
  );
  if (!outcome.ok)
    return outcome.reason === 'under-way'
      ? { problem: 'request-under-way', headers: { 'Retry-After': '1' } }
      : { problem: 'idempotency-key-reused' };
  if (outcome.repeated) c.header('Idempotency-Replayed', 'true');
  // Kept without what it said: the person it was about was erased since.
  return outcome.answer.done ?? refused ?? { problem: 'not-found' };
}

function answer(c: Context<SiteEnv>, done: Done): Response {
  const text = JSON.stringify(done.body);
  c.header('Cache-Control', 'private, no-cache');
  c.header('Vary', 'Authorization, Accept');
  if (c.req.method === 'GET' || c.req.method === 'HEAD' || done.version !== undefined) {
    const etag = etagOf(text, done.version);
    c.header('ETag', etag);
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (reads && isKnown(c.req.header('If-None-Match'), etag)) return c.body(null, 304);
  }
  return c.body(text, done.status, { 'Content-Type': 'application/json' });
}

function readQuery(c: Context<SiteEnv>, op: Operation, lang: Lang): { readonly value: unknown } | Problem {
  const all = c.req.queries();
  const twice = Object.keys(all).filter((name) => (all[name]?.length ?? 0) > 1);
  const words = texts(lang).api.fields;
  if (twice[0] !== undefined)
    return invalid(
      'invalid-request',
      twice.map((parameter) => ({ parameter, code: 'twice', detail: words.twice })),
    );
  const parsed = op.query.safeParse(
    Object.fromEntries(Object.entries(all).map(([name, [value]]) => [name, value])),
  );
  if (!parsed.success) {
    return invalid(
      'invalid-request',
      issuesOf(parsed.error, lang).map(({ path, code, detail }) => ({
        parameter: String(path[0] ?? ''),
        code,
        detail,
      })),
    );
  }
  const { fields } = parsed.data as { readonly fields?: unknown };
  const unknown =
    typeof fields === 'string' ? fields.split(',').find((one) => !op.fields.includes(one)) : undefined;
  return unknown === undefined
    ? { value: parsed.data }
    : invalid('invalid-request', [
        { parameter: 'fields', code: 'unknown_choice', detail: words.unknown_choice },
      ]);
}

async function readBody(
  c: Context<SiteEnv>,
  schema: z.ZodObject,
  lang: Lang,
): Promise<{ readonly value: unknown; readonly text: string } | Problem> {
  const type = (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
  const known = ['application/json', ...(c.req.method === 'PATCH' ? ['application/merge-patch+json'] : [])];
  if (!known.includes(type ?? ''))
    return {
      problem: 'unsupported-media-type',
      headers:
        c.req.method === 'PATCH' ? { 'Accept-Patch': known.join(', ') } : { 'Accept-Post': known.join(', ') },
    };
  let sent: unknown;
  try {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    sent = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return invalid('invalid-request', [
      { pointer: '#', code: 'not_json', detail: texts(lang).api.fields.not_json },
    ]);
  }
  const parsed = schema.safeParse(sent);
  if (parsed.success) return { value: parsed.data, text: JSON.stringify(sorted(parsed.data)) };
  return invalid(
    'invalid-content',
    issuesOf(parsed.error, lang).map(({ path, code, detail }) => ({
      pointer: `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`,
      code,
      detail,
    })),
  );
}

function invalid(problem: 'invalid-request' | 'invalid-content', errors: readonly FieldProblem[]): Problem {
  // A body of a thousand unknown names must not become an answer of them.
  return { problem, errors: errors.slice(0, 50) };
}

type FieldCode =
  | 'required'
  | 'unexpected'
  | 'too_long'
  | 'too_short'
  | 'out_of_range'
  | 'type'
  | 'format'
  | 'unknown_choice';

/** What a schema found, in our own codes and words. What was sent is never said again. */
function issuesOf(error: z.ZodError, lang: Lang) {
  const words = texts(lang).api.fields;
  return error.issues.flatMap((issue) => {
    const found = (path: readonly PropertyKey[], code: FieldCode) => ({ path, code, detail: words[code] });
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((name) => found([...issue.path, name.slice(0, 60)], 'unexpected'));
      case 'invalid_type':
        return [found(issue.path, issue.input === undefined ? 'required' : 'type')];
      case 'too_big':
        return [found(issue.path, issue.origin === 'string' ? 'too_long' : 'out_of_range')];
      case 'too_small':
        return [found(issue.path, issue.origin === 'string' ? 'too_short' : 'out_of_range')];
      case 'invalid_value':
        return [found(issue.path, 'unknown_choice')];
      default:
        return [found(issue.path, 'format')];
    }
  });
}

/** The key as programs send it, with or without the quotes of a structured field. */
function readOnceKey(header: string): string | undefined {
  return /^"?([\x21\x23-\x7e]{16,128})"?$/.exec(header.trim())?.[1];
}

function takesJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((one) => /^q=0(?:\.0*)?$/.test(one));
    return !refused && ['*/*', 'application/*', 'application/json'].includes(type);
  });
}

/** In one spelling, so that equal requests are equal. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date)
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
