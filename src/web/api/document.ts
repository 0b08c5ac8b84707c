/** The OpenAPI 3.1 document, made from what checks the requests. */
import { z } from 'zod';
import { API_SCOPES } from '../../domain/api-scope.ts';
import { type Lang, texts } from '../../i18n/index.ts';
import type { Operation } from './operation.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What every operation may answer with. */
const ALWAYS: readonly ProblemCode[] = [
  'unauthorized',
  'address-not-allowed',
  'not-acceptable',
  'too-many-requests',
  'internal',
  'unavailable',
];

/** Problems that an operation may answer with, in the order of their status. */
export function problemsOf(op: Operation): readonly ProblemCode[] {
  const found = new Set<ProblemCode>([...ALWAYS, ...op.problems, 'invalid-request']);
  if (op.scope !== null) found.add('scope-missing');
  if (Object.keys(op.params.shape).length > 0) found.add('not-found');
  if (op.body !== null)
    for (const one of ['invalid-content', 'too-large', 'unsupported-media-type'] as const) found.add(one);
  if (op.once)
    for (const one of ['idempotency-key-missing', 'idempotency-key-reused', 'request-under-way'] as const)
      found.add(one);
  if (op.match !== 'no') found.add('precondition-failed');
  if (op.match === 'must') found.add('precondition-required');
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((one) => found.has(one));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  });
  return rest;
}

/** The document in the words of one language. */
export function apiDocument(operations: readonly Operation[], lang: Lang, origin: string): Json {
  const { api } = texts(lang);
  const paths: Record<string, Record<string, Json>> = {};
  for (const op of operations) {
    const path = paths[op.path] ?? {};
    paths[op.path] = path;
    path[op.method.toLowerCase()] = operationOf(op, lang);
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: api.title,
      version: '1',
      description: api.lead,
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: `${origin}/api/v1` }],
    security: [{ key: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({
      name,
      description: api.tags[name],
    })),
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'dp_…',
          description: `${api.key}\n\n${API_SCOPES.map((scope) => `- \`${scope}\`: ${api.scopes[scope]}`).join('\n')}`,
        },
      },
      schemas: { Problem: problemSchema(api.problemAbout) },
    },
  };
}

function operationOf(op: Operation, lang: Lang): Json {
  const { api } = texts(lang);
  const { summary, about } = api.operations[op.id as keyof typeof api.operations];
  const parameter = (name: string, place: string, required: boolean, schema: unknown, more: Json = {}) => ({
    name,
    in: place,
    required,
    schema,
    ...more,
  });
  const partsOf = (schema: z.ZodObject) =>
    Object.entries((schemaOf(schema, 'input').properties ?? {}) as Readonly<Record<string, Json>>);
  const parameters = [
    ...partsOf(op.params).map(([name, schema]) => parameter(name, 'path', true, schema)),
    ...partsOf(op.query).map(([name, schema]) =>
      parameter(name, 'query', false, schema, {
        ...(name in api.parameters
          ? { description: api.parameters[name as keyof typeof api.parameters] }
          : {}),
        ...(name === 'fields' && op.fields.length > 0
          ? { description: `${api.parameters.fields} ${op.fields.join(', ')}` }
          : {}),
        ...(op.example.query?.[name] === undefined ? {} : { example: op.example.query[name] }),
      }),
    ),
    ...(op.once
      ? [
          parameter(
            'Idempotency-Key',
            'header',
            true,
            { type: 'string', minLength: 16, maxLength: 128 },
            { description: api.headers.once, example: '5f0c1b52-9a0e-4f0f-8d53-2f3a9f0f7c11' },
          ),
        ]
      : []),
    ...(op.match === 'no'
      ? []
      : [
          parameter(
            'If-Match',
            'header',
            op.match === 'must',
            { type: 'string' },
            {
              description: api.headers.match,
              example: '"3.AAAAAAAAAAAAAAAAAAAAAA"',
            },
          ),
        ]),
  ];
  const tagged = op.method === 'GET' || op.match !== 'no';
  const responses: Record<string, Json> = {
    [op.status]: {
      description: summary,
      headers: {
        ...(tagged ? { ETag: header(api.headers.etag) } : {}),
        RateLimit: header(api.headers.rate),
        'RateLimit-Policy': header(api.headers.policy),
        ...(op.once ? { 'Idempotency-Replayed': header(api.headers.replayed) } : {}),
      },
      content: {
        'application/json': { schema: schemaOf(op.answer, 'output'), example: op.example.answer },
      },
    },
    ...(op.method === 'GET' ? { 304: { description: api.notModified } } : {}),
  };
  for (const code of problemsOf(op)) {
    const status = PROBLEMS[code];
    const before = responses[status];
    const text = `\`${code}\`: ${api.problems[code].title}`;
    responses[status] = {
      description: before === undefined ? text : `${String(before.description)}; ${text}`,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  return {
    operationId: op.id,
    tags: [op.tag],
    summary,
    description: op.scope === null ? about : `${about}\n\n${api.scopeNeeded}: \`${op.scope}\``,
    ...(op.scope === null ? {} : { 'x-scope': op.scope }),
    parameters,
    ...(op.body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: schemaOf(op.body, 'input'), example: op.example.body ?? {} },
            },
          },
        }),
    responses,
  };
}

function header(description: string): Json {
  return { description, schema: { type: 'string' } };
}

function problemSchema(description: string): Json {
  return {
    type: 'object',
    description,
    required: ['type', 'title', 'status', 'detail', 'instance'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string' },
      scope: { type: 'string' },
      state: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['code', 'detail'],
          properties: {
            pointer: { type: 'string' },
            parameter: { type: 'string' },
            code: { type: 'string' },
            detail: { type: 'string' },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  };
}
